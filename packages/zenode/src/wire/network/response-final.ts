import type { Reader, Writer } from '../../base/index.ts';
import { Z, writeExtZ64 } from '../core/extension.ts';
import { QOS_DEFAULT } from '../core/qos.ts';
import { writeExtTimestamp } from '../core/timestamp.ts';
import type { Timestamp } from '../core/timestamp.ts';
import { EXT_QOS, readCommonExtensions } from './extensions.ts';

export const RESPONSE_FINAL = 0x1a;

/**
 * RESPONSE_FINAL says that no further Response with this id will come.
 *
 *     header 0x1a | request id z32 | extensions if Z: QoS, Timestamp
 *     Z 0x80 extensions
 */
export interface ResponseFinal {
  readonly id: typeof RESPONSE_FINAL;
  readonly requestId: number;
  readonly qos: number;
  readonly timestamp: Timestamp | undefined;
}

export function encodeResponseFinal(w: Writer, m: ResponseFinal): void {
  let exts = (m.qos !== QOS_DEFAULT ? 1 : 0) + (m.timestamp ? 1 : 0);
  w.u8(RESPONSE_FINAL | (exts ? Z : 0));
  w.z(m.requestId);
  if (m.qos !== QOS_DEFAULT) writeExtZ64(w, EXT_QOS, m.qos, --exts > 0);
  if (m.timestamp) writeExtTimestamp(w, m.timestamp, --exts > 0);
}

export function decodeResponseFinal(r: Reader, header: number): ResponseFinal {
  const requestId = r.z32();
  const { qos, timestamp } = readCommonExtensions(r, (header & Z) !== 0, false, 'RESPONSE_FINAL');
  return { id: RESPONSE_FINAL, requestId, qos, timestamp };
}
