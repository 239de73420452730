import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Matchable, Undeclarable } from './lib/party.ts';
import { everyWay, freshKey } from './lib/suite.ts';
import { eventually } from './lib/tap.ts';
import { text } from './lib/values.ts';

/** Statuses follow what matches: nothing, something, nothing again. */
async function follows(one: Matchable, declare: () => Promise<Undeclarable>): Promise<void> {
  await eventually('no match at first', async () => !(await one.matching()));
  const { tap, undeclare } = await one.listen();
  const match = await declare();
  await tap.when((seen) => seen.length > 0, 'a match');
  assert.equal(await one.matching(), true);
  const late = await one.listen();
  await late.tap.when((seen) => seen.length > 0, 'the match that is there');
  await match.undeclare();
  await tap.when((seen) => seen.length > 1, 'no match');
  await late.tap.when((seen) => seen.length > 1, 'no match');
  assert.equal(await one.matching(), false);
  assert.deepEqual(tap.seen, [true, false]);
  assert.deepEqual(late.tap.seen, [true, false]);
  await undeclare();
  await late.undeclare();
}

everyWay((way) => {
  for (const suffix of ['', '/**', '/*/x']) {
    test(`a publisher knows of a subscriber on key${suffix}`, async () => {
      const { from, to } = way();
      const key = freshKey('publisher');
      const publisher = await from.publisher(suffix === '/*/x' ? `${key}/a/x` : key);
      await follows(publisher, () => to.subscriber(`${key}${suffix}`));
      await publisher.undeclare();
    });
  }

  test('a publisher knows of a subscriber that was there before', async () => {
    const { from, to } = way();
    const key = freshKey('before');
    const subscriber = await to.subscriber(key);
    const publisher = await from.publisher(key);
    await eventually('a match', () => publisher.matching());
    await publisher.put(text('1'));
    await subscriber.tap.when((seen) => seen.length > 0, 'a sample');
    await subscriber.undeclare();
    await eventually('no match', async () => !(await publisher.matching()));
    await publisher.undeclare();
  });

  test('a querier knows of a queryable', async () => {
    const { from, to } = way();
    const key = freshKey('querier');
    const querier = await from.querier(key);
    await follows(querier, () => to.queryable(`${key}/**`, []));
    await querier.undeclare();
  });

  test('a querier that asks complete queryables knows of those alone', async () => {
    const { from, to } = way();
    const key = freshKey('complete');
    const partial = await to.queryable(key, []);
    const querier = await from.querier(key, { target: 'ALL_COMPLETE' });
    const other = await from.querier(key);
    await eventually('a match for any target', () => other.matching());
    await follows(querier, () => to.queryable(key, [], { complete: true }));
    await querier.undeclare();
    await other.undeclare();
    await partial.undeclare();
  });
});
