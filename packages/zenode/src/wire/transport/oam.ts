import type { Reader, Writer } from '../../base/index.ts';
import { EXT_MORE, Z, skipExtension, writeExtZ64 } from '../core/extension.ts';
import { oamEncoding, readOamBody, writeOamBody } from '../core/oam-body.ts';
import type { OamBody } from '../core/oam-body.ts';
import { PRIORITY_DATA } from '../core/qos.ts';
import { EXT_FRAME_QOS } from './frame.ts';

export const TRANSPORT_OAM = 0x00;

/**
 * OAM of the transport: nobody has defined one; received ones are ignored.
 *
 *     header 0x00 | oam id z16 | extensions if Z: QoS | body by ENC
 *     ENC 0x60 kind of the body   Z 0x80 extensions
 */
export interface TransportOam {
  readonly id: typeof TRANSPORT_OAM;
  readonly oamId: number;
  /** 0 to 7. */
  readonly priority: number;
  readonly body: OamBody;
}

export function encodeTransportOam(w: Writer, m: TransportOam): void {
  const plain = m.priority === PRIORITY_DATA;
  w.u8(TRANSPORT_OAM | oamEncoding(m.body) | (plain ? 0 : Z));
  w.z(m.oamId);
  if (!plain) writeExtZ64(w, EXT_FRAME_QOS, m.priority, false);
  writeOamBody(w, m.body);
}

export function decodeTransportOam(r: Reader, header: number): TransportOam {
  const oamId = r.z16t();
  let priority: number = PRIORITY_DATA;
  for (let more = (header & Z) !== 0; more;) {
    const ext = r.u8();
    more = (ext & EXT_MORE) !== 0;
    if ((ext & ~EXT_MORE) === EXT_FRAME_QOS) priority = r.z64() & 7;
    else skipExtension(r, ext, 'OAM');
  }
  return { id: TRANSPORT_OAM, oamId, priority, body: readOamBody(r, header) };
}
