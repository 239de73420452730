import type { Query } from '../session/index.ts';
import type { Command } from './command.ts';
import { withNode } from './connect.ts';
import { MANNERS, NODE } from './flags.ts';
import { queryFields, queryLine } from './format.ts';
import { keyOf } from './keys.ts';
import { given } from './qos.ts';
import { UsageError } from './options.ts';
import { valueOf } from './value.ts';

export const queryable: Command = {
  name: 'queryable',
  summary: 'answer queries with a value, and print them',
  values: ['KEY', '[VALUE]'],
  flags: [
    'complete',
    'reply-err',
    'reply-delete',
    'file',
    'encoding',
    'attachment',
    'express',
    'count',
    'timeout',
    'json',
    ...NODE,
    ...MANNERS,
  ],
  flagHelp: { count: 'end after N queries' },
  notes: ['The answer is on KEY, or on the key of the query where KEY has wildcards.'],
  examples: [
    `zenode queryable -e tcp/localhost:7447 demo/room/light 300 --count 1`,
    `zenode queryable -e tcp/localhost:7447 'demo/hall/*' '{"on":true}' --complete --encoding application/json --timeout 2`,
  ],
  async run(call) {
    const { options, out, ending } = call;
    if (options.has('reply-err') && options.has('reply-delete')) {
      throw new UsageError('--reply-err and --reply-delete: give one of them, not both');
    }
    const key = keyOf(options.values[0]!);
    const value = await valueOf(options, options.values[1]);
    const count = options.number('count');
    const encoding = given<{ encoding?: string }>({ encoding: options.text('encoding') });
    const rest = given<{ attachment?: string; express?: boolean }>({
      attachment: options.text('attachment'),
      express: options.has('express') ? true : undefined,
    });
    const answer = (query: Query): Promise<void> => {
      const on = key.isWild() ? query.keyExpr() : key;
      if (options.has('reply-err')) return query.replyErr(value, encoding);
      if (options.has('reply-delete')) return query.replyDel(on, rest);
      return query.reply(on, value, { ...encoding, ...rest });
    };
    ending.after(options.ms('timeout'));
    await withNode(call, 'wait', async ({ session }) => {
      let seen = 0;
      await session.declareQueryable(key, {
        complete: options.has('complete'),
        handler: (query) => {
          if (ending.ended || seen === count) return query.finalize();
          seen++;
          out.value(
            () => queryFields(query),
            () => queryLine(query),
          );
          const last = seen === count;
          return answer(query)
            .catch((cause: unknown) => out.error(`cannot answer ${query.selector()}: ${String(cause)}`))
            .then(() => query.finalize())
            .finally(() => last && ending.end());
        },
      });
      out.note(`answering on ${key}`);
      await ending.whenEnded;
    });
  },
};
