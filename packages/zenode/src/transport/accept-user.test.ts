import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hmacSha3_256, Reader, utf8 } from '../base/index.ts';
import {
  type BareEnd,
  bareTowards,
  bytesOf,
  encoded,
  FakeScheduler,
  initOf,
  openOf,
  TransportNode,
} from '../testing/index.ts';
import {
  AUTH_UNIT,
  authBytes,
  authNonce,
  decodeAuth,
  decodeInit,
  decodeOpen,
  encodeAuth,
  encodeInit,
  encodeOpen,
  encodeUsrPwd,
  type Init,
} from '../wire/index.ts';
import type { TransportOptions } from './options.ts';

/* User and password, seen by the side that is dialled. Every failure is answered by Close(GENERIC). */

interface Scene {
  readonly scheduler: FakeScheduler;
  readonly node: TransportNode;
  readonly bare: BareEnd;
}

function scene(usrpwd: TransportOptions['usrpwd']): Scene {
  const scheduler = new FakeScheduler();
  const node = new TransportNode(scheduler, { usrpwd });
  return { scheduler, node, bare: bareTowards(scheduler, node) };
}

function assertRefused({ node, bare }: Scene): void {
  assert.deepEqual(bare.take(), ['03 00']);
  assert.deepEqual([bare.closes, node.manager.pending, node.upper.transports.length], [1, 0, 0]);
}

type Auth = Parameters<typeof encodeAuth>[1];
const chain = (auth: Auth): Uint8Array => encoded(encodeAuth, auth);

/** Up to the InitAck; then an OpenSyn with this Auth. */
async function answered(one: Scene, asked: Partial<Init>, auth: (ack: Init) => Uint8Array | undefined): Promise<void> {
  one.bare.send(encoded(encodeInit, initOf(asked)));
  await one.scheduler.settle();
  const r = new Reader(one.bare.batches[0]!);
  const ack = decodeInit(r, r.u8());
  one.bare.take();
  one.bare.send(encoded(encodeOpen, openOf({ cookie: ack.cookie, auth: auth(ack) })));
  await one.scheduler.settle();
}

/** Credentials of a node that knows these users. */
function users(known: Readonly<Record<string, string>>): TransportOptions['usrpwd'] {
  return { user: undefined, password: undefined, dictionary: new Map(Object.entries(known)) };
}

function proof(ack: Init, user: string, password: string): Uint8Array {
  const [hi, lo] = decodeAuth(ack.auth).usrpwd!.nonce!;
  const nonce = new DataView(new ArrayBuffer(8));
  nonce.setUint32(0, lo, true);
  nonce.setUint32(4, hi, true);
  const hmac = hmacSha3_256(new Uint8Array(nonce.buffer), utf8(password));
  return chain({ pubkey: undefined, usrpwd: authBytes(encoded(encodeUsrPwd, { user: utf8(user), hmac })) });
}

const asked: Partial<Init> = { auth: chain({ pubkey: undefined, usrpwd: AUTH_UNIT }) };

test('accept: a user with the right password is let in, and the transport knows who it is', async () => {
  const one = scene(users({ usr1: 'pwd1' }));
  await answered(one, asked, (ack) => proof(ack, 'usr1', 'pwd1'));
  assert.equal(one.node.transport.agreement.user, 'usr1');
  assert.equal(decodeAuth(openAuth(one.bare)).usrpwd?.unit, true);
});

const wrong: readonly (readonly [
  what: string,
  auth: (ack: Init) => Uint8Array | undefined,
  TransportOptions['usrpwd'],
])[] = [
  ['a wrong password', (ack) => proof(ack, 'usr1', 'pwd2'), users({ usr1: 'pwd1' })],
  ['an unknown user', (ack) => proof(ack, 'usr2', 'pwd1'), users({ usr1: 'pwd1' })],
  ['an unknown user with an empty password', (ack) => proof(ack, 'usr2', ''), users({ usr1: 'pwd1' })],
  ['no proof', () => undefined, users({ usr1: 'pwd1' })],
  ['a proof of the wrong form', () => chain({ pubkey: undefined, usrpwd: AUTH_UNIT }), users({ usr1: 'pwd1' })],
  [
    'a proof that ends too early',
    () => chain({ pubkey: undefined, usrpwd: authBytes(bytesOf('09 61')) }),
    users({ usr1: 'pwd1' }),
  ],
  [
    'any user where there is no dictionary',
    (ack) => proof(ack, 'me', 'pw'),
    { user: 'me', password: 'pw', dictionary: undefined },
  ],
];
for (const [what, auth, usrpwd] of wrong) {
  test(`accept: ${what} is answered by Close(GENERIC)`, async () => {
    const one = scene(usrpwd);
    await answered(one, asked, auth);
    assertRefused(one);
  });
}

const inits: readonly (readonly [what: string, auth: Uint8Array | undefined])[] = [
  ['no user', undefined],
  ['a nonce', chain({ pubkey: undefined, usrpwd: authNonce(0, 1) })],
  ['a public key alone', chain({ pubkey: authBytes(Uint8Array.of(1, 2)), usrpwd: undefined })],
];
for (const [what, auth] of inits) {
  test(`accept: ${what} in an InitSyn where a user is required is answered by Close(GENERIC)`, async () => {
    const one = scene(users({}));
    one.bare.send(encoded(encodeInit, initOf({ auth })));
    await one.scheduler.settle();
    assertRefused(one);
  });
}

test('accept: a user that nobody asked for is let in and not believed', async () => {
  const one = scene(undefined);
  await answered(one, asked, () => chain({ pubkey: undefined, usrpwd: authBytes(bytesOf('01 61 00')) }));
  assert.equal(one.node.transport.agreement.user, undefined);
  assert.equal(openAuth(one.bare), undefined);
});

function openAuth(bare: BareEnd): Uint8Array | undefined {
  const r = new Reader(bare.batches[0]!);
  return decodeOpen(r, r.u8()).auth;
}
