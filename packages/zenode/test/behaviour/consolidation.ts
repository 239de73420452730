import assert from 'node:assert/strict';
import { type ChannelReceiver, ConsolidationMode, type Reply, type Session } from '../../src/session/index.ts';
import { builders, D_QUERYABLE, REQUEST, Timestamp } from '../../src/wire/index.ts';
import { type Executor, type Executors, family } from './executor.ts';
import { declare, reply, replyErr, responseFinal, those } from './message.ts';
import { type ByHand, replyText, taken, type World } from './world.ts';

/** `1@-, err e, DEL@9/33, q/* 3@-`: replies on q/a unless another key is named, `-` without a time. */
function repliesOf(text: string, requestId: number): Uint8Array[] {
  return text.split(', ').map((one) => {
    if (one.startsWith('err ')) return replyErr(requestId, 'q/a', one.slice(4));
    const [, key = 'q/a', value, time] = /^(?:(\S+) )?(\w+)@(\S+)$/.exec(one)!;
    const timestamp = time === '-' ? {} : { timestamp: Timestamp.parse(time!) };
    return reply(requestId, key, value === 'DEL' ? undefined : value, timestamp);
  });
}

interface Asked {
  readonly d: Session;
  readonly queryable: ByHand;
  readonly replies: ChannelReceiver<Reply>;
  readonly requestId: number;
  /** Of the Request. */
  readonly consolidation: number;
}

/** R, the queryable written by hand on q/** behind it, and D, which has just asked. */
export async function asked(world: World, selector: string, consolidation?: ConsolidationMode): Promise<Asked> {
  await world.router();
  const queryable = await world.rawClient();
  await queryable.say(declare(D_QUERYABLE, 1, 'q/**'));
  const d = await world.client('d1');
  return ask(world, d, queryable, selector, consolidation);
}

/** D asks once more. */
export async function ask(
  world: World,
  d: Session,
  queryable: ByHand,
  selector: string,
  consolidation: ConsolidationMode = ConsolidationMode.AUTO,
): Promise<Asked> {
  const replies = (await world.run(d.get(selector, { consolidation })))!;
  const [heard, ...rest] = those(queryable.heard(), REQUEST);
  assert.ok(heard !== undefined && rest.length === 0, 'one Request reaches the queryable');
  const { requestId, body } = heard;
  return { d, queryable, replies, requestId, consolidation: builders.query(body).consolidation };
}

/** What of these replies reaches the asker: at once, and when the queryable has ended the query. */
async function consolidated(
  { queryable, replies, requestId }: Asked,
  text: string,
): Promise<{ atOnce: string[]; atFinal: string[] }> {
  await queryable.say(...repliesOf(text, requestId));
  const atOnce = taken(replies).map((one) => replyText(one, 'q/a'));
  assert.notEqual(replies.state(), 'close', 'the query has not ended');
  await queryable.say(responseFinal(requestId));
  const atFinal = taken(replies).map((one) => replyText(one, 'q/a'));
  assert.equal(replies.state(), 'close', 'the query has ended');
  return { atOnce, atFinal };
}

const ARRIVED = ['1', 'err e', '2', 'DEL', 'err e2', '3'];
const ANY = '1@-, err e, 2@-, DEL@-, err e2, 3@-';

/** What is seen of the replies that each entry lists. */
const seen: Readonly<Record<string, { atOnce?: string[]; atFinal?: string[]; consolidation?: number }>> = {
  'consolidation.none': { atOnce: ARRIVED },
  'consolidation.monotonic.notimestamp': { atOnce: ARRIVED },
  'consolidation.latest.notimestamp': { atOnce: ['err e', 'err e2'], atFinal: ['3'] },
  'consolidation.auto': { atOnce: ['err e', 'err e2'], atFinal: ['3'], consolidation: 3 },
  'consolidation.auto.time': { atOnce: ARRIVED, consolidation: 1 },
  'consolidation.latest.order': { atFinal: ['9'] },
  'consolidation.latest.none_ts_none': { atFinal: ['5'] },
  'consolidation.latest.equal': { atFinal: ['2'] },
  'consolidation.latest.sametime_otherid': { atFinal: ['3'] },
  'consolidation.latest.delete': { atFinal: ['DEL'] },
  'consolidation.latest.wild': { atFinal: ['2', 'q/* 3'] },
  'consolidation.latest.err': { atOnce: ['err e'], atFinal: ['1'] },
  'consolidation.monotonic.order': { atOnce: ['5', '9', 'e', 'a'] },
  'consolidation.monotonic.none': { atOnce: ['n', 'm', '5'] },
};

/** Replies on several keys come in any order. */
const UNORDERED = 'consolidation.latest.wild';

function consolidation(name: string): Executor {
  const { atOnce = [], atFinal = [], consolidation: sent } = seen[name]!;
  return {
    expected: { atOnce, atFinal, sent },
    run: async (world, { action }) => {
      const [, mode, time, text] = /^get with consolidation (\w+)( with parameter _time)?; replies: (.*)$/.exec(
        action,
      )!;
      const selector = time === undefined ? 'q/a' : 'q/a?_time=[now(-1h)..]';
      const query = await asked(world, selector, ConsolidationMode[mode as 'AUTO']);
      const came = await consolidated(query, text === 'any' ? ANY : text!);
      if (name === UNORDERED) came.atFinal.sort();
      return { ...came, sent: sent === undefined ? undefined : query.consolidation };
    },
  };
}

const idOrder: Executor = {
  // Bytes 02 are the id 2, bytes 01 02 the id 201.
  expected: { 'A first': ['A'], 'B first': ['A'] },
  run: async (world) => {
    const first = await asked(world, 'q/a', ConsolidationMode.LATEST);
    const aFirst = await consolidated(first, 'A@5/2, B@5/201');
    const second = await ask(world, first.d, first.queryable, 'q/a', ConsolidationMode.LATEST);
    const bFirst = await consolidated(second, 'B@5/201, A@5/2');
    return { 'A first': aFirst.atFinal, 'B first': bFirst.atFinal };
  },
};

export const consolidations: Executors = family(/^consolidation\./, (_, { name }) =>
  name === 'consolidation.latest.idorder' ? idOrder : consolidation(name),
);
