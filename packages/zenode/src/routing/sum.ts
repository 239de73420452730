import { MinHeap } from '../base/index.ts';
import { type Info, mergeInfo } from './primitives.ts';

/** No entity at all: what stands where an info would. */
export const NONE = -1;

export function merge(a: Info, b: Info): Info {
  return a === NONE ? b : b === NONE ? a : mergeInfo(a, b);
}

/** Up to this many different infos the one that decides is looked for among all of them. */
const FEW = 16;

/** Infos of several entities, and what they come to. Adding and taking away costs about the same, however many there are. */
export class Sum {
  readonly #counts = new Map<Info, number>();
  /** Ranks of the infos, and of some that are gone; there once it was needed. */
  #order: MinHeap | undefined;
  /** The merged info; -1 if there is no entity. */
  info: Info = NONE;
  /** Interests that ask for it. */
  users = 0;

  add(info: Info): void {
    const n = this.#counts.get(info) ?? 0;
    this.#counts.set(info, n + 1);
    if (n === 0 && this.#order !== undefined) {
      if (this.#order.size > 4 * this.#counts.size + 64) this.#order = undefined;
      else this.#order.push(rankOf(info));
    }
    this.info = merge(this.info, info);
  }

  remove(info: Info): void {
    const counts = this.#counts;
    const n = counts.get(info)! - 1;
    if (n > 0) {
      counts.set(info, n);
      return;
    }
    counts.delete(info);
    // It is one of them: any other decides nothing when it goes.
    if (this.info !== info) return;
    this.info = counts.size > FEW ? this.#least() : NONE;
    if (this.info === NONE) for (const one of counts.keys()) this.info = merge(this.info, one);
  }

  #least(): Info {
    const counts = this.#counts;
    let order = this.#order;
    if (order === undefined) {
      this.#order = order = new MinHeap();
      order.refill([...counts.keys()].map(rankOf));
    }
    for (let rank = order.peek(); rank !== undefined; rank = order.peek()) {
      const info = infoOf(rank);
      if (counts.has(info)) return info;
      order.pop();
    }
    return NONE;
  }
}

/** What rank of incomplete infos lies above those of complete ones. */
const INCOMPLETE = 2 ** 32;

/** The info that decides has the least rank: see `mergeInfo`. */
function rankOf(info: Info): number {
  return (info >>> 8) + ((info & 1) !== 0 ? 0 : INCOMPLETE);
}

function infoOf(rank: number): Info {
  return rank >= INCOMPLETE ? (rank - INCOMPLETE) * 256 : rank * 256 + 1;
}
