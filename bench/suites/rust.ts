import { rust as end } from '../lib/end.ts';
import { type Suite, sizeName } from '../lib/suite.ts';
import { direct } from './p2p.ts';
import { trip } from './ping.ts';
import { through } from './router.ts';

/** Rust alone: what we are held against, on this machine. */
export const rust: Suite = {
  cases: ({ sizes = [8, 64, 1024] }) => [
    ...sizes.map((size) => ({ name: `peer to peer, ${sizeName(size)}`, sides: [direct(end, end, size)] })),
    ...sizes.map((size) => ({ name: `router 1 → 1, ${sizeName(size)}`, sides: [through(end, end, size)] })),
    ...[false, true].map((express) => ({
      name: `round trip, 64 B${express ? ', express' : ''}`,
      sides: [trip(end, 64, express)],
    })),
  ],
};
