import type { Scheduler, Timer } from '../base/index.ts';

/** Turns of the event loop where there is no `setImmediate`: messages to oneself, which browsers do not delay. */
function byMessages(): (fn: () => void) => void {
  const { port1, port2 } = new MessageChannel();
  let queue: (() => void)[] = [];
  // Setting this starts the port; the types of Node do not have it.
  (port1 as { onmessage?: () => void }).onmessage = () => {
    const due = queue;
    queue = [];
    for (const fn of due) {
      try {
        fn();
      } catch (error) {
        // Uncaught, as where each turn stands alone; the others follow.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  };
  return (fn) => {
    queue.push(fn);
    if (queue.length === 1) port2.postMessage(undefined);
  };
}

type Immediate = ((fn: () => void) => void) | undefined;

/** The clock, turns and chance of this platform. */
class PlatformScheduler implements Scheduler {
  readonly macro: (fn: () => void) => void;
  /** Difference between both clocks, measured again now and then, since the wall clock may be set. */
  #offset = 0;
  #measuredAt = Number.NEGATIVE_INFINITY;

  constructor() {
    const immediate = (globalThis as { setImmediate?: Immediate }).setImmediate;
    this.macro = immediate ?? byMessages();
  }

  now(): number {
    return performance.now();
  }

  wallMs(): number {
    const now = performance.now();
    if (now - this.#measuredAt > 1000) {
      this.#measuredAt = now;
      const drift = Date.now() - (performance.timeOrigin + now);
      this.#offset = performance.timeOrigin + (Math.abs(drift) > 2 ? drift : 0);
    }
    return now + this.#offset;
  }

  micro(fn: () => void): void {
    queueMicrotask(fn);
  }

  after(ms: number, fn: () => void): Timer {
    const timer = setTimeout(fn, ms);
    // In browsers it is a number, and nothing keeps a page.
    (timer as { unref?: () => void }).unref?.();
    return { cancel: () => clearTimeout(timer) };
  }

  random(): number {
    return Math.random();
  }

  randomBytes(target: Uint8Array): Uint8Array {
    return crypto.getRandomValues(target);
  }
}

/** The scheduler that runtimes take unless they are given another: one per thread. */
export const platformScheduler: Scheduler = new PlatformScheduler();
