import process from 'node:process';

/** Exit code when a second signal interrupts the closing. */
const INTERRUPTED = 130;

/** Why and when a command that runs on ends. Ending is no failure. */
export class Ending {
  readonly #controller = new AbortController();
  /** Aborts when the command has to end. */
  readonly signal: AbortSignal = this.#controller.signal;
  /** Settles when the command has to end. */
  readonly whenEnded: Promise<void> = new Promise((resolve) => {
    this.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  #interrupt: () => void = () => undefined;
  /** Settles when a signal of the system asks for it: nobody waits long any more. */
  readonly whenInterrupted: Promise<void> = new Promise((resolve) => {
    this.#interrupt = resolve;
  });

  get ended(): boolean {
    return this.signal.aborted;
  }

  end(): void {
    this.#controller.abort();
  }

  /** SIGINT and SIGTERM end the command, and the process if they come again. */
  watchSignals(): void {
    let interrupted = false;
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      process.on(name, () => {
        if (interrupted) process.exit(INTERRUPTED);
        interrupted = true;
        this.#interrupt();
        this.end();
      });
    }
  }

  /** Ends the command after some time. */
  after(ms: number | undefined): void {
    if (ms !== undefined) later(ms, () => this.end());
  }

  /** Waits, but not beyond the end. True: the time is over; false: the command has ended. */
  sleep(ms: number): Promise<boolean> {
    if (this.ended) return Promise.resolve(false);
    return new Promise((resolve) => {
      const done = (): void => {
        cancel();
        this.signal.removeEventListener('abort', done);
        resolve(!this.ended);
      };
      const cancel = later(ms, done);
      this.signal.addEventListener('abort', done);
    });
  }
}

/** As `setTimeout`, also beyond the 24 days that it knows. Returns how to cancel it. */
function later(ms: number, fn: () => void): () => void {
  const due = performance.now() + ms;
  let timer: NodeJS.Timeout;
  const turn = (): void => {
    const rest = due - performance.now();
    if (rest <= 0) fn();
    else timer = setTimeout(turn, Math.min(rest, 0x7fffffff));
  };
  timer = setTimeout(turn, Math.min(ms, 0x7fffffff));
  return () => clearTimeout(timer);
}
