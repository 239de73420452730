import { setTimeout as sleep } from 'node:timers/promises';
import { type Flags, payloadOf, ready, reportTrips, start } from '../lib/program.ts';
import { CongestionControl, type Publisher, type Session, open } from './zenode.ts';

const { role, flags } = start();
const PING = `${flags.key ?? 'test'}/ping`;
const PONG = `${flags.key ?? 'test'}/pong`;
if (role === 'ping') await ping(flags);
else if (role === 'pong') await pong(flags);
else throw new Error('expected ping or pong');

function publisher(session: Session, key: string): Promise<Publisher> {
  return session.declarePublisher(key, { congestionControl: CongestionControl.BLOCK, express: flags.express });
}

async function ping(options: Flags): Promise<void> {
  const session = await open(options);
  let done = (): void => {};
  await session.declareSubscriber(PONG, { handler: () => done() });
  const pub = await publisher(session, PING);
  const payload = payloadOf(Number(options.size ?? 64));
  const trip = (): Promise<void> =>
    new Promise((resolve) => {
      done = resolve;
      void pub.put(payload);
    });
  ready();
  // Until the other side has declared its subscriber, a ping goes nowhere.
  while ((await Promise.race([trip(), sleep(100, 'late')])) === 'late');
  await reportTrips(trip, options);
}

async function pong(options: Flags): Promise<void> {
  const session = await open(options);
  const pub = await publisher(session, PONG);
  await session.declareSubscriber(PING, { handler: (sample) => void pub.put(sample.payload()) });
  ready();
}
