import type { Log } from '../base/index.ts';
import type { LinkState, Locator, WhatAmI, ZenohId } from '../wire/index.ts';
import { type Face, SOUTH } from './face.ts';
import type { Outgoing } from './outgoing.ts';

/** Locators of a node that are kept, and told of. */
const LOCATORS = 64;

/** A node as gossip knows it. */
interface Node {
  /** By what number this node calls it. */
  readonly psid: number;
  readonly zid: ZenohId;
  readonly whatami: WhatAmI;
  locators: readonly Locator[] | undefined;
  sn: number;
  readonly gateway: boolean;
}

export interface GossipOptions {
  readonly zid: ZenohId;
  readonly whatami: WhatAmI;
  readonly enabled: boolean;
  /** Roles of neighbours that locators are told to: a union of bits. */
  readonly target: number;
  /** Where this node can be reached, now. */
  locators(): readonly Locator[];
  /** A node was heard of that can be reached there. */
  onDiscovered(zid: ZenohId, whatami: WhatAmI, locators: readonly Locator[]): void;
  /** How many nodes a neighbour may tell of, and what happens if it tells of more. */
  readonly maxNames: number;
  onTooMany(face: Face): void;
  readonly log: Log;
}

/**
 * Single-hop gossip: a node tells its neighbours of its other neighbours and where they can be reached, so that peers that
 * share a neighbour find each other. Numbers are given by this node and never taken from outside.
 */
export class Gossip {
  readonly #options: GossipOptions;
  readonly #out: Outgoing;
  readonly #nodes = new Map<string, Node>();
  readonly #faces = new Set<Face>();
  /** What each neighbour calls the nodes it has told of. */
  readonly #names = new Map<Face, Map<number, { readonly zid: ZenohId; readonly whatami: WhatAmI }>>();
  readonly #freed: number[] = [];
  #next = 1;
  #sn = 1;

  constructor(options: GossipOptions, out: Outgoing) {
    this.#options = options;
    this.#out = out;
  }

  get #routing(): boolean {
    return this.#options.whatami === 1;
  }

  /** A peer or router is linked. A router sends its list even if it is empty: the peer waits for it. */
  opened(face: Face): void {
    this.#faces.add(face);
    this.#names.set(face, new Map());
    if (this.#routing) {
      this.#out.linkState(face, this.#known(face));
      return;
    }
    if (!this.#options.enabled || (this.#options.target & face.whatami) === 0) return;
    this.#sn++;
    const fresh = this.#nodes.has(face.zid.toString()) ? undefined : this.#add(face.zid, face.whatami, face);
    for (const other of this.#faces) {
      if (other === face || other.remoteBound !== SOUTH) continue;
      const self = { ...this.#self(other), zid: undefined };
      this.#out.linkState(other, fresh === undefined ? [self] : [this.#state(fresh, false), self]);
    }
    this.#out.linkState(face, [this.#self(face), ...this.#known(face)]);
  }

  /** This node, as told to a neighbour: its links are a router's business alone. */
  #self(to: Face): LinkState {
    const { zid, whatami } = this.#options;
    const links = to.remoteBound === SOUTH ? [...this.#nodes.values()].map((node) => node.psid) : [];
    return {
      psid: 0,
      sn: this.#sn,
      zid,
      whatami,
      locators: this.#options.locators(),
      gateway: false,
      links,
      weights: undefined,
    };
  }

  #known(to: Face): LinkState[] {
    const states: LinkState[] = [];
    for (const node of this.#nodes.values()) {
      if (this.#routing && node.zid.equals(to.zid)) continue;
      states.push(this.#state(node, this.#tells(to)));
    }
    return states;
  }

  /** May locators be told to this neighbour? */
  #tells(to: Face): boolean {
    return this.#options.enabled && (this.#options.target & to.whatami) !== 0;
  }

  #state(node: Node, locators: boolean): LinkState {
    return {
      psid: node.psid,
      sn: node.sn,
      zid: node.zid,
      whatami: node.whatami,
      locators: locators ? node.locators : undefined,
      gateway: node.gateway,
      links: [],
      weights: undefined,
    };
  }

  #add(zid: ZenohId, whatami: WhatAmI, face: Face | undefined): Node {
    const psid = this.#freed.pop() ?? this.#next++;
    const gateway = face !== undefined && face.remoteBound === SOUTH;
    const node: Node = { psid, zid, whatami, locators: undefined, sn: 0, gateway };
    this.#nodes.set(zid.toString(), node);
    return node;
  }

  /** A neighbour tells what it knows. */
  onLinkState(face: Face, states: readonly LinkState[]): void {
    const names = this.#names.get(face);
    if (names === undefined || (!this.#options.enabled && !this.#routing)) return;
    for (const s of states) {
      if (s.zid === undefined) continue;
      // Numbers are the neighbour's: one of 2^40 costs no more than one of 1.
      names.set(s.psid, { zid: s.zid, whatami: s.whatami ?? 1 });
      if (names.size > this.#options.maxNames) {
        this.#options.onTooMany(face);
        return;
      }
    }
    for (const s of states) {
      const named = names.get(s.psid);
      if (named === undefined) continue;
      if (named.zid.equals(this.#options.zid)) {
        // What others say of this node changes nothing here.
        const { log } = this.#options;
        if (s.sn > this.#sn && log.debugging) log.debug(`${face.zid} tells of a state ${s.sn} of this node: ignored`);
        continue;
      }
      if (named.zid.equals(face.zid)) this.#neighbour(face, s);
      if (s.locators !== undefined && s.locators.length > 0 && this.#options.enabled) {
        this.#options.onDiscovered(named.zid, named.whatami, s.locators.slice(0, LOCATORS));
      }
    }
  }

  /** What a neighbour says of itself: kept if it is newer, and passed on if it can be reached elsewhere now. */
  #neighbour(face: Face, s: LinkState): void {
    let node = this.#nodes.get(face.zid.toString());
    const unknown = node === undefined;
    node ??= this.#add(face.zid, face.whatami, face);
    if (!unknown && s.sn <= node.sn) return;
    node.sn = s.sn;
    const locators = s.locators?.slice(0, LOCATORS);
    if (locators === undefined || sameLocators(locators, node.locators)) return;
    node.locators = locators;
    for (const other of this.#faces) {
      if (other !== face && this.#tells(other)) this.#out.linkState(other, [this.#state(node, true)]);
    }
  }

  closed(face: Face): void {
    if (!this.#faces.delete(face)) return;
    this.#names.delete(face);
    const key = face.zid.toString();
    const node = this.#nodes.get(key);
    if (node === undefined) return;
    this.#nodes.delete(key);
    this.#freed.push(node.psid);
  }
}

function sameLocators(a: readonly Locator[], b: readonly Locator[] | undefined): boolean {
  return b !== undefined && a.length === b.length && a.every((one, i) => one.equals(b[i]!));
}
