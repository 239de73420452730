import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CodecError, Reader } from '../../base/index.ts';
import { assertSame, bytesOf, encoded, hex } from '../../testing/index.ts';
import * as arb from '../arbitraries.test.ts';
import {
  Timestamp,
  ZenohId,
  checkTimestamp,
  ntp64Lo,
  ntp64Nanos,
  ntp64Of,
  readTimestamp,
  timestampSize,
  writeTimestamp,
} from '../index.ts';

for (const [text, bytes] of [
  ['7386690599959157260/33', '8c b4 a1 e2 ed fe b2 c1 66 01 33'],
  ['0/1', '00 01 01'],
  ['9223372036854775808/a1b2c3d4', '80 80 80 80 80 80 80 80 80 04 d4 c3 b2 a1'],
  [`18446744073709551615/${'f'.repeat(32)}`, `ff ff ff ff ff ff ff ff ff 10${' ff'.repeat(16)}`],
  [
    '7638104968325781104/100f0e0d0c0b0a090807060504030201',
    'f0 ac d1 91 81 80 80 80 6a 10 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10',
  ],
] as const) {
  test(`timestamp: ${text}`, () => {
    const t = Timestamp.parse(text);
    assert.equal(t.toString(), text);
    assert.equal(hex(encoded(writeTimestamp, t)), bytes);
    assert.equal(timestampSize(t), bytesOf(bytes).length);
    assertSame(readTimestamp(new Reader(bytesOf(bytes))), t, 'decoded value differs');
  });
}

test('timestamp: conversions between seconds, nanoseconds and NTP64', () => {
  for (const [secs, nanos, ntp64] of [
    [1, 0, 4294967296n],
    [0, 1, 4n],
    [0, 999999999, 4294967291n],
    [1700000000, 500000000, 7301444405347483648n],
    [1719847926, 860479000, 7386690599959157259n],
  ] as const) {
    assert.equal(ntp64Of(secs, nanos), ntp64);
  }
  fc.assert(fc.property(fc.nat(999_999_999), (n) => assert.equal(ntp64Nanos(Number(ntp64Of(0, n))), n)));
  assert.equal(ntp64Lo(1500), 2 ** 31);
  fc.assert(fc.property(fc.double({ min: 0, max: 4e12, noNaN: true }), (ms) => assert.ok(ntp64Lo(ms) < 2 ** 32)));
});

test('timestamp: the form for people', () => {
  const t = Timestamp.parse('7386690599959157260/33');
  assert.equal(t.toRfc3339(), '2024-07-01T15:32:06.860479001Z/33');
  assert.equal(Timestamp.parse('2024-07-01T15:32:06.860479Z/33').time, 7386690599959157259n);
  assert.equal(Timestamp.parse('2024-07-01T15:32:06Z/33').lo, 0);
  assert.equal(t.asDate().toISOString(), '2024-07-01T15:32:06.860Z');
  assert.equal(Timestamp.of(1, 0xffffffff, t.id).toRfc3339(), '1970-01-01T00:00:02.000000000Z/33');
  // From 2038 on the top bit is set.
  assert.equal(Timestamp.of(0xffffffff, 0, t.id).toRfc3339(), '2106-02-07T06:28:15.000000000Z/33');
});

test('timestamp: what is wrong with a text is told', () => {
  for (const text of [
    '',
    '5',
    '5/',
    '/33',
    '-5/33',
    '18446744073709551616/33',
    '5/033',
    '5/x',
    '2024-13-01T00:00:00Z/33',
  ]) {
    assert.throws(() => Timestamp.parse(text), { code: 'INVALID_ARGUMENT' }, text);
  }
  assert.equal(Timestamp.parse('5/AB').id.toString(), 'ab');
  assert.throws(() => new Timestamp(ZenohId.parse('1'), 1n << 64n), { code: 'INVALID_ARGUMENT' });
  assert.throws(() => new Timestamp(ZenohId.parse('1'), -1n), { code: 'INVALID_ARGUMENT' });
});

test('timestamp: order is by time, then by the bytes of the id', () => {
  const sorted = ['5/100', '5/1', '5/2', '4294967296/1', '9223372036854775808/1'].map((s) => Timestamp.parse(s));
  for (let i = 0; i < sorted.length; i++) {
    for (let j = 0; j < sorted.length; j++) {
      assert.equal(sorted[i]!.compare(sorted[j]!), Math.sign(i - j), `${i} ${j}`);
    }
  }
  fc.assert(
    fc.property(arb.timestamp, arb.timestamp, (a, b) => {
      if (a.time !== b.time) assert.equal(a.compare(b), a.time < b.time ? -1 : 1);
    }),
  );
});

test('timestamp: any value survives, in bytes and as text', () => {
  fc.assert(
    fc.property(arb.timestamp, (t) => {
      const r = new Reader(encoded(writeTimestamp, t));
      assertSame(readTimestamp(r), t, 'decoded value differs');
      r.pos = 0;
      checkTimestamp(r);
      assert.equal(r.left, 0);
      assert.equal(timestampSize(t), r.end);
      assert.ok(Timestamp.parse(t.toString()).equals(t));
      assert.equal(t.getNtp64(), t.time);
      assert.equal(new Timestamp(t.getId(), t.getNtp64()).hi, t.hi);
    }),
  );
});

test('timestamp: bad ids are errors', () => {
  for (const text of ['05 00', '05 01 00', `05 11${' 01'.repeat(17)}`, '05', '']) {
    assert.throws(() => readTimestamp(new Reader(bytesOf(text))), CodecError, text);
    assert.throws(() => checkTimestamp(new Reader(bytesOf(text))), CodecError, text);
  }
});
