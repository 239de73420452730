import type { PublisherOptions, Session } from '../session/index.ts';
import { CongestionControl } from '../session/index.ts';
import type { Call, Command } from './command.ts';
import { withNode } from './connect.ts';
import { MANNERS, NODE, QOS } from './flags.ts';
import type { Options } from './options.ts';
import { publisherOptionsOf } from './qos.ts';

const PING = 'test/ping';
const PONG = 'test/pong';

/** How long one answer may take before it counts as lost. */
const LOST_MS = 1000;

const NOT_BLOCK = { 'congestion-control': 'what happens where there is no room (block)' };

export const ping: Command = {
  name: 'ping',
  summary: `measure round trips to a pong: out on ${PING}, back on ${PONG}`,
  values: [],
  flags: ['size', 'count', 'warmup', ...QOS, 'no-express', 'timeout', 'json', ...NODE, ...MANNERS],
  flagHelp: { ...NOT_BLOCK, express: 'send at once (it does)', count: 'number of round trips (100)' },
  examples: [
    'zenode ping -e tcp/localhost:7447 --count 5 --warmup 0.1',
    'zenode ping -e tcp/localhost:7447 --size 64 --count 3 --warmup 0 --json',
  ],
  async run(call) {
    const { options, ending } = call;
    ending.after(options.ms('timeout'));
    await withNode(call, 'wait', ({ session }) => measure(call, session));
  },
};

export const pong: Command = {
  name: 'pong',
  summary: `answer pings: what comes on ${PING} goes back on ${PONG}`,
  values: [],
  flags: [...QOS, 'no-express', 'count', 'timeout', 'json', ...NODE, ...MANNERS],
  flagHelp: { ...NOT_BLOCK, express: 'send at once (it does)', count: 'end after N answers' },
  examples: [
    'zenode pong -e tcp/localhost:7447 --timeout 5',
    'zenode pong -e tcp/localhost:7447 -m client --no-express --timeout 2',
  ],
  async run(call) {
    const { options, out, ending } = call;
    const count = options.number('count');
    ending.after(options.ms('timeout'));
    await withNode(call, 'wait', async ({ session }) => {
      const publisher = await session.declarePublisher(PONG, urgent(options));
      let answered = 0;
      await session.declareSubscriber(PING, {
        handler: async (sample) => {
          if (ending.ended) return;
          await publisher.put(sample.payload());
          if (++answered === count) ending.end();
        },
      });
      out.note(`answering pings on ${PING}`);
      await ending.whenEnded;
    });
  },
};

async function measure({ options, out, ending }: Call, session: Session): Promise<void> {
  const payload = new Uint8Array(options.number('size') ?? 8);
  const count = options.number('count') ?? 100;
  const publisher = await session.declarePublisher(PING, urgent(options));
  let arrived: () => void = () => undefined;
  await session.declareSubscriber(PONG, { handler: () => arrived() });

  let said = false;
  /** One round trip in µs; what is lost is sent again. Undefined: the command has ended. */
  const trip = async (): Promise<number | undefined> => {
    while (!ending.ended) {
      const back = new Promise<true>((resolve) => {
        arrived = () => resolve(true);
      });
      const from = performance.now();
      await publisher.put(payload);
      let timer: NodeJS.Timeout | undefined;
      const lost = new Promise<false>((resolve) => {
        timer = setTimeout(() => resolve(false), LOST_MS);
      });
      const answered = await Promise.race([back, lost, ending.whenEnded]);
      clearTimeout(timer);
      if (answered === true) return (performance.now() - from) * 1000;
      if (answered === false && !said) out.note(`waiting for an answer: is "zenode pong" running?`);
      said = true;
    }
    return undefined;
  };

  if ((await trip()) === undefined) return;
  const warm = performance.now() + (options.ms('warmup') ?? 1000);
  while (performance.now() < warm) if ((await trip()) === undefined) return;

  const trips: number[] = [];
  while (trips.length < count) {
    const us = await trip();
    if (us === undefined) break;
    trips.push(us);
    const rtt = rounded(us);
    out.value(
      () => ({ rtt_us: rtt }),
      () => `${payload.length} bytes: ${rtt} µs`,
    );
  }
  const sorted = trips.toSorted((a, b) => a - b);
  const p50 = percentile(sorted, 0.5);
  const p99 = percentile(sorted, 0.99);
  out.value(
    () => ({ count: trips.length, p50_us: p50, p99_us: p99 }),
    () => `${trips.length} round trips: median ${p50} µs, p99 ${p99} µs`,
  );
}

/** Waits for room, and for nothing else, unless the flags say otherwise. */
function urgent(options: Options): PublisherOptions {
  return publisherOptionsOf(options, { congestionControl: CongestionControl.BLOCK, express: true });
}

/** Null of nothing. */
function percentile(sorted: readonly number[], part: number): number | null {
  const at = Math.max(0, Math.ceil(sorted.length * part) - 1);
  const value = sorted[at];
  return value === undefined ? null : rounded(value);
}

function rounded(us: number): number {
  return Math.round(us * 10) / 10;
}
