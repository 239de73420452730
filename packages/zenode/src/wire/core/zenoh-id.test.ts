import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CodecError, Reader, Writer } from '../../base/index.ts';
import { bytesOf, encoded, hex } from '../../testing/index.ts';
import * as arb from '../arbitraries.test.ts';
import { ZenohId, checkZid, readZid, readZidBytes, writeZid, zidNibble } from '../index.ts';

for (const [bytes, text] of [
  ['1a 2b 3c', '3c2b1a'],
  ['1a 2b 03', '32b1a'],
  ['01', '1'],
  ['00 01', '100'],
  ['01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10', '100f0e0d0c0b0a090807060504030201'],
  ['ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff', 'f'.repeat(32)],
] as const) {
  test(`zid: ${bytes} is ${text}`, () => {
    assert.equal(new ZenohId(bytesOf(bytes)).toString(), text);
    assert.equal(hex(ZenohId.parse(text).bytes), bytes);
  });
}

test('zid: zeros at the end do not count', () => {
  const zid = new ZenohId(bytesOf('1a 2b 00'));
  assert.equal(hex(zid.bytes), '1a 2b');
  assert.ok(zid.equals(readZid(new Reader(bytesOf('03 1a 2b 00')))));
  assert.equal(hex(zid.toLeBytes()), `1a 2b${' 00'.repeat(14)}`);
  assert.equal(hex(encoded(writeZid, zid)), '02 1a 2b');
  assert.equal(zidNibble(zid), 0x10);
});

test('zid: what is wrong with a text is told', () => {
  for (const [text, message] of [
    ['', /empty/],
    ['0', /begins with 0/],
    ['01', /begins with 0/],
    ['AB', /upper-case/],
    ['12x4', /"x" at 2/],
    ['1'.repeat(33), /33 digits/],
  ] as const) {
    assert.throws(() => ZenohId.parse(text), { code: 'INVALID_ARGUMENT', message }, text);
  }
  assert.equal(ZenohId.parseAnyCase('AB').toString(), 'ab');
  assert.throws(() => new ZenohId(new Uint8Array(16)), { code: 'INVALID_ARGUMENT' });
  assert.throws(() => new ZenohId(new Uint8Array(17)), { code: 'INVALID_ARGUMENT' });
  assert.throws(() => new ZenohId(new Uint8Array(0)), { code: 'INVALID_ARGUMENT' });
});

test('zid: bad bytes are errors, whether it is built or only checked', () => {
  for (const text of ['00', '01 00', '03 00 00 00', `11${' 01'.repeat(17)}`, '02 01', '80 80 80 80 10 01']) {
    assert.throws(() => readZid(new Reader(bytesOf(text))), CodecError, text);
    assert.throws(() => checkZid(new Reader(bytesOf(text))), CodecError, text);
  }
});

test('zid: order is that of the little-endian bytes, with zeros behind them', () => {
  const padded = (z: ZenohId): string => hex(z.toLeBytes());
  fc.assert(
    fc.property(arb.zid, arb.zid, (a, b) => {
      const expected = padded(a) < padded(b) ? -1 : padded(a) > padded(b) ? 1 : 0;
      assert.equal(a.compare(b), expected);
      assert.equal(a.equals(b), expected === 0);
    }),
  );
  assert.equal(ZenohId.parse('100').compare(ZenohId.parse('1')), -1); // 00 01 before 01
});

test('zid: text and bytes survive, and ids that were read are the right ones', () => {
  fc.assert(
    fc.property(arb.zid, (zid) => {
      assert.equal(hex(ZenohId.parse(zid.toString()).bytes), hex(zid.bytes));
      const w = new Writer(new Uint8Array(20));
      writeZid(w, zid);
      assert.equal(hex(readZid(new Reader(w.taken())).bytes), hex(zid.bytes));
      assert.equal(hex(readZidBytes(new Reader(zid.bytes), zid.bytes.length).bytes), hex(zid.bytes));
    }),
  );
});

test('zid: a random one is never zero', () => {
  let calls = 0;
  const zid = ZenohId.random({
    randomBytes: (target) => target.fill(calls++ === 0 ? 0 : 7),
  });
  assert.equal(calls, 2);
  assert.equal(zid.toString(), `7${'07'.repeat(15)}`);
});
