import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BareEnd, bytesOf, FakeScheduler, hex, linked, openBare, TransportNode } from '../testing/index.ts';

/* Batches behind a header byte: bit 0 says that the rest is one LZ4 block. */

const PLAIN = '25 01 7d 00 01 61 01 40'; // and 64 bytes of 61
const PACKED = '9f 25 01 7d 00 01 61 01 40 61 01 00 27 50 61 61 61 61 61';
const push = bytesOf(`7d 00 01 61 01 40 ${'61 '.repeat(64)}`);

interface Scene {
  readonly scheduler: FakeScheduler;
  readonly node: TransportNode;
  readonly bare: BareEnd;
}

async function scene(batchSize: number = 65_535, streamed: boolean = false): Promise<Scene> {
  const scheduler = new FakeScheduler();
  const node = new TransportNode(scheduler, { compression: true });
  const more = { init: { compression: true, batchSize }, open: { initialSn: 1 }, link: { streamed } };
  return { scheduler, node, bare: await openBare(scheduler, node, more) };
}

function send({ node }: Scene, message: Uint8Array): void {
  node.transport.send(5, message, 0, message.length, message, 0, 0, true, 1, false);
}

const good: readonly (readonly [what: string, batch: string])[] = [
  ['plain', `00 ${PLAIN} ${'61 '.repeat(64)}`],
  ['compressed, as in the specification', `01 ${PACKED}`],
  ['compressed, with unknown bits in the header byte', `ff ${PACKED}`],
  ['plain, with unknown bits in the header byte', `fe ${PLAIN} ${'61 '.repeat(64)}`],
];
for (const [what, batch] of good) {
  test(`compression: a batch that is ${what} is read`, async () => {
    const one = await scene();
    one.bare.send(batch);
    await one.scheduler.settle();
    assert.deepEqual(
      one.node.handler.received.map((m) => hex(m.bytes)),
      [hex(push)],
    );
  });
}

test('compression: the captured batch of the reference is read', async () => {
  const one = await scene();
  one.bare.send('00 04');
  one.bare.send('01 ef 25 81 80 80 00 7d 00 03 74 2f 7a 01 40 61 01 00 26 60 61 61 61 61 61 61');
  await one.scheduler.settle();
  assert.equal(hex(one.node.handler.received[0]!.bytes), `7d 00 03 74 2f 7a 01 40 ${'61 '.repeat(64)}`.trim());
});

test('compression: what becomes smaller leaves compressed, what does not leaves plain, and the number is the next', async () => {
  const one = await scene();
  send(one, push);
  await one.scheduler.settle();
  const small = bytesOf('7d 00 01 61 01 01 31');
  send(one, small);
  await one.scheduler.settle();
  const [first, second] = one.bare.batches;
  assert.equal(first![0], 1);
  assert.ok(first!.length < push.length);
  assert.deepEqual([second![0], hex(second!.subarray(-7))], [0, hex(small)]);
});

test('compression: KeepAlive and Close stand behind a header byte', async () => {
  const one = await scene();
  await one.scheduler.run(2500);
  assert.deepEqual(one.bare.take(), ['00 04']);
  const closing = one.node.transport.close();
  await one.scheduler.run(10);
  await closing;
  assert.deepEqual(one.bare.take(), ['00 03 00']);
});

test('better: 1 an empty batch on a compressed link is passed over, and what follows is read', async () => {
  for (const streamed of [false, true]) {
    const one = await scene(65_535, streamed);
    for (const empty of ['', '00', `00 ${PLAIN} ${'61 '.repeat(64)}`, '', '00 04']) one.bare.send(empty);
    await one.scheduler.settle();
    assert.equal(one.node.handler.received.length, 1);
    assert.equal(one.bare.closes, 0);
    await one.scheduler.run(9999);
    assert.equal(one.bare.closes, 0);
    await one.scheduler.run(600);
    assert.equal(one.bare.closes, 1);
  }
});

const bad: readonly (readonly [what: string, batch: string])[] = [
  ['no block at all', '01'],
  ['a block that is cut short', '01 9f 25 01'],
  ['a match before the beginning', '01 10 61 05 00'],
  ['garbage', '01 ff ff ff ff'],
  ['garbage in plain', '00 08'],
];
for (const [what, batch] of bad) {
  test(`compression: ${what} ends the link`, async () => {
    const one = await scene();
    one.bare.send(batch);
    await one.scheduler.settle();
    assert.deepEqual([one.bare.closes, one.node.handler.closes], [1, 1]);
  });
}

test('compression: a block that does not fit the batch size when unpacked ends the link, one that does is read', async () => {
  // One literal, then a match that repeats it: `n` KeepAlives.
  const bomb = (n: number): string => {
    const more = n - 1 - 5 - 19;
    const tail = `${'ff '.repeat(Math.floor(more / 255))}${hex(Uint8Array.of(more % 255))}`;
    return `01 1f 04 01 00 ${tail} 50 04 04 04 04 04`;
  };
  const one = await scene(1000);
  one.bare.send(bomb(1000));
  await one.scheduler.settle();
  assert.equal(one.bare.closes, 0);
  one.bare.send(bomb(1001));
  await one.scheduler.settle();
  assert.equal(one.bare.closes, 1);
});

test('compression: messages of every size arrive as they were sent, and no batch is larger than agreed upon', async () => {
  for (const streamed of [true, false]) {
    const { scheduler, a, b } = await linked({
      a: { compression: true, batchSize: 300 },
      b: { compression: true },
      link: { streamed, mtu: 300 },
    });
    const sizes = Array.from({ length: 700 }, (_, n) => n);
    for (const size of sizes) {
      // A third of it does not compress.
      const message = Uint8Array.from([
        ...bytesOf('7d 00 01 61 01'),
        (size & 0x7f) | 0x80,
        size >> 7,
        ...noise(scheduler, size),
      ]);
      a.transport.send(5, message, 0, message.length, message, 0, 0, true, 1, false);
      if (size % 50 === 0) await scheduler.settle();
    }
    await scheduler.settle();
    assert.deepEqual(
      b.handler.received.map((m) => m.bytes.length - 7),
      sizes,
    );
    assert.deepEqual([a.handler.closes, b.handler.closes], [0, 0]);
  }
});

function noise(scheduler: FakeScheduler, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  scheduler.randomBytes(bytes.subarray(0, size / 3));
  return bytes;
}
