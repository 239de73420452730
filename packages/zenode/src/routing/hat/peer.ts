import { NORTH, SOUTH } from '../face.ts';
import type { Hat } from './hat.ts';

/** North of a peer: a full mesh of peers, which tell each other everything, and routers, which are asked as well. */
export const peerHat: Hat = {
  name: 'peer',
  mute: false,
  unasked: true,
  opening: (face) => ({ entities: true, final: face.remoteBound === NORTH }),
  answers: (face) => face.remoteBound === NORTH,
  hears: (_kind, face, owner) => owner.region !== face.region,
  takes: (region, source) => source !== region,
  undecided: (region, kind, key) =>
    [...region.faces].filter((face) => (face.remoteBound === SOUTH ? !face.isFinal(kind, key) : !face.declaredAll)),
  upstream: (region, future) => {
    const routers = [...region.faces].filter((face) => face.remoteBound === SOUTH);
    if (future) return routers;
    const unready = [...region.faces].filter((face) => face.remoteBound === NORTH && !face.declaredAll);
    return [...routers.slice(0, 1), ...unready];
  },
};
