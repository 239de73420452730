import { type Scheduler, ZError } from '../base/index.ts';

/** What a node has under way, and what ends with it: waits, dials, listeners about to open. */
export class Tasks {
  over = false;
  readonly #scheduler: Scheduler;
  readonly #ends = new Set<() => void>();
  readonly #work = new Set<Promise<unknown>>();

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** @throws ZError `SESSION_CLOSED` when it is over */
  check(): void {
    if (this.over) throw closedError();
  }

  /** Calls `fn` when it ends, unless what is returned was called before. */
  onEnd(fn: () => void): () => void {
    this.#ends.add(fn);
    return () => this.#ends.delete(fn);
  }

  /** Resolves after `ms`, for ever if infinite, or when it ends. */
  async sleep(ms: number): Promise<void> {
    await this.within(ms, undefined);
  }

  /** Waits for `done`, `ms` at the longest. False: the time is over, or all is. */
  within(ms: number, done: Promise<unknown> | undefined): Promise<boolean> {
    if (this.over) return Promise.resolve(false);
    return new Promise((resolve) => {
      const end = (met: boolean): void => {
        timer?.cancel();
        forget();
        resolve(met);
      };
      const forget = this.onEnd(() => end(false));
      const timer = Number.isFinite(ms)
        ? this.#scheduler.after(Math.max(0, Math.min(ms, 0x7fffffff)), () => end(false))
        : undefined;
      void done?.then(() => end(true));
    });
  }

  /** Whoever ends it waits for this work, which notices by itself that all is over. */
  track<T>(work: Promise<T>): Promise<T> {
    this.#work.add(work);
    const forget = (): boolean => this.#work.delete(work);
    work.then(forget, forget);
    return work;
  }

  /** Ends every wait; resolves when nothing is under way any more. */
  async end(): Promise<void> {
    this.over = true;
    for (const end of [...this.#ends]) end();
    await Promise.allSettled(this.#work);
  }
}

export function closedError(): ZError {
  return new ZError('SESSION_CLOSED', 'session closed');
}
