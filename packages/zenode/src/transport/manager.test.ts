import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryLink } from '../link/memory/index.ts';
import {
  BareEnd,
  bareTowards,
  ByteLink,
  bytesOf,
  cookieOf,
  encoded,
  FakeScheduler,
  initOf,
  join,
  linked,
  openBare,
  openOf,
  TransportNode,
} from '../testing/index.ts';
import { encodeInit, encodeOpen, ZenohId } from '../wire/index.ts';
import { HandshakeError, RefusedError } from './establish.ts';

const zid = (text: string): ZenohId => ZenohId.parse(text);
const push = bytesOf('7d 00 01 61 01 01 31');

function send(node: TransportNode): void {
  node.transport.send(5, push, 0, push.length, push, 0, 0, true, 1, false);
}

test('manager: two nodes find each other, and data flows both ways', async () => {
  const { scheduler, a, b } = await linked();
  assert.equal(a.manager.transport(zid('b2')), a.transport);
  assert.equal(b.manager.transport(zid('a1')), b.transport);
  send(a);
  send(b);
  await scheduler.settle();
  assert.deepEqual(a.handler.received[0]?.bytes, push);
  assert.deepEqual(b.handler.received[0]?.bytes, push);
});

test('manager: handshakes under way are accepted up to accept_pending, one more is closed without a word', async () => {
  const scheduler = new FakeScheduler();
  const node = new TransportNode(scheduler, { acceptPending: 3 });
  const bares = Array.from({ length: 4 }, () => bareTowards(scheduler, node));
  await scheduler.settle();
  assert.deepEqual(
    bares.map((bare) => bare.closes),
    [0, 0, 0, 1],
  );
  assert.deepEqual(bares[3]!.take(), []);
  await bares[0]!.link.close();
  await scheduler.settle();
  const late = await openBare(scheduler, node);
  assert.deepEqual([late.closes, node.manager.pending], [0, 2]);
});

test('manager: there are up to max_sessions transports, one more gets INVALID', async () => {
  const scheduler = new FakeScheduler();
  const node = new TransportNode(scheduler, { maxSessions: 2 });
  for (const id of ['c1', 'c2']) await openBare(scheduler, node, { init: { zid: zid(id) } });
  assert.equal([...node.manager.transports].length, 2);
  const third = await openUpTo(scheduler, node, 'c3');
  assert.deepEqual([third.take(), third.closes], [['03 02'], 1]);
  node.manager.transport(zid('c1'))!.abort(undefined);
  await scheduler.settle();
  const fourth = await openUpTo(scheduler, node, 'c3');
  assert.deepEqual([fourth.closes, [...node.manager.transports].length], [0, 2]);
});

for (const maxLinks of [1, 3]) {
  test(`manager: of ${maxLinks} inbound links per transport one more gets MAX_LINKS, and the first ones stay`, async () => {
    const scheduler = new FakeScheduler();
    const node = new TransportNode(scheduler, { maxLinks });
    for (let n = 0; n < maxLinks; n++) await openBare(scheduler, node);
    assert.equal(node.transport.links.length, maxLinks);
    const more = await openUpTo(scheduler, node, 'b2');
    assert.deepEqual([more.take(), more.closes], [['03 04'], 1]);
    assert.deepEqual([node.upper.transports.length, node.transport.links.length], [1, maxLinks]);
  });
}

test('manager: a node that dials itself is refused on both sides with CONNECTION_TO_SELF', async () => {
  const scheduler = new FakeScheduler();
  const node = new TransportNode(scheduler);
  const accepted = await openUpTo(scheduler, node, 'a1');
  assert.deepEqual([accepted.take(), accepted.closes], [['03 07'], 1]);
  await assert.rejects(join(scheduler, node, node, MemoryLink.pair(scheduler)), { reason: 7 });
  assert.equal(node.upper.transports.length, 0);
});

test('manager: who dialled itself through a node that does not notice says CONNECTION_TO_SELF, in the form agreed upon', async () => {
  for (const compression of [false, true]) {
    const scheduler = new FakeScheduler();
    const node = new TransportNode(scheduler, { compression });
    const [dialled, accepted] = MemoryLink.pair(scheduler);
    const bare = new BareEnd(accepted);
    const opening = node.manager.initiate(dialled, new AbortController().signal);
    opening.catch(() => undefined);
    bare.send(encoded(encodeInit, initOf({ ack: true, zid: zid('a1'), compression })));
    await scheduler.settle();
    bare.take();
    bare.send(encoded(encodeOpen, openOf({ ack: true })));
    await scheduler.settle();
    assert.deepEqual([bare.take(), bare.closes], [[compression ? '00 03 07' : '03 07'], 1]);
    await assert.rejects(opening, HandshakeError);
  }
});

test('manager: two nodes that dial each other at once have one transport with two links; one may be cut', async () => {
  const scheduler = new FakeScheduler();
  const a = new TransportNode(scheduler, { zid: zid('a1') });
  const b = new TransportNode(scheduler, { zid: zid('b2') });
  const first = MemoryLink.pair(scheduler);
  const second = MemoryLink.pair(scheduler);
  await Promise.all([join(scheduler, a, b, first), join(scheduler, b, a, second)]);
  for (const node of [a, b]) {
    assert.equal(node.upper.transports.length, 1);
    assert.equal(node.transport.links.filter((link) => link.inbound).length, 1);
    assert.equal(node.transport.links.length, 2);
  }
  for (const [n, links] of [first, second].entries()) {
    for (let i = 0; i < 3; i++) {
      send(a);
      send(b);
    }
    await scheduler.settle();
    assert.equal(a.handler.received.length, 3 * (n + 1));
    assert.equal(b.handler.received.length, 3 * (n + 1));
    links[0].cut();
    await scheduler.settle();
    assert.deepEqual([a.handler.closes, b.handler.closes], [n, n]);
  }
  assert.equal(a.manager.transport(zid('b2')), undefined);
});

test('manager: a link that is lost with batches inside does not count them for ever', async () => {
  const scheduler = new FakeScheduler();
  const a = new TransportNode(scheduler, { zid: zid('a1') });
  const b = new TransportNode(scheduler, { zid: zid('b2') });
  const first = MemoryLink.pair(scheduler, { window: 1 });
  await Promise.all([join(scheduler, a, b, first), join(scheduler, b, a, MemoryLink.pair(scheduler, { window: 1 }))]);
  first[0].pause();
  first[1].pause();
  const lane = a.transport.lane(5);
  for (let i = 0; i < 4; i++) {
    send(a);
    lane.closeBatch();
  }
  a.transport.flush();
  assert.equal(lane.used, 4);
  first[0].cut();
  await scheduler.settle();
  assert.equal(lane.used, 0);
  assert.equal(b.handler.received.length, 2);
});

const terms: readonly (readonly [
  what: string,
  fields: Parameters<typeof initOf>[0],
  open?: Parameters<typeof openOf>[0],
])[] = [
  ['another role', { whatami: 4 }],
  ['another width of numbers', { resolution: 9 }],
  ['no QoS', { qos: false }],
  ['a region', { regionName: bytesOf('65') }],
  ['patch 0', { patch: 0 }],
  ['a bound', {}, { remoteBound: 1 }],
];
for (const [what, fields, open] of terms) {
  test(`manager: a second link with ${what} gets INVALID, and the first stays`, async () => {
    const scheduler = new FakeScheduler();
    const node = new TransportNode(scheduler, { maxLinks: 2 });
    await openBare(scheduler, node);
    const second = await openUpTo(scheduler, node, 'b2', fields, open);
    assert.deepEqual([second.take(), second.closes], [['03 02'], 1]);
    assert.deepEqual([node.transport.links.length, node.handler.closes], [1, 0]);
  });
}

test('manager: a second link may have another batch size, compression, lease and first number', async () => {
  const scheduler = new FakeScheduler();
  const node = new TransportNode(scheduler, { maxLinks: 2, compression: true });
  await openBare(scheduler, node);
  const fields = { batchSize: 1000, compression: true };
  await openBare(scheduler, node, { init: fields, open: { leaseMs: 1, initialSn: 77 } });
  assert.equal(node.transport.links.length, 2);
  assert.equal(node.transport.agreement.initialSnIn, 5);
  assert.equal(node.transport.capacity, 999);
});

test('manager: a transport that closes takes no further link', async () => {
  const { scheduler, a, b, links } = await linked({ link: { window: 1 }, b: { maxLinks: 2 } });
  links[1].pause();
  for (let i = 0; i < 4; i++) {
    send(a);
    a.transport.lane(5).closeBatch();
  }
  void a.transport.close();
  const again = join(scheduler, a, b, MemoryLink.pair(scheduler));
  await assert.rejects(again, HandshakeError);
});

test('manager: a node that closes ends its handshakes and transports, and accepts nothing more', async () => {
  const { scheduler, a, b } = await linked();
  const waiting = bareTowards(scheduler, a);
  const closing = a.manager.close();
  await scheduler.run(100);
  await closing;
  assert.deepEqual([waiting.closes, a.handler.closes, b.handler.closes], [1, 1, 1]);
  const late = bareTowards(scheduler, a);
  await scheduler.run(1000);
  assert.deepEqual([late.closes, scheduler.timers], [1, 0]);
});

for (const chunk of [1, 2, 3, 7]) {
  test(`manager: a handshake and a message that come in chunks of ${chunk} bytes are understood`, async () => {
    const scheduler = new FakeScheduler();
    const a = new TransportNode(scheduler, { zid: zid('a1') });
    const b = new TransportNode(scheduler, { zid: zid('b2') });
    await join(scheduler, a, b, ByteLink.pair(scheduler, { chunk }));
    send(a);
    send(b);
    await scheduler.settle();
    assert.deepEqual([a.handler.received.length, b.handler.received.length], [1, 1]);
  });
}

test('manager: a line that breaks at any byte of the handshake leaves neither side waiting', async () => {
  const whole = new FakeScheduler();
  const [here, there] = ByteLink.pair(whole);
  await join(whole, new TransportNode(whole, { zid: zid('a1') }), new TransportNode(whole, { zid: zid('b2') }), [
    here,
    there,
  ]);
  for (let n = 1; n <= Math.max(here.sent, there.sent); n++) {
    const scheduler = new FakeScheduler();
    const a = new TransportNode(scheduler, { zid: zid('a1') });
    const b = new TransportNode(scheduler, { zid: zid('b2') });
    const links = ByteLink.pair(scheduler, { cutAfter: n });
    await join(scheduler, a, b, links).then(
      () => undefined,
      (error: Error) => assert.ok(!(error instanceof RefusedError), error.message),
    );
    await scheduler.settle();
    assert.deepEqual([a.manager.pending, b.manager.pending], [0, 0]);
    for (const node of [a, b]) {
      assert.equal([...node.manager.transports].length, 0);
      assert.deepEqual(
        node.upper.handlers.map((handler) => handler.closes),
        node.upper.handlers.length ? [1] : [],
      );
    }
    await scheduler.run(20_000);
    assert.equal(scheduler.timers, 0);
  }
});

/** Shakes hands up to the OpenSyn; what comes back is in `batches`. */
async function openUpTo(
  scheduler: FakeScheduler,
  node: TransportNode,
  id: string,
  fields: Parameters<typeof initOf>[0] = {},
  open: Parameters<typeof openOf>[0] = {},
): Promise<BareEnd> {
  const bare = bareTowards(scheduler, node);
  bare.send(encoded(encodeInit, initOf({ zid: zid(id), ...fields })));
  await scheduler.settle();
  const cookie = cookieOf(bare.batches[0]);
  bare.take();
  bare.send(encoded(encodeOpen, openOf({ cookie, ...open })));
  await scheduler.settle();
  return bare;
}
