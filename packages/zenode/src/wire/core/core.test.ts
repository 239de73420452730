import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CodecError, Reader, isUtf8, vleLength } from '../../base/index.ts';
import type { Writer } from '../../base/index.ts';
import { bytesOf, encoded, hex } from '../../testing/index.ts';
import * as arb from '../arbitraries.test.ts';
import {
  CongestionControl,
  KeptExtensions,
  Priority,
  QOS_DECLARE,
  QOS_DEFAULT,
  RESOLUTION_DEFAULT,
  Reliability,
  WhatAmI,
  frameSnWidth,
  matchesWhatAmI,
  minResolution,
  packQos,
  parseWhatAmI,
  parseWhatAmIMatcher,
  qosCongestionControl,
  qosExpress,
  qosPriority,
  requestIdWidth,
  resolutionOf,
  skipExtension,
  skipExtensionBody,
  snMask,
  whatAmICode,
  whatAmIMatcherText,
  whatAmIOf,
  whatAmIText,
} from '../index.ts';

for (const [value, bytes] of [
  [0n, '00'],
  [127n, '7f'],
  [128n, '80 01'],
  [300n, 'ac 02'],
  [16383n, 'ff 7f'],
  [16384n, '80 80 01'],
  [65535n, 'ff ff 03'],
  [0x0fffffffn, 'ff ff ff 7f'],
  [0x10000000n, '80 80 80 80 01'],
  [0xffffffffn, 'ff ff ff ff 0f'],
  [(1n << 53n) - 1n, 'ff ff ff ff ff ff ff 0f'],
  [1n << 53n, '80 80 80 80 80 80 80 10'],
  [(1n << 56n) - 1n, 'ff ff ff ff ff ff ff 7f'],
  [1n << 56n, '80 80 80 80 80 80 80 80 01'],
  [(1n << 63n) - 1n, 'ff ff ff ff ff ff ff ff 7f'],
  [1n << 63n, '80 80 80 80 80 80 80 80 80'],
  [(1n << 64n) - 1n, 'ff ff ff ff ff ff ff ff ff'],
] as const) {
  test(`integer: ${value}`, () => {
    assert.equal(
      hex(encoded((w: Writer, v: bigint) => w.z64(Number(v >> 32n), Number(v & 0xffffffffn)), value)),
      bytes,
    );
    const r = new Reader(bytesOf(bytes));
    assert.equal(r.zBig(), value);
    assert.equal(r.left, 0);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) return;
    assert.equal(hex(encoded((w: Writer, v: number) => w.z(v), Number(value))), bytes);
    assert.equal(vleLength(Number(value)), bytesOf(bytes).length);
  });
}

test('integer: overlong forms are accepted, missing bytes are not, bounds are kept', () => {
  assert.equal(new Reader(bytesOf('80 00')).z32(), 0);
  assert.equal(new Reader(bytesOf('ff ff ff ff 1f')).z32t(), 0xffffffff);
  assert.equal(new Reader(bytesOf('81 80 04')).z16t(), 1);
  assert.throws(() => new Reader(bytesOf('ff ff ff ff 1f')).z32(), CodecError);
  assert.throws(() => new Reader(bytesOf('80 80 04')).z16(), CodecError);
  assert.throws(() => new Reader(bytesOf('80 02')).z8(), CodecError);
  assert.throws(() => new Reader(bytesOf('80 80')).z64(), CodecError);
  fc.assert(
    fc.property(arb.u64, (v) => {
      const bytes = encoded((w: Writer, n: bigint) => w.z64(Number(n >> 32n), Number(n & 0xffffffffn)), v);
      assert.equal(new Reader(bytes).zBig(), v);
    }),
  );
});

test('isUtf8: agrees with a fatal TextDecoder', () => {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 3 }).map((s) => [...new TextEncoder().encode(s)]),
    fc.array(
      fc.constantFrom(0x41, 0x7f, 0x80, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5),
      {
        maxLength: 4,
      },
    ),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 4 }), (pieces) => {
      const bytes = new Uint8Array(pieces.flat());
      let valid = true;
      try {
        decoder.decode(bytes);
      } catch {
        valid = false;
      }
      assert.equal(isUtf8(bytes), valid, hex(bytes));
    }),
    { numRuns: 5000 },
  );
});

test('extension: skipping by encoding, and refusing', () => {
  for (const [ext, value] of [
    [0x09, ''],
    [0x29, 'ac 02'],
    [0x49, '02 aa bb'],
  ] as const) {
    const r = new Reader(bytesOf(value));
    skipExtension(r, ext, 'X');
    assert.equal(r.left, 0);
    assert.throws(() => skipExtension(new Reader(bytesOf(value)), ext | 0x10, 'X'), {
      message: `X: mandatory extension 0x${(ext | 0x10).toString(16)} is unknown`,
    });
  }
  assert.throws(() => skipExtensionBody(new Reader(bytesOf('00')), 0x69), CodecError);
  assert.throws(() => skipExtensionBody(new Reader(bytesOf('03 aa bb')), 0x49), CodecError);
  assert.throws(() => skipExtensionBody(new Reader(bytesOf('80 80 80 80 10')), 0x49), CodecError);
});

test('extension: kept ones are chained, the last without another', () => {
  // Three that are kept, one that is known, two that are kept, another known one.
  const bytes = bytesOf('8d ae ac 02 cf 02 aa bb 81 05 8d 8d 01');
  const kept = new KeptExtensions();
  for (const [start, end] of [
    [0, 1],
    [1, 4],
    [4, 8],
    [10, 11],
    [11, 12],
  ] as const) {
    kept.add(start, end);
  }
  assert.equal(hex(kept.takeFrom(bytes)), '8d ae ac 02 cf 02 aa bb 8d 0d');
  const one = new KeptExtensions();
  one.add(1, 4);
  assert.equal(hex(one.takeFrom(bytes)), '2e ac 02');
});

test('QoS: packing and its parts', () => {
  assert.equal(packQos(Priority.DATA, CongestionControl.DROP, false), QOS_DEFAULT);
  assert.equal(packQos(0, CongestionControl.BLOCK, false), QOS_DECLARE);
  assert.equal(packQos(Priority.REAL_TIME, CongestionControl.BLOCK, true), 0x19);
  assert.equal(packQos(Priority.DATA, CongestionControl.BLOCK_FIRST, false), 0x25);
  assert.equal(qosCongestionControl(0x2d), CongestionControl.BLOCK); // D wins over F
  assert.deepEqual([qosPriority(0xff), qosCongestionControl(0xff), qosExpress(0xff)], [7, 1, true]);
  assert.equal(Priority[5], 'DEFAULT');
  assert.equal(Reliability[0], 'BEST_EFFORT');
  assert.equal(CongestionControl[2], 'BLOCK_FIRST');
});

test('role: texts, codes and matchers', () => {
  for (const [role, text, code] of [
    [WhatAmI.ROUTER, 'router', 0],
    [WhatAmI.PEER, 'peer', 1],
    [WhatAmI.CLIENT, 'client', 2],
  ] as const) {
    assert.equal(whatAmIText(role), text);
    assert.equal(parseWhatAmI(text), role);
    assert.equal(whatAmICode(role), code);
    assert.equal(whatAmIOf(code), role);
    assert.ok(matchesWhatAmI(7, role) && !matchesWhatAmI(7 & ~role, role));
  }
  assert.throws(() => whatAmIOf(3), CodecError);
  assert.throws(() => parseWhatAmI('Router'), { code: 'INVALID_ARGUMENT', message: /"Router"/ });
  assert.equal(parseWhatAmIMatcher('router|client'), 5);
  assert.equal(parseWhatAmIMatcher(''), 0);
  assert.equal(whatAmIMatcherText(5), 'router|client');
});

test('resolution: widths and masks', () => {
  assert.equal(resolutionOf(2, 2), RESOLUTION_DEFAULT);
  assert.deepEqual([frameSnWidth(0x09), requestIdWidth(0x09)], [1, 2]);
  assert.deepEqual(([0, 1, 2, 3] as const).map(snMask), [0x7f, 0x3fff, 0x0fffffff, 0xffffffff]);
  assert.equal(minResolution(0x0a, 0x0d), 0x09);
});
