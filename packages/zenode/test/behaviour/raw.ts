import type { Session } from '../../src/session/index.ts';
import {
  D_FINAL,
  D_KEYEXPR,
  D_QUERYABLE,
  D_SUBSCRIBER,
  D_TOKEN,
  DECLARE,
  PUSH,
  U_KEYEXPR,
  U_SUBSCRIBER,
  U_TOKEN,
} from '../../src/wire/index.ts';
import { type Executors, family } from './executor.ts';
import { aliased, declare, interest, push, those } from './message.ts';
import { type ByHand, kindAndKey, textOf, type World } from './world.ts';

const [CURRENT, FUTURE, CURRENT_FUTURE] = [1, 2, 3] as const;
const [K, S, Q, T] = [0x01, 0x02, 0x04, 0x08];

/** R, a client written by hand, and D, which subscribes to everything and writes down what it gets. */
async function stage(world: World): Promise<{ raw: ByHand; d: Session; got: () => string[] }> {
  await world.router();
  const d = await world.client('d1');
  const got: string[] = [];
  await world.run(d.declareSubscriber('**', { handler: (one) => void got.push(`${one.keyexpr()} ${textOf(one)}`) }));
  return { raw: await world.rawClient(), d, got: () => got.splice(0) };
}

const framed: Readonly<Record<string, { got: string[]; linked: boolean }>> = {
  // Undeclared alias 7.
  'raw.1d07010131': { got: ['good/1 x', 'good/2 x'], linked: true },
  // a//, not canonical.
  'raw.7d0003612f2f010131': { got: ['good/1 x', 'good/2 x'], linked: true },
  // a3, from a node id.
  'raw.fd0001613305010131': { got: ['good/1 x', 'a 1', 'good/2 x'], linked: true },
  // Padding inside SourceInfo, and inside Timestamp.
  'raw.7d00016181410610d4c30701000131': { got: ['good/1 x', 'a '], linked: true },
  'raw.fd000161420405013300010131': { got: ['good/1 x'], linked: false },
};

/** One frame: a good Push, the message, a good Push. */
const frames: Executors = family(/^raw\.[0-9a-f]{8,}$/, ({ 0: name }, { action }) => ({
  expected: framed[name],
  run: async (world) => {
    const { raw, got } = await stage(world);
    const message = Uint8Array.from(action.split(' '), (byte) => Number.parseInt(byte, 16));
    await raw.say(push('good/1', 'x'), message, push('good/2', 'x'));
    return { got: got(), linked: raw.linked };
  },
}));

/** Declarations that a node hears, as `PUT key` and `DELETE key` of tokens, or by kind. */
function declared(raw: ByHand): string[] {
  return those(raw.heard(), DECLARE).map(({ interestId, declaration: { kind, id, wireExpr } }) => {
    const names: Readonly<Record<number, string>> = {
      [D_FINAL]: 'D_FINAL',
      [D_SUBSCRIBER]: 'D_SUBSCRIBER',
      [D_QUERYABLE]: 'D_QUERYABLE',
      [D_TOKEN]: 'D_TOKEN',
      [D_KEYEXPR]: 'D_KEYEXPR',
    };
    const entity = kind === D_FINAL ? '' : ` ${kind === D_TOKEN ? `${id} ` : ''}${wireExpr.suffix}`;
    return `${names[kind] ?? kind}${entity}${interestId === undefined ? '' : ` for ${interestId}`}`;
  });
}

const aliases: Executors = {
  'raw.alias.rebind': {
    expected: ['k/a 1', 'k/z 3'],
    run: async (world) => {
      const { raw, got } = await stage(world);
      await raw.say(declare(D_KEYEXPR, 5, 'k/a'));
      await raw.say(declare(D_KEYEXPR, 5, 'k/z'), push(aliased(5), '1'));
      await raw.say(declare(U_KEYEXPR, 5), push(aliased(5), '2'));
      await raw.say(declare(D_KEYEXPR, 5, 'k/z'), push(aliased(5), '3'));
      return got();
    },
  },
  'raw.alias.truncate': {
    expected: { got: ['k/x 1'], linked: true },
    run: async (world) => {
      const { raw, got } = await stage(world);
      await raw.say(declare(D_KEYEXPR, 65_546, 'k/x'), push(aliased(10), '1'));
      return { got: got(), linked: raw.linked };
    },
  },
};

/** Keys of the samples that a node hears. */
function pushed(raw: ByHand): string[] {
  return those(raw.heard(), PUSH).map(({ wireExpr }) => wireExpr.suffix);
}

const entities: Executors = {
  'raw.subscriber.sameid': {
    expected: { twice: ['w/a', 'w/b'], undeclared: ['w/a'] },
    run: async (world) => {
      const { c } = await world.nodes();
      const raw = await world.rawClient();
      const both = async (): Promise<string[]> => {
        await world.run(c.put('w/a', '1'));
        await world.run(c.put('w/b', '1'));
        await world.settle();
        return pushed(raw);
      };
      await raw.say(declare(D_SUBSCRIBER, 1, 'w/a'), declare(D_SUBSCRIBER, 1, 'w/b'));
      const twice = await both();
      await raw.say(declare(U_SUBSCRIBER, 1));
      return { twice, undeclared: await both() };
    },
  },
  'raw.token.twoids': {
    expected: [['PUT tk/a'], [], ['DELETE tk/a']],
    run: async (world) => {
      const { raw, told } = await tokens(world);
      const steps: string[][] = [];
      // The last one with the extension 5f 02 02 00: an empty key.
      const last = { scope: 0, suffix: '', fromSender: true };
      for (const messages of [
        [declare(D_TOKEN, 1, 'tk/a'), declare(D_TOKEN, 2, 'tk/a')],
        [declare(U_TOKEN, 1)],
        [declare(U_TOKEN, 2, last)],
      ]) {
        await raw.say(...messages);
        steps.push(told());
      }
      return steps;
    },
  },
  'raw.token.wireexpr': {
    // The token stays, while who watches such keys is told what was said: chapter 04 section 7.4.
    expected: { told: ['DELETE tk/a'], stays: ['tk/a'] },
    run: async (world) => {
      const { raw, told, c } = await tokens(world);
      await raw.say(declare(D_TOKEN, 1, 'tk/a'));
      told();
      await raw.say(declare(U_TOKEN, 0, 'tk/a'));
      const stays: string[] = [];
      const handler = (reply: { ok(): { keyexpr(): unknown } | undefined }): void =>
        void stays.push(String(reply.ok()?.keyexpr()));
      await world.run(c.liveliness().get('tk/*', { handler }));
      return { told: told(), stays };
    },
  },
};

/** C watches tk/*; the raw node is another client. */
async function tokens(world: World): Promise<{ raw: ByHand; c: Session; told: () => string[] }> {
  const { c } = await world.nodes();
  const told: string[] = [];
  await world.run(c.liveliness().declareSubscriber('tk/*', { handler: (one) => void told.push(kindAndKey(one)) }));
  return { raw: await world.rawClient(), c, told: () => told.splice(0) };
}

const interests: Executors = {
  'raw.interest.future': {
    expected: ['D_FINAL for 7'],
    run: async (world) => {
      await world.nodes();
      const raw = await world.rawClient();
      await raw.say(interest(7, FUTURE, K | S, 'n/x'));
      return declared(raw);
    },
  },
  'raw.interest.current': {
    expected: {
      'with S': [],
      'with Q': [],
      'K only': [],
      'with T': ['D_TOKEN 0 n/t for 4', 'D_FINAL for 4'],
      'options 0 CurrentFuture': ['D_FINAL for 5'],
      'unknown alias': [],
    },
    run: async (world) => {
      const { d } = await world.nodes();
      await world.run(d.declareSubscriber('n/s'));
      await world.run(d.declareQueryable('n/q'));
      await world.run(d.liveliness().declareToken('n/t'));
      const raw = await world.rawClient();
      const seen: Record<string, string[]> = {};
      for (const [name, message] of [
        ['with S', interest(1, CURRENT, S | K, 'n/*')],
        ['with Q', interest(2, CURRENT, Q | K, 'n/*')],
        ['K only', interest(3, CURRENT, K, 'n/*')],
        ['with T', interest(4, CURRENT, T | K, 'n/*')],
        ['options 0 CurrentFuture', interest(5, CURRENT_FUTURE, 0)],
        ['unknown alias', interest(6, CURRENT_FUTURE, S | K, aliased(9))],
      ] as const) {
        await raw.say(message);
        seen[name] = declared(raw);
      }
      return seen;
    },
  },
  'raw.interest.sameid': {
    expected: { again: ['D_FINAL for 33'], 'new subscriber n/z': [], 'new subscriber n/x': true },
    run: async (world) => {
      const { d } = await world.nodes();
      const raw = await world.rawClient();
      await raw.say(interest(33, CURRENT_FUTURE, S | K, 'n/x'));
      declared(raw);
      await raw.say(interest(33, CURRENT_FUTURE, S | K, 'n/z'));
      const again = declared(raw);
      await world.run(d.declareSubscriber('n/z'));
      await world.settle();
      const other = declared(raw);
      await world.run(d.declareSubscriber('n/x'));
      await world.settle();
      const first = declared(raw).some((one) => one.startsWith('D_SUBSCRIBER'));
      return { again, 'new subscriber n/z': other, 'new subscriber n/x': first };
    },
  },
};

export const raws: Executors = { ...frames, ...aliases, ...entities, ...interests };
