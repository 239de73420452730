import { BATCH_BYTES, CodecError, copyBytes, copyInto, giveBuffer, takeBuffer } from '../base/index.ts';
import type { LinkHandler } from './link.ts';

/**
 * Cuts a byte stream into batches: a length of two or four bytes, little-endian, then as many bytes. Batches that lie
 * whole in a chunk are lent as they are; one that crosses chunks is completed in a buffer of the batch list.
 * While paused it keeps what was read already.
 */
export class Deframer {
  readonly #handler: LinkHandler;
  readonly #fail: (cause: Error) => void;
  prefixBytes: 2 | 4 = 2;
  paused = false;
  #ended = false;
  #partial: Uint8Array | undefined;
  #have = 0;
  /** Bytes of the batch under completion, or -1 while its prefix is incomplete. */
  #need = -1;
  #stash: Uint8Array[] = [];

  /** @param fail called once, when a prefix announces more than any batch may hold */
  constructor(handler: LinkHandler, fail: (cause: Error) => void) {
    this.#handler = handler;
    this.#fail = fail;
  }

  /** Takes bytes off the wire. They are lent: what is not a whole batch yet is copied. */
  feed(chunk: Uint8Array, start: number, end: number): void {
    if (this.#ended) return;
    if (this.paused) {
      if (end > start) this.#stash.push(copyBytes(chunk, start, end));
      return;
    }
    let p = start;
    if (this.#partial !== undefined) p = this.#complete(chunk, p, end);
    const prefix = this.prefixBytes;
    while (p < end && !this.#stopped()) {
      if (end - p < prefix) break;
      const length = this.#length(chunk, p);
      if (length < 0) {
        this.#refuse();
        return;
      }
      if (end - p - prefix < length) break;
      const from = p + prefix;
      p = from + length;
      this.#handler.onBatch(chunk, from, p);
    }
    if (p >= end) return;
    if (!this.#stopped()) this.#begin(chunk, p, end);
    else if (this.#live()) this.#stash.push(copyBytes(chunk, p, end));
  }

  /** Goes on with what was kept while paused. */
  resume(): void {
    this.paused = false;
    while (this.#stash.length > 0 && !this.#stopped()) {
      const chunks = this.#stash;
      this.#stash = [];
      for (const chunk of chunks) this.feed(chunk, 0, chunk.length);
    }
  }

  /** Nothing is delivered any more. */
  end(): void {
    this.#ended = true;
    this.#stash = [];
    if (this.#partial !== undefined) giveBuffer(this.#partial);
    this.#partial = undefined;
  }

  /** Each batch that is delivered may pause or end this; the compiler would believe what it saw before. */
  #stopped(): boolean {
    return this.paused || this.#ended;
  }

  #live(): boolean {
    return !this.#ended;
  }

  #refuse(): void {
    this.end();
    this.#fail(new CodecError(`batch is longer than ${BATCH_BYTES} bytes`));
  }

  /** Length behind the prefix at `p`; -1 if it is more than any batch may hold. */
  #length(buf: Uint8Array, p: number): number {
    const prefix = this.prefixBytes;
    const length = buf[p]! | (buf[p + 1]! << 8);
    if (prefix === 4 && (buf[p + 2] !== 0 || buf[p + 3] !== 0)) return -1;
    return length + prefix > BATCH_BYTES ? -1 : length;
  }

  #begin(chunk: Uint8Array, p: number, end: number): void {
    const partial = takeBuffer();
    copyInto(partial, 0, chunk, p, end);
    this.#partial = partial;
    this.#have = end - p;
    this.#need = this.#have >= this.prefixBytes ? this.prefixBytes + this.#length(partial, 0) : -1;
  }

  /** Goes on with the batch under completion; returns where the rest of the chunk begins. */
  #complete(chunk: Uint8Array, start: number, end: number): number {
    const partial = this.#partial!;
    let p = start;
    while (this.#need < 0 && p < end) {
      partial[this.#have++] = chunk[p++]!;
      if (this.#have < this.prefixBytes) continue;
      const length = this.#length(partial, 0);
      if (length < 0) {
        this.#refuse();
        return end;
      }
      this.#need = this.prefixBytes + length;
    }
    if (this.#need < 0) return p;
    const n = Math.min(end - p, this.#need - this.#have);
    copyInto(partial, this.#have, chunk, p, p + n);
    this.#have += n;
    p += n;
    if (this.#have < this.#need) return p;
    this.#partial = undefined;
    this.#handler.onBatch(partial, this.prefixBytes, this.#need);
    giveBuffer(partial);
    return p;
  }
}
