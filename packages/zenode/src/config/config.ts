import { ConfigError, suggestion } from './error.ts';
import { type Json, type JsonObject, copyJson, isObject, member, parseJson5, put, without } from './json.ts';
import { type Mode, inMode } from './per-mode.ts';
import { getBelow, putBelow, removeBelow } from './plugin-paths.ts';
import { SCHEMA, isFree } from './schema.ts';
import { Place, type Shape } from './shape.ts';

/** What a path leads to: the object that holds the value, its last step, and what may stand there. */
interface Target {
  readonly owner: JsonObject;
  readonly key: string;
  readonly shape: Shape;
  /** Steps below `plugins`; empty elsewhere. */
  readonly below: readonly string[];
  /** The path without `/` at its ends. */
  readonly path: string;
}

/**
 * A checked configuration. It always holds the whole tree: what was not given has its default, or `null` where the
 * default depends on the mode (`resolve` fills those in).
 */
export class Config {
  #tree: JsonObject;
  /** Values that had to be changed, and keys that do nothing any more; each names its path. */
  readonly warnings: string[] = [];

  private constructor(tree: JsonObject) {
    this.#tree = tree;
  }

  static default(): Config {
    return new Config(SCHEMA.fallback() as JsonObject);
  }

  static peer(): Config {
    return Config.fromObject({ mode: 'peer' });
  }

  static client(endpoints: readonly string[] = []): Config {
    return Config.fromObject({ mode: 'client', connect: { endpoints } });
  }

  /** @throws ConfigError naming the path, what was found there and what would be right */
  static fromJson5(text: string): Config {
    return Config.fromObject(parseJson5(text, '', isFree));
  }

  /** From a plain object of the same form. @throws ConfigError */
  static fromObject(object: unknown): Config {
    const config = Config.default();
    config.#tree = config.#read(object);
    return config;
  }

  clone(): Config {
    const config = new Config(copyJson(this.#tree) as JsonObject);
    config.warnings.push(...this.warnings);
    return config;
  }

  /**
   * Sets the value at a path such as `scouting/multicast/enabled`. A section is replaced as a whole, its other members
   * return to their defaults. Rules among the members of a section are looked at when the section is set, or by `check`.
   *
   * @throws ConfigError and changes nothing
   */
  insertJson5(path: string, text: string): void {
    const target = this.#find(path);
    this.#insert(target, parseJson5(text, target.path, isFree));
  }

  /** As `insertJson5`, with a plain value. */
  insert(path: string, value: unknown): void {
    this.#insert(this.#find(path), value);
  }

  /** Deletes below `plugins`, where alone keys come and go. @throws ConfigError */
  remove(path: string): void {
    const { below, path: plain } = this.#find(path);
    if (below.length === 0) {
      const why = 'Removal of values from Config is only supported for keys starting with `plugins/`';
      throw new ConfigError(plain, why);
    }
    removeBelow(this.#plugins(), below);
  }

  /** A copy of the value at a path; `null` where nothing was given. @throws ConfigError on an unknown path */
  get(path: string): Json {
    const target = this.#find(path, 'NoMatchingKey');
    const value = member(target.owner, target.key) as Json;
    if (target.below.length === 0) return copyJson(value);
    const found = getBelow(value, target.below);
    if (found === undefined) throw new ConfigError(target.path, 'NoMatchingKey: nothing is set there');
    return copyJson(found);
  }

  /** JSON text of the value at a path, without secrets of TLS and without `private` members of plugins. */
  getJson(path: string): string {
    const { shape, below, path: plain } = this.#find(path, 'NoMatchingKey');
    if (shape.secret === true) throw new ConfigError(plain, 'NoMatchingKey: secrets are not shown');
    const value = this.get(path);
    if (below.length > 0 || plain === 'plugins') return JSON.stringify(without(value, isPrivate));
    return JSON.stringify(shown(shape, value));
  }

  /** A value that may depend on the mode, for this mode; undefined when it is not given for it. */
  modeValue(path: string, mode: Mode): Json | undefined {
    return inMode(this.get(path), mode);
  }

  /** @throws ConfigError if members that were set one by one break a rule together */
  check(): void {
    this.#read(this.#tree);
  }

  /** A copy of the tree, secrets included: `fromObject` makes the same configuration of it. */
  toObject(): JsonObject {
    return copyJson(this.#tree) as JsonObject;
  }

  /** The whole as JSON, without secrets of TLS and without `private` members. */
  toString(): string {
    return JSON.stringify(without(shown(SCHEMA, this.#tree), isPrivate));
  }

  #read(object: unknown): JsonObject {
    const warnings: string[] = [];
    try {
      const tree = SCHEMA.read(object, new Place('', warnings)) as JsonObject;
      this.warnings.push(...warnings);
      return tree;
    } catch (cause) {
      if (!(cause instanceof ConfigError) || !cause.againstRule) throw cause;
      const whole = 'The config was correctly deserialized, but it is invalid';
      throw new ConfigError(cause.path, `${cause.detail}. ${whole}`, { cause, againstRule: true });
    }
  }

  #insert({ owner, key, shape, below, path }: Target, value: unknown): void {
    const warnings: string[] = [];
    if (below.length > 0) {
      // On a copy, so that nothing is left half-made by an error.
      const plugins = copyJson(this.#plugins()) as JsonObject;
      putBelow(plugins, below, copyJson(value, path));
      put(this.#tree, 'plugins', plugins);
      return;
    }
    try {
      put(owner, key, shape.read(value, new Place(path, warnings)));
      this.warnings.push(...warnings);
    } catch (cause) {
      if (!(cause instanceof ConfigError) || !cause.againstRule) throw cause;
      const field = cause.path.slice(cause.path.lastIndexOf('/') + 1);
      throw new ConfigError(cause.path, `${cause.detail}. Predicate rejected value for ${field}`, {
        cause,
        againstRule: true,
      });
    }
  }

  #plugins(): JsonObject {
    return member(this.#tree, 'plugins') as JsonObject;
  }

  #find(path: string, what: string = 'unknown key'): Target {
    const plain = path.replace(/^\//, '').replace(/\/$/, '');
    if (plain === '') throw new ConfigError('', `${what} "${path}"; name a key, as in scouting/multicast/enabled`);
    const steps = plain.split('/');
    let owner = this.#tree;
    let fields = SCHEMA.fields!;
    for (const [i, key] of steps.entries()) {
      const shape = Object.hasOwn(fields, key) ? fields[key]! : undefined;
      const before = steps.slice(0, i).join('/');
      if (shape === undefined || shape.obsolete === true) {
        throw new ConfigError(before, `${what} "${plain}"${suggestion(key, Object.keys(fields))}`);
      }
      const below = key === 'plugins' && i === 0 ? steps.slice(1) : [];
      if (i === steps.length - 1 || below.length > 0) return { owner, key, shape, below, path: plain };
      if (shape.fields === undefined) {
        throw new ConfigError(before, `${what} "${plain}"; "${steps.slice(0, i + 1).join('/')}" is set as a whole`);
      }
      fields = shape.fields;
      owner = owner[key] as JsonObject;
    }
    throw new ConfigError('', `${what} "${path}"`);
  }
}

function isPrivate(key: string): boolean {
  return key === 'private';
}

/** The value without what its shape keeps secret. */
function shown(shape: Shape, value: Json): Json {
  if (shape.fields === undefined || !isObject(value)) return value;
  const result: JsonObject = {};
  for (const [key, field] of Object.entries(shape.fields)) {
    const inner = member(value, key) as Json | undefined;
    if (inner !== undefined && field.secret !== true) put(result, key, shown(field, inner));
  }
  return result;
}
