import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root: string = fileURLToPath(new URL('..', import.meta.url));
export const packageRoot: string = `${root}packages/zenode/`;

/** Every way into the package: subpath, and the source behind it. Conditions are tried in this order. */
const ENTRIES: Record<string, string | Record<string, string>> = {
  '.': {
    node: 'entry/node.ts',
    deno: 'entry/node.ts',
    bun: 'entry/node.ts',
    default: 'entry/browser.ts',
  },
  './node': 'entry/node.ts',
  './browser': 'entry/browser.ts',
  './keyexpr': 'keyexpr/index.ts',
  './ext': 'ext/index.ts',
  './storage': 'storage/index.ts',
  './rest': 'rest/index.ts',
  './testing': 'testing/index.ts',
  './wire': 'wire/index.ts',
};

/** A path, or a path for each condition. */
export interface Conditions {
  readonly [condition: string]: string | Conditions;
}

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly exports?: Conditions;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

export function readManifest(): Manifest {
  return JSON.parse(readFileSync(`${packageRoot}package.json`, 'utf8')) as Manifest;
}

/** The exports of the development tree: the sources as they are. */
export function developmentExports(): Conditions {
  return entriesThatExist((source) => `./src/${source}`);
}

/** The exports of the published package. */
export function publishedExports(): Conditions {
  return entriesThatExist((source) => ({
    types: `./${source.replace(/\.ts$/, '.d.ts')}`,
    default: `./${source.replace(/\.ts$/, '.js')}`,
  }));
}

/** A room that is not there yet is not exported; a subpath with conditions needs the sources of all of them. */
function entriesThatExist(target: (source: string) => string | Conditions): Conditions {
  const exists = (source: string): boolean => existsSync(`${packageRoot}src/${source}`);
  const exports: Record<string, string | Conditions> = {};
  for (const [subpath, source] of Object.entries(ENTRIES)) {
    if (typeof source === 'string') {
      if (exists(source)) exports[subpath] = target(source);
    } else if (Object.values(source).every(exists)) {
      exports[subpath] = Object.fromEntries(Object.entries(source).map(([name, path]) => [name, target(path)]));
    }
  }
  exports['./package.json'] = './package.json';
  return exports;
}
