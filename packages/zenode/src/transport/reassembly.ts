import { copyInto } from '../base/index.ts';
import { expectedLength } from './expected-length.ts';

/** A declared length is believed up to this many bytes per transport; beyond it the buffer doubles as bytes arrive. */
const BELIEVED = 16 * 1024 * 1024;

/** Bytes that the assemblies of one transport hold, together. */
export class ReassemblyBudget {
  readonly perMessage: number;
  readonly perTransport: number;
  held = 0;

  /** @param perMessage and perTransport in bytes */
  constructor(perMessage: number, perTransport: number) {
    this.perMessage = perMessage;
    this.perTransport = perTransport;
  }
}

/** Puts the fragments of one channel together. Errors lose the message, never the link. */
export class Reassembly {
  readonly #budget: ReassemblyBudget;
  #buf: Uint8Array | undefined;
  #length = 0;
  #expected = 0;

  constructor(budget: ReassemblyBudget) {
    this.#budget = budget;
  }

  /** Bytes gathered so far. */
  get length(): number {
    return this.#length;
  }

  clear(): void {
    this.#budget.held -= this.#buf?.length ?? 0;
    this.#buf = undefined;
    this.#length = 0;
  }

  /**
   * Adds one fragment. True: the message is whole; `take` it.
   *
   * @param markers the sender marks first fragments and abandoned messages (patch 1)
   */
  add(
    sn: number,
    mask: number,
    more: boolean,
    first: boolean,
    drop: boolean,
    markers: boolean,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): boolean {
    if (markers) {
      if (first) this.clear();
      else if (this.#length === 0) return false;
      if (drop) {
        this.clear();
        return false;
      }
    }
    if (this.#length === 0) this.#expected = sn;
    if (sn !== this.#expected || !this.#append(bytes, start, end)) {
      this.clear();
      return false;
    }
    this.#expected = (sn + 1) & mask;
    return !more;
  }

  /** The whole message: the buffer is the caller's, `length` bytes of it count. */
  take(): Uint8Array {
    const buf = this.#buf ?? new Uint8Array(0);
    const whole = buf.length === this.#length ? buf : buf.subarray(0, this.#length);
    this.clear();
    return whole;
  }

  #append(bytes: Uint8Array, start: number, end: number): boolean {
    const total = this.#length + end - start;
    const budget = this.#budget;
    if (total > budget.perMessage) return false;
    const held = this.#buf?.length ?? 0;
    if (total > held) {
      let size = Math.max(total, held * 2);
      if (this.#buf === undefined) {
        const expected = expectedLength(bytes, start, end);
        if (expected > size && budget.held + expected <= BELIEVED) size = expected;
      }
      size = Math.min(size, budget.perMessage);
      if (budget.held - held + size > budget.perTransport) size = total;
      if (budget.held - held + size > budget.perTransport) return false;
      const larger = new Uint8Array(size);
      if (this.#buf !== undefined) copyInto(larger, 0, this.#buf, 0, this.#length);
      this.#buf = larger;
      budget.held += size - held;
    }
    copyInto(this.#buf!, this.#length, bytes, start, end);
    this.#length = total;
    return true;
  }
}
