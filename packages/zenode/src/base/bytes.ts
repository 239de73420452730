import { CodecError } from './errors.ts';

const utf8Encoder = new TextEncoder();
const utf8Decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** 2^28: integers are handled as parts of 28 bits (four groups of seven), which stay small integers everywhere. */
const PART = 0x10000000;

/** A fresh copy of `[start, end)`. The one way to keep bytes that were lent: `slice` of a Node `Buffer` is a view. */
export function copyBytes(source: Uint8Array, start: number, end: number): Uint8Array {
  const copy = new Uint8Array(end - start);
  copyInto(copy, 0, source, start, end);
  return copy;
}

/** Copies `source[start, end)` to `target` at `at`; a loop below 32 bytes, where it is cheaper than a view. */
export function copyInto(target: Uint8Array, at: number, source: Uint8Array, start: number, end: number): void {
  const n = end - start;
  if (n <= 32) {
    for (let i = 0; i < n; i++) target[at + i] = source[start + i]!;
  } else if (start === 0 && end === source.length) {
    target.set(source, at);
  } else {
    target.set(source.subarray(start, end), at);
  }
}

/** Are these the same bytes? */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

export function utf8(text: string): Uint8Array {
  return utf8Encoder.encode(text);
}

/** Text of `[start, end)`. @throws CodecError if the bytes are not UTF-8 */
export function textOf(bytes: Uint8Array, start: number = 0, end: number = bytes.length): string {
  const n = end - start;
  if (n <= 12) {
    let text = '';
    let i = start;
    for (; i < end; i++) {
      const b = bytes[i]!;
      if (b > 0x7f) break;
      text += String.fromCharCode(b);
    }
    if (i === end) return text;
  }
  try {
    return utf8Decoder.decode(bytes.subarray(start, end));
  } catch (cause) {
    throw new CodecError('text is not valid UTF-8', { cause });
  }
}

/** Number of bytes of `text` in UTF-8. */
export function utf8Length(text: string): number {
  let n = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < 0x80) n += 1;
    else if (c < 0x800) n += 2;
    else if (c >= 0xd800 && c < 0xdc00 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      n += 4;
      i++;
    } else n += 3;
  }
  return n;
}

/** Bytes that a variable-length integer takes. `n` is an integer from 0 to 2^53 - 1. */
export function vleLength(n: number): number {
  let size = 1;
  for (; n >= PART; n = Math.floor(n / PART)) size += 4;
  for (; n > 0x7f; n >>>= 7) size++;
  return size;
}

/**
 * Writes into a buffer that has an end. A full batch is daily life, so nothing here throws: a write that does not fit
 * sets `full` and writes nothing more; the caller looks once per message and rewinds to where the message began.
 */
export class Writer {
  buf: Uint8Array;
  pos: number;
  end: number;
  full = false;

  constructor(buf: Uint8Array, start: number = 0, end: number = buf.length) {
    this.buf = buf;
    this.pos = start;
    this.end = end;
  }

  reset(buf: Uint8Array, start: number, end: number): void {
    this.buf = buf;
    this.pos = start;
    this.end = end;
    this.full = false;
  }

  /** Goes back to `pos`, and forgets that something did not fit. */
  rewind(pos: number): void {
    this.pos = pos;
    this.full = false;
  }

  #room(n: number): boolean {
    if (this.full || this.pos + n > this.end) {
      this.full = true;
      return false;
    }
    return true;
  }

  u8(byte: number): void {
    if (this.#room(1)) this.buf[this.pos++] = byte;
  }

  /** Two bytes, little-endian. */
  u16le(n: number): void {
    if (!this.#room(2)) return;
    this.buf[this.pos++] = n & 0xff;
    this.buf[this.pos++] = n >>> 8;
  }

  /** A variable-length integer from 0 to 2^53 - 1. */
  z(n: number): void {
    if (n < 0x80) {
      this.u8(n);
      return;
    }
    if (!this.#room(vleLength(n))) return;
    const buf = this.buf;
    let p = this.pos;
    while (n >= PART) {
      let part = n % PART;
      n = Math.floor(n / PART);
      for (let i = 0; i < 4; i++, part >>>= 7) buf[p++] = (part & 0x7f) | 0x80;
    }
    for (; n > 0x7f; n >>>= 7) buf[p++] = (n & 0x7f) | 0x80;
    buf[p++] = n;
    this.pos = p;
  }

  /** A variable-length integer of 64 bits, given as two unsigned halves of 32. The ninth byte carries eight bits. */
  z64(hi: number, lo: number): void {
    if (hi < 0x200000) {
      this.z((hi >>> 0) * 0x100000000 + (lo >>> 0));
      return;
    }
    // 28 + 28 + 8 bits
    const low = lo & 0x0fffffff;
    const middle = ((lo >>> 28) | (hi << 4)) & 0x0fffffff;
    const top = hi >>> 24;
    if (!this.#room(top === 0 ? 8 : 9)) return;
    const buf = this.buf;
    let p = this.pos;
    for (let i = 0, part = low; i < 4; i++, part >>>= 7) buf[p++] = (part & 0x7f) | 0x80;
    for (let i = 0, part = middle; i < 4; i++, part >>>= 7) buf[p++] = (part & 0x7f) | 0x80;
    if (top === 0) buf[p - 1]! &= 0x7f;
    else buf[p++] = top;
    this.pos = p;
  }

  /** Raw bytes, without a length. */
  raw(source: Uint8Array, start: number = 0, end: number = source.length): void {
    if (!this.#room(end - start)) return;
    copyInto(this.buf, this.pos, source, start, end);
    this.pos += end - start;
  }

  /** Bytes behind their length. */
  bytes(source: Uint8Array, start: number = 0, end: number = source.length): void {
    this.z(end - start);
    this.raw(source, start, end);
  }

  /** UTF-8 behind its length in bytes. */
  str(text: string): void {
    this.z(utf8Length(text));
    this.text(text);
  }

  /** UTF-8 without a length. */
  text(text: string): void {
    if (!this.#room(text.length)) return;
    if (text.length <= 48) {
      const buf = this.buf;
      const p = this.pos;
      let i = 0;
      for (; i < text.length; i++) {
        const c = text.charCodeAt(i);
        if (c > 0x7f) break;
        buf[p + i] = c;
      }
      if (i === text.length) {
        this.pos = p + i;
        return;
      }
    }
    const { read, written } = utf8Encoder.encodeInto(text, this.buf.subarray(this.pos, this.end));
    if (read < text.length) this.full = true;
    else this.pos += written;
  }

  /** What was written from `start` on, as a copy. */
  taken(start: number = 0): Uint8Array {
    return copyBytes(this.buf, start, this.pos);
  }
}

/**
 * Reads bytes that a remote sent. Bad input is rare and ends the link, so every read throws `CodecError` where the bytes
 * end, or where a bounded integer does not fit. Nothing is allocated by a declared length.
 */
export class Reader {
  buf: Uint8Array;
  pos: number;
  end: number;
  /** Upper half of what `z64` read last. */
  hi = 0;

  constructor(buf: Uint8Array, start: number = 0, end: number = buf.length) {
    this.buf = buf;
    this.pos = start;
    this.end = end;
  }

  reset(buf: Uint8Array, start: number, end: number): void {
    this.buf = buf;
    this.pos = start;
    this.end = end;
  }

  get left(): number {
    return this.end - this.pos;
  }

  u8(): number {
    if (this.pos >= this.end) throw ended();
    return this.buf[this.pos++]!;
  }

  u16le(): number {
    const lo = this.u8();
    return lo | (this.u8() << 8);
  }

  /**
   * A variable-length integer of 64 bits: returns the lower 32 bits, unsigned, and leaves the upper ones in `hi`.
   * Forms that are longer than needed are accepted; the ninth byte carries eight bits and ends the number.
   */
  z64(): number {
    let b = this.u8();
    this.hi = 0;
    if (b < 0x80) return b;
    let low = b & 0x7f;
    let middle = 0;
    let top = 0;
    for (let i = 1; ; i++) {
      b = this.u8();
      const bits = i === 8 ? b : b & 0x7f;
      if (i < 4) low |= bits << (7 * i);
      else if (i < 8) middle |= bits << (7 * (i - 4));
      else top = bits;
      if (b < 0x80 || i === 8) break;
    }
    this.hi = ((middle >>> 4) | (top << 24)) >>> 0;
    return (low | (middle << 28)) >>> 0;
  }

  /** An integer up to 2^53 - 1; larger ones are cut to that. For durations, counts and lengths of "unbounded" arrays. */
  z53(): number {
    const lo = this.z64();
    return this.hi > 0x1fffff ? Number.MAX_SAFE_INTEGER : this.hi * 0x100000000 + lo;
  }

  /** 64 bits as a bigint: where all of them count and speed does not. */
  zBig(): bigint {
    const lo = this.z64();
    return (BigInt(this.hi) << 32n) | BigInt(lo);
  }

  /** Bounded to 8 bits: a larger value is an error. */
  z8(): number {
    return this.#bounded(0xff);
  }

  /** Bounded to 16 bits: a larger value is an error. */
  z16(): number {
    return this.#bounded(0xffff);
  }

  /** Bounded to 32 bits: a larger value is an error. */
  z32(): number {
    return this.#bounded(0xffffffff);
  }

  /** Reduced to 16 bits without an error. */
  z16t(): number {
    return this.z64() & 0xffff;
  }

  /** Reduced to 32 bits without an error. */
  z32t(): number {
    return this.z64();
  }

  #bounded(max: number): number {
    const lo = this.z64();
    if (this.hi !== 0 || lo > max) throw new CodecError(`integer is above ${max}`);
    return lo;
  }

  /** Moves past `n` bytes and returns where they began. */
  skip(n: number): number {
    const start = this.pos;
    if (n > this.end - start) throw ended();
    this.pos = start + n;
    return start;
  }

  /** A copy of the next `n` bytes. */
  raw(n: number): Uint8Array {
    const start = this.skip(n);
    return copyBytes(this.buf, start, this.pos);
  }

  /** A copy of the bytes behind a length of at most 32 bits. */
  bytes(): Uint8Array {
    return this.raw(this.z32());
  }

  /** UTF-8 behind a length of at most 16 bits. */
  str16(): string {
    return this.text(this.z16());
  }

  /** UTF-8 of `n` bytes. */
  text(n: number): string {
    const start = this.skip(n);
    return textOf(this.buf, start, this.pos);
  }
}

function ended(): CodecError {
  return new CodecError('message ends too early');
}

/** Are the bytes of `[start, end)` valid UTF-8? For what is passed on without being read. */
export function isUtf8(bytes: Uint8Array, start: number = 0, end: number = bytes.length): boolean {
  for (let i = start; i < end;) {
    const b = bytes[i++]!;
    if (b < 0x80) continue;
    // Length and smallest second byte rule out overlong forms, surrogates and what lies above U+10FFFF.
    let more: number;
    let low = 0x80;
    let high = 0xbf;
    if (b >= 0xc2 && b <= 0xdf) more = 1;
    else if (b >= 0xe0 && b <= 0xef) {
      more = 2;
      if (b === 0xe0) low = 0xa0;
      else if (b === 0xed) high = 0x9f;
    } else if (b >= 0xf0 && b <= 0xf4) {
      more = 3;
      if (b === 0xf0) low = 0x90;
      else if (b === 0xf4) high = 0x8f;
    } else return false;
    if (i + more > end) return false;
    for (; more > 0; more--, low = 0x80, high = 0xbf) {
      const next = bytes[i++]!;
      if (next < low || next > high) return false;
    }
  }
  return true;
}
