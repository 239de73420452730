import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestSessions, unread } from '../testing/index.ts';
import { Locality, type Querier, QueryTarget } from './index.ts';

const shown = (entity: Parameters<typeof unread<{ matching(): boolean }>>[0]): boolean[] =>
  unread(entity).map((one) => one.matching());

test('matching: a publisher sees subscribers come and go', async () => {
  const net = new TestSessions();
  const { a, b } = await net.star();
  const pub = await net.of(a.declarePublisher('k/*'));
  const twin = await net.of(a.declarePublisher('k/*'));
  const listener = await net.of(pub.matchingListener());
  const called: boolean[] = [];
  await net.of(pub.matchingListener({ handler: (status) => void called.push(status.matching()) }));
  await net.settle();
  assert.deepEqual(shown(listener), []);
  const one = await net.of(b.declareSubscriber('k/a'));
  const two = await net.of(b.declareSubscriber('k/**'));
  await net.of(b.declareSubscriber('other'));
  await net.settle();
  assert.deepEqual(shown(listener), [true]);
  assert.equal((await net.of(pub.matchingStatus())).matching(), true);
  assert.equal((await net.of(twin.matchingStatus())).matching(), true);
  const late = await net.of(pub.matchingListener());
  assert.deepEqual(shown(late), [true]);
  await net.of(twin.undeclare());
  await net.of(one.undeclare());
  await net.settle();
  assert.deepEqual(shown(listener), []);
  await net.of(two.undeclare());
  await net.settle();
  assert.deepEqual(shown(listener), [false]);
  assert.deepEqual(called, [true, false]);
  assert.equal((await net.of(pub.matchingStatus())).matching(), false);
  await net.of(late.undeclare());
  await assert.rejects(late.undeclare(), { code: 'ALREADY_UNDECLARED', message: /matching listener/ });
  await net.of(pub.undeclare());
  assert.equal(listener.receiver()!.state(), 'close');
  await net.of(listener.undeclare());
  await assert.rejects(pub.matchingStatus(), { code: 'ALREADY_UNDECLARED' });
  await net.close();
});

test('matching: losing the router makes everything elsewhere go, reconnecting brings it back', async () => {
  const net = new TestSessions();
  const { a, b } = await net.star();
  const pub = await net.of(a.declarePublisher('k'));
  const listener = await net.of(pub.matchingListener());
  await net.of(b.declareSubscriber('k'));
  await net.settle();
  assert.deepEqual(shown(listener), [true]);
  net.network.dials[0]!.link!.cut();
  await net.settle();
  assert.equal(shown(listener)[0], false);
  await net.run(5000);
  assert.equal((await net.of(pub.matchingStatus())).matching(), true);
  await net.close();
});

test('better: 17 a querier is told of every queryable that would answer it, also one on a narrower key', async () => {
  const net = new TestSessions();
  const { a, b } = await net.star();
  const matching = async (querier: Querier): Promise<boolean> => (await net.of(querier.matchingStatus())).matching();
  const best = await net.of(a.declareQuerier('m/*'));
  const all = await net.of(a.declareQuerier('m/*', { target: QueryTarget.ALL }));
  const complete = await net.of(a.declareQuerier('m/*', { target: QueryTarget.ALL_COMPLETE }));
  const listener = await net.of(best.matchingListener());
  const narrow = await net.of(b.declareQueryable('m/a', { complete: true }));
  await net.settle();
  assert.deepEqual([await matching(best), await matching(all), await matching(complete)], [true, true, false]);
  assert.deepEqual(shown(listener), [true]);
  await net.of(narrow.undeclare());
  await net.settle();
  assert.deepEqual([await matching(best), await matching(all), await matching(complete)], [false, false, false]);
  const wide = await net.of(b.declareQueryable('m/**'));
  await net.settle();
  assert.deepEqual([await matching(best), await matching(all), await matching(complete)], [true, true, false]);
  await net.of(b.declareQueryable('m/**', { complete: true }));
  await net.settle();
  assert.deepEqual([await matching(best), await matching(all), await matching(complete)], [true, true, true]);
  await net.of(wide.undeclare());
  await net.settle();
  assert.deepEqual(shown(listener), [false, true]);
  await net.close();
});

test('better: 18 matching respects where own and other subscribers and queryables are wanted', async () => {
  const net = new TestSessions();
  const { a, b } = await net.star();
  for (const allowedDestination of [Locality.SESSION_LOCAL, Locality.REMOTE, Locality.ANY]) {
    for (const allowedOrigin of [Locality.SESSION_LOCAL, Locality.REMOTE, Locality.ANY]) {
      for (const [session, own] of [
        [a, true],
        [b, false],
      ] as const) {
        const pub = await net.of(a.declarePublisher('k', { allowedDestination }));
        const querier = await net.of(a.declareQuerier('k', { allowedDestination }));
        const listener = await net.of(pub.matchingListener());
        const sub = await net.of(session.declareSubscriber('k', { allowedOrigin }));
        const queryable = await net.of(session.declareQueryable('k', { allowedOrigin }));
        await net.settle();
        const expected = own
          ? allowedDestination !== Locality.REMOTE && allowedOrigin !== Locality.REMOTE
          : allowedDestination !== Locality.SESSION_LOCAL && allowedOrigin !== Locality.SESSION_LOCAL;
        const label = `${own ? 'own' : 'other'}, ${Locality[allowedDestination]} to ${Locality[allowedOrigin]}`;
        assert.equal((await net.of(pub.matchingStatus())).matching(), expected, label);
        assert.equal((await net.of(querier.matchingStatus())).matching(), expected, label);
        assert.deepEqual(shown(listener), expected ? [true] : [], label);
        for (const one of [sub, queryable, pub, querier]) await net.of(one.undeclare());
        await net.settle();
      }
    }
  }
  await net.close();
});
