import type { Face } from '../face.ts';
import type { EntityKind } from '../primitives.ts';
import type { Region } from '../region.ts';

/** What a face of a region is sent when it opens, beside declarations. */
export interface Opening {
  /** Relayed interests, then every entity it may hear of. */
  readonly entities: boolean;
  /** Then the end of the initial declarations. */
  readonly final: boolean;
}

/** How a region routes: the policy of a client, a peer, a broker or a gateway. It holds no state of its own. */
export interface Hat {
  readonly name: string;
  /** Whatever its faces send goes nowhere. */
  readonly mute: boolean;
  /** Its faces are told of entities without having asked. */
  readonly unasked: boolean;
  opening(face: Face): Opening;
  /** Does it answer an interest of this face at all? */
  answers(face: Face): boolean;
  /** May `face` hear of an entity of `owner`? */
  hears(kind: EntityKind, face: Face, owner: Face): boolean;
  /** Do messages that come from `source` go into `region`? */
  takes(region: Region, source: Region): boolean;
  /** Faces that get messages on a key although they declared nothing that matches, since they may yet. */
  undecided(region: Region, kind: EntityKind, key: string): readonly Face[];
  /** Faces that interests of others are passed on to. */
  upstream(region: Region, future: boolean): readonly Face[];
}

export const NOBODY: readonly Face[] = [];
