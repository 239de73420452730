import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { equalBytes, hmacSha3_256, shake128, utf8 } from './index.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const unhex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));

test('hmacSha3_256: password "pwd1" under nonce 0x0102030405060708 gives the digest of the reference', () => {
  // docs/protocol/01-transport.md, 5.3; the nonce is the key, as eight little-endian bytes.
  assert.equal(
    hex(hmacSha3_256(unhex('0807060504030201'), utf8('pwd1'))),
    'c71b071e0ef51d0cc3e5ea6bd652c1f3e91a42895955d363ffc23a04182cb190',
  );
});

// docs/protocol/01-transport.md, 7.5: own id, peer id as their bytes in wire order, first number under the mask.
const firstNumbers: readonly (readonly [own: string, peer: string, first: number])[] = [
  ['1a2b3c', '0102030405060708090a0b0c0d0e0f10', 0x3189e09],
  ['0102030405060708090a0b0c0d0e0f10', '1a2b3c', 0x0fe3fa7],
  ['02', '03', 0xda2001d],
  ['c3c2c1', 'c2b1a0', 0xbe5e0b4], // client c1c2c3 to router a0b1c2, as captured
  ['c2b1a0', 'c3c2c1', 0x5c14944],
];
for (const [own, peer, first] of firstNumbers) {
  test(`shake128: first sequence number of ${own} towards ${peer}`, () => {
    const bytes = shake128(unhex(own + peer), 4);
    const number = (bytes[0]! | (bytes[1]! << 8) | (bytes[2]! << 16) | (bytes[3]! << 24)) & 0x0fffffff;
    assert.equal(number, first);
  });
}

test('hmacSha3_256 and shake128: agree with those of Node on any input', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.uint8Array({ maxLength: 400 }), (key, message) => {
      assert.ok(equalBytes(hmacSha3_256(key, message), createHmac('sha3-256', key).update(message).digest()));
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.integer({ min: 1, max: 64 }), (message, length) => {
      const theirs = createHash('shake128', { outputLength: length }).update(message).digest();
      assert.ok(equalBytes(shake128(message, length), theirs));
    }),
  );
});
