import type { Log, Scheduler } from '../base/index.ts';
import type { Endpoint, Locator } from '../wire/index.ts';

/** One open carrier of batches to one remote node. It knows bytes, not Zenoh messages. */
export interface Link {
  readonly src: Locator;
  readonly dst: Locator;
  /** Largest batch in bytes, the prefix included; at most 65535. */
  readonly mtu: number;
  /** Byte stream: each batch follows its length, little-endian. Batches keep `prefixBytes` free in front for it. */
  readonly streamed: boolean;
  readonly reliable: boolean;
  /** 0 (datagrams), 2, or 4 (low latency); the transport sets it once the handshake is over. */
  prefixBytes: 0 | 2 | 4;
  /** Begins reading. Called once. */
  start(handler: LinkHandler): void;
  /**
   * Sends one batch, its free prefix included. True: free again now; false: the link owns it until `onSent`.
   * Never throws and never calls back from inside; failure arrives by `onClose`.
   */
  send(batch: Uint8Array): boolean;
  /** Stops reading: the only way to slow a sender down. Batches already read are kept. Sending goes on meanwhile. */
  pause(): void;
  resume(): void;
  /** Sends what is queued, then closes; what cannot leave within a second is given up. May be called again. */
  close(): Promise<void>;
}

/** One object per link, called directly: no event names, no closures. */
export interface LinkHandler {
  /** Whole batches, in order: bytes [start, end) of a buffer that is borrowed until the call returns. */
  onBatch(buffer: Uint8Array, start: number, end: number): void;
  /** `batch` is free again. A link with its full number of batches under way is congested: the only backpressure. */
  onSent(batch: Uint8Array): void;
  /** Exactly once; no cause after a clean close. */
  onClose(cause?: Error): void;
}

/** What a protocol takes from the runtime. */
export interface LinkEnv {
  readonly scheduler: Scheduler;
  readonly log: Log;
}

/** An open listener. */
export interface Listener {
  /** Where it can be reached: wildcard addresses are not expanded here. */
  readonly locator: Locator;
  /** Locators to tell to others: wildcards expanded to the addresses of the interfaces. */
  advertised(): Locator[];
  close(): Promise<void>;
}

/** What an entry file lists: how a protocol dials and, on servers, listens. */
export interface LinkProtocol {
  readonly schemes: readonly string[];
  /** Resolves with an open link; the caller gives up by `signal`. */
  dial(endpoint: Endpoint, env: LinkEnv, signal: AbortSignal): Promise<Link>;
  listen?(endpoint: Endpoint, env: LinkEnv, onLink: (link: Link) => void): Promise<Listener>;
}
