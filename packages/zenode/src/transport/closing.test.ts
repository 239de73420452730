import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesOf, FakeScheduler, linked, openBare, TransportNode } from '../testing/index.ts';

const push = bytesOf('7d 00 01 61 01 01 31');

function send(node: TransportNode, n: number = 1): void {
  for (let i = 0; i < n; i++) node.transport.send(5, push, 0, push.length, push, 0, 0, true, 1, false);
}

test('closing: what is queued arrives first, then Close on the link, then nothing; both sides hear it once', async () => {
  const { scheduler, a, b } = await linked({ a: { batchSize: 100 }, link: { window: 1, mtu: 100 } });
  send(a, 5000);
  const closing = a.transport.close();
  send(a, 10);
  assert.equal(a.transport.close(), closing);
  await scheduler.run(1000);
  await closing;
  assert.equal(b.handler.received.length, 5000);
  assert.deepEqual([a.handler.closes, b.handler.closes], [1, 1]);
  assert.deepEqual([a.handler.cause, b.handler.cause], [undefined, undefined]);
  assert.equal(scheduler.timers, 0);
});

test('closing: the bytes of Close carry the reason, S = 0, behind the last data', async () => {
  const scheduler = new FakeScheduler();
  const node = new TransportNode(scheduler);
  const bare = await openBare(scheduler, node);
  send(node);
  void node.transport.close(6);
  await scheduler.run(10);
  const [frame, close] = bare.take();
  assert.match(frame!, /7d 00 01 61 01 01 31$/);
  assert.equal(close, '03 06');
  assert.equal(bare.closes, 1);
});

test('closing: a receiver that takes nothing holds it up for no more than a second', async () => {
  const { scheduler, a, b, links } = await linked({ a: { batchSize: 100 }, link: { window: 1, mtu: 100 } });
  links[1].pause();
  send(a, 1000);
  await scheduler.settle();
  let done = false;
  void a.transport.close().then(() => (done = true));
  await scheduler.run(900);
  assert.equal(done, false);
  await scheduler.run(200);
  assert.equal(done, true);
  assert.equal(a.handler.closes, 1);
  links[1].resume();
  await scheduler.settle();
  assert.equal(b.handler.closes, 1);
});

test('closing: a receiver that is slow is waited for as long as it takes something', async () => {
  const { scheduler, a, b, links } = await linked({ a: { batchSize: 100 }, link: { window: 1, mtu: 100 } });
  send(a, 100);
  b.handler.onReceived = () => links[1].pause();
  void a.transport.close();
  for (let n = 0; n < 30; n++) {
    await scheduler.run(700);
    links[1].resume();
  }
  await scheduler.run(2000);
  assert.equal(b.handler.received.length, 100);
});

test('closing: whoever waits for room is let go when the transport ends, and who asks later does not wait', async () => {
  const { scheduler, a, links } = await linked({ a: { batchSize: 100 }, link: { window: 1, mtu: 100 } });
  links[1].pause();
  send(a, 1000);
  let woken = 0;
  const lane = a.transport.lane(5);
  void lane.ready().then(() => woken++);
  await scheduler.settle();
  assert.equal(woken, 0);
  links[0].cut();
  await scheduler.settle();
  void lane.ready().then(() => woken++);
  await scheduler.settle();
  assert.equal(woken, 2);
  assert.deepEqual([lane.used, a.handler.closes], [0, 1]);
});

test('closing: a link that is lost meanwhile ends it', async () => {
  const { scheduler, a, links } = await linked({ a: { batchSize: 100 }, link: { window: 1, mtu: 100 } });
  links[1].pause();
  send(a, 1000);
  const closing = a.transport.close();
  await scheduler.settle();
  links[0].cut();
  await scheduler.settle();
  await closing;
  assert.equal(a.handler.closes, 1);
});

test('closing: who closes at the same time as the other hears of it once', async () => {
  const { scheduler, a, b } = await linked();
  send(a);
  send(b);
  const both = Promise.all([a.transport.close(), b.transport.close()]);
  await scheduler.run(2000);
  await both;
  assert.deepEqual([a.handler.closes, b.handler.closes], [1, 1]);
});

test('closing: after the end nothing is sent, and nothing fails', async () => {
  const { scheduler, a, links } = await linked();
  links[0].cut(new Error('pulled'));
  await scheduler.settle();
  assert.match(a.handler.cause!.message, /pulled/);
  send(a);
  a.transport.flush();
  a.transport.hold();
  a.transport.release();
  a.transport.abort(undefined);
  await a.transport.close();
  assert.equal(a.handler.closes, 1);
});
