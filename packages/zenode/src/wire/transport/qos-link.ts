import { CodecError } from '../../base/index.ts';
import type { Reliability } from '../core/qos.ts';

/** Which priorities and which reliability a link carries, as far as it is restricted. */
export interface QosLink {
  /** Most urgent and least urgent priority. */
  readonly priorities: readonly [first: number, last: number] | undefined;
  readonly reliability: Reliability | undefined;
}

/*
 * |0|range|rel| first priority (8 bits) | last priority (8 bits) | reliable|   from bit 0 on; 0 no QoS, 1 QoS without
 *                                                                             restriction
 */
const RANGE = 0x02;
const REL = 0x04;

/** Value of the QoSLink extension of Init. */
export function packQosLink(q: QosLink): number {
  if (q.priorities === undefined && q.reliability === undefined) return 1;
  const range = q.priorities === undefined ? 0 : RANGE | (q.priorities[0] << 3) | (q.priorities[1] << 11);
  const rel = q.reliability === undefined ? 0 : REL | (q.reliability << 19);
  return range | rel;
}

/** Undefined is no QoS at all. @throws CodecError for a value that says nothing */
export function unpackQosLink(value: number): QosLink | undefined {
  if (value === 0) return undefined;
  if (value === 1) return { priorities: undefined, reliability: undefined };
  if ((value & 1) !== 0 || (value & (RANGE | REL)) === 0 || value >= 1 << 20) {
    throw new CodecError(`QoS of a link has the unknown value ${value}`);
  }
  const first = (value >> 3) & 0xff;
  const last = (value >> 11) & 0xff;
  const ranged = (value & RANGE) !== 0;
  if (ranged && (first > 7 || last > 7)) throw new CodecError(`QoS of a link has a priority above 7: ${first}-${last}`);
  return {
    priorities: ranged ? [first, last] : undefined,
    reliability: (value & REL) !== 0 ? (((value >> 19) & 1) as Reliability) : undefined,
  };
}
