import { type End, ours, rust, sink } from '../lib/end.ts';
import { flow } from '../lib/measure.ts';
import { type Case, type Side, type Suite, sizeName } from '../lib/suite.ts';

const SUBS = 100;
const RATE = 1000;

/** The publisher is Rust's for both routers, so that only the router differs. */
function spread(router: End, sub: End, size: number, rate?: number): Side {
  return {
    name: `router ${router.name}`,
    ends: [router, sub, rust],
    async run() {
      const what = { router, pub: rust, sub, size, subs: SUBS };
      if (rate === undefined) return { 'deliveries/s': (await flow(what)).rate };
      return { 'router CPU µs per delivery': (await flow({ ...what, rate })).routerCpuMicros };
    },
  };
}

function one(name: string, sub: End, size: number, rate?: number): Case {
  return { name, sides: [spread(ours, sub, size, rate)], reference: spread(rust, sub, size, rate) };
}

export const fanout: Suite = {
  cases: ({ sizes = [8, 1024] }) => [
    ...sizes.map((size) => one(`router 1 → ${SUBS}, counting ends, ${sizeName(size)}`, sink, size)),
    ...sizes.map((size) => one(`router 1 → ${SUBS}, rust ends, ${sizeName(size)}`, rust, size)),
    one(`router 1 → ${SUBS}, ${RATE} messages a second, 64 B`, sink, 64, RATE),
  ],
};
