import { DOUBLE, VERBATIM, type ChunkKind, chunkIncludes, chunkIntersects, kindOf } from './chunk.ts';
import { steps } from './steps.ts';

/**
 * A key being matched chunk by chunk against another expression, like an automaton: after each chunk of the other one, a
 * set tells how many chunks of the key may be consumed by then. Sets are ascending arrays of positions 0 to `length`, so
 * a step costs at most the chunks of the key, and no path is ever taken twice.
 */
export class LongKey {
  readonly chunks: readonly string[];
  readonly kinds: readonly ChunkKind[];
  readonly length: number;

  constructor(text: string) {
    this.chunks = text.split('/');
    this.kinds = this.chunks.map((chunk) => kindOf(chunk));
    this.length = this.chunks.length;
  }

  /** Nothing of the other expression is consumed yet. A leading `**` of the key may stand for nothing. */
  begin(): number[] {
    const set: number[] = [];
    add(this, set, 0);
    return set;
  }
}

/** The set after one more chunk of the other expression: what remains possible for a key in both. */
export type Step = (key: LongKey, set: readonly number[], chunk: string, kind: number) => number[];

/** Both sides may stand for several keys: a `**` on either side swallows chunks of the opposite one. */
export const stepIntersecting: Step = (key, set, chunk, kind) => {
  if (kind === DOUBLE) return flood(key, set);
  const next: number[] = [];
  for (const at of set) {
    if (at === key.length) continue;
    steps.positions++;
    const own = key.kinds[at]!;
    if (own === DOUBLE) {
      if (kind !== VERBATIM) add(key, next, at);
    } else if (relates(chunkIntersects, key.chunks[at]!, own, chunk, kind)) add(key, next, at + 1);
  }
  return next;
};

/** The other expression includes the key: a `**` of the key is swallowed by nothing but a `**`. */
export const stepIncluding: Step = (key, set, chunk, kind) => {
  if (kind === DOUBLE) return flood(key, set);
  const next: number[] = [];
  for (const at of set) {
    if (at === key.length) continue;
    steps.positions++;
    if (relates(chunkIncludes, chunk, kind, key.chunks[at]!, key.kinds[at]!)) next.push(at + 1);
  }
  return next;
};

/** The key includes the other expression. */
export const stepIncluded: Step = (key, set, chunk, kind) => {
  const next: number[] = [];
  for (const at of set) {
    if (at === key.length) continue;
    steps.positions++;
    const own = key.kinds[at]!;
    if (own === DOUBLE) {
      if (kind !== VERBATIM) add(key, next, at);
    } else if (relates(chunkIncludes, key.chunks[at]!, own, chunk, kind)) add(key, next, at + 1);
  }
  return next;
};

/** A `**` of the other expression: from each position on, over everything that is not verbatim. */
function flood(key: LongKey, set: readonly number[]): number[] {
  const next: number[] = [];
  for (const at of set) {
    for (let to = at; next.length === 0 || to > next[next.length - 1]!; to++) {
      next.push(to);
      steps.positions++;
      if (to === key.length || key.kinds[to] === VERBATIM) break;
    }
  }
  return next;
}

/**
 * Adds a position, and those behind a `**` of the key, which may stand for nothing. Positions arrive in ascending order,
 * except that such a run may have run ahead; then they are in already.
 */
function add(key: LongKey, set: number[], at: number): void {
  for (let to = at; set.length === 0 || to > set[set.length - 1]!; to++) {
    set.push(to);
    if (key.kinds[to] !== DOUBLE) break;
  }
}

function relates(relation: typeof chunkIntersects, a: string, aKind: number, b: string, bKind: number): boolean {
  return relation(a, 0, a.length, aKind, b, 0, b.length, bKind);
}
