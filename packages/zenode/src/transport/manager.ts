import { type Log, type Scheduler, ZError } from '../base/index.ts';
import type { Link } from '../link/link.ts';
import { CloseReason, type Locator, WhatAmI, type ZenohId } from '../wire/index.ts';
import { closeBytes, type Established, type EstablishContext, HandshakeError, RefusedError } from './establish.ts';
import { Acceptor } from './acceptor.ts';
import { Initiator } from './initiator.ts';
import { Flusher } from './flusher.ts';
import { type Greeter, LinkEnd } from './link-end.ts';
import { linkQosOf, UNRESTRICTED } from './link-qos.ts';
import type { TransportOptions } from './options.ts';
import { type Agreement, Transport, type TransportHandler } from './transport.ts';

/** The node above the transports. */
export interface TransportUpper {
  /** The bound announced to such a node: 0 north, 1 south, undefined to say nothing. */
  bound(zid: ZenohId, whatami: WhatAmI, regionName: string | undefined): number | undefined;
  /** May there be a transport to this node? Text is why not; the other side gets GENERIC. */
  admit(agreement: Agreement): string | undefined;
  /** A transport is open; what it receives goes to the handler. Called before anything is read. */
  onTransport(transport: Transport): TransportHandler;
}

/** Periods of the look at the clock, in milliseconds. */
const TICK_MIN = 20;
const TICK_MAX = 250;

/** All transports of a node: who may have one, and the clock they share. */
export class TransportManager {
  readonly options: TransportOptions;
  readonly flusher: Flusher;
  readonly #scheduler: Scheduler;
  readonly #log: Log;
  readonly #upper: TransportUpper;
  readonly #transports = new Map<string, Transport>();
  readonly #greeting = new Set<LinkEnd>();
  #pending = 0;
  #ticking = false;
  #closed = false;

  constructor(options: TransportOptions, env: { scheduler: Scheduler; log: Log }, upper: TransportUpper) {
    this.options = options;
    this.#scheduler = env.scheduler;
    this.#log = env.log;
    this.#upper = upper;
    this.flusher = new Flusher(env.scheduler);
  }

  get transports(): IterableIterator<Transport> {
    return this.#transports.values();
  }

  transport(zid: ZenohId): Transport | undefined {
    return this.#transports.get(zid.toString());
  }

  /** Handshakes of accepted links under way. */
  get pending(): number {
    return this.#pending;
  }

  /**
   * Shakes hands on a link that was dialled. Resolves with the transport it has become part of.
   *
   * @param expected the node that must answer
   * @throws HandshakeError, RefusedError, ZError `TIMEOUT`
   */
  async initiate(link: Link, signal: AbortSignal, expected?: ZenohId): Promise<Transport> {
    let context: EstablishContext;
    try {
      context = this.#context(link, link.dst);
    } catch (cause) {
      void link.close();
      throw cause;
    }
    return new Promise((resolve, reject) => {
      const initiator = new Initiator(context, expected);
      let compression = false;
      const end = this.#greet(link, false, {
        onBatch: (batch, from, to) => {
          const step = initiator.onBatch(batch, from, to);
          if (step instanceof Uint8Array) end.greet(step);
          else {
            // The other side is open already: also a refusal comes in its form.
            compression = step.compression;
            resolve(this.#establish(end, step, undefined));
            signal.removeEventListener('abort', abort);
          }
        },
        onFail: (cause) => {
          signal.removeEventListener('abort', abort);
          reject(cause);
        },
        compression: () => compression,
      });
      const abort = (): void => {
        reject(signal.reason instanceof Error ? signal.reason : new ZError('CANCELLED', 'dialling was given up'));
        end.abandon(undefined);
      };
      if (signal.aborted) abort();
      else {
        signal.addEventListener('abort', abort, { once: true });
        end.greet(initiator.start());
        link.start(end);
      }
    });
  }

  /** Shakes hands on a link that a listener accepted. */
  accept(link: Link): void {
    if (this.#closed || this.#pending >= this.options.acceptPending) {
      this.#log.debug(`link from ${link.dst} refused: ${this.#pending} handshakes are under way`);
      void link.close();
      return;
    }
    let context: EstablishContext;
    try {
      context = this.#context(link, link.src);
    } catch (cause) {
      this.#log.warn(`link from ${link.dst} refused: ${(cause as Error).message}`);
      void link.close();
      return;
    }
    this.#pending++;
    let done = (): void => {
      done = () => undefined;
      limit.cancel();
      this.#pending--;
    };
    const acceptor = new Acceptor(context);
    const end = this.#greet(link, true, {
      onBatch: (batch, from, to) => {
        const step = acceptor.onBatch(batch, from, to);
        if (step instanceof Uint8Array) end.greet(step);
        else {
          this.#establish(end, step, acceptor.ack(step));
          done();
        }
      },
      onFail: (cause) => {
        done();
        this.#log.debug(`handshake from ${link.dst} failed: ${cause.message}`);
      },
    });
    const limit = this.#scheduler.after(this.options.acceptTimeoutMs, () => {
      if (this.#greeting.has(end)) end.abandon(undefined);
    });
    link.start(end);
  }

  /** @param locator whose metadata restrict the link: where it was dialled, or where it was accepted */
  #context(link: Link, locator: Locator): EstablishContext {
    const own = linkQosOf(locator.metadata);
    return {
      options: this.options,
      scheduler: this.#scheduler,
      mtu: link.mtu,
      linkQos: own.priorities === undefined && own.reliability === undefined ? UNRESTRICTED : own,
      bound: (zid, whatami, regionName) => this.#upper.bound(zid, whatami, regionName),
    };
  }

  /** A link in its handshake: failures are told to the other side and end the link. */
  #greet(
    link: Link,
    inbound: boolean,
    steps: {
      onBatch: (batch: Uint8Array, start: number, end: number) => void;
      onFail: (cause: Error) => void;
      /** Does the other side expect the header byte of compression in front of a Close? */
      compression?: () => boolean;
    },
  ): LinkEnd {
    let over = false;
    const fail = (cause: Error, reason: number | undefined): void => {
      if (over) return;
      over = true;
      this.#greeting.delete(end);
      steps.onFail(cause);
      if (reason !== undefined) end.greet(closeBytes(reason), steps.compression?.());
      void end.closeWith(undefined);
    };
    const greeter: Greeter = {
      onBatch: (batch, from, to) => {
        if (over) return;
        try {
          steps.onBatch(batch, from, to);
        } catch (error) {
          const cause = error instanceof Error ? error : new Error(String(error));
          if (error instanceof HandshakeError) fail(cause, error.reason);
          else fail(cause, error instanceof RefusedError ? undefined : CloseReason.GENERIC);
        }
      },
      onClose: (cause) => {
        this.#greeting.delete(end);
        if (over) return;
        over = true;
        steps.onFail(cause ?? new ZError('CONNECT_FAILED', 'the other node closed the link during the handshake'));
      },
    };
    const end = new LinkEnd(link, inbound, greeter, { scheduler: this.#scheduler, log: this.#log });
    this.#greeting.add(end);
    return end;
  }

  /** One transport per remote node: makes it, or adds the link to it. @throws HandshakeError if neither may be */
  #establish(end: LinkEnd, result: Established, ack: Uint8Array | undefined): Transport {
    const { agreement } = result;
    const known = this.#transports.get(agreement.zid.toString());
    this.#check(end, known, agreement);
    const transport = known ?? this.#make(agreement);
    this.#greeting.delete(end);
    if (ack !== undefined) end.greet(ack);
    end.open(transport, result, this.options);
    if (known === undefined) {
      this.#transports.set(agreement.zid.toString(), transport);
      const { settleMs = 0 } = this.options;
      if (end.inbound && agreement.whatami === WhatAmI.PEER && settleMs > 0) transport.settle(settleMs);
      this.#log.info(`transport to ${agreement.zid} is open on ${end.link.src} to ${end.link.dst}`);
      transport.handler = this.#upper.onTransport(transport);
    }
    this.#tickSoon();
    return transport;
  }

  #make(agreement: Agreement): Transport {
    const env = { scheduler: this.#scheduler, flusher: this.flusher, log: this.#log };
    return new Transport(agreement, this.options, env, (gone) => {
      const key = gone.zid.toString();
      if (this.#transports.get(key) === gone) this.#transports.delete(key);
    });
  }

  #check(end: LinkEnd, known: Transport | undefined, agreement: Agreement): void {
    if (this.#closed) throw new HandshakeError(CloseReason.GENERIC, 'this node is closing');
    if (known === undefined) {
      if (agreement.zid.equals(this.options.zid)) {
        throw new HandshakeError(
          CloseReason.CONNECTION_TO_SELF,
          `${agreement.zid} Attempt to establish transport to itself`,
        );
      }
      if (this.#transports.size >= this.options.maxSessions) {
        throw new HandshakeError(CloseReason.INVALID, `there are ${this.options.maxSessions} transports already`);
      }
      const why = this.#upper.admit(agreement);
      if (why !== undefined) throw new HandshakeError(CloseReason.GENERIC, why);
      return;
    }
    if (known.closing) throw new HandshakeError(CloseReason.GENERIC, `the transport to ${known.zid} is closing`);
    if (!sameTerms(known.agreement, agreement)) {
      throw new HandshakeError(CloseReason.INVALID, `${known.zid} has a transport on other terms already`);
    }
    const inbound = known.links.filter((link) => link.inbound).length;
    if (end.inbound && inbound >= this.options.maxLinks) {
      throw new HandshakeError(CloseReason.MAX_LINKS, `${known.zid} has ${inbound} links to this node already`);
    }
  }

  #tickSoon(): void {
    if (this.#ticking || this.#closed) return;
    let period = TICK_MAX;
    let any = false;
    for (const transport of this.#transports.values()) {
      for (const link of transport.links) {
        any = true;
        period = Math.min(period, link.tickMs);
      }
    }
    if (!any) return;
    this.#ticking = true;
    this.#scheduler.after(Math.max(TICK_MIN, period), this.#tick);
  }

  readonly #tick = (): void => {
    this.#ticking = false;
    const now = this.#scheduler.now();
    for (const transport of this.#transports.values()) {
      for (const link of transport.links.slice()) link.tick(now);
    }
    this.#tickSoon();
  };

  /** Closes every transport and every handshake. */
  async close(): Promise<void> {
    this.#closed = true;
    const greeting = [...this.#greeting];
    for (const end of greeting) end.abandon(undefined);
    await Promise.all([
      ...greeting.map((end) => end.link.close()),
      ...[...this.#transports.values()].map((transport) => transport.close()),
    ]);
  }
}

/** Do two links agree on what a transport has only once? */
function sameTerms(a: Agreement, b: Agreement): boolean {
  return (
    a.whatami === b.whatami &&
    a.snResolution === b.snResolution &&
    a.qos === b.qos &&
    a.regionName === b.regionName &&
    a.remoteBound === b.remoteBound &&
    a.user === b.user &&
    a.patch === b.patch &&
    a.initialSnOut === b.initialSnOut
  );
}
