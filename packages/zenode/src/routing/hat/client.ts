import { type Hat, NOBODY } from './hat.ts';

/** North of a client: one upstream, which is told everything and asked for what is needed. */
export const clientHat: Hat = {
  name: 'client',
  mute: false,
  unasked: true,
  opening: () => ({ entities: true, final: false }),
  answers: () => false,
  hears: (_kind, face, owner) => owner.region !== face.region,
  takes: (region, source) => source !== region,
  undecided: (region, kind, key) => {
    for (const face of region.faces) return face.isFinal(kind, key) ? NOBODY : [face];
    return NOBODY;
  },
  upstream: (region) => [...region.faces],
};
