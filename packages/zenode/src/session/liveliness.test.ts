import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestSessions, unread } from '../testing/index.ts';
import { CancellationToken, type Reply, type Sample } from './index.ts';

const alive = (samples: readonly Sample[]): string[] =>
  samples.map((one) => `${one.kind() === 0 ? '+' : '-'}${one.keyexpr()}`);
const keys = (replies: readonly Reply[]): string[] => alive(replies.map((one) => one.ok()!)).toSorted();

test('liveliness: tokens are seen as they come and go', async () => {
  const net = new TestSessions();
  const { a, b } = await net.star();
  const old = await net.of(a.liveliness().declareToken('t/old'));
  await net.settle();
  const plain = await net.of(b.liveliness().declareSubscriber('t/**'));
  const history = await net.of(b.liveliness().declareSubscriber('t/*', { history: true }));
  await net.settle();
  assert.deepEqual([alive(unread(plain)), alive(unread(history))], [[], ['+t/old']]);
  const one = await net.of(a.liveliness().declareToken('t/new'));
  const twin = await net.of(a.liveliness().declareToken('t/new'));
  await net.of(a.liveliness().declareToken('other'));
  await net.settle();
  const [sample, ...rest] = unread(plain);
  assert.deepEqual(alive([sample!, ...rest]), ['+t/new']);
  assert.deepEqual(alive(unread(history)), ['+t/new']);
  assert.deepEqual([sample!.payload().len(), sample!.encoding().toString()], [0, 'zenoh/bytes']);
  assert.deepEqual([sample!.priority(), sample!.congestionControl(), sample!.express()], [5, 0, false]);
  const late = await net.of(b.liveliness().declareSubscriber('t/**', { history: true }));
  await net.settle();
  assert.deepEqual(alive(unread(late)).toSorted(), ['+t/new', '+t/old']);
  await net.of(one.undeclare());
  await net.settle();
  assert.deepEqual(alive(unread(plain)), []);
  await net.of(twin.undeclare());
  await net.of(old.undeclare());
  await net.settle();
  for (const sub of [plain, history, late]) assert.deepEqual(alive(unread(sub)), ['-t/new', '-t/old']);
  await assert.rejects(old.undeclare(), { code: 'ALREADY_UNDECLARED' });
  await net.of(old[Symbol.asyncDispose]());
  assert.equal(history.keyExpr().toString(), 't/*');
  await net.of(history.undeclare());
  assert.equal(history.receiver()!.state(), 'close');
  await net.close();
});

test('liveliness: what a session declares is gone for others when it closes', async () => {
  const net = new TestSessions();
  const { a, b } = await net.star();
  await net.of(a.liveliness().declareToken('t/a'));
  await net.of(b.liveliness().declareToken('t/b'));
  const own = await net.of(a.liveliness().declareSubscriber('t/**', { history: true }));
  const other = await net.of(b.liveliness().declareSubscriber('t/**', { history: true }));
  await net.settle();
  assert.deepEqual(alive(unread(own)).toSorted(), ['+t/a', '+t/b']);
  assert.deepEqual(alive(unread(other)).toSorted(), ['+t/a', '+t/b']);
  await net.of(a.close(), 1000);
  await net.settle();
  assert.deepEqual(alive(unread(own)), []);
  assert.equal(own.receiver()!.state(), 'close');
  assert.deepEqual(alive(unread(other)), ['-t/a']);
  await net.close();
});

test('better: 19 a liveliness get brings each key once, own tokens too', async () => {
  const net = new TestSessions();
  const { router, a, b } = await net.star();
  await net.of(a.liveliness().declareToken('t/a'));
  await net.of(a.liveliness().declareToken('t/both'));
  await net.of(b.liveliness().declareToken('t/both'));
  await net.of(b.liveliness().declareToken('t/b'));
  await net.of(router.liveliness().declareToken('t/r'));
  await net.settle();
  for (const session of [a, b, router]) {
    assert.deepEqual(keys(await net.of(session.liveliness().query('t/**').toArray())), [
      '+t/a',
      '+t/b',
      '+t/both',
      '+t/r',
    ]);
  }
  // Also when the session knows some from a subscriber.
  await net.of(a.liveliness().declareSubscriber('t/**', { history: true }));
  await net.settle();
  const receiver = (await net.of(a.liveliness().get('t/*')))!;
  await net.settle();
  assert.deepEqual(keys(unread(receiver)), ['+t/a', '+t/b', '+t/both', '+t/r']);
  assert.equal(receiver.state(), 'close');
  await net.close();
});

test('liveliness: a get that gets no answer ends with an error, one that is cancelled ends at once', async () => {
  const net = new TestSessions();
  const { a } = await net.star();
  await net.of(a.liveliness().declareToken('t'));
  await net.settle();
  net.network.links.forEach((link) => link.pause());
  const receiver = (await net.of(a.liveliness().get('t', { timeout: 300 })))!;
  const token = new CancellationToken();
  const other = (await net.of(a.liveliness().get('t', { cancellationToken: token, timeout: 10_000 })))!;
  await net.run(400);
  const [own, error] = unread(receiver);
  assert.equal(own!.ok()!.keyexpr().toString(), 't');
  assert.equal(error!.err()!.isTimeout(), true);
  assert.equal(receiver.state(), 'close');
  assert.equal(unread(other).length, 1);
  assert.equal(other.state(), 'empty');
  token.cancel();
  assert.equal(other.state(), 'close');
  const closed = (await net.of(a.liveliness().get('t', { cancellationToken: token })))!;
  assert.equal(closed.state(), 'close');
  await assert.rejects(a.liveliness().get('t', { signal: AbortSignal.abort(new Error('no')) }), /no/);
  await assert.rejects(a.liveliness().get('a//b'), { code: 'INVALID_KEY_EXPR' });
  await assert.rejects(a.liveliness().declareToken('a//b'), { code: 'INVALID_KEY_EXPR' });
  net.network.links.forEach((link) => link.resume());
  await net.close();
});

test('liveliness: after a loss keys are gone, and come back', async () => {
  const net = new TestSessions();
  const { a, b } = await net.star();
  const sub = await net.of(b.liveliness().declareSubscriber('t/**'));
  await net.of(a.liveliness().declareToken('t/a'));
  await net.settle();
  net.network.dials[1]!.link!.cut();
  await net.settle();
  assert.deepEqual(alive(unread(sub)).slice(0, 2), ['+t/a', '-t/a']);
  await net.run(5000);
  assert.deepEqual(keys(await net.of(b.liveliness().query('t/**').toArray())), ['+t/a']);
  await net.close();
});
