import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Party, PartyQueryable } from './lib/party.ts';
import { reaches, Stage } from './lib/stage.ts';
import { freshKey } from './lib/suite.ts';
import { text } from './lib/values.ts';

/* Several nodes around one router, which is ours or real: who reaches whom must be the same. */

const ALL = ['our-client', 'real-client', 'our-peer', 'real-peer'] as const;
type Name = (typeof ALL)[number];

/** Two peers that share a router only, and do not listen, do not reach each other. */
const apart = (one: Name, other: Name): boolean => one.endsWith('peer') && other.endsWith('peer') && one !== other;

for (const kind of ['our', 'real'] as const) {
  void describe(`around ${kind === 'our' ? 'our' : 'a real'} router`, () => {
    const stage = new Stage();
    const nodes = new Map<Name, Party>();
    const node = (name: Name): Party => nodes.get(name) as Party;

    /** Whatever was sent before has arrived when this ends, where it can arrive. */
    const settled = async (): Promise<void> => {
      for (const one of ALL) {
        for (const other of ALL) {
          if (one !== other && !apart(one, other)) await reaches(node(one), node(other), freshKey('around'));
        }
      }
    };

    before(async () => {
      const place = { mode: 'router', listen: 0 } as const;
      const router = kind === 'our' ? await stage.ours(place, 'router') : await stage.real(place, 'router');
      const connect = [router.locator];
      for (const name of ALL) {
        const at = { mode: name.endsWith('peer') ? 'peer' : 'client', connect } as const;
        nodes.set(name, name.startsWith('our') ? await stage.ours(at, name) : await stage.real(at, name));
      }
      await settled();
    });
    after(() => stage.end());

    test('a put reaches everyone it should, once', async () => {
      const key = freshKey('around');
      const subscribers = new Map<Name, Awaited<ReturnType<Party['subscriber']>>>();
      for (const name of ALL) subscribers.set(name, await node(name).subscriber(`${key}/*`));
      await settled();
      for (const name of ALL) await node(name).put(`${key}/${name}`, text(name), { congestion_control: 1 });
      await settled();
      for (const [name, { tap, undeclare }] of subscribers) {
        const seen = tap.seen.map((sample) => sample.key.slice(key.length + 1));
        assert.deepEqual(seen.toSorted(), ALL.filter((from) => !apart(from, name)).toSorted(), name);
        await undeclare();
      }
    });

    test('a query reaches everyone it should, once', async () => {
      const key = freshKey('around');
      const queryables = [];
      for (const name of ALL) {
        queryables.push(await node(name).queryable(key, [{ reply: 'put', payload: text(name) }]));
      }
      await settled();
      for (const name of ALL) {
        const { replies } = await node(name).get(key, { target: 'ALL', consolidation: 'NONE' });
        const from = replies.map(({ sample }) => Buffer.from(sample?.payload ?? '', 'hex').toString());
        assert.deepEqual(from.toSorted(), ALL.filter((other) => !apart(name, other)).toSorted(), name);
      }
      for (const { undeclare } of queryables) await undeclare();
    });

    test('a token is known to everyone it should be', async () => {
      const key = freshKey('around');
      const tokens = [];
      for (const name of ALL) tokens.push(await node(name).token(`${key}/${name}`));
      await settled();
      for (const name of ALL) {
        const { replies } = await node(name).livelinessGet(`${key}/*`);
        const found = replies.map(({ sample }) => sample?.key.slice(key.length + 1) ?? 'error');
        const others = ALL.filter((from) => from !== name && !apart(from, name));
        if (name.startsWith('our')) assert.deepEqual(found.toSorted(), [...others, name].toSorted(), name);
        // The reference tells the own token once, twice, or (rarely) not at all.
        else assert.deepEqual(found.filter((key) => key !== name).toSorted(), others.toSorted(), name);
      }
      for (const { undeclare } of tokens) await undeclare();
    });

    test('targets choose among nodes', async () => {
      const key = freshKey('nodes');
      const declare = (name: Name, complete: boolean): Promise<PartyQueryable> =>
        node(name).queryable(`${key}/**`, [{ reply: 'put', payload: text(name) }], { complete });
      const got = async (asker: Name, target: 'BEST_MATCHING' | 'ALL' | 'ALL_COMPLETE'): Promise<string[]> => {
        const { replies } = await node(asker).get(`${key}/a`, { target, consolidation: 'NONE' });
        return replies.map(({ sample }) => Buffer.from(sample?.payload ?? '', 'hex').toString()).toSorted();
      };
      const clients: readonly Name[] = ['our-client', 'real-client'];
      const partial = [await declare('our-client', false), await declare('real-client', false)];
      await settled();
      for (const asker of ['our-peer', 'real-peer'] as const) {
        assert.deepEqual(await got(asker, 'BEST_MATCHING'), clients);
        assert.deepEqual(await got(asker, 'ALL'), clients);
        assert.deepEqual(await got(asker, 'ALL_COMPLETE'), []);
      }
      for (const queryable of partial) await queryable.undeclare();
      const complete = [await declare('our-client', true), await declare('real-client', true)];
      await settled();
      for (const asker of ['our-peer', 'real-peer'] as const) {
        assert.deepEqual(await got(asker, 'ALL'), clients);
        assert.deepEqual(await got(asker, 'ALL_COMPLETE'), clients);
        const best = await got(asker, 'BEST_MATCHING');
        assert.equal(best.length, 1);
      }
      // The best is chosen per region: one among the clients, one among the peers.
      const peer = await declare('real-peer', true);
      await complete[0]?.undeclare();
      const other = await declare('our-client', false);
      await settled();
      assert.deepEqual(await got('our-client', 'BEST_MATCHING'), ['our-client', 'real-client', 'real-peer']);
      assert.deepEqual(await got('our-client', 'ALL_COMPLETE'), ['real-client', 'real-peer']);
      for (const queryable of [peer, other, complete[1]]) await queryable?.undeclare();
    });

    test('a key that only differs in what it declares is one subscription after all', async () => {
      const key = freshKey('overlap');
      const reader = node('our-client');
      const other = node('real-client');
      const taps = [];
      for (const suffix of ['', '/**', '/*', '/a', '/a/**']) {
        taps.push([
          suffix,
          await other.subscriber(`${key}${suffix}`),
          await reader.subscriber(`${key}${suffix}`),
        ] as const);
      }
      await settled();
      for (const suffix of ['', '/a', '/a/b', '/*', '/**']) {
        await node('real-peer').put(`${key}${suffix}`, text(suffix), { congestion_control: 1 });
      }
      await settled();
      for (const [suffix, theirs, ours] of taps) {
        const keys = (seen: readonly { key: string }[]): string[] => seen.map((sample) => sample.key);
        assert.deepEqual(keys(ours.tap.seen), keys(theirs.tap.seen), suffix);
        assert.ok(ours.tap.seen.length > 0, suffix);
        await theirs.undeclare();
        await ours.undeclare();
      }
    });
  });
}
