import { KeTree, STOP } from '../keyexpr/index.ts';
import type { WhatAmI, ZenohId } from '../wire/index.ts';
import type { Breadcrumb, LocalInterest, RemoteInterest } from './interest.ts';
import { KeyBudget } from './key-budget.ts';
import { type Egress, type EntityKind, KEYEXPRS, type LocalPeer, optionOf } from './primitives.ts';
import type { Asker, PendingQuery } from './query.ts';
import type { Region } from './region.ts';
import type { Resource, Told } from './resource.ts';
import type { RoutedKey } from './route.ts';
import type { Sum } from './sum.ts';

/** Where the other node places this one: is it upstream of us (we are in its south), or not? */
export const NORTH = 0;
export const SOUTH = 1;

/** A declared key expression. */
export interface Mapping {
  readonly key: string;
  /** Routes of the key itself, made at first use. */
  routed: RoutedKey | undefined;
}

/**
 * A party that routing exchanges messages with: a transport to a remote node, or a local session. It is an egress and an
 * ingress; which of both has bytes and which has objects is told by `egress` and `local`.
 */
export class Face {
  readonly id: number;
  readonly zid: ZenohId;
  readonly whatami: WhatAmI;
  readonly region: Region;
  readonly remoteBound: typeof NORTH | typeof SOUTH;
  readonly egress: Egress | undefined;
  readonly local: LocalPeer | undefined;
  closed = false;
  /** Aliases that this node declared to the face, by id, and their ids by key. */
  readonly localMappings: (Mapping | undefined)[] = [];
  readonly localIds: Map<string, number> = new Map();
  /** Aliases that the face declared to this node. */
  readonly remoteMappings: (Mapping | undefined)[] = [];
  readonly remoteIds: Map<string, number> = new Map();
  /** What the face declared, by kind and id. */
  readonly declared: readonly [Map<number, Resource>, Map<number, Resource>, Map<number, Resource>] = [
    new Map(),
    new Map(),
    new Map(),
  ];
  /** What was declared to the face. */
  readonly told: readonly [Map<Resource, Told>, Map<Resource, Told>, Map<Resource, Told>] = [
    new Map(),
    new Map(),
    new Map(),
  ];
  /** What all keys of the face take. */
  readonly keys: KeyBudget = new KeyBudget();
  /** Future interests of the face. */
  readonly interests: Map<number, RemoteInterest> = new Map();
  /** Future interests this node has sent to the face. */
  readonly localInterests: Map<number, LocalInterest> = new Map();
  /** Interests relayed to the face whose current part it has not finished. */
  readonly pendingCurrent: Map<number, Breadcrumb> = new Map();
  /** Queries of the face under way, by its ids, and how many there are: ids of a remote node may be used twice. */
  readonly askers: Map<number, Asker> = new Map();
  asked = 0;
  /** Requests this node has sent to the face. */
  readonly pendingQueries: Map<number, PendingQuery> = new Map();
  /** Interests of the face that wait for an upstream's answer. */
  asking = 0;
  /** Sums that the face asks for, by kind and key. */
  readonly sums: readonly [Map<string, Sum>, Map<string, Sum>, Map<string, Sum>] = [new Map(), new Map(), new Map()];
  /** Interests of the face that ask for aliases: how many in everything, and how many on each key. */
  readonly #aliased: Map<string | undefined, number> = new Map();
  #aliasTree: KeTree<true> | undefined;
  readonly #localByKey: Map<string | undefined, Map<number, LocalInterest>> = new Map();
  /** Every alias below this number has been taken, or was the remote's when one was looked for. It never falls. */
  aliasFrom = 1;
  nextId = 1;
  nextRequestId = 1;
  /** A peer that has told all it had when it came. */
  declaredAll = false;

  constructor(
    id: number,
    zid: ZenohId,
    whatami: WhatAmI,
    region: Region,
    remoteBound: typeof NORTH | typeof SOUTH,
    side: { readonly egress: Egress } | { readonly local: LocalPeer },
  ) {
    this.id = id;
    this.zid = zid;
    this.whatami = whatami;
    this.region = region;
    this.remoteBound = remoteBound;
    this.egress = 'egress' in side ? side.egress : undefined;
    this.local = 'local' in side ? side.local : undefined;
  }

  /** A fresh id for an entity or interest sent to this face. */
  freshId(): number {
    return this.nextId++;
  }

  freshRequestId(): number {
    const id = this.nextRequestId;
    this.nextRequestId = id === 0xffffffff ? 1 : id + 1;
    return id;
  }

  addInterest(id: number, interest: RemoteInterest): void {
    this.interests.set(id, interest);
    const { key, options } = interest;
    if (key !== undefined) this.keys.add(key);
    if ((options & KEYEXPRS) === 0) return;
    const n = this.#aliased.get(key) ?? 0;
    this.#aliased.set(key, n + 1);
    if (n === 0 && key !== undefined) (this.#aliasTree ??= new KeTree()).insert(key).value = true;
  }

  removeInterest(id: number): RemoteInterest | undefined {
    const interest = this.interests.get(id);
    if (interest === undefined) return undefined;
    this.interests.delete(id);
    const { key, options } = interest;
    if (key !== undefined) this.keys.remove(key);
    if ((options & KEYEXPRS) !== 0) {
      const n = this.#aliased.get(key)! - 1;
      if (n > 0) this.#aliased.set(key, n);
      else {
        this.#aliased.delete(key);
        if (key !== undefined) this.#aliasTree!.remove(key);
      }
    }
    return interest;
  }

  /**
   * Has the face asked for an alias of `prefix`, the literal part of `key`? One for a key within its interest; of a key that
   * goes on behind the prefix only if it asked for all, as the reference does.
   */
  wantsAlias(prefix: string, key: string): boolean {
    if (this.region.hat.unasked || this.#aliased.has(undefined)) return true;
    if (this.#aliasTree === undefined || prefix !== key) return false;
    let found = false;
    this.#aliasTree.intersecting(key, () => {
      found = true;
      return STOP;
    });
    return found;
  }

  addLocalInterest(id: number, interest: LocalInterest): void {
    this.localInterests.set(id, interest);
    const same = this.#localByKey.get(interest.key);
    if (same === undefined) this.#localByKey.set(interest.key, new Map([[id, interest]]));
    else same.set(id, interest);
  }

  removeLocalInterest(id: number): void {
    const interest = this.localInterests.get(id);
    if (interest === undefined) return;
    this.localInterests.delete(id);
    const same = this.#localByKey.get(interest.key)!;
    same.delete(id);
    if (same.size === 0) this.#localByKey.delete(interest.key);
  }

  /** Ids of the interests sent to this face with this key and these options. */
  localInterestsLike(key: string | undefined, options: number): number[] {
    const ids: number[] = [];
    for (const [id, one] of this.#localByKey.get(key) ?? []) if (one.options === options) ids.push(id);
    return ids;
  }

  /** Is an interest of exactly this key and kind answered, so that silence means that nobody is there? */
  isFinal(kind: EntityKind, key: string): boolean {
    const option = optionOf(kind);
    for (const one of this.#localByKey.get(key)?.values() ?? []) {
      if (one.final && (one.options & option) !== 0) return true;
    }
    return false;
  }
}
