/**
 * The body of a Push, a Request or a Response as it travels between faces: walked with every check of the protocol, but not
 * built. `head` is everything up to the payload (the payload's length included), `payload` is the rest; both are
 * ranges of borrowed buffers. A received body has one buffer for both; a local put brings a head of its own and
 * the user's payload. All instances have the same shape, so the calls that take them stay monomorphic.
 */
export class Body {
  /** Body id: PUT, DEL, QUERY, REPLY or ERR. */
  id = 0;
  /** For PUT and DEL, and what a REPLY holds: PUT or DEL; otherwise 0. */
  kind = 0;
  head: Uint8Array = EMPTY;
  headStart = 0;
  headEnd = 0;
  payload: Uint8Array = EMPTY;
  payloadStart = 0;
  payloadEnd = 0;
  /** Where the header byte of the PUT or DEL stands in `head` (inside a REPLY it is not the first). */
  sampleAt = 0;
  /** Range of the timestamp of the PUT or DEL in `head`; both 0 if it has none. */
  timestampStart = 0;
  timestampEnd = 0;
}

const EMPTY = new Uint8Array(0);
