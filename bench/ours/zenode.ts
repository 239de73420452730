import { open as openSession, type Session } from '../../packages/zenode/src/entry/node.ts';
import { type Flags } from '../lib/program.ts';

export {
  CongestionControl,
  type Priority,
  type Publisher,
  type Session,
} from '../../packages/zenode/src/entry/node.ts';

/** Defaults everywhere but for: no multicast scouting, and as many sessions as come. */
export function open(flags: Flags, mode: string = flags.mode): Promise<Session> {
  return openSession({
    mode,
    connect: { endpoints: flags.connect },
    listen: { endpoints: flags.listen },
    scouting: { multicast: { enabled: false } },
    transport: { unicast: { max_sessions: 100_000, accept_pending: 10_000 } },
  });
}
