import assert from 'node:assert/strict';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { type Scheduler, silent } from '../../base/index.ts';
import { Endpoint } from '../../wire/index.ts';
import { contract } from '../contract.ts';
import type { Link, LinkEnv, Listener } from '../link.ts';
import { tcp } from './index.ts';
import { TcpLink } from './link.ts';
import { adopt, byDataEvents, type Receiver } from './receive.ts';

/** Time as the platform has it: sockets do not run under a fake clock. */
const scheduler: Scheduler = {
  now: () => performance.now(),
  wallMs: () => Date.now(),
  micro: (fn) => queueMicrotask(fn),
  macro: (fn) => void setImmediate().then(fn),
  after: (ms, fn) => {
    const timer = setTimeout(fn, ms);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
  random: () => Math.random(),
  randomBytes: (target) => crypto.getRandomValues(target as Uint8Array<ArrayBuffer>),
};
const env: LinkEnv = { scheduler, log: silent };
const never = new AbortController().signal;

async function until(condition: () => boolean, what: string): Promise<void> {
  const limit = performance.now() + 10_000;
  while (!condition()) {
    assert.ok(performance.now() < limit, `in vain: ${what}`);
    await setImmediate();
  }
}

/** Loopback is quick: what has not arrived after so many turns is not under way. */
async function rest(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await setImmediate();
}

/** A listener on a free port of loopback and what it has accepted. */
async function listening(host: string = '127.0.0.1'): Promise<{ listener: Listener; accepted: Link[] }> {
  const accepted: Link[] = [];
  const listener = await tcp.listen!(Endpoint.parse(`tcp/${host}:0`), env, (link) => accepted.push(link));
  return { listener, accepted };
}

/** Both ends of a connection; the listener is gone already. */
async function pair(): Promise<readonly [dialled: Link, accepted: Link]> {
  const { listener, accepted } = await listening();
  const dialled = await tcp.dial(listener.locator.toEndpoint(), env, never);
  await until(() => accepted.length === 1, 'the connection was accepted');
  await listener.close();
  return [dialled, accepted[0]!];
}

/** As `pair`, but both ends read by `data` events, as TLS and other runtimes do. */
async function pairByData(): Promise<readonly [Link, Link]> {
  const accepted: Socket[] = [];
  const server = createServer({ pauseOnConnect: true }, (socket) => accepted.push(socket));
  const port = await portOf(server);
  const dialled = connect({ host: '127.0.0.1', port });
  dialled.pause();
  await until(() => accepted.length === 1 && !dialled.connecting, 'the connection was accepted');
  server.close();
  const { locator } = Endpoint.parse('tcp/127.0.0.1:1');
  const [a, b] = [dialled, accepted[0]!].map((socket) => {
    const target: { receiver: Receiver | undefined } = { receiver: undefined };
    const link = new TcpLink(byDataEvents(socket, target), locator, locator, env);
    target.receiver = link;
    return link;
  });
  return [a!, b!];
}

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await until(() => server.listening, 'the server listens');
  return (server.address() as { port: number }).port;
}

contract('tcp', { pair, until, rest });
contract('tcp, accepted end first', { pair: async () => (await pair()).toReversed() as [Link, Link], until, rest });
contract('tcp, by data events', { pair: pairByData, until, rest });

function handles(): number {
  return process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP')).length;
}

test('link tcp: an accepted socket reads into the shared buffer, and leaves nothing behind', async () => {
  const before = handles();
  const { listener, accepted } = await listening();
  const dialled = await tcp.dial(listener.locator.toEndpoint(), env, never);
  await until(() => accepted.length === 1, 'the connection was accepted');
  const buffers: ArrayBufferLike[] = [];
  const closes: (Error | undefined)[] = [];
  for (const link of [dialled, accepted[0]!]) {
    link.start({
      onBatch: (buffer) => buffers.push(buffer.buffer),
      onSent: () => undefined,
      onClose: (cause) => closes.push(cause),
    });
  }
  dialled.send(Uint8Array.of(0, 0, 1));
  accepted[0]!.send(Uint8Array.of(0, 0, 1));
  await until(() => buffers.length === 2, 'both ends have read');
  assert.equal(buffers[0], buffers[1]);
  assert.equal(buffers[0]!.byteLength, 256 * 1024);
  await listener.close();
  await Promise.all([dialled.close(), accepted[0]!.close()]);
  assert.deepEqual(closes, [undefined, undefined]);
  await rest();
  assert.equal(handles(), before);
});

test('link tcp: a listener closes while its connections live on', async () => {
  const [dialled, accepted] = await pair();
  const heard: number[] = [];
  dialled.start({ onBatch: () => undefined, onSent: () => undefined, onClose: () => undefined });
  accepted.start({
    onBatch: (_, start, end) => heard.push(end - start),
    onSent: () => undefined,
    onClose: () => undefined,
  });
  dialled.send(new Uint8Array(12));
  await until(() => heard.length === 1, 'the batch arrived');
  assert.deepEqual(heard, [10]);
  await Promise.all([dialled.close(), accepted.close()]);
});

test('link tcp: a socket that is adopted loses nothing that came before', async () => {
  const got: number[] = [];
  const sockets: Socket[] = [];
  const target: { receiver: Receiver | undefined } = { receiver: undefined };
  const server = createServer({ pauseOnConnect: true }, (socket) => sockets.push(adopt(socket, target)));
  const client = connect({ host: '127.0.0.1', port: await portOf(server) });
  client.write(Uint8Array.of(1, 2, 3));
  await until(() => sockets.length === 1, 'the connection was accepted');
  await rest();
  target.receiver = { onBytes: (bytes, start, end) => got.push(...bytes.subarray(start, end)) > 0 };
  sockets[0]!.resume();
  client.write(Uint8Array.of(4));
  await until(() => got.length === 4, 'everything arrived');
  assert.deepEqual(got, [1, 2, 3, 4]);
  client.destroy();
  sockets[0]!.destroy();
  server.close();
});

/** A listener of ours and a bare socket that writes to it. */
async function bare(): Promise<{ socket: Socket; link: Link; batches: number[][]; closes: (Error | undefined)[] }> {
  const { listener, accepted } = await listening();
  const { port } = new URL(`http://${listener.locator.address}`);
  const socket = connect({ host: '127.0.0.1', port: Number(port), noDelay: true });
  await until(() => accepted.length === 1, 'the connection was accepted');
  await listener.close();
  const batches: number[][] = [];
  const closes: (Error | undefined)[] = [];
  accepted[0]!.start({
    onBatch: (buffer, start, end) => batches.push([...buffer.subarray(start, end)]),
    onSent: () => undefined,
    onClose: (cause) => closes.push(cause),
  });
  return { socket, link: accepted[0]!, batches, closes };
}

test('link tcp: bytes that come one at a time make whole batches', async () => {
  const { socket, link, batches, closes } = await bare();
  for (const byte of [2, 0, 7, 8, 0, 0, 1, 0, 9]) {
    socket.write(Uint8Array.of(byte));
    await setImmediate();
  }
  await until(() => batches.length === 3, 'three batches');
  assert.deepEqual(batches, [[7, 8], [], [9]]);
  socket.end();
  await until(() => closes.length === 1, 'closed');
  assert.deepEqual(closes, [undefined]);
  await link.close();
});

test('link tcp: a length that no batch may have ends the link with a cause', async () => {
  const { socket, batches, closes } = await bare();
  socket.write(Uint8Array.of(1, 0, 5, 0xff, 0xff, 1, 2, 3));
  await until(() => closes.length === 1, 'closed');
  assert.deepEqual(batches, [[5]]);
  assert.match(closes[0]!.message, /65535/);
  socket.destroy();
});

test('link tcp: a connection that is reset ends the link with a cause, once', async () => {
  const { socket, closes } = await bare();
  socket.resetAndDestroy();
  await until(() => closes.length === 1, 'closed');
  assert.match(closes[0]!.message, /ECONNRESET/);
  await rest();
  assert.equal(closes.length, 1);
});

test('link tcp: a batch that was cut short is not delivered', async () => {
  const { socket, batches, closes } = await bare();
  socket.end(Uint8Array.of(3, 0, 1, 2));
  await until(() => closes.length === 1, 'closed');
  assert.deepEqual(batches, []);
});

test('link tcp: an end whose other side reads nothing closes within a second', async () => {
  const server = createServer({ pauseOnConnect: true }, () => undefined);
  const port = await portOf(server);
  const link = await tcp.dial(Endpoint.parse(`tcp/127.0.0.1:${port}`), env, never);
  let closes = 0;
  link.start({ onBatch: () => undefined, onSent: () => undefined, onClose: () => closes++ });
  while (link.send(new Uint8Array(65_535)));
  const from = performance.now();
  await link.close();
  assert.ok(performance.now() - from < 2000);
  assert.equal(closes, 1);
  server.close();
});

test('link tcp: dialling an address where nobody listens fails and says so', async () => {
  const { listener } = await listening();
  await listener.close();
  const endpoint = listener.locator.toEndpoint();
  await assert.rejects(tcp.dial(endpoint, env, never), (error: Error) => {
    assert.equal((error as { code?: string }).code, 'CONNECT_FAILED');
    assert.match(error.message, new RegExp(`${endpoint.address}.*ECONNREFUSED`));
    return true;
  });
});

test('link tcp: who dials may give up before and while connecting', async () => {
  const { listener, accepted } = await listening();
  const endpoint = listener.locator.toEndpoint();
  const reason = new Error('enough');
  await assert.rejects(tcp.dial(endpoint, env, AbortSignal.abort(reason)), reason);
  const controller = new AbortController();
  const dialling = tcp.dial(endpoint, env, controller.signal);
  controller.abort(reason);
  await assert.rejects(dialling, reason);
  controller.abort();
  await assert.rejects(tcp.dial(endpoint, env, AbortSignal.abort('text')), { code: 'CANCELLED' });
  for (const link of accepted) await link.close();
  await listener.close();
});

test('link tcp: a link that was dialled keeps the metadata of its endpoint', async () => {
  const { listener, accepted } = await listening();
  const endpoint = Endpoint.parse(`${listener.locator}?prio=1-3;rel=1`);
  const link = await tcp.dial(endpoint, env, never);
  assert.equal(link.dst.metadata.toString(), 'prio=1-3;rel=1');
  await until(() => accepted.length === 1, 'the connection was accepted');
  assert.ok(accepted[0]!.dst.metadata.isEmpty);
  await Promise.all([link.close(), accepted[0]!.close(), listener.close()]);
});

test('link tcp: a port that is taken cannot be listened on', async () => {
  const { listener } = await listening();
  await assert.rejects(
    tcp.listen!(listener.locator.toEndpoint(), env, () => undefined),
    { code: 'LISTEN_FAILED' },
  );
  await listener.close();
});

test('link tcp: a wildcard listener tells the addresses of the interfaces, never the wildcard', async () => {
  const { listener } = await listening('0.0.0.0');
  assert.match(listener.locator.toString(), /^tcp\/0\.0\.0\.0:\d+$/);
  const advertised = listener.advertised().map(String);
  assert.ok(advertised.length > 0);
  for (const text of advertised) assert.doesNotMatch(text, /0\.0\.0\.0/);
  await listener.close();
});
