import { readFileSync, realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import { env } from 'node:process';
import { Config } from './config.ts';
import type { ReadText } from './dictionary.ts';
import { ConfigError } from './error.ts';
import { type Files, includeFiles } from './include.ts';
import { type JsonObject, parseJson5 } from './json.ts';
import { isFree } from './schema.ts';

/** Reads a configuration file, and the files it includes. @throws ConfigError that names the file */
export function configFromFile(path: string): Config {
  const type = extname(path);
  if (type === '') {
    throw refused(
      path,
      'Unsupported file type. Configuration files must have an extension (.json, .json5 and .yaml supported)',
    );
  }
  if (type === '.yaml' || type === '.yml') {
    throw refused(path, 'YAML configuration files are not supported yet; write it as JSON5, with extension .json5');
  }
  if (type !== '.json' && type !== '.json5') {
    throw refused(path, `Unsupported file type '${type}' (.json, .json5 and .yaml are supported)`);
  }
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw refused(path, cause instanceof Error ? cause.message : String(cause), cause);
  }
  if (text === '') throw refused(path, 'Empty config file');
  try {
    const object = parseJson5(text, '', isFree);
    // The rest is checked before anything is included.
    const config = Config.fromObject(object);
    const plugins = config.get('plugins') as JsonObject;
    includeFiles(plugins, files);
    config.insert('plugins', plugins);
    return config;
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause;
    throw refused(path, cause.againstRule ? `Invalid configuration: ${cause.detail}` : cause.detail, cause);
  }
}

/** Reads the file that the environment variable `ZENOH_CONFIG` names. */
export function configFromEnv(variables: Readonly<Record<string, string | undefined>> = env): Config {
  const path = variables['ZENOH_CONFIG'];
  if (path === undefined) {
    throw new ConfigError('', 'environment variable not found: ZENOH_CONFIG names no configuration file');
  }
  return configFromFile(path);
}

/** For `loadDictionary`. */
export const readText: ReadText = (path) => readFile(path, 'utf8');

const files: Files = {
  readText: (path) => {
    if (!/\.json5?$/.test(path)) throw new Error('only .json and .json5 files can be included yet');
    return readFileSync(path, 'utf8');
  },
  canonical: (path, from) => realpathSync(from === undefined ? resolve(path) : resolve(from, path)),
  directory: dirname,
};

function refused(file: string, message: string, cause?: unknown): ConfigError {
  const at = cause instanceof ConfigError ? cause.path : '';
  return new ConfigError(at, `${message} (in ${file})`, cause === undefined ? {} : { cause });
}
