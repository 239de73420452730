import {
  ASTERISK,
  Chunks,
  DOLLAR,
  DOUBLE,
  SLASH,
  VERBATIM,
  chunkIncludes,
  chunkIntersects,
  sameText,
} from './chunk.ts';

type ChunkRelation = typeof chunkIntersects;

/** No character. */
const END = -1;

const left = new Chunks();
const right = new Chunks();

/**
 * Is there a key that both expressions match? Symmetric. Takes canonical expressions; any other text is cut at `/` and
 * gives some answer. At most one comparison per pair of chunks, whatever the texts are.
 */
export function intersects(a: string, b: string): boolean {
  if (a === b) return true;
  if (!a.includes('*') && !b.includes('*')) return false;
  const from = behindCommon(a, b);
  return from >= 0 && overSegments(left.load(a, from), right.load(b, from), intersectsSegment);
}

/**
 * Is every key of b also one of a? "Yes" is always right; "no" is also said where a `*` of a would have to cover a part
 * of a `**` of b, as a star before a double star does against a double star: all nodes of a network must decide alike.
 * Same bound as `intersects`.
 */
export function includes(a: string, b: string): boolean {
  if (a === b) return true;
  if (!a.includes('*')) return false;
  const from = behindCommon(a, b);
  return from >= 0 && overSegments(left.load(a, from), right.load(b, from), includesSegment);
}

/**
 * Where the chunks begin that follow the literal chunks both texts start with; those stand opposite each other. -1 if the
 * texts differ before any wildcard: most pairs that do not match end here.
 */
function behindCommon(a: string, b: string): number {
  let from = 0;
  for (let i = 0; ; i++) {
    const x = i < a.length ? a.charCodeAt(i) : END;
    const y = i < b.length ? b.charCodeAt(i) : END;
    if (x === y && x !== ASTERISK) {
      if (x === SLASH) from = i + 1; // not both at the end: the texts differ
    } else if (x === ASTERISK || x === DOLLAR || y === ASTERISK || y === DOLLAR) return from;
    else return (x === SLASH && y === END) || (x === END && y === SLASH) ? from : -1;
  }
}

type SegmentRelation = (a: Chunks, i: number, iEnd: number, b: Chunks, j: number, jEnd: number) => boolean;

/**
 * No wildcard matches a verbatim chunk, so each one stands opposite its equal. They cut both sides into the same number of
 * segments, and the segments are decided one by one.
 */
function overSegments(a: Chunks, b: Chunks, segment: SegmentRelation): boolean {
  for (let i = 0, j = 0; ;) {
    const iEnd = find(a, VERBATIM, i, a.count);
    const jEnd = find(b, VERBATIM, j, b.count);
    if (!segment(a, i, iEnd, b, j, jEnd)) return false;
    if (iEnd === a.count || jEnd === b.count) return iEnd === a.count && jEnd === b.count;
    if (!sameText(a.text, a.start[iEnd]!, a.end(iEnd), b.text, b.start[jEnd]!, b.end(jEnd))) return false;
    i = iEnd + 1;
    j = jEnd + 1;
  }
}

function intersectsSegment(a: Chunks, i: number, iEnd: number, b: Chunks, j: number, jEnd: number): boolean {
  const aDouble = find(a, DOUBLE, i, iEnd);
  const bDouble = find(b, DOUBLE, j, jEnd);
  if (aDouble === iEnd) {
    if (bDouble === jEnd) return iEnd - i === jEnd - j && run(a, i, b, j, iEnd - i, chunkIntersects);
    return glob(b, j, jEnd, a, i, iEnd, chunkIntersects);
  }
  if (bDouble === jEnd) return glob(a, i, iEnd, b, j, jEnd, chunkIntersects);
  // Both have a "**": only the ends can disagree. What lies between, of the one and then of the other, is swallowed by a
  // "**" of the opposite side.
  if (!run(a, i, b, j, Math.min(aDouble - i, bDouble - j), chunkIntersects)) return false;
  const tail = Math.min(iEnd - 1 - findLast(a, iEnd), jEnd - 1 - findLast(b, jEnd));
  return run(a, iEnd - tail, b, jEnd - tail, tail, chunkIntersects);
}

function includesSegment(a: Chunks, i: number, iEnd: number, b: Chunks, j: number, jEnd: number): boolean {
  if (find(a, DOUBLE, i, iEnd) < iEnd) return glob(a, i, iEnd, b, j, jEnd, chunkIncludes);
  return iEnd - i === jEnd - j && run(a, i, b, j, iEnd - i, chunkIncludes);
}

/**
 * The parts of p between its `**` lie in t, the first at its start, the last at its end, the others in between as early as
 * possible. p has a `**`. Each chunk of p meets each one of t at most once.
 */
function glob(p: Chunks, pi: number, pe: number, t: Chunks, ti: number, te: number, relation: ChunkRelation): boolean {
  const head = find(p, DOUBLE, pi, pe) - pi;
  const tail = pe - 1 - findLast(p, pe);
  if (head + tail > te - ti) return false;
  if (!run(p, pi, t, ti, head, relation) || !run(p, pe - tail, t, te - tail, tail, relation)) return false;
  pi += head;
  pe -= tail;
  ti += head;
  te -= tail;
  for (pi++; pi < pe;) {
    const end = find(p, DOUBLE, pi, pe);
    const length = end - pi;
    while (ti + length <= te && !run(p, pi, t, ti, length, relation)) ti++;
    if (ti + length > te) return false;
    ti += length;
    pi = end + 1;
  }
  return true;
}

function run(a: Chunks, i: number, b: Chunks, j: number, length: number, relation: ChunkRelation): boolean {
  for (let k = 0; k < length; k++) {
    const x = i + k;
    const y = j + k;
    if (!relation(a.text, a.start[x]!, a.end(x), a.kind[x]!, b.text, b.start[y]!, b.end(y), b.kind[y]!)) return false;
  }
  return true;
}

function find(chunks: Chunks, kind: number, from: number, to: number): number {
  let i = from;
  while (i < to && chunks.kind[i] !== kind) i++;
  return i;
}

/** Index of the last `**` before `to`, which exists. */
function findLast(chunks: Chunks, to: number): number {
  let i = to - 1;
  while (chunks.kind[i] !== DOUBLE) i--;
  return i;
}
