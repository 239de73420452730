import { CodecError } from '../../base/index.ts';
import type { Reader, Writer } from '../../base/index.ts';
import { ID_MASK } from '../core/extension.ts';
import { DECLARE, decodeDeclare, encodeDeclare } from './declare.ts';
import type { Declare } from './declare.ts';
import { INTEREST, decodeInterest, encodeInterest } from './interest.ts';
import type { Interest } from './interest.ts';
import { OAM, decodeOam, encodeOam } from './oam.ts';
import type { Oam } from './oam.ts';
import { PUSH, decodePush, encodePush } from './push.ts';
import type { Push } from './push.ts';
import { REQUEST, decodeRequest, encodeRequest } from './request.ts';
import type { Request } from './request.ts';
import { RESPONSE_FINAL, decodeResponseFinal, encodeResponseFinal } from './response-final.ts';
import type { ResponseFinal } from './response-final.ts';
import { RESPONSE, decodeResponse, encodeResponse } from './response.ts';
import type { Response } from './response.ts';

export * from './declaration.ts';
export * from './declare.ts';
export { EXT_NODE_ID, EXT_QOS } from './extensions.ts';
export * from './interest.ts';
export * from './link-state.ts';
export * from './oam.ts';
export * from './push-fast.ts';
export * from './push.ts';
export * from './request.ts';
export * from './response-final.ts';
export * from './response.ts';

export type NetworkMessage = Interest | ResponseFinal | Response | Request | Push | Declare | Oam;

/** Can this header byte begin a network message? If not, a Frame ends before it. */
export function isNetworkHeader(header: number): boolean {
  return (header & ID_MASK) >= INTEREST;
}

export function encodeNetworkMessage(w: Writer, m: NetworkMessage): void {
  switch (m.id) {
    case INTEREST:
      return encodeInterest(w, m);
    case RESPONSE_FINAL:
      return encodeResponseFinal(w, m);
    case RESPONSE:
      return encodeResponse(w, m);
    case REQUEST:
      return encodeRequest(w, m);
    case PUSH:
      return encodePush(w, m);
    case DECLARE:
      return encodeDeclare(w, m);
    default:
      return encodeOam(w, m);
  }
}

/** Decodes one network message; its body, if it has one, is walked and lies in the reader's buffer. */
export function decodeNetworkMessage(r: Reader): NetworkMessage {
  const header = r.u8();
  switch (header & ID_MASK) {
    case INTEREST:
      return decodeInterest(r, header);
    case RESPONSE_FINAL:
      return decodeResponseFinal(r, header);
    case RESPONSE:
      return decodeResponse(r, header);
    case REQUEST:
      return decodeRequest(r, header);
    case PUSH:
      return decodePush(r, header);
    case DECLARE:
      return decodeDeclare(r, header);
    case OAM:
      return decodeOam(r, header);
    default:
      throw new CodecError(`unknown network message 0x${(header & ID_MASK).toString(16)}`);
  }
}
