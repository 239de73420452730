/** What a walk looks for: nodes that intersect the key, include it, or are included by it. */
export type Relation = 0 | 1 | 2;
export const INTERSECTING = 0;
export const INCLUDING = 1;
export const INCLUDED = 2;

/** A visitor returns this to end its walk. */
export const STOP: unique symbol = Symbol('stop');
