import type { Command } from './command.ts';
import { COMMANDS, LATER_COMMANDS } from './commands.ts';
import { FLAGS, type Flag, type FlagName } from './flags.ts';

/** Of the program. */
export function overview(): string {
  return [
    'zenode: Zenoh on the command line',
    '',
    'usage: zenode COMMAND [VALUES] [FLAGS]',
    '',
    ...list(COMMANDS),
    '',
    `Not there yet: ${LATER_COMMANDS.join(', ')}.`,
    '"zenode COMMAND --help" tells more and shows two examples. "zenode --version" prints the version.',
  ].join('\n');
}

/** Of commands with a first word in common, as `liveliness`. */
export function groupHelp(word: string, commands: readonly Command[]): string {
  return [
    `usage: zenode ${word} ${commands.map(({ name }) => name.slice(word.length + 1)).join('|')} [VALUES] [FLAGS]`,
    '',
    ...list(commands),
    '',
    'examples:',
    ...commands.slice(0, 2).map(({ examples }) => `  ${examples[0]}`),
  ].join('\n');
}

export function commandHelp(command: Command): string {
  const { name, values, summary, flags, flagHelp, notes = [], examples } = command;
  const rows = flags.map((flag) => [flagWords(flag), flagHelp?.[flag] ?? FLAGS[flag].help] as const);
  return [
    `usage: ${usage(command)}`,
    '',
    `${name}: ${summary}`,
    ...(values.length > 0 && notes.length > 0 ? ['', ...notes] : notes),
    '',
    'flags:',
    ...columns(rows),
    '',
    'examples:',
    ...examples.map((line) => `  ${line}`),
  ].join('\n');
}

function usage({ name, values }: Command): string {
  return ['zenode', name, ...values, '[FLAGS]'].join(' ');
}

function list(commands: readonly Command[]): string[] {
  return columns(commands.map(({ name, values, summary }) => [[name, ...values].join(' '), summary] as const));
}

function flagWords(name: FlagName): string {
  const { short, value }: Flag = FLAGS[name];
  const shown = value.kind === 'switch' ? '' : ` ${value.kind === 'choice' ? value.choices.join('|') : value.shown}`;
  return `${short === undefined ? '    ' : `-${short}, `}--${name}${shown}`;
}

/** Two columns; what is too long for the first stands alone. */
function columns(rows: readonly (readonly [left: string, right: string])[]): string[] {
  const widest = Math.min(34, Math.max(...rows.map(([left]) => left.length)));
  return rows.flatMap(([left, right]) =>
    left.length > widest ? [`  ${left}`, `  ${' '.repeat(widest)}  ${right}`] : [`  ${left.padEnd(widest)}  ${right}`],
  );
}
