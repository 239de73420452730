/** What a chunk counts beside its text: about what a node of a tree takes. */
const CHUNK_BYTES = 100;

/** What the keys take that one face has declared, asks about, or has aliases for. */
export class KeyBudget {
  /** Characters, and as many again for each chunk as a node of a tree takes. */
  bytes = 0;
  /** Keys with `$*`, which cannot be looked up but have to be compared. */
  compared = 0;

  add(key: string): void {
    this.bytes += bytesOf(key);
    if (key.includes('$*')) this.compared++;
  }

  remove(key: string): void {
    this.bytes -= bytesOf(key);
    if (key.includes('$*')) this.compared--;
  }
}

/** What a key counts. */
export function bytesOf(key: string): number {
  return key.length + CHUNK_BYTES * chunksOf(key);
}

export function chunksOf(key: string): number {
  let n = 1;
  for (let at = key.indexOf('/'); at >= 0; at = key.indexOf('/', at + 1)) n++;
  return n;
}
