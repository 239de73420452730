import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesOf, FakeScheduler, linked, openBare, TransportNode } from '../testing/index.ts';
import { ZenohId } from '../wire/index.ts';

/* Time on a link. The clock is looked at ten times per keep-alive at most, so nothing is early and little is late. */

const push = bytesOf('7d 00 01 61 01 01 31');

test('lease: a link that is silent gets a KeepAlive a quarter of our lease after its last batch, and every quarter', async () => {
  const scheduler = new FakeScheduler();
  const node = new TransportNode(scheduler);
  const bare = await openBare(scheduler, node, { open: { leaseMs: 600_000 } });
  await scheduler.run(2400);
  assert.deepEqual(bare.take(), []);
  await scheduler.run(100);
  assert.deepEqual(bare.take(), ['04']);
  await scheduler.run(1000);
  node.transport.send(5, push, 0, push.length, push, 0, 0, true, 1, false);
  await scheduler.settle();
  assert.equal(bare.take().length, 1);
  await scheduler.run(2499);
  assert.deepEqual(bare.take(), []);
  await scheduler.run(251);
  assert.deepEqual(bare.take(), ['04']);
  await scheduler.run(25_000);
  assert.equal(bare.take().length, 10);
});

for (const [leaseMs, keepAlive, every] of [
  [2000, 4, 500],
  [10_000, 1, 10_000],
  [900, 0, 900],
] as const) {
  test(`lease: ${keepAlive} keep-alives in ${leaseMs} ms make one every ${every} ms`, async () => {
    const scheduler = new FakeScheduler();
    const node = new TransportNode(scheduler, { leaseMs, keepAlive });
    const bare = await openBare(scheduler, node, { open: { leaseMs: 600_000 } });
    await scheduler.run(every * 8);
    const n = bare.take().length;
    assert.ok(n >= 7 && n <= 8, `${n}`);
  });
}

for (const leaseMs of [1000, 2500, 10_000]) {
  test(`lease: a link that hears nothing for the ${leaseMs} ms of the other side ends without a Close`, async () => {
    const scheduler = new FakeScheduler();
    const node = new TransportNode(scheduler, { leaseMs: 600_000 });
    const bare = await openBare(scheduler, node, { open: { leaseMs } });
    await scheduler.run(leaseMs - 1);
    assert.equal(bare.closes, 0);
    await scheduler.run(501);
    assert.deepEqual([bare.take(), bare.closes, node.handler.closes], [[], 1, 1]);
    assert.match(node.handler.cause!.message, /lease/);
    assert.equal(scheduler.timers, 0);
  });
}

test('lease: whatever arrives counts, even an empty batch and one that is dropped', async () => {
  const scheduler = new FakeScheduler();
  const node = new TransportNode(scheduler);
  const bare = await openBare(scheduler, node, { open: { leaseMs: 1000 } });
  for (const batch of ['04', '', '25 05', '25 05', '00 01', '04', '']) {
    bare.send(batch);
    await scheduler.run(900);
  }
  assert.equal(bare.closes, 0);
});

test('lease: a lease of 0 is accepted, and the link ends at the first look at the clock', async () => {
  const scheduler = new FakeScheduler();
  const node = new TransportNode(scheduler);
  const bare = await openBare(scheduler, node, { open: { leaseMs: 0 } });
  assert.equal(node.upper.transports.length, 1);
  await scheduler.run(250);
  assert.deepEqual([bare.closes, node.handler.closes], [1, 1]);
});

test('lease: nodes that keep silent keep each other alive', async () => {
  const { scheduler, a, b } = await linked();
  await scheduler.run(3_600_000);
  assert.deepEqual([a.handler.closes, b.handler.closes], [0, 0]);
});

test('lease: a link that is held does not expire, and goes on sending keep-alives', async () => {
  const scheduler = new FakeScheduler();
  const node = new TransportNode(scheduler);
  const bare = await openBare(scheduler, node, { open: { leaseMs: 1000 } });
  node.transport.hold();
  node.transport.hold();
  bare.send(Uint8Array.from([0x25, 5, ...push]));
  await scheduler.run(60_000);
  assert.equal(bare.closes, 0);
  assert.ok(bare.take().length >= 20);
  assert.equal(node.handler.received.length, 0);
  node.transport.release();
  await scheduler.settle();
  assert.equal(node.handler.received.length, 0);
  node.transport.release();
  await scheduler.settle();
  assert.equal(node.handler.received.length, 1);
  await scheduler.run(900);
  assert.equal(bare.closes, 0);
  await scheduler.run(600);
  assert.equal(bare.closes, 1);
});

test('lease: a link that joins a transport that is held is held too', async () => {
  const scheduler = new FakeScheduler();
  const node = new TransportNode(scheduler, { maxLinks: 2 });
  await openBare(scheduler, node);
  node.transport.hold();
  const second = await openBare(scheduler, node);
  second.send(Uint8Array.from([0x25, 5, ...push]));
  await scheduler.settle();
  assert.equal(node.handler.received.length, 0);
  node.transport.release();
  await scheduler.settle();
  assert.equal(node.handler.received.length, 1);
});

test('lease: one tick serves all links, and none remains when the last link is gone', async () => {
  const scheduler = new FakeScheduler();
  const node = new TransportNode(scheduler, { leaseMs: 1000 });
  for (let n = 0; n < 20; n++) await openBare(scheduler, node, { open: { leaseMs: 1000 }, init: { zid: zidOf(n) } });
  assert.equal(scheduler.timers, 1);
  await scheduler.run(1500);
  assert.deepEqual([[...node.manager.transports].length, scheduler.timers], [0, 0]);
});

function zidOf(n: number): ZenohId {
  return ZenohId.parse(`c${n.toString(16).padStart(3, '0')}`);
}
