// Throughput of bare sockets: the same bytes as Zenoh's, by plain `write` and `data` events.

import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { type Flags, payloadOf, ready, reportWindows, say, start } from '../lib/program.ts';
import { BatchCounter, PLAIN, Packer, batchOf, target } from './frames.ts';

const { role, flags } = start();
const size = Number(flags.size ?? 8);
if (role === 'pub') await publish(flags);
else if (role === 'sub') await subscribe(flags);
else throw new Error('expected pub or sub');

/** Batch by batch; with `--pack` each is filled message by message. The bytes are the same. */
async function publish(options: Flags): Promise<void> {
  const payload = payloadOf(size);
  const batch = size < PLAIN ? batchOf(payload) : { bytes: payload, messages: 1 };
  const packer = options.pack && 'head' in batch ? new Packer(batch, size) : undefined;
  const socket = connect(target(options.connect));
  await once(socket, 'connect');
  ready();
  const begin = performance.now();
  const end = begin + Number(options.seconds) * 1000;
  let sent = 0;
  for (; sent < Number(options.count ?? Infinity) && performance.now() < end; sent += batch.messages) {
    if (packer) while (!packer.put(payload));
    if (!socket.write(batch.bytes)) await once(socket, 'drain');
  }
  socket.end();
  await once(socket, 'close');
  say({ sent, secs: (performance.now() - begin) / 1000 });
}

/** Counts without looking into the messages: `--size` says how long they are. */
async function subscribe(options: Flags): Promise<void> {
  const counter = new BatchCounter(batchOf(payloadOf(Math.min(size, PLAIN / 2))));
  let bytes = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    if (size < PLAIN) socket.on('data', (chunk: Uint8Array) => counter.accept(chunk));
    else socket.on('data', (chunk: Uint8Array) => (bytes += chunk.length));
    socket.on('error', () => socket.destroy());
  });
  server.listen(target(options.listen));
  await once(server, 'listening');
  ready();
  await reportWindows(() => (size < PLAIN ? counter.seen : bytes / size), options);
}
