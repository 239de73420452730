import { CodecError, withNames } from '../../base/index.ts';
import type { Names, Reader, Writer } from '../../base/index.ts';
import { EXT_MORE, Z, skipExtension, writeExtZ64 } from '../core/extension.ts';
import { QOS_DEFAULT } from '../core/qos.ts';
import { EXT_TIMESTAMP_STACK, readExtTimestampStack, writeExtTimestampStack } from '../core/timestamp-stack.ts';
import type { TimestampStack } from '../core/timestamp-stack.ts';
import { EXT_TIMESTAMP, readExtTimestamp, writeExtTimestamp } from '../core/timestamp.ts';
import type { Timestamp } from '../core/timestamp.ts';
import { readWireExpr, wireExprFlags, writeWireExpr } from '../core/wire-expr.ts';
import type { WireExpr } from '../core/wire-expr.ts';
import { Body } from '../zenoh/body.ts';
import { walkRequestBody, writeBody } from '../zenoh/walk.ts';
import { EXT_NODE_ID, EXT_QOS } from './extensions.ts';

export const REQUEST = 0x1c;

const EXT_TARGET = 0x34;
const EXT_BUDGET = 0x25;
const EXT_TIMEOUT = 0x26;

/** Queryables addressed by a query. */
export const QueryTarget: Names & {
  readonly BEST_MATCHING: 0;
  readonly ALL: 1;
  readonly ALL_COMPLETE: 2;
  readonly DEFAULT: 0;
} = withNames({ BEST_MATCHING: 0, ALL: 1, ALL_COMPLETE: 2, DEFAULT: 0 } as const);
export type QueryTarget = 0 | 1 | 2;

/**
 * REQUEST carries one Query towards queryables.
 *
 *     header 0x1c | request id z32 | scope z16 | suffix <utf8;z16> if N
 *       | extensions if Z: QoS, Timestamp, Target, Budget, Timeout, NodeId, TimestampStack | Query
 *     N 0x20 suffix present   M 0x40 scope id is the sender's   Z 0x80 extensions
 */
export interface Request {
  readonly id: typeof REQUEST;
  readonly requestId: number;
  readonly wireExpr: WireExpr;
  readonly qos: number;
  readonly timestamp: Timestamp | undefined;
  readonly target: QueryTarget;
  /** Number of replies wanted at most; 0 is no limit, and is not written. */
  readonly budget: number;
  /** 0 is not the same as none. */
  readonly timeoutMs: number | undefined;
  readonly nodeId: number;
  readonly timestampStack: TimestampStack | undefined;
  readonly body: Body;
}

export function encodeRequest(w: Writer, m: Request): void {
  let exts =
    (m.qos !== QOS_DEFAULT ? 1 : 0) +
    (m.timestamp ? 1 : 0) +
    (m.target !== 0 ? 1 : 0) +
    (m.budget !== 0 ? 1 : 0) +
    (m.timeoutMs !== undefined ? 1 : 0) +
    (m.nodeId !== 0 ? 1 : 0) +
    (m.timestampStack ? 1 : 0);
  w.u8(REQUEST | wireExprFlags(m.wireExpr) | (exts ? Z : 0));
  w.z(m.requestId);
  writeWireExpr(w, m.wireExpr);
  if (m.qos !== QOS_DEFAULT) writeExtZ64(w, EXT_QOS, m.qos, --exts > 0);
  if (m.timestamp) writeExtTimestamp(w, m.timestamp, --exts > 0);
  if (m.target !== 0) writeExtZ64(w, EXT_TARGET, m.target, --exts > 0);
  if (m.budget !== 0) writeExtZ64(w, EXT_BUDGET, m.budget, --exts > 0);
  if (m.timeoutMs !== undefined) writeExtZ64(w, EXT_TIMEOUT, m.timeoutMs, --exts > 0);
  if (m.nodeId !== 0) writeExtZ64(w, EXT_NODE_ID, m.nodeId, --exts > 0);
  if (m.timestampStack) writeExtTimestampStack(w, m.timestampStack, --exts > 0);
  writeBody(w, m.body);
}

export function decodeRequest(r: Reader, header: number): Request {
  const requestId = r.z32();
  const wireExpr = readWireExpr(r, header);
  let qos: number = QOS_DEFAULT;
  let timestamp: Timestamp | undefined;
  let target: QueryTarget = 0;
  let budget = 0;
  let timeoutMs: number | undefined;
  let nodeId = 0;
  let timestampStack: TimestampStack | undefined;
  for (let more = (header & Z) !== 0; more;) {
    const ext = r.u8();
    more = (ext & EXT_MORE) !== 0;
    switch (ext & ~EXT_MORE) {
      case EXT_QOS:
        qos = r.z64() & 0xff;
        break;
      case EXT_TIMESTAMP:
        timestamp = readExtTimestamp(r);
        break;
      case EXT_TARGET:
        target = readTarget(r);
        break;
      case EXT_BUDGET:
        budget = r.z32t();
        break;
      case EXT_TIMEOUT:
        timeoutMs = r.z53();
        break;
      case EXT_NODE_ID:
        nodeId = r.z16t();
        break;
      case EXT_TIMESTAMP_STACK:
        timestampStack = readExtTimestampStack(r);
        break;
      default:
        skipExtension(r, ext, 'REQUEST');
    }
  }
  const body = new Body();
  walkRequestBody(r, body);
  return {
    id: REQUEST,
    requestId,
    wireExpr,
    qos,
    timestamp,
    target,
    budget,
    timeoutMs,
    nodeId,
    timestampStack,
    body,
  };
}

function readTarget(r: Reader): QueryTarget {
  const target = r.z64();
  if (r.hi !== 0 || target > 2) throw new CodecError('target of a request is none of 0, 1 and 2');
  return target as QueryTarget;
}
