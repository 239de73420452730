import type { Reader, Writer } from '../../base/index.ts';
import { Z, writeExtZ64 } from '../core/extension.ts';
import { oamEncoding, readOamBody, writeOamBody } from '../core/oam-body.ts';
import type { OamBody } from '../core/oam-body.ts';
import { QOS_DEFAULT } from '../core/qos.ts';
import { writeExtTimestamp } from '../core/timestamp.ts';
import type { Timestamp } from '../core/timestamp.ts';
import { EXT_QOS, readCommonExtensions } from './extensions.ts';

export const OAM = 0x1f;
/** The one id that is defined: link states, in bytes. */
export const OAM_LINKSTATE = 1;

/**
 * OAM carries what nodes tell each other about the network itself.
 *
 *     header 0x1f | oam id z16 | extensions if Z: QoS, Timestamp | body by ENC
 *     ENC 0x60 kind of the body   Z 0x80 extensions
 */
export interface Oam {
  readonly id: typeof OAM;
  readonly oamId: number;
  readonly qos: number;
  readonly timestamp: Timestamp | undefined;
  readonly body: OamBody;
}

export function encodeOam(w: Writer, m: Oam): void {
  let exts = (m.qos !== QOS_DEFAULT ? 1 : 0) + (m.timestamp ? 1 : 0);
  w.u8(OAM | oamEncoding(m.body) | (exts ? Z : 0));
  w.z(m.oamId);
  if (m.qos !== QOS_DEFAULT) writeExtZ64(w, EXT_QOS, m.qos, --exts > 0);
  if (m.timestamp) writeExtTimestamp(w, m.timestamp, --exts > 0);
  writeOamBody(w, m.body);
}

export function decodeOam(r: Reader, header: number): Oam {
  const oamId = r.z16t();
  const { qos, timestamp } = readCommonExtensions(r, (header & Z) !== 0, false, 'OAM');
  return { id: OAM, oamId, qos, timestamp, body: readOamBody(r, header) };
}
