import { QueryTarget } from '../../src/session/index.ts';
import { type Executors, family } from './executor.ts';
import { localityOf } from './locality.ts';
import { taken } from './world.ts';

/** A querier of C on a key with a target; a queryable of C or of D on a key, complete or not. */
const queriers: Executors = family(
  /^matching\.querier\.([^.]+)\.(\w+)\.(own|other)\.([^.]+)\.(in)?complete$/,
  ([, querierKey, target, side, queryableKey, incomplete], { observed }) => ({
    expected: { matching: (observed as { matching: boolean }).matching },
    run: async (world) => {
      const { c, d } = await world.nodes();
      const session = side === 'own' ? c : d;
      await world.run(session.declareQueryable(queryableKey!, { complete: incomplete === undefined }));
      const options = { target: QueryTarget[target!.toUpperCase() as 'ALL'] };
      const querier = await world.run(c.declareQuerier(querierKey!, options));
      return { matching: (await world.run(querier.matchingStatus())).matching() };
    },
  }),
);

/** Publisher and querier of C on m/a, by destination; subscriber and queryable of C or of D on m/*, by origin. */
const byLocality: Executors = family(
  /^matching\.locality\.(\w+)\.(own|other)\.(\w+)$/,
  ([, destination, side, origin], { observed }) => {
    const { publisher, querier } = observed as { publisher: boolean; querier: boolean };
    return {
      expected: { publisher, querier },
      run: async (world) => {
        const { c, d } = await world.nodes();
        const session = side === 'own' ? c : d;
        const allowedOrigin = localityOf(origin!);
        await world.run(session.declareSubscriber('m/*', { allowedOrigin }));
        await world.run(session.declareQueryable('m/*', { allowedOrigin }));
        const allowedDestination = localityOf(destination!);
        const ourPublisher = await world.run(c.declarePublisher('m/a', { allowedDestination }));
        const ourQuerier = await world.run(c.declareQuerier('m/a', { allowedDestination }));
        return {
          publisher: (await world.run(ourPublisher.matchingStatus())).matching(),
          querier: (await world.run(ourQuerier.matchingStatus())).matching(),
        };
      },
    };
  },
);

export const matching: Executors = {
  ...queriers,
  ...byLocality,
  'matching.listener': {
    expected: { at_declaration: [], events: [true, false] },
    run: async (world) => {
      const { c, d } = await world.nodes();
      const publisher = await world.run(c.declarePublisher('m/a'));
      const listener = await world.run(publisher.matchingListener());
      await world.settle();
      const atDeclaration = taken(listener.receiver()).map((one) => one.matching());
      const subscribers = [await world.run(d.declareSubscriber('m/a'))];
      await world.settle();
      subscribers.push(await world.run(d.declareSubscriber('m/*')));
      await world.settle();
      for (const one of subscribers) {
        await world.run(one.undeclare());
        await world.settle();
      }
      return { at_declaration: atDeclaration, events: taken(listener.receiver()).map((one) => one.matching()) };
    },
  },
  'matching.listener.already': {
    expected: { events: [true], state: 'close' },
    run: async (world) => {
      const { c, d } = await world.nodes();
      await world.run(d.declareSubscriber('m/*'));
      const publisher = await world.run(c.declarePublisher('m/a'));
      await world.settle();
      const listener = await world.run(publisher.matchingListener());
      await world.settle();
      await world.run(publisher.undeclare());
      await world.settle();
      const receiver = listener.receiver();
      return { events: taken(receiver).map((one) => one.matching()), state: receiver?.state() };
    },
  },
};
