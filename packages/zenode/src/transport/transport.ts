import { type Log, REFUSED, type Scheduler, type Verdict } from '../base/index.ts';
import type { Link } from '../link/link.ts';
import { snMask, type WhatAmI, type Width, type ZenohId } from '../wire/index.ts';
import type { Flushable, Flusher } from './flusher.ts';
import { type Batch, Lane, type LaneOwner } from './lane.ts';
import type { LinkEnd } from './link-end.ts';
import type { TransportOptions } from './options.ts';
import { Reassembly, ReassemblyBudget } from './reassembly.ts';

/** What two nodes agreed upon when they met. */
export interface Agreement {
  readonly zid: ZenohId;
  readonly whatami: WhatAmI;
  /** Resolution code of sequence numbers. */
  readonly snResolution: Width;
  readonly qos: boolean;
  readonly regionName: string | undefined;
  /** Where the other node places this one, if it says so: its north (0) or its south (1). */
  readonly remoteBound: number | undefined;
  /** The bound this node announced. */
  readonly ownBound: number | undefined;
  /** User that the other node proved to be. */
  readonly user: string | undefined;
  /** Fragments are marked: patch of the other node is 1 or more. */
  readonly patch: number;
  /** First sequence number of this node, and of the other. */
  readonly initialSnOut: number;
  readonly initialSnIn: number;
}

/** The upper side of a transport: whoever reads its messages. */
export interface TransportHandler {
  /**
   * Network messages from `start` on, back to back, lent until it returns. Returns where the first byte stands that begins
   * no network message. `deliver` false: a duplicate, only its end is asked for.
   *
   * @throws CodecError for a message that cannot be decoded; the link is closed
   */
  onFrame(buf: Uint8Array, start: number, end: number, reliable: boolean, priority: number, deliver: boolean): number;
  /** One message that came in fragments. The buffer is the receiver's. */
  onMessage(buf: Uint8Array, reliable: boolean, priority: number): void;
  /** Exactly once, when the last link is gone. */
  onClose(cause: Error | undefined): void;
}

/** Last number and assembly of one channel. */
export interface Channel {
  last: number;
  reassembly: Reassembly | undefined;
}

/** The association with one remote node: its links, and the sequence numbers they share. */
export class Transport implements LaneOwner, Flushable {
  readonly agreement: Agreement;
  readonly zid: ZenohId;
  readonly whatami: WhatAmI;
  readonly qos: boolean;
  readonly snMask: number;
  readonly links: LinkEnd[] = [];
  dirty = false;
  capacity = 0;
  lastProgress: number;
  closed = false;
  handler: TransportHandler | undefined;
  /** Endpoints of the configuration that led here. */
  readonly endpoints: Set<string> = new Set();
  readonly #scheduler: Scheduler;
  readonly #flusher: Flusher;
  readonly #log: Log;
  readonly #lanes: (Lane | undefined)[] = [
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ];
  readonly #channels: (Channel | undefined)[] = new Array<Channel | undefined>(16).fill(undefined);
  readonly #budget: ReassemblyBudget;
  readonly #onGone: (transport: Transport) => void;
  #holds = 0;
  #settling = false;
  #closing: Promise<void> | undefined;
  #drained: (() => void) | undefined;
  #refused = 0;

  constructor(
    agreement: Agreement,
    options: TransportOptions,
    env: { readonly scheduler: Scheduler; readonly flusher: Flusher; readonly log: Log },
    onGone: (transport: Transport) => void,
  ) {
    this.agreement = agreement;
    this.zid = agreement.zid;
    this.whatami = agreement.whatami;
    this.qos = agreement.qos;
    this.snMask = snMask(agreement.snResolution);
    this.#scheduler = env.scheduler;
    this.#flusher = env.flusher;
    this.#log = env.log;
    this.#budget = new ReassemblyBudget(options.maxMessageSize, options.maxReassembly);
    this.#onGone = onGone;
    this.lastProgress = env.scheduler.now();
  }

  /** Messages dropped for want of room, all priorities together. */
  get dropped(): number {
    let n = 0;
    for (const lane of this.#lanes) n += lane?.dropped ?? 0;
    return n;
  }

  /** Messages refused at the bound. */
  get refused(): number {
    return this.#refused;
  }

  /** The lane that carries a priority: without QoS there is one. Made at first use. */
  lane(priority: number): Lane {
    const p = this.qos ? priority : 5;
    let lane = this.#lanes[p];
    if (lane === undefined) {
      lane = new Lane(this, p, this.agreement.initialSnOut);
      this.#lanes[p] = lane;
    }
    return lane;
  }

  /** Takes one network message, as `Lane.send` does; an express one leaves at once. */
  send(
    priority: number,
    head: Uint8Array,
    hs: number,
    he: number,
    payload: Uint8Array,
    ps: number,
    pe: number,
    reliable: boolean,
    congestion: number,
    express: boolean,
  ): Verdict {
    if (this.closed || this.#closing !== undefined) return 0;
    const lane = this.lane(priority);
    const verdict = lane.send(head, hs, he, payload, ps, pe, reliable, congestion);
    if (express) {
      lane.closeBatch();
      this.pump();
    }
    if (verdict === REFUSED) this.#refused++;
    return verdict;
  }

  requestFlush(): void {
    this.#flusher.request(this);
  }

  /** Hands over full batches while links have room, the most urgent first. */
  pump(): void {
    this.#handOver(false);
  }

  flush(): void {
    this.#handOver(true);
  }

  now(): number {
    return this.#scheduler.now();
  }

  after(ms: number, fn: () => void): void {
    this.#scheduler.after(ms, fn);
  }

  /**
   * Keeps everything back for a moment. A peer of the reference that has dialled takes note of whom it has reached after its
   * transport is open: if this node has told all it has before that, the peer waits for it half a second in vain.
   */
  settle(ms: number): void {
    this.#settling = true;
    this.after(ms, () => {
      this.#settling = false;
      this.flush();
    });
  }

  #handOver(partial: boolean): void {
    if (this.#settling) return;
    for (const link of this.links) {
      while (link.hasRoom) {
        const lane = this.#next(link, partial);
        if (lane === undefined) break;
        const batch = lane.peek()!;
        lane.take();
        this.#flusher.handedOver();
        // Filled for a wider link that is gone: lost with it, as what was inside.
        if (batch.size > link.capacity) lane.sent(batch);
        else link.transmit(batch);
      }
    }
    if (this.#drained !== undefined && !this.#waiting()) this.#drained();
  }

  /**
   * The most urgent lane that has a batch for this link. If only full ones are wanted, what is more urgent than a full one
   * goes ahead of it all the same: it may declare an alias that the full one uses.
   */
  #next(link: LinkEnd, partial: boolean): Lane | undefined {
    const several = this.links.length > 1;
    let urgent: Lane | undefined;
    for (const lane of this.#lanes) {
      if (lane === undefined || !lane.waiting) continue;
      if (several && this.#choose(lane.priority, lane.peek()!) !== link) continue;
      urgent ??= lane;
      if (partial || lane.hasFull) return urgent;
    }
    return undefined;
  }

  /**
   * The link for a batch: the narrowest range that has its priority and reliability, else one of that reliability, else the
   * first. A link whose batches are smaller than this one does not count.
   */
  #choose(priority: number, { reliable, size }: Batch): LinkEnd | undefined {
    let best: LinkEnd | undefined;
    let width = Number.POSITIVE_INFINITY;
    let second: LinkEnd | undefined;
    let any: LinkEnd | undefined;
    for (const link of this.links) {
      if (size > link.capacity) continue;
      any ??= link;
      if (link.reliable !== reliable) continue;
      second ??= link;
      const [from, to] = link.priorities;
      if (priority < from || priority > to || to - from >= width) continue;
      best = link;
      width = to - from;
    }
    return best ?? second ?? any ?? this.links[0];
  }

  #waiting(): boolean {
    return this.#lanes.some((lane) => lane !== undefined && lane.used > 0);
  }

  get closing(): boolean {
    return this.#closing !== undefined;
  }

  /** Is a sender that blocks waiting for room? */
  get blocked(): boolean {
    for (const lane of this.#lanes) if (lane?.blocked === true) return true;
    return false;
  }

  /** State of one incoming channel, made at first use as if the number before the first had been seen. */
  channel(priority: number, reliable: boolean): Channel {
    const i = priority * 2 + (reliable ? 1 : 0);
    let channel = this.#channels[i];
    if (channel === undefined) {
      channel = { last: (this.agreement.initialSnIn - 1) & this.snMask, reassembly: undefined };
      this.#channels[i] = channel;
    }
    return channel;
  }

  /** The assembly of a channel. */
  reassembly(channel: Channel): Reassembly {
    channel.reassembly ??= new Reassembly(this.#budget);
    return channel.reassembly;
  }

  /** Stops reading until as many `release` have followed: how a congested destination slows its source down. */
  hold(): void {
    if (this.#holds++ === 0) for (const link of this.links) link.pause();
  }

  release(): void {
    if (--this.#holds === 0) for (const link of this.links) link.resume();
  }

  get held(): boolean {
    return this.#holds > 0;
  }

  addLink(link: LinkEnd): void {
    this.links.push(link);
    this.#measure();
    if (this.#holds > 0) link.pause();
  }

  /** A link is gone; with the last one the transport is. */
  removeLink(link: LinkEnd, cause: Error | undefined): void {
    const i = this.links.indexOf(link);
    if (i < 0) return;
    this.links.splice(i, 1);
    if (this.links.length > 0) {
      this.#measure();
      this.requestFlush();
      return;
    }
    this.#end(cause);
  }

  /** Ends the transport at once, with every link. */
  abort(cause: Error | undefined): void {
    for (const link of this.links.slice()) link.abandon(cause);
  }

  /**
   * Sends what is queued, then Close on each link. Resolves when the links are gone; what makes no progress for a second is
   * given up.
   */
  close(reason: number = 0): Promise<void> {
    this.#closing ??= this.#close(reason);
    return this.#closing;
  }

  async #close(reason: number): Promise<void> {
    this.#settling = false;
    this.requestFlush();
    if (this.#waiting()) {
      await new Promise<void>((resolve) => {
        this.#drained = resolve;
        const look = (): void => {
          if (this.closed || this.now() - this.lastProgress >= 1000) resolve();
          else this.after(100, look);
        };
        this.lastProgress = this.now();
        this.after(100, look);
      });
    }
    await Promise.all([...this.links].map((link) => link.closeWith(reason)));
    this.#end(undefined);
  }

  #end(cause: Error | undefined): void {
    if (this.closed) return;
    this.closed = true;
    for (const lane of this.#lanes) lane?.clear();
    for (const channel of this.#channels) channel?.reassembly?.clear();
    this.#drained?.();
    this.#log.debug(`transport to ${this.zid} is closed`);
    this.#onGone(this);
    this.handler?.onClose(cause);
  }

  #measure(): void {
    let capacity = Number.POSITIVE_INFINITY;
    for (const link of this.links) capacity = Math.min(capacity, link.capacity);
    // Batches that were begun for less have no room for more.
    if (capacity > this.capacity) for (const lane of this.#lanes) lane?.closeBatch();
    this.capacity = capacity;
  }

  /** Links as their carriers, for information. */
  get carriers(): Link[] {
    return this.links.map((link) => link.link);
  }
}
