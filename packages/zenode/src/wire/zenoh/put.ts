import { Reader, Writer, copyBytes } from '../../base/index.ts';
import { Encoding, checkEncoding, isDefaultEncoding, readEncoding, writeEncoding } from '../core/encoding.ts';
import { checkExtSourceInfo, readExtSourceInfo, writeExtSourceInfo } from '../core/entity.ts';
import type { SourceInfo } from '../core/entity.ts';
import { EXT_MORE, KeptExtensions, Z, skipExtension, skipExtensionBody, writeExtBytes } from '../core/extension.ts';
import type { UnknownExtensions } from '../core/extension.ts';
import { checkTimestamp, readTimestamp, timestampSize, writeTimestamp } from '../core/timestamp.ts';
import type { Timestamp } from '../core/timestamp.ts';
import { Body } from './body.ts';

export const PUT = 0x01;

/** Flag of Put and Del: a timestamp follows. */
export const T = 0x20;
/** Flag of Put and Err: an encoding follows. */
export const E = 0x40;
/** The same on Put, Del, Query and Err. */
export const EXT_SOURCE_INFO = 0x41;

const EXT_ATTACHMENT = 0x43;

/**
 * PUT gives a key a value. (The extension that marks a payload in shared memory, 12, is mandatory and unknown here.)
 *
 *     header 0x01 | timestamp if T | encoding if E | extensions if Z: SourceInfo, Attachment | payload <u8;z32>
 *     T 0x20 timestamp   E 0x40 encoding   Z 0x80 extensions
 */
export interface Put {
  readonly id: typeof PUT;
  readonly timestamp: Timestamp | undefined;
  readonly encoding: Encoding;
  readonly sourceInfo: SourceInfo | undefined;
  /** An empty one is not the same as none. */
  readonly attachment: Uint8Array | undefined;
  readonly unknown: UnknownExtensions;
  readonly payload: Uint8Array;
}

export function encodePut(w: Writer, m: Put): void {
  writePutHead(w, m);
  w.raw(m.payload);
}

/** Everything but the bytes of the payload. */
export function writePutHead(w: Writer, m: Put): void {
  const encoded = !isDefaultEncoding(m.encoding);
  let exts = (m.sourceInfo ? 1 : 0) + (m.attachment ? 1 : 0) + (m.unknown ? 1 : 0);
  w.u8(PUT | (m.timestamp ? T : 0) | (encoded ? E : 0) | (exts ? Z : 0));
  if (m.timestamp) writeTimestamp(w, m.timestamp);
  if (encoded) writeEncoding(w, m.encoding);
  if (m.sourceInfo) writeExtSourceInfo(w, EXT_SOURCE_INFO, m.sourceInfo, --exts > 0);
  if (m.attachment) writeExtBytes(w, EXT_ATTACHMENT, m.attachment, --exts > 0);
  if (m.unknown) w.raw(m.unknown);
  w.z(m.payload.length);
}

/** Bytes that `writePutHead` needs at most. */
export function putHeadBound(m: Put): number {
  return 112 + (m.encoding.schema?.length ?? 0) + (m.attachment?.length ?? 0) + (m.unknown?.length ?? 0);
}

/** A head of its own, and the payload as it is: not copied. */
export function bodyOfPut(m: Put): Body {
  const w = new Writer(new Uint8Array(putHeadBound(m)));
  writePutHead(w, m);
  const body = new Body();
  body.id = PUT;
  body.kind = PUT;
  body.head = w.buf;
  body.headEnd = w.pos;
  body.payload = m.payload;
  body.payloadEnd = m.payload.length;
  markTimestamp(body, 0, m.timestamp);
  return body;
}

/** Notes where the sample begins in a head that was just written, and where its timestamp is. */
export function markTimestamp(body: Body, sampleAt: number, timestamp: Timestamp | undefined): void {
  body.sampleAt = sampleAt;
  if (!timestamp) return;
  body.timestampStart = sampleAt + 1;
  body.timestampEnd = sampleAt + 1 + timestampSize(timestamp);
}

/**
 * Checks a Put whose header byte has been read, and measures it. The caller sets `id`, `head` and `headStart`.
 * Nothing is built.
 */
export function walkPut(r: Reader, header: number, body: Body): void {
  body.kind = PUT;
  walkSampleStart(r, header, body);
  if ((header & E) !== 0) checkEncoding(r);
  for (let more = (header & Z) !== 0; more;) {
    const ext = r.u8();
    more = (ext & EXT_MORE) !== 0;
    if ((ext & ~EXT_MORE) === EXT_SOURCE_INFO) checkExtSourceInfo(r);
    else skipExtension(r, ext, 'PUT');
  }
  walkPayload(r, body);
}

/** The part that Put and Del share: where it begins, and its timestamp. */
export function walkSampleStart(r: Reader, header: number, body: Body): void {
  body.sampleAt = r.pos - 1;
  body.timestampStart = 0;
  body.timestampEnd = 0;
  if ((header & T) === 0) return;
  body.timestampStart = r.pos;
  checkTimestamp(r);
  body.timestampEnd = r.pos;
}

/** The end of Put and Err: length and bytes. */
export function walkPayload(r: Reader, body: Body): void {
  const size = r.z32();
  body.headEnd = r.pos;
  body.payload = r.buf;
  body.payloadStart = r.skip(size);
  body.payloadEnd = r.pos;
}

/** The payload of a body, as a copy. */
export function copyPayload(body: Body): Uint8Array {
  return copyBytes(body.payload, body.payloadStart, body.payloadEnd);
}

/**
 * Makes the Put of a body that was walked, also inside a Reply.
 * @param payload by default a copy; a caller that has its own way to keep payloads gives its own
 */
export function buildPut(body: Body, payload: Uint8Array = copyPayload(body)): Put {
  const r = new Reader(body.head, body.sampleAt, body.headEnd);
  const header = r.u8();
  const timestamp = (header & T) !== 0 ? readTimestamp(r) : undefined;
  const encoding = (header & E) !== 0 ? readEncoding(r) : Encoding.ZENOH_BYTES;
  let sourceInfo: SourceInfo | undefined;
  let attachment: Uint8Array | undefined;
  let unknown: KeptExtensions | undefined;
  for (let more = (header & Z) !== 0; more;) {
    const start = r.pos;
    const ext = r.u8();
    more = (ext & EXT_MORE) !== 0;
    switch (ext & ~EXT_MORE) {
      case EXT_SOURCE_INFO:
        sourceInfo = readExtSourceInfo(r);
        break;
      case EXT_ATTACHMENT:
        attachment = r.bytes();
        break;
      default:
        skipExtensionBody(r, ext);
        (unknown ??= new KeptExtensions()).add(start, r.pos);
    }
  }
  return { id: PUT, timestamp, encoding, sourceInfo, attachment, unknown: unknown?.takeFrom(r.buf), payload };
}

/**
 * Writes a body that is or holds a Put with this timestamp in place of its own or of none; everything else byte for byte.
 * @param zid minimal bytes of the id
 */
export function stampPut(w: Writer, body: Body, hi: number, lo: number, zid: Uint8Array): void {
  stampPutHead(w, body, hi, lo, zid);
  w.raw(body.payload, body.payloadStart, body.payloadEnd);
}

/** As `stampPut`, without the bytes of the payload. */
export function stampPutHead(w: Writer, body: Body, hi: number, lo: number, zid: Uint8Array): void {
  const { head, sampleAt } = body;
  w.raw(head, body.headStart, sampleAt);
  w.u8(head[sampleAt]! | T);
  w.z64(hi, lo);
  w.bytes(zid);
  w.raw(head, body.timestampEnd === 0 ? sampleAt + 1 : body.timestampEnd, body.headEnd);
}
