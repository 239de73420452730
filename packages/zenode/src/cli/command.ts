import type { Ending } from './ending.ts';
import type { FlagName } from './flags.ts';
import type { Options } from './options.ts';
import type { Output } from './output.ts';

/** One call of a command. */
export interface Call {
  readonly options: Options;
  readonly out: Output;
  readonly ending: Ending;
}

export interface Command {
  /** One word, or two as in `liveliness token`. */
  readonly name: string;
  /** What it does, in one line. */
  readonly summary: string;
  /** Its values, in order: `KEY`, or `[VALUE]` if it may be left out. */
  readonly values: readonly string[];
  readonly flags: readonly FlagName[];
  /** What its flags mean here, where that differs. */
  readonly flagHelp?: Partial<Record<FlagName, string>>;
  /** What else is to know. */
  readonly notes?: readonly string[];
  /** Both work as they are written, with a router on this machine. */
  readonly examples: readonly [string, string];
  /** Ends when all is done, and rejects with what went wrong. */
  run(call: Call): Promise<void>;
}
