import { Timestamp, ntp64Lo } from './timestamp.ts';
import type { ZenohId } from './zenoh-id.ts';

/** How far ahead a received time may be: 500 ms. */
export const HLC_MAX_DELTA_MS = 500;

/**
 * Hybrid logical clock: the wall clock, whose last four bits count instead. Never goes back, and is pushed forward by
 * the timestamps it sees. Times are pairs of unsigned halves (`hi` seconds, `lo` fraction), so that none is built per
 * message.
 */
export class Hlc {
  readonly id: ZenohId;
  /** The time given last. */
  hi = 0;
  lo = 0;
  readonly #clock: { wallMs(): number };
  readonly #deltaHi: number;
  readonly #deltaLo: number;

  constructor(clock: { wallMs(): number }, id: ZenohId, maxDeltaMs: number = HLC_MAX_DELTA_MS) {
    this.#clock = clock;
    this.id = id;
    this.#deltaHi = Math.floor(maxDeltaMs / 1000);
    this.#deltaLo = ntp64Lo(maxDeltaMs);
  }

  newTimestamp(): Timestamp {
    this.next();
    return Timestamp.of(this.hi, this.lo, this.id);
  }

  /**
   * Makes a new time and leaves it in `hi` and `lo`.
   * @param wallMs of a clock that was read before, once for many messages
   */
  next(wallMs: number = this.#clock.wallMs()): void {
    const hi = Math.floor(wallMs / 1000);
    const lo = (ntp64Lo(wallMs) & ~0xf) >>> 0;
    if (hi > this.hi || (hi === this.hi && lo > (this.lo & ~0xf) >>> 0)) {
      this.hi = hi;
      this.lo = lo;
    } else {
      this.#after(this.hi, this.lo);
    }
  }

  /** Takes a received time into account. False, and nothing happens, if it is too far ahead of the wall clock. */
  updateWith(hi: number, lo: number, wallMs: number = this.#clock.wallMs()): boolean {
    const nowHi = Math.floor(wallMs / 1000);
    const nowLo = (ntp64Lo(wallMs) & ~0xf) >>> 0;
    if (after(hi, lo, nowHi, nowLo)) {
      const borrow = lo < nowLo ? 1 : 0;
      const aheadHi = hi - nowHi - borrow;
      const aheadLo = (lo - nowLo) >>> 0;
      if (after(aheadHi, aheadLo, this.#deltaHi, this.#deltaLo)) return false;
      if (!after(this.hi, this.lo, hi, lo)) {
        this.#after(hi, lo);
        return true;
      }
    } else if (!after(this.hi, this.lo, nowHi, nowLo)) {
      this.hi = nowHi;
      this.lo = nowLo;
      return true;
    }
    this.#after(this.hi, this.lo);
    return true;
  }

  #after(hi: number, lo: number): void {
    this.lo = (lo + 1) >>> 0;
    this.hi = this.lo === 0 ? hi + 1 : hi;
  }
}

function after(aHi: number, aLo: number, bHi: number, bLo: number): boolean {
  return aHi > bHi || (aHi === bHi && aLo > bLo);
}
