import { copyBytes, Fifo, type Scheduler, ZError } from '../../base/index.ts';
import { type Endpoint, Locator } from '../../wire/index.ts';
import type { Link, LinkEnv, LinkHandler, LinkProtocol, Listener } from '../link.ts';

export interface MemoryLinkOptions {
  /** Batches that may be under way in each direction before the sender sees congestion. Default 2. */
  readonly window?: number;
  readonly mtu?: number;
  readonly streamed?: boolean;
  readonly reliable?: boolean;
  /** Metadata of the address that the first end dialled: `prio=1-3;rel=1`. */
  readonly metadata?: string | undefined;
}

/** One end of a link that lies in memory. A batch arrives in a turn of its own, never inside `send`. */
export class MemoryLink implements Link {
  readonly src: Locator;
  readonly dst: Locator;
  readonly mtu: number;
  readonly streamed: boolean;
  readonly reliable: boolean;
  prefixBytes: 0 | 2 | 4;
  /** The other end; undefined once cut. */
  #peer: MemoryLink | undefined;
  readonly #scheduler: Scheduler;
  readonly #window: number;
  #handler: LinkHandler | undefined;
  /** Batches on their way to this end. */
  readonly #inbox: Fifo<{ readonly batch: Uint8Array; readonly owned: boolean }> = new Fifo();
  #turn = false;
  #paused = false;
  #closed = false;

  private constructor(scheduler: Scheduler, src: Locator, dst: Locator, options: MemoryLinkOptions) {
    this.#scheduler = scheduler;
    this.src = src;
    this.dst = dst;
    this.mtu = options.mtu ?? 65535;
    this.streamed = options.streamed ?? false;
    this.reliable = options.reliable ?? true;
    this.prefixBytes = this.streamed ? 2 : 0;
    this.#window = options.window ?? 2;
  }

  /** Both ends of a new link. */
  static pair(
    scheduler: Scheduler,
    options: MemoryLinkOptions = {},
    name: string = 'pair',
  ): readonly [MemoryLink, MemoryLink] {
    const [here, there] = [Locator.parse(`memory/${name}.a`), Locator.parse(`memory/${name}.b`)];
    const dialled = options.metadata === undefined ? there : Locator.parse(`${there}?${options.metadata}`);
    const a = new MemoryLink(scheduler, here, dialled, options);
    const b = new MemoryLink(scheduler, there, here, options);
    a.#peer = b;
    b.#peer = a;
    return [a, b];
  }

  start(handler: LinkHandler): void {
    this.#handler = handler;
    if (this.#inbox.length > 0 || this.#closed) this.#request();
  }

  send(batch: Uint8Array): boolean {
    const peer = this.#peer;
    if (peer === undefined || this.#closed) return true;
    // With room in the window the bytes are copied and free at once, as a kernel would do.
    const free = peer.#inbox.length + 1 < this.#window;
    peer.#inbox.push(free ? { batch: copyBytes(batch, 0, batch.length), owned: false } : { batch, owned: true });
    peer.#request();
    return free;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    if (this.#inbox.length > 0) this.#request();
  }

  close(): Promise<void> {
    // Also after the other side has closed: who waits behind a pause is let go.
    this.#closed = true;
    this.#paused = false;
    this.#inbox.clear();
    this.#request();
    const peer = this.#peer;
    if (peer !== undefined) peer.#hangUp();
    return Promise.resolve();
  }

  /** Cuts the link without a word, as a pulled cable does; both ends see it break. */
  cut(cause: Error = new Error('link was cut')): void {
    for (const end of [this, this.#peer]) {
      if (end === undefined || end.#closed) continue;
      end.#closed = true;
      end.#inbox.clear();
      const handler = end.#handler;
      end.#handler = undefined;
      end.#scheduler.macro(() => handler?.onClose(cause));
    }
  }

  #hangUp(): void {
    this.#closed = true;
    this.#request();
  }

  #request(): void {
    if (this.#turn || this.#handler === undefined) return;
    this.#turn = true;
    this.#scheduler.macro(this.#deliver);
  }

  readonly #deliver = (): void => {
    this.#turn = false;
    const handler = this.#handler;
    if (handler === undefined || this.#paused) return;
    const item = this.#inbox.shift();
    if (item !== undefined) {
      const { batch, owned } = item;
      handler.onBatch(batch, this.prefixBytes, batch.length);
      const peer = this.#peer;
      if (owned && peer !== undefined) peer.#handler?.onSent(batch);
      if (this.#inbox.length > 0 || this.#closed) this.#request();
      return;
    }
    if (this.#closed) {
      this.#handler = undefined;
      handler.onClose();
    }
  };
}

/** Listeners that lie in memory, by name: `memory/NAME`. Nodes that share a network reach each other. */
export class MemoryNetwork {
  readonly #listeners = new Map<string, { readonly env: LinkEnv; readonly onLink: (link: Link) => void }>();
  readonly #options: MemoryLinkOptions;
  readonly protocol: LinkProtocol;
  #count = 0;

  constructor(options: MemoryLinkOptions = {}) {
    this.#options = options;
    this.protocol = {
      schemes: ['memory'],
      dial: (endpoint, env) => this.#dial(endpoint, env),
      listen: (endpoint, env, onLink) => this.#listen(endpoint, env, onLink),
    };
  }

  async #dial(endpoint: Endpoint, env: LinkEnv): Promise<Link> {
    const there = this.#listeners.get(endpoint.address);
    if (there === undefined) {
      throw new ZError('CONNECT_FAILED', `cannot connect to ${endpoint}: nobody listens there in this process`);
    }
    const name = `${endpoint.address}.${++this.#count}`;
    const [a, b] = MemoryLink.pair(
      env.scheduler,
      { ...this.#options, metadata: endpoint.metadata.toString() || undefined },
      name,
    );
    env.scheduler.macro(() => there.onLink(b));
    return a;
  }

  async #listen(endpoint: Endpoint, env: LinkEnv, onLink: (link: Link) => void): Promise<Listener> {
    const name = endpoint.address;
    if (this.#listeners.has(name)) {
      throw new ZError('LISTEN_FAILED', `cannot listen on ${endpoint}: the name is taken`);
    }
    this.#listeners.set(name, { env, onLink });
    const locator = Locator.parse(`memory/${name}`);
    return {
      locator,
      advertised: () => [locator],
      close: async () => {
        this.#listeners.delete(name);
      },
    };
  }
}

/** The network that entry files offer: one per process. */
export const memory: LinkProtocol = new MemoryNetwork().protocol;
