import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Reader, utf8 } from '../base/index.ts';
import { KeyExpr } from '../keyexpr/index.ts';
import { Body, Encoding, PUT, Timestamp, ZenohId, bodyOf, builders, packQos, walkPushBody } from '../wire/index.ts';
import type { Put } from '../wire/index.ts';
import { Reply, ReplyError } from './reply.ts';
import { Sample, extrasOf, kindOf, sampleOf } from './sample.ts';
import { ZBytes } from './zbytes.ts';

const key = new KeyExpr('a/b');
const zid = ZenohId.parse('abc');
const timestamp = Timestamp.of(7, 8, zid);
const sourceInfo = { sourceId: { zid, eid: 3 }, sourceSn: 4 };

function put(fields: Partial<Put> = {}): Put {
  const none = { timestamp: undefined, sourceInfo: undefined, attachment: undefined, unknown: undefined };
  return { id: PUT, encoding: Encoding.ZENOH_BYTES, payload: utf8('hello'), ...none, ...fields };
}

/** As it comes from a link: in one buffer that will be used again. */
function walked(body: Body): Body {
  const head = body.head.subarray(body.headStart, body.headEnd);
  const bytes = new Uint8Array([...head, ...body.payload.subarray(body.payloadStart, body.payloadEnd)]);
  const again = new Body();
  walkPushBody(new Reader(bytes), again);
  return again;
}

test('Sample: made by hand it says what it was told', () => {
  const sample = new Sample(
    key, new ZBytes('x'), 0, Encoding.TEXT_PLAIN, new ZBytes('att'), timestamp, 2, 1, true, 0, sourceInfo,
  ); // prettier-ignore
  assert.equal(sample.keyexpr(), key);
  assert.equal(sample.keyExpr(), key);
  assert.equal(sample.payload().toString(), 'x');
  assert.deepEqual([sample.kind(), sample.priority(), sample.congestionControl()], [0, 2, 1]);
  assert.deepEqual([sample.express(), sample.reliability()], [true, 0]);
  assert.equal(sample.encoding(), Encoding.TEXT_PLAIN);
  assert.equal(sample.timestamp(), timestamp);
  assert.equal(sample.attachment()?.toString(), 'att');
  assert.equal(sample.sourceInfo(), sourceInfo);
});

test('Sample: made by hand with nothing special it is reliable and has no source', () => {
  const sample = new Sample(key, new ZBytes(''), 1, Encoding.default(), undefined, undefined, 5, 0, false);
  assert.deepEqual([sample.reliability(), sample.sourceInfo(), sample.attachment()], [1, undefined, undefined]);
  assert.equal(sample.encoding().toString(), 'zenoh/bytes');
});

test('Sample: a plain put needs no body, and is a range until asked', () => {
  const body = walked(bodyOf(put()));
  assert.equal(extrasOf(body), undefined);
  const sample = sampleOf(key, body.payload, body.payloadStart, body.payloadEnd, kindOf(body), packQos(1, 2, true), 0);
  assert.deepEqual([sample.kind(), sample.payload().toString()], [0, 'hello']);
  assert.equal(sample.payload(), sample.payload());
  assert.deepEqual([sample.priority(), sample.congestionControl(), sample.express()], [1, 2, true]);
  assert.deepEqual([sample.timestamp(), sample.encoding(), sample.reliability()], [undefined, Encoding.ZENOH_BYTES, 0]);
});

test('Sample: extras are built once, at first use, from bytes of their own', (t) => {
  const attachment = utf8('att');
  const body = walked(bodyOf(put({ encoding: Encoding.TEXT_PLAIN, timestamp, sourceInfo, attachment })));
  const build = t.mock.method(builders, 'put');
  const sample = sampleOf(key, utf8('x'), 0, 1, 0, 5, 1, extrasOf(body));
  body.head.fill(0);
  sample.payload();
  assert.equal(build.mock.callCount(), 0);
  assert.equal(sample.encoding(), Encoding.TEXT_PLAIN);
  assert.equal(sample.timestamp()?.toString(), timestamp.toString());
  assert.equal(sample.attachment()?.toString(), 'att');
  assert.deepEqual(sample.sourceInfo(), sourceInfo);
  assert.equal(build.mock.callCount(), 1);
});

test('Sample: a delete has an empty payload, keeps attachment and timestamp', () => {
  const attachment = utf8('att');
  const del = bodyOf({ id: 2, timestamp, sourceInfo: undefined, attachment, unknown: undefined });
  const body = walked(del);
  const sample = sampleOf(key, body.payload, body.payloadStart, body.payloadEnd, kindOf(body), 5, 1, extrasOf(body));
  assert.deepEqual([sample.kind(), sample.payload().len(), sample.encoding()], [1, 0, Encoding.ZENOH_BYTES]);
  assert.deepEqual([sample.attachment()?.toString(), sample.timestamp()?.hi], ['att', 7]);
});

test('Sample: extras of a reply are those of its sample; a built value is taken as it is', () => {
  const value = put({ encoding: Encoding.TEXT_CSV });
  const body = bodyOf({ id: 4, consolidation: 2, unknown: undefined, sample: value });
  assert.equal(sampleOf(key, utf8(''), 0, 0, kindOf(body), 5, 1, extrasOf(body)).encoding(), Encoding.TEXT_CSV);
  assert.equal(sampleOf(key, utf8(''), 0, 0, 0, 5, 1, value).encoding(), Encoding.TEXT_CSV);
});

test('Reply: is one of two', () => {
  const sample = sampleOf(key, utf8('x'), 0, 1, 0);
  const good = new Reply(sample, sourceInfo.sourceId);
  assert.deepEqual([good.result(), good.ok(), good.err(), good.replierId()?.eid], [sample, sample, undefined, 3]);
  const error = new ReplyError(new ZBytes('no'), Encoding.ZENOH_STRING);
  const bad = new Reply(error);
  assert.deepEqual([bad.result(), bad.ok(), bad.err(), bad.replierId()], [error, undefined, error, undefined]);
});

const timeouts: readonly (readonly [text: string, encoding: Encoding, isTimeout: boolean])[] = [
  ['Timeout', Encoding.ZENOH_STRING, true],
  ['Timeout', Encoding.ZENOH_BYTES, true],
  ['Timeout', Encoding.TEXT_PLAIN, false],
  ['Timeout', new Encoding(1, 'x'), false],
  ['timeout', Encoding.ZENOH_STRING, false],
];
for (const [text, encoding, isTimeout] of timeouts) {
  test(`ReplyError: "${text}" as ${encoding} is ${isTimeout ? 'a' : 'no'} timeout`, () => {
    assert.equal(new ReplyError(new ZBytes(text), encoding).isTimeout(), isTimeout);
  });
}
