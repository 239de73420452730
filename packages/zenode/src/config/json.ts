import JSON5 from 'json5';
import { ConfigError, describe } from './error.ts';
import { repeatedKeys } from './repeated.ts';

/** What a configuration is made of. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

/** Levels of nesting that are read: what is deeper is a circle or a mistake. */
const DEPTH = 100;

/**
 * Reads JSON5 that stands at `at`. Keys that are given twice are an error, except where `free` says that anything goes:
 * there the last one holds.
 */
export function parseJson5(text: string, at: string = '', free: (path: string) => boolean = () => false): unknown {
  let value: unknown;
  try {
    value = JSON5.parse(text);
  } catch (cause) {
    if (cause instanceof SyntaxError) throw new ConfigError(at, syntax(cause.message), { cause });
    if (cause instanceof RangeError) throw new ConfigError(at, 'the text is nested too deeply', { cause });
    throw cause;
  }
  for (const { path: below, key, line, column } of repeatedKeys(text)) {
    const path = below === '' ? at : join(at, below);
    if (!free(path)) throw new ConfigError(path, `duplicate field \`${key}\` at ${line}:${column}`);
  }
  return value;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Sets a member whatever its name is. */
export function put(object: JsonObject, key: string, value: Json): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  } else object[key] = value;
}

/** The member, if the object itself has one of that name. */
export function member(object: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** A deep copy of any JSON value. Members that are undefined are left out, as JSON does. */
export function copyJson(value: unknown, path: string = '', depth: number = 0): Json {
  if (depth > DEPTH) throw new ConfigError(path, `nested more than ${DEPTH} levels deep`);
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : null;
    case 'object': {
      if (value === null) return null;
      if (Array.isArray(value)) {
        return value.map((item: unknown, i) => copyJson(item, join(path, i), depth + 1));
      }
      const copy: JsonObject = {};
      for (const [key, item] of Object.entries(value)) {
        if (item !== undefined) put(copy, key, copyJson(item, join(path, key), depth + 1));
      }
      return copy;
    }
    default:
      throw new ConfigError(path, `invalid type: ${describe(value)}, expected a JSON value`);
  }
}

/** A copy without the members that `hidden` names. */
export function without(value: Json, hidden: (key: string) => boolean): Json {
  if (Array.isArray(value)) return value.map((item) => without(item, hidden));
  if (!isObject(value)) return value;
  const copy: JsonObject = {};
  for (const [key, item] of Object.entries(value)) if (!hidden(key)) put(copy, key, without(item, hidden));
  return copy;
}

export function join(path: string, step: string | number): string {
  return path === '' ? String(step) : `${path}/${step}`;
}

function syntax(message: string): string {
  return `the text is not JSON5: ${message.replace(/^JSON5: /, '')} (line:column)`;
}
