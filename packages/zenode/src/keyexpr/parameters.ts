/** What is accepted where parameters are needed. */
export type IntoParameters =
  | Parameters
  | string
  // oxlint-disable-next-line typescript/no-wrapper-object-types -- programs written for zenoh-ts pass it
  | String
  | ReadonlyMap<string, string>
  | Readonly<Record<string, string>>;

/** Time range of the samples wanted. */
export const TIME = '_time';
/** Replies on keys outside of the query's key expression are welcome. */
export const ANYKE = '_anyke';

/**
 * Parameters of a selector: `key=value;key=value`, with `|` between several values of one key. Any text is accepted, and
 * nothing is encoded or decoded. Trailing `;`, `=` and `|` are cut, so a value that may end in one has to be escaped.
 */
export class Parameters {
  #text: string;

  constructor(parameters: IntoParameters) {
    this.#text = typeof parameters === 'string' ? trimmed(parameters) : textOf(parameters);
  }

  static of(parameters: IntoParameters): Parameters {
    return parameters instanceof Parameters ? parameters : new Parameters(parameters);
  }

  static empty(): Parameters {
    return new Parameters('');
  }

  isEmpty(): boolean {
    return this.#text === '';
  }

  containsKey(key: string): boolean {
    return this.get(key) !== undefined;
  }

  /** Value of the first entry with this key; empty if it is written without `=`. */
  get(key: string): string | undefined {
    for (const [k, value] of this) if (k === key) return value;
    return undefined;
  }

  /** The value of the key, cut at `|`. An empty value is one value. */
  *values(key: string): Generator<string> {
    const value = this.get(key);
    if (value !== undefined) yield* value.split('|');
  }

  /** All entries in the order of the text, duplicates and empty keys included. */
  *iter(): Generator<[string, string]> {
    const text = this.#text;
    for (let start = 0; start < text.length;) {
      let end = text.indexOf(';', start);
      if (end < 0) end = text.length;
      if (end > start) {
        const piece = text.slice(start, end);
        const equals = piece.indexOf('=');
        yield equals < 0 ? [piece, ''] : [piece.slice(0, equals), piece.slice(equals + 1)];
      }
      start = end + 1;
    }
  }

  [Symbol.iterator](): Generator<[string, string]> {
    return this.iter();
  }

  /** Replaces all entries of the key by one at the end. Returns the first value that was there. */
  insert(key: string, value: string): string | undefined {
    const old = this.get(key);
    this.#text = written([...this.#without(key), [key, value]]);
    return old;
  }

  /** Removes every entry of the key. True if there was one. */
  remove(key: string): boolean {
    const had = this.containsKey(key);
    this.#text = written(this.#without(key));
    return had;
  }

  /** Takes over all entries of the other, which win. */
  extend(other: IntoParameters): void {
    const added = [...Parameters.of(other)];
    const keys = new Set(added.map(([key]) => key));
    this.#text = written([...[...this].filter(([key]) => !keys.has(key)), ...added]);
  }

  /** Are the keys in ascending order of their code points? */
  isOrdered(): boolean {
    let before: string | undefined;
    for (const [key] of this) {
      if (before !== undefined && compareCodePoints(before, key) > 0) return false;
      before = key;
    }
    return true;
  }

  /** Is there an entry, and none with an empty key? */
  isWellFormed(): boolean {
    let any = false;
    for (const [key] of this) {
      if (key === '') return false;
      any = true;
    }
    return any;
  }

  /** As a switch: on unless absent or `false`. */
  isOn(key: string): boolean {
    const value = this.get(key);
    return value !== undefined && value !== 'false';
  }

  /** Is a time range given, readable or not? */
  hasTime(): boolean {
    return this.containsKey(TIME);
  }

  acceptsAnyKey(): boolean {
    return this.containsKey(ANYKE);
  }

  toString(): string {
    return this.#text;
  }

  toJSON(): string {
    return this.#text;
  }

  #without(key: string): [string, string][] {
    return [...this].filter(([k]) => k !== key);
  }
}

function textOf(parameters: Exclude<IntoParameters, string>): string {
  if (parameters instanceof Parameters || parameters instanceof String) return trimmed(parameters.toString());
  if (parameters instanceof Map) return written([...(parameters as ReadonlyMap<string, string>)]);
  return written(Object.entries(parameters));
}

/** Entries with an empty key are dropped, an empty value is written without `=`. */
function written(entries: readonly (readonly [string, string])[]): string {
  const named = entries.filter(([key]) => key !== '');
  return named.map(([key, value]) => (value === '' ? key : `${key}=${value}`)).join(';');
}

function trimmed(text: string): string {
  let end = text.length;
  while (end > 0 && ';=|'.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** JavaScript compares UTF-16 units, which orders U+E000 to U+FFFF behind everything above. */
function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    const high = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);
    return high(x) - high(y);
  }
  return a.length - b.length;
}
