import { Fifo } from '../base/index.ts';

/** A value on its way to the application. It must not throw. */
export interface Delivery {
  deliver(): void;
}

/**
 * What is to be told to the application, in order. Changes of the tables and arriving messages only append; deliveries run
 * when the tables are consistent, and never inside each other, so that whatever a callback does is normal.
 */
export class Outbox {
  readonly #queue: Fifo<Delivery> = new Fifo();
  #busy = false;

  /** May a delivery be made at once, without standing in line? */
  get idle(): boolean {
    return !this.#busy && this.#queue.length === 0;
  }

  /** Marks that the application is being called; the caller calls `leave` afterwards. Only when idle. */
  enter(): void {
    this.#busy = true;
  }

  /** The application has returned: what came up meanwhile follows. */
  leave(): void {
    this.#busy = false;
    if (this.#queue.length > 0) this.drain();
  }

  post(delivery: Delivery): void {
    this.#queue.push(delivery);
  }

  drain(): void {
    if (this.#busy) return;
    this.#busy = true;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) next.deliver();
    this.#busy = false;
  }
}
