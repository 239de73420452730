import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as browser from './browser.ts';
import * as node from './node.ts';

const scouting = { multicast: { enabled: false } };

test('open: client, router, client over TCP', async () => {
  const router = await node.open({ mode: 'router', listen: { endpoints: ['tcp/127.0.0.1:0'] }, scouting });
  const info = await router.info();
  const [locator] = info.locators();
  assert.match(locator!, /^tcp\/127\.0\.0\.1:\d+$/);
  const a = await node.open(locator);
  const b = await node.Session.open(new node.Config(locator));
  assert.ok(a instanceof node.Session && b instanceof node.Session);
  assert.deepEqual((await a.info()).routersZid().map(String), [router.zid().toString()]);
  assert.deepEqual((await a.info()).peersZid(), []);
  assert.equal(info.zid().toString(), router.zid().toString());
  assert.equal(a.config().locator, locator);
  const received: string[] = [];
  let all = (): void => {};
  const done = new Promise<void>((resolve) => {
    all = resolve;
  });
  await b.declareSubscriber('demo/**', {
    handler: (sample) => {
      received.push(`${sample.keyexpr()} ${sample.payload()}`);
      if (received.length === 3) all();
    },
  });
  await b.declareQueryable('demo/q', { autoFinalize: true, handler: (query) => query.replyJson('demo/q', [1]) });
  const pub = await a.declarePublisher('demo/p');
  const matching = (await pub.matchingListener()).receiver()!;
  assert.equal((await matching.receive()).matching(), true);
  await pub.put('1');
  await a.put('demo/s', '2');
  await a.delete('demo/s');
  await done;
  assert.deepEqual(received, ['demo/p 1', 'demo/s 2', 'demo/s ']);
  assert.deepEqual((await a.query('demo/q').first())!.payload().json(), [1]);
  await Promise.all([a.close(), b.close(), router.close()]);
});

test('open: peers over TCP, with a payload that fills many batches', async () => {
  const a = await node.open({ mode: 'peer', listen: { endpoints: ['tcp/127.0.0.1:0'] }, scouting });
  const connect = { endpoints: (await a.info()).locators() };
  const b = await node.open({ mode: 'peer', connect, listen: { endpoints: [] }, scouting });
  assert.deepEqual((await a.info()).peersZid().map(String), [b.zid().toString()]);
  const sub = await b.declareSubscriber('k');
  const pub = await a.declarePublisher('k', { congestionControl: node.CongestionControl.BLOCK });
  await (await pub.matchingListener()).receiver()!.receive();
  const payload = new Uint8Array(1_000_000).map((_, i) => i);
  await pub.put(payload);
  const sample = await sub.receiver()!.receive();
  assert.deepEqual(sample.payload().toBytes(), payload);
  await Promise.all([a.close(), b.close()]);
});

test('open: a consumer that keeps up loses nothing, however many samples a batch has', async () => {
  const a = await node.open({ mode: 'peer', listen: { endpoints: ['memory/keeps-up'] }, scouting });
  const connect = { endpoints: ['memory/keeps-up'] };
  const b = await node.open({ mode: 'peer', connect, listen: { endpoints: [] }, scouting });
  const channel = new node.FifoChannel<node.Sample>(8);
  const sub = await b.declareSubscriber('k', { handler: channel });
  const pub = await a.declarePublisher('k');
  await (await pub.matchingListener()).receiver()!.receive();
  for (let i = 0; i < 3000; i++) void pub.put(String(i));
  let read = 0;
  for await (const sample of sub) {
    assert.equal(sample.payload().toString(), String(read));
    if (++read === 3000) break;
  }
  assert.equal(channel.dropped, 0);
  await Promise.all([a.close(), b.close()]);
});

test('open: a loop that awaits puts does not starve timers', async () => {
  const session = await node.open({ mode: 'peer', listen: { endpoints: [] }, scouting });
  let over = false;
  setTimeout(() => {
    over = true;
  }, 5);
  const pub = await session.declarePublisher('k');
  while (!over) await pub.put('v');
  await session.close();
});

test('open: what cannot be opened rejects, and says why', async () => {
  await assert.rejects(node.open({ mode: 'client', connect: { endpoints: ['tcp/127.0.0.1:1'] }, scouting }), {
    name: 'ConnectError',
    code: 'CONNECT_FAILED',
    locators: ['tcp/127.0.0.1:1'],
  });
  await assert.rejects(node.open({ mode: 'client', connect: { endpoints: ['nonsense/x'] }, scouting }), {
    code: 'CONNECT_FAILED',
  });
  await assert.rejects(node.open({ nonsense: 1 }), { name: 'ConfigError', code: 'INVALID_CONFIG' });
  await assert.rejects(node.open(5 as unknown as string), { code: 'INVALID_ARGUMENT' });
  await assert.rejects(node.open({ mode: 'peer', listen: { endpoints: ['nonsense/x'] }, scouting }), {
    name: 'UnsupportedError',
    code: 'UNSUPPORTED',
  });
  const reason = new Error('no more');
  const signal = AbortSignal.abort(reason);
  await assert.rejects(node.open({ scouting }, { signal }), reason);
  const usrpwd = { user: 'u', password: 'p', dictionary_file: '/nowhere/users.txt' };
  await assert.rejects(node.open({ transport: { auth: { usrpwd } }, scouting }), { code: 'INVALID_CONFIG' });
});

test('open: an attempt can be given up', async () => {
  const controller = new AbortController();
  const connect = { endpoints: ['tcp/127.0.0.1:1'], timeout_ms: -1 };
  const opening = node.open({ mode: 'client', connect, scouting }, { signal: controller.signal });
  const reason = new Error('no more');
  setTimeout(() => controller.abort(reason), 50);
  await assert.rejects(opening, reason);
});

test('open: lines of the log, under the name of the session', async () => {
  const lines: string[] = [];
  const log: node.LogSink = (level, message) => void lines.push(`${level} ${message}`);
  const session = await node.open({ mode: 'peer', listen: { endpoints: [] }, scouting }, { name: 'mine', log });
  assert.ok(lines.includes(`info mine: Using ZID: ${session.zid()}`), lines.join('\n'));
  await session.close();
});

test('open: the entry for browsers connects and does not listen', async () => {
  await assert.rejects(browser.open(), { name: 'ConfigError', path: 'connect/endpoints' });
  await assert.rejects(browser.open('tcp/127.0.0.1:7447'), /tcp/);
  const endpoints = ['memory/nobody'];
  await assert.rejects(browser.open({ mode: 'peer', connect: { endpoints }, listen: { endpoints: ['tcp/[::]:0'] } }), {
    code: 'UNSUPPORTED',
  });
  const router = await node.open({ mode: 'router', listen: { endpoints: ['memory/r'] }, scouting });
  const session = await browser.open('memory/r');
  assert.ok(session instanceof browser.Session);
  assert.equal(session.config().getJson('mode'), '"client"');
  assert.equal((await session.info()).routersZid().length, 1);
  await session.close();
  await router.close();
});
