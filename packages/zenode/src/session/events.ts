import { Fifo } from '../base/index.ts';
import type { EntityGlobalId } from '../wire/index.ts';
import { onAbort } from './cancellation.ts';
import { invalid, shown } from './errors.ts';

/** What listeners of a session get. */
export class SessionEvent<D> extends Event {
  readonly detail: D;
  constructor(type: string, detail: D) {
    super(type);
    this.detail = detail;
  }
}

/** Events of a session and their detail. */
export interface SessionEventMap {
  /** The session is closed; detail is the error if it was not asked for. */
  close: SessionEvent<Error | undefined>;
  /** A callback of the application threw or rejected. Without a listener it is reported as an uncaught exception is. */
  callbackerror: SessionEvent<unknown>;
  /** A channel was full; detail counts the values that were dropped, 0 if the channel grew instead. */
  overflow: SessionEvent<{ entity: EntityGlobalId; dropped: number }>;
}

export type SessionEventType = keyof SessionEventMap;

export interface SessionListenerOptions {
  /** At most one event. */
  once?: boolean;
  /** Removes the listener when aborted. */
  signal?: AbortSignal;
}

type Detail<K extends SessionEventType> = SessionEventMap[K]['detail'];
type AnyListener = (event: SessionEvent<never>) => void;

interface Entry {
  readonly listener: AnyListener;
  readonly once: boolean;
  stop: () => void;
}

/** The events of one session: told in order, never while the code that causes them runs. */
export class SessionEvents {
  readonly #later: (fn: () => void) => void;
  readonly #uncaught: (error: unknown) => void;
  readonly #entries = new Map<string, Entry[]>();
  readonly #queue = new Fifo<SessionEvent<unknown>>();
  #scheduled = false;

  /**
   * @param later runs a function when the current code has returned
   * @param uncaught makes an error known as an uncaught exception is, without throwing it here
   */
  constructor(later: (fn: () => void) => void, uncaught: (error: unknown) => void) {
    this.#later = later;
    this.#uncaught = uncaught;
  }

  /** @throws ZError `INVALID_ARGUMENT` if the listener is no function */
  add<K extends SessionEventType>(
    type: K,
    listener: (event: SessionEventMap[K]) => void,
    options: SessionListenerOptions = {},
  ): void {
    if (typeof listener !== 'function') throw invalid(`listener is ${shown(listener)}: pass a function`);
    if (options.signal?.aborted === true) return;
    const entries = this.#entries.get(type) ?? [];
    if (entries.some((entry) => entry.listener === (listener as AnyListener))) return;
    const entry: Entry = { listener, once: options.once ?? false, stop: () => {} };
    if (options.signal) entry.stop = onAbort(options.signal, () => this.remove(type, listener));
    this.#entries.set(type, [...entries, entry]);
  }

  remove<K extends SessionEventType>(type: K, listener: (event: SessionEventMap[K]) => void): void {
    const entries = this.#entries.get(type) ?? [];
    const at = entries.findIndex((entry) => entry.listener === (listener as AnyListener));
    if (at < 0) return;
    entries[at]!.stop();
    this.#entries.set(type, entries.toSpliced(at, 1));
  }

  emit<K extends SessionEventType>(type: K, detail: Detail<K>): void {
    this.#queue.push(new SessionEvent<unknown>(type, detail));
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#later(this.#run);
  }

  readonly #run = (): void => {
    this.#scheduled = false;
    // What listeners cause comes in a turn of its own.
    for (let n = this.#queue.length; n > 0; n--) this.#tell(this.#queue.shift()!);
  };

  #tell(event: SessionEvent<unknown>): void {
    const entries = this.#entries.get(event.type) ?? [];
    if (entries.length === 0 && event.type === 'callbackerror') this.#uncaught(event.detail);
    for (const entry of entries) {
      if (!this.#entries.get(event.type)!.includes(entry)) continue; // removed by one before it
      if (entry.once) this.remove(event.type as SessionEventType, entry.listener as (event: unknown) => void);
      try {
        entry.listener(event as SessionEvent<never>);
      } catch (error) {
        this.#uncaught(error);
      }
    }
  }
}
