import { type Json, type JsonObject, isObject, member, put } from './json.ts';
import { type Shape, leaf, unknownField } from './shape.ts';

export type Mode = 'router' | 'peer' | 'client';
export const MODES: readonly Mode[] = ['router', 'peer', 'client'];

/** One value for all modes, or an object with a value for some of them. */
export function perMode(shape: Shape, fallback: Json = null): Shape {
  return leaf(fallback, (value, at) => {
    if (!isObject(value)) return shape.read(value, at);
    const result: JsonObject = {};
    for (const key of Object.keys(value)) if (!MODES.includes(key as Mode)) throw unknownField(key, MODES, at);
    for (const mode of MODES) {
      const given = member(value, mode);
      if (given !== undefined && given !== null) put(result, mode, shape.read(given, at.in(mode)));
    }
    return result;
  });
}

/** What a mode-dependent value is in this mode; undefined when it leaves the mode out. */
export function inMode(value: Json, mode: Mode): Json | undefined {
  if (value === null) return undefined;
  return isObject(value) ? (member(value, mode) as Json | undefined) : value;
}
