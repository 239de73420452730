import { ConsolidationMode, Locality } from '../../src/session/index.ts';
import { type Executors, family } from './executor.ts';
import { replyText, taken } from './world.ts';

/** `session_local` */
export function localityOf(text: string): Locality {
  return Locality[text.toUpperCase() as 'ANY'];
}

/** Subscribers and queryables of C itself and of D, by allowed origin; C puts and gets, by allowed destination. */
export const localities: Executors = family(/^locality\.dest\.(\w+)\.origin\.(\w+)$/, ([, dest, origin], entry) => ({
  expected: entry.observed,
  run: async (world) => {
    const { c, d } = await world.nodes();
    const allowedOrigin = localityOf(origin!);
    const allowedDestination = localityOf(dest!);
    const counts = { own: 0, oth: 0 };
    for (const [session, name] of [
      [c, 'own'],
      [d, 'oth'],
    ] as const) {
      await world.run(session.declareSubscriber('lo/x', { allowedOrigin, handler: () => void counts[name]++ }));
      await world.run(
        session.declareQueryable('lo/q', {
          allowedOrigin,
          handler: async (query) => {
            await query.reply('lo/q', name);
            await query.finalize();
          },
        }),
      );
    }
    await world.run(c.put('lo/x', '1', { allowedDestination }));
    const consolidation = ConsolidationMode.NONE;
    const replies = await world.run(c.get('lo/q', { allowedDestination, consolidation }));
    const texts = taken(replies).map((one) => replyText(one, 'lo/q'));
    return { sub_own: counts.own, sub_other: counts.oth, replies: texts.sort() };
  },
}));
