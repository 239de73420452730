import type { Sample, Session } from '../../src/session/index.ts';
import { D_TOKEN } from '../../src/wire/index.ts';
import type { Executors } from './executor.ts';
import { declare } from './message.ts';
import { kindAndKey, replyText, taken, type World } from './world.ts';

/** A liveliness subscriber that writes down what it is told. */
async function watch(
  world: World,
  session: Session,
  key: string,
  history: boolean = false,
): Promise<{ told: () => string[]; closed: () => boolean }> {
  const told: string[] = [];
  let closed = false;
  const callback = (sample: Sample): void => void told.push(kindAndKey(sample));
  const drop = (): void => void (closed = true);
  await world.run(session.liveliness().declareSubscriber(key, { history, handler: [callback, drop] }));
  await world.settle();
  return { told: () => told.splice(0), closed: () => closed };
}

async function token(world: World, session: Session, key: string): Promise<() => Promise<void>> {
  const one = await world.run(session.liveliness().declareToken(key));
  await world.settle();
  return async () => {
    await world.run(one.undeclare());
    await world.settle();
  };
}

export const liveliness: Executors = {
  'liveliness.twotokens': {
    expected: {
      declared: ['PUT lv/a', 'PUT lv/own'],
      'first undeclare': [],
      'second undeclare': ['DELETE lv/a'],
      own: ['DELETE lv/own'],
    },
    run: async (world) => {
      const { c, d } = await world.nodes();
      const { told } = await watch(world, c, 'lv/*');
      const first = await token(world, d, 'lv/a');
      const second = await token(world, d, 'lv/a');
      const own = await token(world, c, 'lv/own');
      const declared = told();
      await first();
      const afterFirst = told();
      await second();
      const afterSecond = told();
      await own();
      return { declared, 'first undeclare': afterFirst, 'second undeclare': afterSecond, own: told() };
    },
  },
  'liveliness.history': {
    expected: { 'new one': ['PUT lv/z'], 'old one': [] },
    run: async (world) => {
      const { c, d } = await world.nodes();
      await token(world, d, 'lv/z');
      const old = await watch(world, c, 'lv/*');
      const late = await watch(world, c, 'lv/*', true);
      return { 'new one': late.told(), 'old one': old.told() };
    },
  },
  'liveliness.nohistory.delete': {
    expected: { before: [], undeclared: ['DELETE lv/z'] },
    run: async (world) => {
      const { c, d } = await world.nodes();
      const undeclare = await token(world, d, 'lv/z');
      const { told } = await watch(world, c, 'lv/*');
      const before = told();
      await undeclare();
      return { before, undeclared: told() };
    },
  },
  'liveliness.get.own': {
    expected: ['lv/own', 'lv/own'],
    run: async (world) => {
      const { c } = await world.nodes();
      await token(world, c, 'lv/own');
      const replies = await world.run(c.liveliness().get('lv/*'));
      return taken(replies).map((one) => replyText(one, '').trim());
    },
  },
  'liveliness.linkdown': {
    expected: { alive: ['PUT lv/r'], 'link is cut': ['DELETE lv/r'] },
    run: async (world) => {
      const { c } = await world.nodes();
      const { told } = await watch(world, c, 'lv/*');
      const raw = await world.rawClient();
      await raw.say(declare(D_TOKEN, 1, 'lv/r'));
      const alive = told();
      await raw.cut();
      return { alive, 'link is cut': told() };
    },
  },
  'liveliness.session.close': {
    expected: { 'D closes': ['DELETE lv/d'], 'C closes': [], closed: true },
    run: async (world) => {
      const { c, d } = await world.nodes();
      const { told, closed } = await watch(world, c, 'lv/*');
      await token(world, d, 'lv/d');
      await token(world, c, 'lv/c');
      told();
      await world.run(d.close());
      await world.settle();
      const first = told();
      await world.run(c.close());
      await world.settle();
      return { 'D closes': first, 'C closes': told(), closed: closed() };
    },
  },
};
