#!/usr/bin/env node
import process from 'node:process';
import { nearest } from '../base/index.ts';
import type { Command } from './command.ts';
import { COMMANDS, LATER_COMMANDS } from './commands.ts';
import { Ending } from './ending.ts';
import { commandHelp, groupHelp, overview } from './help.ts';
import { type Options, readOptions, UsageError } from './options.ts';
import { Output } from './output.ts';
import { version } from './version.ts';

/* Exit codes: 0 done, or ended by a signal; 1 failed; 2 called in a wrong way; 130 a second signal. */

/** How long a command may take to end once a signal has asked for it. */
const GRACE_MS = 2000;

/** @returns the exit code */
async function main(args: readonly string[]): Promise<number> {
  const ending = new Ending();
  const plain = new Output(false, false, () => ending.end());
  let command: Command | undefined;
  try {
    const [first] = args;
    if (first === undefined) throw new UsageError('COMMAND is missing');
    const text = generalText(first, args);
    if (text !== undefined) {
      plain.value(Object, () => text);
      await plain.flushed();
      return 0;
    }
    command = commandOf(args);
    const options = readOptions(args.slice(command.name.split(' ').length), command.flags, command.values);
    return await run(command, options, ending);
  } catch (cause) {
    if (cause instanceof UsageError) {
      const see = command === undefined ? 'zenode --help' : `zenode ${command.name} --help`;
      plain.error(`${cause.message} (see "${see}")`);
      return 2;
    }
    plain.error(cause instanceof Error ? cause.message : String(cause));
    return 1;
  }
}

async function run(command: Command, options: Options, ending: Ending): Promise<number> {
  const out = new Output(options.has('json'), options.has('quiet'), () => ending.end());
  if (options.has('help') || options.has('version')) {
    const text = options.has('help') ? commandHelp(command) : `zenode ${version()}`;
    new Output(false, false, () => undefined).value(Object, () => text);
    await out.flushed();
    return 0;
  }
  ending.watchSignals();
  // Timers of a node do not keep the process alive, and this does until the end.
  const alive = setInterval(() => undefined, 0x7fffffff);
  const graceful = ending.whenInterrupted.then(() => new Promise<void>((resolve) => setTimeout(resolve, GRACE_MS)));
  await Promise.race([command.run({ options, out, ending }), graceful]);
  clearInterval(alive);
  await out.flushed();
  return 0;
}

/** What is printed of flags in place of a command, and of the first word of several commands. */
function generalText(first: string, args: readonly string[]): string | undefined {
  if (first === '--version' || first === '-V') return `zenode ${version()}`;
  if (first === '--help' || first === '-h' || first === 'help') return overview();
  const group = COMMANDS.filter(({ name }) => name.startsWith(`${first} `));
  const second = args[1];
  return group.length > 0 && (second === '--help' || second === '-h') ? groupHelp(first, group) : undefined;
}

function commandOf(args: readonly string[]): Command {
  const [first = '', second = ''] = args;
  const found = COMMANDS.find(({ name }) => name === first || name === `${first} ${second}`);
  if (found !== undefined) return found;
  if (LATER_COMMANDS.includes(first)) throw new UsageError(`zenode ${first} is not there yet`);
  if (first.startsWith('-')) throw new UsageError(`${first}: the command comes first, as in "zenode sub KEY ${first}"`);
  const seconds = COMMANDS.filter(({ name }) => name.startsWith(`${first} `)).map(({ name }) => name.split(' ')[1]!);
  if (seconds.length > 0) {
    const words = seconds.join(', ');
    if (second === '' || second.startsWith('-')) throw new UsageError(`zenode ${first}: say which: ${words}`);
    throw new UsageError(`no command "${first} ${second}"${hint(second, seconds, words)}`);
  }
  const names = [...new Set(COMMANDS.map(({ name }) => name.split(' ')[0]!)), ...LATER_COMMANDS];
  throw new UsageError(`no command "${first}"${hint(first, names, undefined)}`);
}

function hint(wrong: string, names: readonly string[], otherwise: string | undefined): string {
  const near = nearest(wrong, names);
  if (near !== undefined) return `; did you mean ${near}?`;
  return otherwise === undefined ? '' : `; there are ${otherwise}`;
}

process.exit(await main(process.argv.slice(2)));
