import type { Reader, Writer } from '../../base/index.ts';
import { Z, writeExtZ64 } from '../core/extension.ts';
import { QOS_DEFAULT } from '../core/qos.ts';
import { writeExtTimestamp } from '../core/timestamp.ts';
import type { Timestamp } from '../core/timestamp.ts';
import { decodeDeclaration, encodeDeclaration } from './declaration.ts';
import type { Declaration } from './declaration.ts';
import { EXT_NODE_ID, EXT_QOS, readCommonExtensions } from './extensions.ts';

export const DECLARE = 0x1e;

const I = 0x20;

/**
 * DECLARE carries one declaration or undeclaration.
 *
 *     header 0x1e | interest id z32 if I | extensions if Z: QoS, Timestamp, NodeId | declaration
 *     I 0x20 answers the current part of an interest   Z 0x80 extensions
 */
export interface Declare {
  readonly id: typeof DECLARE;
  /** 0 is an id like any other. */
  readonly interestId: number | undefined;
  readonly qos: number;
  readonly timestamp: Timestamp | undefined;
  readonly nodeId: number;
  readonly declaration: Declaration;
}

export function encodeDeclare(w: Writer, m: Declare): void {
  let exts = (m.qos !== QOS_DEFAULT ? 1 : 0) + (m.timestamp ? 1 : 0) + (m.nodeId !== 0 ? 1 : 0);
  w.u8(DECLARE | (m.interestId !== undefined ? I : 0) | (exts ? Z : 0));
  if (m.interestId !== undefined) w.z(m.interestId);
  if (m.qos !== QOS_DEFAULT) writeExtZ64(w, EXT_QOS, m.qos, --exts > 0);
  if (m.timestamp) writeExtTimestamp(w, m.timestamp, --exts > 0);
  if (m.nodeId !== 0) writeExtZ64(w, EXT_NODE_ID, m.nodeId, --exts > 0);
  encodeDeclaration(w, m.declaration);
}

export function decodeDeclare(r: Reader, header: number): Declare {
  const interestId = (header & I) !== 0 ? r.z32t() : undefined;
  const { qos, timestamp, nodeId } = readCommonExtensions(r, (header & Z) !== 0, true, 'DECLARE');
  return { id: DECLARE, interestId, qos, timestamp, nodeId, declaration: decodeDeclaration(r) };
}
