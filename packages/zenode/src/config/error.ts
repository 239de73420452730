import { nearest, ZError } from '../base/index.ts';

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

function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
