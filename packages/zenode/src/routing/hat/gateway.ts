import { type Hat, NOBODY } from './hat.ts';

/** South of a router, for peers: they have each other, so nothing goes from one to another. */
export const gatewayHat: Hat = {
  name: 'gateway',
  mute: false,
  unasked: false,
  opening: () => ({ entities: false, final: false }),
  answers: () => true,
  hears: (_kind, face, owner) => owner.region !== face.region,
  takes: (region, source) => source !== region,
  undecided: () => NOBODY,
  upstream: () => NOBODY,
};
