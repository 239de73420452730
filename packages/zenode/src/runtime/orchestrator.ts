import { type Log, type Scheduler, ZError } from '../base/index.ts';
import { type EndpointSettings, RetryPeriod, type Settings } from '../config/index.ts';
import type { Link, LinkEnv, LinkProtocol, Listener } from '../link/index.ts';
import { HandshakeError, RefusedError, type Transport, type TransportManager } from '../transport/index.ts';
import { CloseReason, Endpoint, type Locator, type WhatAmI, type ZenohId } from '../wire/index.ts';
import { type Condition, StartConditions } from './start-conditions.ts';

/** What the orchestrator needs of its runtime. */
export interface OrchestratorEnv {
  readonly settings: Settings;
  readonly zid: ZenohId;
  readonly scheduler: Scheduler;
  readonly log: Log;
  readonly manager: TransportManager;
  readonly links: readonly LinkProtocol[];
}

/** Starts a node, and brings it back together when it falls apart: listeners, connectors, reconnection. */
export class Orchestrator {
  readonly #env: OrchestratorEnv;
  readonly #linkEnv: LinkEnv;
  readonly #listeners: Listener[] = [];
  readonly #conditions: StartConditions = new StartConditions();
  /** Nodes that are being dialled because they were heard of. */
  readonly #dialling = new Set<string>();
  /** Configured endpoints that a connector is at work on. */
  readonly #connecting = new Set<string>();
  readonly #stops = new Set<() => void>();
  #reconnecting = false;
  #started = false;
  closed = false;
  /** What the first attempt at each endpoint came to; resolved when all have failed once. */
  readonly allFailedOnce: Promise<Error>;
  #failedOnce: (cause: Error) => void = () => undefined;
  readonly #failures = new Map<string, Error>();

  constructor(env: OrchestratorEnv) {
    this.#env = env;
    this.#linkEnv = { scheduler: env.scheduler, log: env.log };
    this.allFailedOnce = new Promise((resolve) => {
      this.#failedOnce = resolve;
    });
  }

  /** Locators of the listeners, as they can be told to others. */
  locators(): Locator[] {
    return this.#listeners.flatMap((listener) => listener.advertised());
  }

  async start(signal: AbortSignal | undefined): Promise<void> {
    const { settings, scheduler, log } = this.#env;
    await this.#listen();
    if (settings.mode === 'client') await this.#startClient(signal);
    else {
      if (settings.listen.endpoints.length === 0) log.debug('Starting with no listener endpoints!');
      await this.#connectAll(signal);
      if (settings.mode === 'router') {
        await this.#sleep(settings.scouting.delayMs);
      } else if (settings.open.connectScouted && settings.connect.endpoints.length > 0) {
        let met = false;
        const limit = new Promise<void>((resolve) => {
          scheduler.after(settings.scouting.delayMs, resolve);
        });
        const conditions = this.#conditions.wait().then(() => {
          met = true;
        });
        await Promise.race([limit, conditions]);
        if (!met) log.warn('Scouting delay elapsed before start conditions are met.');
      }
    }
    this.#started = true;
  }

  // ---- listeners

  async #listen(): Promise<void> {
    const { settings, log } = this.#env;
    const { endpoints, timeoutMs, isDefault } = settings.listen;
    const until = timeoutMs > 0 ? this.#env.scheduler.now() + timeoutMs : Number.POSITIVE_INFINITY;
    for (const one of endpoints) {
      const once = timeoutMs === 0 || one.retry.initMs === 0;
      if (once) {
        try {
          await this.#open(one, isDefault);
        } catch (cause) {
          log.warn(`Unable to open listener ${one.endpoint}: ${textOf(cause)}`);
          if (one.exitOnFailure) throw cause;
        }
      } else if (one.exitOnFailure) await this.#openWithRetry(one, isDefault, until);
      else void this.#openWithRetry(one, isDefault, until).catch((cause: unknown) => log.error(textOf(cause)));
    }
  }

  async #openWithRetry(one: EndpointSettings, isDefault: boolean, until: number): Promise<void> {
    const { scheduler, log } = this.#env;
    const period = new RetryPeriod(one.retry);
    while (!this.closed) {
      try {
        await this.#open(one, isDefault);
        return;
      } catch (cause) {
        log.warn(`Unable to open listener ${one.endpoint}: ${textOf(cause)}`);
      }
      const wait = period.next();
      if (scheduler.now() + wait > until) {
        log.error('Unable to open listeners: deadline has elapsed');
        throw new ZError('LISTEN_FAILED', 'deadline has elapsed');
      }
      await this.#sleep(wait);
    }
  }

  /** Opens a listener; the built-in one falls back to IPv4 where there is no IPv6. */
  async #open(one: EndpointSettings, isDefault: boolean): Promise<void> {
    const { log } = this.#env;
    const protocol = this.#protocol(one.endpoint);
    if (protocol.listen === undefined) {
      throw new ZError('UNSUPPORTED', `nobody can listen on ${one.endpoint} here; this platform only dials`);
    }
    const onLink = (link: Link): void => this.#env.manager.accept(link);
    let listener: Listener;
    try {
      listener = await protocol.listen(one.endpoint, this.#linkEnv, onLink);
    } catch (cause) {
      if (!isDefault || !isNoFamily(cause) || !one.endpoint.address.startsWith('[::]')) throw cause;
      const fallback = Endpoint.parse(one.endpoint.toString().replace('[::]', '0.0.0.0'));
      log.warn(`there is no IPv6 here: listening on ${fallback} in place of ${one.endpoint}`);
      listener = await protocol.listen(fallback, this.#linkEnv, onLink);
    }
    if (this.closed) {
      await listener.close();
      return;
    }
    this.#listeners.push(listener);
    for (const locator of listener.advertised()) log.info(`Zenoh can be reached at: ${locator}`);
  }

  #protocol(endpoint: Endpoint): LinkProtocol {
    const { settings, links } = this.#env;
    const { protocols } = settings.transport;
    const name = endpoint.protocol;
    if (protocols !== undefined && !protocols.includes(name)) {
      throw new ZError('UNSUPPORTED', `Unsupported protocol: ${name}. Supported protocols are: [${protocols.join(', ')}]`);
    }
    const protocol = links.find((one) => one.schemes.includes(name));
    if (protocol === undefined) {
      const known = links.flatMap((one) => one.schemes).join(', ');
      throw new ZError('UNSUPPORTED', `Unicast not supported for ${name} protocol (endpoint ${endpoint}); here: ${known}`);
    }
    return protocol;
  }

  // ---- dialling

  /** One attempt: link and handshake together, within the open timeout. */
  async #dial(endpoint: Endpoint, expected?: ZenohId): Promise<Transport> {
    const { settings, scheduler, manager } = this.#env;
    const protocol = this.#protocol(endpoint);
    const controller = new AbortController();
    const stop = (): void => controller.abort(new ZError('CANCELLED', 'this node is closing'));
    const limit = scheduler.after(settings.transport.openTimeoutMs, () =>
      controller.abort(new ZError('TIMEOUT', `${endpoint}: no answer within ${settings.transport.openTimeoutMs} ms`)),
    );
    this.#stops.add(stop);
    try {
      const link = await protocol.dial(endpoint, this.#linkEnv, controller.signal);
      if (this.closed) {
        await link.close();
        throw new ZError('CANCELLED', 'this node is closing');
      }
      return await manager.initiate(link, controller.signal, expected);
    } finally {
      limit.cancel();
      this.#stops.delete(stop);
    }
  }

  /** One attempt at a configured endpoint. False, and logged, if it failed. */
  async #attempt(one: EndpointSettings): Promise<Transport | undefined> {
    const { log, zid } = this.#env;
    const name = one.endpoint.toString();
    try {
      const transport = await this.#dial(one.endpoint);
      transport.endpoints.add(name);
      log.debug(`Successfully connected to configured endpoint ${name}`);
      return transport;
    } catch (cause) {
      const error = cause instanceof Error ? cause : new Error(String(cause));
      if (cause instanceof HandshakeError && cause.reason === CloseReason.CONNECTION_TO_SELF) {
        log.warn(`${zid} Attempt to establish transport to itself`);
      }
      this.#failures.set(name, error);
      if (this.#failures.size >= this.#env.settings.connect.endpoints.length) this.#failedOnce(error);
      throw error;
    }
  }

  async #startClient(signal: AbortSignal | undefined): Promise<void> {
    const { settings } = this.#env;
    const { endpoints } = settings.connect;
    if (endpoints.length === 0) {
      throw new ZError('CONNECT_FAILED', 'No peer specified and multicast scouting deactivated!');
    }
    await this.#clientRounds(settings.connect.timeoutMs, signal);
  }

  /** First success wins: once through all groups, or round robin with each endpoint's own periods. */
  async #clientRounds(timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
    const { settings, scheduler, log } = this.#env;
    const { groups, endpoints } = settings.connect;
    const list = endpoints.map((one) => one.endpoint.toString()).join(', ');
    const until = timeoutMs > 0 ? scheduler.now() + timeoutMs : Number.POSITIVE_INFINITY;
    const turns = groups.map((group) => ({
      group,
      due: group.endpoints.map((one) => ({ one, at: 0, period: new RetryPeriod(one.retry) })),
    }));
    let last: Error | undefined;
    for (let first = true; !this.closed; first = false) {
      for (const { group, due } of turns) {
        for (const turn of due) {
          if (scheduler.now() < turn.at) continue;
          signal?.throwIfAborted();
          try {
            await this.#attempt(turn.one);
            await this.#joinRest(group.endpoints, turn.one);
            return;
          } catch (cause) {
            last = cause instanceof Error ? cause : undefined;
            log.warn(`Unable to connect to ${turn.one.endpoint}! ${textOf(cause)}`);
            turn.at = scheduler.now() + this.#wait(turn.period);
          }
        }
      }
      const next = Math.min(...turns.flatMap(({ due }) => due.map(({ at }) => at)));
      const once = timeoutMs === 0 || endpoints.every((one) => one.retry.initMs === 0);
      if (first && once) {
        const why = last === undefined ? '' : `: ${last.message}`;
        throw new ZError('CONNECT_FAILED', `Unable to connect to any of ${list}${why}`, { cause: last });
      }
      if (next > until) {
        await this.#sleep(until - scheduler.now());
        throw new ZError('CONNECT_FAILED', `Unable to connect to any of ${list}. Timeout!`, { cause: last });
      }
      await this.#sleep(next - scheduler.now());
    }
    throw new ZError('SESSION_CLOSED', 'session closed');
  }

  /** The other links of a group, once and at best. */
  async #joinRest(group: readonly EndpointSettings[], done: EndpointSettings): Promise<void> {
    const rest = group.filter((one) => one !== done);
    await Promise.all(rest.map((one) => this.#attempt(one).catch(() => undefined)));
  }

  /** The wait before the next attempt: anywhere up to the period, so that many do not come back in step. */
  #wait(period: RetryPeriod): number {
    const ms = period.next();
    return Number.isFinite(ms) ? ms * this.#env.scheduler.random() : ms;
  }

  /** Peers and routers: every endpoint has a connector of its own. */
  async #connectAll(signal: AbortSignal | undefined): Promise<void> {
    const { settings, scheduler, log } = this.#env;
    const { timeoutMs, endpoints } = settings.connect;
    const until = timeoutMs > 0 ? scheduler.now() + timeoutMs : Number.POSITIVE_INFINITY;
    const list = endpoints.map((one) => one.endpoint.toString()).join(', ');
    for (const one of endpoints) {
      signal?.throwIfAborted();
      this.#protocol(one.endpoint);
      const once = timeoutMs === 0 || one.retry.initMs === 0;
      const condition = this.#conditions.addConnector();
      if (once) {
        try {
          const transport = await this.#attempt(one);
          if (transport !== undefined) this.#reached(condition, transport);
        } catch (cause) {
          log.warn(`Unable to connect to ${one.endpoint}! ${textOf(cause)}`);
          if (one.exitOnFailure) throw cause;
        }
      } else if (one.exitOnFailure) {
        if (!(await this.#connector(one, condition, until))) {
          throw new ZError('CONNECT_FAILED', `Unable to connect to any of ${list}. Timeout!`);
        }
      } else void this.#connector(one, condition, Number.POSITIVE_INFINITY);
    }
  }

  /** Dials until it is connected. False: the time is over, or this node is closed. */
  async #connector(one: EndpointSettings, condition: Condition | undefined, until: number): Promise<boolean> {
    const { scheduler, log } = this.#env;
    const name = one.endpoint.toString();
    if (this.#connecting.has(name)) return false;
    this.#connecting.add(name);
    const period = new RetryPeriod(one.retry);
    try {
      while (!this.closed) {
        try {
          const transport = await this.#attempt(one);
          if (transport !== undefined && condition !== undefined) this.#reached(condition, transport);
          return true;
        } catch (cause) {
          const wait = this.#wait(period);
          if (log.debugging) log.debug(`Unable to connect to configured peer ${name}! ${textOf(cause)}. Retry in ${wait} ms.`);
          if (scheduler.now() + wait > until) return false;
          await this.#sleep(wait);
        }
      }
      return false;
    } finally {
      this.#connecting.delete(name);
    }
  }

  #reached(condition: Condition, transport: Transport): void {
    const { settings } = this.#env;
    this.#conditions.connected(condition, transport.zid);
    if (!settings.scouting.gossip.enabled && (!settings.open.declares || settings.mode !== 'peer')) {
      this.#conditions.meet(condition);
    }
  }

  // ---- what happens to transports

  /** Gossip tells of a node: dial it, unless it is linked or being dialled. */
  onDiscovered(zid: ZenohId, whatami: WhatAmI, locators: readonly Locator[]): void {
    const { settings, manager, zid: own } = this.#env;
    const { gossip } = settings.scouting;
    if (this.closed || zid.equals(own) || (gossip.autoconnect & whatami) === 0) return;
    const strategy = gossip.strategy[whatami === 1 ? 'router' : whatami === 2 ? 'peer' : 'client'];
    if (strategy === 'greater-zid' && own.compare(zid) <= 0) return;
    const name = zid.toString();
    if (manager.transport(zid) !== undefined || this.#dialling.has(name)) return;
    if (!this.#started) this.#conditions.addNode(zid);
    this.#dialling.add(name);
    void this.#connectNode(zid, whatami, locators).finally(() => this.#dialling.delete(name));
  }

  async #connectNode(zid: ZenohId, whatami: WhatAmI, locators: readonly Locator[]): Promise<void> {
    const { settings, manager, log } = this.#env;
    const configured = new Set(settings.connect.endpoints.map((one) => one.endpoint.locator.toString()));
    for (const locator of locators) {
      if (configured.has(locator.toString()) || this.closed) continue;
      if (manager.transport(zid) !== undefined) break;
      try {
        await this.#dial(locator.toEndpoint(), zid);
        break;
      } catch (cause) {
        if (cause instanceof RefusedError && cause.reason === CloseReason.MAX_LINKS) break;
        if (log.debugging) log.debug(`Unable to connect to ${locator} of ${zid}: ${textOf(cause)}`);
      }
    }
    if (manager.transport(zid) === undefined) {
      if (!this.closed) log.warn(`Unable to connect to any locator of scouted peer ${zid}: ${locators.join(', ')}`);
      this.#conditions.meetNode(zid);
    } else if (!settings.open.declares || whatami !== 2) this.#conditions.meetNode(zid);
  }

  /** The link state of a neighbour has arrived. */
  onLinkState(zid: ZenohId, whatami: WhatAmI): void {
    if (!this.#env.settings.open.declares || whatami !== 2) this.#conditions.meetNode(zid);
  }

  /** A peer has declared all it had. */
  onDeclaredAll(zid: ZenohId): void {
    this.#conditions.meetNode(zid);
  }

  /** A transport is gone: what the configuration wants is dialled again, at once. */
  onTransportClosed(transport: Transport): void {
    const { settings, log } = this.#env;
    if (this.closed || transport.endpoints.size === 0) return;
    if (settings.mode === 'client') {
      if (this.#reconnecting) return;
      this.#reconnecting = true;
      void this.#clientRounds(-1, undefined)
        .catch((cause: unknown) => {
          if (!this.closed) log.error(textOf(cause));
        })
        .finally(() => {
          this.#reconnecting = false;
        });
      return;
    }
    for (const one of settings.connect.endpoints) {
      if (transport.endpoints.has(one.endpoint.toString())) {
        void this.#connector(one, undefined, Number.POSITIVE_INFINITY);
      }
    }
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#stops.delete(done);
        timer?.cancel();
        resolve();
      };
      const timer = Number.isFinite(ms) ? this.#env.scheduler.after(Math.max(0, Math.min(ms, 0x7fffffff)), done) : undefined;
      this.#stops.add(done);
    });
  }

  /** Gives up everything under way; nothing is dialled any more. */
  async close(): Promise<void> {
    this.closed = true;
    for (const stop of [...this.#stops]) stop();
    await Promise.all(this.#listeners.splice(0).map((listener) => listener.close()));
  }
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function isNoFamily(cause: unknown): boolean {
  const inner = cause instanceof Error ? (cause.cause as { code?: string } | undefined) : undefined;
  return inner?.code === 'EAFNOSUPPORT' || inner?.code === 'EADDRNOTAVAIL';
}
