import { type Hat, NOBODY } from './hat.ts';

/** North of a router, without link state: other routers are kept alive, and nothing passes. */
export const aloofHat: Hat = {
  name: 'aloof',
  mute: true,
  unasked: false,
  opening: () => ({ entities: false, final: false }),
  answers: () => false,
  hears: () => false,
  takes: () => false,
  undecided: () => NOBODY,
  upstream: () => NOBODY,
};
