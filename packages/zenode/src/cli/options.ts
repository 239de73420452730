import { parseArgs } from 'node:util';
import { nearest } from '../base/index.ts';
import { FLAGS, type Flag, type FlagName, LATER } from './flags.ts';

/** The command was not called as it must be: exit code 2. */
export class UsageError extends Error {}

/** What a command was called with, checked against its flags. */
export class Options {
  readonly values: readonly string[];
  readonly #given: ReadonlyMap<FlagName, readonly string[]>;

  constructor(given: ReadonlyMap<FlagName, readonly string[]>, values: readonly string[]) {
    this.#given = given;
    this.values = values;
  }

  has(name: FlagName): boolean {
    return this.#given.has(name);
  }

  /** The last one given, if it was given more than once. */
  text(name: FlagName): string | undefined {
    return this.#given.get(name)?.at(-1);
  }

  texts(name: FlagName): readonly string[] {
    return this.#given.get(name) ?? [];
  }

  number(name: FlagName): number | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : Number(text);
  }

  /** The place of the chosen word among its choices. */
  choice(name: FlagName, choices: readonly string[]): number | undefined {
    const word = this.text(name);
    return word === undefined ? undefined : choices.indexOf(word);
  }

  /** A span of seconds, in ms. */
  ms(name: FlagName): number | undefined {
    const seconds = this.number(name);
    return seconds === undefined ? undefined : seconds * 1000;
  }
}

/**
 * Reads the words behind the name of a command.
 * @param allowed the flags that the command takes
 * @param names of its values, as `KEY` or `[VALUE]`
 */
export function readOptions(args: readonly string[], allowed: readonly FlagName[], names: readonly string[]): Options {
  const given = new Map<FlagName, string[]>();
  const values: string[] = [];
  const negative = new Set<number>();
  for (const token of tokensOf(args, allowed)) {
    if (token.kind === 'positional') values.push(token.value);
    if (token.kind !== 'option' || negative.has(token.index)) continue;
    const word = args[token.index]!;
    if (/^-\.?\d/.test(word)) {
      // A negative number, and no flag.
      negative.add(token.index);
      values.push(word);
      continue;
    }
    const name = nameOf(token.name, token.rawName, allowed);
    const value = valueOf(name, token.rawName, token.value, token.inlineValue ?? false, allowed);
    const many = given.get(name);
    if (many === undefined) given.set(name, [value]);
    else many.push(value);
  }
  if (!given.has('help') && !given.has('version')) checkCount(values, names);
  return new Options(given, values);
}

function tokensOf(args: readonly string[], allowed: readonly FlagName[]): ReturnType<typeof parse>['tokens'] {
  return parse(args, allowed).tokens;
}

function parse(args: readonly string[], allowed: readonly FlagName[]) {
  const options: Record<string, { type: 'string' | 'boolean'; short?: string }> = {};
  for (const name of allowed) {
    const { value, short }: Flag = FLAGS[name];
    options[name] = { type: value.kind === 'switch' ? 'boolean' : 'string', ...(short === undefined ? {} : { short }) };
  }
  return parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
}

function nameOf(name: string, raw: string, allowed: readonly FlagName[]): FlagName {
  const plain = name.replaceAll('_', '-');
  const known = allowed.find((one) => one === name || one === plain);
  if (known === name) return known;
  if (known !== undefined) throw new UsageError(`unknown flag ${raw}; write --${known}`);
  if (LATER.includes(name) && allowed.includes('no-timestamp')) throw new UsageError(`${raw} is not there yet`);
  const near = raw.startsWith('--') ? nearest(plain, allowed) : undefined;
  const elsewhere = Object.hasOwn(FLAGS, name) ? 'this command does not take' : 'unknown flag';
  throw new UsageError(`${elsewhere} ${raw}${near === undefined ? '' : `; did you mean --${near}?`}`);
}

/** The value of one flag, in the form in which commands read it. */
function valueOf(
  name: FlagName,
  raw: string,
  text: string | undefined,
  inline: boolean,
  allowed: readonly FlagName[],
): string {
  const { value }: Flag = FLAGS[name];
  if (value.kind === 'switch') {
    if (text !== undefined) throw new UsageError(`${raw} takes no value, and got "${text}"`);
    return '';
  }
  const wanted = value.kind === 'choice' ? value.choices.join('|') : value.shown;
  if (text === undefined || (!inline && isFlag(text, allowed))) throw new UsageError(`${raw} needs a value: ${wanted}`);
  if (value.kind === 'text') return text;
  if (value.kind === 'choice') return chosen(text, raw, value.choices);
  const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  const fits = number >= value.min && (value.integer ? Number.isSafeInteger(number) : Number.isFinite(number));
  if (fits) return String(number);
  const what = value.integer ? 'a whole number' : 'a number';
  throw new UsageError(`${raw} ${text}: ${value.shown} is ${what} from ${value.min} on`);
}

function chosen(text: string, raw: string, choices: readonly string[]): string {
  const word = text.toLowerCase().replaceAll('_', '-');
  if (choices.includes(word)) return word;
  const near = nearest(word, choices);
  const hint = near === undefined ? `it is one of ${choices.join(', ')}` : `did you mean ${near}?`;
  throw new UsageError(`${raw} ${text}: no such word; ${hint}`);
}

function isFlag(word: string, allowed: readonly FlagName[]): boolean {
  return allowed.some((name) => {
    const { short }: Flag = FLAGS[name];
    return word === `--${name}` || (short !== undefined && word === `-${short}`);
  });
}

function checkCount(values: readonly string[], names: readonly string[]): void {
  const least = names.filter((name) => !name.startsWith('[')).length;
  const missing = names[values.length];
  if (values.length < least && missing !== undefined) throw new UsageError(`${missing} is missing`);
  const extra = values[names.length];
  if (extra === undefined) return;
  const wanted = names.length === 0 ? 'no value is taken' : `only ${names.join(' ')} is taken`;
  throw new UsageError(`"${extra}" is too much: ${wanted}${names.length > 0 ? '; quote a value with spaces' : ''}`);
}
