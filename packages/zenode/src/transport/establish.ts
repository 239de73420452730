import { type LinkQos } from './link-qos.ts';
import { BATCH_BYTES, Reader, type Scheduler, shake128, textOf, utf8, Writer, ZError } from '../base/index.ts';
import {
  type Auth,
  type Close,
  CLOSE,
  CloseReason,
  decodeAuth,
  decodeClose,
  decodeInit,
  decodeOpen,
  encodeAuth,
  encodeClose,
  INIT,
  type Init,
  OPEN,
  type Open,
  type WhatAmI,
  type ZenohId,
} from '../wire/index.ts';
import { type TransportOptions } from './options.ts';
import { type Agreement } from './transport.ts';

export const VERSION = 9;
/** What this node knows of the protocol: fragments are marked. */
export const PATCH = 1;
/** Smallest batch that a remote may ask for. */
export const BATCH_MIN = 64;

/** Ends a handshake. `reason` goes to the other side; undefined: the link is closed without a word. */
export class HandshakeError extends ZError {
  override readonly name = 'HandshakeError';
  readonly reason: number | undefined;
  constructor(reason: number | undefined, message: string, options?: ErrorOptions) {
    super('CONNECT_FAILED', message, options);
    this.reason = reason;
  }
}

/** The other side said Close. */
export class RefusedError extends ZError {
  override readonly name = 'RefusedError';
  /** Why, as it said. */
  readonly reason: number;
  /** @param hint what it may be about: nothing more is ever said */
  constructor(reason: number, hint: string = '') {
    super('CONNECT_FAILED', `the other node refused: ${CloseReason[reason] ?? `reason ${reason}`}${hint}`);
    this.reason = reason;
  }
}

/** What a handshake has led to, for the transport and for the link. */
export interface Established {
  readonly agreement: Agreement;
  /** Largest batch on this link, prefix included. */
  readonly batchSize: number;
  readonly compression: boolean;
  /** How long the other side may be silent. */
  readonly leaseMs: number;
  readonly link: LinkQos;
}

/** What a handshake takes from its node. */
export interface EstablishContext {
  readonly options: TransportOptions;
  readonly scheduler: Scheduler;
  /** Largest batch of the link. */
  readonly mtu: number;
  /** QoS restrictions in the metadata of the endpoint that is dialled, or of the locator that accepted. */
  readonly linkQos: LinkQos;
  /** The bound this node announces to such a node: 0 north, 1 south, undefined to say nothing. */
  bound(zid: ZenohId, whatami: WhatAmI, regionName: string | undefined): number | undefined;
}

/** First sequence number from one node to another: the same on all their links, and not to be guessed from outside. */
export function initialSn(from: ZenohId, to: ZenohId, mask: number): number {
  const both = new Uint8Array(from.bytes.length + to.bytes.length);
  both.set(from.bytes);
  both.set(to.bytes, from.bytes.length);
  const h = shake128(both, 4);
  return (h[0]! | (h[1]! << 8) | (h[2]! << 16) | (h[3]! << 24)) & mask;
}

/** Bytes of one message, alone in its batch. */
export function bytesOf(write: (w: Writer) => void, size: number = 4096): Uint8Array {
  const w = new Writer(new Uint8Array(size));
  write(w);
  if (!w.full) return w.taken();
  // A cookie may be as long as its batch allows.
  if (size < BATCH_BYTES) return bytesOf(write, BATCH_BYTES);
  throw new HandshakeError(CloseReason.GENERIC, `handshake message is longer than ${size} bytes`);
}

export function closeBytes(reason: number): Uint8Array {
  return bytesOf((w) => encodeClose(w, { id: CLOSE, reason, session: false }));
}

export function chain(auth: Auth): Uint8Array | undefined {
  if (auth.pubkey === undefined && auth.usrpwd === undefined) return undefined;
  return bytesOf((w) => encodeAuth(w, auth));
}

/** The first message of a handshake batch; what follows it is not looked at. */
export function read(batch: Uint8Array, start: number, end: number): Init | Open | Close | undefined {
  const r = new Reader(batch, start, end);
  try {
    const header = r.u8();
    switch (header & 0x1f) {
      case INIT:
        return decodeInit(r, header);
      case OPEN:
        return decodeOpen(r, header);
      case CLOSE:
        return decodeClose(r, header);
      default:
        return undefined;
    }
  } catch (cause) {
    throw new HandshakeError(CloseReason.INVALID, 'handshake message cannot be decoded', { cause });
  }
}

export function unexpected(wanted: string): HandshakeError {
  return new HandshakeError(CloseReason.INVALID, `expected ${wanted}, got another message`);
}

/** Fills the fields of Init that nobody here uses. */
export const NO_INIT = { shm: undefined, multiLink: undefined, lowLatency: false } as const;
export const NO_OPEN = {
  qos: false,
  shm: undefined,
  multiLink: undefined,
  multiLinkAck: false,
  lowLatency: false,
  compression: false,
} as const;

export function regionBytes(name: string | undefined): Uint8Array | undefined {
  return name === undefined ? undefined : utf8(name);
}

export function readRegion(bytes: Uint8Array | undefined): string | undefined {
  if (bytes === undefined) return undefined;
  try {
    if (bytes.length === 0 || bytes.length > 32) throw new Error(`${bytes.length} bytes`);
    return textOf(bytes);
  } catch (cause) {
    throw new HandshakeError(CloseReason.GENERIC, 'region name is not 1 to 32 bytes of UTF-8', { cause });
  }
}

export function readAuth(bytes: Uint8Array | undefined): Auth {
  try {
    return decodeAuth(bytes);
  } catch (cause) {
    throw new HandshakeError(CloseReason.GENERIC, 'authentication extension cannot be decoded', { cause });
  }
}

export function checkBound(bound: number | undefined): void {
  if (bound !== undefined && bound > 1) throw new HandshakeError(CloseReason.GENERIC, `bound ${bound} is unknown`);
}

export function nonceBytes(hi: number, lo: number): Uint8Array {
  const bytes = new Uint8Array(8);
  for (let i = 0; i < 4; i++) {
    bytes[i] = (lo >>> (8 * i)) & 0xff;
    bytes[4 + i] = (hi >>> (8 * i)) & 0xff;
  }
  return bytes;
}

/** Both resolutions in one byte: sequence numbers as configured, request ids of 32 bits. */
export function resolutionByte(sn: number): number {
  return sn | (2 << 2);
}
