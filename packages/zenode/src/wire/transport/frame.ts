import type { Reader, Writer } from '../../base/index.ts';
import { EXT_MORE, Z, skipExtension, writeExtZ64 } from '../core/extension.ts';
import { PRIORITY_DATA } from '../core/qos.ts';

export const FRAME = 0x05;

/** Flag of Frame and Fragment: the reliable channel. */
export const RELIABLE = 0x20;
/** Priority of Frame, Fragment and transport OAM: mandatory, left out for Data. */
export const EXT_FRAME_QOS = 0x31;

/**
 * FRAME carries whole network messages of one channel; they follow its header up to the end of the batch, or to what is no
 * network message.
 *
 *     header 0x05 | sn z32 | extensions if Z: QoS | network messages
 *     R 0x20 reliable   Z 0x80 extensions
 */
export interface FrameHeader {
  readonly id: typeof FRAME;
  readonly reliable: boolean;
  readonly sn: number;
  /** 0 to 7. */
  readonly priority: number;
}

export function encodeFrameHeader(w: Writer, reliable: boolean, sn: number, priority: number): void {
  const plain = priority === PRIORITY_DATA;
  w.u8(FRAME | (reliable ? RELIABLE : 0) | (plain ? 0 : Z));
  w.z(sn);
  if (!plain) writeExtZ64(w, EXT_FRAME_QOS, priority, false);
}

/** Reads up to the first network message. */
export function decodeFrameHeader(r: Reader, header: number): FrameHeader {
  const sn = r.z32t();
  let priority: number = PRIORITY_DATA;
  for (let more = (header & Z) !== 0; more;) {
    const ext = r.u8();
    more = (ext & EXT_MORE) !== 0;
    if ((ext & ~EXT_MORE) === EXT_FRAME_QOS) priority = r.z64() & 7;
    else skipExtension(r, ext, 'FRAME');
  }
  return { id: FRAME, reliable: (header & RELIABLE) !== 0, sn, priority };
}
