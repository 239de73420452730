import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CodecError, Reader } from '../../base/index.ts';
import { assertSame, bytesOf, encoded, hex } from '../../testing/index.ts';
import * as arb from '../arbitraries.test.ts';
import { Encoding, checkEncoding, isDefaultEncoding, readEncoding, writeEncoding } from '../index.ts';

const names = `zenoh/bytes zenoh/string zenoh/serialized application/octet-stream text/plain application/json text/json
  application/cdr application/cbor application/yaml text/yaml text/json5 application/python-serialized-object
  application/protobuf application/java-serialized-object application/openmetrics-text image/png image/jpeg image/gif
  image/bmp image/webp application/xml application/x-www-form-urlencoded text/html text/xml text/css text/javascript
  text/markdown text/csv application/sql application/coap-payload application/json-patch+json application/json-seq
  application/jsonpath application/jwt application/mp4 application/soap+xml application/yang audio/aac audio/flac
  audio/mp4 audio/ogg audio/vorbis video/h261 video/h263 video/h264 video/h265 video/h266 video/mp4 video/ogg video/raw
  video/vp8 video/vp9`.split(/\s+/);

test('encoding: the 53 registered names, ids and constants', () => {
  assert.equal(names.length, 53);
  names.forEach((name, id) => {
    const constant = name.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
    const encoding = (Encoding as unknown as Record<string, Encoding>)[constant];
    assert.ok(encoding instanceof Encoding, constant);
    assert.equal(encoding.id, id);
    assert.equal(encoding.toString(), name);
    assert.equal(Encoding.fromString(name), encoding);
    assert.equal(readEncoding(new Reader(encoded(writeEncoding, encoding))), encoding);
    assert.equal(Encoding.fromString(`${name};x`).toString(), `${name};x`);
  });
  assert.equal(Encoding.default(), Encoding.ZENOH_BYTES);
});

for (const [encoding, bytes] of [
  [Encoding.ZENOH_BYTES, '00'],
  [new Encoding(0, ''), '01 00'],
  [new Encoding(0, 'x'), '01 01 78'],
  [Encoding.ZENOH_STRING, '02'],
  [Encoding.fromString('text/plain;utf-8'), '09 05 75 74 66 2d 38'],
  [Encoding.APPLICATION_JSON, '0a'],
  [Encoding.VIDEO_VP9, '68'],
  [new Encoding(63), '7e'],
  [new Encoding(64), '80 01'],
  [Encoding.fromString('my/enc;v1'), 'ff ff 07 09 6d 79 2f 65 6e 63 3b 76 31'],
  [new Encoding(0xffff), 'fe ff 07'],
] as const) {
  test(`encoding: ${bytes}`, () => {
    assert.equal(hex(encoded(writeEncoding, encoding)), bytes);
    assertSame(readEncoding(new Reader(bytesOf(bytes))), encoding, 'decoded value differs');
  });
}

test('encoding: text forms', () => {
  for (const [text, id, schema] of [
    ['', 0, undefined],
    ['text/plain;', 4, undefined],
    ['text/plain;a;b', 4, 'a;b'],
    ['TEXT/PLAIN', 0xffff, 'TEXT/PLAIN'],
    ['custom', 0xffff, 'custom'],
    ['custom;', 0xffff, 'custom;'],
    [';x', 0xffff, ';x'],
  ] as const) {
    const e = Encoding.fromString(text);
    assert.deepEqual([e.id, e.toIdSchema()[1]], [id, schema], text);
  }
  assert.equal(new Encoding(60).toString(), 'unknown(60)');
  assert.equal(new Encoding(60, 's').toString(), 'unknown(60);s');
  assert.equal(new Encoding(0xffff).toString(), '');
  assert.equal(new Encoding(4, '').toString(), 'text/plain;');
  assert.equal(new Encoding(4, new Uint8Array([0xff])).toString(), 'text/plain;unknown(non-utf8)');
});

test('encoding: withSchema', () => {
  const custom = Encoding.fromString('custom/format;v1.0');
  assert.equal(custom.withSchema('v2.0').toString(), 'custom/format;v2.0');
  assert.equal(custom.withSchema('').toString(), 'custom/format');
  assert.equal(Encoding.fromString('text/plain;a').withSchema('').toString(), 'text/plain;');
  assert.equal(new Encoding(0xffff).withSchema('s').toString(), 's');
  assert.equal(Encoding.fromString(';x').withSchema('s').toString(), 's');
});

test('encoding: equality is of id and schema', () => {
  assert.ok(new Encoding(4, 'a').equals('text/plain;a'));
  assert.ok(!new Encoding(4, '').equals('text/plain'));
  assert.ok(!new Encoding(4, 'a').equals(new Encoding(4, 'b')));
  assert.ok(isDefaultEncoding(Encoding.ZENOH_BYTES));
  assert.ok(!isDefaultEncoding(new Encoding(0, '')));
});

test('encoding: a schema of 255 bytes is the longest', () => {
  assert.equal(encoded(writeEncoding, new Encoding(1, 'y'.repeat(255))).length, 258);
  assert.throws(() => new Encoding(1, 'y'.repeat(256)), { code: 'INVALID_ARGUMENT', message: /256 bytes.*255/ });
  assert.throws(() => new Encoding(65536), { code: 'INVALID_ARGUMENT' });
  for (const read of [readEncoding, checkEncoding]) {
    assert.throws(() => read(new Reader(new Uint8Array([0x09, 0x80, 0x02, ...new Uint8Array(256)]))), CodecError);
  }
});

test('encoding: an id above 16 bits is reduced', () => {
  assert.equal(readEncoding(new Reader(bytesOf('88 80 08'))), Encoding.TEXT_PLAIN);
});

test('encoding: any value survives, in bytes and as text', () => {
  fc.assert(
    fc.property(arb.encoding, (e) => {
      const r = new Reader(encoded(writeEncoding, e));
      assertSame(readEncoding(r), e, 'decoded value differs');
      r.pos = 0;
      checkEncoding(r);
      assert.equal(r.left, 0);
    }),
  );
  fc.assert(
    fc.property(arb.text, (s) =>
      assert.equal(Encoding.fromString(`x${s}`.slice(0, 60)).toString(), `x${s}`.slice(0, 60)),
    ),
  );
});
