export type LogLevel = 'error' | 'warn' | 'info' | 'debug' | 'trace';

const RANK: Readonly<Record<LogLevel, number>> = { error: 1, warn: 2, info: 3, debug: 4, trace: 5 };

/** Where log lines go. None is written unless a sink is given. */
export type LogSink = (level: LogLevel, message: string) => void;

/**
 * The log of one runtime. `debugging` is looked at before a debug line is built, so that silent logs cost nothing.
 */
export class Log {
  readonly #sink: LogSink | undefined;
  readonly #rank: number;
  readonly debugging: boolean;

  constructor(sink?: LogSink, level: LogLevel = 'info') {
    this.#sink = sink;
    this.#rank = sink === undefined ? 0 : RANK[level];
    this.debugging = this.#rank >= RANK.debug;
  }

  error(message: string): void {
    this.#write('error', message);
  }

  warn(message: string): void {
    this.#write('warn', message);
  }

  info(message: string): void {
    this.#write('info', message);
  }

  debug(message: string): void {
    this.#write('debug', message);
  }

  #write(level: LogLevel, message: string): void {
    if (RANK[level] <= this.#rank) this.#sink?.(level, message);
  }
}

/** A log that goes nowhere. */
export const silent: Log = new Log();
