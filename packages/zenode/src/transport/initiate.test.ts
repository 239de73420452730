import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8 } from '../base/index.ts';
import { MemoryLink } from '../link/memory/index.ts';
import { BareEnd, bytesOf, encoded, FakeScheduler, initOf, openOf, TransportNode } from '../testing/index.ts';
import {
  AUTH_UNIT,
  authNonce,
  encodeAuth,
  encodeInit,
  encodeOpen,
  type Init,
  type Open,
  packQosLink,
  ZenohId,
} from '../wire/index.ts';
import { HandshakeError, RefusedError } from './establish.ts';
import type { TransportOptions } from './options.ts';
import type { Transport } from './transport.ts';

/* The side that dials, against one that is played by hand. `03 02` is Close(INVALID), `03 00` Close(GENERIC). */

const INVALID = '03 02';
const GENERIC = '03 00';

interface Scene {
  readonly scheduler: FakeScheduler;
  readonly node: TransportNode;
  readonly bare: BareEnd;
  readonly opening: Promise<Transport>;
  readonly controller: AbortController;
}

async function scene(options: Partial<TransportOptions> = {}, metadata?: string, expected?: string): Promise<Scene> {
  const scheduler = new FakeScheduler();
  const node = new TransportNode(scheduler, options);
  const [dialled, accepted] = MemoryLink.pair(scheduler, { metadata });
  const bare = new BareEnd(accepted);
  const controller = new AbortController();
  const opening = node.manager.initiate(
    dialled,
    controller.signal,
    expected === undefined ? undefined : ZenohId.parse(expected),
  );
  opening.catch(() => undefined);
  await scheduler.settle();
  bare.take();
  return { scheduler, node, bare, opening, controller };
}

const ack = (fields: Partial<Init> = {}): Uint8Array =>
  encoded(encodeInit, initOf({ ack: true, cookie: bytesOf('c0 0c 1e 00'), ...fields }));
const openAck = (fields: Partial<Open> = {}): Uint8Array => encoded(encodeOpen, openOf({ ack: true, ...fields }));
const unit = encoded(encodeAuth, { pubkey: undefined, usrpwd: AUTH_UNIT });
const nonce = encoded(encodeAuth, { pubkey: undefined, usrpwd: authNonce(1, 2) });
const usrpwd = { user: 'usr1', password: 'pwd1', dictionary: undefined };

async function assertRefused({ node, bare, opening }: Scene, answer: string): Promise<void> {
  await assert.rejects(opening, (error: Error) => error instanceof HandshakeError);
  assert.deepEqual([bare.take(), bare.closes, node.upper.transports.length], [[answer], 1, 0]);
}

const refused: readonly (readonly [
  what: string,
  batch: Uint8Array,
  answer: string,
  options?: Partial<TransportOptions>,
  metadata?: string,
])[] = [
  ['version 8', ack({ version: 8 }), INVALID],
  ['an InitSyn', encoded(encodeInit, initOf()), INVALID],
  ['an OpenAck', openAck(), INVALID],
  ['a KeepAlive', bytesOf('04'), INVALID],
  ['nothing', bytesOf(''), INVALID],
  ['garbage', bytesOf('ff'), INVALID],
  ['a raised width of numbers', ack({ resolution: 0x0b }), INVALID],
  ['a width of numbers above ours', ack({ resolution: 0x0a }), INVALID, { snResolution: 1 }],
  ['a raised width of request ids', ack({ resolution: 0x0e }), INVALID],
  ['a batch size of 63', ack({ batchSize: 63 }), INVALID],
  ['patch 2', ack({ patch: 2 }), GENERIC],
  ['both extensions of QoS', ack({ qosLink: 1 }), GENERIC],
  [
    'a narrower range',
    ack({ qos: false, qosLink: packQosLink({ priorities: [2, 3], reliability: undefined }) }),
    GENERIC,
    {},
    'prio=1-3',
  ],
  [
    'another reliability',
    ack({ qos: false, qosLink: packQosLink({ priorities: undefined, reliability: 0 }) }),
    GENERIC,
    {},
    'rel=1',
  ],
  ['an empty region name', ack({ regionName: new Uint8Array(0) }), GENERIC],
  ['no nonce for our user', ack(), GENERIC, { usrpwd }],
  ['a nonce of the wrong form', ack({ auth: unit }), GENERIC, { usrpwd }],
];
for (const [what, batch, answer, options, metadata] of refused) {
  test(`initiate: ${what} in place of an InitAck is answered by ${answer}`, async () => {
    const one = await scene(options, metadata);
    one.bare.send(batch);
    await one.scheduler.settle();
    await assertRefused(one, answer);
  });
}

test('initiate: an InitAck cut short at any byte is answered by Close(INVALID)', async () => {
  const whole = ack({ regionName: utf8('eu') });
  for (let n = 0; n < whole.length; n++) {
    const one = await scene();
    one.bare.send(whole.subarray(0, n));
    await one.scheduler.settle();
    await assertRefused(one, INVALID);
  }
});

const refusedOpens: readonly (readonly [
  what: string,
  batch: Uint8Array,
  answer: string,
  options?: Partial<TransportOptions>,
  init?: Partial<Init>,
])[] = [
  ['a second InitAck', ack(), INVALID],
  ['an OpenSyn', encoded(encodeOpen, openOf()), INVALID],
  ['garbage', bytesOf('ff'), INVALID],
  ['nothing', bytesOf(''), INVALID],
  ['a Frame', bytesOf('25 05'), INVALID],
  ['bound 2', openAck({ remoteBound: 2 }), GENERIC],
  ['a first number above 8 bits', openAck({ initialSn: 0x80 }), INVALID, { snResolution: 0 }, { resolution: 8 }],
  ['a first number above 16 bits', openAck({ initialSn: 0x4000 }), INVALID, { snResolution: 1 }, { resolution: 9 }],
  ['a first number above 32 bits', openAck({ initialSn: 0x10000000 }), INVALID],
  ['no confirmation of our user', openAck(), GENERIC, { usrpwd }, { auth: nonce }],
];
for (const [what, batch, answer, options, init] of refusedOpens) {
  test(`initiate: ${what} in place of an OpenAck is answered by ${answer}`, async () => {
    const one = await scene(options);
    one.bare.send(ack(init));
    await one.scheduler.settle();
    one.bare.take();
    one.bare.send(batch);
    await one.scheduler.settle();
    await assertRefused(one, answer);
  });
}

test('initiate: an OpenAck cut short at any byte is answered by Close(INVALID)', async () => {
  const whole = openAck({ remoteBound: 1 });
  for (let n = 0; n < whole.length; n++) {
    const one = await scene();
    one.bare.send(ack());
    await one.scheduler.settle();
    one.bare.take();
    one.bare.send(whole.subarray(0, n));
    await one.scheduler.settle();
    await assertRefused(one, INVALID);
  }
});

async function assertSaidNo({ bare, opening, node }: Scene, reason: number): Promise<void> {
  await assert.rejects(opening, (error: Error) => error instanceof RefusedError && error.reason === reason);
  assert.deepEqual([bare.take(), bare.closes, node.upper.transports.length], [[], 1, 0]);
}

test('initiate: a Close in place of an answer is reported with its reason and not answered', async () => {
  const early = await scene();
  early.bare.send(bytesOf('03 04'));
  await early.scheduler.settle();
  await assertSaidNo(early, 4);
  const late = await scene();
  late.bare.send(ack());
  await late.scheduler.settle();
  late.bare.take();
  late.bare.send(bytesOf('03 63'));
  await late.scheduler.settle();
  await assertSaidNo(late, 0x63);
});

for (const text of ['00 03 04', '00 23 07']) {
  test(`initiate: with compression agreed upon, ${text} in place of an OpenAck is a Close behind a header byte`, async () => {
    const one = await scene({ compression: true });
    one.bare.send(ack({ compression: true }));
    await one.scheduler.settle();
    one.bare.take();
    one.bare.send(bytesOf(text));
    await one.scheduler.settle();
    await assertSaidNo(one, Number(text.slice(-1)));
  });
}

test('initiate: without compression a Close behind a header byte is just wrong', async () => {
  const one = await scene({ compression: true });
  one.bare.send(ack());
  await one.scheduler.settle();
  one.bare.take();
  one.bare.send(bytesOf('00 03 04'));
  await one.scheduler.settle();
  await assertRefused(one, INVALID);
});

test('initiate: only the node that is expected may answer', async () => {
  const one = await scene({}, undefined, 'c3');
  one.bare.send(ack());
  await one.scheduler.settle();
  await assert.rejects(one.opening, /Expected peer ZID c3 but received b2/);
  await assertRefused(one, INVALID);
  const right = await scene({}, undefined, 'b2');
  right.bare.send(ack());
  await right.scheduler.settle();
  right.bare.send(openAck());
  await right.scheduler.settle();
  assert.equal((await right.opening).zid.toString(), 'b2');
});

test('initiate: an InitAck without sizes means 65,535 bytes and 32 bits, not what was proposed', async () => {
  const one = await scene({ batchSize: 2048 });
  one.bare.send(bytesOf('21 09 01 b2 00'));
  await one.scheduler.settle();
  one.bare.send(openAck());
  await one.scheduler.settle();
  const transport = await one.opening;
  assert.equal(transport.snMask, 0x0fffffff);
  assert.equal(transport.links[0]!.capacity, 2048);
  assert.deepEqual([transport.qos, transport.agreement.patch], [false, 0]);
});

test('initiate: who confirms without being asked changes nothing', async () => {
  const one = await scene();
  one.bare.send(ack({ compression: true, lowLatency: true, auth: nonce }));
  await one.scheduler.settle();
  const [open] = one.bare.take();
  assert.match(open!, /^42 0a .* 04 c0 0c 1e 00$/);
  one.bare.send(openAck());
  await one.scheduler.settle();
  await one.opening;
  assert.equal(one.node.transport.links[0]!.capacity, 65_535);
});

test('initiate: who gives up during the handshake closes the link without a word', async () => {
  const one = await scene();
  one.controller.abort(new Error('enough'));
  await one.scheduler.settle();
  await assert.rejects(one.opening, /enough/);
  assert.deepEqual([one.bare.take(), one.bare.closes], [[], 1]);
  const scheduler = new FakeScheduler();
  const [dialled, accepted] = MemoryLink.pair(scheduler);
  const bare = new BareEnd(accepted);
  const node = new TransportNode(scheduler);
  await assert.rejects(node.manager.initiate(dialled, AbortSignal.abort('text')), { code: 'CANCELLED' });
  await scheduler.settle();
  assert.deepEqual([bare.take(), bare.closes], [[], 1]);
});

test('initiate: a signal that fires after the handshake leaves the transport alone', async () => {
  const one = await scene();
  one.bare.send(ack());
  await one.scheduler.settle();
  one.bare.send(openAck());
  await one.scheduler.settle();
  const transport = await one.opening;
  one.controller.abort();
  await one.scheduler.settle();
  assert.deepEqual([transport.closed, one.bare.closes], [false, 0]);
});

test('initiate: a link that breaks during the handshake is reported with its cause', async () => {
  const one = await scene();
  one.bare.link.cut();
  await one.scheduler.settle();
  await assert.rejects(one.opening, /link was cut/);
  const closed = await scene();
  await closed.bare.link.close();
  await closed.scheduler.settle();
  await assert.rejects(closed.opening, { code: 'CONNECT_FAILED' });
});

test('initiate: metadata that say nothing sensible end the link and the dialling', async () => {
  const one = await scene({}, 'prio=9');
  await assert.rejects(one.opening, /prio=9/);
  assert.deepEqual([one.bare.batches.length, one.bare.closes], [0, 1]);
});
