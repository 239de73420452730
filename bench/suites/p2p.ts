import { type End, ours, rust } from '../lib/end.ts';
import { throughput } from '../lib/measure.ts';
import { type Side, type Suite, sizeName } from '../lib/suite.ts';

export const SIZES: readonly number[] = [8, 64, 1024, 8192, 65_536, 1_048_576];

/** Publisher and subscriber, each a peer, over one connection. */
export function direct(pub: End, sub: End, size: number): Side {
  return { name: `${pub.name} → ${sub.name}`, ends: [pub, sub], run: () => throughput({ pub, sub, size }) };
}

export const p2p: Suite = {
  cases: ({ sizes = SIZES }) =>
    sizes.map((size) => ({
      name: `peer to peer, ${sizeName(size)}`,
      sides: [direct(ours, ours, size), direct(ours, rust, size), direct(rust, ours, size)],
      reference: direct(rust, rust, size),
    })),
};
