import { type Flags, addressOf, paced, payloadOf, ready, reportWindows, say, start } from '../lib/program.ts';

/** The part of `@nats-io/transport-node` used here, which is installed apart from the workspace. */
interface Connection {
  publish(subject: string, payload: Uint8Array): void;
  subscribe(subject: string, options: { callback: (error: Error | null) => void }): unknown;
  flush(): Promise<void>;
  close(): Promise<void>;
}

interface Client {
  readonly connect: (options: { servers: string; noEcho: boolean }) => Promise<Connection>;
}

/** Bytes published before the client is asked to flush; two such stretches are under way. */
const STRETCH = 262_144;

const specifier = '@nats-io/transport-node';
const { connect } = (await import(specifier)) as Client;
const { role, flags } = start();
const subject = (flags.key ?? 'test/thr').replaceAll('/', '.');
if (role === 'pub') await publish(flags);
else if (role === 'sub') await subscribe(flags);
else throw new Error('expected pub or sub');

function dial(options: Flags): Promise<Connection> {
  const { host, port } = addressOf(options.connect);
  return connect({ servers: `${host}:${port}`, noEcho: true });
}

/** The client queues without bound, so the loop waits for the flush before the last. */
async function publish(options: Flags): Promise<void> {
  const connection = await dial(options);
  const payload = payloadOf(Number(options.size ?? 8));
  ready();
  const begin = performance.now();
  let sent = 0;
  if (options.rate === undefined) {
    const count = Number(options.count ?? Infinity);
    const end = begin + Number(options.seconds) * 1000;
    const stretch = Math.max(1, Math.floor(STRETCH / payload.length));
    let flushed = Promise.resolve();
    while (sent < count && performance.now() < end) {
      for (let i = 0; i < stretch; i++) connection.publish(subject, payload);
      sent += stretch;
      const previous = flushed;
      flushed = connection.flush();
      await previous;
    }
  } else {
    sent = await paced(Number(options.rate), options, () => connection.publish(subject, payload));
  }
  await connection.close();
  say({ sent, secs: (performance.now() - begin) / 1000 });
  process.exit(0);
}

async function subscribe(options: Flags): Promise<void> {
  let seen = 0;
  for (let i = Number(options.subs); i > 0; i--) {
    const connection = await dial(options);
    connection.subscribe(subject, {
      callback: (error) => {
        if (error) throw error;
        seen++;
      },
    });
    await connection.flush();
  }
  ready();
  await reportWindows(() => seen, options);
}
