import { intersects } from './matching.ts';

/** A field of a format. */
export interface Spec {
  readonly id: string;
  readonly pattern: string;
  /** What it is where no value is set. */
  readonly fallback: string | undefined;
  /** The text between the field before it, or the start, and this one; slashes included. */
  readonly before: string;
}

/** Stands for a rest in which there is nothing. */
const NOTHING = -1;

/**
 * Finds the fields of a format in a key. Greedy from the left, with backtracking; what has failed once is not tried again,
 * so the steps are bounded by a polynomial of the number of chunks and fields.
 */
export class FormatMatcher {
  readonly #key: string;
  readonly #chunks: readonly string[];
  readonly #specs: readonly Spec[];
  readonly #literals: readonly string[];
  readonly #suffix: string;
  readonly #fields: string[];
  /** Number of chunks that are looked at: those behind belong to the tail. */
  #end = 0;
  #failed = new Set<number>();

  constructor(key: string, specs: readonly Spec[], tail: string) {
    this.#key = key;
    this.#chunks = key.split('/');
    this.#specs = specs;
    this.#literals = specs.map(({ before }) => before.replace(/^\//, '').replace(/\/$/, ''));
    this.#suffix = specs.length > 0 ? tail.slice(1) : tail;
    this.#fields = specs.map(() => '');
  }

  /** The text of each field, in their order; undefined if the key does not match. */
  match(): readonly string[] | undefined {
    return this.#matches() ? this.#fields : undefined;
  }

  #matches(): boolean {
    const n = this.#chunks.length;
    if (this.#specs.length === 0) return intersects(this.#key, this.#suffix);
    if (this.#suffix === '') return this.#begin(0, n);
    for (let k = n - 1; k >= 0; k--) {
      const right = this.#splitAt(k, n);
      if (right >= 0 && intersects(this.#suffix, this.#text(right, n)) && this.#begin(0, k + 1)) return true;
    }
    return intersects(this.#suffix, this.#key) && this.#begin(NOTHING, n);
  }

  #begin(start: number, end: number): boolean {
    this.#end = end;
    this.#failed = new Set();
    return this.#rest(start, 0);
  }

  /** Do the chunks from `start` on match the fields from `i` on? */
  #rest(start: number, i: number): boolean {
    const specs = this.#specs;
    if (i === specs.length) return start === NOTHING || this.#isDouble(start);
    const state = (start + 1) * (specs.length + 1) + i;
    if (this.#failed.has(state)) return false;
    const found = start === NOTHING ? this.#empty(i) : this.#field(start, i);
    if (!found) this.#failed.add(state);
    return found;
  }

  /** Nothing is left: all that follows must be able to be empty. */
  #empty(i: number): boolean {
    for (let k = i; k < this.#specs.length; k++) {
      if (this.#literals[k] !== '' || this.#specs[k]!.pattern !== '**') return false;
    }
    this.#fields.fill('', i);
    return true;
  }

  /** The literal in front of field `i`, and the field. */
  #field(start: number, i: number): boolean {
    const literal = this.#literals[i]!;
    if (literal === '' && this.#take(start, i)) return true;
    for (let k = start; k < this.#end; k++) {
      const right = this.#splitAt(k, this.#end);
      if (right < 0) continue;
      const left = this.#text(start, k + 1);
      if ((literal === '' ? left === '**' : intersects(literal, left)) && this.#take(right, i)) return true;
      if (literal === '') break;
    }
    if (this.#specs[i]!.pattern !== '**' || literal === '') return false;
    return intersects(literal, this.#text(start, this.#end)) && this.#assign(i, '', NOTHING);
  }

  /** Field `i` alone, as long as possible. */
  #take(start: number, i: number): boolean {
    const { pattern } = this.#specs[i]!;
    const whole = this.#text(start, this.#end);
    if (intersects(pattern, whole) && this.#assign(i, whole, whole === '**' ? start : NOTHING)) return true;
    for (let k = this.#end - 1; k >= start; k--) {
      const right = this.#splitAt(k, this.#end);
      if (right < 0) continue;
      const left = this.#text(start, k + 1);
      if (intersects(pattern, left) && this.#assign(i, left, right)) return true;
    }
    return pattern === '**' && this.#assign(i, '', start);
  }

  #assign(i: number, value: string, rest: number): boolean {
    if (!this.#rest(rest, i + 1)) return false;
    this.#fields[i] = value;
    return true;
  }

  /** Where the right part begins when the left one ends with chunk `k`: a `**` belongs to both. Below 0: not here. */
  #splitAt(k: number, end: number): number {
    if (this.#chunks[k] === '**') return k;
    return k + 1 < end && this.#chunks[k + 1] !== '**' ? k + 1 : NOTHING;
  }

  #isDouble(start: number): boolean {
    return start === this.#end - 1 && this.#chunks[start] === '**';
  }

  #text(start: number, end: number): string {
    return this.#chunks.slice(start, end).join('/');
  }
}
