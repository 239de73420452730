import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CodecError, Reader } from '../../base/index.ts';
import {
  assertCodec,
  assertNeverOverruns,
  assertRoundTrip,
  assertSafe,
  assertSame,
  bytesOf,
  decoded,
} from '../../testing/index.ts';
import type { Decode, Encode } from '../../testing/index.ts';
import * as arb from '../arbitraries.test.ts';
import {
  D_FINAL,
  D_KEYEXPR,
  D_QUERYABLE,
  D_SUBSCRIBER,
  D_TOKEN,
  DECLARE,
  DEL,
  EMPTY_WIRE_EXPR,
  ERR,
  Encoding,
  INTEREST,
  NULL_WIRE_EXPR,
  OAM,
  PUSH,
  PUT,
  QOS_DEFAULT,
  QUERY,
  REPLY,
  REQUEST,
  RESPONSE,
  RESPONSE_FINAL,
  Timestamp,
  U_KEYEXPR,
  U_QUERYABLE,
  U_SUBSCRIBER,
  U_TOKEN,
  ZenohId,
  bodyOf,
  builders,
  declaration,
  decodeDeclare,
  decodeInterest,
  decodeNetworkMessage,
  decodeOam,
  decodePush,
  decodeRequest,
  decodeResponse,
  decodeResponseFinal,
  encodeDeclare,
  encodeInterest,
  encodeNetworkMessage,
  encodeOam,
  encodePush,
  encodeRequest,
  encodeResponse,
  encodeResponseFinal,
  wireExprOf,
} from '../index.ts';
import type {
  Declaration,
  Declare,
  Del,
  Err,
  Interest,
  NetworkMessage,
  Oam,
  Push,
  Put,
  Query,
  Reply,
  Request,
  Response,
  ResponseFinal,
} from '../index.ts';

const A = wireExprOf('demo/a');
const ALL = wireExprOf('demo/**');
const TS = new Timestamp(ZenohId.parse('33'), 7386690599959157260n);
const ENTITY = { zid: ZenohId.parse('a1b2c3d4'), eid: 7 };
const SOURCE = (sourceSn: number) => ({ sourceId: ENTITY, sourceSn });
const bin = (text: string): Uint8Array => new TextEncoder().encode(text);

const put = (fields: Partial<Put> = {}): Put => ({
  id: PUT,
  timestamp: undefined,
  encoding: Encoding.ZENOH_BYTES,
  sourceInfo: undefined,
  attachment: undefined,
  unknown: undefined,
  payload: bin('hi'),
  ...fields,
});
const del = (fields: Partial<Del> = {}): Del => ({
  id: DEL,
  timestamp: undefined,
  sourceInfo: undefined,
  attachment: undefined,
  unknown: undefined,
  ...fields,
});
const query = (fields: Partial<Query> = {}): Query => ({
  id: QUERY,
  consolidation: 0,
  parameters: '',
  sourceInfo: undefined,
  value: undefined,
  attachment: undefined,
  unknown: undefined,
  ...fields,
});
const reply = (fields: Partial<Reply> = {}): Reply => ({
  id: REPLY,
  consolidation: 0,
  unknown: undefined,
  sample: put(),
  ...fields,
});
const err = (fields: Partial<Err> = {}): Err => ({
  id: ERR,
  encoding: Encoding.ZENOH_BYTES,
  sourceInfo: undefined,
  unknown: undefined,
  payload: bin('nope'),
  ...fields,
});
const push = (body: Put | Del = put(), fields: Partial<Push> = {}): Push => ({
  id: PUSH,
  wireExpr: A,
  qos: QOS_DEFAULT,
  timestamp: undefined,
  nodeId: 0,
  timestampStack: undefined,
  body: bodyOf(body),
  ...fields,
});
const request = (body: Query = query(), fields: Partial<Request> = {}): Request => ({
  id: REQUEST,
  requestId: 1,
  wireExpr: ALL,
  qos: QOS_DEFAULT,
  timestamp: undefined,
  target: 0,
  budget: 0,
  timeoutMs: undefined,
  nodeId: 0,
  timestampStack: undefined,
  body: bodyOf(body),
  ...fields,
});
const response = (body: Reply | Err = reply(), fields: Partial<Response> = {}): Response => ({
  id: RESPONSE,
  requestId: 1,
  wireExpr: A,
  qos: QOS_DEFAULT,
  timestamp: undefined,
  responder: undefined,
  timestampStack: undefined,
  body: bodyOf(body),
  ...fields,
});
const final = (fields: Partial<ResponseFinal> = {}): ResponseFinal => ({
  id: RESPONSE_FINAL,
  requestId: 1,
  qos: QOS_DEFAULT,
  timestamp: undefined,
  ...fields,
});
const declare = (d: Declaration, fields: Partial<Declare> = {}): Declare => ({
  id: DECLARE,
  interestId: undefined,
  qos: 0x08,
  timestamp: undefined,
  nodeId: 0,
  declaration: d,
  ...fields,
});
const interest = (fields: Partial<Interest> = {}): Interest => ({
  id: INTEREST,
  interestId: 1,
  mode: 3,
  options: 0x03,
  wireExpr: A,
  qos: 0x08,
  timestamp: undefined,
  nodeId: 0,
  ...fields,
});
const oam = (fields: Partial<Oam> = {}): Oam => ({
  id: OAM,
  oamId: 1,
  qos: QOS_DEFAULT,
  timestamp: undefined,
  body: undefined,
  ...fields,
});

const STACK = {
  flags: 7,
  records: [
    { flags: 0x01, time: bytesOf('8c b4 a1 e2 ed fe b2 c1 66 01 33') },
    { flags: 0x82, time: bytesOf('aa') },
  ],
};

const vectors: readonly (readonly [name: string, bytes: string, value: NetworkMessage])[] = [
  ['push.min', '7d 00 06 64 65 6d 6f 2f 61 01 02 68 69', push()],
  ['push.id.sender', '5d 05 01 02 68 69', push(put(), { wireExpr: { scope: 5, suffix: '', fromSender: true } })],
  [
    'push.id.receiver+suffix',
    '3d 05 02 2f 62 01 02 68 69',
    push(put(), { wireExpr: { scope: 5, suffix: '/b', fromSender: false } }),
  ],
  [
    'push.id300.receiver',
    '1d ac 02 01 02 68 69',
    push(put(), { wireExpr: { scope: 300, suffix: '', fromSender: false } }),
  ],
  ['push.qos', 'fd 00 06 64 65 6d 6f 2f 61 21 19 01 02 68 69', push(put(), { qos: 0x19 })],
  ['push.qos.blockfirst', 'fd 00 06 64 65 6d 6f 2f 61 21 25 01 02 68 69', push(put(), { qos: 0x25 })],
  [
    'push.allext',
    'fd 00 06 64 65 6d 6f 2f 61 a1 04 c2 0b 8c b4 a1 e2 ed fe b2 c1 66 01 33 33 02 01 02 68 69',
    push(put(), { qos: 4, timestamp: TS, nodeId: 2 }),
  ],
  [
    'push.tsstack',
    'fd 00 06 64 65 6d 6f 2f 61 47 12 07 02 01 0b 8c b4 a1 e2 ed fe b2 c1 66 01 33 82 01 aa 01 02 68 69',
    push(put(), { timestampStack: STACK }),
  ],
  ['push.put.empty', '7d 00 06 64 65 6d 6f 2f 61 01 00', push(put({ payload: bin('') }))],
  [
    'push.put.json',
    '7d 00 06 64 65 6d 6f 2f 61 41 0a 02 7b 7d',
    push(put({ encoding: Encoding.APPLICATION_JSON, payload: bin('{}') })),
  ],
  [
    'push.put.full',
    '7d 00 06 64 65 6d 6f 2f 61 e1 8c b4 a1 e2 ed fe b2 c1 66 01 33 09 05 75 74 66 2d 38 c1 08 30 d4 c3 b2 a1 07 ac 02 43 03 61 74 74 02 68 69',
    push(
      put({
        timestamp: TS,
        encoding: Encoding.fromString('text/plain;utf-8'),
        sourceInfo: SOURCE(300),
        attachment: bin('att'),
      }),
    ),
  ],
  ['push.put.unknown', '7d 00 06 64 65 6d 6f 2f 61 81 29 01 02 68 69', push(put({ unknown: bytesOf('29 01') }))],
  ['push.del', '7d 00 06 64 65 6d 6f 2f 61 02', push(del())],
  [
    'push.del.full',
    '7d 00 06 64 65 6d 6f 2f 61 a2 8c b4 a1 e2 ed fe b2 c1 66 01 33 c1 07 30 d4 c3 b2 a1 07 01 42 03 61 74 74',
    push(del({ timestamp: TS, sourceInfo: SOURCE(1), attachment: bin('att') })),
  ],
  ['request.min', '7c 01 00 07 64 65 6d 6f 2f 2a 2a 03', request()],
  [
    'request.rustget',
    'fc 01 00 07 64 65 6d 6f 2f 2a 2a a1 0d 26 90 4e 23 03',
    request(query({ consolidation: 3 }), { qos: 0x0d, timeoutMs: 10000 }),
  ],
  [
    'request.all',
    'dc ac 02 05 34 01 63 02 01 78',
    request(query({ consolidation: 2, parameters: 'x' }), {
      requestId: 300,
      wireExpr: { scope: 5, suffix: '', fromSender: true },
      target: 1,
    }),
  ],
  [
    'request.emptybody',
    '7c 01 00 07 64 65 6d 6f 2f 2a 2a 83 43 01 00',
    request(query({ value: { encoding: Encoding.ZENOH_BYTES, payload: bin('') } })),
  ],
  [
    'request.full',
    'fc 01 00 07 64 65 6d 6f 2f 2a 2a a1 0d c2 0b 8c b4 a1 e2 ed fe b2 c1 66 01 33 b4 02 a5 05 a6 f4 03 33 02 e3 01 07 61 3d 31 3b 62 3d 32 c1 07 30 d4 c3 b2 a1 07 01 c3 03 02 79 6f 45 03 61 74 74',
    request(
      query({
        consolidation: 1,
        parameters: 'a=1;b=2',
        sourceInfo: SOURCE(1),
        value: { encoding: Encoding.ZENOH_STRING, payload: bin('yo') },
        attachment: bin('att'),
      }),
      { qos: 0x0d, timestamp: TS, target: 2, budget: 5, timeoutMs: 500, nodeId: 2 },
    ),
  ],
  ['response.min', '7b 01 00 06 64 65 6d 6f 2f 61 04 01 02 68 69', response()],
  [
    'response.rustreply',
    'fb 01 00 06 64 65 6d 6f 2f 61 a1 0d 43 06 30 d4 c3 b2 a1 07 04 01 02 68 69',
    response(reply(), { qos: 0x0d, responder: ENTITY }),
  ],
  [
    'response.scope',
    '1b 01 03 04 01 02 68 69',
    response(reply(), { wireExpr: { scope: 3, suffix: '', fromSender: false } }),
  ],
  [
    'response.del',
    '7b 01 00 06 64 65 6d 6f 2f 61 24 03 22 8c b4 a1 e2 ed fe b2 c1 66 01 33',
    response(reply({ consolidation: 3, sample: del({ timestamp: TS }) })),
  ],
  [
    'response.err',
    'fb 01 00 07 64 65 6d 6f 2f 2a 2a a1 0d 43 06 30 d4 c3 b2 a1 07 45 02 04 6e 6f 70 65',
    response(err({ encoding: Encoding.ZENOH_STRING }), { wireExpr: ALL, qos: 0x0d, responder: ENTITY }),
  ],
  [
    'response.err.timeout',
    'db 01 00 a1 0d 43 06 30 d4 c3 b2 a1 00 05 07 54 69 6d 65 6f 75 74',
    response(err({ payload: bin('Timeout') }), {
      wireExpr: EMPTY_WIRE_EXPR,
      qos: 0x0d,
      responder: { zid: ENTITY.zid, eid: 0 },
    }),
  ],
  [
    'response.err.sinfo',
    '7b 01 00 01 61 85 41 07 30 d4 c3 b2 a1 07 01 00',
    response(err({ sourceInfo: SOURCE(1), payload: bin('') }), { wireExpr: wireExprOf('a') }),
  ],
  ['responsefinal.min', '1a 01', final()],
  ['responsefinal.rust', '9a 01 21 0d', final({ qos: 0x0d })],
  [
    'responsefinal.ts',
    '9a ac 02 a1 0d 42 0b 8c b4 a1 e2 ed fe b2 c1 66 01 33',
    final({ requestId: 300, qos: 0x0d, timestamp: TS }),
  ],
  [
    'decl.keyexpr',
    '9e 21 08 20 01 00 06 64 65 6d 6f 2f 61',
    declare(declaration(D_KEYEXPR, 1, { scope: 0, suffix: 'demo/a', fromSender: false })),
  ],
  ['undecl.keyexpr', '9e 21 08 01 01', declare(declaration(U_KEYEXPR, 1))],
  ['decl.sub', '9e 21 08 62 01 00 07 64 65 6d 6f 2f 2a 2a', declare(declaration(D_SUBSCRIBER, 1, ALL))],
  [
    'decl.sub.noqos',
    '1e 62 01 00 07 64 65 6d 6f 2f 2a 2a',
    declare(declaration(D_SUBSCRIBER, 1, ALL), { qos: QOS_DEFAULT }),
  ],
  [
    'decl.sub.scoped',
    '9e 21 08 62 01 01 03 2f 2a 2a',
    declare(declaration(D_SUBSCRIBER, 1, { scope: 1, suffix: '/**', fromSender: true })),
  ],
  [
    'decl.sub.interest',
    'be 09 21 08 02 01 01',
    declare(declaration(D_SUBSCRIBER, 1, { scope: 1, suffix: '', fromSender: false }), { interestId: 9 }),
  ],
  ['undecl.sub.null', '9e 21 08 03 01', declare(declaration(U_SUBSCRIBER, 1))],
  ['undecl.sub.empty', '9e 21 08 83 01 5f 02 02 00', declare(declaration(U_SUBSCRIBER, 1, EMPTY_WIRE_EXPR))],
  [
    'undecl.sub.ke',
    '9e 21 08 83 00 5f 05 03 01 2f 2a 2a',
    declare(declaration(U_SUBSCRIBER, 0, { scope: 1, suffix: '/**', fromSender: true })),
  ],
  ['decl.qbl', '9e 21 08 64 02 00 07 64 65 6d 6f 2f 2a 2a', declare(declaration(D_QUERYABLE, 2, ALL))],
  [
    'decl.qbl.complete',
    '9e 21 08 e4 02 00 07 64 65 6d 6f 2f 2a 2a 21 01',
    declare(declaration(D_QUERYABLE, 2, ALL, true)),
  ],
  [
    'decl.qbl.complete.d1',
    '9e 21 08 e4 02 00 07 64 65 6d 6f 2f 2a 2a 21 81 02',
    declare(declaration(D_QUERYABLE, 2, ALL, true, 1)),
  ],
  [
    'decl.qbl.d65535',
    '9e 21 08 e4 02 00 07 64 65 6d 6f 2f 2a 2a 21 80 fe ff 07',
    declare(declaration(D_QUERYABLE, 2, ALL, false, 65535)),
  ],
  ['undecl.qbl.null', '9e 21 08 85 02 5f 02 00 00', declare(declaration(U_QUERYABLE, 2, NULL_WIRE_EXPR))],
  ['undecl.qbl.empty', '9e 21 08 85 02 5f 02 02 00', declare(declaration(U_QUERYABLE, 2, EMPTY_WIRE_EXPR))],
  ['decl.token', '9e 21 08 66 03 00 06 64 65 6d 6f 2f 74', declare(declaration(D_TOKEN, 3, wireExprOf('demo/t')))],
  [
    'decl.token.interest',
    'be 09 21 08 66 03 00 06 64 65 6d 6f 2f 74',
    declare(declaration(D_TOKEN, 3, wireExprOf('demo/t')), { interestId: 9 }),
  ],
  ['undecl.token.null', '9e 21 08 87 03 5f 02 00 00', declare(declaration(U_TOKEN, 3, NULL_WIRE_EXPR))],
  [
    'undecl.token.ke',
    '9e 21 08 87 00 5f 08 03 00 64 65 6d 6f 2f 74',
    declare(declaration(U_TOKEN, 0, wireExprOf('demo/t'))),
  ],
  ['decl.final', 'be 09 21 08 1a', declare(declaration(D_FINAL, 0), { interestId: 9 })],
  ['decl.final.zero', 'be 00 21 08 1a', declare(declaration(D_FINAL, 0), { interestId: 0 })],
  ['decl.final.zero.old', '3e 00 1a', declare(declaration(D_FINAL, 0), { interestId: 0, qos: QOS_DEFAULT })],
  [
    'decl.allext',
    'be ac 02 a1 08 c2 0b 8c b4 a1 e2 ed fe b2 c1 66 01 33 33 ac 02 62 00 00 01 61',
    declare(declaration(D_SUBSCRIBER, 0, wireExprOf('a')), { interestId: 300, timestamp: TS, nodeId: 300 }),
  ],
  [
    'undecl.token.alias',
    '9e 21 08 87 00 5f 06 01 02 2f 64 74 32',
    declare(declaration(U_TOKEN, 0, { scope: 2, suffix: '/dt2', fromSender: false })),
  ],
  ['interest.subs.cf', 'f9 01 73 00 06 64 65 6d 6f 2f 61 21 08', interest()],
  [
    'interest.subs.aggr',
    'f9 01 d3 01 21 08',
    interest({ options: 0x83, wireExpr: { scope: 1, suffix: '', fromSender: true } }),
  ],
  [
    'interest.qbl.future',
    'd9 02 35 01 03 2f 2a 2a 21 08',
    interest({ interestId: 2, mode: 2, options: 0x05, wireExpr: { scope: 1, suffix: '/**', fromSender: false } }),
  ],
  [
    'interest.tokens.current',
    '39 03 79 00 07 64 65 6d 6f 2f 2a 2a',
    interest({ interestId: 3, mode: 1, options: 0x09, wireExpr: ALL, qos: QOS_DEFAULT }),
  ],
  ['interest.all.cf', 'f9 00 0f 21 08', interest({ interestId: 0, options: 0x0f, wireExpr: undefined })],
  ['interest.final', '99 01 21 08', interest({ mode: 0, options: 0, wireExpr: undefined })],
  ['interest.final.noqos', '19 01', interest({ mode: 0, options: 0, wireExpr: undefined, qos: QOS_DEFAULT })],
  [
    'interest.allext',
    'd9 ac 02 0f a1 08 c2 0b 8c b4 a1 e2 ed fe b2 c1 66 01 33 33 01',
    interest({ interestId: 300, mode: 2, options: 0x0f, wireExpr: undefined, timestamp: TS, nodeId: 1 }),
  ],
  ['oam.linkstate', 'df 01 21 08 03 00 01 02', oam({ qos: 0x08, body: bytesOf('00 01 02') })],
  ['oam.unit', '1f ac 02', oam({ oamId: 300 })],
  [
    'oam.z64',
    'bf 02 a1 08 42 0b 8c b4 a1 e2 ed fe b2 c1 66 01 33 ac 02',
    oam({ oamId: 2, qos: 0x08, timestamp: TS, body: 300n }),
  ],
];

const decodeAny: Decode<NetworkMessage> = (r) => {
  r.pos--;
  return decodeNetworkMessage(r);
};

for (const [name, bytes, value] of vectors) {
  test(`network: ${name}`, () => assertCodec(encodeNetworkMessage, decodeAny, bytes, value));
}

function holds<T>(name: string, encode: Encode<T>, decode: Decode<T>, values: fc.Arbitrary<T>): void {
  test(`${name}: any value survives`, () => fc.assert(fc.property(values, (m) => assertRoundTrip(encode, decode, m))));
  test(`${name}: any bytes decode or throw CodecError`, () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 1 }), (b) => assertSafe(decode, b)));
  });
  test(`${name}: any buffer too small sets full`, () => {
    fc.assert(
      fc.property(values, (m) => assertNeverOverruns(encode, m)),
      { numRuns: 30 },
    );
  });
}
holds('push', encodePush, decodePush, arb.push);
holds('request', encodeRequest, decodeRequest, arb.request);
holds('response', encodeResponse, decodeResponse, arb.response);
holds('response final', encodeResponseFinal, decodeResponseFinal, arb.responseFinal);
holds('declare', encodeDeclare, decodeDeclare, arb.declare);
holds('interest', encodeInterest, decodeInterest, arb.interest);
holds('oam', encodeOam, decodeOam, arb.oam);

/** Result of each row of the table of malformed and unknown input: an error, or what is decoded. */
const malformed: readonly (readonly [bytes: string, expected: 'error' | NetworkMessage])[] = [
  ['18 00', 'error'],
  ['fd 00 01 61 09 01 01 31', one()],
  ['fd 00 01 61 29 05 01 01 31', one()],
  ['fd 00 01 61 49 02 aa bb 01 01 31', one()],
  ['fd 00 01 61 19 01 01 31', 'error'],
  ['fd 00 01 61 41 01 aa 01 01 31', one()],
  ['fd 00 01 61 23 05 01 01 31', one()],
  ['fd 00 01 61 69 05 01 01 31', 'error'],
  ['fd 00 01 61 21 ff 03 01 01 31', one({}, { qos: 0xff })],
  ['1d 80 80 04 01 01 31', 'error'],
  ['7d 80 00 01 61 01 01 31', one()],
  ['7d 00 01 ff 01 01 31', 'error'],
  ['7d 00 00 01 01 31', one({}, { wireExpr: EMPTY_WIRE_EXPR })],
  ['7d 00 01 61 03', 'error'],
  ['7d 00 01 61 01 05 31', 'error'],
  ['7d 00 01 61 81 12 01 31', 'error'],
  ['7d 00 01 61 21 05 00 01 31', 'error'],
  ['7d 00 01 61 21 05 11 01 31', 'error'],
  ['7d 00 01 61 21 05 01 00 01 31', 'error'],
  ['7d 00 01 61 41 09 80 02 01 31', 'error'],
  ['7c 80 80 80 80 10 00 01 61 03', 'error'],
  ['7c 01 00 01 61 01 01 31', 'error'],
  ['fc 01 00 01 61 34 03 03', 'error'],
  ['fc 01 00 01 61 25 00 03', request(query(), { wireExpr: wireExprOf('a') })],
  ['7c 01 00 01 61 43 01 ff', 'error'],
  ['7b 01 00 01 61 84 39 05 01 00', 'error'],
  ['1e 08 01', 'error'],
  ['1e e2 01 00 01 61 31 05', 'error'],
  ['1e 07 03', declare(declaration(U_TOKEN, 3), { qos: QOS_DEFAULT })],
  ['79 01 6f', interest({ options: 0x0f, wireExpr: undefined, qos: QOS_DEFAULT })],
  ['7f 01', 'error'],
  // Beyond the table: what else the chapter calls an error, or tolerates.
  ['7d 00 01 61 e9 01 31', 'error'], // unknown body
  ['fd 00 01 61 47 02 00 00 01 01 31', 'error'], // timestamp stack without points
  ['fd 00 01 61 47 03 01 80 02 01 01 31', 'error'], // timestamp stack of 256 records
  ['fd 00 01 61 42 02 05 01 33 01 01 31', 'error'], // timestamp longer than its extension
  ['fd 00 01 61 42 04 05 01 33 ff 01 01 31', one({}, { timestamp: new Timestamp(ZenohId.parse('33'), 5n) })],
  ['7d 00 01 61 21 05 02 33 00 01 31', one({ timestamp: new Timestamp(ZenohId.parse('33'), 5n) })],
  ['7c 01 00 01 61 83 43 00', 'error'], // value shorter than its encoding
  ['7c 01 00 01 61 83 43 02 09 05', 'error'],
  ['7c 01 00 01 61 83 43 01 80 00', 'error'],
  ['fd 00 01 61 33 81 80 04 01 01 31', one({}, { nodeId: 1 })],
  ['7d 00 01 61 81 41 06 10 aa bb 01 02 ff 01 31', one({ sourceInfo: sourceOf('bbaa', 1, 2) })],
  ['7d 00 01 61 81 41 04 10 aa bb 01 02 01 31', 'error'], // source info longer than its extension
  ['7d 00 01 61 81 41 04 10 00 00 01 02 01 31', 'error'], // its id is zero
  ['1e 87 03 5f 01 02', 'error'],
  ['1e 87 03 4f 02 02 00', declare(declaration(U_TOKEN, 3), { qos: QOS_DEFAULT })],
];

function one(sample: Partial<Put> = {}, fields: Partial<Push> = {}): Push {
  return push(put({ payload: bin('1'), ...sample }), { wireExpr: wireExprOf('a'), ...fields });
}

function sourceOf(zid: string, eid: number, sourceSn: number): Put['sourceInfo'] {
  return { sourceId: { zid: ZenohId.parse(zid), eid }, sourceSn };
}

for (const [bytes, expected] of malformed) {
  test(`network: ${bytes} ${expected === 'error' ? 'is an error' : 'is tolerated'}`, () => {
    if (expected === 'error') {
      assert.throws(() => decoded(decodeAny, bytesOf(bytes)), CodecError);
      return;
    }
    const m = decoded(decodeAny, bytesOf(bytes));
    // Bodies keep what they tolerate byte for byte, so compare what is built of them.
    assertSame(built(m), built(expected), 'decoded value differs');
  });
}

function built(m: NetworkMessage): unknown {
  switch (m.id) {
    case PUSH:
      return { ...m, body: m.body.id === PUT ? builders.put(m.body) : builders.del(m.body) };
    case REQUEST:
      return { ...m, body: builders.query(m.body) };
    case RESPONSE:
      return { ...m, body: m.body.id === REPLY ? builders.reply(m.body) : builders.err(m.body) };
    default:
      return m;
  }
}

const tolerated: readonly (readonly [name: string, bytes: string, build: (m: never) => unknown, value: unknown])[] = [
  ['a reserved flag of DEL', '7d 00 01 61 42', (m: Push) => builders.del(m.body), del()],
  [
    'the last of two attachments',
    '7d 00 01 61 81 c3 01 41 43 01 42 01 31',
    (m: Push) => builders.put(m.body),
    put({ attachment: bin('B'), payload: bin('1') }),
  ],
  [
    'an unknown consolidation, as Auto',
    '7c 01 00 01 61 23 09',
    (m: Request) => builders.query(m.body),
    query({ consolidation: 0 }),
  ],
  [
    'extensions of QUERY in any order',
    '7c 01 00 01 61 83 c5 01 41 43 02 00 42',
    (m: Request) => builders.query(m.body),
    query({ attachment: bin('A'), value: { encoding: Encoding.ZENOH_BYTES, payload: bin('B') } }),
  ],
  [
    'the marker of shared memory before the value of QUERY',
    '7c 01 00 01 61 83 84 43 02 00 42',
    (m: Request) => builders.query(m.body),
    query({ value: { encoding: Encoding.ZENOH_BYTES, payload: bin('B') } }),
  ],
  [
    'an unknown extension of REPLY, which is kept',
    '7b 01 00 01 61 84 29 05 01 00',
    (m: Response) => builders.reply(m.body),
    reply({ unknown: bytesOf('29 05'), sample: put({ payload: bin('') }) }),
  ],
  [
    'an encoding id above 16 bits, reduced',
    '7d 00 01 61 41 88 80 08 00',
    (m: Push) => builders.put(m.body),
    put({ encoding: Encoding.TEXT_PLAIN, payload: bin('') }),
  ],
  [
    'several unknown extensions between known ones',
    '7d 00 01 61 81 a9 05 c3 01 41 8d 4e 01 ff 00',
    (m: Push) => builders.put(m.body),
    put({ attachment: bin('A'), unknown: bytesOf('a9 05 8d 4e 01 ff'), payload: bin('') }),
  ],
];
for (const [name, bytes, build, value] of tolerated) {
  test(`network: a receiver tolerates ${name}`, () => {
    assertSame(build(decoded(decodeAny, bytesOf(bytes)) as never), value, 'built value differs');
  });
}

test('network: several messages follow each other without a length', () => {
  const r = new Reader(bytesOf('7d 00 01 61 01 01 31 9e 21 08 03 01 1a 01 04'));
  assert.equal(decodeNetworkMessage(r).id, PUSH);
  assert.equal(decodeNetworkMessage(r).id, DECLARE);
  assert.equal(decodeNetworkMessage(r).id, RESPONSE_FINAL);
  assert.throws(() => decodeNetworkMessage(r), CodecError);
});
