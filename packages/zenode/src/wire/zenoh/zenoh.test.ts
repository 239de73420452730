import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CodecError, Reader } from '../../base/index.ts';
import type { Writer } from '../../base/index.ts';
import { assertNeverOverruns, assertSame, bytesOf, encoded, hex } from '../../testing/index.ts';
import type { Encode } from '../../testing/index.ts';
import * as arb from '../arbitraries.test.ts';
import {
  Body,
  DEL,
  Encoding,
  PUT,
  QUERY,
  REPLY,
  Timestamp,
  ZenohId,
  bodyOf,
  bodySize,
  builders,
  encodeDel,
  encodeErr,
  encodePut,
  encodeQuery,
  encodeReply,
  stampPut,
  stampPutHead,
  walkPushBody,
  walkRequestBody,
  walkResponseBody,
  writeBody,
} from '../index.ts';
import type { Del, Err, Put, Query, Reply } from '../index.ts';

type Walk = (r: Reader, body: Body) => void;

function walked(walk: Walk, bytes: Uint8Array): Body {
  const r = new Reader(bytes);
  const body = new Body();
  walk(r, body);
  assert.equal(r.left, 0);
  return body;
}

function holds<T extends Put | Del | Query | Reply | Err>(
  name: string,
  encode: Encode<T>,
  walk: Walk,
  build: (body: Body) => unknown,
  values: fc.Arbitrary<T>,
): void {
  test(`${name}: any value survives walking and building`, () => {
    fc.assert(
      fc.property(values, (m) => {
        const bytes = encoded(encode, m);
        const body = walked(walk, bytes);
        assertSame(build(body), m, 'built value differs');
        assertSame(bodyOf(m), body, 'the body of the value differs from the walked one');
        assert.equal(hex(encoded(writeBody, body)), hex(bytes));
        assert.equal(bodySize(body), bytes.length);
      }),
    );
  });
  test(`${name}: any bytes are walked or throw CodecError, and what was walked can be built`, () => {
    // Mutations of good bytes get further than random ones.
    const mutated = fc.tuple(values, fc.nat(), fc.nat(255), fc.nat()).map(([m, at, byte, cut]) => {
      const bytes = encoded(encode, m);
      bytes[at % bytes.length] = byte;
      return cut % 3 === 0 ? bytes.subarray(0, cut % (bytes.length + 1)) : bytes;
    });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), mutated), (bytes) => {
        const padded = new Uint8Array(bytes.length + 32);
        padded.set(bytes);
        const r = new Reader(padded, 0, bytes.length);
        const body = new Body();
        try {
          walk(r, body);
        } catch (error) {
          assert.ok(error instanceof CodecError);
          return;
        }
        assert.ok(r.pos <= r.end && body.payloadEnd === r.pos && body.headEnd === body.payloadStart);
        buildAny(body);
      }),
      { numRuns: 2000 },
    );
  });
  test(`${name}: any buffer too small sets full`, () => {
    fc.assert(
      fc.property(values, (m) => assertNeverOverruns(encode, m)),
      { numRuns: 30 },
    );
  });
}

function buildAny(body: Body): unknown {
  if (body.id === PUT) return builders.put(body);
  if (body.id === DEL) return builders.del(body);
  if (body.id === QUERY) return builders.query(body);
  return body.id === REPLY ? builders.reply(body) : builders.err(body);
}

holds('put', encodePut, walkPushBody, (b) => builders.put(b), arb.put);
holds('del', encodeDel, walkPushBody, (b) => builders.del(b), arb.del);
holds('query', encodeQuery, walkRequestBody, (b) => builders.query(b), arb.query);
holds('reply', encodeReply, walkResponseBody, (b) => builders.reply(b), arb.reply);
holds('err', encodeErr, walkResponseBody, (b) => builders.err(b), arb.err);

test('put: its body holds the payload itself, not a copy', () => {
  const payload = new Uint8Array([1, 2]);
  const put = builders.put(walked(walkPushBody, bytesOf('01 00')), payload);
  assert.equal(put.payload, payload);
  assert.equal(bodyOf(put).payload, payload);
});

test('put: what was built does not change with the buffer it came from', () => {
  const bytes = bytesOf('a1 05 01 33 43 01 41 01 31');
  const put = builders.put(walked(walkPushBody, bytes));
  bytes.fill(0);
  assert.equal(hex(put.payload), '31');
  assert.equal(hex(put.attachment ?? new Uint8Array()), '41');
  assert.equal(put.timestamp?.toString(), '5/33');
});

test('stamp: a timestamp is put in, or replaced, and all else stays', () => {
  const zid = ZenohId.parse('a1b2');
  fc.assert(
    fc.property(arb.put, arb.timestamp, fc.boolean(), (put, t, inReply) => {
      const value = inReply ? ({ id: REPLY, consolidation: 3, unknown: bytesOf('29 05'), sample: put } as const) : put;
      const stamped = (w: Writer, body: Body): void => stampPut(w, body, t.hi, t.lo, zid.bytes);
      const bytes = encoded(stamped, bodyOf(value));
      const body = walked(inReply ? walkResponseBody : walkPushBody, bytes);
      const expected = { ...put, timestamp: Timestamp.of(t.hi, t.lo, zid) };
      assertSame(builders.put(body), expected, 'stamped value differs');
      const head = encoded((w: Writer, b: Body) => stampPutHead(w, b, t.hi, t.lo, zid.bytes), bodyOf(value));
      assert.equal(hex(head), hex(bytes, 0, bytes.length - put.payload.length));
    }),
  );
});

test('stamp: unknown extensions keep their place', () => {
  const body = walked(walkPushBody, bytesOf('c1 0a a9 05 43 01 41 01 31'));
  const bytes = encoded((w: Writer, b: Body) => stampPut(w, b, 0, 5, new Uint8Array([0x33])), body);
  assert.equal(hex(bytes), 'e1 05 01 33 0a a9 05 43 01 41 01 31');
});

test('walking: a router that passes bodies on never builds them', () => {
  const kept = { ...builders };
  const refuse = (): never => assert.fail('a body was built');
  Object.assign(builders, { put: refuse, del: refuse, query: refuse, reply: refuse, err: refuse });
  try {
    const body = walked(walkResponseBody, bytesOf('04 e1 05 01 33 0a 43 01 41 01 31'));
    assert.equal(hex(encoded(writeBody, body)), '04 e1 05 01 33 0a 43 01 41 01 31');
  } finally {
    Object.assign(builders, kept);
  }
});

test('put: the encoding is left out only if it has neither id nor schema', () => {
  const put = builders.put(walked(walkPushBody, bytesOf('01 00')));
  assert.equal(hex(encoded(encodePut, put)), '01 00');
  assert.equal(hex(encoded(encodePut, { ...put, encoding: new Encoding(0, '') })), '41 01 00 00');
});
