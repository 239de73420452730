import type { Scheduler, Timer } from '../base/index.ts';

/** A scheduler whose timers end with its owner: who closes it leaves none behind, whatever set them. */
export class ScopedScheduler implements Scheduler {
  readonly macro: (fn: () => void) => void;
  readonly #base: Scheduler;
  readonly #timers = new Set<Timer>();
  #closed = false;

  constructor(base: Scheduler) {
    this.#base = base;
    this.macro = (fn) => base.macro(fn);
  }

  now(): number {
    return this.#base.now();
  }

  wallMs(): number {
    return this.#base.wallMs();
  }

  micro(fn: () => void): void {
    this.#base.micro(fn);
  }

  after(ms: number, fn: () => void): Timer {
    if (this.#closed) return NEVER;
    const run = (): void => {
      this.#timers.delete(timer);
      fn();
    };
    const inner = this.#base.after(ms, run);
    const timer: Timer = {
      cancel: () => {
        if (this.#timers.delete(timer)) inner.cancel();
      },
    };
    this.#timers.add(timer);
    return timer;
  }

  random(): number {
    return this.#base.random();
  }

  randomBytes(target: Uint8Array): Uint8Array {
    return this.#base.randomBytes(target);
  }

  /** Withdraws every timer. None runs any more, those asked for later neither. */
  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) timer.cancel();
  }
}

const NEVER: Timer = { cancel: () => undefined };
