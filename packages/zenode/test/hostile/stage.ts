import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Writer } from '../../src/base/index.ts';
import { Config, resolve } from '../../src/config/index.ts';
import type { Face, RoutingLimits } from '../../src/routing/index.ts';
import { Runtime } from '../../src/runtime/index.ts';
import { type ConfigObject, openSession, type Session } from '../../src/session/index.ts';
import { BareEnd, cookieOf, encoded, FakeScheduler, initOf, openOf } from '../../src/testing/index.ts';
import { encodeInit, encodeOpen, FRAME, type WhatAmI, ZenohId } from '../../src/wire/index.ts';
import { Network } from '../sequences/network.ts';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** Bytes that are held when all that is garbage is gone. */
export async function heldBytes(): Promise<number> {
  for (let i = 0; i < 2; i++) {
    gc();
    await setImmediate();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const TARGET = '127.0.0.1:7447';
const FIRST_SN = 5;

export const modes = ['router', 'peer'] as const;
export type Mode = (typeof modes)[number];

export interface StageOptions {
  readonly limits?: Partial<RoutingLimits>;
  readonly config?: ConfigObject;
}

/** A node that is attacked, and two clients of it that have done nothing. */
export class Stage {
  readonly scheduler: FakeScheduler = new FakeScheduler(3);
  readonly network: Network = new Network(this.scheduler);
  /** A session of the node itself. */
  node!: Session;
  readonly runtime: Runtime;
  readonly #sessions: Session[] = [];
  readonly #heard: string[] = [];
  #nodes = 0;
  #asked = 0;

  private constructor(mode: Mode, options: StageOptions) {
    const config = { mode, id: 'aa', listen: { endpoints: [`tcp/${TARGET}`] }, ...options.config };
    this.runtime = this.#runtime(config, options.limits);
  }

  static async begin(mode: Mode, options: StageOptions = {}): Promise<Stage> {
    const stage = new Stage(mode, options);
    stage.node = await stage.#open(stage.runtime);
    const [c, d] = [await stage.client('c1'), await stage.client('d1')];
    const handler = (sample: { payload(): { toString(): string } }): void =>
      void stage.#heard.push(sample.payload().toString());
    await stage.run(c.declareSubscriber('innocent/sub', { handler }));
    const answer = {
      autoFinalize: true,
      handler: (query: { reply(k: string, p: string): unknown }) => void query.reply('innocent/get', 'here'),
    };
    await stage.run(c.declareQueryable('innocent/get', answer));
    stage.#sessions.push(d);
    await stage.assertServes();
    stage.#nodes = stage.runtime.tables.resources.nodeCount;
    return stage;
  }

  #runtime(config: ConfigObject, limits: Partial<RoutingLimits> = {}): Runtime {
    const scouting = { multicast: { enabled: false } };
    const settings = resolve(Config.fromObject({ scouting, listen: { endpoints: [] }, ...config }));
    const { scheduler } = this;
    return new Runtime(settings, { links: [this.network.protocol], scheduler, limits });
  }

  async #open(runtime: Runtime): Promise<Session> {
    const opening = openSession(runtime);
    await this.scheduler.run(1000);
    return this.run(opening);
  }

  /** A client of the node. */
  async client(id: string): Promise<Session> {
    const session = await this.#open(this.#runtime({ mode: 'client', id, connect: { endpoints: [`tcp/${TARGET}`] } }));
    this.#sessions.unshift(session);
    return session;
  }

  async run<T>(promise: Promise<T>): Promise<T> {
    promise.catch(() => undefined);
    await this.scheduler.settle();
    return Promise.race([promise, Promise.reject(new Error('a promise waits while the clock stands still'))]);
  }

  settle(): Promise<void> {
    return this.scheduler.settle();
  }

  /** Somebody who has shaken hands, and says whatever he likes from then on. */
  async attacker(whatami: WhatAmI = 4, zid: string = 'e1', batchSize: number = 65_535): Promise<Attacker> {
    const bare = this.dial();
    bare.send(encoded(encodeInit, initOf({ whatami, zid: ZenohId.parse(zid), batchSize })));
    await this.settle();
    bare.send(encoded(encodeOpen, openOf({ cookie: cookieOf(bare.batches[0]), initialSn: FIRST_SN, leaseMs: 1e9 })));
    await this.settle();
    return new Attacker(this, bare);
  }

  /** What routing has of an attacker. */
  face(zid: string): Face {
    for (const face of this.runtime.tables.faces) if (face.zid.toString() === zid) return face;
    throw new Error(`${zid} is not linked`);
  }

  /** Somebody who has connected and said nothing. */
  dial(): BareEnd {
    return new BareEnd(this.network.dial(TARGET));
  }

  /** Publishing and asking work between those who have done nothing. */
  async assertServes(): Promise<void> {
    const asker = this.#sessions.at(-1)!;
    const text = String(++this.#asked);
    this.#heard.length = 0;
    await this.run(asker.put('innocent/sub', text));
    assert.deepEqual(this.#heard, [text]);
    const replies = await this.run(asker.get('innocent/get', { timeout: 5000 }));
    const one = replies!.tryReceive();
    assert.ok(one.kind === 'value' && one.value.ok()?.payload().toString() === 'here');
  }

  /** All attackers are gone, and so is everything they had. */
  async assertClean(): Promise<void> {
    await this.scheduler.run(11_000);
    assert.deepEqual([...this.runtime.transports].map(({ zid }) => zid.toString()).toSorted(), ['c1', 'd1']);
    assert.equal(this.runtime.tables.resources.nodeCount, this.#nodes, 'keys of attackers stay');
    assert.equal(this.runtime.manager.pending, 0);
    for (const face of this.runtime.tables.faces) {
      assert.deepEqual([face.askers.size, face.asked, face.pendingQueries.size, face.asking], [0, 0, 0, 0]);
    }
  }

  async close(): Promise<void> {
    const closing = [...new Set([...this.#sessions, this.node])].map((one) => one.close());
    await this.scheduler.run(3000);
    await Promise.all(closing);
    assert.equal(this.scheduler.timers, 0, 'timers are left');
  }
}

/** One end of a link after its handshake. */
export class Attacker {
  readonly bare: BareEnd;
  readonly #stage: Stage;
  sn: number = FIRST_SN;

  constructor(stage: Stage, bare: BareEnd) {
    this.#stage = stage;
    this.bare = bare;
  }

  get linked(): boolean {
    return this.bare.closes === 0;
  }

  /** Messages in frames of their own numbers, as many in each as fit; forgets what came back. */
  async say(...messages: readonly Uint8Array[]): Promise<void> {
    let from = 0;
    while (from < messages.length) {
      const w = new Writer(new Uint8Array(65_535));
      this.#head(w, FRAME | 0x20);
      const begin = from;
      for (; from < messages.length && w.pos + messages[from]!.length <= 65_535; from++) w.raw(messages[from]!);
      assert.ok(from > begin, 'a message fits into no batch');
      this.bare.send(w.taken());
      if ((from & 0xff) === 0) await this.#stage.settle();
    }
    await this.#stage.settle();
    this.bare.batches.length = 0;
  }

  #head(w: Writer, header: number): void {
    w.u8(header);
    w.z(this.sn);
    this.sn = (this.sn + 1) & 0x0fffffff;
  }

  /** One batch, whatever it is. */
  async batch(bytes: Uint8Array): Promise<void> {
    this.bare.send(bytes);
    await this.#stage.settle();
    this.bare.batches.length = 0;
  }

  async leave(): Promise<void> {
    await this.bare.link.close();
    await this.#stage.settle();
  }
}

/** The same numbers each time. */
export class Chance {
  readonly #scheduler: FakeScheduler;

  constructor(seed: number) {
    this.#scheduler = new FakeScheduler(seed);
  }

  /** From 0 to below n. */
  below(n: number): number {
    return Math.floor(this.#scheduler.random() * n);
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  bytes(n: number): Uint8Array {
    return this.#scheduler.randomBytes(new Uint8Array(n));
  }

  /** The same bytes with something wrong. */
  mutated(bytes: Uint8Array, other: Uint8Array): Uint8Array {
    const out = bytes.slice();
    const at = this.below(out.length || 1);
    switch (this.below(6)) {
      case 0:
        if (out.length > 0) out[at]! ^= 1 << this.below(8);
        return out;
      case 1:
        return out.subarray(0, at);
      case 2: // a part twice
        return joined(out.subarray(0, at), out.subarray(this.below(at + 1)));
      case 3: // a part of another one
        return joined(out.subarray(0, at), other.subarray(this.below(other.length || 1)));
      case 4:
        if (out.length > 0) out[at] = this.of([0, 0x7f, 0x80, 0xff]);
        return out;
      default: {
        const to = this.below(out.length || 1);
        [out[at], out[to]] = [out[to] ?? 0, out[at] ?? 0];
        return out;
      }
    }
  }
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
