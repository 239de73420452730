import type { WhatAmI, Width, ZenohId } from '../wire/index.ts';

/** What a transport manager is made with. Durations in milliseconds, sizes in bytes. */
export interface TransportOptions {
  readonly zid: ZenohId;
  readonly whatami: WhatAmI;
  /** Limit of connecting and handshake together, for those who dial. Default 10,000. */
  readonly openTimeoutMs: number;
  /** Limit of a handshake, for those who accept. Default 10,000. */
  readonly acceptTimeoutMs: number;
  /** Handshakes of accepted links that may be under way. Default 100. */
  readonly acceptPending: number;
  /** Transports there may be. Default 1,000. */
  readonly maxSessions: number;
  /** Accepted links per transport. Default 1. */
  readonly maxLinks: number;
  readonly qos: boolean;
  readonly compression: boolean;
  /** How long this node may be silent before others give it up; announced. Default 10,000. */
  readonly leaseMs: number;
  /** Keep-alives per lease. Default 4. */
  readonly keepAlive: number;
  /** Resolution code of sequence numbers: 0 is 8 bits, 1 is 16, 2 is 32. Default 2. */
  readonly snResolution: Width;
  /** Largest batch, prefix included. Default 65,535. */
  readonly batchSize: number;
  /** Largest message put together of fragments. Default 2^30. */
  readonly maxMessageSize: number;
  /** What all assemblies of one transport may hold. Default 2^30. */
  readonly maxReassembly: number;
  /** A link that takes no batch of a blocking sender for this long is closed. Default 5,000; below 0: never. */
  readonly waitBeforeCloseMs: number;
  /** How long a peer that has dialled this node is told nothing yet. Default 0. */
  readonly settleMs?: number;
  readonly regionName: string | undefined;
  readonly usrpwd: Credentials | undefined;
}

/** User and password of this node, and those it accepts. */
export interface Credentials {
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** Users that may connect, with their passwords; without it, who accepts refuses everyone. */
  readonly dictionary: ReadonlyMap<string, string> | undefined;
}
