import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Party } from './lib/party.ts';
import { portOf, Proxy } from './lib/proxy.ts';
import { asks, at, freePort, linked, OurProcess, type Place, reaches, Stage } from './lib/stage.ts';
import { freshKey } from './lib/suite.ts';
import { eventually } from './lib/tap.ts';
import { text } from './lib/values.ts';

/* What was declared before a link was lost works again after it is back, without any action of the program. */

/** Dialled again soon and steadily, so that a test need not wait for long periods. */
const RETRY = { connect: { retry: { period_init_ms: 100, period_max_ms: 200, period_increase_factor: 1 } } };
const SHORT_LEASE = { transport: { link: { tx: { lease: 1000 } } } };

const scene = (t: TestContext): Stage => {
  const stage = new Stage();
  t.after(() => stage.end());
  return stage;
};

const dialling = (mode: Place['mode'], locator: string, more: object = {}): Place => ({
  mode,
  connect: [locator],
  more: { ...more, connect: { ...RETRY.connect, endpoints: [locator] } },
});

interface Declared {
  works(): Promise<void>;
}

/** Everything that a session can declare, used from the other one. */
async function everything(one: Party, other: Party): Promise<Declared> {
  const key = freshKey('again');
  const { tap } = await one.subscriber(`${key}/sub/**`);
  await one.queryable(`${key}/query`, [{ reply: 'put', payload: text('answer') }]);
  await one.token(`${key}/alive`);
  const publisher = await one.publisher(`${key}/pub`);
  const querier = await one.querier(`${key}/asked`);
  const watched = await one.livelinessSubscriber(`${key}/other/*`);
  const { tap: published } = await other.subscriber(`${key}/pub`);
  await other.queryable(`${key}/asked`, [{ reply: 'put', payload: text('given') }]);
  let round = 0;
  return {
    async works() {
      round++;
      const subscribed = tap.seen.length;
      await eventually(
        'a sample for the subscriber',
        async () => {
          await other.put(`${key}/sub/${round}`, text('1'), { congestion_control: 1 });
          return tap.seen.length > subscribed;
        },
        15_000,
      );
      await eventually('an answer of the queryable', async () => {
        const { replies } = await other.get(`${key}/query`, { timeout: 1 });
        return replies.some(({ sample }) => sample !== undefined);
      });
      await eventually('the token', async () => (await other.livelinessGet(`${key}/alive`)).replies.length === 1);
      await eventually('a match of the publisher', () => publisher.matching());
      const sent = published.seen.length;
      await eventually('a sample of the publisher', async () => {
        await publisher.put(text(String(round)));
        return published.seen.length > sent;
      });
      await eventually('a match of the querier', () => querier.matching());
      const { replies } = await querier.get();
      assert.equal(replies.length, 1);
      const before = watched.tap.seen.length;
      const token = await other.token(`${key}/other/${round}`);
      await watched.tap.when((seen) => seen.length > before, 'a token of the other');
      await token.undeclare();
      await watched.tap.when((seen) => seen.length > before + 1, 'its end');
    },
  };
}

test('our client and a real one survive the death of a real router', async (t) => {
  const stage = scene(t);
  const listen = await freePort();
  const place: Place = { mode: 'router', listen };
  const first = stage.ownProcess();
  await stage.real(place, 'first router', undefined, first);
  const ours = await stage.ours(dialling('client', at(listen)), 'our client');
  const real = await stage.real(dialling('client', at(listen)), 'real client');
  const declared = [await everything(ours, real), await everything(real, ours)];
  for (const one of declared) await one.works();
  await first.kill();
  await stage.real(place, 'second router', undefined, stage.ownProcess());
  for (const one of declared) await one.works();
});

test('a real client and ours survive the death of our router', async (t) => {
  const stage = scene(t);
  const listen = await freePort();
  const place: Place = { mode: 'router', listen };
  const first = await OurProcess.open(stage, place);
  const ours = await stage.ours(dialling('client', at(listen)), 'our client');
  const real = await stage.real(dialling('client', at(listen)), 'real client');
  const declared = [await everything(ours, real), await everything(real, ours)];
  for (const one of declared) await one.works();
  await first.kill();
  await OurProcess.open(stage, place);
  for (const one of declared) await one.works();
});

for (const mode of ['client', 'peer'] as const) {
  for (const dialler of ['our', 'real'] as const) {
    test(`the link of ${dialler === 'our' ? 'our' : 'a real'} ${mode} is cut`, async (t) => {
      const stage = scene(t);
      const place: Place = { mode: mode === 'client' ? 'router' : 'peer', listen: 0 };
      const listener = dialler === 'our' ? await stage.real(place, 'listener') : await stage.ours(place, 'listener');
      const proxy = await Proxy.before(portOf(listener.locator));
      stage.onEnd(() => proxy.close());
      const dial = dialling(mode, proxy.locator);
      const one = dialler === 'our' ? await stage.ours(dial, 'dialler') : await stage.real(dial, 'dialler');
      const declared = [await everything(one, listener), await everything(listener, one)];
      for (const each of declared) await each.works();
      proxy.cut();
      for (const each of declared) await each.works();
    });
  }
}

test('our peer finds a real one again that was killed', async (t) => {
  const stage = scene(t);
  const listen = await freePort();
  const first = stage.ownProcess();
  const before = await stage.real({ mode: 'peer', listen }, 'first', undefined, first);
  const ours = await stage.ours(dialling('peer', at(listen)), 'our peer');
  const key = freshKey('peer');
  const { tap } = await ours.subscriber(key);
  await reaches(before, ours, freshKey('peer'));
  await before.put(key, text('1'));
  await tap.when((seen) => seen.length === 1, 'a sample of the first');
  await first.kill();
  const again = await stage.real({ mode: 'peer', listen }, 'second', undefined, stage.ownProcess());
  await eventually('a sample of the second', async () => {
    await again.put(key, text('2'));
    return tap.seen.length > 1;
  });
  await asks(ours, again, freshKey('peer'));
});

test('peers that met at our router go on without it', async (t) => {
  const stage = scene(t);
  const router = await OurProcess.open(stage, { mode: 'router', listen: 0 });
  const connect = [router.locator];
  const ours = await stage.ours({ mode: 'peer', listen: 0, connect }, 'our peer');
  const peers = [ours, await stage.real({ mode: 'peer', listen: 0, connect }, 'real peer a')] as const;
  const last = await stage.real({ mode: 'peer', listen: 0, connect }, 'real peer b');
  for (const peer of peers) await linked(peer, last);
  await linked(peers[0], peers[1]);
  await router.kill();
  await eventually('the router gone', async () => (await ours.info()).routers.length === 0);
  for (const one of peers) {
    await reaches(one, last, freshKey('orphans'));
    await reaches(last, one, freshKey('orphans'));
  }
});

test('the tokens of a real client that was killed end', async (t) => {
  const stage = scene(t);
  const router = await stage.ours({ mode: 'router', listen: 0 }, 'our router');
  const victim = stage.ownProcess();
  const client = await stage.real({ mode: 'client', connect: [router.locator] }, 'victim', undefined, victim);
  const watching = await stage.ours({ mode: 'client', connect: [router.locator] }, 'our client');
  const key = freshKey('death');
  const { tap } = await watching.livelinessSubscriber(key);
  await reaches(client, watching, key);
  await client.token(key);
  await tap.when((seen) => seen.length === 1, 'the token');
  await victim.kill();
  await tap.when((seen) => seen.length === 2, 'its end');
  assert.equal(tap.seen[1]?.kind, 1);
});

test('a real client that falls silent is gone after its lease, and one that speaks is not', async (t) => {
  const stage = scene(t);
  const router = await stage.ours({ mode: 'router', listen: 0, more: SHORT_LEASE }, 'our router');
  const place: Place = { mode: 'client', connect: [router.locator], more: SHORT_LEASE };
  const victim = stage.ownProcess();
  const silent = await stage.real(place, 'silent client', undefined, victim);
  const watching = await stage.real(place, 'real client');
  const key = freshKey('silence');
  const { tap } = await watching.livelinessSubscriber(`${key}/*`);
  await reaches(silent, watching, key);
  await silent.token(`${key}/silent`);
  await tap.when((seen) => seen.length === 1, 'the token');
  const from = performance.now();
  victim.freeze();
  await tap.when((seen) => seen.length === 2, 'its end');
  const ms = performance.now() - from;
  assert.ok(ms > 500 && ms < 3_500, `${ms} ms`);
  // Nobody else was lost meanwhile.
  assert.deepEqual((await router.info()).peers, []);
  await reaches(router, watching, key);
});

test('a real router notices that our client has fallen silent, and a real client that our router has', async (t) => {
  const stage = scene(t);
  const router = await stage.real({ mode: 'router', listen: 0, more: SHORT_LEASE }, 'real router');
  const frozen = await OurProcess.open(stage, { mode: 'router', listen: 0, more: SHORT_LEASE });
  const child = await OurProcess.open(stage, { mode: 'peer', connect: [router.locator], more: SHORT_LEASE });
  const client = await stage.real(dialling('client', frozen.locator, SHORT_LEASE), 'real client');
  const peers = async (): Promise<number> => (await router.info()).peers.length;
  await eventually('our peer at the router', async () => (await peers()) === 1);
  await eventually('our router at the client', async () => (await client.info()).routers.length === 1);
  child.freeze();
  frozen.freeze();
  await eventually('our peer gone', async () => (await peers()) === 0);
  await eventually('our router gone', async () => (await client.info()).routers.length === 0);
});
