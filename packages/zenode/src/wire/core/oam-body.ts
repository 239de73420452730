import { CodecError } from '../../base/index.ts';
import type { Reader, Writer } from '../../base/index.ts';
import { ENC_MASK, ENC_UNIT, ENC_Z64, ENC_ZBUF } from './extension.ts';

/** What an OAM message carries: nothing, an integer, or bytes. */
export type OamBody = undefined | bigint | Uint8Array;

/** The two bits of the header that tell the kind of the body. */
export function oamEncoding(body: OamBody): number {
  return body === undefined ? ENC_UNIT : typeof body === 'bigint' ? ENC_Z64 : ENC_ZBUF;
}

export function writeOamBody(w: Writer, body: OamBody): void {
  if (typeof body === 'bigint') w.z64(Number(body >> 32n), Number(body & 0xffffffffn));
  else if (body !== undefined) w.bytes(body);
}

export function readOamBody(r: Reader, header: number): OamBody {
  switch (header & ENC_MASK) {
    case ENC_UNIT:
      return undefined;
    case ENC_Z64:
      return r.zBig();
    case ENC_ZBUF:
      return r.raw(r.z53());
    default:
      throw new CodecError('OAM has the reserved encoding 3');
  }
}
