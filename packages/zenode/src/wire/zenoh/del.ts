import { Reader, Writer } from '../../base/index.ts';
import { checkExtSourceInfo, readExtSourceInfo, writeExtSourceInfo } from '../core/entity.ts';
import type { SourceInfo } from '../core/entity.ts';
import { EXT_MORE, KeptExtensions, Z, skipExtension, skipExtensionBody, writeExtBytes } from '../core/extension.ts';
import type { UnknownExtensions } from '../core/extension.ts';
import { readTimestamp, writeTimestamp } from '../core/timestamp.ts';
import type { Timestamp } from '../core/timestamp.ts';
import { Body } from './body.ts';
import { EXT_SOURCE_INFO, T, markTimestamp, walkSampleStart } from './put.ts';

export const DEL = 0x02;

const EXT_ATTACHMENT = 0x42; // not 0x43, as in Put

/**
 * DEL takes the value of a key away.
 *
 *     header 0x02 | timestamp if T | extensions if Z: SourceInfo, Attachment
 *     T 0x20 timestamp   Z 0x80 extensions
 */
export interface Del {
  readonly id: typeof DEL;
  readonly timestamp: Timestamp | undefined;
  readonly sourceInfo: SourceInfo | undefined;
  readonly attachment: Uint8Array | undefined;
  readonly unknown: UnknownExtensions;
}

export function encodeDel(w: Writer, m: Del): void {
  let exts = (m.sourceInfo ? 1 : 0) + (m.attachment ? 1 : 0) + (m.unknown ? 1 : 0);
  w.u8(DEL | (m.timestamp ? T : 0) | (exts ? Z : 0));
  if (m.timestamp) writeTimestamp(w, m.timestamp);
  if (m.sourceInfo) writeExtSourceInfo(w, EXT_SOURCE_INFO, m.sourceInfo, --exts > 0);
  if (m.attachment) writeExtBytes(w, EXT_ATTACHMENT, m.attachment, --exts > 0);
  if (m.unknown) w.raw(m.unknown);
}

/** Bytes that `encodeDel` needs at most. */
export function delBound(m: Del): number {
  return 96 + (m.attachment?.length ?? 0) + (m.unknown?.length ?? 0);
}

export function bodyOfDel(m: Del): Body {
  const w = new Writer(new Uint8Array(delBound(m)));
  encodeDel(w, m);
  const body = new Body();
  body.id = DEL;
  body.kind = DEL;
  body.head = w.buf;
  body.headEnd = w.pos;
  markTimestamp(body, 0, m.timestamp);
  return body;
}

/** As `walkPut`. The whole of a Del is head. */
export function walkDel(r: Reader, header: number, body: Body): void {
  body.kind = DEL;
  walkSampleStart(r, header, body);
  for (let more = (header & Z) !== 0; more;) {
    const ext = r.u8();
    more = (ext & EXT_MORE) !== 0;
    if ((ext & ~EXT_MORE) === EXT_SOURCE_INFO) checkExtSourceInfo(r);
    else skipExtension(r, ext, 'DEL');
  }
  body.headEnd = r.pos;
  body.payload = r.buf;
  body.payloadStart = r.pos;
  body.payloadEnd = r.pos;
}

/** Makes the Del of a body that was walked, also inside a Reply. */
export function buildDel(body: Body): Del {
  const r = new Reader(body.head, body.sampleAt, body.headEnd);
  const header = r.u8();
  const timestamp = (header & T) !== 0 ? readTimestamp(r) : undefined;
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
  return { id: DEL, timestamp, sourceInfo, attachment, unknown: unknown?.takeFrom(r.buf) };
}
