import { configFromEnv as treeFromEnv, configFromFile as treeFromFile } from '../config/file.ts';
import {
  type Config,
  configOf,
  type IntoConfig,
  openOn,
  type OpenOptions,
  Session as PortableSession,
} from '../session/index.ts';
import { platform } from './platform.ts';

export * from './api.ts';

/** A Zenoh session. */
export class Session extends PortableSession {
  /** Opens a session. */
  static open(config?: IntoConfig, options?: OpenOptions): Promise<Session> {
    return open(config, options);
  }
}

/** Opens a session: a peer unless the configuration says otherwise. */
export function open(config?: IntoConfig, options?: OpenOptions): Promise<Session> {
  return openOn(platform, Session, config, options);
}

/** Reads a configuration file, and the files it includes. @throws ConfigError that names the file */
export function configFromFile(path: string): Config {
  return configOf(treeFromFile(path));
}

/** Reads the file that the environment variable `ZENOH_CONFIG` names. @throws ConfigError */
export function configFromEnv(): Config {
  return configOf(treeFromEnv());
}
