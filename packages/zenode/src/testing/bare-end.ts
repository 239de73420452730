import { copyBytes, Reader } from '../base/index.ts';
import type { LinkHandler } from '../link/link.ts';
import { MemoryLink, type MemoryLinkOptions } from '../link/memory/index.ts';
import {
  decodeInit,
  encodeInit,
  encodeOpen,
  INIT,
  type Init,
  OPEN,
  type Open,
  RESOLUTION_DEFAULT,
  ZenohId,
} from '../wire/index.ts';
import { bytesOf, encoded, hex } from './codec.ts';
import type { FakeScheduler } from './fake-scheduler.ts';
import type { TransportNode } from './linked.ts';

/**
 * One end of a link in memory that a test plays by hand, in bytes: what a strange or hostile node would send, and every batch
 * that comes back.
 */
export class BareEnd implements LinkHandler {
  readonly link: MemoryLink;
  /** Batches that came, without their prefix. */
  readonly batches: Uint8Array[] = [];
  closes = 0;

  constructor(link: MemoryLink) {
    this.link = link;
    link.start(this);
  }

  onBatch(buffer: Uint8Array, start: number, end: number): void {
    this.batches.push(copyBytes(buffer, start, end));
  }

  onSent(): void {
    // Each batch is a buffer of its own.
  }

  onClose(): void {
    this.closes++;
  }

  /** Sends one batch: bytes, or their hexadecimal text. */
  send(content: Uint8Array | string): void {
    const bytes = typeof content === 'string' ? bytesOf(content) : content;
    const batch = new Uint8Array(this.link.prefixBytes + bytes.length);
    batch.set(bytes, this.link.prefixBytes);
    this.link.send(batch);
  }

  /** The batches that came since the last call, as hexadecimal text. */
  take(): string[] {
    return this.batches.splice(0).map((batch) => hex(batch));
  }
}

/** An InitSyn of peer b2 with QoS and patch 1, where nothing else is said. */
export function initOf(fields: Partial<Init> = {}): Init {
  return {
    id: INIT,
    ack: false,
    version: 9,
    whatami: 2,
    zid: ZenohId.parse('b2'),
    resolution: RESOLUTION_DEFAULT,
    batchSize: 65535,
    cookie: fields.ack === true ? new Uint8Array(0) : undefined,
    qos: true,
    qosLink: undefined,
    shm: undefined,
    auth: undefined,
    multiLink: undefined,
    lowLatency: false,
    compression: false,
    patch: 1,
    regionName: undefined,
    ...fields,
  };
}

/** An OpenSyn with a lease of 10 s and 5 as the first number, where nothing else is said. */
export function openOf(fields: Partial<Open> = {}): Open {
  return {
    id: OPEN,
    ack: false,
    leaseMs: 10_000,
    initialSn: 5,
    cookie: fields.ack === true ? undefined : new Uint8Array(0),
    qos: false,
    shm: undefined,
    auth: undefined,
    multiLink: undefined,
    multiLinkAck: false,
    lowLatency: false,
    compression: false,
    remoteBound: undefined,
    ...fields,
  };
}

export interface BareOptions {
  readonly init?: Partial<Init>;
  readonly open?: Partial<Open>;
  readonly link?: MemoryLinkOptions;
}

/** A bare end on a link that `node` has accepted and that waits for its InitSyn. */
export function bareTowards(scheduler: FakeScheduler, node: TransportNode, options: MemoryLinkOptions = {}): BareEnd {
  const [dialled, accepted] = MemoryLink.pair(scheduler, options);
  node.manager.accept(accepted);
  return new BareEnd(dialled);
}

/** Shakes hands with `node` as the side that dialled. At the end nothing is left in `batches`. */
export async function openBare(
  scheduler: FakeScheduler,
  node: TransportNode,
  { init, open, link }: BareOptions = {},
): Promise<BareEnd> {
  const bare = bareTowards(scheduler, node, link);
  bare.send(encoded(encodeInit, initOf(init)));
  await scheduler.settle();
  bare.send(encoded(encodeOpen, openOf({ cookie: cookieOf(bare.batches[0]), ...open })));
  await scheduler.settle();
  bare.batches.length = 0;
  return bare;
}

/** The cookie of an InitAck. */
export function cookieOf(batch: Uint8Array | undefined): Uint8Array {
  const r = new Reader(batch ?? new Uint8Array(0));
  const { cookie } = decodeInit(r, r.u8());
  if (cookie === undefined) throw new Error('an InitSyn has no cookie');
  return cookie;
}
