import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Deframer } from './deframer.ts';

/** A stream of these batches. */
function streamOf(batches: readonly Uint8Array[], prefix: 2 | 4): Uint8Array {
  const parts = batches.map((batch) => {
    const framed = new Uint8Array(prefix + batch.length);
    framed[0] = batch.length & 0xff;
    framed[1] = batch.length >>> 8;
    framed.set(batch, prefix);
    return framed;
  });
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

interface Heard {
  readonly deframer: Deframer;
  readonly batches: Uint8Array[];
  readonly failures: Error[];
}

function deframer(onBatch?: (d: Deframer) => void): Heard {
  const batches: Uint8Array[] = [];
  const failures: Error[] = [];
  const one: Deframer = new Deframer(
    {
      onBatch: (buffer, start, end) => {
        batches.push(Uint8Array.from(buffer.subarray(start, end)));
        onBatch?.(one);
      },
      onSent: () => undefined,
      onClose: () => undefined,
    },
    (cause) => failures.push(cause),
  );
  return { deframer: one, batches, failures };
}

const batchesArb = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 12 });
const cutsArb = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 60 });

test('deframer: any chunking of a stream gives the same batches', () => {
  fc.assert(
    fc.property(batchesArb, cutsArb, fc.constantFrom(2 as const, 4 as const), (batches, cuts, prefix) => {
      const { deframer: d, batches: heard, failures } = deframer();
      d.prefixBytes = prefix;
      const stream = streamOf(batches, prefix);
      let at = 0;
      for (const size of [...cuts, stream.length]) {
        const end = Math.min(stream.length, at + size);
        // One buffer for all reads, as sockets have it: what is kept must have been copied.
        const lent = new Uint8Array(end + 3).fill(0xee);
        lent.set(stream.subarray(at, end), 3);
        d.feed(lent, 3, 3 + end - at);
        lent.fill(0xdd);
        at = end;
      }
      assert.deepEqual(heard, batches);
      assert.deepEqual(failures, []);
    }),
  );
});

test('deframer: paused at any batch and resumed at any time, nothing is lost, doubled or out of order', () => {
  fc.assert(
    fc.property(batchesArb, cutsArb, fc.array(fc.boolean()), (batches, cuts, holds) => {
      let n = 0;
      const { deframer: d, batches: heard } = deframer((one) => {
        if (holds[n++ % (holds.length || 1)] === true) one.paused = true;
      });
      const stream = streamOf(batches, 2);
      let at = 0;
      for (const [i, size] of [...cuts, stream.length].entries()) {
        const end = Math.min(stream.length, at + size);
        const before = heard.length;
        const wasPaused = d.paused;
        d.feed(stream, at, end);
        if (wasPaused) assert.equal(heard.length, before);
        at = end;
        if (i % 3 === 0) d.resume();
      }
      for (let i = 0; i <= batches.length; i++) d.resume();
      assert.deepEqual(heard, batches);
    }),
  );
});

const hostile: readonly (readonly [name: string, prefix: 2 | 4, bytes: number[]])[] = [
  ['65,534 behind a prefix of two', 2, [0xfe, 0xff]],
  ['65,535 behind a prefix of two', 2, [0xff, 0xff]],
  ['65,532 behind a prefix of four', 4, [0xfc, 0xff, 0, 0]],
  ['2^24 behind a prefix of four', 4, [0, 0, 0, 1]],
  ['2^32 - 1 behind a prefix of four', 4, [0xff, 0xff, 0xff, 0xff]],
];
for (const [name, prefix, bytes] of hostile) {
  for (const whole of [true, false]) {
    test(`deframer: a length of ${name} is refused once, read ${whole ? 'whole' : 'byte by byte'}`, () => {
      const { deframer: d, batches, failures } = deframer();
      d.prefixBytes = prefix;
      d.feed(streamOf([Uint8Array.of(1)], prefix), 0, prefix + 1);
      const all = Uint8Array.from([...bytes, 1, 0, 7]);
      if (whole) d.feed(all, 0, all.length);
      else for (let i = 0; i < all.length; i++) d.feed(all, i, i + 1);
      assert.deepEqual(batches, [Uint8Array.of(1)]);
      assert.equal(failures.length, 1);
      assert.match(failures[0]!.message, /65535/);
    });
  }
}

test('deframer: the largest batch passes, 65,533 bytes behind its prefix', () => {
  const { deframer: d, batches } = deframer();
  const largest = new Uint8Array(65_533).fill(5);
  const stream = streamOf([largest, Uint8Array.of(9)], 2);
  for (let at = 0; at < stream.length; at += 1000) d.feed(stream, at, Math.min(stream.length, at + 1000));
  assert.deepEqual(
    batches.map((batch) => batch.length),
    [65_533, 1],
  );
  assert.deepEqual(batches[0], largest);
});

test('deframer: after end nothing is delivered, not even the rest of a chunk', () => {
  const { deframer: d, batches } = deframer((one) => one.end());
  const stream = streamOf([Uint8Array.of(1), Uint8Array.of(2)], 2);
  d.feed(stream, 0, stream.length);
  d.feed(stream, 0, stream.length);
  d.resume();
  assert.deepEqual(batches, [Uint8Array.of(1)]);
});
