import { copyBytes, equalBytes, utf8 } from '../base/index.ts';
import { DecodeError, invalid, shown } from './errors.ts';

/** What is accepted where bytes are needed: text is encoded as UTF-8, of a view its bytes are taken. */
// oxlint-disable-next-line typescript/no-wrapper-object-types -- programs written for zenoh-ts pass it
export type IntoZBytes = ZBytes | Uint8Array | ArrayBuffer | ArrayBufferView | String | string;

/** For people: what is malformed is replaced, a byte order mark at the start is removed. */
const lenient = new TextDecoder();
/** For programs: every byte is text, or it is an error. */
const exact = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** For JSON, whose grammar has no byte order mark. */
const plain = new TextDecoder('utf-8', { fatal: true });

/** Texts of up to this many bytes are read by hand while they are ASCII. */
const SHORT = 12;

let ofRange: (buffer: Uint8Array, start: number, end: number) => ZBytes;

/** Immutable bytes. */
export class ZBytes {
  #buffer: Uint8Array;
  #start: number;
  #end: number;

  static {
    ofRange = (buffer, start, end) => {
      const bytes = new ZBytes(NOTHING);
      bytes.#buffer = buffer;
      bytes.#start = start;
      bytes.#end = end;
      return bytes;
    };
  }

  /**
   * @param bytes buffers are copied: see `ZBytes.wrap`
   * @throws ZError `INVALID_ARGUMENT` if it is nothing of what can be bytes
   */
  constructor(bytes: IntoZBytes) {
    if (bytes instanceof ZBytes) {
      this.#buffer = bytes.#buffer;
      this.#start = bytes.#start;
      this.#end = bytes.#end;
      return;
    }
    this.#buffer = bytes === NOTHING ? NOTHING : ownBytes(bytes);
    this.#start = 0;
    this.#end = this.#buffer.length;
  }

  /** The value itself if it is a ZBytes already, else a new one. */
  static of(bytes: IntoZBytes): ZBytes {
    return bytes instanceof ZBytes ? bytes : new ZBytes(bytes);
  }

  /** Takes the buffer without copying. The caller promises not to change it. */
  static wrap(bytes: Uint8Array): ZBytes {
    if (!(bytes instanceof Uint8Array)) throw invalid(`ZBytes.wrap takes a Uint8Array, not ${shown(bytes)}`);
    return ofRange(bytes, 0, bytes.length);
  }

  /** JSON text of the value. @throws ZError `INVALID_ARGUMENT` if the value has none */
  static fromJson(value: unknown): ZBytes {
    let text: string | undefined;
    try {
      text = JSON.stringify(value) as string | undefined;
    } catch (cause) {
      throw invalid(`the value cannot be written as JSON: ${messageOf(cause)}`, { cause });
    }
    if (text === undefined) throw invalid(`${shown(value)} cannot be written as JSON`);
    return new ZBytes(text);
  }

  len(): number {
    return this.#end - this.#start;
  }

  isEmpty(): boolean {
    return this.#end === this.#start;
  }

  /** New empty bytes. */
  empty(): ZBytes {
    return new ZBytes(NOTHING);
  }

  /** The bytes, not copied: the same array at each call. Its buffer may hold other bytes too. */
  toBytes(): Uint8Array {
    if (this.#start !== 0 || this.#end !== this.#buffer.length) {
      this.#buffer = this.#buffer.subarray(this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
    }
    return this.#buffer;
  }

  /** UTF-8 text. What is malformed becomes U+FFFD, a byte order mark at the start is removed. Never throws. */
  toString(): string {
    return this.#shortText() ?? lenient.decode(this.toBytes());
  }

  /** UTF-8 text, all of it. @throws DecodeError if the bytes are malformed */
  toText(): string {
    return this.#shortText() ?? this.#decode(exact);
  }

  /** Parsed JSON. @throws DecodeError with the cause, if it is none */
  json<T = unknown>(): T {
    const text = this.#shortText() ?? this.#decode(plain);
    try {
      return JSON.parse(text) as T;
    } catch (cause) {
      throw new DecodeError(`payload is not JSON: ${messageOf(cause)}`, { cause });
    }
  }

  equals(other: IntoZBytes): boolean {
    const bytes = bytesOf(other);
    return bytes.length === this.len() && equalBytes(this.toBytes(), bytes);
  }

  #decode(decoder: { decode(bytes: Uint8Array): string }): string {
    try {
      return decoder.decode(this.toBytes());
    } catch (cause) {
      throw new DecodeError('payload is not valid UTF-8', { cause });
    }
  }

  /** The text if it is short and ASCII: no view is made and no decoder called. */
  #shortText(): string | undefined {
    if (this.#end - this.#start > SHORT) return undefined;
    const buffer = this.#buffer;
    let text = '';
    for (let i = this.#start; i < this.#end; i++) {
      const byte = buffer[i]!;
      if (byte > 0x7f) return undefined;
      text += String.fromCharCode(byte);
    }
    return text;
  }
}

const NOTHING = new Uint8Array(0);

/** Bytes of a range that nobody writes to any more. The array is made at first use. */
export function zbytesOfRange(buffer: Uint8Array, start: number, end: number): ZBytes {
  return ofRange(buffer, start, end);
}

/**
 * The bytes as they are, for those who use them before they return: what the caller may change later is not copied.
 * @throws ZError `INVALID_ARGUMENT`
 */
export function bytesOf(bytes: IntoZBytes): Uint8Array {
  if (bytes instanceof Uint8Array) return bytes;
  if (bytes instanceof ZBytes) return bytes.toBytes();
  if (typeof bytes === 'string') return utf8(bytes);
  if (bytes instanceof String) return utf8(bytes.toString());
  if (ArrayBuffer.isView(bytes)) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isArrayBuffer(bytes)) return new Uint8Array(bytes);
  const hint = 'pass text, a Uint8Array or another view, or ZBytes.fromJson(value)';
  throw invalid(`${shown(bytes)} cannot be a payload: ${hint}`);
}

/** May `bytesOf` of this be kept? Text and immutable bytes may; buffers belong to the caller. */
function isOwned(bytes: IntoZBytes): boolean {
  return typeof bytes === 'string' || bytes instanceof ZBytes || bytes instanceof String;
}

/** Bytes that may be kept: copied only if the caller could change them. @throws ZError `INVALID_ARGUMENT` */
export function ownBytes(bytes: IntoZBytes): Uint8Array {
  const now = bytesOf(bytes);
  return isOwned(bytes) ? now : copyBytes(now, 0, now.length);
}

/** Also of another realm, and shared ones. */
function isArrayBuffer(value: unknown): value is ArrayBuffer {
  return /^\[object (?:Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(value));
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
