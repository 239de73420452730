// Round trip of bare sockets: as many bytes as the payload, nothing around them.

import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { type Flags, payloadOf, ready, reportTrips, start } from '../lib/program.ts';
import { target } from './frames.ts';

const { role, flags } = start();
if (role === 'ping') await ping(flags);
else if (role === 'pong') await pong(flags);
else throw new Error('expected ping or pong');

async function ping(options: Flags): Promise<void> {
  const payload = payloadOf(Number(options.size ?? 64));
  const socket = connect(target(options.connect));
  await once(socket, 'connect');
  let missing = 0;
  let done = (): void => {};
  socket.on('data', (chunk) => {
    missing -= chunk.length;
    if (missing === 0) done();
  });
  ready();
  await reportTrips(
    () =>
      new Promise((resolve) => {
        done = resolve;
        missing = payload.length;
        socket.write(payload);
      }),
    options,
  );
}

async function pong(options: Flags): Promise<void> {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('data', (chunk) => socket.write(chunk));
    socket.on('error', () => socket.destroy());
  });
  server.listen(target(options.listen));
  await once(server, 'listening');
  ready();
}
