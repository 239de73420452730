// Subscribers of Zenoh's wire that count and do nothing else, so that a router can be measured to its limit.

import { ready, reportWindows, start } from '../lib/program.ts';
import { CountingClient } from './session.ts';

const { role, flags } = start();
if (role !== 'sub') throw new Error('expected sub');
for (let i = 0; i < Number(flags.subs); i++) await CountingClient.open(flags.connect, flags.key ?? 'test/thr', i + 1);
ready();
await reportWindows(() => CountingClient.seen, flags);
