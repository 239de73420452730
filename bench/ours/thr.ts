import { type Flags, paced, payloadOf, ready, reportWindows, say, start } from '../lib/program.ts';
import { CongestionControl, type Priority, open } from './zenode.ts';

const { role, flags } = start();
const key = flags.key ?? 'test/thr';
if (role === 'pub') await publish(flags);
else if (role === 'sub') await subscribe(flags);
else throw new Error('expected pub or sub');

async function publish(options: Flags): Promise<void> {
  const session = await open(options);
  const pub = await session.declarePublisher(key, {
    congestionControl: options.congestion === 'drop' ? CongestionControl.DROP : CongestionControl.BLOCK,
    priority: Number(options.priority) as Priority,
    express: options.express,
  });
  const payload = payloadOf(Number(options.size ?? 8));
  ready();
  const begin = performance.now();
  let sent = 0;
  if (options.rate === undefined) {
    const count = Number(options.count ?? Infinity);
    const end = begin + Number(options.seconds) * 1000;
    // The clock is asked every 128 messages: it costs as much as a small put.
    for (; sent < count && (sent % 128 !== 0 || performance.now() < end); sent++) {
      if (!pub.tryPut(payload)) await pub.put(payload);
    }
  } else {
    sent = await paced(Number(options.rate), options, () => pub.put(payload));
  }
  const secs = (performance.now() - begin) / 1000;
  await session.close();
  say({ sent, secs });
  process.exit(0);
}

async function subscribe(options: Flags): Promise<void> {
  let seen = 0;
  for (let i = Number(options.subs); i > 0; i--) {
    const session = await open(options);
    await session.declareSubscriber(key, { handler: () => void seen++ });
  }
  ready();
  await reportWindows(() => seen, options);
}
