import { ZError } from '../base/index.ts';
import { onAbort } from './cancellation.ts';
import type { SessionCore } from './core.ts';
import { SessionClosedError } from './errors.ts';
import { DONE } from './publication.ts';

/** An entity between its declaration and its end. */
export class Life {
  readonly #core: SessionCore;
  readonly #what: string;
  readonly #end: () => void;
  #over = false;
  #forget: () => void = () => {};

  /**
   * @param what names the entity in errors
   * @param end what has to be done once, unless the session is closed: that ends everything by itself
   * @param signal ends it when aborted
   */
  constructor(core: SessionCore, what: string, end: () => void, signal?: AbortSignal) {
    this.#core = core;
    this.#what = what;
    this.#end = end;
    if (signal !== undefined) this.#forget = onAbort(signal, () => void this.dispose());
  }

  /** @throws SessionClosedError, or ZError `ALREADY_UNDECLARED` */
  assert(): void {
    if (this.#core.closed) throw new SessionClosedError();
    if (this.#over) throw this.#gone();
  }

  get usable(): boolean {
    return !this.#over && !this.#core.closed;
  }

  /** Rejects with `ALREADY_UNDECLARED` the second time, unless the session is closed. */
  undeclare(): Promise<void> {
    return this.#over && !this.#core.closed ? Promise.reject(this.#gone()) : this.dispose();
  }

  /** The same, and never rejects. */
  dispose(): Promise<void> {
    if (this.#over) return DONE;
    this.#over = true;
    this.#forget();
    if (!this.#core.closed) {
      this.#end();
      this.#core.tables.settled();
    }
    return DONE;
  }

  #gone(): ZError {
    return new ZError('ALREADY_UNDECLARED', `${this.#what} is undeclared already`);
  }
}
