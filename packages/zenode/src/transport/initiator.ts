import { hmacSha3_256, utf8 } from '../base/index.ts';
import {
  type Auth,
  AUTH_UNIT,
  authBytes,
  type Close,
  CLOSE,
  CloseReason,
  encodeInit,
  encodeOpen,
  encodeUsrPwd,
  frameSnWidth,
  INIT,
  type Init,
  OPEN,
  type Open,
  snMask,
  type ZenohId,
} from '../wire/index.ts';
import { linkQos, type LinkQos, qosOfEcho } from './link-qos.ts';
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
    if (m?.id === CLOSE) throw new RefusedError(m.reason, this.#hint(m.reason));
    if (this.#init === undefined) {
      if (m?.id !== INIT || !m.ack) throw unexpected('InitAck');
      return this.#onInit(m);
    }
    if (m?.id !== OPEN || !m.ack) throw unexpected('OpenAck');
    return this.#onOpen(m, this.#init);
  }

  /** Who says no to a user and a password gives no better reason. */
  #hint(reason: number): string {
    if (reason !== CloseReason.GENERIC || !this.#auth || this.#init === undefined) return '';
    return `; user "${this.#ctx.options.usrpwd!.user}" may be unknown there, or the password wrong`;
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
