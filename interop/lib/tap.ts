/** How long a condition may take before the test has failed. */
export const LIMIT_MS = 5_000;

/** What has arrived somewhere, and conditions on it. */
export class Tap<T> {
  readonly seen: T[] = [];
  readonly #what: string;
  readonly #checks = new Set<() => void>();

  constructor(what: string) {
    this.#what = what;
  }

  add(value: T): void {
    this.seen.push(value);
    for (const check of this.#checks) check();
  }

  /** Ends when the condition on all that was seen holds. */
  async when(condition: (seen: readonly T[]) => boolean, what: string, ms: number = LIMIT_MS): Promise<readonly T[]> {
    if (condition(this.seen)) return this.seen;
    let check = (): void => {};
    const met = new Promise<void>((resolve) => {
      check = (): void => {
        if (condition(this.seen)) resolve();
      };
    });
    this.#checks.add(check);
    try {
      await limited(met, ms, () => `${this.#what}: waiting for ${what}; seen ${this.seen.length}: ${this.#last()}`);
    } finally {
      this.#checks.delete(check);
    }
    return this.seen;
  }

  /** The first value that fits, from `from` on. */
  async first(fits: (value: T) => boolean, what: string, ms: number = LIMIT_MS): Promise<T> {
    let found: T | undefined;
    let next = 0;
    await this.when(
      (seen) => {
        for (; next < seen.length && found === undefined; next++) {
          const value = seen[next] as T;
          if (fits(value)) found = value;
        }
        return found !== undefined;
      },
      what,
      ms,
    );
    return found as T;
  }

  #last(): string {
    return JSON.stringify(this.seen.slice(-3));
  }
}

/** Rejects if the promise takes longer. */
export async function limited<T>(promise: Promise<T>, ms: number, what: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${ms} ms: ${what()}`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Tries again, without a fixed pause before the first try, until there is an answer. */
export async function eventually<T>(
  what: string,
  attempt: () => Promise<T | undefined | false>,
  ms: number = LIMIT_MS,
  pauseMs = 10,
): Promise<T> {
  const until = performance.now() + ms;
  for (;;) {
    const answer = await attempt();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > until) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
