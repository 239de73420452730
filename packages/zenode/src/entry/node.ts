import { configFromEnv as treeFromEnv, configFromFile as treeFromFile, readText } from '../config/file.ts';
import { memory } from '../link/memory/index.ts';
import { tcp } from '../link/tcp/index.ts';
import {
  type Config,
  configOf,
  type IntoConfig,
  openOn,
  type OpenOptions,
  type Platform,
  Session as PortableSession,
} from '../session/index.ts';

export * from './api.ts';

/** Node, Deno and Bun: all links, and files. */
const platform: Platform = {
  links: [tcp, memory],
  readText,
  keepAlive: () => {
    // Timers of the node do not keep the process alive, and a session that reconnects has nothing else.
    const timer = setInterval(() => {}, 0x7fffffff);
    return () => clearInterval(timer);
  },
};

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
