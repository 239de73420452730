import { Config, type Mode } from '../config/index.ts';
import { configFromFile } from '../config/file.ts';
import type { Options } from './options.ts';

/**
 * The configuration that a command's flags ask for. Later ones win: `--cfg :{…}` or else the file, then the flags, then
 * the single values of `--cfg`.
 *
 * @param mode of this command unless it is told otherwise
 * @throws ConfigError, or Error for what is no PATH:VALUE
 */
export function configOf(options: Options, mode: Mode): Config {
  const pairs = options.texts('cfg').map(pairOf);
  const whole = pairs.findLast(([path]) => path === '');
  const config = whole === undefined ? fileOf(options) : Config.fromJson5(whole[1]);

  const asked = options.text('mode');
  if (asked !== undefined || config.get('mode') === null) config.insert('mode', asked ?? mode);
  if (options.has('id')) config.insert('id', options.text('id'));
  if (options.has('connect')) config.insert('connect/endpoints', options.texts('connect'));
  if (options.has('listen')) config.insert('listen/endpoints', options.texts('listen'));
  if (options.has('no-timestamp')) config.insert('timestamping/enabled', false);
  if (options.has('no-multicast-scouting')) config.insert('scouting/multicast/enabled', false);
  for (const [path, value] of pairs) if (path !== '') config.insertJson5(path, value);
  config.check();
  return config;
}

function fileOf(options: Options): Config {
  const file = options.text('config');
  return file === undefined ? Config.default() : configFromFile(file);
}

function pairOf(text: string): [path: string, value: string] {
  const at = text.indexOf(':');
  if (at < 0) throw new Error(`--cfg accepts KEY:VALUE pairs. ${text} is not a valid KEY:VALUE pair.`);
  return [text.slice(0, at), text.slice(at + 1)];
}
