import { ZError } from '../base/index.ts';
import { type EndpointSettings, RetryPeriod } from '../config/index.ts';
import type { Link, Listener } from '../link/index.ts';
import { Endpoint, type Locator } from '../wire/index.ts';
import { type Dialler, type OrchestratorEnv, textOf } from './dialler.ts';
import type { Tasks } from './tasks.ts';

/** Where a node can be reached. */
export class Listeners {
  readonly #env: OrchestratorEnv;
  readonly #dialler: Dialler;
  readonly #tasks: Tasks;
  readonly #open: Listener[] = [];

  constructor(env: OrchestratorEnv, dialler: Dialler, tasks: Tasks) {
    this.#env = env;
    this.#dialler = dialler;
    this.#tasks = tasks;
  }

  /** Locators as they can be told to others. */
  locators(): Locator[] {
    return this.#open.flatMap((listener) => listener.advertised());
  }

  /** Opens what the configuration lists, in order. @throws what a listener failed with that must not fail */
  async start(): Promise<void> {
    const { settings, scheduler, log } = this.#env;
    const { endpoints, timeoutMs, isDefault } = settings.listen;
    if (endpoints.length === 0) log.debug('Starting with no listener endpoints!');
    const until = timeoutMs > 0 ? scheduler.now() + timeoutMs : Number.POSITIVE_INFINITY;
    for (const one of endpoints) {
      this.#tasks.check();
      if (timeoutMs === 0 || one.retry.initMs === 0) {
        const cause = await this.#attempt(one, isDefault);
        if (cause !== undefined && one.exitOnFailure) throw cause;
      } else if (one.exitOnFailure) {
        if (await this.#retry(one, isDefault, until)) continue;
        this.#tasks.check();
        log.error('Unable to open listeners: deadline has elapsed');
        throw new ZError('LISTEN_FAILED', `deadline has elapsed: ${one.endpoint} did not open within ${timeoutMs} ms`);
      } else void this.#retry(one, isDefault, Number.POSITIVE_INFINITY);
    }
  }

  /** False: the time is over, or the node is closing. */
  async #retry(one: EndpointSettings, isDefault: boolean, until: number): Promise<boolean> {
    const { scheduler } = this.#env;
    const period = new RetryPeriod(one.retry);
    while (!this.#tasks.over) {
      if ((await this.#attempt(one, isDefault)) === undefined) return true;
      const left = until - scheduler.now();
      const wait = period.next();
      await this.#tasks.sleep(Math.min(wait, left));
      if (wait >= left) return false;
    }
    return false;
  }

  /** One attempt. What it failed with has been logged. */
  async #attempt(one: EndpointSettings, isDefault: boolean): Promise<Error | undefined> {
    try {
      await this.#tasks.track(this.#listen(one.endpoint, isDefault));
      return undefined;
    } catch (cause) {
      this.#env.log.warn(`Unable to open listener ${one.endpoint}: ${textOf(cause)}`);
      if (cause instanceof ZError && cause.message.includes(one.endpoint.toString())) return cause;
      const code = cause instanceof ZError ? cause.code : 'LISTEN_FAILED';
      return new ZError(code, `cannot listen on ${one.endpoint}: ${textOf(cause)}`, { cause });
    }
  }

  /** Opens a listener; the built-in one falls back to IPv4 where there is no IPv6. */
  async #listen(endpoint: Endpoint, isDefault: boolean): Promise<void> {
    const { log, manager } = this.#env;
    const protocol = this.#dialler.protocol(endpoint);
    if (protocol.listen === undefined) {
      throw new ZError('UNSUPPORTED', `nobody can listen on ${endpoint} here; this platform only dials`);
    }
    const onLink = (link: Link): void => manager.accept(link);
    const env = this.#dialler.linkEnv;
    let listener: Listener;
    try {
      listener = await protocol.listen(endpoint, env, onLink);
    } catch (cause) {
      if (!isDefault || !isNoFamily(cause) || !endpoint.address.startsWith('[::]')) throw cause;
      const fallback = Endpoint.parse(endpoint.toString().replace('[::]', '0.0.0.0'));
      log.warn(`there is no IPv6 here: listening on ${fallback} in place of ${endpoint}`);
      listener = await protocol.listen(fallback, env, onLink);
    }
    if (this.#tasks.over) {
      await listener.close();
      return;
    }
    this.#open.push(listener);
    for (const locator of listener.advertised()) log.info(`Zenoh can be reached at: ${locator}`);
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.splice(0).map((listener) => listener.close()));
  }
}

/** Does this machine have no addresses of that kind? */
function isNoFamily(cause: unknown): boolean {
  const inner = cause instanceof Error ? (cause.cause as { code?: string } | undefined) : undefined;
  return inner?.code === 'EAFNOSUPPORT' || inner?.code === 'EADDRNOTAVAIL';
}
