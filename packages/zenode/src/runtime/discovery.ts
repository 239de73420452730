import { Fifo } from '../base/index.ts';
import { RefusedError } from '../transport/index.ts';
import { CloseReason, type Locator, type WhatAmI, type ZenohId } from '../wire/index.ts';
import { type Dialler, type OrchestratorEnv, textOf } from './dialler.ts';
import type { StartConditions } from './start-conditions.ts';
import type { Tasks } from './tasks.ts';

/** How long a locator may be dialled before the next one is tried beside it, in milliseconds. */
const HEAD_START_MS = 250;

/** Nodes that are dialled at the same time; others wait, as many as there may be transports. */
const AT_A_TIME = 16;

/** Dials nodes that were heard of. */
export class Discovery {
  readonly #env: OrchestratorEnv;
  readonly #dialler: Dialler;
  readonly #tasks: Tasks;
  /** Nodes that are dialled, or wait for it. */
  readonly #dialling = new Set<string>();
  readonly #waiting = new Fifo<() => void>();
  #busy = 0;

  constructor(env: OrchestratorEnv, dialler: Dialler, tasks: Tasks) {
    this.#env = env;
    this.#dialler = dialler;
    this.#tasks = tasks;
  }

  /** Gossip tells of a node: dialled if the configuration wants it, unless it is linked or being dialled. */
  onGossip(
    zid: ZenohId,
    whatami: WhatAmI,
    locators: readonly Locator[],
    conditions: StartConditions | undefined,
  ): void {
    const { log, settings, manager, zid: own } = this.#env;
    const { gossip } = settings.scouting;
    if (this.#tasks.over || zid.equals(own) || locators.length === 0 || (gossip.autoconnect & whatami) === 0) return;
    const strategy = gossip.strategy[whatami === 1 ? 'router' : whatami === 2 ? 'peer' : 'client'];
    if (strategy === 'greater-zid' && own.compare(zid) <= 0) return;
    const name = zid.toString();
    if (manager.transport(zid) !== undefined || this.#dialling.has(name)) return;
    if (this.#dialling.size >= settings.transport.maxSessions) {
      if (log.debugging) log.debug(`${name} is not dialled: ${this.#dialling.size} others are`);
      return;
    }
    conditions?.addNode(zid);
    this.#dialling.add(name);
    const begin = (): void => {
      this.#busy++;
      void this.#connect(zid, locators).then((connected) => {
        this.#dialling.delete(name);
        this.#busy--;
        // A node that cannot be reached is not waited for; a peer is, until it has told what it has.
        if (!connected || !settings.open.declares || whatami !== 2) conditions?.meetNode(zid);
        if (!this.#tasks.over) this.#waiting.shift()?.();
      });
    };
    if (this.#busy < AT_A_TIME) begin();
    else this.#waiting.push(begin);
  }

  /** Never fails: true if there is a transport now. */
  async #connect(zid: ZenohId, locators: readonly Locator[]): Promise<boolean> {
    const { settings, manager, log } = this.#env;
    if (manager.transport(zid) !== undefined) return true;
    const configured = new Set(settings.connect.endpoints.map((one) => one.endpoint.locator.toString()));
    const rest = locators.filter((locator) => !configured.has(locator.toString()));
    if (rest.length === 0) {
      log.debug(`${zid} is left to the connectors of its configured endpoints`);
      return false;
    }
    const linked = await this.#dialAny(zid, rest);
    if (linked || this.#tasks.over || manager.transport(zid) !== undefined) return true;
    log.warn(`Unable to connect to any locator of scouted peer ${zid}: ${rest.join(', ')}`);
    return false;
  }

  /**
   * Locators in order, each with a head start on the next; the first transport ends the other attempts. True also if the node
   * says that it is linked already, because it has dialled meanwhile.
   */
  async #dialAny(zid: ZenohId, locators: readonly Locator[]): Promise<boolean> {
    const { manager, log } = this.#env;
    const others = new AbortController();
    const dials: Promise<void>[] = [];
    const state = { linked: false };
    for (const locator of locators) {
      if (state.linked || this.#tasks.over || manager.transport(zid) !== undefined) break;
      const dial = this.#dialler.dial(locator.toEndpoint(), { expected: zid, signal: others.signal }).then(
        () => {
          state.linked = true;
          others.abort();
        },
        (cause: unknown) => {
          if (cause instanceof RefusedError && cause.reason === CloseReason.MAX_LINKS) state.linked = true;
          if (log.debugging) log.debug(`Unable to connect to ${locator} of ${zid}: ${textOf(cause)}`);
        },
      );
      dials.push(dial);
      await this.#tasks.within(HEAD_START_MS, dial);
    }
    await Promise.all(dials);
    return state.linked;
  }
}
