import { memory } from '../link/memory/index.ts';
import {
  type IntoConfig,
  openOn,
  type OpenOptions,
  type Platform,
  Session as PortableSession,
} from '../session/index.ts';

export * from './api.ts';

/** Browsers and workers: no files, and nobody can dial them. */
const platform: Platform = {
  links: [memory],
  mode: 'client',
  mustConnect: true,
};

/** A Zenoh session. */
export class Session extends PortableSession {
  /** Opens a session. */
  static open(config?: IntoConfig, options?: OpenOptions): Promise<Session> {
    return open(config, options);
  }
}

/** Opens a session: a client unless the configuration says otherwise. */
export function open(config?: IntoConfig, options?: OpenOptions): Promise<Session> {
  return openOn(platform, Session, config, options);
}
