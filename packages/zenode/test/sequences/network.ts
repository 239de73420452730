import { MemoryLink } from '../../src/link/memory/index.ts';
import type { Link, LinkEnv, LinkProtocol, Listener } from '../../src/link/index.ts';
import {
  type FakeScheduler,
  never,
  type Received,
  type RecordingHandler,
  TransportNode,
} from '../../src/testing/index.ts';
import { Locator, type WhatAmI, ZenohId } from '../../src/wire/index.ts';

/** A network in memory whose addresses read as in the recordings. */
export class Network {
  readonly scheduler: FakeScheduler;
  readonly protocol: LinkProtocol;
  readonly #listeners = new Map<string, (link: Link) => void>();

  constructor(scheduler: FakeScheduler) {
    this.scheduler = scheduler;
    this.protocol = {
      schemes: ['tcp'],
      dial: (endpoint) => Promise.resolve(this.dial(endpoint.address)),
      listen: (endpoint, _env: LinkEnv, onLink) => Promise.resolve(this.listen(endpoint.address, onLink)),
    };
  }

  dial(address: string): MemoryLink {
    const onLink = this.#listeners.get(address);
    if (onLink === undefined) throw new Error(`nobody listens on ${address}`);
    const [here, there] = MemoryLink.pair(this.scheduler);
    this.scheduler.macro(() => onLink(there));
    return here;
  }

  listen(address: string, onLink: (link: Link) => void): Listener {
    this.#listeners.set(address, onLink);
    const locator = Locator.parse(`tcp/${address}`);
    return {
      locator,
      advertised: () => [locator],
      close: () => {
        this.#listeners.delete(address);
        return Promise.resolve();
      },
    };
  }
}

/** A node that says what it is told to, and keeps what it hears. */
export class RawNode {
  readonly name: string;
  readonly node: TransportNode;
  readonly #network: Network;
  /** Closed ends of its link to the node under test count as gone. */
  #link: MemoryLink | undefined;

  constructor(network: Network, name: string, zid: string, whatami: WhatAmI, options: { bound?: number } = {}) {
    this.name = name;
    this.#network = network;
    this.node = new TransportNode(network.scheduler, { zid: ZenohId.parse(zid), whatami });
    this.node.upper.announced = options.bound;
  }

  listen(address: string): void {
    this.#network.listen(address, (link) => {
      this.#link = link as MemoryLink;
      this.node.manager.accept(link);
    });
  }

  async dial(address: string): Promise<void> {
    this.#link = this.#network.dial(address);
    const opening = this.node.manager.initiate(this.#link, never);
    opening.catch(() => undefined);
    await this.#network.scheduler.settle();
    await opening;
  }

  /** Pulls the cable. */
  cut(): void {
    this.#link?.cut();
    this.#link = undefined;
  }

  get linked(): boolean {
    return this.#transport !== undefined;
  }

  /** Everything it has heard, over all links it has had. */
  get received(): Received[] {
    return this.node.upper.handlers.flatMap((handler: RecordingHandler) => handler.received);
  }

  get #transport(): TransportNode['transport'] | undefined {
    const last = this.node.upper.transports.at(-1);
    return last === undefined || last.closed ? undefined : last;
  }

  send(bytes: Uint8Array, priority: number): void {
    const transport = this.#transport;
    if (transport === undefined) throw new Error(`${this.name} has no link to speak on`);
    transport.send(priority, bytes, 0, bytes.length, NOTHING, 0, 0, true, 1, false);
  }
}

const NOTHING: Uint8Array = new Uint8Array(0);
