import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CodecError, Reader } from '../../base/index.ts';
import { assertCodec, assertNeverOverruns, assertRoundTrip, assertSafe, bytesOf } from '../../testing/index.ts';
import * as arb from '../arbitraries.test.ts';
import {
  HELLO,
  Locator,
  SCOUT,
  VERSION,
  ZenohId,
  decodeHello,
  decodeScout,
  decodeScoutingMessage,
  encodeHello,
  encodeScout,
} from '../index.ts';
import type { Hello, Scout } from '../index.ts';

const zid = ZenohId.parse('3c2b1a');
const scout = (what: number, id?: ZenohId): Scout => ({ id: SCOUT, version: VERSION, what, zid: id });
const hello = (fields: Partial<Hello>): Hello => ({
  id: HELLO,
  version: VERSION,
  whatami: 1,
  zid,
  locators: [],
  ...fields,
});

for (const [name, bytes, value] of [
  ['routers and peers', '01 09 03', scout(3)],
  ['all roles', '01 09 07', scout(7)],
  ['nobody', '01 09 00', scout(0)],
  ['routers, with an id', '01 09 29 1a 2b 3c', scout(1, zid)],
] as const) {
  test(`scout: ${name}`, () => assertCodec(encodeScout, decodeScout, bytes, value));
}

const wholeId = ZenohId.parse('100f0e0d0c0b0a090807060504030201');
for (const [name, bytes, value] of [
  [
    'router with a locator',
    '22 09 20 1a 2b 3c 01 11 74 63 70 2f 31 30 2e 30 2e 30 2e 31 3a 37 34 34 37',
    hello({ locators: [Locator.parse('tcp/10.0.0.1:7447')] }),
  ],
  [
    'peer with an id of 16 bytes and no locator',
    '02 09 f1 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10',
    hello({ whatami: 2, zid: wholeId }),
  ],
] as const) {
  test(`hello: ${name}`, () => assertCodec(encodeHello, decodeHello, bytes, value));
}

const decode = (text: string) => decodeScoutingMessage(new Reader(bytesOf(text)));

test('scouting: all extensions are ignored, even mandatory ones, and so is what follows', () => {
  assert.deepEqual(decode('81 09 07 91 b2 05 59 02 aa bb ff'), scout(7));
  assert.deepEqual(decode('82 09 20 1a 2b 3c 19 00'), hello({}));
});

test('scouting: without the flag the length of the id is ignored', () => {
  assert.deepEqual(decode('01 09 f3'), scout(3));
});

test('scouting: errors are reserved roles, reserved encodings, ids of zero and unknown messages', () => {
  for (const text of ['02 09 23 1a 2b 3c', '81 09 07 69 00', '02 09 10 00 00', '03 09', '01', '', '02 09 20 1a']) {
    assert.throws(() => decode(text), CodecError, text);
  }
});

test('hello: zeros at the end of an id are dropped, and L with no locators is no locators', () => {
  assert.deepEqual(decode('22 09 20 1a 2b 00 00'), hello({ zid: ZenohId.parse('2b1a') }));
});

test('hello: a bad locator is left out, the others stay', () => {
  // tcp | tcp/a | tcp/ | /x | not UTF-8 | udp/b?b=1;a=2 (not canonical) | tcp/x#y=1
  const text =
    '22 09 00 01 07 03 74 63 70 05 74 63 70 2f 61 04 74 63 70 2f 02 2f 78 01 ff 0d 75 64 70 2f 62 3f 62 3d 31 3b 61 3d 32' +
    '09 74 63 70 2f 78 23 79 3d 31';
  const { locators } = decode(text) as Hello;
  assert.deepEqual(locators.map(String), ['tcp/a', 'udp/b?a=2;b=1']);
});

const arbScout = fc
  .tuple(fc.nat(7), fc.option(arb.zid, { nil: undefined }))
  .map(([what, id]): Scout => scout(what, id));
const arbHello = fc
  .tuple(arb.whatami, arb.zid, fc.array(arb.locator, { maxLength: 4 }))
  .map(([whatami, id, locators]): Hello => hello({ whatami, zid: id, locators }));

test('scouting: any value survives', () => {
  fc.assert(fc.property(arbScout, (m) => assertRoundTrip(encodeScout, decodeScout, m)));
  fc.assert(fc.property(arbHello, (m) => assertRoundTrip(encodeHello, decodeHello, m)));
});

test('scouting: any bytes decode or throw CodecError', () => {
  const some = fc.uint8Array({ minLength: 1 });
  fc.assert(fc.property(some, (b) => assertSafe(decodeScout, b)));
  fc.assert(fc.property(some, (b) => assertSafe(decodeHello, b)));
});

test('scouting: any buffer too small sets full', () => {
  assertNeverOverruns(encodeScout, scout(3, zid));
  assertNeverOverruns(encodeHello, hello({ locators: [Locator.parse('tcp/10.0.0.1:7447?rel=1')] }));
});
