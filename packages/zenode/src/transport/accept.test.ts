import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Reader, utf8 } from '../base/index.ts';
import {
  type BareEnd,
  bareTowards,
  bytesOf,
  cookieOf,
  encoded,
  FakeScheduler,
  initOf,
  openBare,
  openOf,
  TransportNode,
} from '../testing/index.ts';
import { decodeInit, decodeOpen, encodeInit, encodeOpen, type Init, type Open, packQosLink } from '../wire/index.ts';
import type { TransportOptions } from './options.ts';

/* The side that is dialled, against one that is played by hand. `03 02` is Close(INVALID), `03 00` Close(GENERIC). */

const INVALID = '03 02';
const GENERIC = '03 00';
const init = (fields: Partial<Init> = {}): Uint8Array => encoded(encodeInit, initOf(fields));

interface Scene {
  readonly scheduler: FakeScheduler;
  readonly node: TransportNode;
  readonly bare: BareEnd;
}

function scene(options: Partial<TransportOptions> = {}): Scene {
  const scheduler = new FakeScheduler();
  const node = new TransportNode(scheduler, options);
  return { scheduler, node, bare: bareTowards(scheduler, node) };
}

function assertRefused({ node, bare }: Scene, answer: string | undefined): void {
  assert.deepEqual(bare.take(), answer === undefined ? [] : [answer]);
  assert.equal(bare.closes, 1);
  assert.equal(node.manager.pending, 0);
  assert.equal(node.upper.transports.length, 0);
}

const refusedInits: readonly (readonly [
  what: string,
  batch: Uint8Array,
  answer: string,
  Partial<TransportOptions>?,
])[] = [
  ['version 7', init({ version: 7 }), INVALID],
  ['version 8', init({ version: 8 }), INVALID],
  ['version 10', init({ version: 10 }), INVALID],
  ['nothing', bytesOf(''), INVALID],
  ['garbage', bytesOf('ff ff ff'), INVALID],
  ['a Frame', bytesOf('25 01 7d 00 01 61 01 01 31'), INVALID],
  ['a KeepAlive', bytesOf('04'), INVALID],
  ['a Close', bytesOf('03 00'), INVALID],
  ['an OpenSyn', encoded(encodeOpen, openOf()), INVALID],
  ['an InitAck', init({ ack: true }), INVALID],
  ['a zero node id', bytesOf('01 09 01 00'), INVALID],
  ['role 3', bytesOf('01 09 03 05'), INVALID],
  ['an unknown mandatory extension', bytesOf('81 09 01 b2 1f'), INVALID],
  ['an extension of encoding 3', bytesOf('81 09 01 b2 6f'), INVALID],
  ['a batch size of 63', init({ batchSize: 63 }), INVALID],
  ['a batch size of 0', init({ batchSize: 0 }), INVALID],
  ['both extensions of QoS', init({ qos: true, qosLink: 1 }), GENERIC],
  ['a QoS value without meaning', init({ qos: false, qosLink: 9 }), GENERIC],
  ['a QoS range above 7', init({ qos: false, qosLink: 2 | (8 << 3) | (8 << 11) }), GENERIC],
  ['an empty region name', init({ regionName: new Uint8Array(0) }), GENERIC],
  ['a region name of 33 bytes', init({ regionName: new Uint8Array(33).fill(0x61) }), GENERIC],
  ['a region name that is no UTF-8', init({ regionName: Uint8Array.of(0xff) }), GENERIC],
  ['an Auth that ends too early', init({ auth: Uint8Array.of(0x22) }), GENERIC],
];
for (const [what, batch, answer, options] of refusedInits) {
  test(`accept: ${what} in place of an InitSyn is answered by ${answer}`, async () => {
    const one = scene(options);
    one.bare.send(batch);
    await one.scheduler.settle();
    assertRefused(one, answer);
  });
}

test('accept: an InitSyn cut short at any byte is answered by Close(INVALID)', async () => {
  const whole = init({
    qosLink: packQosLink({ priorities: [1, 3], reliability: 1 }),
    qos: false,
    regionName: utf8('eu'),
  });
  for (let n = 0; n < whole.length; n++) {
    const one = scene();
    one.bare.send(whole.subarray(0, n));
    await one.scheduler.settle();
    assertRefused(one, INVALID);
  }
});

test('accept: what follows the first message of a handshake batch is not looked at', async () => {
  const one = scene();
  one.bare.send(Uint8Array.from([...init(), 0xff, 0xff]));
  await one.scheduler.settle();
  one.bare.send(Uint8Array.from([...encoded(encodeOpen, openOf({ cookie: cookieOf(one.bare.batches[0]) })), 0xff]));
  await one.scheduler.settle();
  assert.equal(one.node.upper.transports.length, 1);
});

test('accept: unknown extensions that are not mandatory are passed over', async () => {
  const one = scene();
  one.bare.send(bytesOf('81 09 01 b2 8f af 05 cf 01 00 0e'));
  await one.scheduler.settle();
  assert.equal(initIn(one.bare.batches[0]!).ack, true);
});

const widths: readonly (readonly [own: 0 | 1 | 2, asked: number, agreed: number])[] = [
  [2, 0x0a, 0x0a],
  [2, 0x0f, 0x0a],
  [2, 0x09, 0x09],
  [2, 0x00, 0x00],
  [2, 0x05, 0x05],
  [1, 0x0a, 0x09],
  [0, 0x0a, 0x08],
  [0, 0x0f, 0x08],
  [1, 0x04, 0x04],
];
for (const [own, asked, agreed] of widths) {
  test(`accept: of ${own} and 0x${asked.toString(16)} the resolution is 0x${agreed.toString(16)}`, async () => {
    const one = scene({ snResolution: own });
    one.bare.send(init({ resolution: asked }));
    await one.scheduler.settle();
    assert.equal(initIn(one.bare.batches[0]!).resolution, agreed);
  });
}

const sizes: readonly (readonly [own: number, asked: number, agreed: number])[] = [
  [65_535, 65_535, 65_535],
  [65_535, 2048, 2048],
  [1000, 65_535, 1000],
  [65_535, 64, 64],
];
for (const [own, asked, agreed] of sizes) {
  test(`accept: of batches of ${own} and ${asked} bytes those of ${agreed} are agreed upon`, async () => {
    const one = scene({ batchSize: own });
    one.bare.send(init({ batchSize: asked }));
    await one.scheduler.settle();
    assert.equal(initIn(one.bare.batches[0]!).batchSize, agreed);
  });
}

const offers: readonly (readonly [
  what: string,
  own: Partial<TransportOptions>,
  asked: Partial<Init>,
  Partial<Init>,
])[] = [
  ['compression by both', { compression: true }, { compression: true }, { compression: true }],
  ['compression by us alone', { compression: true }, {}, { compression: false }],
  ['compression by the other alone', {}, { compression: true }, { compression: false }],
  ['patch 0', {}, { patch: 0 }, { patch: 0 }],
  ['patch 7', {}, { patch: 7 }, { patch: 1 }],
  ['QoS by us alone', {}, { qos: false }, { qos: false }],
  ['QoS by the other alone', { qos: false }, {}, { qos: false }],
  ['QoS of value 0', {}, { qos: false, qosLink: 0 }, { qos: false, qosLink: undefined }],
  ['QoS of value 1', {}, { qos: false, qosLink: 1 }, { qos: true, qosLink: undefined }],
  ['priorities 2-4', {}, { qos: false, qosLink: 8210 }, { qos: false, qosLink: 8210 }],
  ['best effort', {}, { qos: false, qosLink: 4 }, { qos: false, qosLink: 4 }],
  ['low latency', {}, { lowLatency: true }, { lowLatency: false }],
  ['a region name of ours', { regionName: 'eu' }, {}, { regionName: utf8('eu') }],
];
for (const [what, own, asked, answer] of offers) {
  test(`accept: ${what}: the InitAck says what was agreed upon`, async () => {
    const one = scene(own);
    one.bare.send(init(asked));
    await one.scheduler.settle();
    const got = initIn(one.bare.batches[0]!);
    for (const [field, value] of Object.entries(answer)) assert.deepEqual(got[field as keyof Init], value, field);
  });
}

/** Up to the InitAck; then `second` in place of an OpenSyn. */
async function answered(one: Scene, asked: Partial<Init>, second: (ack: Init) => Uint8Array): Promise<void> {
  one.bare.send(init(asked));
  await one.scheduler.settle();
  const ack = initIn(one.bare.batches[0]!);
  one.bare.take();
  one.bare.send(second(ack));
  await one.scheduler.settle();
}

const open = (ack: Init, fields: Partial<Open> = {}): Uint8Array =>
  encoded(encodeOpen, openOf({ cookie: ack.cookie, ...fields }));
const altered = ({ cookie }: Init): Uint8Array => cookie!.map((byte, i) => (i === 15 ? byte ^ 1 : byte));

const refusedOpens: readonly (readonly [
  what: string,
  second: (ack: Init) => Uint8Array,
  answer: string | undefined,
])[] = [
  ['an altered cookie', (ack) => open(ack, { cookie: altered(ack) }), INVALID],
  ['an empty cookie', (ack) => open(ack, { cookie: new Uint8Array(0) }), INVALID],
  ['a cookie that is too long', (ack) => open(ack, { cookie: Uint8Array.from([...ack.cookie!, 0]) }), INVALID],
  ['a second InitSyn', () => init(), INVALID],
  ['an OpenAck', () => encoded(encodeOpen, openOf({ ack: true })), INVALID],
  ['garbage', () => bytesOf('ff'), INVALID],
  ['nothing', () => bytesOf(''), INVALID],
  ['a length beyond the end', () => bytesOf('42 0a 05 ff ff ff ff ff ff ff ff ff'), INVALID],
  ['bound 2', (ack) => open(ack, { remoteBound: 2 }), GENERIC],
  ['a Close', () => bytesOf('03 04'), undefined],
];
for (const [what, second, answer] of refusedOpens) {
  test(`accept: ${what} in place of an OpenSyn is answered by ${answer ?? 'nothing'}`, async () => {
    const one = scene();
    await answered(one, {}, second);
    assertRefused(one, answer);
  });
}

test('accept: an OpenSyn cut short at any byte is answered by Close(INVALID)', async () => {
  const length = encoded(encodeOpen, openOf({ cookie: new Uint8Array(16), remoteBound: 1 })).length;
  for (let n = 0; n < length; n++) {
    const one = scene();
    await answered(one, {}, (ack) => open(ack, { remoteBound: 1 }).subarray(0, n));
    assertRefused(one, INVALID);
  }
});

const beyond: readonly (readonly [resolution: number, mask: number])[] = [
  [0x08, 0x7f],
  [0x09, 0x3fff],
  [0x0a, 0x0fffffff],
];
for (const [resolution, mask] of beyond) {
  test(`better: 3 a first number above ${mask} is refused at once, and other handshakes go on meanwhile`, async () => {
    const one = scene();
    const other = bareTowards(one.scheduler, one.node);
    other.send(init());
    await answered(one, { resolution }, (ack) => open(ack, { initialSn: mask + 1 }));
    assertRefusedBut(one, 1);
    other.send(encoded(encodeOpen, openOf({ cookie: cookieOf(other.batches[0]) })));
    await one.scheduler.settle();
    assert.equal(one.node.upper.transports.length, 1);
    assert.equal(one.scheduler.now(), 0);
    const allowed = scene();
    await answered(allowed, { resolution }, (ack) => open(ack, { initialSn: mask }));
    assert.equal(allowed.node.transport.agreement.initialSnIn, mask);
  });
}

function assertRefusedBut({ node, bare }: Scene, pending: number): void {
  assert.deepEqual([bare.take(), bare.closes, node.manager.pending], [[INVALID], 1, pending]);
}

for (const [said, heard] of [
  [0, 0],
  [1, 1],
  [256, 0],
  [257, 1],
] as const) {
  test(`accept: bound ${said} is heard as ${heard}`, async () => {
    const one = scene();
    one.node.upper.announced = 1;
    await answered(one, {}, (ack) => open(ack, { remoteBound: said }));
    assert.equal(one.node.transport.agreement.remoteBound, heard);
    assert.equal(openIn(one.bare.batches[0]!).remoteBound, 1);
  });
}

test('accept: a handshake that is not done in time is ended without a word', async () => {
  const one = scene({ acceptTimeoutMs: 3000 });
  one.bare.send(init());
  await one.scheduler.run(2999);
  assert.equal(one.node.manager.pending, 1);
  one.bare.take();
  await one.scheduler.run(1);
  assertRefused(one, undefined);
});

test('accept: a link that breaks during the handshake leaves nothing behind', async () => {
  const one = scene();
  one.bare.send(init());
  await one.scheduler.settle();
  one.bare.link.cut();
  await one.scheduler.settle();
  assert.deepEqual([one.node.manager.pending, one.scheduler.timers], [0, 0]);
});

test('accept: of a node that is not admitted the reason stays here, and the answer is Close(GENERIC)', async () => {
  const one = scene();
  one.node.upper.refusal = 'not today';
  await answered(one, {}, (ack) => open(ack));
  assertRefused(one, GENERIC);
});

test('accept: a lease in seconds or milliseconds is that of the other side', async () => {
  const scheduler = new FakeScheduler();
  const node = new TransportNode(scheduler);
  await openBare(scheduler, node, { open: { leaseMs: 2500 } });
  assert.equal(node.upper.transports.length, 1);
});

function initIn(batch: Uint8Array): Init {
  const r = new Reader(batch);
  return decodeInit(r, r.u8());
}

function openIn(batch: Uint8Array): Open {
  const r = new Reader(batch);
  return decodeOpen(r, r.u8());
}
