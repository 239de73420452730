import type { Scheduler } from '../base/index.ts';

/** What has batches to send. */
export interface Flushable {
  /** Is on the list of the flusher. Set by it alone. */
  dirty: boolean;
  /** Hands over what the links have room for, batches that are not full included. */
  flush(): void;
}

/** Puts, and batches handed to links, after which a loop that awaits has to let one turn pass. */
const PUTS_PER_TURN = 4096;
const BATCHES_PER_TURN = 32;
/** How many such shares a loop that never awaits may take before it is stopped. */
const SHARES_WITHOUT_AWAIT = 16;

/**
 * Decides when batches leave, for all transports of a runtime. The first flush of a turn runs as a microtask, so that
 * an idle node answers at once; what comes later in the same turn is collected until the next one. A microtask alone
 * would send a batch per message to a caller that awaits each put; a turn alone would delay the first.
 */
export class Flusher {
  readonly #scheduler: Scheduler;
  #dirty: Flushable[] = [];
  #spare: Flushable[] = [];
  #pending = false;
  #busy = false;
  #puts = 0;
  #batches = 0;
  #counting = false;
  #nextTurn: Promise<void> | undefined;
  #passTurn: (() => void) | undefined;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  request(one: Flushable): void {
    if (!one.dirty) {
      one.dirty = true;
      this.#dirty.push(one);
    }
    if (this.#pending) return;
    this.#pending = true;
    if (this.#busy) return;
    this.#busy = true;
    this.#scheduler.micro(this.#run);
    this.#scheduler.macro(this.#turn);
  }

  readonly #run = (): void => {
    this.#pending = false;
    const dirty = this.#dirty;
    this.#dirty = this.#spare;
    this.#spare = dirty;
    for (const one of dirty) {
      one.dirty = false;
      one.flush();
    }
    dirty.length = 0;
  };

  readonly #turn = (): void => {
    if (!this.#pending) {
      this.#busy = false;
      return;
    }
    this.#run();
    this.#scheduler.macro(this.#turn);
  };

  /** Counts one put. True: this turn has had its share, and the caller's promise is `nextTurn()`. */
  spent(): boolean {
    this.#count();
    return ++this.#puts >= PUTS_PER_TURN || this.#batches >= BATCHES_PER_TURN;
  }

  /**
   * As `spent`, for a caller that awaits only when it is told to: true after sixteen shares of a turn. Without it a loop that
   * meets no congestion, since it has no subscriber or a very fast one, would never let anything be read.
   */
  exhausted(): boolean {
    this.spent();
    return (
      this.#puts >= PUTS_PER_TURN * SHARES_WITHOUT_AWAIT || this.#batches >= BATCHES_PER_TURN * SHARES_WITHOUT_AWAIT
    );
  }

  /** Counts one batch handed to a link: it matters in a turn that has seen a put. */
  handedOver(): void {
    if (this.#counting) this.#batches++;
  }

  /** One promise for all who ask in this turn; resolves in the next, after reads and timers had their chance. */
  nextTurn(): Promise<void> {
    this.#count();
    this.#nextTurn ??= new Promise((resolve) => {
      this.#passTurn = resolve;
    });
    return this.#nextTurn;
  }

  #count(): void {
    if (this.#counting) return;
    this.#counting = true;
    this.#scheduler.macro(this.#reset);
  }

  readonly #reset = (): void => {
    this.#counting = false;
    this.#puts = 0;
    this.#batches = 0;
    const pass = this.#passTurn;
    this.#nextTurn = undefined;
    this.#passTurn = undefined;
    pass?.();
  };
}
