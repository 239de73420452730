import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linked, reaches, Stage } from './lib/stage.ts';
import { everyWay, freshKey, told } from './lib/suite.ts';
import { eventually } from './lib/tap.ts';
import type { SeenReply, SeenSample } from './lib/values.ts';

/** What a token looks like to those who watch. */
const token = (key: string, kind = 0): SeenSample => ({
  key,
  kind,
  payload: '',
  encoding: 'zenoh/bytes',
  attachment: null,
  timestamp: null,
  priority: 5,
  congestion: 0,
  express: false,
  source: null,
});

const keys = (replies: readonly SeenReply[]): string[] =>
  replies.map(({ sample }) => sample?.key ?? 'error').toSorted();

everyWay((way) => {
  test('a token comes and goes', async () => {
    const { from, to } = way();
    const key = freshKey('token');
    const { tap, undeclare } = await to.livelinessSubscriber(`${key}/**`);
    await reaches(from, to, key);
    const alive = await from.token(`${key}/a`);
    await tap.when((seen) => seen.length > 0, 'the token');
    await alive.undeclare();
    await tap.when((seen) => seen.length > 1, 'its end');
    assert.deepEqual(tap.seen, [token(`${key}/a`), token(`${key}/a`, 1)]);
    await undeclare();
  });

  test('two tokens on a key come and go as one', async () => {
    const { from, to } = way();
    const key = freshKey('twins');
    const { tap, undeclare } = await to.livelinessSubscriber(`${key}/*`);
    await reaches(from, to, key);
    const one = await from.token(`${key}/a`);
    const two = await from.token(`${key}/a`);
    await one.undeclare();
    const last = await from.token(`${key}/b`);
    await tap.when((seen) => seen.length > 1, 'both keys');
    await two.undeclare();
    await tap.when((seen) => seen.length > 2, 'the end of the first key');
    await last.undeclare();
    await tap.when((seen) => seen.length > 3, 'the end of the second key');
    assert.deepEqual(
      tap.seen.map((sample) => `${sample.kind} ${sample.key.slice(-1)}`),
      ['0 a', '0 b', '1 a', '1 b'],
    );
    await undeclare();
  });

  test('history tells of tokens that are there already', async () => {
    const { from, to } = way();
    const key = freshKey('history');
    const old = await from.token(`${key}/old`);
    await reaches(from, to, key);
    const all = await to.livelinessSubscriber(`${key}/**`, { history: true });
    await all.tap.when((seen) => seen.length > 0, 'the old token');
    const later = await to.livelinessSubscriber(`${key}/*`, { history: false });
    await reaches(from, to, key);
    const fresh = await from.token(`${key}/fresh`);
    for (const { tap } of [all, later]) await tap.first((one) => one.key === `${key}/fresh`, 'the fresh token');
    assert.deepEqual(told(to, all.tap.seen), [token(`${key}/old`), token(`${key}/fresh`)]);
    assert.deepEqual(told(to, later.tap.seen), [token(`${key}/fresh`)]);
    for (const one of [old, fresh, all, later]) await one.undeclare();
  });

  test('a get finds the tokens that are alive', async () => {
    const { from, to } = way();
    const key = freshKey('get');
    const tokens = [await from.token(`${key}/a`), await from.token(`${key}/b/c`), await from.token(key)];
    await reaches(from, to, key);
    for (const [expression, expected] of [
      [`${key}/**`, [key, `${key}/a`, `${key}/b/c`]],
      [`${key}/*`, [`${key}/a`]],
    ] as const) {
      // A peer of the reference that has two neighbours does not always wait for both.
      await eventually(`all tokens on ${expression}`, async () => {
        const found = keys((await to.livelinessGet(expression)).replies);
        if (!to.ours && found.length < expected.length) return false;
        assert.deepEqual(found, expected);
        return true;
      });
    }
    const [reply] = await eventually('one token', async () => {
      const { replies } = await to.livelinessGet(`${key}/a`);
      return (to.ours || replies.length > 0) && replies;
    });
    assert.deepEqual({ ...reply?.sample, congestion: 0 }, token(`${key}/a`));
    for (const one of tokens) await one.undeclare();
    await reaches(from, to, key);
    const { replies: none, ms } = await to.livelinessGet(`${key}/**`);
    assert.deepEqual(none, []);
    assert.ok(ms < 1_000, `${ms} ms`);
  });
});

test('better: 32 a liveliness get of our peer waits for all its neighbours', async (t) => {
  const stage = new Stage();
  t.after(() => stage.end());
  const router = await stage.real({ mode: 'router', listen: 0 }, 'real router');
  const place = { mode: 'peer', listen: 0, connect: [router.locator] } as const;
  const owner = await stage.real(place, 'real peer');
  const asker = await stage.ours(place, 'our peer');
  await linked(asker, owner);
  await linked(owner, asker);
  const key = freshKey('neighbours');
  await owner.token(key);
  await reaches(owner, asker, key);
  for (let i = 0; i < 100; i++) assert.deepEqual(keys((await asker.livelinessGet(key)).replies), [key]);
});
