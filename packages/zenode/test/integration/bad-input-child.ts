/* Does one wrong thing, named by the first argument, and reports the errors it meets. It has to end by itself. */
import { open, type Session, ZError } from '../../src/entry/node.ts';

const [what, endpoint = ''] = process.argv.slice(2);
const scouting = { multicast: { enabled: false } };
const listenOn = (one: string, mode: string = 'peer'): Promise<Session> =>
  open({ mode, listen: { endpoints: [one] }, scouting });

function report(error: unknown): void {
  const { name, code, message } = error as ZError;
  process.send!({ error: error instanceof ZError, name, code, message });
}

/** The error of something that has to fail. */
async function failing(attempt: () => Promise<unknown>): Promise<void> {
  try {
    await attempt();
    process.send!({ message: 'it went well' });
  } catch (error) {
    report(error);
  }
}

/** A session that is open and closes again. */
async function within(session: Session, body: (session: Session) => Promise<void>): Promise<void> {
  await body(session);
  await session.close();
}

switch (what) {
  case 'endpoint':
    await failing(() => open(JSON.parse(endpoint) as Record<string, unknown>));
    break;
  case 'port':
    await failing(() => listenOn(endpoint, 'router'));
    break;
  case 'router':
    await failing(() => open({ mode: 'client', connect: { endpoints: [endpoint] }, scouting }));
    break;
  case 'key':
    await within(await listenOn('tcp/127.0.0.1:0'), async (session) => {
      await failing(() => session.put('a//b', 'v'));
      await failing(() => session.declareSubscriber('a/'));
      await failing(() => session.declareQueryable('a/b#'));
      await failing(() => session.get('a/**/**'));
    });
    break;
  case 'password':
    await failing(() =>
      open({
        mode: 'client',
        connect: { endpoints: [endpoint] },
        transport: { auth: { usrpwd: { user: 'alice', password: 'hunter2' } } },
        scouting,
      }),
    );
    break;
  case 'payload': {
    const router = await listenOn('tcp/127.0.0.1:0', 'router');
    const limited = { transport: { link: { rx: { max_message_size: 100_000 } } } };
    const connect = { endpoints: (await router.info()).locators() };
    const session = await open({ mode: 'client', connect, ...limited, scouting });
    const subscriber = await router.declareSubscriber('big/key');
    const publisher = await session.declarePublisher('big/key');
    await (await publisher.matchingListener()).receiver()!.receive();
    await failing(() => publisher.put(new Uint8Array(100_001)));
    await failing(() => session.put('big/key', new Uint8Array(100_001)));
    await publisher.put('fits');
    process.send!({ message: `${(await subscriber.receiver()!.receive()).payload()}` });
    await session.close();
    await router.close();
    break;
  }
  default:
    throw new Error(`nothing is known of ${what}`);
}
// What was said has left; nothing else keeps the process.
process.disconnect();
