import { resolve } from '../config/index.ts';
import { platform } from '../entry/platform.ts';
import { configOf as publicConfig, openOn, Session } from '../session/index.ts';
import type { Command } from './command.ts';
import { configOf } from './configure.ts';
import { MANNERS } from './flags.ts';
import { loggingOf } from './log.ts';
import { version } from './version.ts';

export const router: Command = {
  name: 'router',
  summary: 'run a router',
  values: [],
  flags: ['connect', 'listen', 'id', 'config', 'cfg', 'no-timestamp', 'no-multicast-scouting', ...MANNERS, 'version'],
  flagHelp: {
    listen: 'listen on it (tcp/[::]:7447); repeatable',
    connect: 'dial another router; repeatable',
    log: 'log lines on stderr (info)',
  },
  notes: ['It says on stderr who it is and where it can be reached. SIGINT and SIGTERM end it.'],
  examples: ['zenode router', 'zenode router -l tcp/localhost:7448 -e tcp/localhost:7447'],
  async run({ options, ending }) {
    const config = configOf(options, 'router');
    const logging = loggingOf(options, 'info');
    if (logging.logLevel !== 'error' && logging.logLevel !== 'warn') logging.log('info', `zenode router ${version()}`);
    resolve(config);
    const { signal } = ending;
    try {
      const session = await openOn(platform, Session, publicConfig(config), { ...logging, signal });
      await ending.whenEnded;
      await session.close();
    } catch (cause) {
      if (!ending.ended) throw cause;
    }
  },
};
