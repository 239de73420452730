export { HandshakeError, initialSn, RefusedError } from './establish.ts';
export { Flusher } from './flusher.ts';
export { BLOCK, BLOCK_FIRST, BOUND, DROP, type Lane, MARK } from './lane.ts';
export { LinkEnd } from './link-end.ts';
export { TransportManager, type TransportUpper } from './manager.ts';
export type { Credentials, TransportOptions } from './options.ts';
export { type Agreement, Transport, type TransportHandler } from './transport.ts';
