import { CodecError } from '../../base/index.ts';
import type { Reader } from '../../base/index.ts';
import { ID_MASK } from '../core/extension.ts';
import { CLOSE, decodeClose } from './close.ts';
import type { Close } from './close.ts';
import { FRAGMENT, decodeFragmentHeader } from './fragment.ts';
import type { FragmentHeader } from './fragment.ts';
import { FRAME, decodeFrameHeader } from './frame.ts';
import type { FrameHeader } from './frame.ts';
import { INIT, decodeInit } from './init.ts';
import type { Init } from './init.ts';
import { JOIN, decodeJoin } from './join.ts';
import type { Join } from './join.ts';
import { KEEP_ALIVE, decodeKeepAlive } from './keep-alive.ts';
import type { KeepAlive } from './keep-alive.ts';
import { TRANSPORT_OAM, decodeTransportOam } from './oam.ts';
import type { TransportOam } from './oam.ts';
import { OPEN, decodeOpen } from './open.ts';
import type { Open } from './open.ts';

export * from './auth.ts';
export * from './close.ts';
export * from './fragment.ts';
export * from './frame.ts';
export * from './init.ts';
export * from './join.ts';
export * from './keep-alive.ts';
export * from './oam.ts';
export { OPEN, decodeOpen, encodeOpen } from './open.ts';
export type { Open } from './open.ts';
export * from './qos-link.ts';

export type TransportMessage = TransportOam | Init | Open | Close | KeepAlive | FrameHeader | FragmentHeader | Join;

/** Decodes one transport message; of a Frame and a Fragment only the header, and the reader stands at the content. */
export function decodeTransportMessage(r: Reader): TransportMessage {
  const header = r.u8();
  switch (header & ID_MASK) {
    case TRANSPORT_OAM:
      return decodeTransportOam(r, header);
    case INIT:
      return decodeInit(r, header);
    case OPEN:
      return decodeOpen(r, header);
    case CLOSE:
      return decodeClose(r, header);
    case KEEP_ALIVE:
      return decodeKeepAlive(r, header);
    case FRAME:
      return decodeFrameHeader(r, header);
    case FRAGMENT:
      return decodeFragmentHeader(r, header);
    case JOIN:
      return decodeJoin(r, header);
    default:
      throw new CodecError(`unknown transport message 0x${(header & ID_MASK).toString(16)}`);
  }
}
