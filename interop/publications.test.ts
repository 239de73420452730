import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reaches } from './lib/stage.ts';
import { everyWay, freshKey, type Way } from './lib/suite.ts';
import { type Bytes, EMPTY, pattern, type PutSettings, type SeenSample, text, toldBytes } from './lib/values.ts';

interface Variant {
  readonly name: string;
  readonly kind?: 'put' | 'delete';
  readonly payload?: Bytes;
  readonly settings?: PutSettings;
  /** What a receiver sees where it is not what was asked for. */
  readonly sees?: Partial<SeenSample>;
}

const STAMP = '2026-01-02T03:04:05.678901234Z/33';

const encodings: readonly Variant[] = [
  { name: 'none', settings: {}, sees: { encoding: 'zenoh/bytes' } },
  ...[
    'zenoh/bytes',
    'zenoh/string',
    'text/plain',
    'text/plain;utf-8',
    'text/plain;a;b',
    'application/json',
    'video/vp9',
    'zenoh/bytes;schema',
    'my/custom',
    'my/custom;schema',
    'application/protobuf;' + 'x'.repeat(254),
    'text/plain;größe',
  ].map((encoding) => ({ name: encoding, settings: { encoding }, sees: { encoding } })),
  { name: 'empty schema', settings: { encoding: 'text/plain;' }, sees: { encoding: 'text/plain' } },
  { name: 'empty', settings: { encoding: '' }, sees: { encoding: 'zenoh/bytes' } },
];

const attachments: readonly Variant[] = [
  { name: 'none' },
  { name: 'empty', settings: { attachment: EMPTY } },
  { name: 'bytes', settings: { attachment: text('meta') } },
  { name: 'long', settings: { attachment: pattern(100_000, 7) } },
  {
    name: 'with an encoding and a time',
    settings: { attachment: text('m'), encoding: 'text/csv;x', timestamp: STAMP },
  },
];

const timestamps: readonly Variant[] = [
  { name: 'none' },
  { name: 'given', settings: { timestamp: STAMP } },
  {
    name: 'given with a long id',
    settings: { timestamp: '2026-01-02T03:04:05Z/0123456789abcdef0123456789abcdef'.replace('/0', '/') },
  },
];

const qualities: readonly Variant[] = [1, 2, 3, 4, 5, 6, 7].flatMap((priority) =>
  [0, 1, 2].flatMap((congestion_control) =>
    [false, true].map((express) => ({
      name: `priority ${priority}, congestion control ${congestion_control}${express ? ', express' : ''}`,
      settings: { priority, congestion_control, express },
    })),
  ),
);

const deletes: readonly Variant[] = [
  { name: 'plain' },
  { name: 'attachment', settings: { attachment: text('gone') } },
  { name: 'empty attachment', settings: { attachment: EMPTY } },
  { name: 'time', settings: { timestamp: STAMP } },
  { name: 'quality', settings: { priority: 2, congestion_control: 1, express: true } },
].map((variant) => ({ ...variant, kind: 'delete' as const }));

const sources: readonly Variant[] = [
  { name: 'put', settings: { source_info: 4_294_967_295 } },
  { name: 'put with all', settings: { source_info: 0, attachment: text('a'), encoding: 'text/xml', timestamp: STAMP } },
  { name: 'delete', kind: 'delete', settings: { source_info: 7 } },
];

/** What a receiver has to see of a variant that was sent to `key`. */
function expected(way: Way, key: string, variant: Variant, sent: string | null): SeenSample {
  const { settings = {}, kind = 'put', payload = text(variant.name) } = variant;
  const source = settings.source_info === undefined ? null : { zid: way.from.zid, eid: 1, sn: settings.source_info };
  return {
    key,
    kind: kind === 'put' ? 0 : 1,
    payload: kind === 'put' ? toldBytes(payload) : '',
    encoding: settings.encoding ?? 'zenoh/bytes',
    attachment: settings.attachment === undefined ? null : toldBytes(settings.attachment),
    timestamp: sent,
    priority: settings.priority ?? 5,
    congestion: settings.congestion_control ?? 0,
    express: settings.express ?? false,
    source,
    ...variant.sees,
  };
}

/** A time that a node on the way has given is replaced by the name of that node. */
function named(way: Way, sample: SeenSample, sent: string | null): SeenSample {
  if (sent !== null || sample.timestamp === null) return sample;
  const [, id] = sample.timestamp.split('/');
  return { ...sample, timestamp: id === way.stamp ? 'stamped' : sample.timestamp };
}

type Send = (key: string, variant: Variant) => Promise<string | null>;

const plainly =
  ({ from }: Way): Send =>
  (key, { kind, payload, settings, name }) =>
    kind === 'delete' ? from.delete(key, settings) : from.put(key, payload ?? text(name), settings);

async function exchange(
  way: Way,
  subject: string,
  variants: readonly Variant[],
  send: Send = plainly(way),
): Promise<void> {
  const { from, to, stamp } = way;
  const base = freshKey(subject);
  const { tap, undeclare } = await to.subscriber(`${base}/*`);
  await reaches(from, to, `${base}/0`);
  const all: SeenSample[] = [];
  const sent: (string | null)[] = [];
  for (const [i, variant] of variants.entries()) {
    const key = `${base}/${i}`;
    const time = await send(key, variant);
    const stamped = time === null && stamp !== undefined && (variant.kind !== 'delete' || stamp === from.zid);
    sent.push(time);
    // One by one: zenoh drops what a queue has no room for after a millisecond, and some queues hold a single batch.
    await tap.when((seen) => seen.length > i, `a sample on ${key}`);
    all.push(expected(way, key, variant, stamped ? 'stamped' : time));
  }
  await undeclare();
  assert.deepEqual(
    tap.seen.map((sample, i) => named(way, sample, sent[i] ?? null)),
    all,
  );
}

everyWay((way) => {
  const subjects: readonly (readonly [string, readonly Variant[]])[] = [
    ['encodings', encodings],
    ['attachments', attachments],
    ['timestamps', timestamps],
    ['priorities, congestion control and express', qualities],
    ['deletes', deletes],
    ['source info', sources],
  ];
  for (const [name, variants] of subjects) {
    test(name, () => exchange(way(), name.split(/[ ,]/)[0] as string, variants));
  }

  test('declared key expressions', async () => {
    const { from } = way();
    const variants: readonly Variant[] = [
      { name: 'first' },
      { name: 'again' },
      { name: 'all', settings: { encoding: 'text/plain;x', attachment: text('a'), timestamp: STAMP, priority: 3 } },
      { name: 'delete', kind: 'delete' },
    ];
    await exchange(way(), 'alias', variants, async (key, { kind, name, settings }) => {
      const declared = await from.declareKey(key);
      const time = kind === 'delete' ? await declared.delete(settings) : await declared.put(text(name), settings);
      await declared.undeclare();
      return time;
    });
  });

  test('publishers', async () => {
    const { from } = way();
    const variants: readonly Variant[] = [
      { name: 'plain' },
      { name: 'encoding', settings: { encoding: 'text/plain;x' } },
      {
        name: 'all',
        settings: {
          encoding: 'a/b',
          attachment: text('a'),
          timestamp: STAMP,
          priority: 7,
          congestion_control: 1,
          express: true,
        },
      },
      { name: 'delete', kind: 'delete', settings: { attachment: EMPTY, priority: 1 } },
    ];
    await exchange(way(), 'publisher', variants, async (key, { kind, name, settings = {} }) => {
      const { priority, congestion_control, express, encoding, ...rest } = settings;
      const publisher = await from.publisher(key, {
        ...(priority === undefined ? {} : { priority }),
        ...(congestion_control === undefined ? {} : { congestion_control }),
        ...(express === undefined ? {} : { express }),
        ...(encoding === undefined ? {} : { encoding }),
      });
      const time = kind === 'delete' ? await publisher.delete(rest) : await publisher.put(text(name), rest);
      await publisher.undeclare();
      return time;
    });
  });

  test('an encoding given with the put wins over that of the publisher', async () => {
    const { from } = way();
    const sees = { encoding: 'text/css' };
    await exchange(way(), 'override', [{ name: 'override', sees }], async (key, { name }) => {
      const publisher = await from.publisher(key, { encoding: 'text/html' });
      const time = await publisher.put(text(name), { encoding: 'text/css' });
      await publisher.undeclare();
      return time;
    });
  });

  test('keys of all kinds', async () => {
    const { from, to } = way();
    const base = freshKey('keys');
    const { tap, undeclare } = await to.subscriber(`${base}/**`);
    await reaches(from, to, base);
    const before = tap.seen.length;
    // A put on a wildcard is one sample that carries it.
    const keys = [
      base,
      'a',
      'größe/ñ/日本',
      'a b',
      '*',
      '**',
      'a/*/b',
      'a$*',
      'x'.repeat(2000),
      'deep/'.repeat(60) + 'end',
    ].map((key) => (key === base ? base : `${base}/${key}`));
    for (const [i, key] of keys.entries()) {
      await from.put(key, text(String(i)));
      await tap.when((seen) => seen.length > before + i, key);
    }
    assert.deepEqual(
      tap.seen.slice(before).map((sample) => sample.key),
      keys,
    );
    await undeclare();
  });
});
