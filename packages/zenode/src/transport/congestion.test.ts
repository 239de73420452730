import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Writer } from '../base/index.ts';
import { MemoryLink } from '../link/memory/index.ts';
import { bytesOf, FakeScheduler, join, linked, type Linked, TransportNode } from '../testing/index.ts';
import { ZenohId } from '../wire/index.ts';
import { BLOCK, BOUND, DROP, MARK } from './lane.ts';

/* Transports whose receiver is slow, or takes nothing. */

function put(size: number): Uint8Array {
  const w = new Writer(new Uint8Array(size + 20));
  w.raw(bytesOf('7d 00 01 61 01'));
  w.z(size);
  w.raw(new Uint8Array(size));
  return w.taken();
}

const small = put(1);
const kilobytes = put(60_000);
/** Fills a batch. */
const largest = put(65_500);

function send(node: TransportNode, message: Uint8Array, congestion: number, priority = 5, express = false): number {
  return node.transport.send(priority, message, 0, message.length, message, 0, 0, true, congestion, express);
}

const narrow = (more: Parameters<typeof linked>[0] = {}): Promise<Linked> => linked({ ...more, link: { window: 1 } });

for (const fragmented of [false, true]) {
  const of = fragmented ? 'fragments of one message' : 'batches';
  test(`congestion: behind 60 MiB of Background, ${of}, a RealTime message arrives after two batches at most`, async () => {
    const { scheduler, a, b, links } = await narrow();
    links[1].pause();
    const total = 60 << 20;
    if (fragmented) send(a, put(total), BLOCK, 7);
    else for (let n = 0; n < total; n += largest.length) assert.ok(send(a, largest, BLOCK, 7) <= 1);
    await scheduler.settle();
    send(a, small, BLOCK, 1);
    let batches = 0;
    const end = b.transport.links[0]!;
    const onBatch = end.onBatch.bind(end);
    end.onBatch = (...args) => {
      if (b.handler.received.every((m) => m.priority !== 1)) batches++;
      onBatch(...args);
    };
    links[1].resume();
    await scheduler.settle();
    assert.ok(batches <= 3, `it was in batch ${batches}`);
    assert.equal(b.handler.received.filter((m) => m.priority === 1).length, 1);
    const background = b.handler.received.filter((m) => m.priority === 7);
    assert.equal(background.length, fragmented ? 1 : Math.ceil(total / largest.length));
  });
}

test('congestion: batches leave in the order of their priorities', async () => {
  const { scheduler, a, b, links } = await narrow();
  links[1].pause();
  send(a, small, BLOCK, 7);
  await scheduler.settle();
  send(a, small, BLOCK, 7, true);
  for (const priority of [6, 3, 1, 5, 2, 4, 0]) send(a, small, BLOCK, priority);
  links[1].resume();
  await scheduler.settle();
  assert.deepEqual(
    b.handler.received.map((m) => m.priority),
    [7, 7, 0, 1, 2, 3, 4, 5, 6],
  );
});

test('congestion: an express message is handed to the link within send, with what was before it', async () => {
  const { scheduler, a, b } = await linked();
  const { link } = a.transport.links[0]!;
  const sizes: number[] = [];
  const original = link.send.bind(link);
  link.send = (batch) => {
    sizes.push(batch.length);
    return original(batch);
  };
  send(a, small, BLOCK);
  assert.equal(sizes.length, 0);
  send(a, small, BLOCK, 5, true);
  assert.equal(sizes.length, 1);
  await scheduler.settle();
  assert.equal(sizes.length, 1);
  assert.equal(b.handler.received.length, 2);
});

test('congestion: 300 puts in a loop leave in one batch', async () => {
  const { scheduler, a, b } = await linked();
  let batches = 0;
  const end = b.transport.links[0]!;
  const onBatch = end.onBatch.bind(end);
  end.onBatch = (...args) => {
    batches++;
    onBatch(...args);
  };
  for (let n = 0; n < 300; n++) send(a, small, BLOCK);
  await scheduler.settle();
  assert.deepEqual([batches, b.handler.received.length], [1, 300]);
});

test('better: 22 a put of 120 kB that may be dropped arrives on a busy link; those without room are dropped whole, and counted', async () => {
  const { scheduler, a, b, links } = await narrow();
  links[1].pause();
  const large = put(120_000);
  let accepted = 0;
  for (let n = 0; n < 100; n++) if (send(a, large, DROP) <= 1) accepted++;
  assert.ok(accepted >= 5 && accepted < 20);
  assert.equal(a.transport.dropped, 100 - accepted);
  links[1].resume();
  await scheduler.settle();
  assert.equal(b.handler.received.length, accepted);
  assert.ok(b.handler.received.every((m) => m.bytes.length === large.length));
});

test('better: 23 a receiver that takes nothing holds up nobody else, and is given up after wait_before_close', async () => {
  const scheduler = new FakeScheduler();
  const zid = (text: string): ZenohId => ZenohId.parse(text);
  const a = new TransportNode(scheduler, { zid: zid('a1') });
  const dead = new TransportNode(scheduler, { zid: zid('d1') });
  const lively = new TransportNode(scheduler, { zid: zid('e1') });
  const links = MemoryLink.pair(scheduler, { window: 1 });
  const toDead = await join(scheduler, a, dead, links);
  const toLively = await join(scheduler, a, lively, MemoryLink.pair(scheduler, { window: 1 }));
  links[1].pause();
  for (let n = 0; n < 200; n++) {
    for (const transport of [toDead, toLively]) {
      transport.send(5, kilobytes, 0, kilobytes.length, small, 0, 0, true, BLOCK, false);
    }
    await scheduler.run(10);
    assert.equal(lively.handler.received.length, n + 1);
  }
  await scheduler.run(2900);
  assert.equal(toDead.closed, false);
  await scheduler.run(700);
  assert.equal(toDead.closed, true);
  assert.match(a.upper.handlers[0]!.cause!.message, /took nothing for 5000 ms/);
  assert.equal(toLively.closed, false);
});

test('congestion: a link that was idle for long is not given up as soon as it is full', async () => {
  const { scheduler, a, links } = await narrow();
  await scheduler.run(60_000);
  links[1].pause();
  for (let n = 0; n < 40; n++) send(a, kilobytes, BLOCK);
  await scheduler.run(4900);
  assert.equal(a.transport.closed, false);
  await scheduler.run(600);
  assert.equal(a.transport.closed, true);
});

test('congestion: messages that may be dropped never end a link', async () => {
  const { scheduler, a, b } = await narrow();
  b.transport.hold();
  for (let n = 0; n < 40; n++) send(a, kilobytes, DROP);
  await scheduler.run(30_000);
  assert.equal(a.transport.closed, false);
  assert.equal(a.transport.dropped, 40 - MARK);
});

test('congestion: with wait_before_close below 0 a blocked link is never given up', async () => {
  const { scheduler, a, b } = await narrow({ a: { waitBeforeCloseMs: -1 } });
  b.transport.hold();
  for (let n = 0; n < 40; n++) send(a, kilobytes, BLOCK);
  await scheduler.run(60_000);
  assert.equal(a.transport.closed, false);
});

test('congestion: at the bound a message that blocks is refused and counted, and the others stay', async () => {
  const { scheduler, a, b, links } = await narrow();
  links[1].pause();
  for (let n = 0; n < BOUND; n++) assert.ok(send(a, kilobytes, BLOCK) <= 1);
  assert.equal(a.transport.refused, 0);
  assert.equal(send(a, kilobytes, BLOCK), 4);
  assert.deepEqual([a.transport.refused, a.transport.dropped], [1, 0]);
  links[1].resume();
  await scheduler.settle();
  assert.equal(b.handler.received.length, BOUND);
});

test('congestion: a loop that awaits loses nothing to a receiver that reads, though it may be dropped', async () => {
  const { scheduler, a, b } = await narrow();
  let done = false;
  const loop = async (): Promise<void> => {
    for (let n = 0; n < 300; n++) if (send(a, kilobytes, DROP) !== 0) await a.transport.lane(5).ready();
    done = true;
  };
  void loop();
  await scheduler.run(1000);
  assert.equal(done, true);
  assert.deepEqual([b.handler.received.length, a.transport.dropped], [300, 0]);
});
