import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BareEnd, bytesOf, encoded, FakeScheduler, hex, openBare, TransportNode } from '../testing/index.ts';
import { encodeFrameHeader } from '../wire/index.ts';
import type { Writer } from '../base/index.ts';
import type { TransportOptions } from './options.ts';
import { follows } from './sequence.ts';

/* An open transport fed by hand. The other side begins to count at 5. */

const A = '7d 00 01 61 01 01 31';
const B = '7d 00 01 62 01 02 32 32';

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

/** What arrived: bytes, R for reliable, and the priority. */
function heard({ node }: Scene): string[] {
  return node.handler.received.map(
    ({ bytes, reliable, priority }) => `${hex(bytes)} ${reliable ? 'R' : 'B'}${priority}`,
  );
}

const frame = (reliable: boolean, sn: number, priority: number): string =>
  hex(encoded((w: Writer) => encodeFrameHeader(w, reliable, sn, priority), undefined));

const good: readonly (readonly [what: string, batch: string, expected: string[]])[] = [
  ['a Frame with two messages', `25 05 ${A} ${B}`, [`${A} R5`, `${B} R5`]],
  ['a Frame, another Frame, a KeepAlive', `25 05 ${A} ${B} 05 05 ${B} 04`, [`${A} R5`, `${B} R5`, `${B} B5`]],
  ['a Frame and a Frame of another priority', `25 05 ${A} a5 05 31 01 ${B}`, [`${A} R5`, `${B} R1`]],
  ['a Frame with a priority of 5 said in full', `a5 05 31 05 ${A}`, [`${A} R5`]],
  ['a Frame whose priority is not mandatory: it is skipped', `a5 05 21 01 ${A}`, [`${A} R5`]],
  ['a Frame without messages', '25 05', []],
  ['a Frame without messages before a KeepAlive', '25 05 04', []],
  ['a number in more bytes than it needs', `25 85 80 00 ${A}`, [`${A} R5`]],
  ['a Frame behind a KeepAlive', `04 25 05 ${A}`, [`${A} R5`]],
  ['a KeepAlive with an extension', `84 0f 25 05 ${A}`, [`${A} R5`]],
  [
    'an Init, an Open, a Join and an OAM, which are ignored',
    `01 09 01 b2 02 0a 05 00 07 09 01 b2 0a 01 01 00 01 25 05 ${A}`,
    [`${A} R5`],
  ],
  ['nothing at all', '', []],
];
for (const [what, batch, expected] of good) {
  test(`receive: ${what}`, async () => {
    const one = await scene();
    one.bare.send(batch);
    await one.scheduler.settle();
    assert.deepEqual(heard(one), expected);
    assert.equal(one.node.handler.closes, 0);
  });
}

test('receive: a Frame behind a Close in the same batch is still delivered, then the link goes without an answer', async () => {
  const one = await scene();
  one.bare.send(`25 05 ${A} 03 00 25 06 ${B}`);
  await one.scheduler.settle();
  assert.deepEqual(heard(one), [`${A} R5`, `${B} R5`]);
  assert.deepEqual(
    [one.bare.take(), one.bare.closes, one.node.handler.closes, one.node.handler.cause],
    [[], 1, 1, undefined],
  );
});

for (const [what, close, left] of [
  ['of its link, whatever the reason', '03 63', 1],
  ['of the whole transport', '23 00', 0],
] as const) {
  test(`receive: a Close ${what} leaves ${left} of two links`, async () => {
    const one = await scene({ maxLinks: 2 });
    await openBare(one.scheduler, one.node);
    one.bare.send(close);
    await one.scheduler.settle();
    assert.deepEqual([one.node.transport.links.length, one.node.handler.closes], [left, left === 0 ? 1 : 0]);
  });
}

const bad: readonly (readonly [what: string, batch: string, delivered: number])[] = [
  ['an unknown message', '08', 0],
  ['garbage behind a Frame', `25 05 ${A} 09`, 1],
  ['a network message that is cut short', `25 05 ${A} 7d 00 01 61 01 05 31`, 1],
  ['a Frame that is cut short', '25', 0],
  ['a Frame number that is cut short', '25 85', 0],
  ['an unknown mandatory extension of a Frame', `a5 05 1f ${A}`, 0],
  ['an extension that is cut short', 'a5 05 31', 0],
  ['a number above the mask', `25 80 80 80 80 01 ${A}`, 0],
  ['a Close that is cut short', '03', 0],
  ['an extension of encoding 3', '84 6f', 0],
  ['a network message outside of a Frame', A, 0],
];
for (const [what, batch, delivered] of bad) {
  test(`receive: ${what} ends the link without a Close message`, async () => {
    const one = await scene();
    one.bare.send(batch);
    one.bare.send(`25 06 ${B}`);
    await one.scheduler.settle();
    assert.equal(heard(one).length, delivered);
    assert.deepEqual([one.bare.take(), one.bare.closes, one.node.handler.closes], [[], 1, 1]);
    assert.ok(one.node.handler.cause instanceof Error);
  });
}

test('receive: a Frame of another priority ends a transport without QoS, one of priority 5 does not', async () => {
  const one = await scene({}, { init: { qos: false } });
  one.bare.send(`a5 05 31 05 ${A}`);
  await one.scheduler.settle();
  assert.deepEqual(heard(one), [`${A} R5`]);
  one.bare.send(`a5 05 31 04 ${A}`);
  await one.scheduler.settle();
  assert.deepEqual([one.bare.closes, one.node.handler.closes], [1, 1]);
});

test('receive: a batch larger than agreed upon ends the link, one of that size does not', async () => {
  for (const [link, size] of [
    [{}, 1000],
    [{ streamed: true }, 998],
  ] as const) {
    const one = await scene({}, { init: { batchSize: 1000 }, link });
    const batch = bytesOf('04 '.repeat(size));
    one.bare.send(batch);
    await one.scheduler.settle();
    assert.equal(one.bare.closes, 0);
    one.bare.send(Uint8Array.from([...batch, 4]));
    await one.scheduler.settle();
    assert.equal(one.bare.closes, 1);
  }
});

for (const [resolution, mask] of [
  [8, 0x7f],
  [9, 0x3fff],
  [10, 0x0fffffff],
] as const) {
  const half = mask >>> 1;
  test(`receive: under mask ${mask} gaps up to half of the window pass, duplicates and older ones do not`, async () => {
    const one = await scene({}, { init: { resolution }, open: { initialSn: 0 } });
    // From the number before the first, which counts as seen.
    const numbers: readonly (readonly [sn: number, delivered: boolean])[] = [
      [0, true],
      [0, false],
      [mask, false],
      [half + 1, false],
      [half, true],
      [half, false],
      [half - 1, false],
      [half + 2, true],
      [mask, true],
      [mask, false],
      [0, true],
      [mask, false],
      [3, true],
      [(3 + half + 1) & mask, false],
      [(3 + half) & mask, true],
    ];
    let expected = 0;
    for (const [sn, delivered] of numbers) {
      one.bare.send(`${frame(true, sn, 5)} ${A}`);
      await one.scheduler.settle();
      if (delivered) expected++;
      assert.equal(one.node.handler.received.length, expected, `number ${sn}`);
    }
    assert.equal(one.node.handler.duplicates, numbers.length - expected);
    one.bare.send(`${frame(true, mask + 1, 5)} ${A}`);
    await one.scheduler.settle();
    assert.equal(one.bare.closes, 1);
  });
}

test('receive: with the last number 0 of 8 bits, 1, 6 and 63 follow; 0, 64 and 127 do not', () => {
  assert.deepEqual(
    [1, 6, 63, 0, 64, 127].map((sn) => follows(sn, 0, 0x7f)),
    [true, true, true, false, false, false],
  );
});

test('receive: the messages of a duplicate are passed over, and what follows it in the batch is read', async () => {
  const one = await scene();
  one.bare.send(`25 05 ${A}`);
  one.bare.send(`25 05 ${A} ${B} 25 06 ${B}`);
  await one.scheduler.settle();
  assert.deepEqual(heard(one), [`${A} R5`, `${B} R5`]);
  assert.equal(one.node.handler.duplicates, 2);
});

test('receive: each priority and reliability counts for itself', async () => {
  const one = await scene();
  for (let priority = 0; priority < 8; priority++) {
    one.bare.send(`${frame(true, 5, priority)} ${A} ${frame(false, 5, priority)} ${A}`);
  }
  await one.scheduler.settle();
  assert.equal(one.node.handler.received.length, 16);
});

test('receive: two links share the numbers, so what came on one is a duplicate on the other', async () => {
  const one = await scene({ maxLinks: 2 });
  const other = await openBare(one.scheduler, one.node, { open: { initialSn: 99 } });
  one.bare.send(`25 05 ${A}`);
  await one.scheduler.settle();
  other.send(`25 05 ${A}`);
  other.send(`25 06 ${B}`);
  await one.scheduler.settle();
  assert.deepEqual(heard(one), [`${A} R5`, `${B} R5`]);
});
