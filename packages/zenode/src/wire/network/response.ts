import type { Reader, Writer } from '../../base/index.ts';
import { readExtEntity, writeExtEntity } from '../core/entity.ts';
import type { EntityGlobalId } from '../core/entity.ts';
import { EXT_MORE, Z, skipExtension, writeExtZ64 } from '../core/extension.ts';
import { QOS_DEFAULT } from '../core/qos.ts';
import { EXT_TIMESTAMP_STACK, readExtTimestampStack, writeExtTimestampStack } from '../core/timestamp-stack.ts';
import type { TimestampStack } from '../core/timestamp-stack.ts';
import { EXT_TIMESTAMP, readExtTimestamp, writeExtTimestamp } from '../core/timestamp.ts';
import type { Timestamp } from '../core/timestamp.ts';
import { readWireExpr, wireExprFlags, writeWireExpr } from '../core/wire-expr.ts';
import type { WireExpr } from '../core/wire-expr.ts';
import { Body } from '../zenoh/body.ts';
import { walkResponseBody, writeBody } from '../zenoh/walk.ts';
import { EXT_QOS } from './extensions.ts';

export const RESPONSE = 0x1b;

const EXT_RESPONDER = 0x43;

/**
 * RESPONSE carries one Reply or Err back to who asked.
 *
 *     header 0x1b | request id z32 | scope z16 | suffix <utf8;z16> if N
 *       | extensions if Z: QoS, Timestamp, ResponderId, TimestampStack | Reply or Err
 *     N 0x20 suffix present   M 0x40 scope id is the sender's   Z 0x80 extensions
 */
export interface Response {
  readonly id: typeof RESPONSE;
  readonly requestId: number;
  /** May be empty with an Err. */
  readonly wireExpr: WireExpr;
  readonly qos: number;
  readonly timestamp: Timestamp | undefined;
  readonly responder: EntityGlobalId | undefined;
  readonly timestampStack: TimestampStack | undefined;
  readonly body: Body;
}

export function encodeResponse(w: Writer, m: Response): void {
  let exts =
    (m.qos !== QOS_DEFAULT ? 1 : 0) + (m.timestamp ? 1 : 0) + (m.responder ? 1 : 0) + (m.timestampStack ? 1 : 0);
  w.u8(RESPONSE | wireExprFlags(m.wireExpr) | (exts ? Z : 0));
  w.z(m.requestId);
  writeWireExpr(w, m.wireExpr);
  if (m.qos !== QOS_DEFAULT) writeExtZ64(w, EXT_QOS, m.qos, --exts > 0);
  if (m.timestamp) writeExtTimestamp(w, m.timestamp, --exts > 0);
  if (m.responder) writeExtEntity(w, EXT_RESPONDER, m.responder, --exts > 0);
  if (m.timestampStack) writeExtTimestampStack(w, m.timestampStack, --exts > 0);
  writeBody(w, m.body);
}

export function decodeResponse(r: Reader, header: number): Response {
  const requestId = r.z32();
  const wireExpr = readWireExpr(r, header);
  let qos: number = QOS_DEFAULT;
  let timestamp: Timestamp | undefined;
  let responder: EntityGlobalId | undefined;
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
      case EXT_RESPONDER:
        responder = readExtEntity(r);
        break;
      case EXT_TIMESTAMP_STACK:
        timestampStack = readExtTimestampStack(r);
        break;
      default:
        skipExtension(r, ext, 'RESPONSE');
    }
  }
  const body = new Body();
  walkResponseBody(r, body);
  return { id: RESPONSE, requestId, wireExpr, qos, timestamp, responder, timestampStack, body };
}
