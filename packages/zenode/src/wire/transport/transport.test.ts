import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CodecError, Reader } from '../../base/index.ts';
import type { Writer } from '../../base/index.ts';
import {
  assertCodec,
  assertNeverOverruns,
  assertRoundTrip,
  assertSafe,
  assertSame,
  bytesOf,
  decoded,
  encoded,
  hex,
} from '../../testing/index.ts';
import type { Decode, Encode } from '../../testing/index.ts';
import * as arb from '../arbitraries.test.ts';
import {
  CLOSE,
  CloseReason,
  FRAGMENT,
  FRAME,
  INIT,
  JOIN,
  KEEP_ALIVE,
  OPEN,
  TRANSPORT_OAM,
  ZenohId,
  decodeClose,
  decodeFragmentHeader,
  decodeFrameHeader,
  decodeInit,
  decodeJoin,
  decodeKeepAlive,
  decodeOpen,
  decodeTransportMessage,
  decodeTransportOam,
  encodeClose,
  encodeFragmentHeader,
  encodeFrameHeader,
  encodeInit,
  encodeJoin,
  encodeKeepAlive,
  encodeOpen,
  encodeTransportOam,
  packQosLink,
  unpackQosLink,
} from '../index.ts';
import type { Close, FragmentHeader, FrameHeader, Init, Join, Open, QosLink, TransportOam } from '../index.ts';

const ID16 = ZenohId.parse('100f0e0d0c0b0a090807060504030201');
const ID3 = ZenohId.parse('3c2b1a');
const COOKIE = bytesOf('c0 0c 1e 00');

const init = (fields: Partial<Init>): Init => ({
  id: INIT,
  ack: false,
  version: 9,
  whatami: 4,
  zid: ID16,
  resolution: 0x0a,
  batchSize: 65535,
  cookie: undefined,
  qos: false,
  qosLink: undefined,
  shm: undefined,
  auth: undefined,
  multiLink: undefined,
  lowLatency: false,
  compression: false,
  patch: 0,
  regionName: undefined,
  ...fields,
});
const client = (fields: Partial<Init>): Init =>
  init({ zid: ZenohId.parse('c1c2c3'), batchSize: 65480, patch: 1, ...fields });
const ack = (fields: Partial<Init>): Init =>
  init({ ack: true, whatami: 1, zid: ID3, cookie: COOKIE, qos: true, patch: 1, ...fields });
const open = (fields: Partial<Open>): Open => ({
  id: OPEN,
  ack: false,
  leaseMs: 10_000,
  initialSn: 0x123456,
  cookie: COOKIE,
  qos: false,
  shm: undefined,
  auth: undefined,
  multiLink: undefined,
  multiLinkAck: false,
  lowLatency: false,
  compression: false,
  remoteBound: undefined,
  ...fields,
});
const openAck = (fields: Partial<Open>): Open => open({ ack: true, initialSn: 0xabcdef, cookie: undefined, ...fields });
const join = (fields: Partial<Join>): Join => ({
  id: JOIN,
  version: 9,
  whatami: 2,
  zid: ID3,
  resolution: 0x0a,
  batchSize: 8192,
  leaseMs: 10_000,
  nextSn: { reliable: 1, bestEffort: 128 },
  qos: undefined,
  patch: 1,
  ...fields,
});
const frame = (reliable: boolean, sn: number, priority: number): FrameHeader => ({ id: FRAME, reliable, sn, priority });
const fragment = (fields: Partial<FragmentHeader>): FragmentHeader => ({
  id: FRAGMENT,
  reliable: true,
  more: false,
  sn: 8,
  priority: 5,
  first: false,
  drop: false,
  ...fields,
});
const oam = (fields: Partial<TransportOam>): TransportOam => ({
  id: TRANSPORT_OAM,
  oamId: 1,
  priority: 5,
  body: undefined,
  ...fields,
});

const encodeFrame: Encode<FrameHeader> = (w, m) => encodeFrameHeader(w, m.reliable, m.sn, m.priority);
const encodeFragment: Encode<FragmentHeader> = (w, m) =>
  encodeFragmentHeader(w, m.reliable, m.more, m.sn, m.priority, m.first, m.drop);

const WHOLE = '01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10';

for (const [name, bytes, value] of [
  ['nothing else', `01 09 f2 ${WHOLE}`, init({})],
  ['QoS and patch', `81 09 f2 ${WHOLE} 81 27 01`, init({ qos: true, patch: 1 })],
  ['as on loopback', `c1 09 f2 ${WHOLE} 0a ca ff 81 27 01`, init({ batchSize: 65482, qos: true, patch: 1 })],
  ['captured', 'c1 09 22 c3 c2 c1 0a c8 ff 81 27 01', client({ qos: true })],
  [
    'captured, shared memory offered',
    'c1 09 22 c3 c2 c1 0a c8 ff 81 c2 05 d8 e1 ec a4 03 27 01',
    client({ qos: true, shm: bytesOf('d8 e1 ec a4 03') }),
  ],
  [
    'low latency, compression and region',
    'c1 09 21 1a 2b 3c 0a 00 08 85 86 a7 01 48 02 65 75',
    init({
      whatami: 2,
      zid: ID3,
      batchSize: 2048,
      lowLatency: true,
      compression: true,
      patch: 1,
      regionName: bytesOf('65 75'),
    }),
  ],
  ['ack', 'a1 09 20 1a 2b 3c 04 c0 0c 1e 00 81 27 01', ack({})],
  ['ack with batch size', 'e1 09 20 1a 2b 3c 0a 00 08 04 c0 0c 1e 00 81 27 01', ack({ batchSize: 2048 })],
  ['ack with 16 bit numbers', 'e1 09 20 1a 2b 3c 09 ff ff 04 c0 0c 1e 00 81 27 01', ack({ resolution: 9 })],
  ['ack with an empty cookie', '21 09 20 1a 2b 3c 00', ack({ cookie: bytesOf(''), qos: false, patch: 0 })],
  ['usrpwd', '81 09 22 1a 2b 3c 43 01 02', init({ zid: ID3, auth: bytesOf('02') })],
  [
    'ack with usrpwd',
    'a1 09 20 1a 2b 3c 04 c0 0c 1e 00 81 c3 0a 22 88 8e 98 a8 c0 e0 80 81 01 27 01',
    ack({ auth: bytesOf('22 88 8e 98 a8 c0 e0 80 81 01') }),
  ],
] as const) {
  test(`init: ${name}`, () => assertCodec(encodeInit, decodeInit, bytes, value));
}

for (const [name, bytes, value] of [
  ['10 s', '42 0a d6 e8 48 04 c0 0c 1e 00', open({})],
  ['2500 ms and remote bound', '82 c4 13 d6 e8 48 04 c0 0c 1e 00 27 01', open({ leaseMs: 2500, remoteBound: 1 })],
  ['ack', '62 0a ef 9b af 05', openAck({})],
  ['ack with multilink', 'e2 0a ef 9b af 05 04', openAck({ multiLinkAck: true })],
  [
    'every extension of 1.9',
    '82 01 00 00 81 c3 01 01 c4 02 01 ff 85 86 27 00',
    open({
      leaseMs: 1,
      initialSn: 0,
      cookie: bytesOf(''),
      qos: true,
      auth: bytesOf('01'),
      multiLink: bytesOf('01 ff'),
      lowLatency: true,
      compression: true,
      remoteBound: 0,
    }),
  ],
  ['ack with usrpwd', 'e2 0a ef 9b af 05 43 01 02', openAck({ auth: bytesOf('02') })],
] as const) {
  test(`open: ${name}`, () => assertCodec(encodeOpen, decodeOpen, bytes, value));
}

for (const [name, bytes, value] of [
  ['generic, link', '03 00', { id: CLOSE, reason: CloseReason.GENERIC, session: false }],
  ['max links, session', '23 04', { id: CLOSE, reason: CloseReason.MAX_LINKS, session: true }],
  ['unknown reason', '03 63', { id: CLOSE, reason: 0x63, session: false }],
] as const satisfies readonly (readonly [string, string, Close])[]) {
  test(`close: ${name}`, () => assertCodec(encodeClose, decodeClose, bytes, value));
}

test('keep alive: one byte', () => assertCodec(encodeKeepAlive, decodeKeepAlive, '04', { id: KEEP_ALIVE }));

for (const [bytes, value] of [
  ['25 01', frame(true, 1, 5)],
  ['05 80 01', frame(false, 128, 5)],
  ['a5 00 31 00', frame(true, 0, 0)],
  ['a5 ac 02 31 01', frame(true, 300, 1)],
  ['85 ff ff ff 7f 31 07', frame(false, 0x0fffffff, 7)],
] as const) {
  test(`frame: ${bytes}`, () => assertCodec(encodeFrame, decodeFrameHeader, bytes, value));
}

for (const [name, bytes, payload, value] of [
  ['first', 'e6 05 02', 'aa bb', fragment({ more: true, sn: 5, first: true })],
  ['middle', '66 06', 'cc', fragment({ more: true, sn: 6 })],
  ['last', '26 07', 'dd', fragment({ sn: 7 })],
  ['first at real time', 'e6 05 b1 01 02', 'aa', fragment({ more: true, sn: 5, priority: 1, first: true })],
  ['drop', 'a6 08 03', '', fragment({ drop: true })],
  ['drop at real time', 'a6 08 b1 01 03', '', fragment({ priority: 1, drop: true })],
] as const) {
  test(`fragment: ${name}`, () => {
    assertCodec(encodeFragment, decodeFragmentHeader, bytes, value);
    const r = new Reader(bytesOf(bytes + payload));
    assertSame(decodeTransportMessage(r), value, 'header differs');
    assert.equal(hex(r.buf, r.pos), payload);
  });
}

const pairs = Array.from({ length: 8 }, () => ({ reliable: 1, bestEffort: 2 }));
for (const [name, bytes, value] of [
  ['plain', 'a7 09 21 1a 2b 3c 0a 01 80 01 27 01', join({})],
  [
    'with QoS',
    'c7 09 21 1a 2b 3c 0a cf ff dc 0b 00 00 d1 10 01 02 01 02 01 02 01 02 01 02 01 02 01 02 01 02 27 01',
    join({ batchSize: 65487, leaseMs: 1500, nextSn: { reliable: 0, bestEffort: 0 }, qos: pairs }),
  ],
] as const) {
  test(`join: ${name}`, () => assertCodec(encodeJoin, decodeJoin, bytes, value));
}

for (const [bytes, value] of [
  ['00 01', oam({})],
  ['20 01 ac 02', oam({ body: 300n })],
  ['40 01 03 01 02 03', oam({ body: bytesOf('01 02 03') })],
  ['a0 b4 24 31 01 01', oam({ oamId: 0x1234, priority: 1, body: 1n })],
] as const) {
  test(`transport oam: ${bytes}`, () => assertCodec(encodeTransportOam, decodeTransportOam, bytes, value));
}

test('transport: what readers tolerate', () => {
  const lenient: readonly (readonly [string, unknown])[] = [
    ['81 09 22 c3 c2 c1 29 05', init({ zid: ZenohId.parse('c1c2c3') })], // unknown extension
    ['c1 09 20 c3 c2 c1 fa ff ff 01', init({ whatami: 1, zid: ZenohId.parse('c1c2c3'), qos: true })], // upper bits
    ['01 09 2e c3 c2 00', init({ zid: ZenohId.parse('c2c3') })], // reserved bits of the role, zeros of the id
    ['81 09 20 c3 c2 c1 a7 01 01', init({ whatami: 1, zid: ZenohId.parse('c1c2c3'), qos: true, patch: 1 })], // order
    ['81 09 20 c3 c2 c1 a7 01 27 02', init({ whatami: 1, zid: ZenohId.parse('c1c2c3'), patch: 2 })], // the last wins
    ['c2 0a 00 00 22 05', open({ initialSn: 0, cookie: bytesOf('') })], // shared memory up to 1.9
    ['e2 0a 00 27 80 02', openAck({ initialSn: 0, remoteBound: 0 })], // 256, cut to 8 bits
    ['42 80 00 80 00 00', open({ leaseMs: 0, initialSn: 0, cookie: bytesOf('') })], // overlong integers
    ['42 00 ff ff ff ff 1f 00', open({ leaseMs: 0, initialSn: 0xffffffff, cookie: bytesOf('') })], // truncated
    ['83 05 09', { id: CLOSE, reason: 5, session: false }],
    ['84 09', { id: KEEP_ALIVE }],
    ['85 01 31 09', frame(false, 1, 1)], // upper bits of the priority
    ['85 01 31 05', frame(false, 1, 5)],
    ['85 01 b1 01 09', frame(false, 1, 1)],
  ];
  for (const [text, value] of lenient) {
    const r = new Reader(bytesOf(text));
    assertSame(decodeTransportMessage(r), value, text);
    assert.equal(r.left, 0, text);
  }
});

test('transport: errors', () => {
  for (const text of [
    '81 09 22 c3 c2 c1 39 05', // unknown mandatory extension
    '81 09 22 c3 c2 c1 11', // QoS with M is another extension
    '81 09 22 c3 c2 c1 69', // reserved encoding
    '01 09 23 c3 c2 c1', // reserved role
    '01 09 22 00 00 00', // id of zero
    '21 09 20 c3 c2 c1 80 80 04', // cookie of 65536 bytes
    '21 09 20 c3 c2 c1 02 00', // cookie cut
    'c2 0a 00 05 00', // cookie cut
    '83 05 19',
    '84 19',
    '85 01 11',
    'a7 09 21 1a 2b 3c 0a 01 02 52 00', // shared memory in Join
    'a7 09 21 1a 2b 3c 0a 01 02 51 0f 01 02 01 02 01 02 01 02 01 02 01 02 01 02 01 02', // QoS too short
    '60 01',
    '08',
    '',
  ]) {
    assert.throws(() => decodeTransportMessage(new Reader(bytesOf(text))), CodecError, text);
  }
});

test('open: a lease without measure is cut to what a number can count', () => {
  const m = decoded(decodeOpen, bytesOf('62 ff ff ff ff ff ff ff ff ff 00'));
  assert.ok(Number.isSafeInteger(m.leaseMs) && m.leaseMs > 2 ** 52);
});

for (const [bytes, value] of [
  ['01', { priorities: undefined, reliability: undefined }],
  ['92 40', { priorities: [2, 4], reliability: undefined }],
  ['84 80 20', { priorities: undefined, reliability: 1 }],
  ['04', { priorities: undefined, reliability: 0 }],
  ['8e 30', { priorities: [1, 3], reliability: 0 }],
  ['8e b0 20', { priorities: [1, 3], reliability: 1 }],
] as const satisfies readonly (readonly [string, QosLink])[]) {
  test(`QoS of a link: ${bytes}`, () => {
    assert.equal(hex(encoded((w: Writer, q: QosLink) => w.z(packQosLink(q)), value)), bytes);
    assertSame(unpackQosLink(new Reader(bytesOf(bytes)).z53()), value, 'value differs');
  });
}

test('QoS of a link: 0 is none, and what says nothing is an error', () => {
  assert.equal(unpackQosLink(0), undefined);
  for (const value of [3, 5, 8, 16, 1 << 20, 2 | (8 << 3), 2 | (1 << 3) | (9 << 11), Number.MAX_SAFE_INTEGER]) {
    assert.throws(() => unpackQosLink(value), CodecError, String(value));
  }
});

const optional = <T>(a: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(a, { nil: undefined });
const arbInit = fc
  .tuple(
    fc.boolean(),
    fc.record({
      whatami: arb.whatami,
      zid: arb.zid,
      resolution: fc.nat(15),
      batchSize: arb.u16,
      cookie: arb.bytes,
      qos: fc.boolean(),
      qosLink: optional(arb.u53),
      shm: optional(arb.bytes),
      auth: optional(arb.bytes),
      multiLink: optional(arb.bytes),
      lowLatency: fc.boolean(),
      compression: fc.boolean(),
      patch: fc.nat(3),
      regionName: optional(arb.bytes),
    }),
  )
  .map(([isAck, m]): Init => init({ ...m, ack: isAck, cookie: isAck ? m.cookie : undefined }));
const arbOpen = fc
  .tuple(
    fc.boolean(),
    fc.record({
      leaseMs: fc.oneof(
        arb.u32,
        fc.nat(100).map((s) => s * 1000),
      ),
      initialSn: arb.u32,
      cookie: arb.bytes,
      qos: fc.boolean(),
      shm: optional(arb.bytes),
      auth: optional(arb.bytes),
      multiLink: optional(arb.bytes),
      multiLinkAck: fc.boolean(),
      lowLatency: fc.boolean(),
      compression: fc.boolean(),
      remoteBound: optional(arb.u8),
    }),
  )
  .map(([isAck, m]): Open => open({ ...m, ack: isAck, cookie: isAck ? undefined : m.cookie }));
const nextSn = fc.record({ reliable: arb.u32, bestEffort: arb.u32 });
const arbJoin = fc
  .record({
    whatami: arb.whatami,
    zid: arb.zid,
    resolution: fc.nat(15),
    batchSize: arb.u16,
    leaseMs: arb.u32,
    nextSn,
    qos: optional(fc.array(nextSn, { minLength: 8, maxLength: 8 })),
    patch: fc.nat(2),
  })
  .map((m): Join => join(m));
const arbFrame = fc.tuple(fc.boolean(), arb.u32, fc.nat(7)).map(([r, sn, priority]) => frame(r, sn, priority));
const arbFragment = fc
  .record({
    reliable: fc.boolean(),
    more: fc.boolean(),
    sn: arb.u32,
    priority: fc.nat(7),
    first: fc.boolean(),
    drop: fc.boolean(),
  })
  .map((m): FragmentHeader => fragment(m));
const arbClose = fc.tuple(arb.u8, fc.boolean()).map(([reason, session]): Close => ({ id: CLOSE, reason, session }));
const arbOam = fc
  .record({ oamId: arb.u16, priority: fc.nat(7), body: fc.oneof(fc.constant(undefined), arb.u64, arb.bytes) })
  .map((m): TransportOam => oam(m));

function holds<T>(name: string, encode: Encode<T>, decode: Decode<T>, values: fc.Arbitrary<T>): void {
  test(`${name}: any value survives, and any buffer too small sets full`, () => {
    fc.assert(fc.property(values, (m) => assertRoundTrip(encode, decode, m)));
    fc.assert(
      fc.property(values, (m) => assertNeverOverruns(encode, m)),
      { numRuns: 30 },
    );
  });
  test(`${name}: any bytes decode or throw CodecError`, () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 1 }), (b) => assertSafe(decode, b)));
  });
}
holds('init', encodeInit, decodeInit, arbInit);
holds('open', encodeOpen, decodeOpen, arbOpen);
holds('join', encodeJoin, decodeJoin, arbJoin);
holds('frame', encodeFrame, decodeFrameHeader, arbFrame);
holds('fragment', encodeFragment, decodeFragmentHeader, arbFragment);
holds('close', encodeClose, decodeClose, arbClose);
holds('transport oam', encodeTransportOam, decodeTransportOam, arbOam);
