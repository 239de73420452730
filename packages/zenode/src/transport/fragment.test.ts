import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Writer } from '../base/index.ts';
import { type BareEnd, bytesOf, FakeScheduler, hex, openBare, TransportNode } from '../testing/index.ts';
import { encodeFragmentHeader } from '../wire/index.ts';
import type { TransportOptions } from './options.ts';

interface Scene {
  readonly scheduler: FakeScheduler;
  readonly node: TransportNode;
  readonly bare: BareEnd;
}

async function scene(
  options: Partial<TransportOptions> = {},
  more: Parameters<typeof openBare>[2] = {},
): Promise<Scene> {
  const scheduler = new FakeScheduler();
  const node = new TransportNode(scheduler, options);
  return { scheduler, node, bare: await openBare(scheduler, node, more) };
}

/** Push of key "a" with a payload of `size` bytes that count up. */
function put(size: number): Uint8Array {
  const w = new Writer(new Uint8Array(size + 20));
  w.raw(bytesOf('7d 00 01 61 01'));
  w.z(size);
  for (let i = 0; i < size; i++) w.u8(i & 0xff);
  return w.taken();
}

function send(node: TransportNode, message: Uint8Array, priority = 5, reliable = true): number {
  // Head and payload apart, as publishers hand them over.
  const at = Math.min(6, message.length);
  return node.transport.send(priority, message, 0, at, message, at, message.length, reliable, 1, false);
}

/** What the sending side says once its first number is 5 and batches have 20 bytes: the numbers are normalised. */
async function fragments(priority: number, reliable: boolean, patch: number): Promise<string[]> {
  const one = await scene({ snResolution: 0 }, { init: { batchSize: 64, patch, resolution: 8 } });
  const first = one.node.transport.agreement.initialSnOut;
  send(one.node, put(150), priority, reliable);
  send(one.node, put(1), priority, reliable);
  await one.scheduler.settle();
  return one.bare.batches.map((batch) => {
    assert.ok(batch.length <= 64);
    const copy = Uint8Array.from(batch);
    copy[1] = (copy[1]! - first) & 0x7f;
    return hex(copy);
  });
}

test('fragment: batches of 20 bytes carry the example of the specification', async () => {
  // The smallest batch that may be agreed upon is 64: the lane itself is asked for 20.
  const one = await scene({ snResolution: 0 }, { init: { resolution: 8 } });
  const { transport } = one.node;
  const first = transport.agreement.initialSnOut;
  transport.capacity = 20;
  const message = put(0x28);
  assert.equal(message.length, 46);
  send(one.node, message);
  await one.scheduler.settle();
  const sn = (n: number): string => hex(Uint8Array.of((first + n) & 0x7f));
  assert.deepEqual(one.bare.take(), [
    `e6 ${sn(0)} 02 7d 00 01 61 01 28 00 01 02 03 04 05 06 07 08 09 0a`,
    `66 ${sn(1)} 0b 0c 0d 0e 0f 10 11 12 13 14 15 16 17 18 19 1a 1b 1c`,
    `26 ${sn(2)} 1d 1e 1f 20 21 22 23 24 25 26 27`,
  ]);
});

for (const patch of [0, 1]) {
  test(`fragment: with patch ${patch} the first one is marked, and the numbers go on without a gap`, async () => {
    const [one, two, three, next] = await fragments(5, true, patch);
    assert.match(one!, /^e6 00 02 7d 00 01 61 01 96 01 00 01/);
    assert.match(two!, /^66 01 /);
    assert.match(three!, /^26 02 .* 94 95$/);
    assert.equal(next, '25 03 7d 00 01 61 01 01 00');
  });
}

for (let priority = 0; priority < 8; priority++) {
  for (const reliable of [true, false]) {
    test(`fragment: at priority ${priority}, ${reliable ? 'reliable' : 'best effort'}, the headers are those of the codec`, async () => {
      const batches = await fragments(priority, reliable, 1);
      for (const [n, text] of batches.slice(0, 3).entries()) {
        const w = new Writer(new Uint8Array(16));
        encodeFragmentHeader(w, reliable, n < 2, n, priority, n === 0, false);
        assert.ok(text.startsWith(`${hex(w.taken())} `), text);
      }
      assert.equal(batches.length, 4);
    });
  }
}

test('fragment: a message that just fits is a Frame, one byte more makes two fragments', async () => {
  const one = await scene({ snResolution: 0 }, { init: { batchSize: 100, resolution: 8 } });
  send(one.node, put(100 - 2 - 6));
  await one.scheduler.settle();
  assert.deepEqual(
    one.bare.batches.map((batch) => [batch[0], batch.length]),
    [[0x25, 100]],
  );
  one.bare.take();
  send(one.node, put(100 - 2 - 6 + 1));
  await one.scheduler.settle();
  assert.deepEqual(
    one.bare.batches.map((batch) => [batch[0], batch.length]),
    [
      [0xe6, 100],
      [0x26, 4],
    ],
  );
});

test('fragment: what arrives in fragments is one message, of its priority and reliability', async () => {
  const one = await scene();
  one.bare.send('e6 05 02 7d 00 01 61');
  one.bare.send('66 06 01 03');
  one.bare.send('a6 05 31 01 ff');
  one.bare.send('26 07 31 32 33');
  one.bare.send('25 08 7d 00 01 61 01 01 39');
  await one.scheduler.settle();
  assert.deepEqual(
    one.node.handler.received.map((m) => [hex(m.bytes), m.fragmented, m.priority]),
    [
      ['7d 00 01 61 01 03 31 32 33', true, 5],
      ['7d 00 01 61 01 01 39', false, 5],
    ],
  );
});

const GOOD = 'e6 0a 02 7d 00 01 61 | 26 0b 01 01 31';
const lost: readonly (readonly [what: string, batches: string, patch: number])[] = [
  ['a gap', 'e6 05 02 7d 00 01 | 26 07 61 01 01 31', 1],
  ['a Frame in between', 'e6 05 02 7d 00 01 | 25 06 | 26 07 61 01 01 31', 1],
  ['a first fragment that did not arrive', '66 06 7d 00 01 | 26 07 61 01 01 31', 1],
  ['an empty first fragment', 'e6 05 02 | 26 06 7d 00 01 61 01 01 31', 1],
  ['a Drop marker', 'e6 05 02 7d 00 01 | a6 06 03 | 26 07 61 01 01 31', 1],
  ['a Drop marker that says more follows', 'e6 05 02 7d 00 01 | e6 06 03 | 26 07 61 01 01 31', 1],
  ['garbage', 'e6 05 02 18 18 | 26 06 18', 1],
  ['a message that is cut short', 'e6 05 02 7d 00 | 26 06 01', 1],
  ['nothing in the only fragment', 'a6 05 02', 1],
  ['a gap, without markers', '66 05 7d 00 01 | 26 07 61 01 01 31', 0],
];
for (const [what, batches, patch] of lost) {
  test(`fragment: ${what} loses the message and nothing else (patch ${patch})`, async () => {
    const one = await scene({}, { init: { patch } });
    for (const batch of `${batches} | ${GOOD}`.split(' | ')) one.bare.send(batch);
    await one.scheduler.settle();
    assert.deepEqual(
      one.node.handler.received.map((m) => hex(m.bytes)),
      ['7d 00 01 61 01 01 31'],
    );
    assert.equal(one.bare.closes, 0);
  });
}

test('fragment: a first one begins anew, whatever was under way', async () => {
  const one = await scene();
  one.bare.send('e6 05 02 ff ff ff');
  one.bare.send('e6 06 02 7d 00 01 61');
  one.bare.send('26 07 01 01 31');
  await one.scheduler.settle();
  assert.equal(one.node.handler.received.length, 1);
});

test('fragment: what follows a whole message in its last fragment is ignored', async () => {
  const one = await scene();
  one.bare.send('e6 05 02 7d 00 01 61');
  one.bare.send('26 06 01 01 31 ff ff ff');
  await one.scheduler.settle();
  assert.deepEqual(hex(one.node.handler.received[0]!.bytes), '7d 00 01 61 01 01 31');
});

test('fragment: a duplicate changes nothing', async () => {
  const one = await scene();
  one.bare.send('e6 05 02 7d 00 01 61');
  one.bare.send('e6 05 02 7d 00 01 61');
  one.bare.send('26 06 01 01 31');
  await one.scheduler.settle();
  assert.equal(one.node.handler.received.length, 1);
});

for (const [over, arrived] of [
  [0, 1],
  [1, 0],
] as const) {
  test(`fragment: a message ${over} bytes above max_message_size is ${arrived === 1 ? 'taken' : 'dropped, and the link stays'}`, async () => {
    const message = put(500 + over);
    const one = await scene({ maxMessageSize: put(500).length });
    one.bare.send(Uint8Array.from([0xe6, 5, 2, ...message.subarray(0, 300)]));
    one.bare.send(Uint8Array.from([0x26, 6, ...message.subarray(300)]));
    one.bare.send('25 07 7d 00 01 61 01 01 31');
    await one.scheduler.settle();
    assert.equal(one.node.handler.received.length, arrived + 1);
    assert.equal(one.bare.closes, 0);
  });
}

test('fragment: a message of a megabyte arrives whole in batches of any size', async () => {
  for (const batchSize of [64, 1000, 65_535]) {
    const one = await scene({}, { init: { batchSize } });
    const receiver = new TransportNode(one.scheduler, { zid: one.node.manager.options.zid });
    const echo = await openBare(one.scheduler, receiver, {
      init: { batchSize },
      open: { initialSn: one.node.transport.agreement.initialSnOut },
    });
    const message = put(1 << 20);
    send(one.node, message);
    await one.scheduler.settle();
    for (const batch of one.bare.batches) echo.send(batch);
    await one.scheduler.settle();
    assert.ok(Buffer.compare(receiver.handler.received[0]!.bytes, message) === 0);
  }
});
