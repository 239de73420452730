import { ZError } from '../base/index.ts';
import { canonize, isCanonical, quote } from './canonical.ts';
import { FormatMatcher, type Spec } from './format-match.ts';
import { type IntoKeyExpr, KeyExpr } from './key-expr.ts';
import { includes } from './matching.ts';

/** Fields found in a key expression; null where a field is empty. */
export interface KeParsed extends Iterable<[string, string | null]> {
  /** The text of the field, which may be empty. @throws ZError `INVALID_ARGUMENT` if the format has no such field */
  get(id: string): string;
}

/**
 * A template for keys with named fields: `robot/${id:*}/${sensor:**}`. A field is `${id:pattern}` or
 * `${id:pattern#default}`; in `$#{...}#` patterns and defaults may contain `}`.
 */
export class KeFormat {
  readonly #specs: readonly Spec[];
  /** The text behind the last field; before the others it is in the spec. */
  readonly #tail: string;

  /** @throws ZError `INVALID_ARGUMENT`, telling what is wrong with the format */
  constructor(format: string) {
    const { specs, tail } = parse(format);
    this.#specs = specs;
    this.#tail = tail;
  }

  formatter(): KeFormatter {
    return newFormatter(this.#specs, this.#tail);
  }

  /**
   * Assigns to each field whole chunks that intersect its pattern; earlier fields take as much as they can.
   * @throws ZError `INVALID_ARGUMENT` if the key expression does not match
   */
  parse(keyexpr: IntoKeyExpr): KeParsed {
    const key = KeyExpr.of(keyexpr).text;
    const fields = new FormatMatcher(key, this.#specs, this.#tail).match();
    if (fields === undefined)
      throw bad(`key expression ${quote(key)} does not match the format ${quote(String(this))}`);
    return new Parsed(this.#specs, fields);
  }

  /** Every field replaced by its pattern. */
  toKeyExpr(): KeyExpr {
    const text = this.#specs.map(({ before, pattern }) => before + pattern).join('') + this.#tail;
    return new KeyExpr(canonize(text));
  }

  toString(): string {
    return this.#specs.map((spec) => spec.before + textOf(spec)).join('') + this.#tail;
  }
}

let newFormatter: (specs: readonly Spec[], tail: string) => KeFormatter;

/** Fills in the fields of a format. */
export class KeFormatter {
  #specs: readonly Spec[] = [];
  #tail = '';
  readonly #values = new Map<string, string>();

  static {
    newFormatter = (specs, tail) => {
      const formatter = new KeFormatter();
      formatter.#specs = specs;
      formatter.#tail = tail;
      return formatter;
    };
  }

  private constructor() {}

  /**
   * @param value as text: a key expression that the pattern includes; empty for `**`
   * @throws ZError `INVALID_ARGUMENT`, and the field has no value then
   */
  set(id: string, value: unknown): this {
    const spec = specOf(this.#specs, id);
    const text = String(value);
    this.#values.delete(id);
    if (!fits(spec.pattern, text)) throw bad(`${quote(text)} is no value for the field ${textOf(spec)}`);
    this.#values.set(id, text);
    return this;
  }

  /** The value that was set. */
  get(id: string): string | undefined {
    specOf(this.#specs, id);
    return this.#values.get(id);
  }

  clear(): this {
    this.#values.clear();
    return this;
  }

  /** @throws ZError `INVALID_ARGUMENT` if a field has neither value nor default, KeyExprError if nothing is left */
  build(): KeyExpr {
    let text = '';
    const add = (piece: string): void => {
      text += piece.startsWith('/') && (text === '' || text.endsWith('/')) ? piece.slice(1) : piece;
    };
    for (const spec of this.#specs) {
      const value = this.#values.get(spec.id) ?? spec.fallback;
      if (value === undefined) throw bad(`field ${quote(spec.id)} has no value`);
      add(spec.before);
      add(value);
    }
    add(this.#tail);
    return KeyExpr.autocanonize(text.endsWith('/') ? text.slice(0, -1) : text);
  }
}

class Parsed implements KeParsed {
  readonly #specs: readonly Spec[];
  readonly #fields: readonly string[];

  constructor(specs: readonly Spec[], fields: readonly string[]) {
    this.#specs = specs;
    this.#fields = fields;
  }

  get(id: string): string {
    return this.#fields[this.#specs.indexOf(specOf(this.#specs, id))]!;
  }

  *[Symbol.iterator](): Generator<[string, string | null]> {
    for (const [i, { id }] of this.#specs.entries()) yield [id, this.#fields[i]! || null];
  }
}

function parse(format: string): { specs: Spec[]; tail: string } {
  const specs: Spec[] = [];
  let at = 0;
  for (let start = format.indexOf('$'); start >= 0; start = format.indexOf('$', at)) {
    const fail = (why: string): ZError => bad(`format ${quote(format)} ${why} at ${start}`);
    const sharp = format.startsWith('$#{', start);
    if (!sharp && !format.startsWith('${', start)) throw fail('has "$" that begins no field');
    const [open, close] = sharp ? ['$#{', '}#'] : ['${', '}'];
    const end = format.indexOf(close, start + open.length);
    if (end < 0) throw fail(`has a field without ${quote(close)}`);
    const spec = readSpec(format.slice(start + open.length, end), format.slice(at, start), fail);
    if (specs.some(({ id }) => id === spec.id)) throw fail(`has a second field ${quote(spec.id)}`);
    if (spec.before === '' ? start !== 0 : !spec.before.endsWith('/')) throw fail('has no "/" before the field');
    checkLiteral(spec.before.slice(specs.length > 0 ? 1 : 0, -1), spec.before.length > 1, fail);
    specs.push(spec);
    at = end + close.length;
    if (at < format.length && format[at] !== '/') throw fail('has no "/" behind the field');
  }
  const tail = format.slice(at);
  const fail = (why: string): ZError => bad(`format ${quote(format)} ${why} at ${at}`);
  checkLiteral(specs.length > 0 ? tail.slice(1) : tail, tail !== '' || specs.length === 0, fail);
  return { specs, tail };
}

function readSpec(text: string, before: string, fail: (why: string) => ZError): Spec {
  const colon = text.indexOf(':');
  if (colon < 0) throw fail('has no ":" in the field');
  const sharp = text.indexOf('#', colon);
  const pattern = text.slice(colon + 1, sharp < 0 ? text.length : sharp);
  const fallback = sharp < 0 ? undefined : text.slice(sharp + 1);
  if (!isCanonical(pattern)) throw fail(`has ${quote(pattern)} as a pattern, which is no key expression,`);
  if (fallback !== undefined && !fits(pattern, fallback)) {
    throw fail(`has the default ${quote(fallback)} that the pattern does not include`);
  }
  return { id: text.slice(0, colon), pattern, fallback, before };
}

function checkLiteral(text: string, needed: boolean, fail: (why: string) => ZError): void {
  if (text.includes('*')) throw fail('has a wildcard outside of the fields, before the one');
  if (needed && !isCanonical(text)) throw fail(`has ${quote(text)}, which is no part of a key, before the field`);
}

function fits(pattern: string, value: string): boolean {
  if (value === '') return pattern === '**';
  return isCanonical(value) && includes(pattern, value);
}

function specOf(specs: readonly Spec[], id: string): Spec {
  const spec = specs.find((one) => one.id === id);
  if (spec !== undefined) return spec;
  throw bad(`the format has no field ${quote(id)}, but ${specs.map((one) => quote(one.id)).join(', ') || 'none'}`);
}

function textOf({ id, pattern, fallback }: Spec): string {
  const text = fallback === undefined ? `${id}:${pattern}` : `${id}:${pattern}#${fallback}`;
  return text.includes('}') ? `$#{${text}}#` : `\${${text}}`;
}

function bad(message: string): ZError {
  return new ZError('INVALID_ARGUMENT', message);
}
