import { CodecError, copyInto } from '../base/index.ts';

/*
 * LZ4 block format: a row of sequences.
 *
 *     token | literal length* | literals | offset u16 le | match length*
 *
 * The upper half of the token is the number of literals, the lower half the length of the match less 4; 15 goes on in
 * bytes that are added, up to the first below 255. The last sequence ends behind its literals. It holds 5 literals at
 * least, and no match begins in the last 12 bytes.
 *
 * @see https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md
 */

const MIN_MATCH = 4;
const LAST_LITERALS = 5;
const MATCH_LIMIT = 12;
const MAX_OFFSET = 0xffff;

const HASH_BITS = 12;
/** Misses after which the search begins to take larger steps, as a power of two. */
const SKIP = 6;

/** Where four bytes of this hash were seen last, counted from `origin`: what an earlier call left lies below it. */
const seen = new Int32Array(1 << HASH_BITS);
let origin = 1;

/**
 * Compresses `src[start, end)` to `dst[at, limit)`; the two must not overlap.
 *
 * @returns bytes written; 0 if the block does not fit or is not smaller than what it stands for
 */
export function lz4Compress(
  src: Uint8Array,
  start: number,
  end: number,
  dst: Uint8Array,
  at: number,
  limit: number,
): number {
  const size = end - start;
  const stop = Math.min(limit, at + size - 1, dst.length);
  if (size <= MATCH_LIMIT) return 0;
  if (origin > 0x7fffffff - size) {
    seen.fill(0);
    origin = 1;
  }
  const base = origin - start; // position + base is what `seen` holds
  origin += size;

  const lastStart = end - MATCH_LIMIT;
  const matchEnd = end - LAST_LITERALS;
  let out = at;
  let anchor = start; // first byte that is not written yet
  let tries = 1 << SKIP;
  for (let p = start; p <= lastStart;) {
    const word = read32(src, p);
    const slot = Math.imul(word, 0x9e3779b1) >>> (32 - HASH_BITS);
    let candidate = seen[slot]! - base;
    seen[slot] = p + base;
    if (candidate < start || p - candidate > MAX_OFFSET || read32(src, candidate) !== word) {
      p += tries++ >> SKIP;
      continue;
    }
    let from = p;
    while (from > anchor && candidate > start && src[from - 1] === src[candidate - 1]) {
      from--;
      candidate--;
    }
    const offset = from - candidate;
    p += MIN_MATCH;
    while (p < matchEnd && src[p] === src[p - offset]) p++;

    const literals = from - anchor;
    const match = p - from - MIN_MATCH;
    if (out + 3 + literals + extra(literals) + extra(match) > stop) return 0;
    dst[out++] = (Math.min(literals, 15) << 4) | Math.min(match, 15);
    if (literals >= 15) out = writeLength(dst, out, literals - 15);
    copyInto(dst, out, src, anchor, from);
    out += literals;
    dst[out++] = offset & 0xff;
    dst[out++] = offset >>> 8;
    if (match >= 15) out = writeLength(dst, out, match - 15);
    anchor = p;
    tries = 1 << SKIP;
  }

  const literals = end - anchor;
  if (out + 1 + literals + extra(literals) > stop) return 0;
  dst[out++] = Math.min(literals, 15) << 4;
  if (literals >= 15) out = writeLength(dst, out, literals - 15);
  copyInto(dst, out, src, anchor, end);
  return out + literals - at;
}

/**
 * Decompresses the block `src[start, end)` to `dst[at, limit)`. It reads nothing outside of the block and of what it
 * has written itself, and takes time in proportion to both.
 *
 * @returns bytes written
 * @throws CodecError if it is no LZ4 block, or one of more than `limit - at` bytes
 */
export function lz4Decompress(
  src: Uint8Array,
  start: number,
  end: number,
  dst: Uint8Array,
  at: number,
  limit: number,
): number {
  const stop = Math.min(limit, dst.length);
  let p = start;
  let out = at;
  for (;;) {
    if (p >= end) throw malformed('ends where a sequence should begin');
    const token = src[p++]!;

    let literals = token >>> 4;
    if (literals === 15) {
      let more: number;
      do {
        if (p >= end) throw malformed('ends inside a length');
        literals += more = src[p++]!;
      } while (more === 255);
    }
    if (literals > end - p) throw malformed('ends inside literals');
    if (literals > stop - out) throw tooLarge(stop - at);
    copyInto(dst, out, src, p, p + literals);
    p += literals;
    out += literals;
    if (p === end) return out - at;

    if (end - p < 2) throw malformed('ends inside an offset');
    const offset = src[p]! | (src[p + 1]! << 8);
    p += 2;
    if (offset === 0 || offset > out - at) throw malformed(`refers to ${offset} bytes before byte ${out - at}`);

    let match = token & 15;
    if (match === 15) {
      let more: number;
      do {
        if (p >= end) throw malformed('ends inside a length');
        match += more = src[p++]!;
      } while (more === 255);
    }
    match += MIN_MATCH;
    if (match > stop - out) throw tooLarge(stop - at);
    repeat(dst, out, offset, match);
    out += match;
  }
}

/** Copies `length` bytes from `offset` before `at`; they may run into what is being written. */
function repeat(dst: Uint8Array, at: number, offset: number, length: number): void {
  const from = at - offset;
  if (length <= 32) {
    for (let i = 0; i < length; i++) dst[at + i] = dst[from + i]!;
    return;
  }
  // Each round doubles what is there to copy from.
  for (let done = 0; done < length;) {
    const n = Math.min(offset + done, length - done);
    dst.copyWithin(at + done, from, from + n);
    done += n;
  }
}

function read32(src: Uint8Array, p: number): number {
  return src[p]! | (src[p + 1]! << 8) | (src[p + 2]! << 16) | (src[p + 3]! << 24);
}

/** Bytes a length takes besides its half of the token. */
function extra(length: number): number {
  return length < 15 ? 0 : Math.floor((length - 15) / 255) + 1;
}

function writeLength(dst: Uint8Array, at: number, rest: number): number {
  for (; rest >= 255; rest -= 255) dst[at++] = 255;
  dst[at++] = rest;
  return at;
}

function malformed(what: string): CodecError {
  return new CodecError(`compressed batch ${what}`);
}

function tooLarge(room: number): CodecError {
  return new CodecError(`compressed batch stands for more than ${room} bytes`);
}
