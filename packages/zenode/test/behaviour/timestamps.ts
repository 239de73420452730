import type { Sample } from '../../src/session/index.ts';
import { Timestamp, ZenohId } from '../../src/wire/index.ts';
import type { Executors } from './executor.ts';
import { push } from './message.ts';

function who(sample: Sample): string {
  const timestamp = sample.timestamp();
  return timestamp === undefined ? 'none' : `timestamp of ${timestamp.getId()}`;
}

export const timestamps: Executors = {
  'timestamp.default': {
    // aa is R.
    expected: ['none', 'timestamp of aa', 'none'],
    run: async (world) => {
      const { c, d } = await world.nodes();
      const seen: string[] = [];
      await world.run(c.declareSubscriber('t/a', { handler: (sample) => void seen.push(who(sample)) }));
      await world.run(c.put('t/a', '1'));
      await world.run(d.put('t/a', '2'));
      await world.settle();
      await world.run(d.delete('t/a'));
      await world.settle();
      return seen;
    },
  },
  'timestamp.hlc': {
    // The clock stands still meanwhile: the second time differs from the first by the counter alone.
    expected: { put: 'timestamp of c1', delete: 'timestamp of c1', counters: [0, 1] },
    run: async (world) => {
      await world.router();
      const c = await world.client('c1', { timestamping: { enabled: true } });
      const d = await world.client('d1');
      const seen: Sample[] = [];
      await world.run(d.declareSubscriber('t/a', { handler: (sample) => void seen.push(sample) }));
      await world.run(c.put('t/a', '1'));
      await world.run(c.delete('t/a'));
      await world.settle();
      const [put, del] = seen as [Sample, Sample];
      const counters = seen.map((sample) => Number(sample.timestamp()!.getNtp64() & 0xfn));
      return { put: who(put), delete: who(del), counters };
    },
  },
  'timestamp.future': {
    // e1 is the hand-written client.
    expected: { '+1 h': 'timestamp of aa', '+0.3 s': 'kept', '-1 h': 'kept', 'Del +1 h': 'kept' },
    run: async (world) => {
      await world.router();
      const d = await world.client('d1');
      const raw = await world.rawClient('e1');
      const seen: Sample[] = [];
      await world.run(d.declareSubscriber('t/a', { handler: (sample) => void seen.push(sample) }));
      const hour = 3_600_000;
      const result: Record<string, string> = {};
      for (const [name, ms] of [
        ['+1 h', hour],
        ['+0.3 s', 300],
        ['-1 h', -hour],
        ['Del +1 h', hour],
      ] as const) {
        const at = BigInt(Math.floor(world.scheduler.wallMs() + ms));
        const timestamp = new Timestamp(ZenohId.parse('e1'), ((at / 1000n) << 32n) | (((at % 1000n) << 32n) / 1000n));
        await raw.say(push('t/a', name.startsWith('Del') ? undefined : '1', timestamp));
        const sample = seen.at(-1)!;
        result[name] = sample.timestamp()?.equals(timestamp) === true ? 'kept' : who(sample);
      }
      return result;
    },
  },
};
