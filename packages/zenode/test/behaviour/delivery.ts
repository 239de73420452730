import {
  BlockingChannel,
  type ChannelReceiver,
  CongestionControl,
  FifoChannel,
  RingChannel,
  type Sample,
} from '../../src/session/index.ts';
import type { Executors } from './executor.ts';
import { settled } from './queries.ts';
import { taken, textOf, type World } from './world.ts';

/** A subscriber of D with this channel, six or three values in it, unread. */
async function filled(
  world: World,
  handler: FifoChannel<Sample>,
  values: number,
): Promise<{ receiver: ChannelReceiver<Sample>; undeclare: () => Promise<void> }> {
  const { c, d } = await world.nodes();
  const subscriber = await world.run(d.declareSubscriber('h/a', { handler }));
  for (let i = 0; i < values; i++) {
    await world.run(c.put('h/a', String(i)));
    await world.settle();
  }
  return { receiver: subscriber.receiver()!, undeclare: () => world.run(subscriber.undeclare()) };
}

/** Values that are left after the end, and what comes behind them. */
async function leftover(world: World, handler: FifoChannel<Sample>): Promise<object> {
  const { receiver, undeclare } = await filled(world, handler, 3);
  await undeclare();
  await world.settle();
  const values = taken(receiver).map(textOf);
  const then = (await settled(world, receiver.receive())) === 'resolved' ? 'value' : 'error';
  return { values, then };
}

export const deliveries: Executors = {
  'handler.ring': {
    expected: ['3', '4', '5'],
    run: async (world) => taken((await filled(world, new RingChannel(3), 6)).receiver).map(textOf),
  },
  'handler.fifo.full': {
    expected: { 'unread h/b': { 'h/c': [] }, 'once h/b is read': { 'h/b': ['1', '2', '3', '4', '5'], 'h/c': ['6'] } },
    run: async (world) => {
      const { c, d } = await world.nodes();
      // Each value in a batch of its own: what is in a batch together is delivered together.
      const full = await world.run(d.declareSubscriber('h/b', { handler: new BlockingChannel(2) }));
      const other = await world.run(d.declareSubscriber('h/c', { handler: new BlockingChannel(10) }));
      for (const value of [1, 2, 3, 4, 5]) {
        await world.run(c.put('h/b', String(value)));
        await world.settle();
      }
      await world.run(c.put('h/c', '6'));
      await world.settle();
      const before = taken(other.receiver()).map(textOf);
      const values: string[] = [];
      for (;;) {
        const news = taken(full.receiver()).map(textOf);
        if (news.length === 0) break;
        values.push(...news);
        await world.settle();
      }
      const after = taken(other.receiver()).map(textOf);
      return { 'unread h/b': { 'h/c': before }, 'once h/b is read': { 'h/b': values, 'h/c': after } };
    },
  },
  'handler.fifo.closed': {
    expected: { values: ['0', '1', '2'], then: 'error' },
    run: (world) => leftover(world, new FifoChannel(10)),
  },
  'handler.ring.closed': {
    expected: { values: [], then: 'error' },
    run: (world) => leftover(world, new RingChannel(10)),
  },
  'subscriber.overlap': {
    expected: { 'tw/a': ['tw/*', 'tw/a'], 'tw/*': ['tw/*', 'tw/a'] },
    run: async (world) => {
      const { c, d } = await world.nodes();
      const got: Record<string, string[]> = {};
      for (const key of ['tw/a', 'tw/*']) {
        const mine: string[] = (got[key] = []);
        await world.run(c.declareSubscriber(key, { handler: (sample) => void mine.push(String(sample.keyexpr())) }));
      }
      await world.run(d.put('tw/a', '1'));
      await world.run(d.put('tw/*', '2'));
      await world.settle();
      for (const mine of Object.values(got)) mine.sort();
      return got;
    },
  },
  'publication.order': {
    expected: { received: 10_000, 'in order': true },
    run: async (world) => {
      const { c, d } = await world.nodes();
      const received: number[] = [];
      await world.run(d.declareSubscriber('o/a', { handler: (sample) => void received.push(Number(textOf(sample))) }));
      const publisher = await world.run(c.declarePublisher('o/a', { congestionControl: CongestionControl.BLOCK }));
      const all = async (): Promise<void> => {
        for (let i = 0; i < 10_000; i++) await publisher.put(String(i));
      };
      await world.run(all());
      await world.settle();
      return { received: received.length, 'in order': received.every((value, i) => value === i) };
    },
  },
};
