import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  Encoding,
  Locator,
  LocatorParameters,
  QOS_DEFAULT,
  Timestamp,
  ZenohId,
  bodyOf,
  declaration,
  D_FINAL,
  D_KEYEXPR,
  D_QUERYABLE,
  D_SUBSCRIBER,
  D_TOKEN,
  DECLARE,
  DEL,
  ERR,
  INTEREST,
  NULL_WIRE_EXPR,
  OAM,
  PUSH,
  PUT,
  QUERY,
  REPLY,
  REQUEST,
  RESPONSE,
  RESPONSE_FINAL,
  U_KEYEXPR,
  U_QUERYABLE,
  U_SUBSCRIBER,
  U_TOKEN,
} from './index.ts';
import type {
  ConsolidationMode,
  Declaration,
  Declare,
  Del,
  Err,
  Interest,
  InterestMode,
  Oam,
  Push,
  Put,
  Query,
  QueryTarget,
  Reply,
  Request,
  Response,
  ResponseFinal,
  SourceInfo,
  TimestampStack,
  WhatAmI,
  WireExpr,
} from './index.ts';

/** Values of every type, for the tests of this room. */

export const u8: fc.Arbitrary<number> = fc.nat(0xff);
export const u16: fc.Arbitrary<number> = fc.nat(0xffff);
export const u32: fc.Arbitrary<number> = fc.oneof(fc.nat(300), fc.nat(0xffffffff));
export const u53: fc.Arbitrary<number> = fc.oneof(fc.nat(300), fc.maxSafeNat());
export const u64: fc.Arbitrary<bigint> = fc.oneof(fc.bigInt(0n, 300n), fc.bigInt(0n, (1n << 64n) - 1n));
export const bytes: fc.Arbitrary<Uint8Array> = fc.uint8Array({ maxLength: 40 });
export const text: fc.Arbitrary<string> = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }));

function optional<T>(arb: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(arb, { nil: undefined });
}

export const zid: fc.Arbitrary<ZenohId> = fc
  .uint8Array({ minLength: 1, maxLength: 16 })
  .filter((b) => b.some((x) => x !== 0))
  .map((b) => new ZenohId(b));
export const whatami: fc.Arbitrary<WhatAmI> = fc.constantFrom(1, 2, 4);
export const timestamp: fc.Arbitrary<Timestamp> = fc.tuple(zid, u64).map(([id, time]) => new Timestamp(id, time));
export const encoding: fc.Arbitrary<Encoding> = fc
  .tuple(fc.oneof(fc.nat(60), u16), optional(fc.uint8Array({ maxLength: 255 })))
  .map(([id, schema]) => new Encoding(id, schema));
export const wireExpr: fc.Arbitrary<WireExpr> = fc.record({ scope: u16, suffix: text, fromSender: fc.boolean() });
export const sourceInfo: fc.Arbitrary<SourceInfo> = fc.record({
  sourceId: fc.record({ zid, eid: u32 }),
  sourceSn: u32,
});
export const timestampStack: fc.Arbitrary<TimestampStack> = fc.record({
  flags: fc.integer({ min: 1, max: 255 }),
  records: fc.array(fc.record({ flags: u8, time: bytes }), { maxLength: 4 }),
});
export const locator: fc.Arbitrary<Locator> = fc
  .tuple(
    fc.constantFrom('tcp', 'udp', 'ws', 'unixsock-stream', 'new'),
    fc.stringMatching(/^[a-z0-9.:[\]/]{1,30}$/),
    fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.stringMatching(/^[a-z0-9=|-]{0,6}$/), { maxKeys: 4 }),
  )
  .map(
    ([protocol, address, metadata]) => new Locator(protocol, address, new LocatorParameters(Object.entries(metadata))),
  );

/** Optional extensions that no body knows, in the form in which they are kept: 0d unit, 2e z64, 4f bytes. */
export const unknown: fc.Arbitrary<Uint8Array | undefined> = optional(
  fc
    .array(fc.constantFrom([0x0d], [0x2e, 0x05], [0x2e, 0xac, 0x02], [0x4f, 0x02, 0xaa, 0xbb]), {
      minLength: 1,
      maxLength: 3,
    })
    .map((exts) => new Uint8Array(exts.flatMap(([id, ...rest], i) => [i + 1 < exts.length ? id | 0x80 : id, ...rest]))),
);

export const put: fc.Arbitrary<Put> = fc.record({
  id: fc.constant(PUT),
  timestamp: optional(timestamp),
  encoding: fc.oneof(fc.constant(Encoding.ZENOH_BYTES), encoding),
  sourceInfo: optional(sourceInfo),
  attachment: optional(bytes),
  unknown,
  payload: bytes,
});
export const del: fc.Arbitrary<Del> = fc.record({
  id: fc.constant(DEL),
  timestamp: optional(timestamp),
  sourceInfo: optional(sourceInfo),
  attachment: optional(bytes),
  unknown,
});
export const consolidation: fc.Arbitrary<ConsolidationMode> = fc.constantFrom(0, 1, 2, 3);
export const query: fc.Arbitrary<Query> = fc.record({
  id: fc.constant(QUERY),
  consolidation,
  parameters: text,
  sourceInfo: optional(sourceInfo),
  value: optional(fc.record({ encoding, payload: bytes })),
  attachment: optional(bytes),
  unknown,
});
export const reply: fc.Arbitrary<Reply> = fc.record({
  id: fc.constant(REPLY),
  consolidation,
  unknown,
  sample: fc.oneof(put, del),
});
export const err: fc.Arbitrary<Err> = fc.record({
  id: fc.constant(ERR),
  encoding,
  sourceInfo: optional(sourceInfo),
  unknown,
  payload: bytes,
});

const qos = fc.oneof(fc.constant(QOS_DEFAULT), u8);
const common = { qos, timestamp: optional(timestamp), nodeId: fc.oneof(fc.constant(0), u16) };

export const push: fc.Arbitrary<Push> = fc.record({
  id: fc.constant(PUSH),
  wireExpr,
  ...common,
  timestampStack: optional(timestampStack),
  body: fc.oneof(put, del).map(bodyOf),
});
export const request: fc.Arbitrary<Request> = fc.record({
  id: fc.constant(REQUEST),
  requestId: u32,
  wireExpr,
  qos,
  timestamp: optional(timestamp),
  target: fc.constantFrom<QueryTarget>(0, 1, 2),
  budget: u32,
  timeoutMs: optional(u53),
  nodeId: u16,
  timestampStack: optional(timestampStack),
  body: query.map(bodyOf),
});
export const response: fc.Arbitrary<Response> = fc.record({
  id: fc.constant(RESPONSE),
  requestId: u32,
  wireExpr,
  qos,
  timestamp: optional(timestamp),
  responder: optional(fc.record({ zid, eid: u32 })),
  timestampStack: optional(timestampStack),
  body: fc.oneof(reply, err).map(bodyOf),
});
export const responseFinal: fc.Arbitrary<ResponseFinal> = fc.record({
  id: fc.constant(RESPONSE_FINAL),
  requestId: u32,
  qos,
  timestamp: optional(timestamp),
});
export const anyDeclaration: fc.Arbitrary<Declaration> = fc.oneof(
  fc
    .tuple(u16, u16, text)
    .map(([id, scope, suffix]) => declaration(D_KEYEXPR, id, { scope, suffix, fromSender: false })),
  u16.map((id) => declaration(U_KEYEXPR, id)),
  fc
    .tuple(fc.constantFrom(D_SUBSCRIBER, D_TOKEN), u32, wireExpr)
    .map(([kind, id, expr]) => declaration(kind, id, expr)),
  fc
    .tuple(u32, wireExpr, fc.boolean(), u16)
    .map(([id, expr, complete, distance]) => declaration(D_QUERYABLE, id, expr, complete, distance)),
  fc
    .tuple(fc.constantFrom(U_SUBSCRIBER, U_QUERYABLE, U_TOKEN), u32, fc.oneof(fc.constant(NULL_WIRE_EXPR), wireExpr))
    .map(([kind, id, expr]) => declaration(kind, id, expr)),
  fc.constant(declaration(D_FINAL, 0)),
);
export const declare: fc.Arbitrary<Declare> = fc.record({
  id: fc.constant(DECLARE),
  interestId: optional(u32),
  ...common,
  declaration: anyDeclaration,
});
export const interest: fc.Arbitrary<Interest> = fc
  .tuple(u32, fc.constantFrom<InterestMode>(0, 1, 2, 3), u8, optional(wireExpr), fc.record(common))
  .map(([interestId, mode, options, expr, rest]) => ({
    id: INTEREST,
    interestId,
    mode,
    options: mode === 0 ? 0 : options & 0x8f,
    wireExpr: mode === 0 ? undefined : expr,
    ...rest,
  }));
export const oam: fc.Arbitrary<Oam> = fc.record({
  id: fc.constant(OAM),
  oamId: u16,
  qos,
  timestamp: optional(timestamp),
  body: fc.oneof(fc.constant(undefined), u64, bytes),
});

test('arbitraries: unknown extensions end with one that is the last', () => {
  fc.assert(fc.property(unknown, (u) => assert.ok(u === undefined || u.length > 0)));
});
