import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Party } from './lib/party.ts';
import { portOf, Proxy } from './lib/proxy.ts';
import { asks, reaches, Stage } from './lib/stage.ts';
import { freshKey } from './lib/suite.ts';
import { pattern, text, toldBytes } from './lib/values.ts';

type Config = Record<string, unknown>;

const tx = (more: Config): Config => ({ transport: { link: { tx: more } } });
const unicast = (more: Config): Config => ({ transport: { unicast: more } });

interface Variant {
  readonly name: string;
  readonly ours?: Config;
  readonly real?: Config;
  /** A megabyte of one byte passes in less than this. */
  readonly bytes?: number;
  readonly skip?: string;
}

const COMPRESSION = unicast({ compression: { enabled: true } });
const NO_QOS = unicast({ qos: { enabled: false } });
const LOW_LATENCY = unicast({ lowlatency: true, qos: { enabled: false } });

const variants: readonly Variant[] = [
  { name: 'compression on both sides', ours: COMPRESSION, real: COMPRESSION, bytes: 200_000 },
  { name: 'compression on our side only', ours: COMPRESSION },
  { name: 'compression on the real side only', real: COMPRESSION },
  ...['8bit', '16bit'].flatMap((bits) => [
    { name: `sequence numbers of ${bits} on our side`, ours: tx({ sequence_number_resolution: bits }) },
    { name: `sequence numbers of ${bits} on the real side`, real: tx({ sequence_number_resolution: bits }) },
  ]),
  { name: 'no QoS on our side', ours: NO_QOS },
  { name: 'no QoS on the real side', real: NO_QOS },
  { name: 'no QoS on both sides', ours: NO_QOS, real: NO_QOS },
  { name: 'batches of 256 bytes on our side', ours: tx({ batch_size: 256 }) },
  { name: 'batches of 256 bytes on the real side', real: tx({ batch_size: 256 }) },
  { name: 'batches of 1,000 and of 700 bytes', ours: tx({ batch_size: 1000 }), real: tx({ batch_size: 700 }) },
  {
    name: 'all together',
    ours: {
      transport: {
        unicast: { compression: { enabled: true } },
        link: { tx: { sequence_number_resolution: '8bit', batch_size: 300, lease: 2000 } },
      },
    },
    real: {
      transport: {
        unicast: { compression: { enabled: true } },
        link: { tx: { sequence_number_resolution: '16bit', batch_size: 2000, keep_alive: 2 } },
      },
    },
  },
  { name: 'low latency on the real side only', real: LOW_LATENCY },
  { name: 'low latency on both sides', ours: LOW_LATENCY, real: LOW_LATENCY, skip: 'not supported by our node yet' },
  { name: 'public keys', skip: 'not supported by our node yet' },
  {
    name: 'two links of one transport',
    skip: 'the binding needs public keys for it, which our node does not have yet',
  },
];

/** Small ones that make numbers wrap, one in fragments, a query: both ways. */
async function exchange(from: Party, to: Party): Promise<void> {
  const key = freshKey('handshake');
  const { tap, undeclare } = await to.subscriber(`${key}/**`);
  await reaches(from, to, key);
  const before = tap.seen.length;
  const count = 700;
  await from.putMany(`${key}/few`, count, { congestion_control: 1, priority: 2 });
  await from.put(`${key}/large`, pattern(50_000, 1), { congestion_control: 1, encoding: 'text/plain;x' });
  const samples = await tap.when((seen) => seen.length - before > count, `${count + 1} samples`);
  const few = samples.filter((sample) => sample.key.startsWith(`${key}/few/`));
  assert.deepEqual(
    few.map((sample) => sample.key),
    Array.from({ length: count }, (_, i) => `${key}/few/${i}`),
  );
  const large = samples.find((sample) => sample.key === `${key}/large`);
  assert.equal(large?.payload, toldBytes(pattern(50_000, 1)));
  assert.equal(large.encoding, 'text/plain;x');
  const queryable = await to.queryable(key, [{ reply: 'put', payload: pattern(3000) }]);
  await asks(from, to, key);
  const { replies } = await from.get(key, { payload: text('q') });
  assert.deepEqual(
    replies.map(({ sample }) => sample?.payload),
    [toldBytes(pattern(3000))],
  );
  await queryable.undeclare();
  await undeclare();
}

for (const dialling of ['our', 'real'] as const) {
  void describe(`the ${dialling} side dials`, () => {
    for (const { name, ours, real, bytes, skip } of variants) {
      void test(name, skip === undefined ? {} : { skip }, async (t) => {
        const stage = new Stage();
        t.after(() => stage.end());
        const ourPlace = { mode: 'peer', more: ours ?? {} } as const;
        const realPlace = { mode: 'peer', more: real ?? {} } as const;
        const listener =
          dialling === 'our'
            ? await stage.real({ ...realPlace, listen: 0 }, 'real peer')
            : await stage.ours({ ...ourPlace, listen: 0 }, 'our peer');
        const proxy = await Proxy.before(portOf(listener.locator));
        stage.onEnd(() => proxy.close());
        const connect = [proxy.locator];
        const dialler =
          dialling === 'our'
            ? await stage.ours({ ...ourPlace, connect }, 'our peer')
            : await stage.real({ ...realPlace, connect }, 'real peer');
        await exchange(dialler, listener);
        await exchange(listener, dialler);
        if (bytes === undefined) return;
        for (const [from, to] of [
          [dialler, listener],
          [listener, dialler],
        ] as const) {
          const key = freshKey('compressed');
          const { tap } = await to.subscriber(key);
          await reaches(from, to, key);
          const passed = proxy.bytes;
          await from.put(key, pattern(1_000_000), { congestion_control: 1 });
          await tap.when((seen) => seen.length > 0, 'a megabyte');
          assert.equal(tap.seen[0]?.payload, toldBytes(pattern(1_000_000)));
          assert.ok(proxy.bytes - passed < bytes, `${proxy.bytes - passed} bytes`);
        }
      });
    }
  });
}

void describe('user and password', () => {
  let folder = '';
  const secret = 'p:ss w\u00f6rd';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'zenode-'));
    await writeFile(join(folder, 'users'), `bob:other\nalice:${secret}\n`);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const auth = (usrpwd: Config): Config => ({ transport: { auth: { usrpwd } } });
  const user = (name: string, password: string): Config => auth({ user: name, password });
  const users = (): Config => auth({ dictionary_file: join(folder, 'users') });
  /** Credentials of whoever listens too: a node without any refuses a dictionary. */
  const listening = (): Config => ({
    transport: { auth: { usrpwd: { user: 'router', password: 'r', dictionary_file: join(folder, 'users') } } },
  });

  for (const listener of ['our', 'real'] as const) {
    const dialler = listener === 'our' ? 'real' : 'our';
    const meet = async (stage: Stage, more: Config, given: Config): Promise<readonly [Party, Party]> => {
      const place = { mode: 'router', listen: 0, more } as const;
      const router = listener === 'our' ? await stage.ours(place, 'router') : await stage.real(place, 'router');
      const connect = [router.locator];
      const client = {
        mode: 'client',
        connect,
        more: { ...given, connect: { endpoints: connect, timeout_ms: 0 } },
      } as const;
      return [router, dialler === 'our' ? await stage.ours(client, 'client') : await stage.real(client, 'client')];
    };
    const cases: readonly (readonly [name: string, given: Config, admitted: boolean])[] = [
      ['right', user('alice', secret), true],
      ['a wrong password', user('alice', 'wrong'), false],
      ['an unknown user', user('carol', secret), false],
      ['nothing', {}, false],
    ];
    for (const [name, given, admitted] of cases) {
      void test(`${listener} router, ${dialler} client: ${name} is ${admitted ? 'admitted' : 'refused'}`, async (t) => {
        const stage = new Stage();
        t.after(() => stage.end());
        for (const more of [users(), listening()]) {
          if (!admitted) {
            await assert.rejects(meet(stage, more, given));
            continue;
          }
          const [router, client] = await meet(stage, more, given);
          await reaches(client, router, freshKey('user'));
          await reaches(router, client, freshKey('user'));
        }
      });
    }
    void test(`${listener} router without users refuses a ${dialler} client with credentials`, async (t) => {
      const stage = new Stage();
      t.after(() => stage.end());
      await assert.rejects(meet(stage, {}, user('alice', secret)));
    });
  }
});
