import type { GetOptions, QuerierGetOptions, Reply, ReplyStream } from '../session/index.ts';
import type { Call, Command } from './command.ts';
import { withNode } from './connect.ts';
import { MANNERS, NODE, QUERY } from './flags.ts';
import { replyFields, replyLine } from './format.ts';
import { selectorOf } from './keys.ts';
import { given, querierOptionsOf } from './qos.ts';
import { valueOf } from './value.ts';

const QUESTION = ['payload', 'file', 'encoding', 'attachment', ...QUERY, 'timeout'] as const;
const PATIENCE = {
  timeout: 'of the query (10)',
  file: 'take the payload from a file, or from standard input if it is -',
};

export const get: Command = {
  name: 'get',
  summary: 'ask, and print the replies',
  values: ['SELECTOR'],
  flags: [...QUESTION, 'count', 'json', ...NODE, ...MANNERS],
  flagHelp: { ...PATIENCE, count: 'end after N replies' },
  notes: ['Exit code 0 once the last reply is in, whatever the replies were.'],
  examples: [
    `zenode get -e tcp/localhost:7447 'demo/**'`,
    `zenode get -e tcp/localhost:7447 'demo/room/light?unit=lux' --payload now --target all --timeout 2 --json`,
  ],
  async run(call) {
    const { options } = call;
    const selector = selectorOf(options.values[0]!);
    const asked: GetOptions = { ...querierOptionsOf(options), ...(await questionOf(call)) };
    await withNode(call, 'once', ({ session }) =>
      printReplies(call, session.query(selector, asked), options.number('count')),
    );
  },
};

export const querier: Command = {
  name: 'querier',
  summary: 'ask again and again, and print the replies',
  values: ['SELECTOR'],
  flags: [...QUESTION, 'interval', 'count', 'json', ...NODE, ...MANNERS],
  flagHelp: {
    ...PATIENCE,
    timeout: 'of each query (10)',
    count: 'end after N queries',
    interval: 'between queries (1)',
  },
  examples: [
    `zenode querier -e tcp/localhost:7447 'demo/**' --count 2`,
    `zenode querier -e tcp/localhost:7447 'demo/room/light?unit=lux' --interval 0.2 --count 3 --json`,
  ],
  async run(call) {
    const { options, out, ending } = call;
    const selector = selectorOf(options.values[0]!);
    const intervalMs = options.ms('interval') ?? 1000;
    const count = options.number('count');
    const asked = await questionOf(call);
    await withNode(call, 'wait', async ({ session }) => {
      const declared = await session.declareQuerier(selector.keyExpr(), querierOptionsOf(options));
      out.note(`asking ${selector}`);
      const started = performance.now();
      for (let sent = 1; ; sent++) {
        await printReplies(call, declared.query({ ...asked, parameters: selector.parameters() }), undefined);
        if (sent === count) return;
        const rest = started + sent * intervalMs - performance.now();
        if (!(await ending.sleep(Math.max(0, rest)))) return;
      }
    });
  },
};

async function questionOf({ options }: Call): Promise<QuerierGetOptions> {
  const payload = options.text('payload');
  const some = payload !== undefined || options.has('file');
  return given({
    payload: some ? await valueOf(options, payload) : undefined,
    encoding: options.text('encoding'),
    attachment: options.text('attachment'),
  });
}

/** One line a reply, until the query ends, `count` replies are there or the command has to end. */
export async function printReplies(
  { out, ending }: Call,
  replies: ReplyStream,
  count: number | undefined,
  line: (reply: Reply) => string = replyLine,
): Promise<void> {
  const cancel = (): void => replies.cancel();
  ending.signal.addEventListener('abort', cancel, { once: true });
  if (ending.ended) cancel();
  let seen = 0;
  for await (const reply of replies) {
    if (ending.ended) break;
    out.value(
      () => replyFields(reply),
      () => line(reply),
    );
    if (++seen === count) break;
  }
  ending.signal.removeEventListener('abort', cancel);
}
