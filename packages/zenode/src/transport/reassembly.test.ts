import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesOf } from '../testing/index.ts';
import { expectedLength } from './expected-length.ts';
import { Reassembly, ReassemblyBudget } from './reassembly.ts';

const MASK = 0x7f;

/** Adds fragments of these bytes with rising numbers from 0; the last one is the end if `whole`. */
function add(assembly: Reassembly, parts: readonly Uint8Array[], whole: boolean): boolean {
  let done = false;
  for (const [sn, part] of parts.entries()) {
    const more = !whole || sn < parts.length - 1;
    done = assembly.add(sn, MASK, more, sn === 0, false, true, part, 0, part.length);
  }
  return done;
}

test('reassembly: a declared length makes one buffer of exactly that size, and the message is that buffer', () => {
  const assembly = new Reassembly(new ReassemblyBudget(2 ** 30, 2 ** 30));
  const head = bytesOf('7d 00 01 61 01 90 4e');
  assert.equal(expectedLength(head, 0, head.length), 10_007);
  assert.ok(add(assembly, [head, new Uint8Array(9000), new Uint8Array(1000)], true));
  const message = assembly.take();
  assert.deepEqual([message.length, message.buffer.byteLength], [10_007, 10_007]);
});

test('reassembly: a declared length is believed up to 16 MiB per transport, and reserves nothing beyond', () => {
  const budget = new ReassemblyBudget(2 ** 30, 2 ** 30);
  const huge = bytesOf('7d 00 01 61 01 ff ff ff ff 03');
  const fifteen = bytesOf('7d 00 01 61 01 80 80 c0 07');
  add(new Reassembly(budget), [huge], false);
  assert.equal(budget.held, huge.length);
  add(new Reassembly(budget), [fifteen], false);
  const held = budget.held;
  assert.ok(held > 15 * 2 ** 20 && held <= 16 * 2 ** 20);
  add(new Reassembly(budget), [fifteen], false);
  assert.equal(budget.held, held + fifteen.length);
});

for (const [over, ok] of [
  [0, true],
  [1, false],
] as const) {
  test(`reassembly: ${over} bytes above what a transport may hold, a fragment is ${ok ? 'taken' : 'refused, and its message lost'}`, () => {
    const budget = new ReassemblyBudget(1000, 1500);
    const first = new Reassembly(budget);
    assert.ok(!add(first, [new Uint8Array(1000)], false));
    const second = new Reassembly(budget);
    add(second, [new Uint8Array(400), new Uint8Array(100 + over)], false);
    assert.equal(second.length, ok ? 500 : 0);
    assert.equal(first.length, 1000);
    first.clear();
    second.clear();
    assert.equal(budget.held, 0);
  });

  test(`reassembly: ${over} bytes above what a message may have, it is ${ok ? 'taken' : 'lost'}`, () => {
    const budget = new ReassemblyBudget(1000, 10_000);
    const assembly = new Reassembly(budget);
    assert.equal(add(assembly, [new Uint8Array(600), new Uint8Array(400 + over)], true), ok);
    if (ok) assert.equal(assembly.take().length, 1000);
    assert.equal(budget.held, 0);
  });
}

test('reassembly: without a declared length the buffer doubles, and never above the limit of a message', () => {
  const budget = new ReassemblyBudget(1000, 10_000);
  const assembly = new Reassembly(budget);
  for (let sn = 0; sn < 100; sn++) {
    assembly.add(sn, MASK, true, sn === 0, false, true, new Uint8Array(10), 0, 10);
    assert.ok(budget.held <= Math.min(1000, 2 * assembly.length), `${budget.held} for ${assembly.length}`);
  }
  assert.equal(assembly.length, 1000);
});

const hints: readonly (readonly [what: string, hexText: string, length: number])[] = [
  ['a Put', '7d 00 01 61 01 05', 11],
  [
    'a Put with QoS, timestamp, encoding and attachment',
    'fd 00 01 61 21 0b e1 05 01 b2 08 43 02 01 02 90 4e',
    17 + 10_000,
  ],
  ['a Put of a Reply', '5b 01 07 04 01 05', 11],
  ['a declaration', '1e 00 07', 0],
  ['a Del', '7d 00 01 61 02', 0],
  ['a head that is cut short', '7d 00 05 61', 0],
  ['a length that is cut short', '7d 00 01 61 01 80', 0],
  ['nothing', '', 0],
];
for (const [what, text, length] of hints) {
  test(`reassembly: the beginning of ${what} announces ${length === 0 ? 'nothing' : `${length} bytes`}`, () => {
    const bytes = bytesOf(text);
    assert.equal(expectedLength(bytes, 0, bytes.length), length);
  });
}
