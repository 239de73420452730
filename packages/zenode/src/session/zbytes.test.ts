import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ZError } from '../base/index.ts';
import { DecodeError, shown } from './errors.ts';
import { type IntoZBytes, ZBytes, bytesOf, zbytesOfRange } from './zbytes.ts';

const raw = new Uint8Array([0x68, 0xc3, 0xa9, 0, 0xff]);
const inputs: readonly (readonly [name: string, input: IntoZBytes, bytes: readonly number[]])[] = [
  ['text', 'hé', [0x68, 0xc3, 0xa9]],
  ['empty text', '', []],
  ['a String object', new String('hé'), [0x68, 0xc3, 0xa9]],
  ['half a surrogate pair', '\ud800', [0xef, 0xbf, 0xbd]],
  ['a Uint8Array', raw, [...raw]],
  ['a Buffer', Buffer.from(raw), [...raw]],
  ['a part of an array', raw.subarray(1, 3), [0xc3, 0xa9]],
  ['an ArrayBuffer', raw.buffer, [...raw]],
  ['a DataView', new DataView(raw.buffer, 3), [0, 0xff]],
  ['a typed array', new Uint16Array([0x0201, 0x0403]), [1, 2, 3, 4]],
  ['its own kind', new ZBytes('a'), [0x61]],
];
for (const [name, input, bytes] of inputs) {
  test(`ZBytes: takes ${name}`, () => {
    const made = new ZBytes(input);
    assert.deepEqual([...made.toBytes()], bytes);
    assert.deepEqual([made.len(), made.isEmpty()], [bytes.length, bytes.length === 0]);
    assert.ok(made.equals(input));
    assert.deepEqual([...bytesOf(input)], bytes);
  });
}

const wrongs: readonly unknown[] = [42, null, undefined, {}, [1, 2], Symbol('x'), 1n];
for (const wrong of wrongs) {
  test(`ZBytes: refuses ${shown(wrong)}`, () => {
    const isInvalid = (error: unknown): boolean => error instanceof ZError && error.code === 'INVALID_ARGUMENT';
    assert.throws(() => new ZBytes(wrong as string), isInvalid);
  });
}

test('ZBytes: copies buffers, unless they are wrapped', () => {
  const mine = new Uint8Array([1, 2]);
  const copy = new ZBytes(mine);
  const wrapped = ZBytes.wrap(mine);
  mine[0] = 9;
  assert.deepEqual(
    [[...copy.toBytes()], [...wrapped.toBytes()]],
    [
      [1, 2],
      [9, 2],
    ],
  );
  assert.equal(wrapped.toBytes(), mine);
  assert.equal(copy.toBytes(), copy.toBytes());
  assert.equal(copy.toBytes().constructor, Uint8Array);
});

test('ZBytes: a range makes its array once, when it is asked for', () => {
  const range = zbytesOfRange(raw, 1, 3);
  assert.deepEqual([range.len(), range.toString(), range.toText()], [2, 'é', 'é']);
  assert.equal(range.toBytes(), range.toBytes());
  assert.deepEqual([...range.toBytes()], [0xc3, 0xa9]);
  assert.equal(range.toBytes().buffer, raw.buffer);
  assert.deepEqual([zbytesOfRange(raw, 2, 2).len(), zbytesOfRange(raw, 2, 2).toString()], [0, '']);
});

test('ZBytes: toString never throws, toText does', () => {
  for (const bytes of [new Uint8Array([0x61, 0xff]), new Uint8Array(20).fill(0xff)]) {
    assert.match(new ZBytes(bytes).toString(), /^a?\uFFFD+$/);
    assert.throws(() => new ZBytes(bytes).toText(), DecodeError);
    assert.throws(() => new ZBytes(bytes).json(), DecodeError);
  }
});

test('ZBytes: a byte order mark is no text for people and JSON, but survives toText', () => {
  const marked = new ZBytes('\uFEFF{"a": 1}');
  assert.equal(marked.toString(), '{"a": 1}');
  assert.equal(marked.toText(), '\uFEFF{"a": 1}');
  assert.deepEqual(marked.json(), { a: 1 });
});

test('ZBytes: JSON there and back', () => {
  const value = { text: 'é', list: [1, null, true] };
  assert.deepEqual(ZBytes.fromJson(value).json(), value);
  assert.equal(ZBytes.fromJson('').toString(), '""');
  const isBad = (error: unknown): boolean => error instanceof DecodeError && error.cause instanceof SyntaxError;
  assert.throws(() => new ZBytes('{').json(), isBad);
  const circle: unknown[] = [];
  circle.push(circle);
  for (const wrong of [undefined, (): void => {}, 1n, circle]) {
    assert.throws(() => ZBytes.fromJson(wrong), { code: 'INVALID_ARGUMENT' });
  }
});

test('ZBytes: empty gives new empty bytes', () => {
  assert.equal(new ZBytes('abc').empty().len(), 0);
});

test('ZBytes: any text comes back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      assert.equal(new ZBytes(text).toText(), text);
      if (!text.startsWith('\uFEFF')) assert.equal(new ZBytes(text).toString(), text);
    }),
  );
});
