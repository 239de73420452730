import { DOUBLE, DSL, STAR, VERBATIM, type ChunkKind, chunkIncludes, chunkIntersects, kindOf } from './chunk.ts';
import { steps } from './steps.ts';
import { INCLUDED, INCLUDING, INTERSECTING, type Relation } from './tree-relation.ts';

/** Positions 0 to 32 n - 1 as bits; only the words `[low, low + words.length)` that hold any are there. */
export interface Positions {
  readonly low: number;
  readonly words: Int32Array;
}

/**
 * A key being matched chunk by chunk against another expression, like an automaton: after each chunk of the other one, a
 * set tells how many chunks of the key may be consumed by then. No path is taken twice; a step costs one operation per 32
 * chunks of the key that are in question, and one comparison for each where a `$*` is involved.
 */
export class LongKey {
  readonly length: number;
  readonly #relation: Relation;
  readonly #chunks: readonly string[];
  readonly #kinds: readonly ChunkKind[];
  /** Positions by chunk text. */
  readonly #where = new Map<string, number[]>();
  /** The same as masks, for texts that are in many places: there are at most 32 of them. */
  readonly #dense = new Map<string, Int32Array>();
  readonly #size: number;
  readonly #doubles: Int32Array;
  /** Not verbatim: what a `**` of the other expression may swallow. */
  readonly #open: Int32Array;
  /** Neither verbatim nor `**`: what a `*` of the other expression may match. */
  readonly #single: Int32Array;
  readonly #stars: Int32Array;
  readonly #dsls: Int32Array;

  constructor(text: string, relation: Relation) {
    this.#relation = relation;
    this.#chunks = text.split('/');
    this.#kinds = this.#chunks.map((chunk) => kindOf(chunk));
    this.length = this.#chunks.length;
    this.#size = (this.length >>> 5) + 1;
    this.#doubles = this.#maskOf((kind) => kind === DOUBLE);
    this.#open = this.#maskOf((kind) => kind !== VERBATIM);
    this.#single = this.#maskOf((kind) => kind !== VERBATIM && kind !== DOUBLE);
    this.#stars = this.#maskOf((kind) => kind === STAR);
    this.#dsls = this.#maskOf((kind) => kind === DSL);
    this.#chunks.forEach((chunk, i) => {
      const places = this.#where.get(chunk);
      if (places === undefined) this.#where.set(chunk, [i]);
      else places.push(i);
    });
  }

  /** Nothing of the other expression is consumed yet. */
  begin(): Positions {
    const first = new Int32Array(this.#size);
    first[0] = 1;
    return this.#settled(first, 0, 1);
  }

  /** May the whole key be consumed? */
  isDone(set: Positions): boolean {
    return has(set, this.length);
  }

  /** Could a literal chunk that differs from the key's be next? */
  isWild(set: Positions): boolean {
    if (this.#relation === INCLUDING) return false;
    return set.words.some((word, i) => {
      const at = set.low + i;
      return (word & (this.#doubles[at]! | this.#stars[at]! | this.#dsls[at]!)) !== 0;
    });
  }

  /** Chunks of the key that may be next, each text once. */
  nextChunks(set: Positions): Set<string> {
    const chunks = new Set<string>();
    forEachIn(set, undefined, (at) => {
      if (at < this.length) chunks.add(this.#chunks[at]!);
    });
    return chunks;
  }

  /** The set after one more chunk of the other expression; undefined if there is none. */
  step(set: Positions, chunk: string, kind: number): Positions | undefined {
    const { low, words } = set;
    const next = new Int32Array(Math.min(words.length + 1, this.#size - low));
    steps.positions += words.length;
    if (kind === DOUBLE && this.#relation !== INCLUDED) {
      next.set(words);
      return trimmed(this.#flooded(next, low, this.#open));
    }
    // what the wildcards of the key make of a chunk
    if (this.#relation !== INCLUDING && kind !== VERBATIM) {
      for (let i = 0; i < words.length; i++) next[i] = words[i]! & this.#doubles[low + i]!;
      if (kind !== DOUBLE) advance(next, set, this.#stars);
      if (kind !== DOUBLE && kind !== DSL) this.#advanceRelated(next, set, this.#dsls, chunk, kind);
    }
    if (kind !== DOUBLE && kind !== STAR) this.#advanceEqual(next, set, chunk);
    // and what the chunk, if wild, makes of those of the key
    if (kind === STAR && this.#relation !== INCLUDED) advance(next, set, this.#single);
    if (kind === DSL) {
      this.#advanceRelated(next, set, this.#relation === INCLUDED ? this.#dsls : this.#single, chunk, kind);
    }
    return trimmed(this.#settled(next, low, next.length));
  }

  #maskOf(is: (kind: ChunkKind) => boolean): Int32Array {
    const mask = new Int32Array(this.#size);
    for (let i = 0; i < this.length; i++) if (is(this.#kinds[i]!)) mask[i >>> 5]! |= 1 << (i & 31);
    return mask;
  }

  /** One further where the key has the same chunk. */
  #advanceEqual(next: Int32Array, set: Positions, chunk: string): void {
    const places = this.#where.get(chunk);
    if (places === undefined) return;
    if (places.length <= this.#size) {
      steps.positions += places.length;
      for (const at of places) if (has(set, at)) put(next, set.low, at + 1);
      return;
    }
    let mask = this.#dense.get(chunk);
    if (mask === undefined) {
      mask = new Int32Array(this.#size);
      for (const at of places) put(mask, 0, at);
      this.#dense.set(chunk, mask);
    }
    advance(next, set, mask);
  }

  /** One further from those positions of the mask whose chunk has to be compared. */
  #advanceRelated(next: Int32Array, set: Positions, mask: Int32Array, chunk: string, kind: number): void {
    forEachIn(set, mask, (at) => {
      steps.positions++;
      if (relates(this.#relation, this.#chunks[at]!, this.#kinds[at]!, chunk, kind)) put(next, set.low, at + 1);
    });
  }

  /** A `**` of the key may stand for nothing, except where it has to be included. */
  #settled(words: Int32Array, low: number, used: number): Positions {
    if (this.#relation === INCLUDING) return { low, words: words.subarray(0, used) };
    return this.#flooded(words, low, this.#doubles);
  }

  /** Goes on over positions in `through` as far as they reach, up to the end of the key. */
  #flooded(words: Int32Array, low: number, through: Int32Array): Positions {
    let out = words;
    let carry = 0;
    for (let i = 0; i < out.length || (carry !== 0 && low + i < this.#size); i++) {
      if (i === out.length) {
        out = new Int32Array(this.#size - low);
        out.set(words);
      }
      const run = through[low + i]!;
      const reached = flood(out[i]! | carry, run);
      out[i] = reached;
      words = out;
      carry = (reached & run) >>> 31;
    }
    return { low, words: out };
  }
}

/** Bits reached from those of `bits` by going on over bits in `run`, in strides of 1, 2, 4, 8 and 16. */
export function flood(bits: number, run: number): number {
  let reached = bits;
  let ways = run << 1;
  for (let shift = 1; ways !== 0 && shift < 32; shift <<= 1) {
    reached |= ways & (reached << shift);
    ways &= ways << shift;
  }
  return reached;
}

function relates(relation: Relation, own: string, ownKind: number, chunk: string, kind: number): boolean {
  if (relation === INTERSECTING) return chunkIntersects(own, 0, own.length, ownKind, chunk, 0, chunk.length, kind);
  if (relation === INCLUDED) return chunkIncludes(own, 0, own.length, ownKind, chunk, 0, chunk.length, kind);
  return chunkIncludes(chunk, 0, chunk.length, kind, own, 0, own.length, ownKind);
}

function has({ low, words }: Positions, at: number): boolean {
  const i = (at >>> 5) - low;
  return i >= 0 && i < words.length && (words[i]! & (1 << (at & 31))) !== 0;
}

function put(words: Int32Array, low: number, at: number): void {
  words[(at >>> 5) - low]! |= 1 << (at & 31);
}

/** Adds to `next` what is one further than the positions of the set that are in the mask. */
function advance(next: Int32Array, { low, words }: Positions, mask: Int32Array): void {
  let carry = 0;
  for (let i = 0; i < words.length; i++) {
    const from = words[i]! & mask[low + i]!;
    next[i]! |= (from << 1) | carry;
    carry = from >>> 31;
  }
  if (carry !== 0) next[words.length]! |= 1;
}

function forEachIn({ low, words }: Positions, mask: Int32Array | undefined, visit: (at: number) => void): void {
  for (let i = 0; i < words.length; i++) {
    for (let rest = mask === undefined ? words[i]! : words[i]! & mask[low + i]!; rest !== 0; rest &= rest - 1) {
      visit(((low + i) << 5) | (31 - Math.clz32(rest & -rest)));
    }
  }
}

/** Without empty words at the ends, so that few positions of a long key cost little. */
function trimmed({ low, words }: Positions): Positions | undefined {
  let start = 0;
  let end = words.length;
  while (start < end && words[start] === 0) start++;
  while (end > start && words[end - 1] === 0) end--;
  return start === end ? undefined : { low: low + start, words: words.subarray(start, end) };
}
