import { CodecError, ZError, copyBytes, equalBytes } from '../../base/index.ts';
import type { Reader, Writer } from '../../base/index.ts';

/** Bytes a node id has at most. */
export const ZID_MAX = 16;

/**
 * Identifier of a node: a number from 1 to 2^128 - 1, held as its little-endian bytes without the zeros at the end.
 * Instances are shared; nobody writes into `bytes`.
 */
export class ZenohId {
  /** Little-endian, minimal: 1 to 16 bytes, the last one not 0. */
  readonly bytes: Uint8Array;
  #text: string | undefined;

  /** @param zid 1 to 16 bytes, little-endian; zeros at the end are dropped; copied */
  constructor(zid: Uint8Array) {
    if (zid.length === 0 || zid.length > ZID_MAX) throw bad(`a node id has 1 to 16 bytes, not ${zid.length}`);
    const size = significant(zid, 0, zid.length);
    if (size === 0) throw bad('a node id must not be zero');
    this.bytes = copyBytes(zid, 0, size);
  }

  /** A random id of 16 bytes (or fewer, when the upper ones happen to be 0). */
  static random(source: { randomBytes(target: Uint8Array): Uint8Array }): ZenohId {
    const bytes = new Uint8Array(ZID_MAX);
    do source.randomBytes(bytes);
    while (significant(bytes, 0, ZID_MAX) === 0);
    return new ZenohId(bytes);
  }

  /**
   * Reads the text form: 1 to 32 lower-case hexadecimal digits of the number, no leading zero.
   * @throws ZError `INVALID_ARGUMENT`, telling what is wrong
   */
  static parse(text: string): ZenohId {
    if (/[A-F]/.test(text)) throw bad(`node id "${text}" has upper-case digits; write it in lower case`);
    return ZenohId.parseAnyCase(text);
  }

  /** As `parse`, but upper case is accepted: the text form of timestamps is that lenient. */
  static parseAnyCase(text: string): ZenohId {
    if (text === '') throw bad('node id is empty; it has 1 to 32 hexadecimal digits');
    const wrong = /[^0-9a-fA-F]/.exec(text);
    if (wrong) throw bad(`node id "${text}" has "${wrong[0]}" at ${wrong.index}, which is no hexadecimal digit`);
    if (text.startsWith('0')) throw bad(`node id "${text}" begins with 0; leading zeros are not written`);
    if (text.length > 2 * ZID_MAX) throw bad(`node id "${text}" has ${text.length} digits; at most 32 are allowed`);
    const bytes = new Uint8Array((text.length + 1) >> 1);
    for (let i = 0, end = text.length; end > 0; i++, end -= 2) {
      bytes[i] = Number.parseInt(text.slice(Math.max(0, end - 2), end), 16);
    }
    return new ZenohId(bytes);
  }

  /** Lower-case hexadecimal of the number, without leading zeros. */
  toString(): string {
    if (this.#text === undefined) {
      let text = '';
      for (const byte of this.bytes) text = byte.toString(16).padStart(2, '0') + text;
      this.#text = text.startsWith('0') ? text.slice(1) : text;
    }
    return this.#text;
  }

  /** All 16 bytes, little-endian, zeros at the end; a fresh array. */
  toLeBytes(): Uint8Array {
    const all = new Uint8Array(ZID_MAX);
    all.set(this.bytes);
    return all;
  }

  equals(other: ZenohId): boolean {
    return this === other || equalBytes(this.bytes, other.bytes);
  }

  /** Order of timestamps: by the 16 little-endian bytes, the least significant first. Not the order of the numbers. */
  compare(other: ZenohId): number {
    return compareZids(this.bytes, other.bytes);
  }
}

/** The order of `ZenohId.compare`, for minimal bytes. */
export function compareZids(a: Uint8Array, b: Uint8Array): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    if (a[i] !== b[i]) return a[i]! < b[i]! ? -1 : 1;
  }
  return Math.sign(a.length - b.length); // the last byte is never 0, so the longer one is greater
}

/** Id behind its length as an integer: timestamps, link states. */
export function writeZid(w: Writer, zid: ZenohId): void {
  w.bytes(zid.bytes);
}

export function readZid(r: Reader): ZenohId {
  return readZidBytes(r, readZidSize(r));
}

/** Length of an id, checked. Its bytes follow. */
function readZidSize(r: Reader): number {
  const size = r.z64();
  if (r.hi !== 0 || size === 0 || size > ZID_MAX) throw new CodecError('node id must have 1 to 16 bytes');
  return size;
}

/** Checks an id behind its length, without building it. */
export function checkZid(r: Reader): void {
  checkZidBytes(r, readZidSize(r));
}

/** Checks the `size` bytes of an id, without building it. */
export function checkZidBytes(r: Reader, size: number): void {
  const start = r.skip(size);
  if (significant(r.buf, start, r.pos) === 0) throw new CodecError('node id is zero');
}

/** High nibble of the byte in front of an id whose length is not an integer of its own: size - 1. */
export function zidNibble(zid: ZenohId): number {
  return (zid.bytes.length - 1) << 4;
}

/** The `size` bytes of an id; the caller found the size in a nibble. */
export function readZidBytes(r: Reader, size: number): ZenohId {
  const start = r.skip(size);
  return internZid(r.buf, start, r.pos);
}

/** The ids seen last, by a hash of their bytes: nearly all messages of a link name the same few nodes. */
const seen: (ZenohId | undefined)[] = new Array<ZenohId | undefined>(256).fill(undefined);

function internZid(buf: Uint8Array, start: number, end: number): ZenohId {
  const size = significant(buf, start, end);
  if (size === 0) throw new CodecError('node id is zero');
  let hash = size;
  for (let i = 0; i < size; i++) hash = (hash * 31 + buf[start + i]!) & 0xffff;
  const slot = (hash ^ (hash >>> 8)) & 0xff;
  const known = seen[slot];
  if (known !== undefined && known.bytes.length === size) {
    let i = 0;
    while (i < size && known.bytes[i] === buf[start + i]) i++;
    if (i === size) return known;
  }
  const zid = new ZenohId(copyBytes(buf, start, start + size));
  seen[slot] = zid;
  return zid;
}

/** Bytes of `[start, end)` without the zeros at their end. */
function significant(bytes: Uint8Array, start: number, end: number): number {
  while (end > start && bytes[end - 1] === 0) end--;
  return end - start;
}

function bad(message: string): ZError {
  return new ZError('INVALID_ARGUMENT', message);
}
