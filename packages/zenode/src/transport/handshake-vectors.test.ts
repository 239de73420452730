import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Reader, utf8 } from '../base/index.ts';
import { MemoryLink } from '../link/memory/index.ts';
import {
  BareEnd,
  bareTowards,
  bytesOf,
  cookieOf,
  encoded,
  FakeScheduler,
  hex,
  initOf,
  never,
  openOf,
  TransportNode,
} from '../testing/index.ts';
import {
  authNonce,
  decodeAuth,
  decodeInit,
  encodeAuth,
  encodeInit,
  encodeOpen,
  type Init,
  ZenohId,
} from '../wire/index.ts';
import { initialSn } from './establish.ts';
import type { TransportOptions } from './options.ts';

/*
 * Recorded handshakes: client c1c2c3 dials router a0b1c2. Our client answers the recorded router byte for byte, and our router
 * the recorded client, but for what is drawn by lot: cookie and nonce.
 */

interface Vector {
  readonly name: string;
  readonly hex: string;
  readonly fields: { readonly link: string };
}

const path = new URL('../../test/vectors/transport.json', import.meta.url);
const vectors = JSON.parse(readFileSync(path, 'utf8')) as readonly Vector[];

/** Content of the recorded batch: without the prefix of the stream. */
function recorded(name: string): Uint8Array {
  const vector = vectors.find((one) => one.name === name);
  assert.ok(vector?.fields.link === 'tcp', `vector ${name}`);
  return bytesOf(vector.hex).subarray(2);
}

const CLIENT: Partial<TransportOptions> = { zid: ZenohId.parse('c1c2c3'), whatami: 4, batchSize: 65_480 };
const ROUTER: Partial<TransportOptions> = { zid: ZenohId.parse('a0b1c2'), whatami: 1, batchSize: 49_152 };
const USER = { user: 'usr1', password: 'pwd1', dictionary: undefined };

const syns: readonly (readonly [name: string, options: Partial<TransportOptions>, metadata?: string])[] = [
  ['default.init_syn', {}],
  ['noqos.init_syn', { qos: false }],
  ['compression.init_syn', { compression: true }],
  ['usrpwd.init_syn', { usrpwd: USER }],
  ['qoslink_prio.init_syn', {}, 'prio=2-4'],
  ['qoslink_rel0.init_syn', {}, 'rel=0'],
  ['region.init_syn', { regionName: 'eu' }],
  ['res16_batch1000.init_syn', { snResolution: 1, batchSize: 1000 }],
];
for (const [name, options, metadata] of syns) {
  test(`handshake: our InitSyn is the recorded ${name}`, async () => {
    const { bare } = await dialled({ ...CLIENT, ...options }, metadata);
    assert.deepEqual(bare.take(), [hex(recorded(name))]);
  });
}

const acks: readonly (readonly [ack: string, open: string, options: Partial<TransportOptions>])[] = [
  ['default.init_ack', 'default.open_syn', {}],
  ['usrpwd.init_ack', 'usrpwd.open_syn', { usrpwd: USER }],
  ['res16_batch1000.init_ack', 'res16_lease2500.open_syn', { snResolution: 1, batchSize: 1000, leaseMs: 2500 }],
];
for (const [ack, open, options] of acks) {
  test(`handshake: our OpenSyn after the recorded ${ack} is the recorded ${open}`, async () => {
    const { scheduler, bare } = await dialled({ ...CLIENT, ...options });
    bare.take();
    bare.send(recorded(ack));
    await scheduler.settle();
    assert.deepEqual(bare.take(), [hex(recorded(open))]);
  });
}

test('handshake: an InitAck with shared memory or MultiLink is gone along with, without either', async () => {
  for (const name of ['default_shm', 'multilink']) {
    const { scheduler, node, bare } = await dialled(CLIENT);
    bare.send(recorded(`${name}.init_ack`));
    await scheduler.settle();
    const [, open] = bare.take();
    const expected = openOf({ cookie: cookieOf(recorded(`${name}.init_ack`)), initialSn: 0xbe5e0b4 });
    assert.equal(open, hex(encoded(encodeOpen, expected)));
    bare.send(recorded(`${name}.open_ack`));
    await scheduler.settle();
    assert.equal(node.transport.agreement.initialSnIn, 0x5c14944);
  }
});

const answers: readonly (readonly [syn: string, ack: string, options: Partial<TransportOptions>])[] = [
  ['default.init_syn', 'default.init_ack', {}],
  ['usrpwd.init_syn', 'usrpwd.init_ack', { usrpwd: USER }],
  ['res16_batch1000.init_syn', 'res16_batch1000.init_ack', {}],
];
for (const [syn, ack, options] of answers) {
  test(`handshake: our answer to the recorded ${syn} is the recorded ${ack}, but for cookie and nonce`, async () => {
    const { scheduler, bare } = accepted({ ...ROUTER, ...options });
    bare.send(recorded(syn));
    await scheduler.settle();
    const theirs = initIn(recorded(ack));
    const ours = initIn(bare.batches[0]!);
    const nonce = decodeAuth(theirs.auth).usrpwd;
    const same: Init = {
      ...ours,
      cookie: theirs.cookie,
      auth: ours.auth && encoded(encodeAuth, { pubkey: undefined, usrpwd: nonce }),
    };
    assert.equal(hex(encoded(encodeInit, same)), hex(recorded(ack)));
    assert.equal(ours.cookie?.length, 16);
  });
}

test('handshake: our answer to an InitSyn with shared memory or MultiLink has neither', async () => {
  for (const name of ['default_shm', 'multilink', 'pubkey', 'lowlatency']) {
    const { scheduler, bare } = accepted(ROUTER);
    bare.send(recorded(`${name}.init_syn`));
    await scheduler.settle();
    const { shm, multiLink, auth, lowLatency } = initIn(bare.batches[0]!);
    assert.deepEqual([shm, multiLink, auth, lowLatency], [undefined, undefined, undefined, false], name);
  }
});

test('handshake: our OpenAck is the recorded default.open_ack', async () => {
  const { scheduler, node, bare } = accepted(ROUTER);
  bare.send(recorded('default.init_syn'));
  await scheduler.settle();
  const cookie = cookieOf(bare.batches[0]);
  bare.take();
  bare.send(encoded(encodeOpen, openOf({ cookie, initialSn: 0xbe5e0b4 })));
  await scheduler.settle();
  assert.deepEqual(bare.take(), [hex(recorded('default.open_ack'))]);
  assert.equal(node.transport.agreement.whatami, 4);
  assert.equal(node.transport.links[0]!.capacity, 49_152);
});

test('handshake: user usr1 with password pwd1 under nonce 0x0102030405060708 sends the bytes of the specification', async () => {
  const { scheduler, bare } = await dialled({ zid: ZenohId.parse('3c2b1a'), whatami: 4, usrpwd: USER, qos: false });
  const auth = encoded(encodeAuth, { pubkey: undefined, usrpwd: authNonce(0x01020304, 0x05060708) });
  bare.send(encoded(encodeInit, initOf({ ack: true, cookie: bytesOf('c0 0c 1e 00'), auth, qos: false })));
  await scheduler.settle();
  const [init, open] = bare.take();
  assert.equal(init, '81 09 22 1a 2b 3c c3 01 02 27 01');
  assert.match(open!, /^c2 0a .* 04 c0 0c 1e 00 43 28 42 26 04 75 73 72 31 20 c7 1b 07 1e .* b1 90$/);
});

const first: readonly (readonly [own: string, peer: string, mask: number, sn: number])[] = [
  ['3c2b1a', '100f0e0d0c0b0a090807060504030201', 0x0fffffff, 0x3189e09],
  ['100f0e0d0c0b0a090807060504030201', '3c2b1a', 0x0fffffff, 0x0fe3fa7],
  ['2', '3', 0x0fffffff, 0xda2001d],
  ['c1c2c3', 'a0b1c2', 0x0fffffff, 0xbe5e0b4],
  ['a0b1c2', 'c1c2c3', 0x0fffffff, 0x5c14944],
  ['c1c2c3', 'a0b1c2', 0x3fff, 8372],
];
for (const [own, peer, mask, sn] of first) {
  test(`handshake: ${own} begins to count towards ${peer} at ${sn} under mask ${mask}`, () => {
    assert.equal(initialSn(ZenohId.parse(own), ZenohId.parse(peer), mask), sn);
  });
}

test('handshake: a region name of 32 bytes and a cookie of 60,000 are taken as they are', async () => {
  const { scheduler, node, bare } = await dialled(CLIENT);
  bare.take();
  const cookie = new Uint8Array(60_000).fill(7);
  bare.send(encoded(encodeInit, initOf({ ack: true, cookie, regionName: utf8('r'.repeat(32)) })));
  await scheduler.settle();
  const open = bare.batches[0]!;
  assert.equal(hex(open.subarray(-60_000)), hex(cookie));
  bare.send(encoded(encodeOpen, openOf({ ack: true })));
  await scheduler.settle();
  assert.equal(node.transport.agreement.regionName, 'r'.repeat(32));
});

function initIn(batch: Uint8Array): Init {
  const r = new Reader(batch);
  const init = decodeInit(r, r.u8());
  assert.equal(r.left, 0);
  return init;
}

/** A node that dials, and the bare end that got its InitSyn. */
async function dialled(
  options: Partial<TransportOptions>,
  metadata?: string,
): Promise<{ scheduler: FakeScheduler; node: TransportNode; bare: BareEnd }> {
  const scheduler = new FakeScheduler();
  const node = new TransportNode(scheduler, options);
  const [here, there] = MemoryLink.pair(scheduler, { metadata });
  const bare = new BareEnd(there);
  node.manager.initiate(here, never).catch(() => undefined);
  await scheduler.settle();
  return { scheduler, node, bare };
}

function accepted(options: Partial<TransportOptions>): {
  scheduler: FakeScheduler;
  node: TransportNode;
  bare: BareEnd;
} {
  const scheduler = new FakeScheduler();
  const node = new TransportNode(scheduler, options);
  return { scheduler, node, bare: bareTowards(scheduler, node) };
}
