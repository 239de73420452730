import { CodecError, Reader, textOf } from '../../base/index.ts';
import { ID_MASK, Z } from '../core/extension.ts';
import { QOS_DEFAULT } from '../core/qos.ts';
import type { TimestampStack } from '../core/timestamp-stack.ts';
import { M, N } from '../core/wire-expr.ts';
import { Body } from '../zenoh/body.ts';
import { DEL } from '../zenoh/del.ts';
import { E, PUT, T } from '../zenoh/put.ts';
import { walkPushBody } from '../zenoh/walk.ts';
import { EXT_NODE_ID, EXT_QOS } from './extensions.ts';
import { PUSH, decodePush } from './push.ts';

/** A Push as the hot path sees it. One object is filled again and again; who wants to keep something copies it. */
export class PushHead {
  scope = 0;
  suffix = '';
  fromSender = false;
  qos: number = QOS_DEFAULT;
  nodeId = 0;
  timestampStack: TimestampStack | undefined = undefined;
  readonly body: Body = new Body();
  /** Position after the message. */
  end = 0;
}

const slowReader: Reader = new Reader(new Uint8Array(0));

/**
 * Decodes one PUSH whose header byte is `buf[p]`, as `decodePush` does, into `out`; returns the position after it.
 *
 * The common shapes stay in locals. Bytes are read without looking at `end`: past the end of the array they are undefined,
 * past `end` they are stale, and either way the last position tells (`!(p <= end)`, because a length that is undefined
 * makes it NaN). Whatever is unusual, or seems wrong, is left to `decodePush`, which is the only judge of errors.
 *
 * @throws CodecError
 */
export function readPush(buf: Uint8Array, p: number, end: number, out: PushHead): number {
  const start = p;
  const header = buf[p++]!;
  let b = buf[p++]!;
  let scope = b;
  if (b > 0x7f) {
    b = buf[p++]!;
    scope = (scope & 0x7f) | (b << 7);
    if (b > 0x7f) {
      b = buf[p++]!;
      if (b > 3) return readSlow(buf, start, end, out);
      scope = (scope & 0x3fff) | (b << 14);
    }
  }
  let suffix = '';
  if ((header & N) !== 0) {
    const size = buf[p++]!;
    if (size > 0x7f || !(p + size <= end)) return readSlow(buf, start, end, out);
    suffix = textOf(buf, p, p + size);
    p += size;
  }
  let qos: number = QOS_DEFAULT;
  let nodeId = 0;
  if ((header & Z) !== 0) {
    let ext: number;
    do {
      ext = buf[p++]!;
      b = buf[p++]!;
      if (b > 0x7f) return readSlow(buf, start, end, out);
      if ((ext & 0x7f) === EXT_QOS) qos = b;
      else if ((ext & 0x7f) === EXT_NODE_ID) nodeId = b;
      else return readSlow(buf, start, end, out);
    } while (ext > 0x7f);
  }

  const at = p;
  const sample = buf[p++]!;
  const id = sample & ID_MASK;
  if (p > end) return readSlow(buf, start, end, out);
  const body = out.body;
  if ((sample & Z) !== 0 || (id !== PUT && id !== DEL)) {
    slowReader.reset(buf, at, end);
    walkPushBody(slowReader, body);
    p = slowReader.pos;
  } else {
    let timestampStart = 0;
    let timestampEnd = 0;
    if ((sample & T) !== 0) {
      timestampStart = p;
      const last = p + 8;
      while (buf[p]! > 0x7f && p < last) p++;
      const size = buf[++p]!;
      p += 1 + size;
      // An id that ends in 0 may be all 0.
      if (size === 0 || size > 16 || !(p <= end) || buf[p - 1] === 0) return readSlow(buf, start, end, out);
      timestampEnd = p;
    }
    let payloadSize = 0;
    if (id === PUT) {
      if ((sample & E) !== 0) {
        b = buf[p++]!;
        if (b > 0x7f) return readSlow(buf, start, end, out);
        if ((b & 1) !== 0) {
          b = buf[p++]!;
          if (b > 0x7f) return readSlow(buf, start, end, out);
          p += b;
        }
      }
      b = buf[p++]!;
      payloadSize = b & 0x7f;
      for (let shift = 7; b > 0x7f; shift += 7) {
        if (shift === 28) return readSlow(buf, start, end, out);
        b = buf[p++]!;
        payloadSize |= (b & 0x7f) << shift;
      }
    }
    if (!(p + payloadSize <= end)) return readSlow(buf, start, end, out);
    body.id = id;
    body.kind = id;
    body.head = buf;
    body.headStart = at;
    body.headEnd = p;
    body.payload = buf;
    body.payloadStart = p;
    p += payloadSize;
    body.payloadEnd = p;
    body.sampleAt = at;
    body.timestampStart = timestampStart;
    body.timestampEnd = timestampEnd;
  }
  out.scope = scope;
  out.suffix = suffix;
  out.fromSender = (header & M) !== 0;
  out.qos = qos;
  out.nodeId = nodeId;
  out.timestampStack = undefined;
  out.end = p;
  return p;
}

function readSlow(buf: Uint8Array, start: number, end: number, out: PushHead): number {
  slowReader.reset(buf, start, end);
  const header = slowReader.u8();
  if ((header & ID_MASK) !== PUSH) throw new CodecError('this is no PUSH');
  const m = decodePush(slowReader, header);
  out.scope = m.wireExpr.scope;
  out.suffix = m.wireExpr.suffix;
  out.fromSender = m.wireExpr.fromSender;
  out.qos = m.qos;
  out.nodeId = m.nodeId;
  out.timestampStack = m.timestampStack;
  copyBody(m.body, out.body);
  out.end = slowReader.pos;
  return slowReader.pos;
}

/** Makes `to` name the same ranges as `from`. */
export function copyBody(from: Body, to: Body): void {
  to.id = from.id;
  to.kind = from.kind;
  to.head = from.head;
  to.headStart = from.headStart;
  to.headEnd = from.headEnd;
  to.payload = from.payload;
  to.payloadStart = from.payloadStart;
  to.payloadEnd = from.payloadEnd;
  to.sampleAt = from.sampleAt;
  to.timestampStart = from.timestampStart;
  to.timestampEnd = from.timestampEnd;
}
