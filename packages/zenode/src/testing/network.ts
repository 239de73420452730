import { Log, type LogLevel, silent, ZError } from '../base/index.ts';
import { Config, resolve, type Settings } from '../config/index.ts';
import type { Link, LinkProtocol } from '../link/index.ts';
import { MemoryLink, MemoryNetwork } from '../link/memory/index.ts';
import { Runtime, type RuntimeParts } from '../runtime/index.ts';
import type { Transport, TransportOptions } from '../transport/index.ts';
import { Endpoint } from '../wire/index.ts';
import { FakeScheduler } from './fake-scheduler.ts';
import { TransportNode } from './linked.ts';

/** One dial, as the network saw it. */
export interface Dial {
  /** When, on the clock of the network. */
  readonly at: number;
  /** The name that was dialled. */
  readonly to: string;
  /** The link, if it came about: `cut` it, `pause` it. */
  link: MemoryLink | undefined;
}

/** Whole nodes in one process: under one clock, on one network in memory whose dials are recorded. */
export class TestNetwork {
  readonly scheduler: FakeScheduler;
  readonly dials: Dial[] = [];
  /** Both ends of every link. */
  readonly links: Link[] = [];
  /** Names that never answer. */
  readonly silent: Set<string> = new Set();
  readonly protocol: LinkProtocol;
  readonly nodes: TestNode[] = [];
  readonly #memory: MemoryNetwork = new MemoryNetwork();

  constructor(seed: number = 1) {
    const scheduler = new FakeScheduler(seed);
    this.scheduler = scheduler;
    const { protocol } = this.#memory;
    this.protocol = {
      schemes: protocol.schemes,
      dial: async (endpoint, env, signal) => {
        const dial: Dial = { at: scheduler.now(), to: endpoint.address, link: undefined };
        this.dials.push(dial);
        if (this.silent.has(endpoint.address)) return hang(signal);
        const link = await protocol.dial(endpoint, env, signal);
        if (link instanceof MemoryLink) dial.link = link;
        this.links.push(link);
        return link;
      },
      listen: (endpoint, env, onLink) =>
        protocol.listen!(endpoint, env, (link) => {
          this.links.push(link);
          onLink(link);
        }),
    };
  }

  /** Chance says this from now on: with 1 every wait is as long as it can be. */
  chance(value: number): void {
    this.scheduler.random = () => value;
  }

  /** @param config JSON5 */
  node(config: string, parts: Partial<RuntimeParts> = {}): TestNode {
    const node = new TestNode(this, resolve(Config.fromJson5(config)), parts);
    this.nodes.push(node);
    return node;
  }

  /** A node that has started; the clock goes on by a second if that takes time. */
  async started(config: string): Promise<TestNode> {
    const node = this.node(config);
    await node.start();
    if (node.outcome === undefined) await this.scheduler.run(1000);
    if (typeof node.outcome !== 'number') throw node.outcome ?? new Error('the node has not started after a second');
    return node;
  }

  /** A node that only has transports and says nothing by itself. It listens on that name. */
  async stranger(name: string, options: Partial<TransportOptions> = {}): Promise<TransportNode> {
    const node = new TransportNode(this.scheduler, options);
    const env = { scheduler: this.scheduler, log: silent };
    await this.protocol.listen!(Endpoint.parse(`memory/${name}`), env, (link) => node.manager.accept(link));
    return node;
  }

  /** When each dial of a name was, and forgets them all. */
  taken(to?: string): number[] {
    return this.dials.splice(0).flatMap((dial) => (to === undefined || dial.to === to ? [dial.at] : []));
  }

  /** Closes every node. Resolves with the number of timers that are left. */
  async close(): Promise<number> {
    const closing = this.nodes.map((node) => node.runtime.close());
    await this.scheduler.run(2000);
    await Promise.all(closing);
    return this.scheduler.timers;
  }
}

/** One node of a network, and what it logged. */
export class TestNode {
  readonly runtime: Runtime;
  readonly lines: string[] = [];
  /** How the start went: the milliseconds it took, or the error; undefined while it goes on. */
  outcome: number | Error | undefined;
  readonly #network: TestNetwork;

  constructor(network: TestNetwork, settings: Settings, parts: Partial<RuntimeParts>) {
    this.#network = network;
    const sink = (level: LogLevel, message: string): void => void this.lines.push(`${level} ${message}`);
    this.runtime = new Runtime(settings, {
      links: [network.protocol],
      scheduler: network.scheduler,
      log: new Log(sink, 'debug'),
      ...parts,
    });
  }

  /** Starts, and goes on as long as the clock need not. `outcome` tells how it went. */
  async start(signal?: AbortSignal): Promise<void> {
    void this.#start(signal);
    await this.#network.scheduler.settle();
  }

  async #start(signal: AbortSignal | undefined): Promise<void> {
    const { scheduler } = this.#network;
    const from = scheduler.now();
    try {
      await this.runtime.start(signal);
      this.outcome = scheduler.now() - from;
    } catch (cause) {
      this.outcome = cause as Error;
    }
  }

  /** Ids of the nodes it is linked to, in order. */
  get linked(): string[] {
    return [...this.runtime.transports].map((transport) => transport.zid.toString()).toSorted();
  }

  /** The only transport. */
  get transport(): Transport {
    const [first] = this.runtime.transports;
    if (first === undefined) throw new Error('there is no transport');
    return first;
  }

  /** Lines of that level, warnings by default. */
  logged(level: LogLevel = 'warn'): string[] {
    return this.lines.filter((line) => line.startsWith(`${level} `)).map((line) => line.slice(level.length + 1));
  }
}

function hang(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = (): void => {
      reject(signal.reason instanceof Error ? signal.reason : new ZError('CANCELLED', 'dialling was given up'));
    };
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}
