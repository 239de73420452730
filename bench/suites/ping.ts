import { type End, floor, ours, rust } from '../lib/end.ts';
import { roundTrip } from '../lib/measure.ts';
import { type Side, type Suite, sizeName } from '../lib/suite.ts';

/** Both processes of one kind. */
export function trip(end: End, size: number, express: boolean): Side {
  return { name: end.name, ends: [end], run: () => roundTrip({ ping: end, pong: end }, size, express) };
}

export const ping: Suite = {
  cases: ({ sizes = [64] }) =>
    sizes.flatMap((size) => [
      ...[false, true].map((express) => ({
        name: `round trip, ${sizeName(size)}${express ? ', express' : ''}`,
        sides: [trip(ours, size, express)],
        reference: trip(rust, size, express),
      })),
      {
        name: `round trip, ${sizeName(size)}, express, against bare sockets`,
        sides: [trip(ours, size, true)],
        reference: trip(floor, size, true),
      },
    ]),
};
