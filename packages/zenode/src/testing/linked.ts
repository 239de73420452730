import { type Log, Reader, silent } from '../base/index.ts';
import type { Link } from '../link/index.ts';
import { MemoryLink, type MemoryLinkOptions } from '../link/memory/index.ts';
import {
  type Agreement,
  BLOCK,
  type Transport,
  type TransportHandler,
  TransportManager,
  type TransportOptions,
  type TransportUpper,
} from '../transport/index.ts';
import {
  decodeNetworkMessage,
  encodeNetworkMessage,
  isNetworkHeader,
  type NetworkMessage,
  type WhatAmI,
  ZenohId,
} from '../wire/index.ts';
import { encoded } from './codec.ts';
import { FakeScheduler } from './fake-scheduler.ts';

/** One network message as it arrived. */
export interface Received {
  readonly message: NetworkMessage;
  /** Its bytes. */
  readonly bytes: Uint8Array;
  readonly reliable: boolean;
  readonly priority: number;
  readonly fragmented: boolean;
}

/** Decodes and keeps what a transport receives. */
export class RecordingHandler implements TransportHandler {
  readonly received: Received[] = [];
  /** Messages of Frames that were duplicates. */
  duplicates = 0;
  closes = 0;
  cause: Error | undefined;
  /** Called with each message, after it was kept. */
  onReceived: ((received: Received) => void) | undefined;

  onFrame(buf: Uint8Array, start: number, end: number, reliable: boolean, priority: number, deliver: boolean): number {
    const r = new Reader(buf, start, end);
    while (r.left > 0 && isNetworkHeader(buf[r.pos]!)) {
      const from = r.pos;
      decodeNetworkMessage(r);
      if (deliver) this.#keep(buf.slice(from, r.pos), reliable, priority, false);
      else this.duplicates++;
    }
    return r.pos;
  }

  onMessage(buf: Uint8Array, reliable: boolean, priority: number): void {
    const r = new Reader(buf);
    decodeNetworkMessage(r);
    this.#keep(buf.slice(0, r.pos), reliable, priority, true);
  }

  onClose(cause: Error | undefined): void {
    this.closes++;
    this.cause = cause;
  }

  /** The buffer that was lent is gone soon: what is kept is decoded once more, from a copy. */
  #keep(bytes: Uint8Array, reliable: boolean, priority: number, fragmented: boolean): void {
    const copy = new Uint8Array(bytes);
    const one: Received = {
      message: decodeNetworkMessage(new Reader(copy)),
      bytes: copy,
      reliable,
      priority,
      fragmented,
    };
    this.received.push(one);
    this.onReceived?.(one);
  }
}

/** Options of a transport, at their defaults where nothing is said. */
export function transportOptions(fields: Partial<TransportOptions> = {}): TransportOptions {
  return {
    zid: ZenohId.parse('a1'),
    whatami: 2,
    openTimeoutMs: 10_000,
    acceptTimeoutMs: 10_000,
    acceptPending: 100,
    maxSessions: 1000,
    maxLinks: 1,
    qos: true,
    compression: false,
    leaseMs: 10_000,
    keepAlive: 4,
    snResolution: 2,
    batchSize: 65_535,
    maxMessageSize: 2 ** 30,
    maxReassembly: 2 ** 30,
    waitBeforeCloseMs: 5000,
    regionName: undefined,
    usrpwd: undefined,
    ...fields,
  };
}

/** The upper side of a transport manager: admits everyone, and gives each transport a recording handler. */
export class RecordingUpper implements TransportUpper {
  readonly transports: Transport[] = [];
  readonly handlers: RecordingHandler[] = [];
  /** What is announced as the bound. */
  announced: number | undefined;
  /** Why nobody is admitted. */
  refusal: string | undefined;

  bound(_zid: ZenohId, _whatami: WhatAmI, _regionName: string | undefined): number | undefined {
    return this.announced;
  }

  admit(_agreement: Agreement): string | undefined {
    return this.refusal;
  }

  onTransport(transport: Transport): TransportHandler {
    const handler = new RecordingHandler();
    this.transports.push(transport);
    this.handlers.push(handler);
    return handler;
  }
}

/** One node as far as its transports go. */
export class TransportNode {
  readonly upper: RecordingUpper = new RecordingUpper();
  readonly manager: TransportManager;

  constructor(scheduler: FakeScheduler, options: Partial<TransportOptions> = {}, log: Log = silent) {
    this.manager = new TransportManager(transportOptions(options), { scheduler, log }, this.upper);
  }

  /** The first transport. */
  get transport(): Transport {
    const first = this.upper.transports[0];
    if (first === undefined) throw new Error('no transport was opened');
    return first;
  }

  /** What the first transport received. */
  get handler(): RecordingHandler {
    const first = this.upper.handlers[0];
    if (first === undefined) throw new Error('no transport was opened');
    return first;
  }
}

/** A signal that never fires. */
export const never: AbortSignal = {
  aborted: false,
  reason: undefined,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
  throwIfAborted: () => undefined,
} as unknown as AbortSignal;

export interface LinkedOptions {
  readonly a?: Partial<TransportOptions>;
  readonly b?: Partial<TransportOptions>;
  readonly link?: MemoryLinkOptions;
  readonly seed?: number;
  readonly log?: Log;
}

export interface Linked {
  readonly scheduler: FakeScheduler;
  /** Dialled; its id is a1. */
  readonly a: TransportNode;
  /** Was dialled; its id is b2. */
  readonly b: TransportNode;
  /** The ends of the link, that of `a` first: `cut` them, `pause` them. */
  readonly links: readonly [MemoryLink, MemoryLink];
}

/** Two nodes with an open transport between them, on a link in memory, at rest. */
export async function linked(options: LinkedOptions = {}): Promise<Linked> {
  const scheduler = new FakeScheduler(options.seed);
  const a = new TransportNode(scheduler, { zid: ZenohId.parse('a1'), ...options.a }, options.log);
  const b = new TransportNode(scheduler, { zid: ZenohId.parse('b2'), ...options.b }, options.log);
  const links = MemoryLink.pair(scheduler, options.link);
  await join(scheduler, a, b, links);
  return { scheduler, a, b, links };
}

/** Lets `a` dial `b` on a pair of links. @throws what the handshake failed with */
export async function join(
  scheduler: FakeScheduler,
  a: TransportNode,
  b: TransportNode,
  [dialled, accepted]: readonly [Link, Link],
): Promise<Transport> {
  b.manager.accept(accepted);
  const opening = a.manager.initiate(dialled, never);
  opening.catch(() => undefined);
  await scheduler.settle();
  return opening;
}

const NOTHING: Uint8Array = new Uint8Array(0);

/** Hands one network message to a transport. Returns the verdict. */
export function sendMessage(
  transport: Transport,
  message: NetworkMessage,
  { priority = 5, reliable = true, congestion = BLOCK, express = false }: Partial<SendOptions> = {},
): number {
  const bytes = encoded(encodeNetworkMessage, message);
  return transport.send(priority, bytes, 0, bytes.length, NOTHING, 0, 0, reliable, congestion, express);
}

export interface SendOptions {
  readonly priority: number;
  readonly reliable: boolean;
  readonly congestion: number;
  readonly express: boolean;
}
