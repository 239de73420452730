import { ConfigError } from './error.ts';
import { type Json, type JsonObject, copyJson, isObject, member, parseJson5, put } from './json.ts';

const INCLUDE = '__config__';

/** What including files needs from the platform. */
export interface Files {
  readText(path: string): string;
  /** The one true path of a file that exists. `from` is the directory a relative path counts from; undefined: the working one. */
  canonical(path: string, from: string | undefined): string;
  directory(path: string): string;
}

/**
 * Replaces the members of plugin configurations by those of the files that `__config__` names, at any depth. An
 * included file may name others, relative to itself, but not on its top level.
 *
 * @throws ConfigError with the way to the include
 */
export function includeFiles(plugins: JsonObject, files: Files): void {
  for (const [name, plugin] of Object.entries(plugins)) {
    if (isObject(plugin)) include(plugin, `plugins.${name}`, undefined, [], files);
  }
}

function include(
  object: JsonObject,
  way: string,
  from: string | undefined,
  open: readonly string[],
  files: Files,
): void {
  const named = member(object, INCLUDE) as Json | undefined;
  const included = new Set<string>();
  if (named !== undefined) {
    const here = `${way}.${INCLUDE}`;
    const path = read(named, here, from, open, files);
    const content = parse(files, path, here);
    if (Object.hasOwn(content, INCLUDE)) {
      throw new ConfigError('', `${here} -> ${path}::${INCLUDE} : include property on the top level is not allowed`);
    }
    for (const [key, value] of Object.entries(content)) {
      const inner = { [key]: value };
      descend(inner, `${here} -> ${path}::`, files.directory(path), [...open, path], files);
      put(object, key, inner[key]!);
      included.add(key);
    }
  }
  for (const [key, value] of Object.entries(object)) {
    if (!included.has(key)) descend({ [key]: value }, `${way}.`, from, open, files);
  }
}

/** Into the objects and lists of a member. */
function descend(
  holder: JsonObject,
  way: string,
  from: string | undefined,
  open: readonly string[],
  files: Files,
): void {
  for (const [key, value] of Object.entries(holder)) {
    if (Array.isArray(value)) {
      value.forEach((item, i) => descend({ [`${key}.${i}`]: item }, way, from, open, files));
    } else if (isObject(value)) include(value, `${way}${key}`, from, open, files);
  }
}

function read(named: Json, here: string, from: string | undefined, open: readonly string[], files: Files): string {
  if (typeof named !== 'string') throw new ConfigError('', `${here} : property must have string type`);
  let path: string;
  try {
    path = files.canonical(named, from);
  } catch (cause) {
    throw new ConfigError('', `${here} : failed to canonicalize path '${named}' - ${reason(cause)}`, { cause });
  }
  if (open.includes(path)) throw new ConfigError('', `${here} : loop detected while including file '${path}'`);
  return path;
}

function parse(files: Files, path: string, here: string): JsonObject {
  let text: string;
  try {
    text = files.readText(path);
  } catch (cause) {
    throw new ConfigError('', `${here} : failed to read file '${path}' - ${reason(cause)}`, { cause });
  }
  const content = parseJson5(text, '', () => true);
  if (!isObject(content)) throw new ConfigError('', `${here}: included file '${path}' must contain an object`);
  return copyJson(content) as JsonObject;
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
