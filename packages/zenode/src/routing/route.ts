import type { Face } from './face.ts';
import type { LocalSink } from './primitives.ts';

/** Faces that get the same bytes: equal header, alias and suffix. */
export interface Group {
  /** Header byte without extensions, scope and suffix. */
  readonly head: Uint8Array;
  readonly faces: Face[];
  /** Bytes that a run for this group may have, so that it fits into a batch of each of its faces. */
  readonly limit: number;
}

/** A session that gets the samples. */
export interface LocalDestination {
  readonly face: Face;
  readonly sink: LocalSink;
}

/** Where the data of one key goes, from one region; the source itself is left out when it is sent. */
export interface Route {
  readonly version: number;
  readonly locals: readonly LocalDestination[];
  readonly groups: readonly Group[];
}

/** A key with its routes. Kept by whoever sends or receives on the key; made again when the tables have changed. */
export class RoutedKey {
  readonly key: string;
  /** Can anything match? Not a canonical key expression: nothing does. */
  readonly valid: boolean;
  /** By region of the source. */
  readonly routes: (Route | undefined)[] = [];

  constructor(key: string, valid: boolean) {
    this.key = key;
    this.valid = valid;
  }
}
