import { type End, ours, rust } from '../lib/end.ts';
import { throughput } from '../lib/measure.ts';
import { type Side, type Suite, sizeName } from '../lib/suite.ts';
import { SIZES } from './p2p.ts';

/** One publisher and one subscriber of the same kind, clients of one router. */
export function through(router: End, end: End, size: number): Side {
  return {
    name: `router ${router.name}`,
    ends: [router, end],
    run: () => throughput({ router, pub: end, sub: end, size }),
  };
}

export const router: Suite = {
  cases: ({ sizes = SIZES }) =>
    sizes.flatMap((size) =>
      [ours, rust].map((end) => ({
        name: `router 1 → 1, ${end.name} ends, ${sizeName(size)}`,
        sides: [through(ours, end, size)],
        reference: through(rust, end, size),
      })),
    ),
};
