import type { Reader, Writer } from '../../base/index.ts';
import { EXT_MORE, Z, skipExtension, writeExtZ64 } from '../core/extension.ts';
import { QOS_DEFAULT } from '../core/qos.ts';
import { EXT_TIMESTAMP_STACK, readExtTimestampStack, writeExtTimestampStack } from '../core/timestamp-stack.ts';
import type { TimestampStack } from '../core/timestamp-stack.ts';
import { EXT_TIMESTAMP, readExtTimestamp, writeExtTimestamp } from '../core/timestamp.ts';
import type { Timestamp } from '../core/timestamp.ts';
import { readWireExpr, wireExprFlags, writeWireExpr } from '../core/wire-expr.ts';
import type { WireExpr } from '../core/wire-expr.ts';
import { Body } from '../zenoh/body.ts';
import { walkPushBody, writeBody } from '../zenoh/walk.ts';
import { EXT_NODE_ID, EXT_QOS } from './extensions.ts';

export const PUSH = 0x1d;

/**
 * PUSH carries one Put or Del towards every matching subscriber.
 *
 *     header 0x1d | scope z16 | suffix <utf8;z16> if N | extensions if Z | Put or Del
 *     N 0x20 suffix present   M 0x40 scope id is the sender's   Z 0x80 extensions
 *
 * @see zenoh commons/zenoh-codec/src/network/push.rs
 */
export interface Push {
  readonly id: typeof PUSH;
  readonly wireExpr: WireExpr;
  readonly qos: number;
  /** Not that of the sample, and of no use. */
  readonly timestamp: Timestamp | undefined;
  readonly nodeId: number;
  readonly timestampStack: TimestampStack | undefined;
  readonly body: Body;
}

export function encodePush(w: Writer, m: Push): void {
  let exts =
    (m.qos !== QOS_DEFAULT ? 1 : 0) + (m.timestamp ? 1 : 0) + (m.nodeId !== 0 ? 1 : 0) + (m.timestampStack ? 1 : 0);
  w.u8(PUSH | wireExprFlags(m.wireExpr) | (exts ? Z : 0));
  writeWireExpr(w, m.wireExpr);
  if (m.qos !== QOS_DEFAULT) writeExtZ64(w, EXT_QOS, m.qos, --exts > 0);
  if (m.timestamp) writeExtTimestamp(w, m.timestamp, --exts > 0);
  if (m.nodeId !== 0) writeExtZ64(w, EXT_NODE_ID, m.nodeId, --exts > 0);
  if (m.timestampStack) writeExtTimestampStack(w, m.timestampStack, --exts > 0);
  writeBody(w, m.body);
}

export function decodePush(r: Reader, header: number): Push {
  const wireExpr = readWireExpr(r, header);
  let qos: number = QOS_DEFAULT;
  let timestamp: Timestamp | undefined;
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
      case EXT_NODE_ID:
        nodeId = r.z16t();
        break;
      case EXT_TIMESTAMP_STACK:
        timestampStack = readExtTimestampStack(r);
        break;
      default:
        skipExtension(r, ext, 'PUSH');
    }
  }
  const body = new Body();
  walkPushBody(r, body);
  return { id: PUSH, wireExpr, qos, timestamp, nodeId, timestampStack, body };
}
