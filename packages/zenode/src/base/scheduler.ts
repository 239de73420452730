/**
 * The one source of time, turns and chance of a runtime. Everything below the runtime takes these from here and from
 * nowhere else, so that a whole network runs under a fake one and a seed replays it.
 */
export interface Scheduler {
  /** Milliseconds of a clock that never goes back; its origin means nothing. */
  now(): number;
  /** Milliseconds since 1970, with fractions where the platform has them: the wall clock, for timestamps. */
  wallMs(): number;
  /** Runs `fn` before the current turn ends. */
  micro(fn: () => void): void;
  /** Runs `fn` in the next turn, after what arrived meanwhile. */
  macro(fn: () => void): void;
  /** Runs `fn` once, `ms` from now at the earliest. It never keeps the process alive. */
  after(ms: number, fn: () => void): Timer;
  /** A number from 0 to below 1. */
  random(): number;
  /** Fills with bytes no one can guess (under a fake scheduler: with bytes of its seed). */
  randomBytes(target: Uint8Array): Uint8Array;
}

export interface Timer {
  /** Withdraws it. Harmless when it has run. */
  cancel(): void;
}
