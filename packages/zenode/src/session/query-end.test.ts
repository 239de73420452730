import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { TestSessions, unread } from '../testing/index.ts';
import { CancellationToken, type Query, type QueryableOptions, type Reply, type Session } from './index.ts';

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

test('query: the session gives up when the time is over, and says so once', async () => {
  const net = new TestSessions();
  const { a, b } = await net.star();
  const held: Query[] = [];
  await net.of(b.declareQueryable('q', { handler: (query) => void held.push(query) }));
  await net.of(a.declareQueryable('q', { handler: (query) => void held.push(query) }));
  await net.settle();
  for (const consolidation of [1, 3] as const) {
    const receiver = (await net.of(a.get('q', { timeout: 500, consolidation })))!;
    await net.settle();
    for (const query of held.splice(0)) await net.of(query.reply('q', '1'));
    await net.run(450);
    assert.notEqual(receiver.state(), 'close');
    await net.run(3000);
    const replies = unread(receiver);
    assert.deepEqual(said(replies).at(-1), '!Timeout');
    assert.equal(said(replies).filter((one) => one === '!Timeout').length, 1);
    assert.equal(said(replies).length, consolidation === 1 ? 3 : 2);
    assert.equal(replies.at(-1)!.err()!.isTimeout(), true);
    assert.equal(replies.at(-1)!.err()!.encoding().toString(), 'zenoh/string');
    assert.equal(replies.at(-1)!.replierId(), undefined);
    assert.equal(receiver.state(), 'close');
  }
  await net.close();
});

test('query: signals and tokens end queries', async () => {
  const net = new TestSessions();
  const { a, b } = await net.pair();
  const held: Query[] = [];
  await net.of(b.declareQueryable('q', { handler: (query) => void held.push(query) }));
  await net.settle();
  const reason = new Error('enough');
  const aborted = AbortSignal.abort(reason);
  await assert.rejects(a.get('q', { signal: aborted }), reason);
  await assert.rejects(a.query('q', { signal: aborted }).next(), reason);
  const cancelled = new CancellationToken();
  cancelled.cancel();
  const closed = (await net.of(a.get('q', { cancellationToken: cancelled })))!;
  assert.equal(closed.state(), 'close');
  assert.equal(held.length, 0);

  const controller = new AbortController();
  const token = new CancellationToken();
  const one = (await net.of(a.get('q', { signal: controller.signal, consolidation: 3 })))!;
  const two = (await net.of(a.get('q', { cancellationToken: token })))!;
  const stream = a.query('q', { signal: controller.signal });
  const next = stream.next();
  next.catch(() => {});
  await net.settle();
  assert.equal(held.length, 3);
  for (const query of held) await net.of(query.reply('q', 'held'));
  controller.abort(reason);
  token.cancel();
  await net.settle();
  assert.equal(one.tryReceive().kind, 'close');
  assert.equal(two.tryReceive().kind, 'close');
  await assert.rejects(next, reason);
  for (const query of held) {
    await net.of(query.reply('q', 'late'));
    await net.of(query.finalize());
  }
  await net.settle();

  const left = a.query('q', { consolidation: 1 });
  const reading = left.next();
  await net.settle();
  await net.of(held.at(-1)!.reply('q', 'x'));
  assert.equal((await net.of(reading)).value!.ok()!.payload().toString(), 'x');
  await net.of(left.return());
  assert.equal((await net.of(left.next())).done, true);
  await net.close();
});

test('query: a querier asks again and again', async () => {
  const net = new TestSessions();
  const { a, b } = await net.star();
  const seen: string[] = [];
  const held: Query[] = [];
  await net.of(
    b.declareQueryable('q/**', {
      handler: async (query) => {
        seen.push(`${query} ${query.payload() ?? ''}`);
        if (query.parameters().containsKey('hold')) return void held.push(query);
        await query.reply('elsewhere', '1');
        await query.finalize();
      },
    }),
  );
  const querier = await net.of(a.declareQuerier('q/*', { acceptReplies: 0, target: 1, priority: 3 }));
  await net.settle();
  assert.equal(querier.keyExpr().toString(), 'q/*');
  assert.deepEqual([querier.priority(), querier.congestionControl(), querier.acceptReplies()], [3, 1, 0]);
  const receiver = (await net.of(querier.get({ parameters: { x: '1' }, payload: 'p' })))!;
  await net.settle();
  assert.deepEqual(said(unread(receiver)), ['elsewhere 1']);
  assert.deepEqual(said(await net.of(querier.query({ parameters: 'y' }).toArray())), ['elsewhere 1']);
  assert.equal((await net.of(querier.query().first()))!.payload().toString(), '1');
  assert.deepEqual(seen, ['q/*?x=1;_anyke p', 'q/*?y;_anyke ', 'q/*?_anyke ']);
  await assert.rejects(querier.get({ parameters: 5 as unknown as string }), { code: 'INVALID_ARGUMENT' });
  const pending = (await net.of(querier.get({ parameters: 'hold' })))!;
  await net.settle();
  await net.of(held[0]!.reply('q/a', 'never seen'));
  await net.of(querier.undeclare());
  assert.equal(pending.tryReceive().kind, 'close');
  await assert.rejects(querier.undeclare(), { code: 'ALREADY_UNDECLARED' });
  await assert.rejects(querier.get(), { code: 'ALREADY_UNDECLARED' });
  await net.of(querier[Symbol.asyncDispose]());
  await net.close();
});

test('query: a loop that awaits queries of the own session lets others have their turn', async () => {
  const net = new TestSessions();
  const a = await net.peer('a');
  await net.of(answering(a, 'q', '1'));
  let turns = 0;
  const count = (): void => {
    turns++;
    if (turns < 1000) net.scheduler.macro(count);
  };
  net.scheduler.macro(count);
  const loop = async (): Promise<number> => {
    for (let i = 0; i < 10_000; i++) await a.get('q', { handler: () => {} });
    return turns;
  };
  assert.ok((await net.of(loop())) >= 2);
  await net.close();
});

test('query: one that its application has forgotten ends when its memory is reclaimed', async () => {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  const net = new TestSessions();
  const { a, b } = await net.pair();
  await net.of(b.declareQueryable('q', { handler: () => {} }));
  await net.settle();
  const receiver = (await net.of(a.get('q', { timeout: 1_000_000 })))!;
  await net.settle();
  for (let i = 0; i < 50 && receiver.state() !== 'close'; i++) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 1));
    await net.settle();
  }
  assert.equal(receiver.tryReceive().kind, 'close');
  await net.close();
});
