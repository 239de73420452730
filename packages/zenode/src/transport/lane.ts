import {
  copyInto,
  DROPPED,
  DROPPED_WAIT,
  Fifo,
  giveBuffer,
  REFUSED,
  SENT,
  takeBuffer,
  type Verdict,
  WAIT,
} from '../base/index.ts';

/** Free bytes in front of each batch: a length prefix of two bytes and the header byte of compression. */
export const HEAD_ROOM = 3;

/** Congestion of a message, as its sender asked for. */
export const DROP = 0;
export const BLOCK = 1;
export const BLOCK_FIRST = 2;

/** Batches that a lane holds: from the mark on senders wait, at the bound they are refused, at the low mark they go on. */
export const MARK = 16;
export const BOUND = 1024;
const LOW = 8;

/** Smaller batches have buffers of their size: a large message must not take many times its own. */
const SMALL = 32 * 1024;

/** Batches that one message may need: the other side decides how small they are. */
const MOST = 1024 * 1024;

/** Bytes of messages on their way. It finds its lane through a field, so that a link needs to know only the bytes. */
export class Batch {
  readonly buf: Uint8Array;
  pos: number = HEAD_ROOM;
  readonly lane: Lane;
  readonly reliable: boolean;

  /** @param capacity bytes that its content may have */
  constructor(lane: Lane, reliable: boolean, capacity: number) {
    this.buf = capacity < SMALL ? new Uint8Array(HEAD_ROOM + capacity) : takeBuffer();
    this.lane = lane;
    this.reliable = reliable;
  }

  /** Bytes of content. */
  get size(): number {
    return this.pos - HEAD_ROOM;
  }
}

/** What a lane needs of its transport. */
export interface LaneOwner {
  /** Bytes that the content of a batch may have. */
  readonly capacity: number;
  readonly snMask: number;
  readonly qos: boolean;
  /** Time of the last batch that left, in scheduler milliseconds. */
  readonly lastProgress: number;
  /** Full batches are there: hand over what the links have room for. */
  pump(): void;
  /** Something is in a current batch: send it soon. */
  requestFlush(): void;
  after(ms: number, fn: () => void): void;
  now(): number;
}

const READY: Promise<void> = Promise.resolve();

/** A drop lane whose link took no batch for this long, in milliseconds, holds nobody up any more. */
const STALL_MS = 50;
/** How often that is looked at. */
const STALL_LOOKS = 5;

/** The way of one priority through one transport: batches in order, two sequence numbers, one promise while congested. */
export class Lane {
  readonly priority: number;
  readonly #owner: LaneOwner;
  #cur: Batch | undefined;
  readonly #full: Fifo<Batch> = new Fifo();
  /** Batches this lane holds, those inside a link included. */
  used = 0;
  /** Messages dropped for want of room. */
  dropped = 0;
  /** A sender that blocks is beyond the mark. */
  blocked = false;
  #snReliable: number;
  #snBestEffort: number;
  #waiter: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  #stalled = false;
  /** Where the end of the one message lies that blocks first. */
  #first: Batch | undefined;
  /** The batch that was begun last. */
  #last: Batch | undefined;

  constructor(owner: LaneOwner, priority: number, initialSn: number) {
    this.#owner = owner;
    this.priority = priority;
    this.#snReliable = initialSn;
    this.#snBestEffort = initialSn;
  }

  /** Is there room, so that a message would neither wait nor be dropped? */
  get open(): boolean {
    return this.used < MARK;
  }

  /** Is there no room even for a sender that blocks? */
  get refusing(): boolean {
    return this.used >= BOUND;
  }

  /**
   * Takes one network message: `head[hs, he)` then `payload[ps, pe)`, copied before it returns. Whole or not at all: a message
   * that was begun is finished, however large.
   */
  send(
    head: Uint8Array,
    hs: number,
    he: number,
    payload: Uint8Array,
    ps: number,
    pe: number,
    reliable: boolean,
    congestion: number,
  ): Verdict {
    const above = this.used >= MARK;
    if (above) {
      const verdict = this.#congested(reliable, congestion);
      if (verdict !== SENT) return verdict;
    }
    const cur = this.#cur;
    const n = he - hs + pe - ps;
    if (cur !== undefined && cur.reliable === reliable && cur.pos + n <= this.#owner.capacity + HEAD_ROOM) {
      const buf = cur.buf;
      let p = cur.pos;
      copyInto(buf, p, head, hs, he);
      p += he - hs;
      copyInto(buf, p, payload, ps, pe);
      cur.pos = p + pe - ps;
    } else if (n > this.#owner.capacity * MOST) {
      this.dropped++;
      return DROPPED;
    } else this.#begin(head, hs, he, payload, ps, pe, reliable);
    if (this.used < MARK) return SENT;
    if (reliable && congestion === BLOCK) this.blocked = true;
    if (above && congestion === BLOCK_FIRST) this.#first = this.#last;
    return WAIT;
  }

  /** The current batch leaves as it is. */
  closeBatch(): void {
    const cur = this.#cur;
    if (cur === undefined) return;
    this.#cur = undefined;
    this.#full.push(cur);
  }

  get waiting(): boolean {
    return this.#full.length > 0 || this.#cur !== undefined;
  }

  get hasFull(): boolean {
    return this.#full.length > 0;
  }

  /** The next batch without taking it; full ones before the current one. */
  peek(): Batch | undefined {
    return this.#full.peek() ?? this.#cur;
  }

  /** Takes what `peek` showed. */
  take(): void {
    if (this.#full.shift() === undefined) this.#cur = undefined;
  }

  /** The batch has left its link. */
  sent(batch: Batch): void {
    giveBuffer(batch.buf);
    this.#stalled = false;
    this.lost(batch);
  }

  /** The batch is gone with its link, which may still hold the buffer. */
  lost(batch: Batch): void {
    this.used--;
    if (this.#first === batch) this.#first = undefined;
    if (this.#last === batch) this.#last = undefined;
    if (this.used <= LOW) {
      this.blocked = false;
      this.#release();
    }
  }

  /** One promise for all who wait: there is room again, or waiting has no use any more. */
  ready(): Promise<void> {
    if (this.used <= LOW) return READY;
    if (this.#waiter === undefined) {
      this.#waiter = new Promise((resolve) => {
        this.#wake = resolve;
      });
      if (!this.blocked) this.#watch();
    }
    return this.#waiter;
  }

  /** Lets go of everything: the transport is closed. */
  clear(): void {
    for (let batch = this.peek(); batch !== undefined; batch = this.peek()) {
      this.take();
      giveBuffer(batch.buf);
    }
    this.used = 0;
    this.blocked = false;
    this.#first = undefined;
    this.#last = undefined;
    this.#release();
  }

  /** At or above the mark: SENT means accept it all the same. */
  #congested(reliable: boolean, congestion: number): Verdict {
    if (reliable && (congestion === BLOCK || (congestion === BLOCK_FIRST && this.#first === undefined))) {
      if (this.used >= BOUND) return REFUSED;
      this.blocked = true;
      return SENT;
    }
    this.dropped++;
    // The promise of those who block may take long; who may lose messages does not wait for a link that takes nothing.
    const owner = this.#owner;
    const stalled = this.#stalled || (this.blocked && owner.now() - owner.lastProgress >= STALL_MS);
    return stalled ? DROPPED : DROPPED_WAIT;
  }

  #release(): void {
    const wake = this.#wake;
    this.#waiter = undefined;
    this.#wake = undefined;
    wake?.();
  }

  /**
   * Gives up on a link that takes nothing, for senders that may lose messages. It looks several times, each in a turn after
   * what arrived: a process that was not run for a while finds its timers due before it hears that the link has moved.
   */
  #watch(progress: number = this.#owner.lastProgress, looks: number = 1): void {
    const owner = this.#owner;
    owner.after(STALL_MS / STALL_LOOKS, () => {
      if (this.#waiter === undefined || this.blocked) return;
      if (owner.lastProgress !== progress) this.#watch();
      else if (looks < STALL_LOOKS) this.#watch(progress, looks + 1);
      else {
        this.#stalled = true;
        this.#release();
      }
    });
  }

  #begin(
    head: Uint8Array,
    hs: number,
    he: number,
    payload: Uint8Array,
    ps: number,
    pe: number,
    reliable: boolean,
  ): void {
    const full = this.#cur !== undefined;
    this.closeBatch();
    const owner = this.#owner;
    const limit = owner.capacity + HEAD_ROOM;
    const n = he - hs + pe - ps;
    const batch = this.#open(reliable);
    this.#header(batch, FRAME);
    if (batch.pos + n <= limit) {
      copyInto(batch.buf, batch.pos, head, hs, he);
      batch.pos += he - hs;
      copyInto(batch.buf, batch.pos, payload, ps, pe);
      batch.pos += pe - ps;
      this.#cur = batch;
    } else this.#fragment(batch, head, hs, he, payload, ps, pe);
    if (full || this.#cur === undefined) owner.pump();
    if (this.#cur !== undefined) owner.requestFlush();
  }

  #open(reliable: boolean): Batch {
    this.used++;
    this.#last = new Batch(this, reliable, this.#owner.capacity);
    return this.#last;
  }

  /** Fills batches with fragments of one message; nothing of this lane goes in between. */
  #fragment(batch: Batch, head: Uint8Array, hs: number, he: number, payload: Uint8Array, ps: number, pe: number): void {
    const limit = this.#owner.capacity + HEAD_ROOM;
    const reliable = batch.reliable;
    // The frame header took a number; the first fragment takes its place.
    this.#unread(reliable);
    batch.pos = HEAD_ROOM;
    for (let first = true; ; first = false) {
      const mark = batch.pos;
      this.#header(batch, first ? FIRST : MORE);
      const room = limit - batch.pos;
      if (he - hs + pe - ps <= room) {
        batch.buf[mark]! &= ~MORE_FLAG;
      }
      const fromHead = Math.min(room, he - hs);
      copyInto(batch.buf, batch.pos, head, hs, hs + fromHead);
      batch.pos += fromHead;
      hs += fromHead;
      const fromPayload = Math.min(room - fromHead, pe - ps);
      copyInto(batch.buf, batch.pos, payload, ps, ps + fromPayload);
      batch.pos += fromPayload;
      ps += fromPayload;
      this.#full.push(batch);
      if (hs === he && ps === pe) break;
      batch = this.#open(reliable);
    }
  }

  /** Writes the header of a Frame or Fragment with the next sequence number. */
  #header(batch: Batch, kind: number): void {
    const { qos, snMask } = this.#owner;
    const buf = batch.buf;
    let p = batch.pos;
    let sn: number;
    if (batch.reliable) {
      sn = this.#snReliable;
      this.#snReliable = (sn + 1) & snMask;
    } else {
      sn = this.#snBestEffort;
      this.#snBestEffort = (sn + 1) & snMask;
    }
    const priority = qos && this.priority !== 5;
    const first = kind === FIRST;
    let header = kind === FRAME ? 0x05 : 0x06 | MORE_FLAG;
    if (batch.reliable) header |= 0x20;
    if (priority || first) header |= 0x80;
    buf[p++] = header;
    for (; sn > 0x7f; sn >>>= 7) buf[p++] = (sn & 0x7f) | 0x80;
    buf[p++] = sn;
    if (priority) {
      buf[p++] = first ? 0xb1 : 0x31;
      buf[p++] = this.priority;
    }
    if (first) buf[p++] = 0x02;
    batch.pos = p;
  }

  #unread(reliable: boolean): void {
    const { snMask } = this.#owner;
    if (reliable) this.#snReliable = (this.#snReliable - 1) & snMask;
    else this.#snBestEffort = (this.#snBestEffort - 1) & snMask;
  }
}

const FRAME = 0;
const FIRST = 1;
const MORE = 2;
const MORE_FLAG = 0x40;
