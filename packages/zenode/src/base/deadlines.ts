import { MinHeap } from './heap.ts';
import type { Scheduler } from './scheduler.ts';

/** What is told when its time is over. */
export interface Expiring {
  onDeadline(): void;
}

/** Width of a bucket in milliseconds: how late a deadline may be noticed. */
const WIDTH = 20;

/**
 * Many deadlines and one timer. They fall into buckets of time, so that adding and removing one costs a set operation; none is
 * early, and none later than a bucket.
 */
export class Deadlines {
  readonly #scheduler: Scheduler;
  readonly #buckets = new Map<number, Set<Expiring>>();
  /** Their numbers, and those of some that are gone. */
  readonly #order: MinHeap = new MinHeap();
  #armed = Number.POSITIVE_INFINITY;
  #serial = 0;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** Returns what `remove` wants to be given. @param ms from now, at most 2^31 - 1 */
  add(one: Expiring, ms: number): number {
    const bucket = Math.ceil((this.#scheduler.now() + ms) / WIDTH);
    let set = this.#buckets.get(bucket);
    if (set === undefined) {
      set = new Set();
      this.#buckets.set(bucket, set);
      if (this.#order.size > 2 * this.#buckets.size + 64) this.#order.refill(this.#buckets.keys());
      else this.#order.push(bucket);
    }
    set.add(one);
    if (bucket < this.#armed) this.#arm(bucket);
    return bucket;
  }

  remove(one: Expiring, bucket: number): void {
    const set = this.#buckets.get(bucket);
    if (set?.delete(one) === true && set.size === 0) this.#buckets.delete(bucket);
  }

  #arm(bucket: number): void {
    this.#armed = bucket;
    const serial = ++this.#serial;
    const ms = Math.min(Math.max(0, bucket * WIDTH - this.#scheduler.now()), 0x7fffffff);
    this.#scheduler.after(ms, () => {
      if (serial === this.#serial) this.#due();
    });
  }

  #due(): void {
    const now = Math.floor(this.#scheduler.now() / WIDTH);
    const over: Set<Expiring>[] = [];
    this.#armed = Number.POSITIVE_INFINITY;
    for (let next = this.#order.peek(); next !== undefined; next = this.#order.peek()) {
      const set = this.#buckets.get(next);
      if (set !== undefined && next > now) {
        this.#arm(next);
        break;
      }
      this.#order.pop();
      if (set === undefined) continue;
      over.push(set);
      this.#buckets.delete(next);
    }
    for (const set of over) for (const one of set) one.onDeadline();
  }
}
