import { steps } from './steps.ts';

/** What a chunk is. A chunk of a text that is not canonical (`a*`, `***`, empty) counts as a literal. */
export type ChunkKind = 0 | 1 | 2 | 3 | 4;
export const LITERAL = 0;
/** Begins with `@`: equal to itself and to nothing else, whatever else it contains. */
export const VERBATIM = 1;
/** `*` */
export const STAR = 2;
/** `**` */
export const DOUBLE = 3;
/** Contains `$*`. */
export const DSL = 4;

export const SLASH = 0x2f;
export const DOLLAR = 0x24;
export const ASTERISK = 0x2a;
const AT = 0x40;

/** Kind of the chunk `text[start, end)`. */
export function kindOf(text: string, start: number = 0, end: number = text.length): ChunkKind {
  if (start === end) return LITERAL;
  const first = text.charCodeAt(start);
  if (first === AT) return VERBATIM;
  if (first === ASTERISK) {
    if (end - start === 1) return STAR;
    if (end - start === 2 && text.charCodeAt(start + 1) === ASTERISK) return DOUBLE;
  }
  return wildAt(text, start, end) < end ? DSL : LITERAL;
}

/** A text cut at `/`, as offsets. Made once and loaded again and again, so that matching allocates nothing. */
export class Chunks {
  text = '';
  count = 0;
  /** Chunk `i` is `[start[i], start[i + 1] - 1)`. */
  start: Int32Array = new Int32Array(64);
  kind: Uint8Array = new Uint8Array(64);

  /** @param from where a chunk begins; what stands before it is left out */
  load(text: string, from: number = 0): this {
    this.text = text;
    const wild = text.includes('*');
    let count = 0;
    for (let i = from; ; i++) {
      const end = i === text.length;
      if (!end && text.charCodeAt(i) !== SLASH) continue;
      if (count + 2 > this.start.length) this.#grow();
      this.start[count] = from;
      this.kind[count++] = wild ? kindOf(text, from, i) : text.charCodeAt(from) === AT ? VERBATIM : LITERAL;
      from = i + 1;
      if (end) break;
    }
    this.start[count] = from;
    this.count = count;
    return this;
  }

  /** Offset where chunk `i` ends. */
  end(i: number): number {
    return this.start[i + 1]! - 1;
  }

  #grow(): void {
    const start = new Int32Array(this.start.length * 4);
    const kind = new Uint8Array(this.start.length * 4);
    start.set(this.start);
    kind.set(this.kind);
    this.start = start;
    this.kind = kind;
  }
}

/** Is there a text that both chunks match? Neither is `**`. */
export function chunkIntersects(
  a: string,
  aStart: number,
  aEnd: number,
  aKind: number,
  b: string,
  bStart: number,
  bEnd: number,
  bKind: number,
): boolean {
  steps.chunks++;
  if (aKind === VERBATIM || bKind === VERBATIM) return aKind === bKind && sameText(a, aStart, aEnd, b, bStart, bEnd);
  if (aKind === STAR || bKind === STAR) return true;
  if (aKind === DSL) {
    if (bKind === DSL) return endsAgree(a, aStart, aEnd, b, bStart, bEnd);
    return globMatches(a, aStart, aEnd, b, bStart, bEnd);
  }
  if (bKind === DSL) return globMatches(b, bStart, bEnd, a, aStart, aEnd);
  return sameText(a, aStart, aEnd, b, bStart, bEnd);
}

/** Does chunk a match every text that b matches? A `**` on the right is covered by no single chunk. */
export function chunkIncludes(
  a: string,
  aStart: number,
  aEnd: number,
  aKind: number,
  b: string,
  bStart: number,
  bEnd: number,
  bKind: number,
): boolean {
  steps.chunks++;
  if (bKind === DOUBLE) return false;
  if (aKind === VERBATIM || bKind === VERBATIM) return aKind === bKind && sameText(a, aStart, aEnd, b, bStart, bEnd);
  if (aKind === STAR) return true;
  if (aKind === DSL) return globMatches(a, aStart, aEnd, b, bStart, bEnd);
  return sameText(a, aStart, aEnd, b, bStart, bEnd);
}

export function sameText(a: string, aStart: number, aEnd: number, b: string, bStart: number, bEnd: number): boolean {
  return aEnd - aStart === bEnd - bStart && sameRun(a, aStart, b, bStart, aEnd - aStart);
}

/**
 * Two chunks that both contain `$*` have a text in common exactly if the literal ends agree as far as both reach: what
 * lies between, of the one and then of the other, is swallowed by a `$*` of the opposite side.
 */
function endsAgree(a: string, aStart: number, aEnd: number, b: string, bStart: number, bEnd: number): boolean {
  const head = Math.min(wildAt(a, aStart, aEnd) - aStart, wildAt(b, bStart, bEnd) - bStart);
  if (!sameRun(a, aStart, b, bStart, head)) return false;
  const tail = Math.min(tailLength(a, aStart, aEnd), tailLength(b, bStart, bEnd));
  return sameRun(a, aEnd - tail, b, bEnd - tail, tail);
}

/**
 * The pattern's literal parts occur in `t`, the first at its start, the last at its end, the others in between as early as
 * possible. A `$*` in `t` is plain text, which no literal part contains: so this also decides inclusion. The work is linear
 * in both texts.
 */
function globMatches(p: string, ps: number, pe: number, t: string, ts: number, te: number): boolean {
  const head = wildAt(p, ps, pe) - ps;
  if (head > te - ts || !sameRun(p, ps, t, ts, head)) return false;
  ps += head;
  ts += head;
  const tail = tailLength(p, ps, pe);
  if (tail > te - ts || !sameRun(p, pe - tail, t, te - tail, tail)) return false;
  pe -= tail;
  te -= tail;
  // what is left of the pattern begins and ends with "$*", which may be one and the same
  for (ps += 2; ps < pe;) {
    const end = wildAt(p, ps, pe);
    const length = end - ps;
    ts = behindRun(p, ps, length, t, ts, te);
    if (ts < 0) return false;
    ps = end + 2;
  }
  return true;
}

/** Up to this length a run is looked for at every offset; longer ones are prepared. */
const SHORT = 8;

/** For each character of a run: how long the beginning of it is that ends there, too. */
let borders = new Int32Array(64);

/** Offset behind the first `p[ps, ps + length)` in `t[ts, te)`, or -1. */
function behindRun(p: string, ps: number, length: number, t: string, ts: number, te: number): number {
  if (ts + length > te) return -1;
  if (length <= SHORT) {
    while (ts + length <= te && !sameRun(p, ps, t, ts, length)) ts++;
    return ts + length <= te ? ts + length : -1;
  }
  prepare(p, ps, length);
  const from = ts;
  let same = 0;
  while (ts < te && same < length) {
    const c = t.charCodeAt(ts++);
    while (same > 0 && p.charCodeAt(ps + same) !== c) same = borders[same - 1]!;
    if (p.charCodeAt(ps + same) === c) same++;
  }
  steps.chars += 2 * (ts - from);
  return same === length ? ts : -1;
}

/** Fills `borders`, as Knuth, Morris and Pratt do. */
function prepare(p: string, ps: number, length: number): void {
  if (borders.length < length) borders = new Int32Array(length * 2);
  borders[0] = 0;
  for (let i = 1, same = 0; i < length; i++) {
    const c = p.charCodeAt(ps + i);
    while (same > 0 && p.charCodeAt(ps + same) !== c) same = borders[same - 1]!;
    if (p.charCodeAt(ps + same) === c) same++;
    borders[i] = same;
  }
  steps.chars += 2 * length;
}

function sameRun(a: string, aStart: number, b: string, bStart: number, length: number): boolean {
  let i = 0;
  while (i < length && a.charCodeAt(aStart + i) === b.charCodeAt(bStart + i)) i++;
  steps.chars += i + 1;
  return i === length;
}

/** Offset of the first `$*` in `[start, end)`, or `end`. */
function wildAt(text: string, start: number, end: number): number {
  for (let i = start; i + 1 < end; i++) {
    if (text.charCodeAt(i) === DOLLAR && text.charCodeAt(i + 1) === ASTERISK) return i;
  }
  return end;
}

/** Number of characters behind the last `$*` of `[start, end)`, which has one. */
function tailLength(text: string, start: number, end: number): number {
  let i = end - 1;
  while (i > start && !(text.charCodeAt(i) === ASTERISK && text.charCodeAt(i - 1) === DOLLAR)) i--;
  return end - 1 - i;
}
