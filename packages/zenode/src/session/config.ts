import { type Json, type Mode, MODES, Config as Tree } from '../config/index.ts';
import { invalid, shown } from './errors.ts';

/** Plain configuration object, same shape as the JSON5 configuration file. */
export interface ConfigObject {
  [key: string]: unknown;
}

/** What is accepted where a configuration is needed. Text is a locator, as in `tcp/localhost:7447`, or JSON5. */
export type IntoConfig = Config | ConfigObject | string;

const ENDPOINTS = 'connect/endpoints';

/** What a text begins with that is a locator and not JSON5. */
const LOCATOR = /^[a-z0-9-]+\//;

let treeIn: (config: Config) => Tree;
let configOn: (tree: Tree) => Config;

/** Configuration of a session. It is copied when the session opens. */
export class Config {
  /** Accepted for programs that were written for zenoh-ts, and ignored: `open` follows `connect/timeout_ms`. */
  messageResponseTimeoutMs: number;
  #tree: Tree;

  static {
    treeIn = (config) => config.#tree;
    configOn = (tree) => {
      const config = new Config();
      config.#tree = tree;
      return config;
    };
  }

  /**
   * @param locator makes a client of the router there; an object is the configuration itself; nothing: the defaults
   * @throws ConfigError naming the path, what was found there and what would be right
   */
  constructor(locator?: string | ConfigObject, messageResponseTimeoutMs: number = 500) {
    this.messageResponseTimeoutMs = messageResponseTimeoutMs;
    if (locator === undefined) this.#tree = Tree.default();
    else this.#tree = typeof locator === 'string' ? Tree.client([locator]) : Tree.fromObject(locator);
  }

  /** @throws ConfigError */
  static fromJson5(text: string): Config {
    return configOn(Tree.fromJson5(text));
  }

  static default(): Config {
    return new Config();
  }

  /** First connect endpoint; empty if there is none. */
  get locator(): string {
    return firstOf(endpointsOf(this.#tree));
  }

  /** Replaces the first connect endpoint. */
  set locator(locator: string) {
    const all = endpointsOf(this.#tree);
    const changed = [locator as Json, ...all.slice(1)];
    const given = this.#tree.get(ENDPOINTS);
    const perMode = typeof given === 'object' && given !== null && !Array.isArray(given);
    this.#tree.insert(ENDPOINTS, perMode ? { ...given, [modeOf(this.#tree)]: changed } : changed);
  }

  /** Sets the value at a path such as `scouting/multicast/enabled`. @throws ConfigError and changes nothing */
  insertJson5(path: string, value: string): void {
    this.#tree.insertJson5(path, value);
  }

  /** JSON text of the value at a path, without secrets. @throws ConfigError on an unknown path */
  getJson(path: string): string {
    return this.#tree.getJson(path);
  }

  /** The whole as JSON, without secrets. */
  toString(): string {
    return this.#tree.toString();
  }
}

/**
 * A checked configuration of its own, from what `open` was given.
 * @throws ConfigError, or ZError `INVALID_ARGUMENT` if it is nothing of that kind
 */
export function treeOf(config: IntoConfig | undefined): Tree {
  if (config === undefined) return Tree.default();
  if (config instanceof Config) {
    const tree = treeIn(config).clone();
    tree.check();
    return tree;
  }
  if (typeof config === 'string') return LOCATOR.test(config) ? Tree.client([config]) : Tree.fromJson5(config);
  if (typeof config !== 'object' || (config as ConfigObject | null) === null) {
    throw invalid(`configuration is ${shown(config)}: pass a Config, an object, or text`);
  }
  return Tree.fromObject(config);
}

/** The configuration of a session, as the application sees it: a copy. */
export function configOf(tree: Tree): Config {
  return configOn(tree.clone());
}

function modeOf(tree: Tree): Mode {
  const mode = tree.get('mode');
  return MODES.find((one) => one === mode) ?? 'peer';
}

function endpointsOf(tree: Tree): Json[] {
  const endpoints = tree.modeValue(ENDPOINTS, modeOf(tree));
  return Array.isArray(endpoints) ? endpoints : [];
}

/** Of a group, its first locator. */
function firstOf(endpoints: readonly Json[]): string {
  const [first] = endpoints;
  if (typeof first === 'string') return first;
  if (typeof first !== 'object' || first === null || Array.isArray(first)) return '';
  const locators = first['locators'];
  return Array.isArray(locators) ? firstOf(locators) : '';
}
