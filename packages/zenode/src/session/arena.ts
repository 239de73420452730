import { copyBytes, copyInto } from '../base/index.ts';
import type { Lease } from '../routing/index.ts';

const SIZE = 16 * 1024;
/** Payloads up to this size are copied together with their neighbours. */
const SMALL = 256;
/** Payloads above this size get a buffer of their own. */
const LARGE = 2048;
/** Bytes of a batch that are copied in one go. */
const STRETCH = 4096;

/**
 * Where payloads of samples live. What a subscriber gets is his, and may be kept: it is copied out of the batch when
 * the sample is made. Allocation is what costs, so small payloads share a buffer, and neighbours in a batch share a copy.
 */
export class Arena {
  /** Result of `take`: the payload is at `[start, end)` of `buffer`. */
  buffer: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;
  #arena: Uint8Array = new Uint8Array(0);
  #pos = 0;
  /** The stretch copied last: where it came from, and where it is. */
  #source: Uint8Array = new Uint8Array(0);
  #serial = -1;
  #from = 0;
  #to = 0;
  #at = 0;

  /** Takes `source[start, end)` over, which is lent by `lease`. */
  take(source: Uint8Array, start: number, end: number, lease: Lease): void {
    const n = end - start;
    if (lease.owned) {
      this.#is(source, start, end);
    } else if (n > LARGE) {
      this.#is(copyBytes(source, start, end), 0, n);
    } else if (n > SMALL) {
      const at = this.#room(n);
      copyInto(this.#arena, at, source, start, end);
      this.#is(this.#arena, at, at + n);
    } else if (lease.serial === this.#serial && source === this.#source && start >= this.#from && end <= this.#to) {
      const at = this.#at + start - this.#from;
      this.#is(this.#arena, at, at + n);
    } else {
      const to = Math.min(start + STRETCH, lease.end);
      const at = this.#room(to - start);
      copyInto(this.#arena, at, source, start, to);
      this.#serial = lease.serial;
      this.#source = source;
      this.#from = start;
      this.#to = to;
      this.#at = at;
      this.#is(this.#arena, at, at + n);
    }
  }

  #is(buffer: Uint8Array, start: number, end: number): void {
    this.buffer = buffer;
    this.start = start;
    this.end = end;
  }

  #room(n: number): number {
    if (this.#pos + n > this.#arena.length) {
      this.#arena = new Uint8Array(SIZE);
      this.#pos = 0;
      this.#serial = -1;
    }
    const at = this.#pos;
    this.#pos = at + n;
    return at;
  }
}
