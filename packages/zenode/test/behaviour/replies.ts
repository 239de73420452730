import { CongestionControl, Priority, type Reply } from '../../src/session/index.ts';
import { qosPriority } from '../../src/wire/index.ts';
import { ask, asked } from './consolidation.ts';
import type { Executor, Executors } from './executor.ts';
import { aliased, reply, replyErr, responseFinal } from './message.ts';
import { type ByHand, replyText, taken, type World } from './world.ts';

interface Outcome {
  /** Replies with their keys. */
  readonly replies: readonly string[];
  /** The channel has closed. */
  readonly ended: boolean;
  /** The queryable's node has its link. */
  readonly linked: boolean;
}

/** D gets, the queryable answers, and D sees this. */
function answering(
  expected: Outcome,
  answers: (requestId: number) => readonly Uint8Array[],
  selector: string = 'q/a',
): Executor {
  return {
    expected,
    run: async (world) => {
      const { queryable, replies, requestId } = await asked(world, selector);
      await queryable.say(...answers(requestId));
      return outcome(replies, queryable);
    },
  };
}

function outcome(replies: Parameters<typeof taken<Reply>>[0], queryable: ByHand): Outcome {
  const came = taken(replies).map((one) => replyText(one, ''));
  return { replies: came, ended: replies?.state() === 'close', linked: queryable.linked };
}

function fine(...replies: string[]): Outcome {
  return { replies, ended: true, linked: true };
}

/** One reply, and what D reads of it. */
function single(expected: object, message: (id: number) => Uint8Array, read: (one: Reply) => object): Executor {
  return {
    expected,
    run: async (world) => {
      const { queryable, replies, requestId } = await asked(world, 'q/a');
      await queryable.say(message(requestId), responseFinal(requestId));
      return read(taken(replies)[0]!);
    },
  };
}

const [NOT_CANONICAL, UNDECLARED] = ['q//', aliased(9)];

export const replies: Executors = {
  'reply.foreignkey': answering(fine('q/a 2'), (id) => [
    reply(id, 'z/a', '1'),
    reply(id, 'q/a', '2'),
    responseFinal(id),
  ]),
  'reply.foreignkey.anyke': answering(fine('z/a 1'), (id) => [reply(id, 'z/a', '1'), responseFinal(id)], 'q/a?_anyke'),
  'reply.wildkey': answering(fine('q/* 1'), (id) => [reply(id, 'q/*', '1'), responseFinal(id)]),
  'reply.invalidkey': answering(fine('q/a 2'), (id) => [
    reply(id, NOT_CANONICAL, '1'),
    reply(id, 'q/a', '2'),
    responseFinal(id),
  ]),
  'reply.unknownscope': answering(fine('q/a 2'), (id) => [
    reply(id, UNDECLARED, '1'),
    reply(id, 'q/a', '2'),
    responseFinal(id),
  ]),
  'reply.emptykey': answering(fine(), (id) => [reply(id, '', '1'), responseFinal(id)]),
  'reply.err.emptykey': answering(fine('err e'), (id) => [replyErr(id, '', 'e'), responseFinal(id)]),
  'reply.err.unknownscope': answering(fine(), (id) => [replyErr(id, UNDECLARED, 'e'), responseFinal(id)]),
  'reply.err.foreignkey': answering(fine('err e'), (id) => [replyErr(id, 'z/a', 'e'), responseFinal(id)]),
  'reply.final.twice': answering(fine('q/a 1'), (id) => [
    reply(id, 'q/a', '1'),
    responseFinal(id),
    responseFinal(id),
    reply(id, 'q/a', '2'),
  ]),
  'reply.qos': single(
    { priority: 'DATA', congestionControl: 'BLOCK', express: false },
    (id) => reply(id, 'q/a', '1', { qos: 0x19 }),
    (one) => {
      const sample = one.ok()!;
      return {
        priority: qosPriority(0x0d) === sample.priority() ? 'DATA' : Priority[sample.priority()],
        congestionControl: sample.congestionControl() === CongestionControl.BLOCK ? 'BLOCK' : 'another',
        express: sample.express(),
      };
    },
  ),
  'reply.noresponder': single(
    { replier: undefined },
    (id) => reply(id, 'q/a', '1'),
    (one) => ({ replier: one.replierId() }),
  ),
  'reply.unknown': {
    // What is pending is none the worse for it.
    expected: { before: fine('q/a 1'), after: fine('q/a 1') },
    run: async (world) => {
      const first = await asked(world, 'q/a');
      const unused = first.requestId + 77;
      await first.queryable.say(reply(unused, 'q/a', '9'), responseFinal(unused));
      return {
        before: await answered(first),
        after: await answered(await ask(world, first.d, first.queryable, 'q/a')),
      };
    },
  },
  'reply.linkdown': {
    expected: { replies: [], ended: true, linked: false },
    run: async (world: World) => {
      const { queryable, replies: channel } = await asked(world, 'q/a');
      await queryable.cut();
      return outcome(channel, queryable);
    },
  },
};

async function answered({
  queryable,
  replies: channel,
  requestId,
}: Awaited<ReturnType<typeof asked>>): Promise<Outcome> {
  await queryable.say(reply(requestId, 'q/a', '1'), responseFinal(requestId));
  return outcome(channel, queryable);
}
