import { ours } from '../lib/end.ts';
import { type Suite, sizeName } from '../lib/suite.ts';
import { nats as other } from '../nats/end.ts';
import { through } from './router.ts';

/** The usual broker of this kind with its own client for Node, against ours with ours. */
export const nats: Suite = {
  cases: ({ sizes = [8, 64, 1024, 8192, 65_536] }) =>
    sizes.map((size) => ({
      name: `router 1 → 1, ${sizeName(size)}`,
      sides: [through(ours, ours, size)],
      reference: through(other, other, size),
    })),
};
