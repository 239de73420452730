import type { Command } from './command.ts';
import { withNode } from './connect.ts';
import { MANNERS, NODE } from './flags.ts';
import { sampleFields, sampleLine } from './format.ts';
import { keyOf } from './keys.ts';

export const sub: Command = {
  name: 'sub',
  summary: 'print what is published',
  values: ['KEY'],
  flags: ['count', 'timeout', 'json', ...NODE, ...MANNERS],
  examples: [
    `zenode sub -e tcp/localhost:7447 'demo/**' --count 2`,
    `zenode sub -e tcp/localhost:7447 'demo/*/temperature' --json --timeout 2`,
  ],
  async run(call) {
    const { options, out, ending } = call;
    const key = keyOf(options.values[0]!);
    const count = options.number('count');
    ending.after(options.ms('timeout'));
    await withNode(call, 'wait', async ({ session }) => {
      let seen = 0;
      await session.declareSubscriber(key, {
        handler: (sample) => {
          if (ending.ended) return;
          out.value(
            () => sampleFields(sample),
            () => sampleLine(sample),
          );
          if (++seen === count) ending.end();
        },
      });
      out.note(`subscribed to ${key}`);
      await ending.whenEnded;
    });
  },
};
