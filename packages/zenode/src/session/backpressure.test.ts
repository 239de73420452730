import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestSessions, unread } from '../testing/index.ts';
import { BlockingChannel, FifoChannel, RingChannel, type Sample, type Session } from './index.ts';

function overflows(session: Session): (readonly [eid: number, dropped: number])[] {
  const seen: (readonly [number, number])[] = [];
  session.addEventListener('overflow', ({ detail }) => seen.push([detail.entity.eid, detail.dropped]));
  return seen;
}

const PAYLOAD = new Uint8Array(30_000);

test('backpressure: a full blocking channel stops the link, and room lets it go on', async () => {
  const net = new TestSessions();
  const { a, b } = await net.pair();
  const seen = overflows(b);
  const sub = await net.of(b.declareSubscriber('k', { handler: new BlockingChannel<Sample>(4) }));
  await net.settle();
  let sent = 0;
  const publishing = (async () => {
    for (; sent < 200; sent++) await a.put('k', PAYLOAD, { congestionControl: 1 });
  })();
  await net.settle();
  assert.ok(sent < 100, `${sent} were taken`);
  let read = 0;
  while (read < 200) {
    const samples = unread(sub).length;
    assert.ok(samples <= 12, `${samples} at once`);
    read += samples;
    await net.settle();
  }
  await net.of(publishing);
  assert.equal(read, 200);
  assert.deepEqual(seen, []);
  await net.close();
});

test('backpressure: after two seconds the link is read again, and the channel grows', async () => {
  const net = new TestSessions();
  const { a, b } = await net.pair();
  const seen = overflows(b);
  const sub = await net.of(b.declareSubscriber('k'));
  await net.settle();
  const publishing = (async () => {
    for (let i = 0; i < 2000; i++) await a.put('k', PAYLOAD, { congestionControl: 1 });
  })();
  await net.run(1900);
  assert.deepEqual(seen, []);
  await net.run(200);
  assert.deepEqual(seen, [[sub.id().eid, 0]]);
  await net.of(publishing);
  await net.settle();
  assert.equal(unread(sub).length, 2000);
  // Another episode is another event.
  const again = (async () => {
    for (let i = 0; i < 300; i++) await a.put('k', PAYLOAD, { congestionControl: 1 });
  })();
  await net.run(2100);
  await net.of(again);
  assert.equal(seen.length, 2);
  await net.close();
});

test('backpressure: a link that is not read for an application stays alive', async () => {
  const net = new TestSessions();
  const { a, b } = await net.pair({ transport: { link: { tx: { lease: 1000 } } } });
  const sub = await net.of(b.declareSubscriber('k', { handler: new BlockingChannel<Sample>(1) }));
  await net.settle();
  for (let i = 0; i < 10; i++) {
    void a.put('k', PAYLOAD, { congestionControl: 1 });
    await net.run(1500);
    unread(sub);
  }
  assert.equal((await a.info()).peersZid().length, 1);
  assert.equal((await b.info()).peersZid().length, 1);
  await net.close();
});

test('backpressure: closing while a link is stopped lets it go', async () => {
  const net = new TestSessions();
  const { a, b } = await net.pair();
  const sub = await net.of(b.declareSubscriber('k', { handler: new BlockingChannel<Sample>(1) }));
  const other = await net.of(b.declareSubscriber('other'));
  await net.settle();
  void a.put('k', 'v');
  await net.settle();
  void a.put('other', 'v');
  await net.settle();
  assert.equal(unread(other).length, 0);
  await net.of(sub.undeclare());
  await net.settle();
  assert.equal(unread(other).length, 1);
  await net.close();
});

test('backpressure: what a session publishes to itself makes the channel grow', async () => {
  const net = new TestSessions();
  const a = await net.peer('a');
  const seen = overflows(a);
  const sub = await net.of(a.declareSubscriber('k', { handler: new BlockingChannel<Sample>(2) }));
  for (let i = 0; i < 5; i++) await net.of(a.put('k', String(i)));
  await net.settle();
  assert.deepEqual(seen, [[sub.id().eid, 0]]);
  assert.equal(unread(sub).length, 5);
  await net.close();
});

test('backpressure: FIFO and ring channels drop and count, one event for many', async () => {
  const net = new TestSessions();
  const { a, b } = await net.pair();
  const seen = overflows(b);
  const fifo = await net.of(b.declareSubscriber('k', { handler: new FifoChannel<Sample>(3) }));
  const ring = await net.of(b.declareSubscriber('k', { handler: new RingChannel<Sample>(3) }));
  await net.settle();
  for (let i = 0; i < 10; i++) void a.put('k', String(i));
  await net.settle();
  const texts = (samples: readonly Sample[]): string => samples.map((one) => one.payload().toString()).join(' ');
  assert.equal(texts(unread(fifo)), '0 1 2');
  assert.equal(texts(unread(ring)), '7 8 9');
  assert.deepEqual(
    seen.toSorted((x, y) => x[0] - y[0]),
    [
      [fifo.id().eid, 7],
      [ring.id().eid, 7],
    ],
  );
  await net.close();
});
