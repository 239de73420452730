import { CancellationToken, Encoding, type Query, type Reply, ReplyKeyExpr } from '../../src/session/index.ts';
import { builders, INTEREST, REQUEST, RESPONSE, RESPONSE_FINAL } from '../../src/wire/index.ts';
import type { Executors } from './executor.ts';
import { aliased, declareFinal, reply, request, responseFinal, those } from './message.ts';
import { type ByHand, replyText, taken, type World } from './world.ts';

/** How a promise ends: with its value, or the text of its error. */
export async function settled(world: World, promise: Promise<unknown>): Promise<unknown> {
  return world.run(
    promise.then(
      () => 'resolved',
      (error: Error) => error.message,
    ),
  );
}

/** Keeps queries until the test answers them. */
function keep(queries: Query[]): { handler: (query: Query) => void } {
  return { handler: (query) => void queries.push(query) };
}

/** Answers each interest as a router does that knows of nobody. */
async function answerInterests(other: ByHand): Promise<void> {
  await other.say(...those(other.heard(), INTEREST).map(({ interestId }) => declareFinal(interestId)));
}

/** Kinds of the messages a node hears. */
function kinds(heard: ReturnType<ByHand['heard']>): string[] {
  const names: Readonly<Record<number, string>> = {
    [REQUEST]: 'Request',
    [RESPONSE]: 'Response',
    [RESPONSE_FINAL]: 'ResponseFinal',
    [INTEREST]: 'Interest',
  };
  return heard.map(({ message }) => names[message.id] ?? `0x${message.id.toString(16)}`);
}

const errors = (reply: Reply): object => ({
  text: replyText(reply),
  encoding: reply.err()?.encoding().toString(),
  replier: reply.replierId(),
});

export const requests: Executors = {
  'request.sameid': {
    expected: {
      delivered: ['h/a', 'h/b'],
      answers: ['Response 5 h/a', 'ResponseFinal 5', 'Response 5 h/b', 'ResponseFinal 5'],
    },
    run: async (world) => {
      await world.router();
      const queries: Query[] = [];
      const d = await world.client('d1');
      await world.run(d.declareQueryable('h/**', keep(queries)));
      const asker = await world.rawClient();
      await asker.say(request(5, 'h/a'), request(5, 'h/b'));
      const delivered = queries.map((query) => query.keyExpr().toString());
      asker.heard();
      for (const query of queries) {
        await world.run(query.reply(query.keyExpr(), '1'));
        await world.run(query.finalize());
      }
      const answers = asker.heard().map(({ message: m }) => {
        if (m.id === RESPONSE) return `Response ${m.requestId} ${m.wireExpr.suffix}`;
        return m.id === RESPONSE_FINAL ? `ResponseFinal ${m.requestId}` : m.id;
      });
      return { delivered, answers };
    },
  },
  'request.unknownscope': {
    expected: { alias: ['ResponseFinal'], 'not canonical': ['ResponseFinal'], linked: true },
    run: async (world) => {
      await world.nodes();
      const asker = await world.rawClient();
      await asker.say(request(1, aliased(9)));
      const alias = kinds(asker.heard());
      await asker.say(request(2, 'q//a'));
      return { alias, 'not canonical': kinds(asker.heard()), linked: asker.linked };
    },
  },
  'request.noqueryable': {
    expected: { sent: ['Request'], answer: ['ResponseFinal'], replies: [], ended: true },
    run: async (world) => {
      const { session, other } = await world.facing('client');
      await world.run(session.get('nope/x'));
      const sent = kinds(other.heard());
      const { c } = await world.nodes();
      const asker = await world.rawClient();
      await asker.say(request(1, 'nope/x'));
      const replies = await world.run(c.get('nope/x'));
      return { sent, answer: kinds(asker.heard()), replies: taken(replies), ended: replies?.state() === 'close' };
    },
  },
};

const FOREIGN =
  'Attempted to reply on `other/key`, which does not intersect with query `demo/q`, ' +
  'despite query only allowing replies on matching key expressions';

export const queries: Executors = {
  'reply.api.foreignkey': {
    expected: { matching: FOREIGN, onTheWire: ['ResponseFinal'], any: 'resolved', replies: ['other/key 1'] },
    run: async (world) => {
      const { c, d } = await world.nodes();
      const asked: Query[] = [];
      await world.run(d.declareQueryable('demo/q', keep(asked)));
      const asker = await world.rawClient();
      await asker.say(request(1, 'demo/q'));
      const matching = await settled(world, asked[0]!.reply('other/key', '1'));
      await world.run(asked[0]!.finalize());
      const replies = await world.run(c.get('demo/q', { acceptReplies: ReplyKeyExpr.ANY }));
      const any = await settled(world, asked[1]!.reply('other/key', '1'));
      await world.run(asked[1]!.finalize());
      const came = taken(replies).map((one) => replyText(one, ''));
      return { matching, onTheWire: kinds(asker.heard()), any, replies: came };
    },
  },
  'query.timeout': {
    expected: {
      onTheWire: [{ text: 'Timeout', encoding: 'zenoh/bytes', key: '', responder: 'd1 0' }, 'ResponseFinal'],
      atTheAsker: [{ text: 'err Timeout', encoding: 'zenoh/string', replier: undefined }],
      withHeldReplies: ['1', 'err Timeout'],
    },
    run: async (world) => {
      const { c, d } = await world.nodes();
      const asked: Query[] = [];
      await world.run(d.declareQueryable('q/a', keep(asked)));
      const asker = await world.rawClient();
      await asker.say(request(1, 'q/a', 1000));
      await world.scheduler.run(1000);
      const onTheWire = asker.heard().map(({ message: m }) => {
        if (m.id !== RESPONSE) return m.id === RESPONSE_FINAL ? 'ResponseFinal' : m.id;
        const err = builders.err(m.body);
        const responder = `${m.responder?.zid} ${m.responder?.eid}`;
        const text = new TextDecoder().decode(err.payload);
        return { text, encoding: err.encoding.toString(), key: m.wireExpr.suffix, responder };
      });
      const replies = await world.run(c.get('q/a', { timeout: 1000 }));
      await world.scheduler.run(2000);
      const atTheAsker = taken(replies).map(errors);
      const held = await world.run(c.get('q/a', { timeout: 1000 }));
      await world.run(asked[2]!.reply('q/a', '1'));
      await world.scheduler.run(2000);
      return { onTheWire, atTheAsker, withHeldReplies: taken(held).map((one) => replyText(one, 'q/a')) };
    },
  },
  'query.timeout.late': {
    expected: { replies: ['err Timeout'], ended: true, later: [] },
    run: async (world) => {
      const { c, d } = await world.nodes();
      const asked: Query[] = [];
      await world.run(d.declareQueryable('q/a', keep(asked)));
      const asker = await world.rawClient();
      await asker.say(request(1, 'q/a', 1000));
      const replies = await world.run(c.get('q/a', { timeout: 1000 }));
      await world.scheduler.run(2000);
      asker.heard();
      for (const query of asked) {
        await world.run(query.reply('q/a', '1'));
        await world.run(query.finalize());
      }
      const came = taken(replies).map((one) => replyText(one));
      return { replies: came, ended: replies?.state() === 'close', later: kinds(asker.heard()) };
    },
  },
  'query.cancel': {
    expected: { state: 'close', replies: [], sent: [], again: 'Query was cancelled' },
    run: async (world) => {
      const { session, other } = await world.facing('client');
      const token = new CancellationToken();
      const replies = await world.run(session.get('q/a', { cancellationToken: token }));
      const { requestId } = those(other.heard(), REQUEST)[0]!;
      token.cancel();
      await world.settle();
      const state = replies?.state();
      await other.say(reply(requestId, 'q/a', '1'), responseFinal(requestId));
      const again = await world.run(
        session.get('q/a', { cancellationToken: token }).then(
          (receiver) => `receiver: ${receiver?.state()}`,
          (error: Error) => error.message,
        ),
      );
      return { state, replies: taken(replies), sent: kinds(other.heard()), again };
    },
  },
  'querier.undeclare': {
    expected: { replies: [], state: 'close', sent: ['Interest Final'] },
    run: async (world) => {
      const { session, other } = await world.facing('client');
      const querier = await world.run(session.declareQuerier('q/a'));
      await answerInterests(other);
      const replies = await world.run(querier.get());
      other.heard();
      await world.run(querier.undeclare());
      const sent = other.heard().map(({ message: m }) => (m.id === INTEREST && m.mode === 0 ? 'Interest Final' : m.id));
      return { replies: taken(replies), state: replies?.state(), sent };
    },
  },
  'session.close': {
    expected: {
      replies: [],
      state: 'close',
      sent: [],
      linked: false,
      put: 'session closed',
      get: 'session closed',
      declare: 'session closed',
      token: 'session closed',
      zid: 'c1',
      undeclare: 'resolved',
      close: 'resolved',
    },
    run: async (world) => {
      const { session, other } = await world.facing('client');
      const publisher = await world.run(session.declarePublisher('k/a'));
      const subscriber = await world.run(session.declareSubscriber('k/a'));
      const liveliness = session.liveliness();
      await world.run(liveliness.declareToken('k/t'));
      const replies = await world.run(session.get('q/a'));
      other.heard();
      await world.run(session.close());
      const { linked } = other;
      return {
        replies: taken(replies),
        state: replies?.state(),
        // Of the network: the Close itself is a message of the transport.
        sent: kinds(other.heard()),
        linked,
        put: await settled(world, session.put('k/a', '1')),
        get: await settled(world, session.get('k/a')),
        declare: await settled(world, session.declareSubscriber('k/a')),
        token: await settled(world, liveliness.declareToken('k/t')),
        zid: session.zid().toString(),
        undeclare: await settled(world, Promise.all([publisher.undeclare(), subscriber.undeclare()])),
        close: await settled(world, session.close()),
      };
    },
  },
  'querier.nomatch': {
    expected: {
      client: { matching: false, sent: ['Request'], state: 'close' },
      peer: { matching: false, sent: [], state: 'close' },
    },
    run: async (world) => {
      const seen: Record<string, object> = {};
      for (const mode of ['client', 'peer'] as const) {
        const { session, other } = await world.facing(mode);
        if (mode === 'peer') await other.say(declareFinal(0));
        const querier = await world.run(session.declareQuerier('q/a'));
        await answerInterests(other);
        const status = await world.run(querier.matchingStatus());
        const replies = await world.run(querier.get());
        const heard = other.heard();
        for (const { requestId } of those(heard, REQUEST)) await other.say(responseFinal(requestId));
        seen[mode] = { matching: status.matching(), sent: kinds(heard), state: replies?.state() };
        await world.run(session.close());
      }
      return seen;
    },
  },
  'publisher.nomatch': {
    expected: { client: { publisher: [], session: ['Push'] }, peer: { publisher: [], session: [] } },
    run: async (world) => {
      const seen: Record<string, object> = {};
      for (const mode of ['client', 'peer'] as const) {
        const { session, other } = await world.facing(mode);
        if (mode === 'peer') await other.say(declareFinal(0));
        const publisher = await world.run(session.declarePublisher('p/a'));
        await answerInterests(other);
        await world.run(publisher.put('1'));
        const byPublisher = pushes(other);
        await world.run(session.put('p/b', '1'));
        seen[mode] = { publisher: byPublisher, session: pushes(other) };
        await world.run(session.close());
      }
      return seen;
    },
  },
  'query.encodingonly': {
    expected: { payload: '', encoding: 'text/csv' },
    run: async (world) => received(world, { encoding: Encoding.TEXT_CSV }),
  },
  'query.nopayload': {
    expected: { payload: undefined, encoding: undefined },
    run: async (world) => received(world, {}),
  },
  'query.finals': {
    // After the first handle, and after the second.
    expected: [[], ['ResponseFinal']],
    run: async (world) => {
      await world.router();
      const asked: Query[] = [];
      const b = await world.client('b1');
      for (const key of ['two/a', 'two/*']) await world.run(b.declareQueryable(key, keep(asked)));
      const asker = await world.rawClient();
      await asker.say(request(1, 'two/a'));
      const after: string[][] = [];
      for (const query of asked) {
        await world.run(query.finalize());
        after.push(kinds(asker.heard()));
      }
      return after;
    },
  },
  'reply.express': {
    expected: { qos: 0x0d },
    run: async (world) => {
      const { session, other } = await world.facing('client');
      await world.run(
        session.declareQueryable('q/a', {
          handler: async (query) => {
            await query.reply('q/a', '1', { express: true, priority: 1, congestionControl: 0 });
            await query.finalize();
          },
        }),
      );
      await other.say(request(1, 'q/a'));
      return { qos: those(other.heard(), RESPONSE)[0]?.qos };
    },
  },
};

/** What a queryable of D sees of a get of C. */
async function received(world: World, options: { encoding?: Encoding }): Promise<object> {
  const { c, d } = await world.nodes();
  const asked: Query[] = [];
  await world.run(d.declareQueryable('q/a', keep(asked)));
  await world.run(c.get('q/a', options));
  const [query] = asked as [Query];
  return { payload: query.payload()?.toString(), encoding: query.encoding()?.toString() };
}

function pushes(other: ByHand): string[] {
  return other.heard().map(({ message: m }) => (m.id === 0x1d ? 'Push' : `0x${m.id.toString(16)}`));
}
