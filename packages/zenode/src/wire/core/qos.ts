import { withNames } from '../../base/index.ts';
import type { Names } from '../../base/index.ts';

/** Message priority; lower is more urgent, and the numbers are those of the wire. 0 (Control) is not for users. */
export const Priority: Names & {
  readonly REAL_TIME: 1;
  readonly INTERACTIVE_HIGH: 2;
  readonly INTERACTIVE_LOW: 3;
  readonly DATA_HIGH: 4;
  readonly DATA: 5;
  readonly DATA_LOW: 6;
  readonly BACKGROUND: 7;
  readonly DEFAULT: 5;
} = withNames({
  REAL_TIME: 1,
  INTERACTIVE_HIGH: 2,
  INTERACTIVE_LOW: 3,
  DATA_HIGH: 4,
  DATA: 5,
  DATA_LOW: 6,
  BACKGROUND: 7,
  DEFAULT: 5,
} as const);
export type Priority = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** Priority of declarations, interests and OAM. */
export const PRIORITY_CONTROL = 0;
export const PRIORITY_DATA = 5;
export const PRIORITIES = 8;

/** What a node does with a message it has no room for. */
export const CongestionControl: Names & {
  readonly DROP: 0;
  readonly BLOCK: 1;
  readonly BLOCK_FIRST: 2;
  readonly DEFAULT_PUSH: 0;
  readonly DEFAULT_REQUEST: 1;
  readonly DEFAULT_RESPONSE: 1;
} = withNames({
  DROP: 0,
  BLOCK: 1,
  BLOCK_FIRST: 2,
  DEFAULT_PUSH: 0,
  DEFAULT_REQUEST: 1,
  DEFAULT_RESPONSE: 1,
} as const);
export type CongestionControl = 0 | 1 | 2;

/** Travels with the Frame, not with the message. */
export const Reliability: Names & { readonly BEST_EFFORT: 0; readonly RELIABLE: 1; readonly DEFAULT: 1 } = withNames({
  BEST_EFFORT: 0,
  RELIABLE: 1,
  DEFAULT: 1,
} as const);
export type Reliability = 0 | 1;

/*
 * The QoS byte: |r r|F|E|D| prio|
 *   D 0x08 do not drop   E 0x10 express   F 0x20 block first (means something without D only)   r reserved, passed on
 */

/** Data, drop: the value that is not written. */
export const QOS_DEFAULT = 0x05;
/** Control, block: declarations, interests, OAM. */
export const QOS_DECLARE = 0x08;
/** Data, block: requests of the API. */
export const QOS_REQUEST = 0x0d;

const BLOCK = 0x08;
const EXPRESS = 0x10;
const BLOCK_FIRST = 0x20;

export function packQos(priority: number, congestionControl: CongestionControl, express: boolean): number {
  return (
    priority | (congestionControl === 1 ? BLOCK : congestionControl === 2 ? BLOCK_FIRST : 0) | (express ? EXPRESS : 0)
  );
}

/** 0 to 7. */
export function qosPriority(qos: number): number {
  return qos & 7;
}

export function qosCongestionControl(qos: number): CongestionControl {
  return (qos & BLOCK) !== 0 ? 1 : (qos & BLOCK_FIRST) !== 0 ? 2 : 0;
}

export function qosExpress(qos: number): boolean {
  return (qos & EXPRESS) !== 0;
}
