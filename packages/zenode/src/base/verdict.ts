/** What became of a message that was handed over for sending. */
export const SENT = 0;
/** Accepted; the sender should wait for room before the next. */
export const WAIT = 1;
/** Dropped whole and counted. */
export const DROPPED = 2;
/** Dropped whole and counted; a sender that waits for room loses nothing more. */
export const DROPPED_WAIT = 3;
/** Not accepted: the queue is at its bound. */
export const REFUSED = 4;
export type Verdict = 0 | 1 | 2 | 3 | 4;
