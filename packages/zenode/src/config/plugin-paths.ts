import { ConfigError } from './error.ts';
import { type Json, type JsonObject, isObject, member, put } from './json.ts';

/*
 * Paths below `plugins/<name>`, where there is no schema: steps are members of objects and indices of lists.
 */

/** The value at the path; undefined if there is none. */
export function getBelow(plugins: Json, steps: readonly string[]): Json | undefined {
  let value: Json | undefined = plugins;
  for (const step of steps) {
    if (Array.isArray(value)) value = indexOf(step) === undefined ? undefined : value[indexOf(step)!];
    else if (isObject(value)) value = member(value, step) as Json | undefined;
    else return undefined;
  }
  return value;
}

/** Sets a value, making the objects on the way. A step into a list is an index, or `+` to append. */
export function putBelow(plugins: JsonObject, steps: readonly string[], value: Json): void {
  const path = ['plugins', ...steps].join('/');
  const last = steps.length - 1;
  let place: Json = plugins;
  for (const [i, step] of steps.entries()) {
    const next: Json | undefined = i === last ? value : openMember(place, step);
    if (Array.isArray(place)) {
      const index: number | undefined = step === '+' ? place.length : indexOf(step);
      if (index === undefined || index >= place.length + (step === '+' ? 1 : 0)) throw notFound(path);
      place[index] = next ?? {};
      place = place[index]!;
    } else if (isObject(place)) {
      const fresh: Json = next ?? {};
      put(place, step, fresh);
      place = fresh;
    } else throw notFound(path);
  }
}

/** Deletes what is at the path. */
export function removeBelow(plugins: JsonObject, steps: readonly string[]): void {
  const [plugin, ...rest] = steps;
  if (plugin === undefined) throw new ConfigError('plugins', 'name the plugin, as in plugins/rest');
  if (!Object.hasOwn(plugins, plugin)) throw new ConfigError('plugins', `No plugin ${plugin} to edit`);
  const owner = getBelow(plugins, steps.slice(0, -1));
  const step = rest.at(-1) ?? plugin;
  const path = ['plugins', ...steps.slice(0, -1)].join('/');
  if (Array.isArray(owner)) {
    const index = indexOf(step);
    if (index === undefined || index >= owner.length) throw new ConfigError(path, `has no ${step} property`);
    owner.splice(index, 1);
  } else if (isObject(owner)) {
    if (!Object.hasOwn(owner, step)) throw new ConfigError(path, `has no ${step} property`);
    delete owner[step];
  } else if (owner === undefined) throw new ConfigError(path, `has no ${step} property`);
  else throw new ConfigError(path, `cannot be indexed by ${step}`);
}

/** What is behind a step on the way; undefined or null make room for a new object. */
function openMember(place: Json, step: string): Json | undefined {
  const found = getBelow(place, [step]);
  return found === null ? undefined : found;
}

function indexOf(step: string): number | undefined {
  return /^(?:0|[1-9]\d{0,8})$/.test(step) ? Number(step) : undefined;
}

function notFound(path: string): ConfigError {
  return new ConfigError(path, `${path} not found`);
}
