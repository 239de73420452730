import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Fifo } from '../base/index.ts';
import type { ChannelWatcher } from './channel-core.ts';
import { BlockingChannel, FifoChannel, RingChannel, coreOf } from './channels.ts';

const isCode =
  (code: string) =>
  (error: unknown): boolean =>
    (error as { code?: string }).code === code;

/** Writes down what it is told. */
class Notes implements ChannelWatcher<number> {
  readonly log: string[] = [];
  onFull(): void {
    this.log.push('full');
  }
  onRoom(): void {
    this.log.push('room');
  }
  onDrop(value: number): void {
    this.log.push(`drop ${value}`);
  }
}

function fill(channel: FifoChannel<number>, count: number, notes: Notes = new Notes()): Notes {
  for (let i = 0; i < count; i++) coreOf(channel).offer(i, notes);
  return notes;
}

function unread(channel: FifoChannel<number>): number[] {
  const values: number[] = [];
  for (let next = channel.tryReceive(); next.kind === 'value'; next = channel.tryReceive()) values.push(next.value);
  return values;
}

const make: Readonly<Record<string, (n: number) => FifoChannel<number>>> = {
  FifoChannel: (n) => new FifoChannel(n),
  RingChannel: (n) => new RingChannel(n),
  BlockingChannel: (n) => new BlockingChannel(n),
};

for (const [name, channelOf] of Object.entries(make)) {
  test(`${name}: open and empty it has no value, and receivers wait in order`, async () => {
    const channel = channelOf(3);
    assert.deepEqual([channel.state(), channel.tryReceive()], ['empty', { kind: 'no' }]);
    const first = channel.receive();
    const second = channel[Symbol.asyncIterator]().next();
    assert.deepEqual([channel.state(), channel.tryReceive()], ['receiver', { kind: 'no' }]);
    channel.send(1);
    channel.send(2);
    channel.send(3);
    assert.deepEqual([await first, await second], [1, { done: false, value: 2 }]);
    assert.deepEqual([channel.state(), channel.tryReceive()], ['data', { kind: 'value', value: 3 }]);
  });

  test(`${name}: closed, what is left stays readable; then it is closed for all, again and again`, async () => {
    const channel = channelOf(3);
    for (let i = 0; i < 3; i++) channel.send(i);
    channel.close();
    channel.close();
    assert.equal(channel.state(), 'data');
    assert.deepEqual(channel.tryReceive(), { kind: 'value', value: 0 });
    assert.equal(await channel.receive(), 1);
    const rest: number[] = [];
    for await (const value of channel) rest.push(value);
    assert.deepEqual(rest, [2]);
    for (let i = 0; i < 2; i++) {
      assert.deepEqual([channel.state(), channel.tryReceive()], ['close', { kind: 'close' }]);
      await assert.rejects(channel.receive(), isCode('CHANNEL_CLOSED'));
    }
    assert.throws(() => channel.send(4), isCode('CHANNEL_CLOSED'));
  });

  test(`${name}: closing lets all who wait go`, async () => {
    const channel = channelOf(1);
    const waiting = [channel.receive(), channel.receive()];
    const iterating = channel[Symbol.asyncIterator]().next();
    channel.close();
    for (const receiving of waiting) await assert.rejects(receiving, isCode('CHANNEL_CLOSED'));
    assert.deepEqual(await iterating, { done: true, value: undefined });
  });

  test(`${name}: leaving a loop closes nothing, and takes no value along`, async () => {
    const channel = channelOf(5);
    for (let i = 0; i < 3; i++) channel.send(i);
    for await (const value of channel) if (value === 1) break;
    assert.deepEqual(channel.tryReceive(), { kind: 'value', value: 2 });
    const iterator = channel[Symbol.asyncIterator]();
    const pending = iterator.next();
    await iterator.return!();
    assert.deepEqual(
      [await pending, await iterator.next()].map((r) => r.done),
      [true, true],
    );
    assert.equal(channel.state(), 'empty');
    channel.send(3);
    assert.equal(await channel.receive(), 3);
  });

  test(`${name}: a value that is undefined is a value`, async () => {
    const channel = channelOf(2) as FifoChannel<unknown>;
    channel.send(undefined);
    channel.send(undefined);
    assert.deepEqual(channel.tryReceive(), { kind: 'value', value: undefined });
    assert.equal(await channel.receive(), undefined);
  });

  test(`${name}: its capacity is 1 at least`, () => {
    for (const wrong of [0, -1, 1.5, Number.NaN, '3' as unknown as number]) {
      assert.throws(() => channelOf(wrong), isCode('INVALID_ARGUMENT'));
    }
  });

  test(`${name}: a failure reaches all who wait and who come, and what is unread is gone`, async () => {
    const channel = channelOf(2);
    const pending = channel[Symbol.asyncIterator]().next();
    const reason = new Error('enough');
    coreOf(channel).fail(reason);
    coreOf(channel).fail(new Error('late'));
    await assert.rejects(pending, reason);
    await assert.rejects(channel.receive(), reason);
    await assert.rejects(channel[Symbol.asyncIterator]().next(), reason);
  });
}

test('FifoChannel: filled by hand it keeps the first, and counts the rest', () => {
  const channel = new FifoChannel<number>(3);
  for (let i = 0; i < 6; i++) channel.send(i);
  assert.deepEqual([channel.dropped, unread(channel)], [3, [0, 1, 2]]);
});

test('RingChannel: filled by hand it keeps the last, and stays bounded', () => {
  const channel = new RingChannel<number>(3);
  for (let i = 0; i < 6; i++) channel.send(i);
  assert.deepEqual([channel.dropped, unread(channel)], [3, [3, 4, 5]]);
});

test('FifoChannel: a session drops only after consumers had a turn', () => {
  const channel = new FifoChannel<number>(256);
  const notes = fill(channel, 1000);
  assert.deepEqual([notes.log, channel.dropped], [['full'], 0]);
  coreOf(channel).settle(notes);
  coreOf(channel).offer(1000, notes);
  assert.deepEqual([channel.dropped, notes.log.length, notes.log.at(-1)], [745, 746, 'drop 1000']);
  assert.deepEqual(
    unread(channel),
    Array.from({ length: 256 }, (_, i) => i),
  );
  assert.equal(notes.log.at(-1), 'room');
});

test('FifoChannel: a consumer that keeps up loses nothing', async () => {
  const channel = new FifoChannel<number>(4);
  const got: number[] = [];
  const reading = (async (): Promise<void> => {
    for await (const value of channel) got.push(value);
  })();
  const notes = fill(channel, 100);
  await new Promise(setImmediate);
  coreOf(channel).settle(notes);
  channel.close();
  await reading;
  assert.deepEqual([got.length, channel.dropped, notes.log], [100, 0, ['full', 'room']]);
});

test('RingChannel: a session drops the oldest, and hears which', () => {
  const channel = new RingChannel<number>(3);
  const notes = fill(channel, 6);
  coreOf(channel).settle(notes);
  coreOf(channel).offer(6, notes);
  assert.deepEqual(notes.log, ['full', 'drop 0', 'drop 1', 'drop 2', 'drop 3']);
  assert.deepEqual(unread(channel), [4, 5, 6]);
});

test('BlockingChannel: full once per episode, room when it is below its capacity again', () => {
  const channel = new BlockingChannel<number>(3);
  const notes = fill(channel, 5);
  coreOf(channel).settle(notes);
  assert.deepEqual(notes.log, ['full']);
  channel.tryReceive();
  channel.tryReceive();
  assert.deepEqual(notes.log, ['full']);
  channel.tryReceive();
  assert.deepEqual(notes.log, ['full', 'room']);
  coreOf(channel).offer(5, notes);
  assert.deepEqual([notes.log, channel.dropped], [['full', 'room', 'full'], 0]);
  channel.close();
  assert.deepEqual(notes.log.slice(3), ['room']);
  coreOf(channel).offer(6, notes);
  assert.equal(notes.log.at(-1), 'drop 6');
});

test('channels: each of two sessions that fill one is told', () => {
  const channel = new BlockingChannel<number>(1);
  const one = fill(channel, 1);
  const two = fill(channel, 1);
  unread(channel);
  assert.deepEqual(
    [one.log, two.log],
    [
      ['full', 'room'],
      ['full', 'room'],
    ],
  );
});

test('channels: like a queue that is cut, whatever is done', () => {
  const step = fc.oneof(fc.constant('take' as const), fc.constant('settle' as const), fc.nat(20));
  fc.assert(
    fc.property(fc.array(step), fc.integer({ min: 1, max: 5 }), fc.boolean(), (steps, capacity, ring) => {
      const channel = ring ? new RingChannel<number>(capacity) : new FifoChannel<number>(capacity);
      const notes = new Notes();
      let sent = 0;
      let taken = 0;
      for (const s of steps) {
        if (s === 'take') taken += channel.tryReceive().kind === 'value' ? 1 : 0;
        else if (s === 'settle') coreOf(channel).settle(notes);
        else for (let i = 0; i < s; i++) coreOf(channel).offer(sent++, notes);
        if (s === 'settle') assert.ok(coreOf(channel).length <= capacity);
        assert.equal(sent, taken + channel.dropped + coreOf(channel).length);
      }
      const left = unread(channel);
      assert.deepEqual(
        left,
        left.toSorted((a, b) => a - b),
      );
    }),
  );
});

test('Fifo: pop takes the last one, also across the end of the ring', () => {
  const fifo = new Fifo<number>();
  for (let i = 0; i < 8; i++) fifo.push(i);
  fifo.shift();
  fifo.push(8);
  assert.deepEqual([fifo.pop(), fifo.pop(), fifo.shift(), fifo.length], [8, 7, 1, 5]);
});
