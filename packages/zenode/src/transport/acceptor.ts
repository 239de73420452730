import { type LinkQos, negotiateQos } from './link-qos.ts';
import { equalBytes, hmacSha3_256, textOf, utf8 } from '../base/index.ts';
import {
  type Auth,
  AUTH_UNIT,
  authNonce,
  CLOSE,
  CloseReason,
  decodeUsrPwd,
  encodeInit,
  encodeOpen,
  frameSnWidth,
  INIT,
  type Init,
  OPEN,
  type Open,
  snMask,
} from '../wire/index.ts';
import {
  BATCH_MIN,
  bytesOf,
  chain,
  checkBound,
  type EstablishContext,
  type Established,
  HandshakeError,
  initialSn,
  NO_INIT,
  NO_OPEN,
  nonceBytes,
  PATCH,
  read,
  readAuth,
  readRegion,
  RefusedError,
  regionBytes,
  resolutionByte,
  unexpected,
  VERSION,
} from './establish.ts';

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
