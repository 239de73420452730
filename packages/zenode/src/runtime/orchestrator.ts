import { ZError } from '../base/index.ts';
import { type ConnectGroup, type EndpointSettings, RetryPeriod } from '../config/index.ts';
import { HandshakeError, RefusedError, type Transport } from '../transport/index.ts';
import { CloseReason, type Endpoint, type Locator, type WhatAmI, type ZenohId } from '../wire/index.ts';
import { Dialler, type OrchestratorEnv, textOf } from './dialler.ts';
import { Discovery } from './discovery.ts';
import { Listeners } from './listeners.ts';
import { type Condition, StartConditions } from './start-conditions.ts';
import { closedError, Tasks } from './tasks.ts';

/** Starts a node, and brings it back together when it falls apart: listeners, connectors, reconnection. */
export class Orchestrator {
  readonly #env: OrchestratorEnv;
  readonly #tasks: Tasks;
  readonly #dialler: Dialler;
  readonly #listeners: Listeners;
  readonly #discovery: Discovery;
  /** What `start` of a peer waits for; nobody keeps it afterwards. */
  #conditions: StartConditions | undefined;
  /** Configured endpoints that a connector is at work on. */
  readonly #connecting = new Set<string>();
  #reconnecting = false;
  /** Called with each configured endpoint that could not be reached, each time, and why. */
  readonly failed: Set<(endpoint: Endpoint, cause: unknown) => void> = new Set();

  constructor(env: OrchestratorEnv) {
    this.#env = env;
    this.#tasks = new Tasks(env.scheduler);
    this.#dialler = new Dialler(env, this.#tasks);
    this.#listeners = new Listeners(env, this.#dialler, this.#tasks);
    this.#discovery = new Discovery(env, this.#dialler, this.#tasks);
  }

  /** Locators of the listeners, as they can be told to others. */
  locators(): Locator[] {
    return this.#listeners.locators();
  }

  /** Opens listeners and dials. Resolves when the mode says so; closing the node ends it early. */
  async start(): Promise<void> {
    const { settings } = this.#env;
    if (settings.mode === 'peer' && settings.open.connectScouted) this.#conditions = new StartConditions();
    await this.#listeners.start();
    if (settings.mode === 'client') await this.#connectFirst();
    else {
      await this.#connectAll();
      if (settings.mode === 'router') await this.#tasks.sleep(settings.scouting.delayMs);
      else await this.#awaitConditions();
    }
    this.#conditions = undefined;
    this.#tasks.check();
  }

  async #awaitConditions(): Promise<void> {
    const { settings, log } = this.#env;
    if (this.#conditions === undefined || settings.connect.endpoints.length === 0) return;
    const met = await this.#tasks.within(settings.scouting.delayMs, this.#conditions.wait());
    if (!met && !this.#tasks.over) log.warn('Scouting delay elapsed before start conditions are met.');
  }

  /** Gives up everything under way; nothing is dialled any more. */
  async close(): Promise<void> {
    await this.#tasks.end();
    await this.#listeners.close();
  }

  // ---- what routing and transports tell

  /** Gossip tells of a node. */
  onDiscovered(zid: ZenohId, whatami: WhatAmI, locators: readonly Locator[]): void {
    this.#discovery.onGossip(zid, whatami, locators, this.#conditions);
  }

  /** The link state of a neighbour has arrived. */
  onLinkState(zid: ZenohId, whatami: WhatAmI): void {
    if (!this.#env.settings.open.declares || whatami !== 2) this.#conditions?.meetNode(zid);
  }

  /** A peer has declared all it had. */
  onDeclaredAll(zid: ZenohId): void {
    this.#conditions?.meetNode(zid);
  }

  /** A transport is gone: what the configuration wants is dialled again, at once. */
  onTransportClosed(transport: Transport): void {
    const { settings } = this.#env;
    if (this.#tasks.over || transport.endpoints.size === 0) return;
    if (settings.mode === 'client') {
      void this.#reconnect();
      return;
    }
    for (const one of settings.connect.endpoints) {
      if (transport.endpoints.has(one.endpoint.toString())) {
        void this.#connector(one, undefined, Number.POSITIVE_INFINITY);
      }
    }
  }

  // ---- configured endpoints

  /** One attempt, which leaves the endpoint's name on the transport. */
  async #attempt(one: EndpointSettings, until: number): Promise<Transport> {
    const { log, zid } = this.#env;
    const name = one.endpoint.toString();
    try {
      const transport = await this.#dialler.dial(one.endpoint, { until });
      transport.endpoints.add(name);
      log.debug(`Successfully connected to configured endpoint ${name}`);
      return transport;
    } catch (cause) {
      const reason = cause instanceof HandshakeError || cause instanceof RefusedError ? cause.reason : undefined;
      if (reason === CloseReason.CONNECTION_TO_SELF) log.warn(`${zid} Attempt to establish transport to itself`);
      for (const tell of this.failed) tell(one.endpoint, cause);
      throw cause;
    }
  }

  /** The wait before the next attempt: anywhere up to the period, so that many do not come back in step. */
  #wait(period: RetryPeriod, one: EndpointSettings): number {
    const ms = period.next();
    if (one.retry.initMs === 0) return Number.POSITIVE_INFINITY;
    return Number.isFinite(ms) ? ms * this.#env.scheduler.random() : ms;
  }

  /** The end of a time limit that begins now; 0 and below are none. */
  #until(ms: number): number {
    return ms > 0 ? this.#env.scheduler.now() + ms : Number.POSITIVE_INFINITY;
  }

  #nowhere(what: string, last: unknown): ZError {
    const list = this.#env.settings.connect.endpoints.map((one) => one.endpoint.toString()).join(', ');
    const why = last === undefined ? '' : ` ${textOf(last)}`;
    return new ZError('CONNECT_FAILED', `Unable to connect to any of ${list}${what}${why}`, { cause: last });
  }

  // ---- clients

  async #connectFirst(): Promise<void> {
    const { endpoints, timeoutMs } = this.#env.settings.connect;
    if (endpoints.length === 0) {
      throw new ZError('CONNECT_FAILED', 'No peer specified and multicast scouting deactivated!');
    }
    await this.#clientRounds(timeoutMs);
  }

  /** The first success wins: once through all groups, or round robin with each endpoint's own periods. */
  async #clientRounds(timeoutMs: number): Promise<void> {
    const { settings, scheduler, log } = this.#env;
    const { groups, endpoints } = settings.connect;
    const until = this.#until(timeoutMs);
    const once = timeoutMs === 0 || endpoints.every((one) => one.retry.initMs === 0);
    const turns = groups.flatMap((group) =>
      group.endpoints.map((one) => ({ group, one, at: scheduler.now(), period: new RetryPeriod(one.retry) })),
    );
    let last: unknown;
    for (;;) {
      for (const turn of turns) {
        if (scheduler.now() < turn.at) continue;
        try {
          await this.#attempt(turn.one, until);
          void this.#joinRest(turn.group, turn.one);
          return;
        } catch (cause) {
          this.#tasks.check();
          last = cause;
          log.warn(`Unable to connect to ${turn.one.endpoint}! ${textOf(cause)}`);
          if (scheduler.now() >= until) throw this.#nowhere('. Timeout!', last);
          turn.at = scheduler.now() + this.#wait(turn.period, turn.one);
        }
      }
      if (once) throw this.#nowhere('!', last);
      const next = Math.min(...turns.map(({ at }) => at));
      await this.#tasks.sleep(Math.min(next, until) - scheduler.now());
      this.#tasks.check();
      if (scheduler.now() >= until) throw this.#nowhere('. Timeout!', last);
    }
  }

  /** The other links of a group, once and at best. */
  async #joinRest(group: ConnectGroup, done: EndpointSettings): Promise<void> {
    const { log } = this.#env;
    for (const one of group.endpoints) {
      if (one === done) continue;
      try {
        await this.#attempt(one, Number.POSITIVE_INFINITY);
      } catch (cause) {
        if (this.#tasks.over) return;
        log.warn(`Unable to connect to ${one.endpoint}! ${textOf(cause)}`);
      }
    }
  }

  /** Dials until a configured endpoint is connected again; one that is lost meanwhile is no reason for a second run. */
  async #reconnect(): Promise<void> {
    const { log } = this.#env;
    if (this.#reconnecting) return;
    this.#reconnecting = true;
    try {
      while (!this.#connected()) await this.#clientRounds(-1);
    } catch (cause) {
      if (!this.#tasks.over) log.error(textOf(cause));
    } finally {
      this.#reconnecting = false;
    }
  }

  #connected(): boolean {
    for (const transport of this.#env.manager.transports) {
      if (transport.endpoints.size > 0 && !transport.closed) return true;
    }
    return false;
  }

  // ---- peers and routers

  /** Every endpoint has a connector of its own. */
  async #connectAll(): Promise<void> {
    const { settings, log } = this.#env;
    const { timeoutMs, endpoints } = settings.connect;
    const until = this.#until(timeoutMs);
    for (const one of endpoints) {
      this.#tasks.check();
      const condition = this.#conditions?.addConnector();
      if (timeoutMs === 0 || one.retry.initMs === 0) {
        try {
          this.#reached(condition, await this.#attempt(one, Number.POSITIVE_INFINITY));
        } catch (cause) {
          this.#conditions?.drop(condition);
          this.#tasks.check();
          log.warn(`Unable to connect to ${one.endpoint}! ${textOf(cause)}`);
          if (one.exitOnFailure) throw cause;
        }
        continue;
      }
      // No attempt would ever succeed.
      this.#dialler.protocol(one.endpoint);
      if (!one.exitOnFailure) void this.#connector(one, condition, Number.POSITIVE_INFINITY);
      else {
        const last = await this.#connector(one, condition, until);
        this.#tasks.check();
        if (last !== undefined) throw this.#nowhere('. Timeout!', last);
      }
    }
  }

  /** Dials until it is connected. What it failed with last: the time is over, or this node is closing. */
  async #connector(one: EndpointSettings, condition: Condition | undefined, until: number): Promise<unknown> {
    const { scheduler, log } = this.#env;
    const name = one.endpoint.toString();
    if (this.#connecting.has(name)) return undefined;
    this.#connecting.add(name);
    const period = new RetryPeriod(one.retry);
    let last: unknown = closedError();
    try {
      while (!this.#tasks.over) {
        try {
          this.#reached(condition, await this.#attempt(one, until));
          return undefined;
        } catch (cause) {
          last = cause;
          const wait = this.#wait(period, one);
          const left = until - scheduler.now();
          if (log.debugging) {
            log.debug(`Unable to connect to configured peer ${name}! ${textOf(cause)}. Retry in ${wait} ms.`);
          }
          await this.#tasks.sleep(Math.min(wait, left));
          if (wait >= left) break;
        }
      }
      return last;
    } finally {
      this.#connecting.delete(name);
    }
  }

  #reached(condition: Condition | undefined, transport: Transport): void {
    const { settings } = this.#env;
    if (condition === undefined) return;
    this.#conditions?.connected(condition, transport.zid);
    if (!settings.scouting.gossip.enabled && !settings.open.declares) this.#conditions?.meet(condition);
  }
}
