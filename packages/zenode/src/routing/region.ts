import type { Face, NORTH, SOUTH } from './face.ts';
import type { Hat } from './hat/hat.ts';

/** Faces that one hat handles. */
export class Region {
  readonly index: number;
  readonly bound: typeof NORTH | typeof SOUTH;
  readonly hat: Hat;
  readonly faces: Set<Face> = new Set();

  constructor(index: number, bound: typeof NORTH | typeof SOUTH, hat: Hat) {
    this.index = index;
    this.bound = bound;
    this.hat = hat;
  }
}
