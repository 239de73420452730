/**
 * Work done by the matchers since someone last set these to zero. Tests read them, to hold the bound on hostile
 * expressions without a stop watch; a few additions per call are cheap enough to stay in.
 */
export const steps: { chunks: number; chars: number; positions: number } = {
  /** Pairs of chunks compared. */
  chunks: 0,
  /** Pairs of characters compared inside chunks. */
  chars: 0,
  /** Pairs of tree node and key position looked at. */
  positions: 0,
};
