import { addressOf } from '../lib/program.ts';

/** From here on the stream is plain payloads: a message no longer fits a batch, and fragments would add little. */
export const PLAIN = 65_536;

const BATCH = 65_535;
const PREFIX = 2;

/** FRAME on the reliable channel, priority data; the sequence number of one length throughout. */
const FRAME_HEAD: readonly number[] = [0x25, 0x80, 0x80, 0x80, 0x01];

/** PUSH to scope 1 with QoS data and block, PUT without time stamp and encoding; the length follows. */
const PUSH_HEAD: readonly number[] = [0xdd, 0x01, 0x21, 0x0d, 0x01];

function lengthOf(size: number): number[] {
  return size < 0x80 ? [size] : [(size & 0x7f) | 0x80, ...lengthOf(size >> 7)];
}

export interface Batch {
  readonly bytes: Uint8Array;
  readonly messages: number;
  /** Bytes of one message, and of a batch before its first. */
  readonly stride: number;
  readonly head: number;
}

/** One full batch as it stands on the wire, length first. */
export function batchOf(payload: Uint8Array): Batch {
  const message = Uint8Array.from([...PUSH_HEAD, ...lengthOf(payload.length), ...payload]);
  const head = PREFIX + FRAME_HEAD.length;
  const messages = Math.floor((BATCH - head) / message.length);
  const bytes = new Uint8Array(head + messages * message.length);
  new DataView(bytes.buffer).setUint16(0, bytes.length - PREFIX, true);
  bytes.set(FRAME_HEAD, PREFIX);
  for (let i = 0; i < messages; i++) bytes.set(message, head + i * message.length);
  return { bytes, messages, stride: message.length, head };
}

/** Puts messages into a batch one by one, as a publisher must that is given them one by one. */
export class Packer {
  readonly #batch: Batch;
  readonly #head: readonly number[];
  #at: number;

  constructor(batch: Batch, size: number) {
    this.#batch = batch;
    this.#head = [...PUSH_HEAD, ...lengthOf(size)];
    this.#at = batch.head;
  }

  /** True when the batch is full; the next message begins it anew. */
  put(payload: Uint8Array): boolean {
    const { bytes } = this.#batch;
    let p = this.#at;
    for (let i = 0; i < this.#head.length; i++) bytes[p++] = this.#head[i] ?? 0;
    if (payload.length > 12) bytes.set(payload, p);
    else for (let i = 0; i < payload.length; i++) bytes[p + i] = payload[i] ?? 0;
    p += payload.length;
    this.#at = p < bytes.length ? p : this.#batch.head;
    return p === bytes.length;
  }
}

/** Cuts a stream into batches by their lengths and counts what they hold. */
export class BatchCounter {
  #seen: number = 0;
  /** Bytes of the current batch that are still to come, and the first byte of a length cut in two. */
  #left: number = 0;
  #low: number = -1;
  readonly #batch: Batch;

  constructor(batch: Batch) {
    this.#batch = batch;
  }

  get seen(): number {
    return this.#seen;
  }

  accept(chunk: Uint8Array): void {
    for (let p = 0; p < chunk.length;) {
      if (this.#left > 0) {
        const step = Math.min(this.#left, chunk.length - p);
        this.#left -= step;
        p += step;
        continue;
      }
      const byte = chunk[p++] ?? 0;
      if (this.#low < 0) {
        this.#low = byte;
        continue;
      }
      this.#left = this.#low | (byte << 8);
      this.#low = -1;
      this.#seen += Math.floor((this.#left + PREFIX - this.#batch.head) / this.#batch.stride);
    }
  }
}

/** Options of a socket for `node:net`. */
export function target(endpoints: readonly string[]): { readonly host: string; readonly port: number; noDelay: true } {
  return { ...addressOf(endpoints), noDelay: true };
}
