import { Chunks, DOUBLE, VERBATIM, chunkIntersects } from './chunk.ts';
import { includes } from './matching.ts';
import { LongKey, type Positions } from './positions.ts';
import { INTERSECTING } from './tree-relation.ts';

const target = new Chunks();
const prefix = new Chunks();

/** The longest leading part of whole chunks without `*`; undefined if the first chunk already has one. */
export function literalPrefix(text: string): string | undefined {
  const star = text.indexOf('*');
  if (star < 0) return text;
  const slash = text.lastIndexOf('/', star);
  return slash < 0 ? undefined : text.slice(0, slash);
}

/**
 * Every right part of `text` whose left part intersects `prefix`, from the shortest on, without those that another one
 * includes. Both canonical; the prefix may be wild.
 */
export function stripPrefix(text: string, prefix: string): string[] {
  const out: string[] = [];
  const ends = matchingEnds(target.load(text), new LongKey(prefix, INTERSECTING));
  for (let i = target.count; i > 0; i--) {
    if (ends[i - 1] === 0) continue;
    const double = target.kind[i - 1] === DOUBLE;
    if (i === target.count && !double) continue;
    const right = double ? text.slice(target.start[i - 1]) : text.slice(target.start[i]);
    if (right === '**') return ['**'];
    let covered = false;
    for (let k = out.length - 1; k >= 0 && !covered; k--) {
      if (includes(out[k]!, right)) covered = true;
      else if (includes(right, out[k]!)) {
        const last = out.pop()!;
        if (k < out.length) out[k] = last;
      }
    }
    if (!covered) out.push(right);
  }
  return out;
}

/** For each chunk: do the chunks up to it intersect the key? One pass, so a text of many chunks costs no square. */
function matchingEnds(chunks: Chunks, key: LongKey): Uint8Array {
  const ends = new Uint8Array(chunks.count);
  let set: Positions | undefined = key.begin();
  for (let i = 0; i < chunks.count && set !== undefined; i++) {
    set = key.step(set, chunks.text.slice(chunks.start[i], chunks.end(i)), chunks.kind[i]!);
    if (set !== undefined && key.isDone(set)) ends[i] = 1;
  }
  return ends;
}

/**
 * One right part of `text`, the one that keeps most of it, or undefined. A `**` that can swallow the rest of the prefix
 * stays. The prefix has no wildcard.
 *
 * Filled as a table from the ends of both, two rows at a time; a cell holds the chunk where the result begins, or -1.
 */
export function stripLiteralPrefix(text: string, literal: string): string | undefined {
  const t = target.load(text);
  const p = prefix.load(literal);
  const lastVerbatim = findLastVerbatim(p);
  let below = new Int32Array(p.count).fill(-1);
  let row = new Int32Array(p.count);
  for (let i = t.count - 1; i >= 0; i--) {
    const last = i === t.count - 1;
    for (let j = p.count - 1; j >= 0; j--) {
      if (t.kind[i] === DOUBLE) {
        if (j > lastVerbatim) row[j] = i;
        else if (last) row[j] = -1;
        else if (p.kind[j] === VERBATIM || row[j + 1] === -1) row[j] = below[j]!;
        else row[j] = row[j + 1]!;
      } else if (last || !matches(t, i, p, j)) row[j] = -1;
      else row[j] = j === p.count - 1 ? i + 1 : below[j + 1]!;
    }
    const swap = below;
    below = row;
    row = swap;
  }
  const begin = below[0]!;
  return begin < 0 ? undefined : text.slice(t.start[begin]);
}

function matches(t: Chunks, i: number, p: Chunks, j: number): boolean {
  return chunkIntersects(t.text, t.start[i]!, t.end(i), t.kind[i]!, p.text, p.start[j]!, p.end(j), p.kind[j]!);
}

function findLastVerbatim(p: Chunks): number {
  let j = p.count - 1;
  while (j >= 0 && p.kind[j] !== VERBATIM) j--;
  return j;
}
