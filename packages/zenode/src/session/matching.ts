import { includes, intersects, KeTree, STOP } from '../keyexpr/index.ts';
import { type EntityKind, type Info, KEYEXPRS, optionOf, SUBSCRIBER } from '../routing/index.ts';
import type { InterestMode } from '../wire/index.ts';
import type { Context } from './context.ts';

const CURRENT_FUTURE: InterestMode = 3;
const FINAL: InterestMode = 0;

/** Kinds that a status is about: who would receive, and who would answer. */
type Kind = Exclude<EntityKind, 2>;

/** Whom somebody would reach. */
export interface Reach {
  readonly kind: Kind;
  readonly key: string;
  readonly remote: boolean;
  readonly own: boolean;
  /** Only those that are complete for the key count. */
  readonly complete: boolean;
}

/** Somebody who is told when a status may have changed. */
export interface MatchingWatch extends Reach {
  onMaybeChanged(): void;
}

interface Interest {
  readonly id: number;
  count: number;
}

/** What a session knows of subscribers and queryables: who is elsewhere it is told for its interests. */
export class Matching {
  readonly #context: Context;
  /** Elsewhere, by key: infos by id. */
  readonly #remote: readonly [KeTree<Map<number, Info>>, KeTree<Map<number, Info>>] = [new KeTree(), new KeTree()];
  readonly #keys: readonly [Map<number, string>, Map<number, string>] = [new Map(), new Map()];
  readonly #interests: readonly [Map<string, Interest>, Map<string, Interest>] = [new Map(), new Map()];
  readonly #watches = new Set<MatchingWatch>();

  constructor(context: Context) {
    this.#context = context;
  }

  /** Asks to be told of a kind on a key; twins share one interest. */
  enter(kind: Kind, key: string): void {
    const interests = this.#interests[kind];
    const known = interests.get(key);
    if (known !== undefined) known.count++;
    else {
      const { runtime, core } = this.#context;
      const id = runtime.nextEntityId();
      interests.set(key, { id, count: 1 });
      core.tables.declareInterest(core.face, id, CURRENT_FUTURE, KEYEXPRS | optionOf(kind), key);
    }
  }

  leave(kind: Kind, key: string): void {
    const interests = this.#interests[kind];
    const known = interests.get(key);
    if (known === undefined || --known.count > 0) return;
    interests.delete(key);
    const { core } = this.#context;
    if (!core.closed) core.tables.declareInterest(core.face, known.id, FINAL, 0, undefined);
  }

  watch(one: MatchingWatch): void {
    this.#watches.add(one);
  }

  unwatch(one: MatchingWatch): void {
    this.#watches.delete(one);
  }

  /** Does it reach anybody, as far as is known now? */
  matches(reach: Reach): boolean {
    const { kind, key, complete } = reach;
    if (reach.own) {
      const { core, answering } = this.#context;
      if (kind === SUBSCRIBER ? core.ownSubscribers(key).length > 0 : answering.reached(key, complete)) return true;
    }
    if (!reach.remote) return false;
    let found = false;
    this.#remote[kind].intersecting(key, (node) => {
      if (node.value === undefined) return undefined;
      found = !complete || (includes(node.key, key) && [...node.value.values()].some((info) => (info & 1) !== 0));
      return found ? STOP : undefined;
    });
    return found;
  }

  declare(kind: Kind, id: number, key: string, info: Info): void {
    const keys = this.#keys[kind];
    if (keys.has(id) && keys.get(id) !== key) this.undeclare(kind, id);
    keys.set(id, key);
    const node = this.#remote[kind].insert(key);
    node.value ??= new Map();
    node.value.set(id, info);
    this.#changed(kind, key);
  }

  undeclare(kind: Kind, id: number): void {
    const key = this.#keys[kind].get(id);
    if (key === undefined) return;
    this.#keys[kind].delete(id);
    const tree = this.#remote[kind];
    const node = tree.get(key);
    if (node?.value?.delete(id) === true && node.value.size === 0) {
      node.value = undefined;
      tree.prune(node);
    }
    this.#changed(kind, key);
  }

  /** Own subscribers, or queryables, on a key have come or gone. */
  ownChanged(key: string, kind: Kind = SUBSCRIBER): void {
    this.#changed(kind, key);
  }

  #changed(kind: Kind, key: string): void {
    for (const one of this.#watches) {
      if (one.kind === kind && intersects(one.key, key)) one.onMaybeChanged();
    }
  }

  close(): void {
    this.#watches.clear();
  }
}
