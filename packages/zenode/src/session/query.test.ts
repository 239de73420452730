import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestSessions, unread } from '../testing/index.ts';
import {
  FifoChannel,
  type IntoSelector,
  Locality,
  Parameters,
  type Query,
  type QueryableOptions,
  QueryTarget,
  type Reply,
  ReplyKeyExpr,
  RingChannel,
  Selector,
  type Session,
} from './index.ts';

const said = (replies: readonly Reply[]): string[] =>
  replies.map((one) => {
    const sample = one.ok();
    if (sample === undefined) return `!${one.err()!.payload()}`;
    return `${sample.kind() === 0 ? '' : '-'}${sample.keyexpr()} ${sample.payload()}`;
  });

/** A queryable that answers with a text and is done. */
function answering(session: Session, key: string, text: string, options: QueryableOptions = {}): Promise<unknown> {
  const handler = (query: Query): PromiseLike<void> => query.reply(key.replaceAll('*', 'x'), text);
  return session.declareQueryable(key, { autoFinalize: true, handler, ...options });
}

test('query: get and query bring the replies, and end', async () => {
  const net = new TestSessions();
  const { a, b } = await net.star();
  const seen: Query[] = [];
  const queryable = await net.of(
    b.declareQueryable('q/**', {
      handler: async (query) => {
        seen.push(query);
        await query.reply('q/a', '1', { encoding: 'text/plain', attachment: 'at' });
        await query.replyJson('q/b', { x: 1 });
        await query.replyDel('q/c');
        await query.replyErr('no', { encoding: 'zenoh/string' });
        await query.finalize();
        await query.finalize();
      },
    }),
  );
  await net.settle();
  const receiver = (await net.of(a.get('q/**?x=1;y', { payload: 'body', attachment: 'mine', priority: 2 })))!;
  await net.settle();
  const replies = unread(receiver);
  assert.deepEqual(said(replies).toSorted(), ['!no', '-q/c ', 'q/a 1', 'q/b {"x":1}']);
  assert.equal(receiver.state(), 'close');
  const first = replies.find((one) => one.ok()?.keyexpr().toString() === 'q/a')!;
  assert.deepEqual(
    [first.ok()!.encoding().toString(), first.ok()!.attachment()!.toString(), first.ok()!.priority()],
    ['text/plain', 'at', 2],
  );
  assert.equal(first.replierId()!.zid.toString(), b.zid().toString());
  assert.equal(first.replierId()!.eid, queryable.id().eid);
  const [query] = seen;
  assert.equal(String(query), 'q/**?x=1;y');
  assert.equal(query!.selector().parameters().get('x'), '1');
  assert.deepEqual([query!.payload()!.toString(), query!.encoding()!.toString()], ['body', 'zenoh/bytes']);
  assert.deepEqual([query!.attachment()!.toString(), query!.priority(), query!.congestionControl()], ['mine', 2, 1]);
  assert.equal(query!.acceptsReplies(), ReplyKeyExpr.MATCHING_QUERY);
  assert.equal(query!.finalized, true);
  await assert.rejects(query!.reply('q/a', 'late'), { code: 'QUERY_FINALIZED' });

  assert.equal((await net.of(a.query('q/**').toArray())).length, 4);
  assert.equal((await net.of(a.query('q/**').first()))!.payload().toString(), '1');
  await assert.rejects(net.of(samplesOf(a, 'q/**')), { code: 'QUERY_ERROR' });
  assert.deepEqual(await net.of(a.query('nobody').toArray()), []);
  assert.equal(await net.of(a.query('nobody').first()), undefined);
  await net.close();
});

async function samplesOf(session: Session, selector: IntoSelector): Promise<string[]> {
  const keys: string[] = [];
  for await (const sample of session.query(selector, { consolidation: 1 }).samples())
    keys.push(String(sample.keyexpr()));
  return keys;
}

test('query: a value is there or not, and an empty one is there', async () => {
  const net = new TestSessions();
  const { a, b } = await net.pair();
  const queries: Query[] = [];
  await net.of(b.declareQueryable('q', { handler: (query) => void queries.push(query) }));
  await net.of(a.declareQueryable('q', { handler: (query) => void queries.push(query) }));
  await net.settle();
  for (const options of [{}, { payload: '' }, { encoding: 'text/plain' }]) await net.of(a.get('q', options));
  await net.settle();
  assert.deepEqual(
    queries.map((one) => [one.payload()?.len(), one.encoding()?.toString()]),
    [
      [undefined, undefined],
      [undefined, undefined],
      [0, 'zenoh/bytes'],
      [0, 'zenoh/bytes'],
      [0, 'text/plain'],
      [0, 'text/plain'],
    ],
  );
  await net.close();
});

test('query: selectors of every kind', async () => {
  const net = new TestSessions();
  const a = await net.peer('a');
  const seen: string[] = [];
  await net.of(a.declareQueryable('q', { autoFinalize: true, handler: (query) => void seen.push(String(query)) }));
  const parameters = new Parameters('x=1');
  const key = a.declareKeyexpr('q');
  for (const selector of ['q?x=1', new Selector('q', parameters), key, [key, parameters] as const]) {
    await net.of(a.query(selector).toArray());
  }
  assert.deepEqual(seen, ['q?x=1', 'q?x=1', 'q', 'q?x=1']);
  assert.equal(parameters.toString(), 'x=1');
  const invalid = { code: 'INVALID_ARGUMENT' };
  await assert.rejects(a.get(5 as unknown as string), invalid);
  await assert.rejects(a.get(['q', 'x'] as unknown as string), invalid);
  await assert.rejects(a.get('q', { target: 9 as unknown as 1 }), invalid);
  await assert.rejects(a.get('q', { timeout: -1 }), invalid);
  await assert.rejects(a.get('a//b'), { code: 'INVALID_KEY_EXPR' });
  await assert.rejects(a.query('a//b').next(), { code: 'INVALID_KEY_EXPR' });
  await net.close();
});

test('query: all nine combinations of destination and origin', async () => {
  const net = new TestSessions();
  const { a, b } = await net.star();
  for (const allowedOrigin of [Locality.SESSION_LOCAL, Locality.REMOTE, Locality.ANY]) {
    const own = await net.of(a.declareQueryable('q', options('own', allowedOrigin)));
    const other = await net.of(b.declareQueryable('q', options('other', allowedOrigin)));
    await net.settle();
    for (const allowedDestination of [Locality.SESSION_LOCAL, Locality.REMOTE, Locality.ANY]) {
      const label = `destination ${Locality[allowedDestination]}, origin ${Locality[allowedOrigin]}`;
      const replies = await net.of(a.query('q', { allowedDestination, consolidation: 1 }).toArray());
      const toOwn = allowedDestination !== Locality.REMOTE && allowedOrigin !== Locality.REMOTE;
      const toOther = allowedDestination !== Locality.SESSION_LOCAL && allowedOrigin !== Locality.SESSION_LOCAL;
      const expected = [...(toOther ? ['q other'] : []), ...(toOwn ? ['q own'] : [])];
      assert.deepEqual(said(replies).toSorted(), expected, label);
    }
    await net.of(own.undeclare());
    await net.of(other.undeclare());
    await net.settle();
  }
  await net.close();

  function options(text: string, allowedOrigin: Locality): QueryableOptions {
    return { allowedOrigin, autoFinalize: true, handler: (query) => query.reply('q', text) };
  }
});

test('query: a session answers with all its queryables, under one end', async () => {
  const net = new TestSessions();
  const { a, b } = await net.pair();
  const held: Query[] = [];
  await net.of(b.declareQueryable('q/*', { handler: (query) => void held.push(query) }));
  await net.of(b.declareQueryable('q/a', { handler: (query) => void held.push(query) }));
  await net.of(b.declareQueryable('other', { handler: (query) => void held.push(query) }));
  await net.settle();
  const receiver = (await net.of(a.get('q/a', { consolidation: 1 })))!;
  await net.settle();
  assert.equal(held.length, 2);
  await net.of(held[0]!.reply('q/a', '1'));
  await net.of(held[0]!.finalize());
  await net.settle();
  assert.deepEqual(said(unread(receiver)), ['q/a 1']);
  assert.notEqual(receiver.state(), 'close');
  await net.of(held[1]!.reply('q/a', '2'));
  await net.of(held[1]![Symbol.asyncDispose]());
  await net.settle();
  assert.deepEqual(said(unread(receiver)), ['q/a 2']);
  assert.equal(receiver.state(), 'close');
  await net.close();
});

test('query: who is asked depends on the target', async () => {
  const net = new TestSessions();
  const { a, b } = await net.star();
  const c = await net.client();
  await net.of(answering(b, 'q/**', 'complete', { complete: true }));
  await net.of(answering(c, 'q/*', 'partial'));
  await net.of(answering(c, 'q/x', 'too'));
  await net.of(answering(a, 'q/*', 'own'));
  await net.settle();
  const ask = async (target: QueryTarget): Promise<string[]> => {
    const replies = await net.of(a.query('q/x', { target, consolidation: 1, acceptReplies: 0 }).toArray());
    return replies.map((one) => one.ok()!.payload().toString()).toSorted();
  };
  assert.deepEqual(await ask(QueryTarget.BEST_MATCHING), ['complete', 'own']);
  assert.deepEqual(await ask(QueryTarget.ALL), ['complete', 'own', 'partial', 'too']);
  assert.deepEqual(await ask(QueryTarget.ALL_COMPLETE), ['complete']);
  await net.close();
});

test('query: a reply on a foreign key is refused, unless any key is welcome', async () => {
  const net = new TestSessions();
  const { a, b } = await net.pair();
  const errors: unknown[] = [];
  await net.of(
    b.declareQueryable('q/*', {
      autoFinalize: true,
      handler: async (query) => {
        await query.reply('foreign', String(query.acceptsReplies())).catch((error: unknown) => void errors.push(error));
        await query.replyDel('a//b').catch((error: unknown) => void errors.push(error));
      },
    }),
  );
  await net.settle();
  assert.deepEqual(said(await net.of(a.query('q/a').toArray())), []);
  assert.equal((errors[0] as { code: string }).code, 'REPLY_KEY_EXPR');
  assert.match(String(errors[0]), /Attempted to reply on `foreign`, which does not intersect with query `q\/a`/);
  assert.equal((errors[1] as { code: string }).code, 'INVALID_KEY_EXPR');
  assert.deepEqual(said(await net.of(a.query('q/a', { acceptReplies: 0 }).toArray())), ['foreign 0']);
  assert.deepEqual(said(await net.of(a.query('q/a?_anyke').toArray())), ['foreign 0']);
  await net.close();
});

test('query: autoFinalize ends queries, also those whose callback fails', async () => {
  const net = new TestSessions();
  const { a, b } = await net.pair();
  const failures: unknown[] = [];
  b.addEventListener('callbackerror', (event) => failures.push((event.detail as Error).message));
  const handlers: ((query: Query) => void | PromiseLike<void>)[] = [
    () => {
      throw new Error('at once');
    },
    async (query) => {
      await query.reply('q', 'before');
      throw new Error('later');
    },
  ];
  for (const autoFinalize of [true, false]) {
    for (const handler of handlers) {
      const queryable = await net.of(b.declareQueryable('q', { autoFinalize, handler }));
      await net.settle();
      const replies = await net.of(a.query('q', { consolidation: 1 }).toArray());
      const error = handler === handlers[0] ? '!at once' : '!later';
      const before = handler === handlers[0] ? [] : ['q before'];
      assert.deepEqual(said(replies), autoFinalize ? [...before, error] : before);
      if (autoFinalize) assert.equal(replies.at(-1)!.err()!.encoding().toString(), 'zenoh/string');
      await net.of(queryable.undeclare());
    }
  }
  await net.settle();
  assert.deepEqual(failures, ['at once', 'later', 'at once', 'later']);
  await net.close();
});

test('query: what a channel drops, and what nobody has read when the queryable goes, ends at once', async () => {
  const net = new TestSessions();
  const { a, b } = await net.pair();
  for (const [handler, expected] of [
    [new FifoChannel<Query>(2), ['0', '1']],
    [new RingChannel<Query>(2), ['2', '3']],
  ] as const) {
    const queryable = await net.of(b.declareQueryable('q', { handler }));
    await net.settle();
    const ended: string[] = [];
    for (let i = 0; i < 4; i++) {
      void a.get(`q?n=${i}`, { handler: [() => {}, () => void ended.push(String(i))] });
    }
    await net.settle();
    await net.settle();
    assert.equal(handler.dropped, 2);
    assert.equal(ended.length, 2);
    await net.of(queryable.undeclare());
    await net.settle();
    assert.equal(ended.length, 4);
    assert.deepEqual(
      unread(queryable).map((one) => one.parameters().get('n')),
      expected,
    );
    assert.equal(handler.state(), 'close');
  }
  await net.close();
});

test('query: a queryable that reads its queries in a loop', async () => {
  const net = new TestSessions();
  const { a, b } = await net.pair();
  const queryable = await net.of(b.declareQueryable('q/**'));
  const loop = (async () => {
    for await (const query of queryable) {
      await query.replyJson('q/a', { ok: true });
      await query.finalize();
    }
  })();
  await net.settle();
  const [reply] = await net.of(a.query('q/a').toArray());
  assert.deepEqual(reply!.ok()!.payload().json(), { ok: true });
  await net.of(queryable.undeclare());
  await net.of(loop);
  await net.close();
});
