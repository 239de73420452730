import {
  BATCH_BYTES,
  equalBytes,
  hmacSha3_256,
  Reader,
  type Scheduler,
  shake128,
  textOf,
  utf8,
  Writer,
  ZError,
} from '../base/index.ts';
import {
  type Auth,
  AUTH_UNIT,
  authBytes,
  authNonce,
  type Close,
  CLOSE,
  CloseReason,
  decodeAuth,
  decodeClose,
  decodeInit,
  decodeOpen,
  decodeUsrPwd,
  encodeAuth,
  encodeClose,
  encodeInit,
  encodeOpen,
  encodeUsrPwd,
  frameSnWidth,
  INIT,
  type Init,
  OPEN,
  type Open,
  snMask,
  type WhatAmI,
  type ZenohId,
} from '../wire/index.ts';
import type { TransportOptions } from './options.ts';
import { linkQos, type LinkQos, negotiateQos, qosOfEcho } from './link-qos.ts';

import type { Agreement } from './transport.ts';

export const VERSION = 9;
/** What this node knows of the protocol: fragments are marked. */
const PATCH = 1;
/** Smallest batch that a remote may ask for. */
const BATCH_MIN = 64;

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
  constructor(reason: number) {
    super('CONNECT_FAILED', `the other node refused: ${CloseReason[reason] ?? `reason ${reason}`}`);
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
function bytesOf(write: (w: Writer) => void, size: number = 4096): Uint8Array {
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

function chain(auth: Auth): Uint8Array | undefined {
  if (auth.pubkey === undefined && auth.usrpwd === undefined) return undefined;
  return bytesOf((w) => encodeAuth(w, auth));
}

/** The first message of a handshake batch; what follows it is not looked at. */
function read(batch: Uint8Array, start: number, end: number): Init | Open | Close | undefined {
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

function unexpected(wanted: string): HandshakeError {
  return new HandshakeError(CloseReason.INVALID, `expected ${wanted}, got another message`);
}

/** Fills the fields of Init that nobody here uses. */
const NO_INIT = { shm: undefined, multiLink: undefined, lowLatency: false } as const;
const NO_OPEN = {
  qos: false,
  shm: undefined,
  multiLink: undefined,
  multiLinkAck: false,
  lowLatency: false,
  compression: false,
} as const;

function regionBytes(name: string | undefined): Uint8Array | undefined {
  return name === undefined ? undefined : utf8(name);
}

function readRegion(bytes: Uint8Array | undefined): string | undefined {
  if (bytes === undefined) return undefined;
  try {
    if (bytes.length === 0 || bytes.length > 32) throw new Error(`${bytes.length} bytes`);
    return textOf(bytes);
  } catch (cause) {
    throw new HandshakeError(CloseReason.GENERIC, 'region name is not 1 to 32 bytes of UTF-8', { cause });
  }
}

function readAuth(bytes: Uint8Array | undefined): Auth {
  try {
    return decodeAuth(bytes);
  } catch (cause) {
    throw new HandshakeError(CloseReason.GENERIC, 'authentication extension cannot be decoded', { cause });
  }
}

function checkBound(bound: number | undefined): void {
  if (bound !== undefined && bound > 1) throw new HandshakeError(CloseReason.GENERIC, `bound ${bound} is unknown`);
}

function nonceBytes(hi: number, lo: number): Uint8Array {
  const bytes = new Uint8Array(8);
  for (let i = 0; i < 4; i++) {
    bytes[i] = (lo >>> (8 * i)) & 0xff;
    bytes[4 + i] = (hi >>> (8 * i)) & 0xff;
  }
  return bytes;
}

/** The side that dialled. Sans-io: batches go in, messages to send come out. */
export class Initiator {
  readonly #ctx: EstablishContext;
  readonly #expected: ZenohId | undefined;
  #init: Init | undefined;
  #qos: boolean = false;
  #link: LinkQos;
  #bound: number | undefined;
  #auth = false;

  /** @param expected the node that must answer, if the address was told as its own */
  constructor(ctx: EstablishContext, expected: ZenohId | undefined) {
    this.#ctx = ctx;
    this.#expected = expected;
    this.#link = ctx.linkQos;
  }

  /** The first message. */
  start(): Uint8Array {
    const { options, mtu, linkQos: own } = this.#ctx;
    const qos = linkQos(options.qos, own);
    this.#auth = options.usrpwd?.user !== undefined;
    return bytesOf((w) =>
      encodeInit(w, {
        ...NO_INIT,
        id: INIT,
        ack: false,
        version: VERSION,
        whatami: options.whatami,
        zid: options.zid,
        resolution: resolutionByte(options.snResolution),
        batchSize: Math.min(options.batchSize, mtu),
        cookie: undefined,
        qos: qos.plain,
        qosLink: qos.restricted,
        auth: chain({ pubkey: undefined, usrpwd: this.#auth ? AUTH_UNIT : undefined }),
        compression: options.compression,
        patch: PATCH,
        regionName: regionBytes(options.regionName),
      }),
    );
  }

  /** Takes the next batch. Answers with what to send, or with the result. @throws HandshakeError, RefusedError */
  onBatch(batch: Uint8Array, start: number, end: number): Uint8Array | Established {
    const m = read(batch, start, end) ?? this.#behindHeader(batch, start, end);
    if (m?.id === CLOSE) throw new RefusedError(m.reason);
    if (this.#init === undefined) {
      if (m?.id !== INIT || !m.ack) throw unexpected('InitAck');
      return this.#onInit(m);
    }
    if (m?.id !== OPEN || !m.ack) throw unexpected('OpenAck');
    return this.#onOpen(m, this.#init);
  }

  /** A node that refuses after it has switched to compression puts its header byte in front of the Close. */
  #behindHeader(batch: Uint8Array, start: number, end: number): Close | undefined {
    if (this.#init?.compression !== true || end - start < 3 || batch[start] !== 0) return undefined;
    const m = read(batch, start + 1, end);
    return m?.id === CLOSE ? m : undefined;
  }

  #onInit(m: Init): Uint8Array {
    const { options, mtu } = this.#ctx;
    if (m.version !== VERSION) throw new HandshakeError(CloseReason.INVALID, `version ${m.version} is not 9`);
    if (this.#expected !== undefined && !m.zid.equals(this.#expected)) {
      throw new HandshakeError(CloseReason.INVALID, `Expected peer ZID ${this.#expected} but received ${m.zid}`);
    }
    const own = resolutionByte(options.snResolution);
    if ((m.resolution & 3) > (own & 3) || m.resolution >> 2 > own >> 2) {
      throw new HandshakeError(CloseReason.INVALID, 'the answer raises a resolution');
    }
    if (Math.min(m.batchSize, mtu) < BATCH_MIN) {
      throw new HandshakeError(CloseReason.INVALID, `batch size ${m.batchSize} is below ${BATCH_MIN}`);
    }
    if (m.patch > PATCH) throw new HandshakeError(CloseReason.GENERIC, `patch ${m.patch} was not offered`);
    const qos = qosOfEcho(options.qos, this.#link, m.qos, m.qosLink);
    if (typeof qos === 'string') throw new HandshakeError(CloseReason.GENERIC, qos);
    this.#qos = qos.on;
    this.#link = qos.link;
    const regionName = readRegion(m.regionName);
    const answer = this.#answer(readAuth(m.auth));
    this.#init = m;
    this.#bound = this.#ctx.bound(m.zid, m.whatami, regionName);
    return bytesOf((w) =>
      encodeOpen(w, {
        ...NO_OPEN,
        id: OPEN,
        ack: false,
        leaseMs: options.leaseMs,
        initialSn: initialSn(options.zid, m.zid, snMask(frameSnWidth(m.resolution))),
        cookie: m.cookie,
        auth: chain({ pubkey: undefined, usrpwd: answer }),
        remoteBound: this.#bound,
      }),
    );
  }

  #answer(auth: Auth): Auth['usrpwd'] {
    if (!this.#auth) return undefined;
    const nonce = auth.usrpwd?.nonce;
    if (nonce === undefined) {
      throw new HandshakeError(CloseReason.GENERIC, 'the other node does not ask for user and password');
    }
    const { user, password } = this.#ctx.options.usrpwd!;
    const hmac = hmacSha3_256(nonceBytes(nonce[0], nonce[1]), utf8(password ?? ''));
    return authBytes(bytesOf((w) => encodeUsrPwd(w, { user: utf8(user!), hmac })));
  }

  #onOpen(m: Open, init: Init): Established {
    const { options, mtu } = this.#ctx;
    if (this.#auth && readAuth(m.auth).usrpwd?.unit !== true) {
      throw new HandshakeError(CloseReason.GENERIC, 'the other node did not confirm user and password');
    }
    checkBound(m.remoteBound);
    const snResolution = frameSnWidth(init.resolution);
    const mask = snMask(snResolution);
    if (m.initialSn > mask) throw new HandshakeError(CloseReason.INVALID, `first number ${m.initialSn} is too large`);
    return {
      agreement: {
        zid: init.zid,
        whatami: init.whatami,
        snResolution,
        qos: this.#qos,
        regionName: readRegion(init.regionName),
        remoteBound: m.remoteBound,
        ownBound: this.#bound,
        user: undefined,
        patch: init.patch,
        initialSnOut: initialSn(options.zid, init.zid, mask),
        initialSnIn: m.initialSn,
      },
      batchSize: Math.min(options.batchSize, mtu, init.batchSize),
      compression: options.compression && init.compression,
      leaseMs: m.leaseMs,
      link: this.#link,
    };
  }
}

/** The side that was dialled. */
export class Acceptor {
  readonly #ctx: EstablishContext;
  #init: Init | undefined;
  #cookie: Uint8Array = new Uint8Array(0);
  #resolution = 0;
  #batchSize = 0;
  #qos = false;
  #link: LinkQos;
  #region: string | undefined;
  #nonce: readonly [number, number] | undefined;

  constructor(ctx: EstablishContext) {
    this.#ctx = ctx;
    this.#link = ctx.linkQos;
  }

  /**
   * Takes the next batch. Answers with what to send, or with the result: then the caller decides whether there is room and
   * sends `ack`. @throws HandshakeError, RefusedError
   */
  onBatch(batch: Uint8Array, start: number, end: number): Uint8Array | Established {
    const m = read(batch, start, end);
    if (this.#init === undefined) {
      if (m?.id !== INIT || m.ack) throw unexpected('InitSyn');
      return this.#onInit(m);
    }
    if (m?.id === CLOSE) throw new RefusedError(m.reason);
    if (m?.id !== OPEN || m.ack) throw unexpected('OpenSyn');
    return this.#onOpen(m, this.#init);
  }

  #onInit(m: Init): Uint8Array {
    const { options, mtu, scheduler } = this.#ctx;
    if (m.version !== VERSION) throw new HandshakeError(CloseReason.INVALID, `version ${m.version} is not 9`);
    if (m.batchSize < BATCH_MIN) {
      throw new HandshakeError(CloseReason.INVALID, `batch size ${m.batchSize} is below ${BATCH_MIN}`);
    }
    const own = resolutionByte(options.snResolution);
    this.#resolution = Math.min(m.resolution & 3, own & 3) | (Math.min(m.resolution >> 2, own >> 2) << 2);
    this.#batchSize = Math.min(options.batchSize, mtu, m.batchSize);
    const qos = negotiateQos(options.qos, this.#link, m.qos, m.qosLink);
    if (typeof qos === 'string') throw new HandshakeError(CloseReason.GENERIC, qos);
    this.#qos = qos.on;
    this.#link = qos.link;
    this.#region = readRegion(m.regionName);
    const asked = readAuth(m.auth).usrpwd;
    if (options.usrpwd !== undefined) {
      if (asked?.unit !== true) throw new HandshakeError(CloseReason.GENERIC, 'no user and password were offered');
      const random = scheduler.randomBytes(new Uint8Array(8));
      const view = new DataView(random.buffer, random.byteOffset, 8);
      this.#nonce = [view.getUint32(0), view.getUint32(4)];
    }
    this.#init = m;
    this.#cookie = scheduler.randomBytes(new Uint8Array(16));
    const nonce = this.#nonce;
    return bytesOf((w) =>
      encodeInit(w, {
        ...NO_INIT,
        id: INIT,
        ack: true,
        version: VERSION,
        whatami: options.whatami,
        zid: options.zid,
        resolution: this.#resolution,
        batchSize: this.#batchSize,
        cookie: this.#cookie,
        qos: qos.plain,
        qosLink: qos.restricted,
        auth: chain({ pubkey: undefined, usrpwd: nonce && authNonce(nonce[0], nonce[1]) }),
        compression: options.compression && m.compression,
        patch: Math.min(PATCH, m.patch),
        regionName: regionBytes(options.regionName),
      }),
    );
  }

  #onOpen(m: Open, init: Init): Established {
    const { options } = this.#ctx;
    if (!equalBytes(m.cookie!, this.#cookie)) throw new HandshakeError(CloseReason.INVALID, 'the cookie is not ours');
    const user = this.#checkUser(readAuth(m.auth));
    checkBound(m.remoteBound);
    const snResolution = frameSnWidth(this.#resolution);
    const mask = snMask(snResolution);
    if (m.initialSn > mask) throw new HandshakeError(CloseReason.INVALID, `first number ${m.initialSn} is too large`);
    return {
      agreement: {
        zid: init.zid,
        whatami: init.whatami,
        snResolution,
        qos: this.#qos,
        regionName: this.#region,
        remoteBound: m.remoteBound,
        ownBound: this.#ctx.bound(init.zid, init.whatami, this.#region),
        user,
        patch: Math.min(PATCH, init.patch),
        initialSnOut: initialSn(options.zid, init.zid, mask),
        initialSnIn: m.initialSn,
      },
      batchSize: this.#batchSize,
      compression: options.compression && init.compression,
      leaseMs: m.leaseMs,
      link: this.#link,
    };
  }

  #checkUser(auth: Auth): string | undefined {
    if (this.#nonce === undefined) return undefined;
    const answer = auth.usrpwd?.bytes;
    if (answer === undefined) throw new HandshakeError(CloseReason.GENERIC, 'user and password are missing');
    let user: string;
    let hmac: Uint8Array;
    try {
      const decoded = decodeUsrPwd(answer);
      user = textOf(decoded.user);
      hmac = decoded.hmac;
    } catch (cause) {
      throw new HandshakeError(CloseReason.GENERIC, 'user and password cannot be decoded', { cause });
    }
    const password = this.#ctx.options.usrpwd?.dictionary?.get(user);
    const right = hmacSha3_256(nonceBytes(this.#nonce[0], this.#nonce[1]), utf8(password ?? ''));
    if (password === undefined || !equalBytes(right, hmac)) {
      throw new HandshakeError(CloseReason.GENERIC, `user "${user}" is unknown or the password is wrong`);
    }
    return user;
  }

  /** The last message of the handshake. */
  ack(result: Established): Uint8Array {
    const { options } = this.#ctx;
    const { initialSnOut, ownBound } = result.agreement;
    return bytesOf((w) =>
      encodeOpen(w, {
        ...NO_OPEN,
        id: OPEN,
        ack: true,
        leaseMs: options.leaseMs,
        initialSn: initialSnOut,
        cookie: undefined,
        auth: chain({ pubkey: undefined, usrpwd: this.#nonce && AUTH_UNIT }),
        remoteBound: ownBound,
      }),
    );
  }
}

/** Both resolutions in one byte: sequence numbers as configured, request ids of 32 bits. */
function resolutionByte(sn: number): number {
  return sn | (2 << 2);
}
