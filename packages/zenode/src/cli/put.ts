import type { DeleteOptions, PublisherPutOptions, PutOptions } from '../session/index.ts';
import type { Call, Command } from './command.ts';
import { withNode } from './connect.ts';
import { MANNERS, NODE, QOS } from './flags.ts';
import { keyOf } from './keys.ts';
import { given, publisherOptionsOf } from './qos.ts';
import { valueOf } from './value.ts';

const PUBLICATION = ['encoding', 'attachment', ...QOS, 'reliability'] as const;
const SESSION_TIMEOUT = { timeout: 'to have a session (10)' };

export const put: Command = {
  name: 'put',
  summary: 'publish one value',
  values: ['KEY', '[VALUE]'],
  flags: ['file', ...PUBLICATION, 'timeout', 'json', ...NODE, ...MANNERS],
  flagHelp: SESSION_TIMEOUT,
  examples: [
    'zenode put -e tcp/localhost:7447 demo/room/temperature 21.5',
    `echo '{"on":true}' | zenode put -e tcp/localhost:7447 demo/room/lamp --file - --encoding application/json`,
  ],
  async run(call) {
    const [word, text] = call.options.values;
    const key = keyOf(word!);
    const value = await valueOf(call.options, text);
    const options: PutOptions = { ...publisherOptionsOf(call.options), ...attachmentOf(call) };
    await withNode(call, 'once', ({ session }) => session.put(key, value, options), call.options.ms('timeout'));
  },
};

export const del: Command = {
  name: 'delete',
  summary: 'publish that a value is gone',
  values: ['KEY'],
  flags: ['attachment', ...QOS, 'reliability', 'timeout', 'json', ...NODE, ...MANNERS],
  flagHelp: SESSION_TIMEOUT,
  examples: [
    'zenode delete -e tcp/localhost:7447 demo/room/temperature',
    'zenode delete -e tcp/localhost:7447 demo/room/lamp --attachment "sold on Monday"',
  ],
  async run(call) {
    const key = keyOf(call.options.values[0]!);
    const options: DeleteOptions = { ...publisherOptionsOf(call.options), ...attachmentOf(call) };
    await withNode(call, 'once', ({ session }) => session.delete(key, options), call.options.ms('timeout'));
  },
};

export const pub: Command = {
  name: 'pub',
  summary: 'publish a value at once, then again and again',
  values: ['KEY', '[VALUE]'],
  flags: ['file', ...PUBLICATION, 'interval', 'count', 'timeout', 'json', ...NODE, ...MANNERS],
  examples: [
    'zenode pub -e tcp/localhost:7447 demo/room/clock tick --count 3',
    'zenode pub -e tcp/localhost:7447 demo/room/clock tick --interval 0.1 --timeout 1',
  ],
  async run(call) {
    const { options, out, ending } = call;
    const key = keyOf(options.values[0]!);
    const value = await valueOf(options, options.values[1]);
    const intervalMs = options.ms('interval') ?? 1000;
    const count = options.number('count');
    ending.after(options.ms('timeout'));
    await withNode(call, 'wait', async ({ session }) => {
      const publisher = await session.declarePublisher(key, publisherOptionsOf(options));
      const started = performance.now();
      for (let sent = 1; ; sent++) {
        await publisher.put(value, attachmentOf(call));
        out.note(`published value ${sent} on ${key}`);
        if (sent === count) return;
        const rest = started + sent * intervalMs - performance.now();
        if (!(await ending.sleep(Math.max(0, rest)))) return;
      }
    });
  },
};

function attachmentOf({ options }: Call): PublisherPutOptions {
  return given({ attachment: options.text('attachment') });
}
