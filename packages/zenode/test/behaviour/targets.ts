import { QueryTarget, type Session } from '../../src/session/index.ts';
import { type Executors, family } from './executor.ts';

interface Declared {
  readonly name: string;
  readonly key: string;
  readonly complete: boolean;
}

/** `A: bm/** complete, B: bm/a incomplete` */
function queryablesOf(setup: string): Declared[] {
  const list = /with queryables: (.*); client S asks$/.exec(setup)![1]!;
  return list.split(', ').map((one) => {
    const [, name, key, incomplete] = /^(\w): (\S+) (in)?complete$/.exec(one)!;
    return { name: name!, key: key!, complete: incomplete === undefined };
  });
}

/** Which queryables of two clients a third one reaches. */
export const targets: Executors = family(/^target\./, (_, { setup, action, observed }) => ({
  expected: observed,
  run: async (world) => {
    await world.router();
    const zids = { A: 'a1', B: 'b1', S: 'c1' } as const;
    const clients = new Map<string, Session>();
    for (const name of ['A', 'B', 'S'] as const) clients.set(name, await world.client(zids[name]));
    const called: string[] = [];
    for (const { name, key, complete } of queryablesOf(setup)) {
      await world.run(
        clients.get(name)!.declareQueryable(key, {
          complete,
          autoFinalize: true,
          handler: () => void called.push(`${name}:${key}`),
        }),
      );
      await world.settle();
    }
    const [, key, target] = /^get (\S+), target (\w+)$/.exec(action)!;
    await world.run(clients.get('S')!.get(key!, { target: QueryTarget[target as 'ALL'] }));
    await world.settle();
    return { called: called.sort() };
  },
}));
