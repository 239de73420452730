import assert from 'node:assert/strict';
import { Config, resolve } from '../../src/config/index.ts';
import type { RoutingLimits } from '../../src/routing/index.ts';
import { Runtime } from '../../src/runtime/index.ts';
import {
  type ChannelReceiver,
  type ConfigObject,
  openSession,
  type Reply,
  type Sample,
  SampleKind,
  type Session,
  shareSession,
} from '../../src/session/index.ts';
import { FakeScheduler, type Received } from '../../src/testing/index.ts';
import { parseWhatAmI } from '../../src/wire/index.ts';
import { Network, RawNode } from '../sequences/network.ts';

const ROUTER = '127.0.0.1:7447';
const UPSTREAM = '127.0.0.1:7448';

/** Two sessions that reach each other. */
export interface Pair {
  readonly c: Session;
  readonly d: Session;
}

export type Arrangement = (world: World) => Promise<Pair>;

/** Where C and D may be. */
export const arrangements: Readonly<Record<string, Arrangement>> = {
  'clients of a router': async (world) => {
    await world.router();
    return { c: await world.client('c1'), d: await world.client('d1') };
  },
  'peers that are linked': async (world) => {
    const c = await world.peer('c1', { listen: { endpoints: [`tcp/${ROUTER}`] } });
    return { c, d: await world.peer('d1', { connect: { endpoints: [`tcp/${ROUTER}`] } }) };
  },
  'a client and the peer it is linked to': async (world) => {
    const d = await world.peer('d1', { listen: { endpoints: [`tcp/${ROUTER}`] } });
    return { c: await world.client('c1'), d };
  },
  'a peer and a client of one router': async (world) => {
    await world.router();
    const c = await world.peer('c1', { connect: { endpoints: [`tcp/${ROUTER}`] } });
    return { c, d: await world.client('d1') };
  },
  'sessions of one node': async (world) => {
    const router = await world.router();
    return { c: shareSession(router), d: shareSession(router) };
  },
};

/** Nodes of one test: ours, and some written by hand, joined in memory, under a clock that stands still. */
export class World {
  readonly scheduler: FakeScheduler = new FakeScheduler(11);
  readonly network: Network = new Network(this.scheduler);
  readonly #arrangement: Arrangement;
  readonly #sessions: Session[] = [];
  readonly #runtimes: Runtime[] = [];

  constructor(arrangement: Arrangement = arrangements['clients of a router']!) {
    this.#arrangement = arrangement;
  }

  /** Waits for a promise while the clock stands still. */
  async run<T>(promise: Promise<T>): Promise<T> {
    promise.catch(() => undefined);
    await this.scheduler.settle();
    const late = new Error('a promise waits for what does not come while the clock stands still');
    return Promise.race([promise, Promise.reject(late)]);
  }

  /** Lets everything come to rest. */
  settle(): Promise<void> {
    return this.scheduler.settle();
  }

  /** Router R, with a clock. */
  async router(limits: Partial<RoutingLimits> = {}): Promise<Runtime> {
    const runtime = this.#runtime('aa', 'router', { listen: { endpoints: [`tcp/${ROUTER}`] } }, limits);
    const started = runtime.start();
    await this.scheduler.run(500);
    await started;
    return runtime;
  }

  /** A client of R, or of the upstream written by hand. */
  async client(zid: string, config: ConfigObject = {}, upstream: string = ROUTER): Promise<Session> {
    return this.#session(zid, 'client', { connect: { endpoints: [`tcp/${upstream}`] }, ...config }, 0);
  }

  async peer(zid: string, config: ConfigObject): Promise<Session> {
    return this.#session(zid, 'peer', config, 1000);
  }

  /** C and D, which reach each other. */
  nodes(): Promise<Pair> {
    return this.#arrangement(this);
  }

  /** Our client or peer, and what it is linked to: a node written by hand, a router for a client and a peer for a peer. */
  async facing(mode: 'client' | 'peer', config: ConfigObject = {}): Promise<{ session: Session; other: ByHand }> {
    const raw = this.#raw('b2', mode === 'client' ? 'router' : 'peer');
    raw.listen(UPSTREAM);
    const settings = { connect: { endpoints: [`tcp/${UPSTREAM}`] }, ...config };
    const session = await this.#session('c1', mode, settings, mode === 'client' ? 0 : 500);
    const other = new ByHand(this, raw);
    other.heard();
    return { session, other };
  }

  /** A client of R that is written by hand, or a peer. */
  async rawClient(zid: string = 'e1', mode: 'client' | 'peer' = 'client'): Promise<ByHand> {
    const raw = this.#raw(zid, mode);
    await raw.dial(ROUTER);
    return new ByHand(this, raw);
  }

  /** Closes all nodes, and sees that they leave nothing behind. */
  async close(): Promise<void> {
    const closing = [...this.#sessions, ...this.#runtimes].map((one) => one.close());
    await this.scheduler.run(2000);
    await Promise.all(closing);
    assert.equal(this.scheduler.timers, 0, 'timers are left when all nodes are closed');
  }

  #raw(zid: string, mode: string): RawNode {
    return new RawNode(this.network, zid, zid, parseWhatAmI(mode));
  }

  #runtime(zid: string, mode: string, config: ConfigObject, limits: Partial<RoutingLimits> = {}): Runtime {
    const scouting = { multicast: { enabled: false } };
    const settings = resolve(Config.fromObject({ mode, id: zid, scouting, listen: { endpoints: [] }, ...config }));
    const { scheduler } = this;
    const runtime = new Runtime(settings, { links: [this.network.protocol], scheduler, limits });
    this.#runtimes.push(runtime);
    return runtime;
  }

  async #session(zid: string, mode: string, config: ConfigObject, ms: number): Promise<Session> {
    const opening = openSession(this.#runtime(zid, mode, config));
    await this.scheduler.run(ms);
    const session = await this.run(opening);
    this.#sessions.push(session);
    await this.settle();
    return session;
  }
}

/** A node that says what it is told to, and remembers what it hears. */
export class ByHand {
  readonly #world: World;
  readonly #raw: RawNode;
  readonly #end: { readonly closeReason: number | undefined } | undefined;
  #taken = 0;

  constructor(world: World, raw: RawNode) {
    this.#world = world;
    this.#raw = raw;
    this.#end = raw.node.upper.transports.at(-1)?.links[0];
  }

  /** Sends messages, in one frame if they fit, and lets everything come to rest. */
  async say(...messages: readonly Uint8Array[]): Promise<void> {
    for (const one of messages) this.#raw.send(one, 5);
    await this.#world.settle();
  }

  /** What came since the last call. */
  heard(): Received[] {
    const { received } = this.#raw;
    const news = received.slice(this.#taken);
    this.#taken = received.length;
    return news;
  }

  /** Pulls the cable. */
  async cut(): Promise<void> {
    this.#raw.cut();
    await this.#world.settle();
  }

  get linked(): boolean {
    return this.#raw.linked;
  }

  /** Why the other side closed the link, if it said so. */
  get closeReason(): number | undefined {
    return this.#end?.closeReason;
  }
}

/** The unread values of a channel. */
export function taken<T>(receiver: ChannelReceiver<T> | undefined): T[] {
  const values: T[] = [];
  for (;;) {
    const one = receiver!.tryReceive();
    if (one.kind !== 'value') return values;
    values.push(one.value);
  }
}

/** A payload as text, `DEL` for a deletion. */
export function textOf(sample: Sample): string {
  return sample.kind() === SampleKind.DELETE ? 'DEL' : sample.payload().toString();
}

/** Kind and key. */
export function kindAndKey(sample: Sample): string {
  return `${SampleKind[sample.kind()]} ${sample.keyexpr()}`;
}

/** `1`, `DEL`, `err e`; the key in front if it is not the usual one. */
export function replyText(reply: Reply, usual?: string): string {
  const sample = reply.ok();
  if (sample === undefined) return `err ${reply.err()!.payload()}`;
  const key = sample.keyexpr().toString();
  return usual === undefined || key === usual ? textOf(sample) : `${key} ${textOf(sample)}`;
}
