/** Largest batch in bytes, its length prefix included, whatever was negotiated. */
export const BATCH_BYTES = 65535;

/** What a batch buffer holds: the largest batch, and room in front for a prefix and a header byte. */
const BUFFER_BYTES = BATCH_BYTES + 9;

/** Buffers kept for later; what a burst needed beyond that goes back to the collector. */
const KEPT = 64;

const free: Uint8Array[] = [];

/** A batch buffer from the free list of this thread. Its content is arbitrary. */
export function takeBuffer(): Uint8Array {
  return free.pop() ?? new Uint8Array(BUFFER_BYTES);
}

/** Gives a buffer back. The caller must not touch it any more. Those of another size are left to the collector. */
export function giveBuffer(buffer: Uint8Array): void {
  if (free.length < KEPT && buffer.length === BUFFER_BYTES) free.push(buffer);
}
