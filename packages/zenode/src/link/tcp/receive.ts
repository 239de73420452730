import { Socket } from 'node:net';

/**
 * One buffer for all sockets of this thread: the callback is synchronous, so nothing is allocated per read and
 * nothing is held per connection. What a read delivers is gone with the next one.
 */
const shared = new Uint8Array(256 * 1024);

/** What gets the bytes of a socket, lent until it returns. */
export interface Receiver {
  /** False: read no more, until the socket is resumed. */
  onBytes(bytes: Uint8Array, start: number, end: number): boolean;
}

/** Options of a socket that reads into the shared buffer; its receiver may be named later. */
export function onreadOptions(target: { receiver: Receiver | undefined }): {
  buffer: Uint8Array;
  callback: (n: number, buffer: Uint8Array) => boolean;
} {
  return {
    buffer: shared,
    // A socket that is resumed and paused in one turn starts reading all the same: only the answer here stops it.
    callback: (n, buffer) => target.receiver?.onBytes(buffer, 0, n) !== false,
  };
}

interface WithHandle {
  _handle: unknown;
}

/**
 * A socket that reads into the shared buffer, made of one that a server accepted (with `pauseOnConnect`). `onread` is an
 * option of sockets at birth only, so the handle moves into a new socket. Not documented: `adoptable` tells whether
 * this runtime does it; elsewhere the accepted socket serves as it is, by `data` events.
 */
export function adopt(accepted: Socket, target: { receiver: Receiver | undefined }): Socket {
  if (!adoptable()) return byDataEvents(accepted, target);
  const donor = accepted as unknown as WithHandle;
  const handle = donor._handle;
  donor._handle = null;
  // Paused: a socket with a handle would read at once, before anyone has said who gets the bytes.
  const options = { handle, onread: onreadOptions(target), pauseOnCreate: true };
  const socket = new Socket(options as ConstructorParameters<typeof Socket>[0]);
  accepted.destroy();
  return socket;
}

/** Reads by `data` events: for runtimes and sockets that cannot read into the shared buffer. */
export function byDataEvents(socket: Socket, target: { receiver: Receiver | undefined }): Socket {
  socket.on('data', (chunk: Uint8Array) => target.receiver?.onBytes(chunk, 0, chunk.length));
  return socket;
}

let known: boolean | undefined;

/** Does this runtime let a handle move between sockets? Node does; Deno and Bun are not asked. */
function adoptable(): boolean {
  const { versions } = process as { versions: Record<string, string | undefined> };
  known ??= versions['deno'] === undefined && versions['bun'] === undefined && '_handle' in new Socket();
  return known;
}
