import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Duration, durationMs } from './duration.ts';
import * as enums from './enums.ts';

const names: readonly (readonly [object: Readonly<Record<number, string>>, names: Readonly<Record<number, string>>])[] =
  [
    [enums.Priority, { 1: 'REAL_TIME', 4: 'DATA_HIGH', 5: 'DEFAULT', 7: 'BACKGROUND' }],
    [enums.CongestionControl, { 0: 'DEFAULT_PUSH', 1: 'DEFAULT_RESPONSE', 2: 'BLOCK_FIRST' }],
    [enums.Reliability, { 0: 'BEST_EFFORT', 1: 'DEFAULT' }],
    [enums.Locality, { 0: 'SESSION_LOCAL', 1: 'REMOTE', 2: 'DEFAULT' }],
    [enums.SampleKind, { 0: 'PUT', 1: 'DELETE' }],
    [enums.QueryTarget, { 0: 'DEFAULT', 1: 'ALL', 2: 'ALL_COMPLETE' }],
    [enums.ConsolidationMode, { 0: 'DEFAULT', 1: 'NONE', 2: 'MONOTONIC', 3: 'LATEST' }],
    [enums.WhatAmI, { 1: 'ROUTER', 2: 'PEER', 4: 'CLIENT' }],
    [enums.ReplyKeyExpr, { 0: 'ANY', 1: 'DEFAULT' }],
    [enums.SetIntersectionLevel, { 0: 'DISJOINT', 1: 'INTERSECTS', 2: 'INCLUDES', 3: 'EQUALS' }],
  ];
for (const [object, expected] of names) {
  test(`enumerations: ${Object.values(expected).join(', ')} are found by value`, () => {
    for (const [value, name] of Object.entries(expected)) assert.equal(object[Number(value)], name);
  });
}

test('enumerations: names and values are those programs know', () => {
  assert.equal(enums.Priority[5], 'DEFAULT');
  assert.equal(enums.Priority.DATA, enums.Priority.DEFAULT);
  assert.equal(enums.Locality.ANY, 2);
  assert.equal(enums.ReplyKeyExpr.MATCHING_QUERY, 1);
});

test('Duration: converts as typed-duration does', () => {
  const { milliseconds, seconds, minutes, hours, days } = Duration;
  assert.deepEqual(seconds.of(5), { type: 'SECONDS', value: 5, valueType: 'TYPED_DURATION', unit: 's' });
  assert.deepEqual(seconds.of(minutes.of(2)), seconds.of(120));
  assert.equal(milliseconds.from(days.of(1)), 86_400_000);
  assert.equal(hours.from(minutes.of(90)), 1.5);
  assert.equal(days.from(hours.of(36)), 1.5);
  assert.equal(milliseconds.from(250), 250);
  assert.equal(seconds.from(250), 250);
  assert.deepEqual([Duration.value.from(minutes.of(3)), Duration.value.from(4)], [3, 4]);
  assert.deepEqual(
    [Duration.value.of(minutes.of(3)), Duration.value.of(4, 's'), Duration.value.of(4)],
    ['3m', '4s', '4'],
  );
  assert.deepEqual([Duration.isTypedDuration(seconds.of(1)), Duration.isTypedDuration(1)], [true, false]);
  assert.equal(Duration.isTypedDuration(null), false);
});

const spans: readonly (readonly [span: unknown, ms: number | undefined])[] = [
  [0, 0],
  [1500, 1500],
  [0.2, 1],
  [Duration.seconds.of(2), 2000],
  [Duration.days.of(30), 2_592_000_000],
  [Infinity, Number.MAX_SAFE_INTEGER],
  [-1, undefined],
  [Number.NaN, undefined],
  [Duration.seconds.of(-1), undefined],
  [Duration.seconds.of(Number.NaN), undefined],
  ['1000', undefined],
  [null, undefined],
  [{ valueType: 'TYPED_DURATION', type: 'YEARS', value: 1, unit: 'y' }, undefined],
];
for (const [span, ms] of spans) {
  test(`durationMs: ${JSON.stringify(span)} ${ms === undefined ? 'is refused' : `is ${ms} ms`}`, () => {
    if (ms !== undefined) return assert.equal(durationMs(span as number, 'timeout'), ms);
    assert.throws(() => durationMs(span as number, 'timeout'), { code: 'INVALID_ARGUMENT', message: /^timeout is / });
  });
}
