import { type Info, mergeInfo } from './primitives.ts';

/** No entity at all: what stands where an info would. */
export const NONE = -1;

export function merge(a: Info, b: Info): Info {
  return a === NONE ? b : b === NONE ? a : mergeInfo(a, b);
}

/** Infos of several entities, and what they come to. Adding and taking away costs the same, however many there are. */
export class Sum {
  readonly #counts = new Map<Info, number>();
  /** The merged info; -1 if there is no entity. */
  info: Info = NONE;
  /** Interests that ask for it. */
  users = 0;

  add(info: Info): void {
    this.#counts.set(info, (this.#counts.get(info) ?? 0) + 1);
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
    this.info = NONE;
    for (const one of counts.keys()) this.info = merge(this.info, one);
  }
}
