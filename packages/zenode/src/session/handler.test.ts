import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BlockingChannel, FifoChannel, RingChannel } from './channels.ts';
import { type Handler, type HandlerWatcher, sinkOf } from './handler.ts';

class Notes implements HandlerWatcher<number> {
  readonly errors: unknown[] = [];
  readonly dropped: number[] = [];
  onFull(): void {}
  onRoom(): void {}
  onDrop(value: number): void {
    this.dropped.push(value);
  }
  onError(error: unknown): void {
    this.errors.push(error);
  }
}

test('handler: nothing given is a blocking channel of 256', () => {
  const sink = sinkOf<number>(undefined, new Notes());
  assert.ok(sink.receiver instanceof BlockingChannel);
  assert.equal(sink.core?.capacity, 256);
});

test('handler: a callback is called for each value, and no more once closed', () => {
  const got: number[] = [];
  const sink = sinkOf<number>((value) => void got.push(value), new Notes());
  sink.deliver(1);
  sink.deliver(2);
  sink.close();
  sink.deliver(3);
  assert.deepEqual([got, sink.receiver], [[1, 2], undefined]);
});

test('handler: the drop of a callback runs once, after the last callback has returned', () => {
  const log: string[] = [];
  const sink = sinkOf<number>(
    [
      (value) => {
        log.push(`in ${value}`);
        sink.close();
        log.push(`out ${value}`);
      },
      () => void log.push('dropped'),
    ],
    new Notes(),
  );
  sink.deliver(1);
  sink.close();
  assert.deepEqual(log, ['in 1', 'out 1', 'dropped']);
});

test('handler: what callbacks throw or reject with is told, and nothing else happens', async () => {
  const notes = new Notes();
  const errors = [new Error('thrown'), new Error('rejected'), new Error('dropped')];
  const fail = (value: number): void | Promise<void> => {
    if (value === 0) throw errors[0]!;
    if (value === 1) return Promise.reject(errors[1]!);
    return undefined;
  };
  const sink = sinkOf<number>([fail, (): never => { throw errors[2]!; }], notes); // prettier-ignore
  for (let i = 0; i < 3; i++) sink.deliver(i);
  await Promise.resolve();
  sink.close();
  assert.deepEqual(notes.errors, errors);
});

test('handler: a channel gets the values, and a closed one gives them back', () => {
  const notes = new Notes();
  const channel = new RingChannel<number>(2);
  const sink = sinkOf<number>(channel, notes);
  sink.deliver(1);
  assert.deepEqual(channel.tryReceive(), { kind: 'value', value: 1 });
  sink.close();
  sink.deliver(2);
  assert.deepEqual([channel.state(), notes.dropped, sink.receiver], ['close', [2], channel]);
});

test('handler: own kinds of channels work, also when made of ours', () => {
  const notes = new Notes();
  class Doubling extends FifoChannel<number> {
    override send(value: number): void {
      if (value === 0) throw new Error('no zero');
      super.send(2 * value);
    }
  }
  const channel = new Doubling(3);
  const sink = sinkOf<number>(channel, notes);
  sink.deliver(0);
  sink.deliver(4);
  sink.close();
  sink.close();
  sink.deliver(5);
  assert.deepEqual([channel.tryReceive(), channel.tryReceive()], [{ kind: 'value', value: 8 }, { kind: 'close' }]);
  assert.deepEqual([sink.core, sink.receiver, notes.errors.length], [undefined, channel, 1]);
});

for (const wrong of [null, 'x', 3, {}, [], ['x'], [(): void => {}, 3]]) {
  test(`handler: ${JSON.stringify(wrong)} is none`, () => {
    const handler = wrong as unknown as Handler<number>;
    assert.throws(() => sinkOf(handler, new Notes()), { code: 'INVALID_ARGUMENT', message: /handler/ });
  });
}
