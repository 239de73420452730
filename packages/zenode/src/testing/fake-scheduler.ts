import { Fifo, type Scheduler, type Timer } from '../base/index.ts';

/** Turns that may follow one another while the clock stands still; more means that something never comes to rest. */
const RESTLESS = 2_000_000;

/** Rounds of the platform's microtasks that promises get between two turns, and before everything counts as idle. */
const ROUNDS_BETWEEN = 8;
const ROUNDS_IDLE = 40;

const microtask: Promise<void> = Promise.resolve();

interface Pending extends Timer {
  readonly at: number;
  readonly serial: number;
  readonly fn: () => void;
}

/**
 * A scheduler whose clock stands still until it is told to go on. Whole networks run under one of these: turns come in the
 * order in which they were asked for, chance comes from a seed, and a second run does the same as the first.
 */
export class FakeScheduler implements Scheduler {
  readonly #micros: Fifo<() => void> = new Fifo();
  readonly #macros: Fifo<() => void> = new Fifo();
  /** In the order in which they are due. */
  #timers: Pending[] = [];
  #now = 0;
  #serial = 0;
  #state: number;
  readonly #epoch: number;

  /**
   * @param seed of `random` and `randomBytes`
   * @param epochMs what `wallMs` says at the beginning
   */
  constructor(seed: number = 1, epochMs: number = 1_700_000_000_000) {
    this.#state = seed >>> 0;
    this.#epoch = epochMs;
  }

  now(): number {
    return this.#now;
  }

  wallMs(): number {
    return this.#epoch + this.#now;
  }

  micro(fn: () => void): void {
    this.#micros.push(fn);
  }

  macro(fn: () => void): void {
    this.#macros.push(fn);
  }

  after(ms: number, fn: () => void): Timer {
    const timer: Pending = {
      at: this.#now + Math.max(0, ms),
      serial: this.#serial++,
      fn,
      cancel: () => {
        const i = this.#timers.indexOf(timer);
        if (i >= 0) this.#timers.splice(i, 1);
      },
    };
    let i = this.#timers.length;
    while (i > 0 && this.#timers[i - 1]!.at > timer.at) i--;
    this.#timers.splice(i, 0, timer);
    return timer;
  }

  random(): number {
    return this.#next() / 0x100000000;
  }

  randomBytes(target: Uint8Array): Uint8Array {
    for (let i = 0; i < target.length; i++) target[i] = this.#next() >>> 24;
    return target;
  }

  /** Timers that wait for the clock. */
  get timers(): number {
    return this.#timers.length;
  }

  /** Does nothing wait but timers? */
  get idle(): boolean {
    return this.#micros.length === 0 && this.#macros.length === 0;
  }

  /** Runs the microtasks and one turn with its microtasks; timers that are due count as turns. False: nothing was there. */
  step(): boolean {
    let any = this.#drain();
    if (this.#macros.length === 0) this.#due();
    const turn = this.#macros.shift();
    if (turn !== undefined) {
      any = true;
      turn();
      this.#drain();
    }
    return any;
  }

  /** Runs until nothing happens any more, promises included; the clock stands still. */
  async settle(): Promise<void> {
    for (let steps = 0; ;) {
      for (let round = 0; round < ROUNDS_IDLE && !this.#ready(); round++) await microtask;
      if (!this.#ready()) return;
      for (; this.step(); steps++) {
        if (steps > RESTLESS) throw new Error(`no rest after ${RESTLESS} turns at ${this.#now} ms`);
        for (let round = 0; round < ROUNDS_BETWEEN; round++) await microtask;
      }
    }
  }

  /** Lets the clock go on by `ms`; what is due on the way runs at its time. */
  async run(ms: number): Promise<void> {
    const until = this.#now + ms;
    await this.settle();
    for (let next = this.#timers[0]; next !== undefined && next.at <= until; next = this.#timers[0]) {
      this.#now = Math.max(this.#now, next.at);
      await this.settle();
    }
    this.#now = until;
    await this.settle();
  }

  #ready(): boolean {
    return !this.idle || (this.#timers.length > 0 && this.#timers[0]!.at <= this.#now);
  }

  #due(): void {
    while (this.#timers.length > 0 && this.#timers[0]!.at <= this.#now) this.#macros.push(this.#timers.shift()!.fn);
  }

  #drain(): boolean {
    let n = 0;
    for (let fn = this.#micros.shift(); fn !== undefined; fn = this.#micros.shift()) {
      if (++n > RESTLESS) throw new Error(`no rest after ${RESTLESS} microtasks at ${this.#now} ms`);
      fn();
    }
    return n > 0;
  }

  /** 32 bits of the mulberry generator. */
  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  }
}
