import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CodecError } from '../../base/index.ts';
import type { Writer } from '../../base/index.ts';
import { assertSame, bytesOf, encoded, hex } from '../../testing/index.ts';
import {
  AUTH_UNIT,
  authBytes,
  authNonce,
  decodeAuth,
  decodeNonce,
  decodePublicKey,
  decodeUsrPwd,
  encodeAuth,
  encodeNonce,
  encodePublicKey,
  encodeUsrPwd,
} from '../index.ts';
import type { Auth } from '../index.ts';

const HMAC = 'c71b071e0ef51d0cc3e5ea6bd652c1f3e91a42895955d363ffc23a04182cb190';

const vectors: readonly (readonly [name: string, bytes: string, value: Auth])[] = [
  ['usrpwd, first step', '02', { pubkey: undefined, usrpwd: AUTH_UNIT }],
  ['usrpwd, nonce', '22 88 8e 98 a8 c0 e0 80 81 01', { pubkey: undefined, usrpwd: authNonce(0x01020304, 0x05060708) }],
  [
    'usrpwd, answer',
    `42 26 04 75 73 72 31 20 ${HMAC}`,
    { pubkey: undefined, usrpwd: authBytes(bytesOf(`04 75 73 72 31 20 ${HMAC}`)) },
  ],
  [
    'pubkey and usrpwd',
    'c1 08 03 11 22 33 03 01 00 01 02',
    { pubkey: authBytes(bytesOf('03 11 22 33 03 01 00 01')), usrpwd: AUTH_UNIT },
  ],
  ['pubkey, last step', '01', { pubkey: AUTH_UNIT, usrpwd: undefined }],
];
for (const [name, bytes, value] of vectors) {
  test(`auth: ${name}`, () => {
    assert.equal(hex(encoded(encodeAuth, value)), hex(bytesOf(bytes)));
    assertSame(decodeAuth(bytesOf(bytes)), value, 'decoded value differs');
  });
}

test('auth: absent and empty are the same, unknown parts are ignored even if mandatory', () => {
  const none = { pubkey: undefined, usrpwd: undefined };
  assertSame(decodeAuth(undefined), none, 'absent');
  assertSame(decodeAuth(bytesOf('')), none, 'empty');
  assertSame(decodeAuth(bytesOf('93 b4 05 02')), { pubkey: undefined, usrpwd: AUTH_UNIT }, 'unknown');
});

test('auth: any bytes decode or throw CodecError', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.boolean(), (bytes, nonce) => {
      for (const decode of [decodeAuth, decodeUsrPwd, decodeNonce, (b: Uint8Array) => decodePublicKey(b, nonce)]) {
        try {
          decode(bytes);
        } catch (error) {
          assert.ok(error instanceof CodecError);
        }
      }
    }),
  );
});

test('auth: user, password, key and nonce in their bodies', () => {
  const answer = { user: bytesOf('75 73 72 31'), hmac: bytesOf(HMAC) };
  assert.equal(hex(encoded(encodeUsrPwd, answer)), hex(bytesOf(`04 75 73 72 31 20 ${HMAC}`)));
  assertSame(decodeUsrPwd(encoded(encodeUsrPwd, answer)), answer, 'usrpwd');
  const key = { n: bytesOf('11 22 33'), e: bytesOf('01 00 01') };
  const nonce = bytesOf('aa bb');
  assert.equal(hex(encoded(encodePublicKey, key)), '03 11 22 33 03 01 00 01');
  const both = encoded((w: Writer, k: typeof key) => encodePublicKey(w, k, nonce), key);
  assertSame(decodePublicKey(both, true), { key, nonce }, 'key and nonce');
  assertSame(decodePublicKey(both, false), { key, nonce: undefined }, 'key');
  assertSame(decodeNonce(encoded(encodeNonce, nonce)), nonce, 'nonce');
});
