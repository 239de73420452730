import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CodecError, Reader } from '../../base/index.ts';
import { assertSame, bytesOf, encoded, hex, show } from '../../testing/index.ts';
import * as arb from '../arbitraries.test.ts';
import { PUSH, PushHead, decodePush, encodePush, readPush } from '../index.ts';

/** Both decoders on the same bytes: the same value, the same end, or an error from both. */
function agree(bytes: Uint8Array, stale: Uint8Array, out: PushHead): void {
  const buf = new Uint8Array(3 + bytes.length + stale.length);
  buf.set(bytes, 3);
  buf.set(stale, 3 + bytes.length);
  const end = 3 + bytes.length;
  const r = new Reader(buf, 3, end);
  let expected = 'error';
  try {
    const m = decodePush(r, r.u8());
    expected = show([m.wireExpr.scope, m.wireExpr.suffix, m.wireExpr.fromSender, m.qos, m.nodeId, m.timestampStack]);
    expected += show(m.body) + String(r.pos);
  } catch (error) {
    assert.ok(error instanceof CodecError);
  }
  let actual = 'error';
  try {
    const p = readPush(buf, 3, end, out);
    assert.equal(p, out.end);
    assert.equal(out.body.head, buf);
    assert.equal(out.body.payload, buf);
    actual = show([out.scope, out.suffix, out.fromSender, out.qos, out.nodeId, out.timestampStack]);
    actual += show(out.body) + String(p);
  } catch (error) {
    assert.ok(error instanceof CodecError, String(error));
  }
  assert.equal(actual, expected, hex(bytes));
}

const stale = fc.uint8Array({ maxLength: 20 });
/** Shapes that stay in locals, which random values seldom have. */
const common = arb.push.map((m) => ({
  ...m,
  wireExpr: { ...m.wireExpr, suffix: m.wireExpr.scope % 2 ? '' : 'a/b' },
  timestamp: undefined,
  nodeId: m.nodeId & 0x7f,
  qos: m.qos & 0x7f,
  timestampStack: undefined,
}));
const anyPush = fc.oneof(arb.push, common);

test('readPush: equals decodePush on any value, with one object filled again and again', () => {
  const out = new PushHead();
  fc.assert(
    fc.property(anyPush, stale, (m, rest) => agree(encoded(encodePush, m), rest, out)),
    { numRuns: 2000 },
  );
});

test('readPush: equals decodePush on mutated and cut bytes', () => {
  const out = new PushHead();
  const mutation = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 });
  fc.assert(
    fc.property(anyPush, mutation, fc.nat(), stale, (m, changes, cut, rest) => {
      const bytes = encoded(encodePush, m);
      for (const [at, byte] of changes) bytes[1 + (at % (bytes.length - 1))] = byte;
      agree(cut % 2 ? bytes : bytes.subarray(0, 1 + (cut % bytes.length)), rest, out);
    }),
    { numRuns: 20_000 },
  );
});

test('readPush: equals decodePush on random bytes', () => {
  const out = new PushHead();
  const random = fc.tuple(fc.nat(7), fc.uint8Array({ maxLength: 30 }), fc.boolean()).map(([flags, rest, small]) => {
    const bytes = new Uint8Array([PUSH | (flags << 5), ...rest]);
    return small ? bytes.map((b, i) => (i === 0 ? b : b & 0x23)) : bytes;
  });
  fc.assert(
    fc.property(random, stale, (bytes, rest) => agree(bytes, rest, out)),
    { numRuns: 20_000 },
  );
});

test('readPush: equals decodePush where every prefix of a message ends', () => {
  const out = new PushHead();
  for (const text of [
    '5d 05 01 02 68 69',
    'fd 80 01 02 2f 62 a1 19 33 02 61 8c b4 a1 e2 ed fe b2 c1 66 01 33 09 05 75 74 66 2d 38 02 68 69',
    '7d 00 01 61 22 80 80 80 80 80 80 80 80 80 04 d4 c3 b2 a1',
    'dd 85 80 00 21 05 01 80 00',
  ]) {
    const bytes = bytesOf(text);
    for (let n = 1; n <= bytes.length; n++) agree(bytes.subarray(0, n), bytes.subarray(n), out);
    agree(bytes, new Uint8Array(0), out);
  }
});

test('readPush: a stack from an earlier message does not stay', () => {
  const out = new PushHead();
  readPush(bytesOf('9d 01 47 02 07 00 01 00'), 0, 8, out);
  assertSame(out.timestampStack, { flags: 7, records: [] }, 'stack differs');
  readPush(bytesOf('1d 01 01 00'), 0, 4, out);
  assert.equal(out.timestampStack, undefined);
});
