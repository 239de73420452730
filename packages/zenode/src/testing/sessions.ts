import { type ChannelReceiver, type ConfigObject, openOn, type OpenOptions, Session } from '../session/index.ts';
import { TestNetwork } from './network.ts';

/** Sessions in one process, each on a node of its own: under one clock, on one network in memory. */
export class TestSessions {
  readonly network: TestNetwork;
  readonly opened: Session[] = [];

  constructor(seed: number = 1) {
    this.network = new TestNetwork(seed);
  }

  get scheduler(): TestNetwork['scheduler'] {
    return this.network.scheduler;
  }

  /** Opens a session, and lets the clock go on until it is open. */
  async open(config: ConfigObject, options: OpenOptions = {}): Promise<Session> {
    const platform = { links: [this.network.protocol], scheduler: this.scheduler };
    const scouting = { multicast: { enabled: false } };
    const session = await this.of(openOn(platform, Session, { scouting, ...config }, options), 1000);
    this.opened.push(session);
    await this.settle();
    return session;
  }

  router(name: string = 'r', config: ConfigObject = {}): Promise<Session> {
    return this.open({ mode: 'router', listen: { endpoints: [`memory/${name}`] }, ...config });
  }

  client(to: string = 'r', config: ConfigObject = {}): Promise<Session> {
    return this.open({ mode: 'client', connect: { endpoints: [`memory/${to}`] }, ...config });
  }

  peer(name: string, to: readonly string[] = [], config: ConfigObject = {}): Promise<Session> {
    const connect = { endpoints: to.map((one) => `memory/${one}`) };
    return this.open({ mode: 'peer', listen: { endpoints: [`memory/${name}`] }, connect, ...config });
  }

  /** A router and two clients of it. */
  async star(config: ConfigObject = {}): Promise<{ router: Session; a: Session; b: Session }> {
    const router = await this.router();
    return { router, a: await this.client('r', config), b: await this.client('r', config) };
  }

  /** Two peers that are linked. */
  async pair(config: ConfigObject = {}): Promise<{ a: Session; b: Session }> {
    const a = await this.peer('a', [], config);
    return { a, b: await this.peer('b', ['a'], config) };
  }

  /** What a promise comes to while the clock goes on by `ms` at most; rejects if it waits longer. */
  async of<T>(promise: Promise<T>, ms: number = 0): Promise<T> {
    const state = { over: false };
    const end = (): void => {
      state.over = true;
    };
    promise.then(end, end);
    await this.settle();
    for (let left = ms; !state.over && left > 0; left -= 20) await this.scheduler.run(20);
    if (!state.over) throw new Error(`a promise still waits after ${ms} ms`);
    return promise;
  }

  /** Lets everything come to rest while the clock stands still. */
  settle(): Promise<void> {
    return this.scheduler.settle();
  }

  run(ms: number): Promise<void> {
    return this.scheduler.run(ms);
  }

  /** Closes every session. Resolves with the number of timers that are left. */
  async close(): Promise<number> {
    const closing = Promise.all(this.opened.map((one) => one.close()));
    await this.run(3000);
    await closing;
    return this.scheduler.timers;
  }
}

/** Everything that can be read now. */
export function unread<T>(from: { receiver(): ChannelReceiver<T> | undefined } | ChannelReceiver<T>): T[] {
  const receiver = 'receiver' in from ? from.receiver()! : from;
  const values: T[] = [];
  for (let next = receiver.tryReceive(); next.kind === 'value'; next = receiver.tryReceive()) values.push(next.value);
  return values;
}
