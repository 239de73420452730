import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PartyQueryable } from './lib/party.ts';
import { asks } from './lib/stage.ts';
import { everyWay, freshKey, type Way } from './lib/suite.ts';
import {
  type Bytes,
  EMPTY,
  type GetSettings,
  pattern,
  type QueryableSettings,
  type QueryBody,
  type ReplyStep,
  type SeenReply,
  type SeenSample,
  text,
  toldBytes,
} from './lib/values.ts';

const at = (second: number): string => `2026-01-02T03:04:0${second}Z/33`;
const put = (value: string, options: ReplyStep['options'] = {}): ReplyStep => ({
  reply: 'put',
  payload: text(value),
  options,
});

/** Payloads of the replies, as text; errors in brackets. */
const texts = (replies: readonly SeenReply[]): string[] =>
  replies.map(({ sample, error }) => {
    const plain = Buffer.from((sample ?? error)?.payload ?? '', 'hex').toString();
    if (sample === undefined) return `[${plain}]`;
    return sample.kind === 1 ? `-${plain}` : plain;
  });

/** A queryable of `to` that queries of `from` reach. */
async function answering(
  { from, to }: Way,
  key: string,
  script: readonly ReplyStep[],
  settings: QueryableSettings & { hold?: boolean } = {},
): Promise<PartyQueryable> {
  const queryable = await to.queryable(key, script, settings);
  await asks(from, to, freshKey('asks'));
  return queryable;
}

const bodies: readonly (readonly [name: string, body: QueryBody, parameters?: string])[] = [
  ['nothing', {}],
  ['an empty payload', { payload: EMPTY }],
  ['a payload', { payload: text('p') }],
  ['an encoding alone', { encoding: 'text/plain;x' }],
  ['payload and encoding', { payload: text('p'), encoding: 'my/own;y' }],
  ['an attachment', { attachment: text('a') }],
  ['an empty attachment', { attachment: EMPTY }],
  ['parameters', {}, 'a=1;b;c=x|y'],
  [
    'all',
    { payload: pattern(70_000, 3), encoding: 'text/csv', attachment: pattern(300), source_info: 9 },
    '_time=[..];q=ü',
  ],
];

const replies: readonly (readonly [name: string, step: ReplyStep])[] = [
  ['plain', put('1')],
  ['empty', { reply: 'put', payload: EMPTY }],
  ['known encoding', put('1', { encoding: 'application/json' })],
  ['encoding with schema', put('1', { encoding: 'text/plain;utf-8' })],
  ['own encoding', put('1', { encoding: 'a/b;c' })],
  ['attachment', put('1', { attachment: text('a') })],
  ['empty attachment', put('1', { attachment: EMPTY })],
  ['time', put('1', { timestamp: at(1) })],
  ['express', put('1', { express: true })],
  ['all', put('1', { encoding: 'text/css;z', attachment: pattern(1000), timestamp: at(2), express: true })],
  ['large', { reply: 'put', payload: pattern(1_000_000, 5) }],
  ['delete', { reply: 'delete' }],
  ['delete with all', { reply: 'delete', options: { attachment: text('a'), timestamp: at(3) } }],
  ['error', { reply: 'error', payload: text('bad') }],
  ['error with encoding', { reply: 'error', payload: text('bad'), options: { encoding: 'text/plain;x' } }],
  ['empty error', { reply: 'error', payload: EMPTY }],
];

function expectedReply(step: ReplyStep, key: string): Omit<SeenReply, 'replier'> {
  const { payload = EMPTY, options = {} } = step;
  const encoding = options.encoding ?? 'zenoh/bytes';
  if (step.reply === 'error') return { error: { payload: toldBytes(payload), encoding } };
  const sample: SeenSample = {
    key,
    kind: step.reply === 'delete' ? 1 : 0,
    payload: step.reply === 'delete' ? '' : toldBytes(payload),
    encoding,
    attachment: options.attachment === undefined ? null : toldBytes(options.attachment),
    timestamp: null,
    priority: 5,
    congestion: 1,
    // That of the query: the option of the reply has no effect.
    express: false,
    source: null,
  };
  return { sample };
}

/** The time of a sample, by its seconds: the senders of replies do not tell its text. */
function seconds(sample: SeenSample | undefined): number | undefined {
  if (sample?.timestamp === undefined || sample.timestamp === null) return undefined;
  return Number(BigInt(sample.timestamp.split('/')[0] as string) >> 32n) % 60;
}

everyWay((way) => {
  test('queries arrive as they were asked', async () => {
    const { from } = way();
    const key = freshKey('query');
    const queryable = await answering(way(), key, [put('1')]);
    for (const [name, body, parameters = ''] of bodies) {
      const seen = queryable.tap.seen.length;
      const selector = parameters === '' ? key : `${key}?${parameters}`;
      const { replies: got } = await from.get(selector, { ...body, consolidation: 'NONE' });
      assert.deepEqual(texts(got), ['1'], name);
      await queryable.tap.when((all) => all.length > seen, `query with ${name}`);
      assert.equal(queryable.tap.seen.length, seen + 1, name);
      const hasBody = body.payload !== undefined || body.encoding !== undefined;
      assert.deepEqual(
        queryable.tap.seen.at(-1),
        {
          selector,
          key,
          parameters,
          payload: hasBody ? toldBytes(body.payload ?? EMPTY) : null,
          encoding: hasBody ? (body.encoding ?? 'zenoh/bytes') : null,
          attachment: body.attachment === undefined ? null : toldBytes(body.attachment),
          accepts: 'MATCHING_QUERY',
          source: body.source_info === undefined ? null : { zid: from.zid, eid: 1, sn: body.source_info },
        },
        name,
      );
    }
    await queryable.undeclare();
  });

  test('replies arrive as they were given', async () => {
    const { from, to } = way();
    const key = freshKey('reply');
    const queryables: PartyQueryable[] = [];
    for (const [i, [, step]] of replies.entries()) queryables.push(await to.queryable(`${key}/${i}`, [step]));
    await asks(from, to, key);
    for (const [i, [name, step]] of replies.entries()) {
      const { replies: got } = await from.get(`${key}/${i}`);
      assert.equal(got.length, 1, name);
      const [{ sample, error, replier }] = got as [SeenReply];
      assert.equal(replier?.zid, to.zid, name);
      const time = step.options?.timestamp;
      assert.equal(seconds(sample), time === undefined ? undefined : Number(time.slice(18, 19)), name);
      const plain = sample === undefined ? { error } : { sample: { ...sample, timestamp: null } };
      assert.deepEqual(plain, expectedReply(step, `${key}/${i}`), name);
    }
    for (const queryable of queryables) await queryable.undeclare();
  });

  test('a query passes its priority, congestion control and express on to the replies', async () => {
    const { from } = way();
    const key = freshKey('quality');
    const queryable = await answering(way(), key, [put('1')]);
    for (const [priority, congestion_control, express] of [
      [1, 1, false],
      [7, 0, false],
      [3, 1, true],
    ] as const) {
      const { replies: got } = await from.get(key, { priority, congestion_control, express });
      assert.equal(got[0]?.sample?.priority, priority);
      assert.equal(got[0].sample.congestion, congestion_control);
      assert.equal(got[0].sample.express, express);
    }
    await queryable.undeclare();
  });

  test('targets choose among queryables', async () => {
    const { from, to } = way();
    const key = freshKey('target');
    const complete = await to.queryable(`${key}/**`, [put('complete')], { complete: true });
    const partial = await answering(way(), `${key}/**`, [put('partial')]);
    for (const [target, expected] of [
      ['BEST_MATCHING', ['complete', 'partial']],
      ['ALL', ['complete', 'partial']],
      ['ALL_COMPLETE', ['complete']],
    ] as const) {
      const { replies: got } = await from.get(`${key}/a`, { target, consolidation: 'NONE' });
      assert.deepEqual(texts(got).toSorted(), expected, target);
    }
    await complete.undeclare();
    const { replies: got } = await from.get(`${key}/a`, { target: 'ALL_COMPLETE' });
    assert.deepEqual(texts(got), []);
    await partial.undeclare();
  });

  test('consolidation keeps what it should', async () => {
    const { from } = way();
    const key = freshKey('consolidation');
    const queryable = await answering(way(), `${key}/**`, [
      put('2', { timestamp: at(2) }),
      put('1', { timestamp: at(1) }),
      put('3', { timestamp: at(3) }),
      { reply: 'put', key: `${key}/b`, payload: text('b') },
    ]);
    const cases: readonly (readonly [GetSettings['consolidation'], string, readonly string[]])[] = [
      ['NONE', '', ['2', '1', '3', 'b']],
      ['MONOTONIC', '', ['2', '3', 'b']],
      ['LATEST', '', ['3', 'b']],
      ['AUTO', '', ['3', 'b']],
      ['AUTO', '?_time=[..]', ['2', '1', '3', 'b']],
    ];
    for (const [consolidation, parameters, expected] of cases) {
      // Replies carry the key of the query unless they say otherwise: one that has no wildcard.
      const settings: GetSettings = { ...(consolidation && { consolidation }), accept_replies: 'ANY' };
      const { replies: got } = await from.get(`${key}/a${parameters}`, settings);
      const found = texts(got);
      const ordered = consolidation === 'LATEST' || (consolidation === 'AUTO' && parameters === '');
      assert.deepEqual(ordered ? found.toSorted() : found, expected, `${consolidation} ${parameters}`);
    }
    await queryable.undeclare();
  });

  test('replies on other keys are accepted when asked for, and only then', async () => {
    const { from } = way();
    const key = freshKey('any');
    const queryable = await answering(way(), key, [{ reply: 'put', key: `${key}/other`, payload: text('other') }]);
    const { replies: any } = await from.get(key, { accept_replies: 'ANY' });
    assert.deepEqual(texts(any), ['other']);
    assert.equal(any[0]?.sample?.key, `${key}/other`);
    const query = await queryable.tap.first(() => true, 'the query');
    assert.deepEqual([query.accepts, query.parameters], ['ANY', '_anyke']);
    await queryable.undeclare();
  });

  test('a query without queryable ends at once', async () => {
    const { from, to } = way();
    await asks(from, to, freshKey('none'));
    const { replies: got, ms } = await from.get(freshKey('none'));
    assert.deepEqual(got, []);
    assert.ok(ms < 1_000, `${ms} ms`);
  });

  test('an unanswered query ends with Timeout', async () => {
    const { from } = way();
    const key = freshKey('timeout');
    const queryable = await answering(way(), key, [put('before')], { hold: true });
    const { replies: got, ms } = await from.get(key, { timeout: 0.2 });
    const found = texts(got);
    // A real session that runs out of time between the error of the forwarding node and its final tells both.
    const twice = found.lastIndexOf('[Timeout]');
    if (!from.ours && twice !== found.indexOf('[Timeout]')) found.splice(twice, 1);
    assert.deepEqual(found.toSorted(), ['[Timeout]', 'before']);
    assert.ok(ms > 150 && ms < 1_500, `${ms} ms`);
    await queryable.release();
    await queryable.undeclare();
  });

  test('a thousand replies to one query arrive in order', async () => {
    const { from } = way();
    const key = freshKey('many');
    const script = Array.from({ length: 1000 }, (_, i) => put(String(i)));
    const queryable = await answering(way(), key, script);
    const { replies: got } = await from.get(key, { consolidation: 'NONE' });
    assert.deepEqual(
      texts(got),
      script.map((_, i) => String(i)),
    );
    await queryable.undeclare();
  });

  test('a queryable answers with what it was asked', async () => {
    const { from } = way();
    const key = freshKey('echo');
    const queryable = await answering(way(), key, [{ reply: 'put', echo: true }]);
    const payloads: readonly Bytes[] = [EMPTY, text('x'), pattern(65_500), pattern(300_000)];
    for (const payload of payloads) {
      const { replies: got } = await from.get(key, { payload });
      assert.equal(got[0]?.sample?.payload, toldBytes(payload));
    }
    await queryable.undeclare();
  });

  test('a query on a wildcard finds every queryable it meets', async () => {
    const { from, to } = way();
    const key = freshKey('wild');
    const one = await to.queryable(`${key}/one`, [put('1')]);
    const two = await to.queryable(`${key}/two/**`, [{ reply: 'put', key: `${key}/two/x`, payload: text('2') }]);
    await asks(from, to, key);
    const { replies: got } = await from.get(`${key}/**`, { target: 'ALL' });
    // The first answers with the key of the query, which has wildcards.
    assert.deepEqual(texts(got).toSorted(), ['1', '2']);
    await one.undeclare();
    await two.undeclare();
  });

  test('queriers ask as they were declared', async () => {
    const { from } = way();
    const key = freshKey('querier');
    const queryable = await answering(way(), key, [put('1'), put('2')]);
    const querier = await from.querier(key, { consolidation: 'NONE', target: 'ALL', priority: 2 });
    for (const [i, parameters] of ['', 'a=1', 'b'].entries()) {
      const payload = text(String(i));
      const { replies: got } = await querier.get({ parameters, payload, encoding: 'text/plain', attachment: EMPTY });
      assert.deepEqual(texts(got), ['1', '2']);
      assert.equal(got[0]?.sample?.priority, 2);
      const queries = await queryable.tap.when(({ length }) => length > i, `query ${i}`);
      const { parameters: seen, payload: body, encoding, attachment } = queries[i] ?? {};
      assert.deepEqual([seen, body, encoding, attachment], [parameters, toldBytes(payload), 'text/plain', '']);
    }
    await querier.undeclare();
    await queryable.undeclare();
  });
});
