import { ConfigError, choices, describe, suggestion } from './error.ts';
import { type Json, type JsonObject, copyJson, isObject, join, member, put } from './json.ts';

/** Where in a configuration something is being read, and where remarks about it go. */
export class Place {
  readonly path: string;
  readonly warnings: string[];

  constructor(path: string, warnings: string[]) {
    this.path = path;
    this.warnings = warnings;
  }

  in(step: string | number): Place {
    return new Place(join(this.path, step), this.warnings);
  }

  warn(text: string): void {
    this.warnings.push(this.path === '' ? text : `${this.path}: ${text}`);
  }

  fail(text: string): ConfigError {
    return new ConfigError(this.path, text);
  }

  /** The value is of the right form, but a rule forbids it. */
  refuse(text: string): ConfigError {
    return new ConfigError(this.path, text, { againstRule: true });
  }

  /** The value has another type than the one that is wanted. */
  wrong(value: unknown, expected: string, hint: string = ''): ConfigError {
    return this.fail(`invalid type: ${describe(value)}, expected ${expected}${hint}`);
  }
}

/** One place of the tree: how its value is read and what it is when it is not given. */
export interface Shape {
  /** Checks a value that is given and returns the form in which it is kept. */
  read(value: unknown, at: Place): Json;
  fallback(): Json;
  /** In a section: what can be addressed by a path below it. */
  readonly fields?: Readonly<Record<string, Shape>>;
  /** Must be given. */
  readonly required?: boolean;
  /** Read and then forgotten. */
  readonly obsolete?: boolean;
  /** Never shown. */
  readonly secret?: boolean;
}

/** A leaf from its parts. */
export function leaf(fallback: Json, read: (value: unknown, at: Place) => Json): Shape {
  return { read, fallback: () => copyJson(fallback) };
}

export function bool(fallback: boolean | null = null): Shape {
  return leaf(fallback, (value, at) => {
    if (typeof value !== 'boolean') throw at.wrong(value, 'a boolean', ' (true or false)');
    return value;
  });
}

export function text(fallback: string | null = null): Shape {
  return leaf(fallback, (value, at) => {
    if (typeof value !== 'string') throw at.wrong(value, 'a string');
    return value;
  });
}

export const U16: readonly [number, number] = [0, 0xffff];
export const U32: readonly [number, number] = [0, 0xffffffff];
/** 64 bits, of which numbers here hold 53. */
export const U64: readonly [number, number] = [0, Number.MAX_SAFE_INTEGER];
export const I64: readonly [number, number] = [-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];

/** An integer. What is outside of its limits becomes the limit, and fractions are cut, both with a warning. */
export function int([min, max]: readonly [number, number], fallback: number | null = null): Shape {
  return leaf(fallback, (value, at) => {
    if (typeof value !== 'number') throw at.wrong(value, min < 0 ? 'an integer' : 'an integer of 0 or more');
    if (Number.isNaN(value)) return limited(0, 'is no number');
    if (value < min) return limited(min, `is below the limit ${min}`);
    if (value > max) return limited(max, `is above the limit ${max}`);
    const whole = Math.trunc(value);
    return whole === value ? value + 0 : limited(whole, 'is no integer');

    function limited(used: number, why: string): number {
      at.warn(`${String(value)} ${why}; ${used} is used`);
      return used + 0;
    }
  });
}

export function float(fallback: number | null = null): Shape {
  return leaf(fallback, (value, at) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) throw at.wrong(value, 'a finite number');
    return value;
  });
}

export function oneOf(names: readonly string[], fallback: string | null = null): Shape {
  return leaf(fallback, (value, at) => {
    if (typeof value !== 'string') throw at.wrong(value, choices(names));
    if (names.includes(value)) return value;
    throw at.fail(`unknown variant \`${value}\`, expected ${choices(names)}${suggestion(value, names)}`);
  });
}

/** Any JSON. */
export function free(fallback: Json = null): Shape {
  return leaf(fallback, (value, at) => copyJson(value, at.path));
}

/** `null` is accepted and means what leaving it out means. */
export function opt(shape: Shape): Shape {
  return { ...shape, read: (value, at) => (value === null ? null : shape.read(value, at)), fallback: () => null };
}

export function required(shape: Shape): Shape {
  return { ...shape, required: true };
}

export function secret(shape: Shape): Shape {
  return { ...shape, secret: true };
}

/** Accepted for old files, with a warning, and ignored. */
export function obsolete(why: string): Shape {
  const read = (_: unknown, at: Place): Json => {
    at.warn(`is ignored: ${why}`);
    return null;
  };
  return { read, fallback: () => null, obsolete: true };
}

export interface ListOptions {
  readonly nonEmpty?: boolean;
  readonly expected?: string;
}

export function list(item: Shape, { nonEmpty = false, expected = 'a list' }: ListOptions = {}): Shape {
  return leaf([], (value, at) => {
    if (!Array.isArray(value)) throw at.wrong(value, expected);
    if (nonEmpty && value.length === 0) throw at.fail('Given collection was empty; leave the key out to mean "any"');
    return value.map((one: unknown, i) => item.read(one, at.in(i)));
  });
}

export interface ObjectOptions {
  /** Unknown members are left out instead of refused. */
  readonly tolerant?: boolean;
  /** Says what is wrong with the members together. */
  readonly rule?: (value: JsonObject) => string | undefined;
}

type Fields = Readonly<Record<string, Shape>>;

/** Part of the tree: what is inside has paths of its own, and members that are not given take their defaults. */
export function section(fields: Fields, options: ObjectOptions = {}): Shape {
  return {
    fields,
    read: (value, at) => readFields(fields, options, value, at, true),
    fallback: () => {
      const value: JsonObject = {};
      for (const [key, field] of Object.entries(fields)) if (field.obsolete !== true) put(value, key, field.fallback());
      return value;
    },
  };
}

/** An object that is set as a whole. Only the members that are given are kept. */
export function record(fields: Fields, options: ObjectOptions = {}): Shape {
  return leaf(null, (value, at) => readFields(fields, options, value, at, false));
}

function readFields(fields: Fields, options: ObjectOptions, value: unknown, at: Place, fill: boolean): JsonObject {
  if (!isObject(value)) throw at.wrong(value, 'an object', ` with ${choices(Object.keys(fields))}`);
  for (const key of Object.keys(value)) {
    if (options.tolerant !== true && !Object.hasOwn(fields, key)) throw unknownField(key, Object.keys(fields), at);
  }
  const result: JsonObject = {};
  for (const [key, field] of Object.entries(fields)) {
    const given = member(value, key);
    if (given === undefined) {
      if (field.required === true) throw at.fail(`missing field \`${key}\``);
      if (fill && field.obsolete !== true) put(result, key, field.fallback());
      continue;
    }
    const read = field.read(given, at.in(key));
    if (field.obsolete !== true) put(result, key, read);
  }
  const broken = options.rule?.(result);
  if (broken !== undefined) throw at.refuse(broken);
  return result;
}

export function unknownField(key: string, known: readonly string[], at: Place): ConfigError {
  const names = known.map((name) => `\`${name}\``).join(', ');
  return new ConfigError(
    join(at.path, key),
    `unknown field \`${key}\`, expected one of ${names}${suggestion(key, known)}`,
  );
}
