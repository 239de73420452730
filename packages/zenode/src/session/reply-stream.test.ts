import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeyExpr } from '../keyexpr/index.ts';
import { Encoding } from '../wire/index.ts';
import { CancellationToken } from './cancellation.ts';
import { moveDispose } from './dispose.ts';
import { CancelledError, QueryError } from './errors.ts';
import { type Sink, sinkOf } from './handler.ts';
import { Reply, ReplyError } from './reply.ts';
import { type ReplyStream, type StartQuery, replyStream } from './reply-stream.ts';
import { Sample } from './sample.ts';
import { ZBytes } from './zbytes.ts';

const key = new KeyExpr('a');
const none = { onFull: (): void => {}, onRoom: (): void => {}, onDrop: (): void => {}, onError: (): void => {} };

function good(text: string): Reply {
  return new Reply(new Sample(key, new ZBytes(text), 0, Encoding.default(), undefined, undefined, 5, 0, false));
}

const bad = new Reply(new ReplyError(new ZBytes('no'), Encoding.ZENOH_STRING));
const textOf = (reply: Reply): string => (reply.ok() ?? reply.err()!).payload().toString();

/** A query that gives these replies, and ends if `ends`. */
class Asked {
  starts = 0;
  first: boolean | undefined;
  signal: AbortSignal | undefined;
  sink: Sink<Reply> | undefined;
  readonly stream: ReplyStream;

  constructor(
    replies: readonly Reply[],
    { ends = true, signal, token }: { ends?: boolean; signal?: AbortSignal; token?: CancellationToken } = {},
  ) {
    const start: StartQuery = (handler, aborted, first) => {
      this.starts++;
      this.signal = aborted;
      this.first = first;
      const sink = sinkOf(handler, none);
      this.sink = sink;
      for (const reply of replies) sink.deliver(reply);
      if (ends) sink.close();
    };
    this.stream = replyStream(start, { ...(signal && { signal }), ...(token && { cancellationToken: token }) });
  }
}

test('ReplyStream: asks nothing until it is read, and then once', async () => {
  const asked = new Asked([good('1'), bad, good('2')]);
  assert.equal(asked.starts, 0);
  const texts: string[] = [];
  for await (const reply of asked.stream) texts.push(textOf(reply));
  assert.deepEqual([texts, asked.starts, asked.first], [['1', 'no', '2'], 1, false]);
  assert.equal((await asked.stream.next()).done, true);
  assert.equal(asked.starts, 1);
});

test('ReplyStream: toArray gives all replies once the query has ended', async () => {
  const asked = new Asked([good('1')], { ends: false });
  const all = asked.stream.toArray();
  asked.sink!.deliver(good('2'));
  asked.sink!.close();
  assert.deepEqual((await all).map(textOf), ['1', '2']);
});

test('ReplyStream: leaving the loop ends the query', async () => {
  const asked = new Asked([good('1'), good('2')], { ends: false });
  for await (const reply of asked.stream) {
    assert.equal(textOf(reply), '1');
    break;
  }
  assert.equal(asked.signal?.aborted, true);
  assert.deepEqual(await asked.stream.next(), { done: true, value: undefined });
});

test('ReplyStream: samples starts at once, gives samples, and throws the first error reply', async () => {
  const asked = new Asked([good('1'), bad, good('2')], { ends: false });
  const samples = asked.stream.samples();
  assert.equal(asked.starts, 1);
  assert.equal((await samples.next()).value.payload().toString(), '1');
  const isError = (error: unknown): boolean =>
    error instanceof QueryError && error.reply === bad.err() && error.code === 'QUERY_ERROR';
  await assert.rejects(samples.next(), isError);
  assert.equal(asked.signal?.aborted, true);
  assert.equal((await samples.next()).done, true);
});

test('ReplyStream: leaving the loop over samples ends the query', async () => {
  const asked = new Asked([good('1'), good('2')], { ends: false });
  for await (const sample of asked.stream.samples()) if (sample.kind() === 0) break;
  assert.equal(asked.signal?.aborted, true);
});

test('ReplyStream: first gives one sample without waiting for the end', async () => {
  const asked = new Asked([good('1'), good('2')], { ends: false });
  assert.equal((await asked.stream.first())?.payload().toString(), '1');
  assert.deepEqual([asked.first, asked.signal?.aborted], [true, true]);
  assert.equal(await new Asked([]).stream.first(), undefined);
  await assert.rejects(new Asked([bad]).stream.first(), QueryError);
});

test('ReplyStream: cancel finishes the iteration; before the start nothing is asked', async () => {
  const asked = new Asked([good('1'), good('2')], { ends: false });
  await asked.stream.next();
  asked.stream.cancel();
  assert.equal((await asked.stream.next()).done, true);
  const never = new Asked([good('1')]);
  never.stream.cancel();
  assert.deepEqual([await never.stream.toArray(), never.starts], [[], 0]);
  const pending = new Asked([], { ends: false });
  const next = pending.stream.next();
  await pending.stream[Symbol.asyncDispose]();
  assert.equal((await next).done, true);
});

for (const [name, start] of [
  [
    'throws',
    (): never => {
      throw new Error('closed');
    },
  ],
  ['rejects', (): Promise<never> => Promise.reject(new Error('closed'))],
] as const) {
  // prettier-ignore
  test(`ReplyStream: a start that ${name} rejects what is read`, async () => {
    await assert.rejects(replyStream(start).next(), /closed/);
    await assert.rejects(replyStream(start).toArray(), /closed/);
    await assert.rejects(replyStream(start).samples().next(), /closed/);
    await assert.rejects(replyStream(start).first(), /closed/);
    replyStream(start).samples();
    await new Promise(setImmediate);
  });
}

test('ReplyStream: an aborted signal rejects the first next, with its reason, and nothing is asked', async () => {
  const asked = new Asked([good('1')], { signal: AbortSignal.abort('enough') });
  await assert.rejects(asked.stream.next(), (reason) => reason === 'enough');
  assert.equal(asked.starts, 0);
});

test('ReplyStream: aborting later rejects the pending and the next next', async () => {
  const controller = new AbortController();
  const asked = new Asked([good('1')], { ends: false, signal: controller.signal });
  await asked.stream.next();
  const pending = asked.stream.next();
  controller.abort(new Error('enough'));
  await assert.rejects(pending, /enough/);
  await assert.rejects(asked.stream.next(), /enough/);
  assert.equal(asked.signal?.aborted, true);
});

test('ReplyStream: a signal that aborts after the end changes nothing', async () => {
  const controller = new AbortController();
  const asked = new Asked([good('1')], { signal: controller.signal });
  asked.stream.samples();
  controller.abort();
  assert.deepEqual((await asked.stream.toArray()).map(textOf), ['1']);
});

test('ReplyStream: cancelling a token rejects with CancelledError', async () => {
  const token = new CancellationToken();
  const asked = new Asked([], { ends: false, token });
  const pending = asked.stream.next();
  token.cancel();
  await assert.rejects(pending, CancelledError);
});

test('CancellationToken: cancels once, and aborts its signal', () => {
  const token = new CancellationToken();
  assert.equal(token.isCancelled(), false);
  token.cancel();
  token.cancel();
  assert.deepEqual([token.isCancelled(), token.signal.aborted], [true, true]);
  assert.ok(token.signal.reason instanceof CancelledError);
});

test('CancellationToken: made of a signal it follows it, and can be cancelled before', () => {
  const controller = new AbortController();
  const follower = CancellationToken.from(controller.signal);
  const early = CancellationToken.from(controller.signal);
  early.cancel();
  assert.deepEqual([follower.isCancelled(), early.isCancelled(), controller.signal.aborted], [false, true, false]);
  controller.abort('enough');
  assert.deepEqual([follower.isCancelled(), follower.signal.reason], [true, 'enough']);
  assert.equal(CancellationToken.from(controller.signal).isCancelled(), true);
});

test('disposable: moves the method to the registered symbol where the platform has none', () => {
  class Old {
    ['undefined'](): string {
      return 'disposed';
    }
  }
  moveDispose(Old);
  moveDispose(Old);
  const registered = Symbol.for('Symbol.asyncDispose');
  assert.equal((new Old() as unknown as Record<symbol, () => string>)[registered]!(), 'disposed');
  assert.equal('undefined' in Old.prototype, false);
});
