import { CongestionControl } from '../session/index.ts';
import type { Call, Command } from './command.ts';
import { withNode } from './connect.ts';
import { MANNERS, NODE, QOS } from './flags.ts';
import { keyOf } from './keys.ts';
import { publisherOptionsOf } from './qos.ts';

const KEY = 'test/thr';

/** Puts between two looks at the clock. */
const STRETCH = 64;
/** Longest time in ms without a turn for timers, signals and sockets. */
const TURN_MS = 10;

export const perfPub: Command = {
  name: 'perf pub',
  summary: 'publish as fast as it goes, and print how fast that is',
  values: ['[KEY]'],
  flags: ['size', ...QOS, 'reliability', 'count', 'timeout', 'json', ...NODE, ...MANNERS],
  flagHelp: { 'congestion-control': 'what happens where there is no room (block)' },
  notes: [`KEY is ${KEY} unless given.`],
  examples: [
    'zenode perf pub -e tcp/localhost:7447 --timeout 2',
    'zenode perf pub -e tcp/localhost:7447 demo/fast --size 1024 --count 10000 --json',
  ],
  async run(call) {
    const { options, ending } = call;
    const key = keyOf(options.values[0] ?? KEY);
    const payload = new Uint8Array(options.number('size') ?? 8);
    const count = options.number('count') ?? Number.POSITIVE_INFINITY;
    ending.after(options.ms('timeout'));
    await withNode(call, 'wait', async ({ session }) => {
      const settings = publisherOptionsOf(options, { congestionControl: CongestionControl.BLOCK });
      const publisher = await session.declarePublisher(key, settings);
      const rate = new Rate(call);
      rate.start();
      let turn = performance.now();
      for (let sent = 0; sent < count && !ending.ended;) {
        await publisher.put(payload);
        rate.add(payload.length);
        if (++sent % STRETCH !== 0 || performance.now() - turn < TURN_MS) continue;
        await nextTurn();
        turn = performance.now();
      }
      rate.stop();
    });
  },
};

export const perfSub: Command = {
  name: 'perf sub',
  summary: 'print how many values arrive, a line a second',
  values: ['[KEY]'],
  flags: ['count', 'timeout', 'json', ...NODE, ...MANNERS],
  flagHelp: { count: 'end after N lines' },
  notes: [`KEY is ${KEY} unless given. The lines begin with the first value.`],
  examples: [
    'zenode perf sub -e tcp/localhost:7447 --count 1',
    'zenode perf sub -e tcp/localhost:7447 demo/fast --json --timeout 3',
  ],
  async run(call) {
    const { options, out, ending } = call;
    const key = keyOf(options.values[0] ?? KEY);
    const count = options.number('count');
    ending.after(options.ms('timeout'));
    await withNode(call, 'wait', async ({ session }) => {
      const rate = new Rate(call, (lines) => {
        if (lines === count) ending.end();
      });
      await session.declareSubscriber(key, {
        handler: (sample) => {
          rate.start();
          rate.add(sample.payload().len());
        },
      });
      out.note(`counting on ${key}`);
      await ending.whenEnded;
      rate.stop();
    });
  },
};

/** Counts, and prints a line a second. */
class Rate {
  readonly #call: Call;
  readonly #onLine: ((lines: number) => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #since = 0;
  #messages = 0;
  #bytes = 0;
  #lines = 0;

  constructor(call: Call, onLine?: (lines: number) => void) {
    this.#call = call;
    this.#onLine = onLine;
  }

  /** From the first call on, time runs. */
  start(): void {
    if (this.#timer !== undefined) return;
    this.#since = performance.now();
    this.#timer = setInterval(() => this.#line(), 1000);
  }

  add(bytes: number): void {
    this.#messages++;
    this.#bytes += bytes;
  }

  /** What is counted and not printed yet makes a line if there was none. */
  stop(): void {
    clearInterval(this.#timer);
    if (this.#lines === 0 && this.#messages > 0) this.#line();
  }

  #line(): void {
    const seconds = Math.max(performance.now() - this.#since, 0.001) / 1000;
    const messages = Math.round(this.#messages / seconds);
    const bytes = Math.round(this.#bytes / seconds);
    this.#since = performance.now();
    this.#messages = 0;
    this.#bytes = 0;
    this.#call.out.value(
      () => ({ msgs_per_s: messages, bytes_per_s: bytes }),
      () => `${messages} msgs/s, ${bytes} bytes/s`,
    );
    this.#onLine?.(++this.#lines);
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
