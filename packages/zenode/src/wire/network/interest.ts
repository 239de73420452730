import type { Reader, Writer } from '../../base/index.ts';
import { Z, writeExtZ64 } from '../core/extension.ts';
import { QOS_DEFAULT } from '../core/qos.ts';
import { writeExtTimestamp } from '../core/timestamp.ts';
import type { Timestamp } from '../core/timestamp.ts';
import { readWireExpr, wireExprFlags, writeWireExpr } from '../core/wire-expr.ts';
import type { WireExpr } from '../core/wire-expr.ts';
import { EXT_NODE_ID, EXT_QOS, readCommonExtensions } from './extensions.ts';

export const INTEREST = 0x19;

/** Modes: the bits 5 and 6 of the header, shifted down. `FINAL` ends an earlier interest. */
export const INTEREST_FINAL = 0;
export const INTEREST_CURRENT = 1;
export const INTEREST_FUTURE = 2;
export const INTEREST_CURRENT_FUTURE = 3;
export type InterestMode = 0 | 1 | 2 | 3;

/** Options: what the interest is in. */
export const INTEREST_KEYEXPRS = 0x01;
export const INTEREST_SUBSCRIBERS = 0x02;
export const INTEREST_QUERYABLES = 0x04;
export const INTEREST_TOKENS = 0x08;
/** One declaration on the restricting expression stands for all that match. */
export const INTEREST_AGGREGATE = 0x80;

const RESTRICTED = 0x10; // N 0x20 and M 0x40 of the expression stand in the same byte
const KNOWN = 0x8f;

/**
 * INTEREST asks for declarations.
 *
 *     header 0x19 | id z32 | options u8 unless Final | scope z16 if R | suffix <utf8;z16> if R and N
 *       | extensions if Z: QoS, Timestamp, NodeId
 *     mode 0x60   Z 0x80 extensions   options |A|M|N|R|T|Q|S|K|
 */
export interface Interest {
  readonly id: typeof INTEREST;
  readonly interestId: number;
  readonly mode: InterestMode;
  /** 0 if the mode is Final. */
  readonly options: number;
  /** Restricts the interest; undefined is everything. */
  readonly wireExpr: WireExpr | undefined;
  readonly qos: number;
  readonly timestamp: Timestamp | undefined;
  readonly nodeId: number;
}

export function encodeInterest(w: Writer, m: Interest): void {
  let exts = (m.qos !== QOS_DEFAULT ? 1 : 0) + (m.timestamp ? 1 : 0) + (m.nodeId !== 0 ? 1 : 0);
  w.u8(INTEREST | (m.mode << 5) | (exts ? Z : 0));
  w.z(m.interestId);
  if (m.mode !== INTEREST_FINAL) {
    w.u8((m.options & KNOWN) | (m.wireExpr ? RESTRICTED | wireExprFlags(m.wireExpr) : 0));
    if (m.wireExpr) writeWireExpr(w, m.wireExpr);
  }
  if (m.qos !== QOS_DEFAULT) writeExtZ64(w, EXT_QOS, m.qos, --exts > 0);
  if (m.timestamp) writeExtTimestamp(w, m.timestamp, --exts > 0);
  if (m.nodeId !== 0) writeExtZ64(w, EXT_NODE_ID, m.nodeId, --exts > 0);
}

export function decodeInterest(r: Reader, header: number): Interest {
  const interestId = r.z32t();
  const mode = ((header >> 5) & 3) as InterestMode;
  const options = mode === INTEREST_FINAL ? 0 : r.u8();
  const wireExpr = (options & RESTRICTED) !== 0 ? readWireExpr(r, options) : undefined;
  const { qos, timestamp, nodeId } = readCommonExtensions(r, (header & Z) !== 0, true, 'INTEREST');
  return { id: INTEREST, interestId, mode, options: options & KNOWN, wireExpr, qos, timestamp, nodeId };
}
