import { TOKEN } from '../primitives.ts';
import { type Hat, NOBODY } from './hat.ts';

/** South, for clients and local sessions: relays among them and with everything else, and tells them what they ask for. */
export const brokerHat: Hat = {
  name: 'broker',
  mute: false,
  unasked: false,
  opening: () => ({ entities: false, final: false }),
  answers: () => true,
  hears: (kind, face, owner) => kind === TOKEN || owner !== face,
  takes: () => true,
  undecided: () => NOBODY,
  upstream: () => NOBODY,
};
