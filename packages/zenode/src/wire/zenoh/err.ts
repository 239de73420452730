import { Reader, Writer } from '../../base/index.ts';
import { Encoding, checkEncoding, isDefaultEncoding, readEncoding, writeEncoding } from '../core/encoding.ts';
import { checkExtSourceInfo, readExtSourceInfo, writeExtSourceInfo } from '../core/entity.ts';
import type { SourceInfo } from '../core/entity.ts';
import { EXT_MORE, KeptExtensions, Z, skipExtension, skipExtensionBody } from '../core/extension.ts';
import type { UnknownExtensions } from '../core/extension.ts';
import { Body } from './body.ts';
import { E, EXT_SOURCE_INFO, copyPayload, walkPayload } from './put.ts';

export const ERR = 0x05;

/**
 * ERR answers a Query with a failure.
 *
 *     header 0x05 | encoding if E | extensions if Z: SourceInfo | payload <u8;z32>
 *     E 0x40 encoding   Z 0x80 extensions
 */
export interface Err {
  readonly id: typeof ERR;
  readonly encoding: Encoding;
  readonly sourceInfo: SourceInfo | undefined;
  readonly unknown: UnknownExtensions;
  readonly payload: Uint8Array;
}

export function encodeErr(w: Writer, m: Err): void {
  writeErrHead(w, m);
  w.raw(m.payload);
}

/** Everything but the bytes of the payload. */
export function writeErrHead(w: Writer, m: Err): void {
  const encoded = !isDefaultEncoding(m.encoding);
  let exts = (m.sourceInfo ? 1 : 0) + (m.unknown ? 1 : 0);
  w.u8(ERR | (encoded ? E : 0) | (exts ? Z : 0));
  if (encoded) writeEncoding(w, m.encoding);
  if (m.sourceInfo) writeExtSourceInfo(w, EXT_SOURCE_INFO, m.sourceInfo, --exts > 0);
  if (m.unknown) w.raw(m.unknown);
  w.z(m.payload.length);
}

/** A head of its own, and the payload as it is: not copied. */
export function bodyOfErr(m: Err): Body {
  const w = new Writer(new Uint8Array(64 + (m.encoding.schema?.length ?? 0) + (m.unknown?.length ?? 0)));
  writeErrHead(w, m);
  const body = new Body();
  body.id = ERR;
  body.head = w.buf;
  body.headEnd = w.pos;
  body.payload = m.payload;
  body.payloadEnd = m.payload.length;
  return body;
}

/** Checks an Err whose header byte has been read, and measures it. The caller sets `id`, `head` and `headStart`. */
export function walkErr(r: Reader, header: number, body: Body): void {
  body.kind = 0;
  body.sampleAt = 0;
  body.timestampStart = 0;
  body.timestampEnd = 0;
  if ((header & E) !== 0) checkEncoding(r);
  for (let more = (header & Z) !== 0; more;) {
    const ext = r.u8();
    more = (ext & EXT_MORE) !== 0;
    if ((ext & ~EXT_MORE) === EXT_SOURCE_INFO) checkExtSourceInfo(r);
    else skipExtension(r, ext, 'ERR');
  }
  walkPayload(r, body);
}

/** Makes the Err of a body that was walked. @param payload as of `buildPut` */
export function buildErr(body: Body, payload: Uint8Array = copyPayload(body)): Err {
  const r = new Reader(body.head, body.headStart, body.headEnd);
  const header = r.u8();
  const encoding = (header & E) !== 0 ? readEncoding(r) : Encoding.ZENOH_BYTES;
  let sourceInfo: SourceInfo | undefined;
  let unknown: KeptExtensions | undefined;
  for (let more = (header & Z) !== 0; more;) {
    const start = r.pos;
    const ext = r.u8();
    more = (ext & EXT_MORE) !== 0;
    if ((ext & ~EXT_MORE) === EXT_SOURCE_INFO) {
      sourceInfo = readExtSourceInfo(r);
    } else {
      skipExtensionBody(r, ext);
      (unknown ??= new KeptExtensions()).add(start, r.pos);
    }
  }
  return { id: ERR, encoding, sourceInfo, unknown: unknown?.takeFrom(r.buf), payload };
}
