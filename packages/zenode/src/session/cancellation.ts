import { CancelledError } from './errors.ts';

/** Cancels queries: every one that it was given to. */
export class CancellationToken {
  readonly #controller = new AbortController();

  isCancelled(): boolean {
    return this.#controller.signal.aborted;
  }

  /** Calling it again does nothing. */
  cancel(): void {
    this.#controller.abort(new CancelledError());
  }

  /** Signal that aborts with this token. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** A token that is cancelled, for the same reason, when the signal aborts. It can be cancelled before, too. */
  static from(signal: AbortSignal): CancellationToken {
    const token = new CancellationToken();
    onAbort(signal, () => token.#controller.abort(signal.reason));
    return token;
  }
}

/** Options common to operations that can be aborted. */
export interface Abortable {
  signal?: AbortSignal;
  cancellationToken?: CancellationToken;
}

/** Calls `fn` when the signal aborts; at once if it has. Returns what takes it back. */
export function onAbort(signal: AbortSignal, fn: (reason: unknown) => void): () => void {
  if (signal.aborted) {
    fn(signal.reason);
    return nothing;
  }
  const listener = (): void => fn(signal.reason);
  signal.addEventListener('abort', listener, { once: true });
  return () => signal.removeEventListener('abort', listener);
}

/** As `onAbort`, of the signal and of the token. `fn` is called once. */
export function onAbortOf(options: Abortable, fn: (reason: unknown) => void): () => void {
  const { signal, cancellationToken: token } = options;
  if (signal === undefined) return token === undefined ? nothing : onAbort(token.signal, fn);
  if (token === undefined) return onAbort(signal, fn);
  if (signal.aborted) return onAbort(signal, fn);
  const stop = (): void => {
    stopOne();
    stopOther();
  };
  const once = (reason: unknown): void => {
    stop();
    fn(reason);
  };
  let stopOther = nothing;
  const stopOne = onAbort(signal, once);
  stopOther = onAbort(token.signal, once);
  return stop;
}

function nothing(): void {}
