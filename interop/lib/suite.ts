import { after, before, describe } from 'node:test';
import type { Party } from './party.ts';
import { Stage } from './stage.ts';
import type { SeenSample } from './values.ts';
import { type Pair, TOPOLOGIES } from './topologies.ts';

/** From one end of a topology to the other. */
export interface Way {
  readonly from: Party;
  readonly to: Party;
  /** Zid of the node that stamps what `from` puts. */
  readonly stamp: string | undefined;
}

let keys = 0;

/** A key that no other case uses. */
export const freshKey = (name: string): string => `interop/${name}/${++keys}`;

/**
 * What a liveliness subscriber was told. The reference may tell a token twice while another subscriber of the session is
 * just learning of it; ours must not.
 */
export function told(by: Party, samples: readonly SeenSample[]): readonly SeenSample[] {
  if (by.ours) return samples;
  const alive = new Map<string, number>();
  return samples.filter(({ key, kind }) => {
    const news = alive.get(key) !== kind;
    alive.set(key, kind);
    return news;
  });
}

/** The cases for every topology, in both directions. Whatever is built is shared by the cases and goes in the end. */
export function everyWay(cases: (way: () => Way) => void, fits: (name: string) => boolean = () => true): void {
  for (const topology of TOPOLOGIES) {
    if (!fits(topology.name)) continue;
    const { skip } = topology;
    void describe(topology.name, skip === undefined ? {} : { skip }, () => {
      const stage = new Stage();
      let pair: Pair | undefined;
      const built = (): Pair => {
        if (pair === undefined) throw new Error('the topology was not built');
        return pair;
      };
      before(async () => {
        pair = await topology.build(stage);
      });
      after(() => stage.end());
      const ways: readonly (() => Way)[] = [
        () => ({ from: built().a, to: built().b, stamp: built().stamps.a }),
        () => ({ from: built().b, to: built().a, stamp: built().stamps.b }),
      ];
      for (const [i, way] of ways.entries()) void describe(i === 0 ? 'there' : 'back', () => cases(way));
    });
  }
}
