import { CodecError, Reader, Writer } from '../base/index.ts';
import { Body } from '../wire/index.ts';

/*
 * What every codec is held to. Nothing here needs a test runner: a failed check throws.
 */

export type Encode<T> = (w: Writer, value: T) => void;
/** The header byte has been read by the caller. */
export type Decode<T> = (r: Reader, header: number) => T;

/** Bytes of a hexadecimal text; blanks may stand anywhere. */
export function bytesOf(hexText: string): Uint8Array {
  const digits = hexText.replace(/\s+/g, '');
  if (digits.length % 2 !== 0 || /[^0-9a-f]/i.test(digits)) throw new Error(`"${hexText}" is not hexadecimal`);
  const bytes = new Uint8Array(digits.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/** Hexadecimal text of bytes, one blank between two of them. */
export function hex(bytes: Uint8Array, start: number = 0, end: number = bytes.length): string {
  return Array.from(bytes.subarray(start, end), (b) => b.toString(16).padStart(2, '0')).join(' ');
}

/** What `encode` writes. */
export function encoded<T>(encode: Encode<T>, value: T): Uint8Array {
  for (let size = 64; ; size *= 8) {
    const w = new Writer(new Uint8Array(size));
    encode(w, value);
    if (!w.full) return w.taken();
    if (size > 1 << 27) throw new Error('the value never fits');
  }
}

/** What `decode` reads; it must read everything. */
export function decoded<T>(decode: Decode<T>, bytes: Uint8Array): T {
  const r = new Reader(bytes);
  const value = decode(r, r.u8());
  if (r.left !== 0) throw new Error(`${r.left} bytes are left of ${hex(bytes)}`);
  return value;
}

/** A value as text: equal texts are equal values, and a body is what it says, wherever its bytes lie. */
export function show(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (value instanceof Uint8Array) return `<${hex(value)}>`;
  if (value instanceof Body) return showBody(value);
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).map(([name, field]) => `${name}: ${show(field)}`);
    return `{ ${fields.join(', ')} }`;
  }
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

function showBody(b: Body): string {
  const head = hex(b.head, b.headStart, b.headEnd);
  const payload = hex(b.payload, b.payloadStart, b.payloadEnd);
  const sampleAt = b.kind === 0 ? 0 : b.sampleAt - b.headStart;
  const timestamp =
    b.timestampEnd === 0 ? 'none' : `${b.timestampStart - b.headStart}..${b.timestampEnd - b.headStart}`;
  return `Body(${b.id}, ${b.kind}, <${head}>, <${payload}>, sample at ${sampleAt}, timestamp ${timestamp})`;
}

export function assertSame(actual: unknown, expected: unknown, what: string): void {
  const [a, e] = [show(actual), show(expected)];
  if (a !== e) throw new Error(`${what}\n  actual   ${a}\n  expected ${e}`);
}

/** `value` is written as `hexText`, and read back from it. */
export function assertCodec<T>(encode: Encode<T>, decode: Decode<T>, hexText: string, value: T): void {
  assertSame(hex(encoded(encode, value)), hex(bytesOf(hexText)), 'encoded bytes differ');
  assertSame(decoded(decode, bytesOf(hexText)), value, 'decoded value differs');
}

export function assertRoundTrip<T>(encode: Encode<T>, decode: Decode<T>, value: T): void {
  const bytes = encoded(encode, value);
  const back = decoded(decode, bytes);
  assertSame(back, value, `decoded value differs (${hex(bytes)})`);
  assertSame(encoded(encode, back), bytes, 'encoded bytes differ the second time');
}

/** Bytes decode or throw `CodecError`; nothing else is thrown, and nothing behind the end is taken. */
export function assertSafe<T>(decode: Decode<T>, bytes: Uint8Array): void {
  // Behind the end lies what would be good input: a decoder that looks there does not fail by chance.
  const padded = new Uint8Array(bytes.length + 64).fill(1);
  padded.set(bytes);
  const r = new Reader(padded, 0, bytes.length);
  try {
    decode(r, r.u8());
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
  }
  if (r.pos > r.end) throw new Error(`read ${r.pos - r.end} bytes behind the end of ${hex(bytes)}`);
}

/** In a buffer of any smaller size the value does not fit: `full` is set, and nothing behind the end is touched. */
export function assertNeverOverruns<T>(encode: Encode<T>, value: T): void {
  const whole = encoded(encode, value);
  for (let size = 0; size <= whole.length; size++) {
    const buf = new Uint8Array(whole.length + 8).fill(0xaa);
    const w = new Writer(buf, 0, size);
    encode(w, value);
    if (w.full !== size < whole.length) throw new Error(`full is ${w.full} with ${size} of ${whole.length} bytes`);
    for (let i = size; i < buf.length; i++) {
      if (buf[i] !== 0xaa) throw new Error(`byte ${i} was written though the buffer ends at ${size}`);
    }
  }
}
