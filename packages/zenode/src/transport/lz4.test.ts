import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CodecError } from '../base/index.ts';
import { lz4Compress, lz4Decompress } from './lz4.ts';

const unhex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function decompress(block: Uint8Array, room: number): Uint8Array {
  const dst = new Uint8Array(room);
  return dst.subarray(0, lz4Decompress(block, 0, block.length, dst, 0, room));
}

function compress(plain: Uint8Array): Uint8Array | undefined {
  const dst = new Uint8Array(plain.length);
  const n = lz4Compress(plain, 0, plain.length, dst, 0, dst.length);
  return n === 0 ? undefined : dst.subarray(0, n);
}

/** The format by its definition, one byte at a time: nothing shared with the code under test. */
function decodePlainly(block: Uint8Array): Uint8Array {
  const out: number[] = [];
  const bytes = [...block];
  const length = (half: number): number => {
    let n = half;
    if (half === 15) for (let more = 255; more === 255; n += more) more = bytes.shift()!;
    return n;
  };
  for (;;) {
    const token = bytes.shift()!;
    out.push(...bytes.splice(0, length(token >> 4)));
    if (bytes.length === 0) return Uint8Array.from(out);
    const offset = bytes.shift()! + 256 * bytes.shift()!;
    for (let n = length(token & 15) + 4; n > 0; n--) out.push(out.at(-offset)!);
  }
}

const sixtyFour = '61'.repeat(64);
// docs/protocol/01-transport.md, 6.5; the second was captured from zenoh 1.10.2.
const vectors: readonly (readonly [name: string, block: string, plain: string])[] = [
  ['Frame with Push "a"', '9f 25 01 7d 00 01 61 01 40 61 01 00 27 50 61 61 61 61 61', `25017d0001610140${sixtyFour}`],
  [
    'Frame with Push "t/z", captured',
    'ef 25 b4 c1 97 5f 7d 00 03 74 2f 7a 01 40 61 01 00 26 60 61 61 61 61 61 61',
    `25b4c1975f7d0003742f7a0140${sixtyFour}`,
  ],
  ['nothing', '00', ''],
  ['literals alone', '50 01 02 03 04 05', '0102030405'],
  ['fifteen literals', 'f0 00' + '07'.repeat(15), '07'.repeat(15)],
  ['270 literals', 'f0 ff 00' + '07'.repeat(270), '07'.repeat(270)],
];
for (const [name, block, plain] of vectors) {
  test(`lz4: decompresses ${name}`, () => {
    assert.equal(hex(decompress(unhex(block), plain.length / 2)), plain);
    assert.equal(hex(decodePlainly(unhex(block))), plain);
  });
  test(`lz4: one byte less of room refuses ${name}`, { skip: plain === '' }, () => {
    assert.throws(() => decompress(unhex(block), plain.length / 2 - 1), CodecError);
  });
}

test('lz4: compresses the examples at least as well as the reference', () => {
  for (const [, block, plain] of vectors.slice(0, 2)) {
    const ours = compress(unhex(plain));
    assert.ok(ours !== undefined && ours.length <= unhex(block).length);
    assert.equal(hex(decodePlainly(ours)), plain);
  }
});

const malformed: readonly (readonly [name: string, block: string])[] = [
  ['no byte at all', ''],
  ['literals cut off', '30 01 02'],
  ['length cut off', 'f0'],
  ['length of 255 cut off', 'f0 ff'],
  ['offset cut off', '10 01 01'],
  ['offset 0', '10 01 00 00 50 01 02 03 04 05'],
  ['offset before the first byte', '10 01 02 00 50 01 02 03 04 05'],
  ['match first', '00 01 00 50 01 02 03 04 05'],
  ['match length cut off', '1f 01 01 00'],
  ['match last', '10 01 01 00'],
];
for (const [name, block] of malformed) {
  test(`lz4: refuses ${name}`, () => assert.throws(() => decompress(unhex(block), 1000), CodecError));
}

test('lz4: a block that grows without end stops at the limit', () => {
  const block = new Uint8Array(65535).fill(255);
  block.set([0x1f, 1, 1, 0]);
  const dst = new Uint8Array(70000);
  assert.throws(() => lz4Decompress(block, 0, block.length, dst, 10, 65545), CodecError);
  assert.ok(dst.subarray(65545).every((b) => b === 0));
});

/** Batches as they are: runs, repeated pieces, noise. */
const arbPlain: fc.Arbitrary<Uint8Array> = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 200 })).map(([piece, n]) => {
        const bytes = new Uint8Array(piece.length * n);
        for (let i = 0; i < n; i++) bytes.set(piece, i * piece.length);
        return bytes;
      }),
    ),
    { maxLength: 20 },
  )
  .map((parts) => new Uint8Array(Buffer.concat(parts)));

test('lz4: what was compressed comes back, and is smaller', () => {
  fc.assert(
    fc.property(arbPlain, fc.nat(20), fc.nat(20), (plain, before, at) => {
      const src = new Uint8Array(before + plain.length + 9).fill(0xee);
      src.set(plain, before);
      const dst = new Uint8Array(at + plain.length + 50).fill(0xdd);
      const end = before + plain.length;
      const n = lz4Compress(src, before, end, dst, at, dst.length - 25);
      assert.ok(n < plain.length || n === 0);
      assert.ok(dst.subarray(0, at).every((b) => b === 0xdd));
      assert.ok(dst.subarray(dst.length - 25).every((b) => b === 0xdd));
      if (n === 0) return;
      const back = new Uint8Array(plain.length + 2);
      assert.equal(lz4Decompress(dst, at, at + n, back, 1, 1 + plain.length), plain.length);
      assert.deepEqual(back.subarray(1, 1 + plain.length), plain);
      assert.deepEqual(decodePlainly(dst.subarray(at, at + n)), plain);
    }),
    { numRuns: 500 },
  );
});

test('lz4: the end of the block keeps the rules other decoders rely on', () => {
  fc.assert(
    fc.property(arbPlain, (plain) => {
      const block = compress(plain);
      if (block === undefined) return;
      let last = 0; // literals of the last sequence, and where its predecessor's match began
      let at = 0;
      let matchStart = 0;
      for (let p = 0; p < block.length;) {
        const token = block[p++]!;
        last = token >> 4;
        if (last === 15) for (let more = 255; more === 255; last += more) more = block[p++]!;
        p += last;
        at += last;
        if (p === block.length) break;
        p += 2;
        matchStart = at;
        let match = (token & 15) + 4;
        if (match === 19) for (let more = 255; more === 255; match += more) more = block[p++]!;
        at += match;
      }
      assert.ok(last >= 5);
      assert.ok(matchStart <= plain.length - 12);
    }),
  );
});

test('lz4: a limit that is too small gives 0 and is not passed', () => {
  const plain = unhex(vectors[1]![2]);
  const size = compress(plain)!.length;
  for (let room = 0; room < size; room++) {
    const dst = new Uint8Array(200);
    assert.equal(lz4Compress(plain, 0, plain.length, dst, 0, room), 0);
    assert.ok(dst.subarray(room).every((b) => b === 0));
  }
  assert.equal(lz4Compress(plain, 0, plain.length, new Uint8Array(200), 0, size), size);
});

test('lz4: a full batch of zeros, of noise, and one after the other', () => {
  const zeros = new Uint8Array(65535);
  const noise = new Uint8Array(65535);
  for (let i = 0, x = 1; i < noise.length; i++) noise[i] = (x = (Math.imul(x, 1103515245) + 12345) >>> 0) >>> 24;
  for (let round = 0; round < 3; round++) {
    assert.ok(compress(zeros)!.length < 300);
    assert.equal(compress(noise), undefined);
    const mixed = new Uint8Array(131070);
    mixed.set(noise);
    mixed.set(noise, 65535);
    const block = compress(mixed)!;
    assert.ok(block.length < 68000); // the second half lies exactly at the largest offset
    assert.deepEqual(decompress(block, mixed.length), mixed);
  }
});

test('lz4: any bytes decompress or throw CodecError, inside their bounds', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(300), (bytes, room) => {
      const src = new Uint8Array(bytes.length + 20).fill(0x11);
      src.set(bytes, 10);
      const dst = new Uint8Array(room + 40).fill(0xdd);
      try {
        assert.ok(lz4Decompress(src, 10, 10 + bytes.length, dst, 20, 20 + room) <= room);
      } catch (error) {
        assert.ok(error instanceof CodecError);
      }
      assert.ok(dst.subarray(0, 20).every((b) => b === 0xdd));
      assert.ok(dst.subarray(20 + room).every((b) => b === 0xdd));
    }),
    { numRuns: 2000 },
  );
});
