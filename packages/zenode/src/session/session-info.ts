import type { WhatAmI, ZenohId } from '../wire/index.ts';
import type { Context } from './context.ts';

const ROUTER: WhatAmI = 1;
const PEER: WhatAmI = 2;

let make: (context: Context) => SessionInfo;

/** Snapshot of identities. */
export class SessionInfo {
  readonly #zid: ZenohId;
  readonly #routers: readonly ZenohId[];
  readonly #peers: readonly ZenohId[];
  readonly #locators: readonly string[];

  static {
    make = (context) => new SessionInfo(context);
  }

  private constructor({ runtime }: Context) {
    const linked = [...runtime.transports];
    const of = (kind: WhatAmI): ZenohId[] => linked.filter((one) => one.whatami === kind).map((one) => one.zid);
    this.#zid = runtime.zid;
    this.#routers = of(ROUTER);
    this.#peers = of(PEER);
    this.#locators = runtime.locators().map(String);
  }

  /** Of this node. */
  zid(): ZenohId {
    return this.#zid;
  }

  /** Routers that this node is linked to. */
  routersZid(): ZenohId[] {
    return [...this.#routers];
  }

  /** Peers that this node is linked to. */
  peersZid(): ZenohId[] {
    return [...this.#peers];
  }

  /** Where this node can be reached. */
  locators(): string[] {
    return [...this.#locators];
  }
}

export function sessionInfoOf(context: Context): SessionInfo {
  return make(context);
}
