import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Party } from './lib/party.ts';
import { asks, reaches, Stage } from './lib/stage.ts';
import { freshKey, told } from './lib/suite.ts';
import { eventually } from './lib/tap.ts';
import { EMPTY, pattern, type PutSettings, type SeenSample, text, toldBytes } from './lib/values.ts';

/* Older releases: less of everything, in every role. */

const RELEASES = ['1.9.0', '1.7.2', '1.0.4'] as const;

interface Ends {
  readonly ours: Party;
  readonly real: Party;
  /** Zid of the router that stamps, if there is one. */
  readonly stamp?: string;
}

const topologies: readonly (readonly [name: string, build: (stage: Stage, release: string) => Promise<Ends>])[] = [
  [
    'its client – our router – our client',
    async (stage, release) => {
      const router = await stage.ours({ mode: 'router', listen: 0 }, 'our router');
      const connect = [router.locator];
      const real = await stage.real({ mode: 'client', connect }, 'client', release);
      return { real, ours: await stage.ours({ mode: 'client', connect }, 'our client'), stamp: router.zid };
    },
  ],
  [
    'its peer – our router – our client',
    async (stage, release) => {
      const router = await stage.ours({ mode: 'router', listen: 0 }, 'our router');
      const connect = [router.locator];
      const real = await stage.real({ mode: 'peer', connect }, 'peer', release);
      return { real, ours: await stage.ours({ mode: 'client', connect }, 'our client'), stamp: router.zid };
    },
  ],
  [
    'its peer dials our peer',
    async (stage, release) => {
      const ours = await stage.ours({ mode: 'peer', listen: 0 }, 'our peer');
      return { ours, real: await stage.real({ mode: 'peer', connect: [ours.locator] }, 'peer', release) };
    },
  ],
  [
    'our peer dials its peer',
    async (stage, release) => {
      const real = await stage.real({ mode: 'peer', listen: 0 }, 'peer', release);
      return { real, ours: await stage.ours({ mode: 'peer', connect: [real.locator] }, 'our peer') };
    },
  ],
  [
    'our client – its router – its client',
    async (stage, release) => {
      const router = await stage.real({ mode: 'router', listen: 0 }, 'router', release);
      const connect = [router.locator];
      const ours = await stage.ours({ mode: 'client', connect }, 'our client');
      return { ours, real: await stage.real({ mode: 'client', connect }, 'client', release), stamp: router.zid };
    },
  ],
  [
    'our peer – its router – its client',
    async (stage, release) => {
      const router = await stage.real({ mode: 'router', listen: 0 }, 'router', release);
      const connect = [router.locator];
      const ours = await stage.ours({ mode: 'peer', connect }, 'our peer');
      return { ours, real: await stage.real({ mode: 'client', connect }, 'client', release), stamp: router.zid };
    },
  ],
  [
    'our client – its router – our peer and its current client',
    async (stage, release) => {
      const router = await stage.real({ mode: 'router', listen: 0 }, 'router', release);
      const connect = [router.locator];
      const ours = await stage.ours({ mode: 'client', connect }, 'our client');
      return { ours, real: await stage.real({ mode: 'client', connect }, 'current client'), stamp: router.zid };
    },
  ],
];

const puts: readonly (readonly [string, PutSettings])[] = [
  ['plain', {}],
  ['encoding', { encoding: 'text/plain;utf-8' }],
  ['own encoding', { encoding: 'a/b' }],
  ['attachment', { attachment: text('a') }],
  ['empty attachment', { attachment: EMPTY }],
  ['quality', { priority: 2, congestion_control: 1, express: true }],
];

/** Before 1.1 an encoding without number was the schema of number 0, and number 65535 was not known. */
function ownEncoding(encoding: string, from: Party, to: Party): string {
  if (encoding !== 'a/b') return encoding;
  if (from.name.includes('1.0.4')) return `zenoh/bytes;${encoding}`;
  return to.name.includes('1.0.4') ? `unknown(65535);${encoding}` : encoding;
}

async function samples(from: Party, to: Party, stamp: string | undefined): Promise<void> {
  const key = freshKey('release');
  const { tap, undeclare } = await to.subscriber(`${key}/*`);
  await reaches(from, to, `${key}/x`);
  const check = async (name: string, expected: Partial<SeenSample>): Promise<void> => {
    const sample = await tap.first((one) => one.key === `${key}/${name.replace(' ', '-')}`, name);
    assert.deepEqual(
      Object.fromEntries(Object.keys(expected).map((field) => [field, sample[field as keyof SeenSample]])),
      expected,
      name,
    );
    if (expected.kind !== 0) return;
    const id = sample.timestamp?.split('/')[1];
    // A router of its own clock stamps puts; peers do not.
    assert.equal(id, stamp, name);
  };
  for (const [name, settings] of puts) {
    const { attachment, encoding = 'zenoh/bytes', priority = 5, congestion_control = 0, express = false } = settings;
    await from.put(`${key}/${name.replace(' ', '-')}`, text(name), settings);
    await check(name, {
      kind: 0,
      payload: toldBytes(text(name)),
      encoding: ownEncoding(encoding, from, to),
      attachment: attachment === undefined ? null : toldBytes(attachment),
      priority,
      congestion: congestion_control,
      express,
    });
  }
  await from.put(`${key}/large`, pattern(1_000_000), { congestion_control: 1 });
  await check('large', { kind: 0, payload: toldBytes(pattern(1_000_000)) });
  await from.delete(`${key}/delete`, { attachment: text('d') });
  await check('delete', { kind: 1, payload: '', attachment: toldBytes(text('d')) });
  await undeclare();
}

async function queries(from: Party, to: Party): Promise<void> {
  const key = freshKey('release');
  const put = (value: string): { reply: 'put'; payload: ReturnType<typeof text> } => ({
    reply: 'put',
    payload: text(value),
  });
  const queryable = await to.queryable(`${key}/some`, [put('1'), put('2')]);
  const failing = await to.queryable(`${key}/bad`, [
    { reply: 'error', payload: text('no'), options: { encoding: 'text/plain' } },
  ]);
  const holding = await to.queryable(`${key}/held`, [], { hold: true });
  await asks(from, to, key);
  const body = { payload: pattern(70_000), encoding: 'text/plain;x', attachment: text('a') };
  const { replies: all } = await from.get(`${key}/some?p=1`, { ...body, consolidation: 'NONE' });
  assert.deepEqual(
    all.map(({ sample }) => sample?.payload),
    [toldBytes(text('1')), toldBytes(text('2'))],
  );
  const query = await queryable.tap.first(() => true, 'the query');
  assert.deepEqual(
    [query.selector, query.payload, query.encoding, query.attachment],
    [`${key}/some?p=1`, toldBytes(body.payload), body.encoding, toldBytes(body.attachment)],
  );
  const { replies: latest } = await from.get(`${key}/*`, { target: 'ALL', timeout: 0.3 });
  assert.equal(latest.filter(({ sample }) => sample !== undefined).length, 1);
  await holding.undeclare();
  const { replies: bad } = await from.get(`${key}/bad`);
  assert.deepEqual(
    bad.map(({ error }) => error),
    [{ payload: toldBytes(text('no')), encoding: 'text/plain' }],
  );
  await queryable.undeclare();
  await failing.undeclare();
  await reaches(from, to, key);
  const { replies: none, ms } = await from.get(`${key}/some`);
  assert.deepEqual(none, []);
  assert.ok(ms < 1_000, `${ms} ms`);
}

async function tokens(from: Party, to: Party): Promise<void> {
  const key = freshKey('release');
  const { tap, undeclare } = await to.livelinessSubscriber(`${key}/*`);
  await reaches(from, to, key);
  const token = await from.token(`${key}/a`);
  await tap.when((seen) => seen.length > 0, 'the token');
  const late = await to.livelinessSubscriber(`${key}/*`, { history: true });
  await late.tap.when((seen) => seen.length > 0, 'the token that is there');
  // The reference may miss a token that its subscriber has just been told of.
  await eventually('an answer', async () => {
    const { replies } = await to.livelinessGet(`${key}/*`);
    const keys = replies.map(({ sample }) => sample?.key);
    if (!to.ours && keys.length === 0) return false;
    assert.deepEqual(keys, [`${key}/a`]);
    return true;
  });
  await token.undeclare();
  for (const one of [tap, late.tap]) {
    await one.first((sample) => sample.kind === 1, 'its end');
    assert.deepEqual(
      told(to, one.seen).map((sample) => sample.kind),
      [0, 1],
    );
  }
  await undeclare();
  await late.undeclare();
}

async function matches(from: Party, to: Party): Promise<void> {
  const key = freshKey('release');
  const publisher = await from.publisher(key);
  assert.equal(await publisher.matching(), false);
  const subscriber = await to.subscriber(`${key}/**`);
  await eventually('a match', () => publisher.matching());
  await subscriber.undeclare();
  await eventually('no match', async () => !(await publisher.matching()));
  await publisher.undeclare();
}

for (const release of RELEASES) {
  for (const [name, build] of topologies) {
    void describe(`${release}: ${name}`, () => {
      const stage = new Stage();
      let ends: Ends | undefined;
      const parties = (): Ends => {
        if (ends === undefined) throw new Error('the topology was not built');
        return ends;
      };
      before(async () => {
        ends = await build(stage, release);
      });
      after(() => stage.end());
      for (const way of ['to us', 'from us'] as const) {
        const fromTo = (): readonly [Party, Party] => {
          const { ours, real } = parties();
          return way === 'to us' ? [real, ours] : [ours, real];
        };
        test(`${way}: samples`, () => samples(...fromTo(), parties().stamp));
        test(`${way}: queries`, () => queries(...fromTo()));
        test(`${way}: tokens`, () => tokens(...fromTo()));
        const skip = release === '1.0.4' && way === 'to us' && !name.includes('current');
        test(`${way}: matching`, skip ? { skip: 'its binding does not show matching' } : {}, () =>
          matches(...fromTo()),
        );
      }
    });
  }
}
