import type { Reply } from '../session/index.ts';
import type { Command } from './command.ts';
import { withNode } from './connect.ts';
import { MANNERS, NODE } from './flags.ts';
import { replyLine, sampleFields, tokenLine } from './format.ts';
import { printReplies } from './get.ts';
import { keyOf } from './keys.ts';
import { given } from './qos.ts';

export const token: Command = {
  name: 'liveliness token',
  summary: 'be alive on a key',
  values: ['KEY'],
  flags: ['timeout', 'json', ...NODE, ...MANNERS],
  examples: [
    'zenode liveliness token -e tcp/localhost:7447 demo/alive/robot-1 --timeout 2',
    'zenode liveliness token -e tcp/localhost:7447 demo/alive/robot-2 -m client --timeout 2',
  ],
  async run(call) {
    const { options, out, ending } = call;
    const key = keyOf(options.values[0]!);
    ending.after(options.ms('timeout'));
    await withNode(call, 'wait', async ({ session }) => {
      await session.liveliness().declareToken(key);
      out.note(`alive on ${key}`);
      await ending.whenEnded;
    });
  },
};

export const tokenSub: Command = {
  name: 'liveliness sub',
  summary: 'print which keys become alive, and which are gone',
  values: ['KEY'],
  flags: ['history', 'count', 'timeout', 'json', ...NODE, ...MANNERS],
  examples: [
    `zenode liveliness sub -e tcp/localhost:7447 'demo/alive/*' --history --timeout 2`,
    `zenode liveliness sub -e tcp/localhost:7447 'demo/alive/*' --count 1 --json`,
  ],
  async run(call) {
    const { options, out, ending } = call;
    const key = keyOf(options.values[0]!);
    const count = options.number('count');
    ending.after(options.ms('timeout'));
    await withNode(call, 'wait', async ({ session }) => {
      let seen = 0;
      await session.liveliness().declareSubscriber(key, {
        history: options.has('history'),
        handler: (sample) => {
          if (ending.ended) return;
          out.value(
            () => sampleFields(sample),
            () => tokenLine(sample),
          );
          if (++seen === count) ending.end();
        },
      });
      out.note(`watching ${key}`);
      await ending.whenEnded;
    });
  },
};

export const tokenGet: Command = {
  name: 'liveliness get',
  summary: 'print which keys are alive now',
  values: ['KEY'],
  flags: ['timeout', 'count', 'json', ...NODE, ...MANNERS],
  flagHelp: { timeout: 'of the query (10)', count: 'end after N keys' },
  examples: [
    `zenode liveliness get -e tcp/localhost:7447 'demo/alive/*'`,
    `zenode liveliness get -e tcp/localhost:7447 'demo/alive/**' --json`,
  ],
  async run(call) {
    const { options } = call;
    const key = keyOf(options.values[0]!);
    const patience = given<{ timeout?: number }>({ timeout: options.ms('timeout') });
    await withNode(call, 'once', ({ session }) =>
      printReplies(call, session.liveliness().query(key, patience), options.number('count'), aliveLine),
    );
  },
};

function aliveLine(reply: Reply): string {
  const sample = reply.ok();
  return sample === undefined ? replyLine(reply) : tokenLine(sample);
}
