import { PLAIN } from '../floor/frames.ts';
import { floor as bare, ours, packed } from '../lib/end.ts';
import { type Suite, sizeName } from '../lib/suite.ts';
import { SIZES, direct } from './p2p.ts';
import { trip } from './ping.ts';

/** What bare sockets carry on this machine, and how near we come. */
export const floor: Suite = {
  cases: ({ sizes = SIZES }) => [
    ...sizes.map((size) => ({
      name: `bare sockets, ${sizeName(size)}`,
      // Plain payloads are not packed: there both are the same.
      sides: size < PLAIN ? [direct(ours, ours, size), direct(bare, bare, size)] : [direct(ours, ours, size)],
      reference: direct(packed, packed, size),
    })),
    { name: 'bare round trip, 64 B', sides: [trip(ours, 64, true)], reference: trip(bare, 64, true) },
  ],
};
