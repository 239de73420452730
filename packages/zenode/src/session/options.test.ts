import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Encoding, Timestamp, ZenohId } from '../wire/index.ts';
import { CancellationToken } from './cancellation.ts';
import { Duration } from './duration.ts';
import * as settings from './settings.ts';
import { ZBytes } from './zbytes.ts';

const zid = ZenohId.parse('1');
const timestamp = Timestamp.of(1, 2, zid);
const sourceInfo = { sourceId: { zid, eid: 7 }, sourceSn: 8 };

test('options: of a put, none are the defaults', () => {
  const defaults = {
    qos: 0x05,
    reliability: 1,
    destination: 2,
    encoding: Encoding.ZENOH_BYTES,
    attachment: undefined,
    timestamp: undefined,
    sourceInfo: undefined,
  };
  for (const none of [undefined, {}, { unknown: 1, priority: undefined, encoding: undefined }]) {
    assert.deepEqual(settings.putSettings(none as object), defaults);
    assert.deepEqual(settings.deleteSettings(none as object), defaults);
  }
});

test('options: of a put, all of them', () => {
  const attachment = new Uint8Array([1]);
  const made = settings.putSettings({
    priority: 7,
    congestionControl: 2,
    express: true,
    reliability: 0,
    allowedDestination: 0,
    encoding: 'text/plain;x',
    attachment,
    timestamp,
    sourceInfo,
  });
  attachment[0] = 9;
  assert.deepEqual(made, {
    qos: 0x37,
    reliability: 0,
    destination: 0,
    encoding: Encoding.TEXT_PLAIN.withSchema('x'),
    attachment: new Uint8Array([1]),
    timestamp,
    sourceInfo,
  });
});

test('options: empty bytes are there, and are not the same as none', () => {
  assert.equal(settings.putSettings({ attachment: '' }).attachment?.length, 0);
  assert.equal(settings.getSettings({ payload: '' }).payload?.length, 0);
  assert.equal(settings.getSettings({}).payload, undefined);
});

test('options: a delete has no encoding, a put of a publisher that of the publisher', () => {
  assert.equal(settings.deleteSettings({ encoding: 'text/plain' } as object).encoding, Encoding.ZENOH_BYTES);
  assert.equal(settings.publisherPutSettings({}, Encoding.TEXT_CSV).encoding, Encoding.TEXT_CSV);
  assert.equal(settings.publisherPutSettings({ encoding: 'text/css' }, Encoding.TEXT_CSV).encoding, Encoding.TEXT_CSS);
  assert.equal(settings.publisherDeleteSettings({ attachment: new ZBytes('a') }).attachment?.length, 1);
});

test('options: of a get, none are the defaults', () => {
  assert.deepEqual(settings.getSettings(undefined), {
    qos: 0x0d,
    destination: 2,
    target: 0,
    consolidation: 0,
    acceptReplies: 1,
    timeoutMs: undefined,
    encoding: undefined,
    payload: undefined,
    attachment: undefined,
    sourceInfo: undefined,
    handler: undefined,
    abort: {},
  });
});

test('options: of a get, spans and what aborts it', () => {
  const { signal } = new AbortController();
  const cancellationToken = new CancellationToken();
  const made = settings.getSettings({ timeout: Duration.seconds.of(3), signal, cancellationToken, target: 2 });
  assert.deepEqual([made.timeoutMs, made.target], [3000, 2]);
  assert.equal(made.abort.signal, signal);
  assert.equal(made.abort.cancellationToken, cancellationToken);
});

test('options: of entities and replies', () => {
  const handler = (): void => {};
  assert.deepEqual(settings.subscriberSettings({ handler, allowedOrigin: 1 }), {
    origin: 1,
    handler,
    signal: undefined,
  });
  const queryable = settings.queryableSettings({ complete: true });
  assert.deepEqual([queryable.complete, queryable.autoFinalize, queryable.origin], [true, false, 2]);
  assert.equal(settings.livelinessSubscriberSettings({ history: true }).history, true);
  assert.equal(settings.livelinessGetSettings({ timeout: 5 }).timeoutMs, 5);
  assert.deepEqual(settings.replySettings({ express: true, priority: 99 as 1 }).express, true);
  assert.equal(settings.replyDelSettings({ timestamp }).timestamp, timestamp);
  assert.equal(settings.replyErrSettings({ encoding: 'text/plain' }), Encoding.TEXT_PLAIN);
});

const wrong: readonly (readonly [options: object, message: RegExp])[] = [
  [{ priority: 0 }, /^option priority is 0: it must be one of REAL_TIME \(1\), .*, BACKGROUND \(7\)$/],
  [{ priority: 8 }, /^option priority is 8/],
  [{ priority: 'DATA' }, /^option priority is "DATA"/],
  [{ priority: null }, /^option priority is null/],
  [{ priority: Number.NaN }, /^option priority is NaN/],
  [
    { congestionControl: 3 },
    /^option congestionControl is 3: it must be one of DROP \(0\), BLOCK \(1\), BLOCK_FIRST \(2\)$/,
  ],
  [{ express: 1 }, /^option express is 1: it must be true or false$/],
  [{ reliability: 2 }, /^option reliability is 2/],
  [{ allowedDestination: 3 }, /^option allowedDestination is 3/],
  [{ encoding: 5 }, /^option encoding is 5: it must be an Encoding/],
  [{ encoding: null }, /^option encoding is null/],
  [{ attachment: 5 }, /^option attachment is 5: it must be text/],
  [{ timestamp: 5n }, /^option timestamp is 5: it must be a Timestamp/],
  [{ sourceInfo: {} }, /^option sourceInfo is an object: it must be/],
  [{ sourceInfo: null }, /^option sourceInfo is null/],
  [{ sourceInfo: { ...sourceInfo, sourceSn: 2 ** 32 } }, /^option sourceInfo/],
];
for (const [options, message] of wrong) {
  test(`options: ${message.source.slice(1, 50)} is refused`, () => {
    assert.throws(() => settings.putSettings(options), { code: 'INVALID_ARGUMENT', message });
  });
}

const wrongGets: readonly (readonly [options: object, message: RegExp])[] = [
  [{ target: 3 }, /^option target is 3: it must be one of BEST_MATCHING \(0\)/],
  [{ consolidation: 4 }, /^option consolidation is 4/],
  [{ acceptReplies: -1 }, /^option acceptReplies is -1/],
  [{ timeout: -1 }, /^option timeout is -1: it must be milliseconds/],
  [{ timeout: '1s' }, /^option timeout is "1s"/],
  [{ signal: {} }, /^option signal is an object: it must be an AbortSignal/],
  [{ cancellationToken: {} }, /^option cancellationToken is an object/],
  [{ payload: {} }, /^option payload is an object/],
];
for (const [options, message] of wrongGets) {
  test(`options of a get: ${message.source.slice(1, 50)} is refused`, () => {
    assert.throws(() => settings.getSettings(options), { code: 'INVALID_ARGUMENT', message });
  });
}

test('options: what is no object is refused', () => {
  for (const no of [null, 3, 'x']) {
    assert.throws(() => settings.putSettings(no as unknown as object), {
      code: 'INVALID_ARGUMENT',
      message: /options/,
    });
  }
});

test('better: 4 an encoding schema above 255 bytes is an error where it is made', () => {
  const message = /schema .* 300 bytes; at most 255/;
  const encoding = `text/plain;${'x'.repeat(300)}`;
  assert.throws(() => settings.putSettings({ encoding }), { code: 'INVALID_ARGUMENT', message });
  assert.throws(() => Encoding.TEXT_PLAIN.withSchema('x'.repeat(300)), { code: 'INVALID_ARGUMENT', message });
  assert.throws(() => new Encoding(65535, 'é'.repeat(150)), { code: 'INVALID_ARGUMENT', message });
  assert.equal(settings.putSettings({ encoding: `text/plain;${'x'.repeat(255)}` }).encoding.schema?.length, 255);
});
