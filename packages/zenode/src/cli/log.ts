import { stderr } from 'node:process';
import type { LogLevel, LogSink } from '../base/index.ts';
import type { Options } from './options.ts';

/** What is logged, and how, in the form in which `open` takes it. */
export interface Logging {
  readonly log: LogSink;
  readonly logLevel: LogLevel;
}

/** @param fallback the level unless the flags name one; `-q` leaves errors */
export function loggingOf(options: Options, fallback: LogLevel): Logging {
  const level = options.text('log') ?? (options.has('quiet') ? 'error' : fallback);
  return { log: write, logLevel: level as LogLevel };
}

function write(level: LogLevel, message: string): void {
  stderr.write(`${new Date().toISOString()} ${level.toUpperCase().padEnd(5)} ${message}\n`);
}
