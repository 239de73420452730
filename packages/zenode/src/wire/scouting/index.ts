import { CodecError } from '../../base/index.ts';
import type { Reader } from '../../base/index.ts';
import { ID_MASK } from '../core/extension.ts';
import { HELLO, decodeHello } from './hello.ts';
import type { Hello } from './hello.ts';
import { SCOUT, decodeScout } from './scout.ts';
import type { Scout } from './scout.ts';

export * from './hello.ts';
export { SCOUT, VERSION, decodeScout, encodeScout } from './scout.ts';
export type { Scout } from './scout.ts';

export type ScoutingMessage = Scout | Hello;

/** Decodes one datagram; what follows the message is left unread. */
export function decodeScoutingMessage(r: Reader): ScoutingMessage {
  const header = r.u8();
  switch (header & ID_MASK) {
    case SCOUT:
      return decodeScout(r, header);
    case HELLO:
      return decodeHello(r, header);
    default:
      throw new CodecError(`unknown scouting message 0x${(header & ID_MASK).toString(16)}`);
  }
}
