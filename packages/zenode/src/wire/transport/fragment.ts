import type { Reader, Writer } from '../../base/index.ts';
import { EXT_MORE, Z, skipExtension, writeExtUnit, writeExtZ64 } from '../core/extension.ts';
import { PRIORITY_DATA } from '../core/qos.ts';
import { EXT_FRAME_QOS, RELIABLE } from './frame.ts';

export const FRAGMENT = 0x06;

const MORE = 0x40;
const EXT_FIRST = 0x02;
const EXT_DROP = 0x03;

/**
 * FRAGMENT carries a piece of one network message, which fills the rest of the batch.
 *
 *     header 0x06 | sn z32 | extensions if Z: QoS, First, Drop | bytes
 *     R 0x20 reliable   M 0x40 more fragments follow   Z 0x80 extensions
 */
export interface FragmentHeader {
  readonly id: typeof FRAGMENT;
  readonly reliable: boolean;
  readonly more: boolean;
  readonly sn: number;
  /** 0 to 7. */
  readonly priority: number;
  /** The first piece (from patch 1 on). */
  readonly first: boolean;
  /** The message being sent is abandoned (from patch 1 on). */
  readonly drop: boolean;
}

export function encodeFragmentHeader(
  w: Writer,
  reliable: boolean,
  more: boolean,
  sn: number,
  priority: number,
  first: boolean,
  drop: boolean,
): void {
  let exts = (priority === PRIORITY_DATA ? 0 : 1) + (first ? 1 : 0) + (drop ? 1 : 0);
  w.u8(FRAGMENT | (reliable ? RELIABLE : 0) | (more ? MORE : 0) | (exts ? Z : 0));
  w.z(sn);
  if (priority !== PRIORITY_DATA) writeExtZ64(w, EXT_FRAME_QOS, priority, --exts > 0);
  if (first) writeExtUnit(w, EXT_FIRST, --exts > 0);
  if (drop) writeExtUnit(w, EXT_DROP, --exts > 0);
}

/** Reads up to the piece. */
export function decodeFragmentHeader(r: Reader, header: number): FragmentHeader {
  const sn = r.z32t();
  let priority: number = PRIORITY_DATA;
  let first = false;
  let drop = false;
  for (let more = (header & Z) !== 0; more;) {
    const ext = r.u8();
    more = (ext & EXT_MORE) !== 0;
    switch (ext & ~EXT_MORE) {
      case EXT_FRAME_QOS:
        priority = r.z64() & 7;
        break;
      case EXT_FIRST:
        first = true;
        break;
      case EXT_DROP:
        drop = true;
        break;
      default:
        skipExtension(r, ext, 'FRAGMENT');
    }
  }
  return {
    id: FRAGMENT,
    reliable: (header & RELIABLE) !== 0,
    more: (header & MORE) !== 0,
    sn,
    priority,
    first,
    drop,
  };
}
