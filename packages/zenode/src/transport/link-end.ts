import { CodecError, copyInto, Fifo, type Log, Reader, type Scheduler } from '../base/index.ts';
import type { Link, LinkHandler } from '../link/link.ts';
import {
  CLOSE,
  decodeClose,
  decodeFragmentHeader,
  decodeFrameHeader,
  decodeInit,
  decodeJoin,
  decodeKeepAlive,
  decodeOpen,
  decodeTransportOam,
  FRAGMENT,
  FRAME,
  INIT,
  JOIN,
  KEEP_ALIVE,
  OPEN,
  TRANSPORT_OAM,
} from '../wire/index.ts';
import { closeBytes, type Established } from './establish.ts';
import { type Batch, HEAD_ROOM } from './lane.ts';
import { lz4Compress, lz4Decompress } from './lz4.ts';
import type { TransportOptions } from './options.ts';
import { follows } from './sequence.ts';
import type { Transport } from './transport.ts';

/** Batches that may be inside a link. */
const WINDOW = 2;

/** What a link waits for before its handshake is over. */
export interface Greeter {
  onBatch(batch: Uint8Array, start: number, end: number): void;
  onClose(cause: Error | undefined): void;
}

/** All priorities. */
const ALL: readonly [number, number] = [0, 7];

const decompressed: Uint8Array = new Uint8Array(65536);
const compressed: Uint8Array = new Uint8Array(65536 + HEAD_ROOM);
const r: Reader = new Reader(decompressed);

/** One link of a transport: its handshake, its batches in both directions, its lease. */
export class LinkEnd implements LinkHandler {
  readonly link: Link;
  /** As agreed upon, else as the protocol is. */
  reliable: boolean;
  priorities: readonly [number, number] = ALL;
  /** Bytes that the content of a batch may have on this link. */
  capacity = 0;
  /** Accepted by this node, not dialled. */
  readonly inbound: boolean;
  /** Closed, by whomever. */
  gone = false;
  readonly #scheduler: Scheduler;
  readonly #log: Log;
  #greeter: Greeter | undefined;
  #transport: Transport | undefined;
  #batchSize: number;
  #compression = false;
  /** Batches inside the link, oldest first; null for a message of the link itself. */
  readonly #inside: Fifo<Batch | null> = new Fifo();
  #leaseMs = 0;
  #keepAliveMs = 0;
  #waitBeforeCloseMs = 0;
  #heard = true;
  #heardAt = 0;
  #spokeAt = 0;
  #movedAt = 0;
  /** When there was room, or nobody waited for it. */
  #freeAt = 0;
  #paused = false;
  #closing = false;
  /** What the other side said when it closed. */
  closeReason: number | undefined;

  constructor(link: Link, inbound: boolean, greeter: Greeter, env: { scheduler: Scheduler; log: Log }) {
    this.link = link;
    this.inbound = inbound;
    this.reliable = link.reliable;
    this.#greeter = greeter;
    this.#scheduler = env.scheduler;
    this.#log = env.log;
    this.#batchSize = link.mtu;
  }

  /** Sends one message of a handshake, alone in its batch. @param header the other side expects that of compression */
  greet(message: Uint8Array, header: boolean = false): void {
    this.#sendBare(message, header);
  }

  /** The handshake is over: from now on this is a link of `transport`. */
  open(transport: Transport, result: Established, options: TransportOptions): void {
    this.#greeter = undefined;
    this.#transport = transport;
    this.#batchSize = result.batchSize;
    this.#compression = result.compression;
    this.priorities = result.link.priorities ?? ALL;
    if (result.link.reliability !== undefined) this.reliable = result.link.reliability === 1;
    this.capacity = result.batchSize - (this.link.streamed ? 2 : 0) - (result.compression ? 1 : 0);
    this.#leaseMs = result.leaseMs;
    this.#keepAliveMs = options.leaseMs / Math.max(1, options.keepAlive);
    this.#waitBeforeCloseMs = options.waitBeforeCloseMs;
    const now = this.#scheduler.now();
    this.#heardAt = now;
    this.#spokeAt = now;
    this.#movedAt = now;
    this.#freeAt = now;
    transport.addLink(this);
  }

  get hasRoom(): boolean {
    return this.#inside.length < WINDOW && !this.gone;
  }

  /** Sends one batch of a lane. */
  transmit(batch: Batch): void {
    const now = this.#scheduler.now();
    this.#spokeAt = now;
    let from = HEAD_ROOM;
    let to = batch.pos;
    if (this.#compression) {
      from--;
      to = this.#compress(batch);
    }
    if (this.link.streamed) from -= 2;
    const transport = this.#transport!;
    if (this.link.send(batch.buf.subarray(from, to))) {
      this.#movedAt = transport.lastProgress = now;
      batch.lane.sent(batch);
    } else this.#inside.push(batch);
  }

  #compress(batch: Batch): number {
    const n = batch.pos - HEAD_ROOM;
    const packed = lz4Compress(batch.buf, HEAD_ROOM, batch.pos, compressed, 0, n - 1);
    batch.buf[HEAD_ROOM - 1] = packed > 0 ? 1 : 0;
    if (packed === 0) return batch.pos;
    copyInto(batch.buf, HEAD_ROOM, compressed, 0, packed);
    return HEAD_ROOM + packed;
  }

  onSent(): void {
    if (this.gone) return;
    const batch = this.#inside.shift();
    this.#movedAt = this.#scheduler.now();
    if (batch === undefined || batch === null) return;
    const transport = this.#transport!;
    transport.lastProgress = this.#movedAt;
    batch.lane.sent(batch);
    transport.flush();
  }

  onBatch(buffer: Uint8Array, start: number, end: number): void {
    if (this.gone) return;
    this.#heard = true;
    if (this.#greeter !== undefined) {
      this.#greeter.onBatch(buffer, start, end);
      return;
    }
    try {
      this.#receive(buffer, start, end);
    } catch (cause) {
      // Whatever a remote can provoke ends its link and nothing else.
      this.abandon(cause instanceof Error ? cause : new Error(String(cause)));
    }
  }

  #receive(buffer: Uint8Array, start: number, end: number): void {
    if (end - start > this.#batchSize - (this.link.streamed ? 2 : 0)) {
      throw new CodecError(`batch of ${end - start} bytes is larger than the ${this.#batchSize} agreed upon`);
    }
    if (start === end) return;
    if (!this.#compression) this.#messages(buffer, start, end);
    else if ((buffer[start]! & 1) === 0) this.#messages(buffer, start + 1, end);
    else {
      const length = lz4Decompress(buffer, start + 1, end, decompressed, 0, this.#batchSize);
      this.#messages(decompressed, 0, length);
    }
  }

  #messages(buf: Uint8Array, start: number, end: number): void {
    let p = start;
    while (p < end && !this.gone) {
      const header = buf[p]!;
      switch (header & 0x1f) {
        case FRAME:
          p = this.#frame(buf, p, end, header);
          break;
        case FRAGMENT:
          this.#fragment(buf, p, end, header);
          return;
        default:
          r.reset(buf, p + 1, end);
          this.#control(header);
          p = r.pos;
      }
    }
  }

  #frame(buf: Uint8Array, start: number, end: number, header: number): number {
    const transport = this.#transport!;
    let p = start + 1;
    let sn: number;
    let priority = 5;
    const reliable = (header & 0x20) !== 0;
    const b = p < end ? buf[p]! : 0x80;
    if (header < 0x80 && b < 0x80) {
      sn = b;
      p++;
    } else {
      r.reset(buf, p, end);
      const m = decodeFrameHeader(r, header);
      sn = m.sn;
      priority = m.priority;
      p = r.pos;
    }
    const deliver = this.#accept(transport, priority, reliable, sn);
    return transport.handler!.onFrame(buf, p, end, reliable, priority, deliver);
  }

  #fragment(buf: Uint8Array, start: number, end: number, header: number): void {
    const transport = this.#transport!;
    r.reset(buf, start + 1, end);
    const m = decodeFragmentHeader(r, header);
    const from = r.pos;
    if (!this.#accept(transport, m.priority, m.reliable, m.sn)) return;
    const channel = transport.channel(m.priority, m.reliable);
    const markers = transport.agreement.patch >= 1;
    const assembly = transport.reassembly(channel);
    if (!assembly.add(m.sn, transport.snMask, m.more, m.first, m.drop, markers, buf, from, end)) return;
    const whole = assembly.take();
    try {
      transport.handler!.onMessage(whole, m.reliable, m.priority);
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
      this.#log.debug(`message of fragments from ${transport.zid} dropped: ${error.message}`);
    }
  }

  #accept(transport: Transport, priority: number, reliable: boolean, sn: number): boolean {
    if (priority !== 5 && !transport.qos) throw new CodecError(`priority ${priority} on a transport without QoS`);
    const mask = transport.snMask;
    if (sn > mask) throw new CodecError(`sequence number ${sn} is above ${mask}`);
    const channel = transport.channel(priority, reliable);
    if (!follows(sn, channel.last, mask)) return false;
    channel.last = sn;
    return true;
  }

  #control(header: number): void {
    switch (header & 0x1f) {
      case KEEP_ALIVE:
        decodeKeepAlive(r, header);
        return;
      case CLOSE: {
        const { reason, session } = decodeClose(r, header);
        this.#onCloseMessage(reason, session);
        return;
      }
      case INIT:
        decodeInit(r, header);
        return;
      case OPEN:
        decodeOpen(r, header);
        return;
      case JOIN:
        decodeJoin(r, header);
        return;
      case TRANSPORT_OAM:
        decodeTransportOam(r, header);
        return;
      default:
        throw new CodecError(`0x${(header & 0x1f).toString(16)} is no message of a transport`);
    }
  }

  /** The rest of the batch is still delivered; the link goes in the next turn. */
  #onCloseMessage(reason: number, session: boolean): void {
    if (this.closeReason !== undefined) return;
    this.closeReason = reason;
    const transport = this.#transport!;
    this.#scheduler.micro(() => {
      if (session) transport.abort(undefined);
      else this.abandon(undefined);
    });
  }

  /** Looks at the clock: keep-alive, lease, senders that wait in vain. */
  tick(now: number): void {
    if (this.gone || this.#closing) return;
    if (this.#heard || this.#paused) {
      this.#heard = false;
      this.#heardAt = now;
    }
    if (now - this.#heardAt >= this.#leaseMs) {
      this.abandon(new Error(`nothing was heard from ${this.#transport?.zid} for its lease of ${this.#leaseMs} ms`));
      return;
    }
    if (now - this.#spokeAt >= this.#keepAliveMs && this.hasRoom) this.#sendBare(KEEP_ALIVE_BYTES, this.#compression);
    const limit = this.#waitBeforeCloseMs;
    if (this.hasRoom || !this.#transport!.blocked) this.#freeAt = now;
    else if (limit >= 0 && now - Math.max(this.#movedAt, this.#freeAt) >= limit) {
      this.abandon(new Error(`${this.#transport!.zid} took nothing for ${limit} ms while a sender was blocked`));
    }
  }

  /** How often `tick` has to be called, in milliseconds. */
  get tickMs(): number {
    return Math.min(this.#keepAliveMs, this.#leaseMs) / 10;
  }

  #sendBare(message: Uint8Array, header: boolean): void {
    this.#spokeAt = this.#scheduler.now();
    const prefix = this.link.streamed ? 2 : 0;
    const batch = new Uint8Array(prefix + (header ? 1 : 0) + message.length);
    batch.set(message, batch.length - message.length);
    if (!this.link.send(batch)) this.#inside.push(null);
  }

  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.link.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#heardAt = this.#scheduler.now();
    this.link.resume();
  }

  /** Sends Close behind what is queued in the link, then closes it. */
  async closeWith(reason: number | undefined): Promise<void> {
    if (this.#closing || this.gone) return;
    this.#closing = true;
    if (reason !== undefined) this.#sendBare(closeBytes(reason), this.#compression);
    await this.link.close();
    this.#left(undefined);
  }

  /** Closes the link without a word. */
  abandon(cause: Error | undefined): void {
    if (this.gone) return;
    if (cause !== undefined) {
      this.#log.warn(`link ${this.link.src} to ${this.link.dst} is closed: ${cause.message}`);
    }
    this.#left(cause);
    void this.link.close();
  }

  onClose(cause?: Error): void {
    this.#left(cause);
  }

  #left(cause: Error | undefined): void {
    if (this.gone) return;
    this.gone = true;
    for (let batch = this.#inside.shift(); batch !== undefined; batch = this.#inside.shift()) batch?.lane.lost(batch);
    const greeter = this.#greeter;
    this.#greeter = undefined;
    if (greeter !== undefined) greeter.onClose(cause);
    else this.#transport?.removeLink(this, cause);
  }
}

const KEEP_ALIVE_BYTES: Uint8Array = new Uint8Array([KEEP_ALIVE]);
