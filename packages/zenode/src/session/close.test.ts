import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSession, shareSession, type Query, type ReplyStream, type Session } from './index.ts';
import { TestSessions, unread } from '../testing/index.ts';

const CLOSED = { code: 'SESSION_CLOSED', name: 'SessionClosedError', message: 'session closed' };

test('close: everything of the session ends, and nothing works any more', async () => {
  const net = new TestSessions();
  const { a, b } = await net.star();
  const ends: string[] = [];
  const ending = <T>(name: string): [(value: T) => void, () => void] => [() => {}, () => void ends.push(name)];
  const sub = await net.of(a.declareSubscriber('k'));
  const unheard = await net.of(a.declareSubscriber('k', { handler: ending('subscriber') }));
  const queryable = await net.of(a.declareQueryable('q', { handler: ending('queryable') }));
  const pub = await net.of(a.declarePublisher('k'));
  const querier = await net.of(a.declareQuerier('held'));
  const listener = await net.of(pub.matchingListener());
  const token = await net.of(a.liveliness().declareToken('t'));
  const alive = await net.of(a.liveliness().declareSubscriber('t'));
  const key = a.declareKeyexpr('k');
  const held: Query[] = [];
  const mine: Query[] = [];
  await net.of(b.declareQueryable('held', { handler: (query) => void held.push(query) }));
  const answering = await net.of(a.declareQueryable('mine', { handler: (query) => void mine.push(query) }));
  await net.settle();
  const pending = (await net.of(a.get('held')))!;
  const ofQuerier = (await net.of(querier.get()))!;
  const streamed = a.query('held');
  const next = streamed.next();
  const asked = (await net.of(b.get('mine')))!;
  await net.of(b.put('k', 'unread'));
  await net.settle();
  assert.equal(mine.length, 1);
  unread(listener);
  unread(alive);

  const events: unknown[] = [];
  a.addEventListener('close', (event) => events.push(event.detail));
  assert.equal(a.isClosed(), false);
  const closing = a.close();
  assert.equal(a.isClosed(), true);
  assert.equal(a.close(), closing);
  await net.of(closing, 1000);
  await net.of(a.closed);
  await net.settle();
  assert.deepEqual(events, [undefined]);
  assert.deepEqual(ends.toSorted(), ['queryable', 'subscriber']);
  assert.deepEqual(
    unread(sub).map((one) => one.payload().toString()),
    ['unread'],
  );
  await assert.rejects(sub.receiver()!.receive(), { code: 'CHANNEL_CLOSED' });
  for (const one of [pending, ofQuerier, listener.receiver()!, alive.receiver()!]) {
    assert.equal(one.tryReceive().kind, 'close');
  }
  assert.equal((await next).done, true);
  assert.equal(unread(asked).length, 0);
  assert.equal(asked.state(), 'close');

  for (const operation of operations(a)) await assert.rejects(operation(), CLOSED);
  await assert.rejects(pub.put('v'), CLOSED);
  await assert.rejects(pub.delete(), CLOSED);
  await assert.rejects(pub.matchingStatus(), CLOSED);
  await assert.rejects(pub.matchingListener(), CLOSED);
  await assert.rejects(querier.get(), CLOSED);
  await assert.rejects(mine[0]!.reply('mine', 'v'), CLOSED);
  await assert.rejects(mine[0]!.replyErr('v'), CLOSED);
  await mine[0]!.finalize();
  assert.throws(() => pub.tryPut('v'), CLOSED);
  assert.throws(() => a.tryPut('k', 'v'), CLOSED);
  assert.throws(() => a.declareKeyexpr('k'), CLOSED);

  const entities = [sub, unheard, queryable, pub, querier, listener, token, alive, answering];
  for (const one of [...entities, ...entities]) await one.undeclare();
  for (const one of entities) await one[Symbol.asyncDispose]();
  await a.undeclareKeyexpr(key);
  assert.equal(a.zid().toString().length > 0, true);
  assert.equal(typeof a.config().getJson('mode'), 'string');
  await a[Symbol.asyncDispose]();
  assert.deepEqual(held.length, 3);
  assert.equal(await net.close(), 0);
});

function operations(session: Session): (() => Promise<unknown>)[] {
  const stream = (one: ReplyStream): Promise<unknown> => one.next();
  return [
    () => session.put('k', 'v'),
    () => session.put('k', 'v', { attachment: 'x' }),
    () => session.putJson('k', 1),
    () => session.delete('k'),
    () => session.get('k'),
    () => stream(session.query('k')),
    () => session.declareSubscriber('k'),
    () => session.declareQueryable('k'),
    () => session.declarePublisher('k'),
    () => session.declareQuerier('k'),
    () => session.liveliness().declareToken('k'),
    () => session.liveliness().declareSubscriber('k'),
    () => session.liveliness().get('k'),
    () => session.newTimestamp(),
  ];
}

test('close: only Close goes out, and what was put before it', async () => {
  const net = new TestSessions();
  const { a, b } = await net.pair();
  const sub = await net.of(b.declareSubscriber('k'));
  await net.settle();
  for (let i = 0; i < 100; i++) void a.put('k', String(i));
  await net.of(a.close(), 1000);
  await net.settle();
  assert.equal(unread(sub).length, 100);
  await net.close();
});

test('close: a session of a shared node takes its own along and leaves the rest', async () => {
  const net = new TestSessions();
  const node = net.network.node(
    `{ mode: "peer", listen: { endpoints: ["memory/a"] }, scouting: { multicast: { enabled: false } } }`,
  );
  const first = await net.of(openSession(node.runtime), 1000);
  const second = shareSession(node.runtime);
  const far = await net.peer('far', ['a']);
  const ofFirst = await net.of(first.declareSubscriber('k'));
  const ofSecond = await net.of(second.declareSubscriber('k'));
  const listener = await net.of((await net.of(far.declarePublisher('only'))).matchingListener());
  await net.of(second.declareSubscriber('only'));
  await net.settle();
  assert.deepEqual(
    unread(listener).map((one) => one.matching()),
    [true],
  );
  assert.notEqual(first.id().eid, second.id().eid);
  await net.of(first.put('k', '1'));
  await net.of(far.put('k', '2'));
  await net.settle();
  for (const one of [ofFirst, ofSecond]) assert.equal(unread(one).length, 2);
  await net.of(second.close());
  await net.settle();
  assert.deepEqual(
    unread(listener).map((one) => one.matching()),
    [false],
  );
  await net.of(far.put('k', '3'));
  await net.settle();
  assert.equal(unread(ofFirst).length, 1);
  assert.equal(ofSecond.receiver()!.state(), 'close');
  await net.of(first.close(), 1000);
  await net.close();
});

test('close: undeclaring twice is an error while the session is open, disposing never is', async () => {
  const net = new TestSessions();
  const a = await net.peer('a');
  const pub = await net.of(a.declarePublisher('k'));
  const entities = {
    subscriber: await net.of(a.declareSubscriber('k')),
    queryable: await net.of(a.declareQueryable('k')),
    'matching listener': await net.of(pub.matchingListener()),
    publisher: pub,
    querier: await net.of(a.declareQuerier('k')),
    token: await net.of(a.liveliness().declareToken('k')),
    'liveliness subscriber': await net.of(a.liveliness().declareSubscriber('k')),
  };
  for (const [name, entity] of Object.entries(entities)) {
    await net.of(entity.undeclare());
    await assert.rejects(entity.undeclare(), { code: 'ALREADY_UNDECLARED', message: new RegExp(name) });
    await net.of(entity[Symbol.asyncDispose]());
  }
  await net.close();
});

test('close: signals end entities', async () => {
  const net = new TestSessions();
  const a = await net.peer('a');
  const controller = new AbortController();
  const { signal } = controller;
  const sub = await net.of(a.declareSubscriber('k', { signal }));
  const queryable = await net.of(a.declareQueryable('k', { signal }));
  const alive = await net.of(a.liveliness().declareSubscriber('k', { signal }));
  const reason = new Error('stop');
  controller.abort(reason);
  for (const one of [sub, queryable, alive]) assert.equal(one.receiver()!.state(), 'close');
  await assert.rejects(sub.undeclare(), { code: 'ALREADY_UNDECLARED' });
  await assert.rejects(a.declareSubscriber('k', { signal }), reason);
  await assert.rejects(a.declareQueryable('k', { signal }), reason);
  await assert.rejects(a.liveliness().declareSubscriber('k', { signal }), reason);
  await net.close();
});

test('close: an entity with a callback has no receiver and cannot be iterated', async () => {
  const net = new TestSessions();
  const a = await net.peer('a');
  const handler = (): void => {};
  const pub = await net.of(a.declarePublisher('k'));
  for (const one of [
    await net.of(a.declareSubscriber('k', { handler })),
    await net.of(a.declareQueryable('k', { handler })),
    await net.of(pub.matchingListener({ handler })),
  ]) {
    assert.equal(one.receiver(), undefined);
    assert.throws(() => one[Symbol.asyncIterator](), TypeError);
  }
  assert.equal(await net.of(a.get('k', { handler })), undefined);
  await net.close();
});

test('close: errors of callbacks are events, and break nothing', async () => {
  const net = new TestSessions();
  const a = await net.peer('a');
  const failures: string[] = [];
  a.addEventListener('callbackerror', (event) => failures.push((event.detail as Error).message));
  const seen: string[] = [];
  await net.of(
    a.declareSubscriber('k', {
      handler: () => {
        throw new Error('thrown');
      },
    }),
  );
  await net.of(a.declareSubscriber('k', { handler: () => Promise.reject(new Error('rejected')) }));
  await net.of(a.declareSubscriber('k', { handler: (sample) => void seen.push(sample.payload().toString()) }));
  await net.of(a.put('k', '1'));
  await net.of(a.put('k', '2'));
  assert.deepEqual(seen, ['1', '2']);
  assert.deepEqual(failures.toSorted(), ['rejected', 'rejected', 'thrown', 'thrown']);
  await net.close();
});

test('close: an error of a callback that nobody listens for is uncaught, in a turn of its own', async () => {
  const net = new TestSessions();
  const a = await net.peer('a');
  const handler = (): void => {
    throw new Error('thrown');
  };
  await net.of(a.declareSubscriber('k', { handler }));
  await a.put('k', '1');
  await assert.rejects(net.settle(), /thrown/);
  await net.of(a.put('other', '2'));
  await net.close();
});
