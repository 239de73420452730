import { CodecError, Reader, Writer, copyBytes, isUtf8, utf8Length, vleLength, withNames } from '../../base/index.ts';
import type { Names } from '../../base/index.ts';
import { checkEncoding, readEncoding, writeEncoding } from '../core/encoding.ts';
import type { Encoding } from '../core/encoding.ts';
import { checkExtSourceInfo, readExtSourceInfo, writeExtSourceInfo } from '../core/entity.ts';
import type { SourceInfo } from '../core/entity.ts';
import {
  EXT_MORE,
  Z,
  enterExtension,
  KeptExtensions,
  leaveExtension,
  skipExtension,
  skipExtensionBody,
  writeExtBytes,
} from '../core/extension.ts';
import type { UnknownExtensions } from '../core/extension.ts';
import { Body } from './body.ts';
import { EXT_SOURCE_INFO } from './put.ts';

export const QUERY = 0x03;

/** Flag of Query and Reply: a consolidation follows. */
export const C = 0x20;

const P = 0x40;
const EXT_VALUE = 0x43;
const EXT_SHM = 0x04;
const EXT_ATTACHMENT = 0x45;

/** Filtering of replies by key and timestamp; done by the session that asks. */
export const ConsolidationMode: Names & {
  readonly AUTO: 0;
  readonly NONE: 1;
  readonly MONOTONIC: 2;
  readonly LATEST: 3;
  readonly DEFAULT: 0;
} = withNames({ AUTO: 0, NONE: 1, MONOTONIC: 2, LATEST: 3, DEFAULT: 0 } as const);
export type ConsolidationMode = 0 | 1 | 2 | 3;

/** What a query brings along. */
export interface QueryValue {
  readonly encoding: Encoding;
  readonly payload: Uint8Array;
}

/**
 * QUERY asks for values.
 *
 *     header 0x03 | consolidation z64 if C | parameters <utf8;z64> if P
 *       | extensions if Z: SourceInfo, value (encoding, then the payload up to its end), Attachment
 *     C 0x20 consolidation   P 0x40 parameters   Z 0x80 extensions
 */
export interface Query {
  readonly id: typeof QUERY;
  readonly consolidation: ConsolidationMode;
  /** As behind the `?` of a selector; empty is not written. */
  readonly parameters: string;
  readonly sourceInfo: SourceInfo | undefined;
  /** An empty payload in the default encoding is not the same as none. */
  readonly value: QueryValue | undefined;
  readonly attachment: Uint8Array | undefined;
  readonly unknown: UnknownExtensions;
}

export function encodeQuery(w: Writer, m: Query): void {
  let exts = (m.sourceInfo ? 1 : 0) + (m.value ? 1 : 0) + (m.attachment ? 1 : 0) + (m.unknown ? 1 : 0);
  w.u8(QUERY | (m.consolidation !== 0 ? C : 0) | (m.parameters !== '' ? P : 0) | (exts ? Z : 0));
  if (m.consolidation !== 0) w.z(m.consolidation);
  if (m.parameters !== '') w.str(m.parameters);
  if (m.sourceInfo) writeExtSourceInfo(w, EXT_SOURCE_INFO, m.sourceInfo, --exts > 0);
  if (m.value) writeExtValue(w, m.value, --exts > 0);
  if (m.attachment) writeExtBytes(w, EXT_ATTACHMENT, m.attachment, --exts > 0);
  if (m.unknown) w.raw(m.unknown);
}

/** All of a Query is head: its value may stand before other extensions. So the payload is copied here. */
export function bodyOfQuery(m: Query): Body {
  const value = m.value ? m.value.payload.length + (m.value.encoding.schema?.length ?? 0) + 16 : 0;
  const bound = utf8Length(m.parameters) + value + (m.attachment?.length ?? 0) + (m.unknown?.length ?? 0) + 64;
  const w = new Writer(new Uint8Array(bound));
  encodeQuery(w, m);
  const body = new Body();
  body.id = QUERY;
  body.head = w.buf;
  body.headEnd = w.pos;
  return body;
}

/** Checks a Query whose header byte has been read, and measures it. The caller sets `id`, `head` and `headStart`. */
export function walkQuery(r: Reader, header: number, body: Body): void {
  body.kind = 0;
  body.sampleAt = 0;
  body.timestampStart = 0;
  body.timestampEnd = 0;
  if ((header & C) !== 0) r.z64();
  if ((header & P) !== 0) {
    const start = r.skip(r.z53());
    if (!isUtf8(r.buf, start, r.pos)) throw new CodecError('parameters of a query are not UTF-8');
  }
  for (let more = (header & Z) !== 0; more;) {
    const ext = r.u8();
    more = (ext & EXT_MORE) !== 0;
    switch (ext & ~EXT_MORE) {
      case EXT_SOURCE_INFO:
        checkExtSourceInfo(r);
        break;
      case EXT_VALUE: {
        const end = enterExtension(r);
        checkEncoding(r);
        leaveExtension(r, end);
        break;
      }
      default:
        skipExtension(r, ext, 'QUERY');
    }
  }
  body.headEnd = r.pos;
  body.payload = r.buf;
  body.payloadStart = r.pos;
  body.payloadEnd = r.pos;
}

/** Makes the Query of a body that was walked; its bytes are copies. */
export function buildQuery(body: Body): Query {
  const r = new Reader(body.head, body.headStart, body.headEnd);
  const header = r.u8();
  const consolidation = (header & C) !== 0 ? readConsolidation(r) : 0;
  const parameters = (header & P) !== 0 ? r.text(r.z53()) : '';
  let sourceInfo: SourceInfo | undefined;
  let value: QueryValue | undefined;
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
      case EXT_VALUE:
        value = readExtValue(r);
        break;
      case EXT_ATTACHMENT:
        attachment = r.bytes();
        break;
      case EXT_SHM: // says something about the value that is never so here
        break;
      default:
        skipExtensionBody(r, ext);
        (unknown ??= new KeptExtensions()).add(start, r.pos);
    }
  }
  return { id: QUERY, consolidation, parameters, sourceInfo, value, attachment, unknown: unknown?.takeFrom(r.buf) };
}

/** Anything unknown is Auto. */
export function readConsolidation(r: Reader): ConsolidationMode {
  const mode = r.z64();
  return r.hi === 0 && mode <= 3 ? (mode as ConsolidationMode) : 0;
}

function writeExtValue(w: Writer, { encoding, payload }: QueryValue, more: boolean): void {
  const schema = encoding.schema;
  const head = vleLength((encoding.id << 1) | 1) + (schema ? vleLength(schema.length) + schema.length : 0);
  w.u8(more ? EXT_VALUE | EXT_MORE : EXT_VALUE);
  w.z(head + payload.length);
  writeEncoding(w, encoding);
  w.raw(payload);
}

function readExtValue(r: Reader): QueryValue {
  const end = enterExtension(r);
  const encoding = readEncoding(r);
  const payload = copyBytes(r.buf, r.pos, end);
  leaveExtension(r, end);
  return { encoding, payload };
}
