import { CodecError, Reader, Writer } from '../../base/index.ts';
import { EXT_MORE, ID_MASK, KeptExtensions, Z, skipExtension, skipExtensionBody } from '../core/extension.ts';
import type { UnknownExtensions } from '../core/extension.ts';
import { Body } from './body.ts';
import { DEL, buildDel, delBound, encodeDel, walkDel } from './del.ts';
import type { Del } from './del.ts';
import { PUT, buildPut, markTimestamp, putHeadBound, walkPut, writePutHead } from './put.ts';
import type { Put } from './put.ts';
import { C, readConsolidation } from './query.ts';
import type { ConsolidationMode } from './query.ts';

export const REPLY = 0x04;

/**
 * REPLY answers a Query with a sample.
 *
 *     header 0x04 | consolidation z64 if C | extensions if Z, none known | Put or Del
 *     C 0x20 consolidation   Z 0x80 extensions
 */
export interface Reply {
  readonly id: typeof REPLY;
  /** Nobody sets or reads it. */
  readonly consolidation: ConsolidationMode;
  readonly unknown: UnknownExtensions;
  readonly sample: Put | Del;
}

export function encodeReply(w: Writer, m: Reply): void {
  writeReplyHead(w, m);
  if (m.sample.id === PUT) w.raw(m.sample.payload);
}

/** Everything but the bytes of the payload. */
export function writeReplyHead(w: Writer, m: Reply): void {
  writeReplyStart(w, m);
  if (m.sample.id === PUT) writePutHead(w, m.sample);
  else encodeDel(w, m.sample);
}

function writeReplyStart(w: Writer, m: Reply): void {
  w.u8(REPLY | (m.consolidation !== 0 ? C : 0) | (m.unknown ? Z : 0));
  if (m.consolidation !== 0) w.z(m.consolidation);
  if (m.unknown) w.raw(m.unknown);
}

/** A head of its own, and the payload as it is: not copied. */
export function bodyOfReply(m: Reply): Body {
  const sample = m.sample;
  const bound = 2 + (m.unknown?.length ?? 0) + (sample.id === PUT ? putHeadBound(sample) : delBound(sample));
  const w = new Writer(new Uint8Array(bound));
  const body = new Body();
  writeReplyStart(w, m);
  markTimestamp(body, w.pos, sample.timestamp);
  if (sample.id === PUT) {
    writePutHead(w, sample);
    body.payload = sample.payload;
    body.payloadEnd = sample.payload.length;
  } else {
    encodeDel(w, sample);
  }
  body.id = REPLY;
  body.kind = sample.id;
  body.head = w.buf;
  body.headEnd = w.pos;
  return body;
}

/** Checks a Reply whose header byte has been read, and measures it. The caller sets `id`, `head` and `headStart`. */
export function walkReply(r: Reader, header: number, body: Body): void {
  if ((header & C) !== 0) r.z64();
  for (let more = (header & Z) !== 0; more;) {
    const ext = r.u8();
    more = (ext & EXT_MORE) !== 0;
    skipExtension(r, ext, 'REPLY');
  }
  const sample = r.u8();
  switch (sample & ID_MASK) {
    case PUT:
      return walkPut(r, sample, body);
    case DEL:
      return walkDel(r, sample, body);
    default:
      throw new CodecError(`REPLY holds neither PUT nor DEL but 0x${(sample & ID_MASK).toString(16)}`);
  }
}

/** Makes the Reply of a body that was walked. @param payload as of `buildPut` */
export function buildReply(body: Body, payload?: Uint8Array): Reply {
  const r = new Reader(body.head, body.headStart, body.headEnd);
  const header = r.u8();
  const consolidation = (header & C) !== 0 ? readConsolidation(r) : 0;
  let unknown: KeptExtensions | undefined;
  for (let more = (header & Z) !== 0; more;) {
    const start = r.pos;
    const ext = r.u8();
    more = (ext & EXT_MORE) !== 0;
    skipExtensionBody(r, ext);
    (unknown ??= new KeptExtensions()).add(start, r.pos);
  }
  const sample = body.kind === PUT ? buildPut(body, payload) : buildDel(body);
  return { id: REPLY, consolidation, unknown: unknown?.takeFrom(r.buf), sample };
}
