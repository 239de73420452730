import { ZError } from '../base/index.ts';

/** A configuration that cannot be used. `path` is where, as in `transport/link/tx/batch_size`; empty for the whole. */
export class ConfigError extends ZError {
  override readonly name: string = 'ConfigError';
  readonly path: string;
  /** The message without the path. */
  readonly detail: string;
  /** Well-formed, but against a rule; otherwise it is of the wrong form. */
  readonly againstRule: boolean;
  constructor(path: string, message: string, options: ErrorOptions & { againstRule?: boolean } = {}) {
    super('INVALID_CONFIG', path === '' ? message : `${path}: ${message}`, options);
    this.path = path;
    this.detail = message;
    this.againstRule = options.againstRule ?? false;
  }
}

/** What a value is, in the words of the reference: ``string "a"``, ``integer `1` ``, `map`. */
export function describe(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `string ${JSON.stringify(shorten(value))}`;
    case 'number':
      return `${Number.isInteger(value) ? 'integer' : 'floating point'} \`${value}\``;
    case 'boolean':
      return `boolean \`${value}\``;
    case 'object':
      if (value === null) return 'unit value';
      return Array.isArray(value) ? 'sequence' : 'map';
    default:
      return typeof value;
  }
}

/** `` `a`, `b` or `c` `` as the reference lists choices. */
export function choices(names: readonly string[]): string {
  const quoted = names.map((name) => `\`${name}\``);
  return quoted.length === 2 ? quoted.join(' or ') : `one of ${quoted.join(', ')}`;
}

/** `; did you mean ...?`, or nothing when no name is near. */
export function suggestion(wrong: string, names: Iterable<string>): string {
  const near = nearest(wrong, names);
  return near === undefined ? '' : `; did you mean \`${near}\`?`;
}

/** The name that needs the fewest edits, if they are few for its length. */
function nearest(wrong: string, names: Iterable<string>): string | undefined {
  if (wrong.length > 64) return undefined;
  const plain = wrong.toLowerCase().replaceAll(/[-\s]/g, '_');
  let best: string | undefined;
  let fewest = Infinity;
  for (const name of names) {
    const edits = distance(plain, name);
    if (edits < fewest && edits <= Math.max(1, Math.floor(Math.min(name.length, plain.length) / 3) + 1)) {
      fewest = edits;
      best = name;
    }
  }
  return best;
}

/** Insertions, deletions, replacements and swaps of neighbours between two short texts. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let above: number[] = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let edits = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) edits = Math.min(edits, before[j - 2]! + 1);
      row.push(edits);
    }
    before = above;
    above = row;
  }
  return above[b.length]!;
}

function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
