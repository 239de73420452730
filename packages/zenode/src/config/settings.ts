import type { WhatAmI, WhatAmIMatcher, ZenohId } from '../wire/index.ts';
import type { Json, JsonObject } from './json.ts';
import type { Mode } from './per-mode.ts';
import type { EndpointSettings, Retry } from './retry.ts';

/** A configuration for one mode: nothing left to choose and nothing left out. Durations in ms, sizes in bytes. */
export interface Settings {
  /** What had to be changed to be usable; each names its path. To be logged. */
  readonly warnings: readonly string[];
  /** Undefined: take a random one. */
  readonly id: ZenohId | undefined;
  readonly mode: Mode;
  readonly whatami: WhatAmI;
  readonly metadata: Json;
  readonly regionName: string | undefined;
  readonly namespace: string | undefined;
  /** `auto`, or the regions as they were given. */
  readonly gatewaySouth: Json;
  readonly queriesDefaultTimeoutMs: number;
  readonly connect: ConnectSettings;
  readonly listen: ListenSettings;
  /** What `open` of a peer waits for. */
  readonly open: { readonly connectScouted: boolean; readonly declares: boolean };
  readonly scouting: ScoutingSettings;
  readonly timestamping: { readonly enabled: boolean; readonly dropFutureTimestamp: boolean };
  readonly routing: {
    readonly interestsTimeoutMs: number;
    readonly transportWeights: readonly { readonly zid: ZenohId; readonly weight: number }[];
  };
  readonly aggregation: { readonly subscribers: readonly string[]; readonly publishers: readonly string[] };
  readonly qos: { readonly publication: readonly Json[]; readonly network: readonly Json[] };
  readonly transport: TransportSettings;
  readonly auth: AuthSettings;
  readonly adminspace: { readonly enabled: boolean; readonly read: boolean; readonly write: boolean };
  readonly downsampling: readonly Json[];
  readonly accessControl: AccessControlSettings;
  readonly lowPassFilter: readonly Json[];
  readonly statsFilters: readonly Json[];
  readonly pluginsLoading: { readonly enabled: boolean; readonly searchDirs: readonly Json[] };
  readonly plugins: JsonObject;
}

/** Endpoints that belong together. A group of more than one is dialled by clients as several links to one node. */
export interface ConnectGroup {
  readonly strategy: 'single' | 'allOf' | 'oneOf';
  readonly endpoints: readonly EndpointSettings[];
}

interface AttemptSettings {
  /** All endpoints, in order, groups dissolved. */
  readonly endpoints: readonly EndpointSettings[];
  /** Limit of the whole; 0: a single attempt, below 0: none. */
  readonly timeoutMs: number;
  /** What endpoints without options of their own do. */
  readonly exitOnFailure: boolean;
  readonly retry: Retry;
}

export interface ConnectSettings extends AttemptSettings {
  readonly groups: readonly ConnectGroup[];
}

export interface ListenSettings extends AttemptSettings {
  /** The endpoints are the built-in ones: there, and only there, IPv4 may stand in for a missing IPv6. */
  readonly isDefault: boolean;
}

/** By the kind of node that was discovered. */
export type AutoconnectStrategies = Readonly<Record<Mode, 'always' | 'greater-zid'>>;

export interface ScoutingSettings {
  /** How long a client looks for someone. */
  readonly timeoutMs: number;
  readonly delayMs: number;
  readonly multicast: {
    readonly enabled: boolean;
    readonly address: string;
    readonly interface: string;
    readonly ttl: number;
    /** Kinds of nodes that are dialled when found. */
    readonly autoconnect: WhatAmIMatcher;
    readonly strategy: AutoconnectStrategies;
    /** Answer to others. */
    readonly listen: boolean;
  };
  readonly gossip: {
    readonly enabled: boolean;
    readonly multihop: boolean;
    /** Kinds of neighbours that are told. */
    readonly target: WhatAmIMatcher;
    readonly autoconnect: WhatAmIMatcher;
    readonly strategy: AutoconnectStrategies;
  };
}

export interface TransportSettings {
  readonly openTimeoutMs: number;
  readonly acceptTimeoutMs: number;
  readonly acceptPending: number;
  readonly maxSessions: number;
  readonly maxLinks: number;
  readonly lowlatency: boolean;
  readonly qos: boolean;
  readonly compression: boolean;
  readonly multicast: {
    readonly joinIntervalMs: number;
    readonly maxSessions: number;
    readonly qos: boolean;
    readonly compression: boolean;
  };
  /** Protocols that may be used; undefined: all. */
  readonly protocols: readonly string[] | undefined;
  readonly tx: {
    /** Code of the resolution: 0 is 8 bits, 1 is 16, 2 is 32. */
    readonly snResolution: 0 | 1 | 2;
    readonly leaseMs: number;
    readonly keepAlive: number;
    readonly batchSize: number;
    /** Batches by priority, control first. */
    readonly queueSizes: readonly number[];
    readonly waitBeforeDropMs: number;
    readonly maxWaitBeforeDropFragmentsMs: number;
    /** Below 0: for ever. */
    readonly waitBeforeCloseMs: number;
    readonly batching: boolean;
    readonly batchingTimeLimitMs: number;
  };
  readonly rx: { readonly bufferSize: number; readonly maxMessageSize: number };
  readonly tls: TlsSettings;
  readonly tcp: { readonly sendBuffer: number | undefined; readonly receiveBuffer: number | undefined };
  readonly unixpipeAccessMask: number | undefined;
}

/** A PEM: from a file, or as base64. Never both. */
export interface PemSource {
  readonly file?: string;
  readonly base64?: string;
}

export interface TlsSettings {
  readonly rootCaCertificate: PemSource;
  readonly listenPrivateKey: PemSource;
  readonly listenCertificate: PemSource;
  readonly connectPrivateKey: PemSource;
  readonly connectCertificate: PemSource;
  readonly enableMtls: boolean;
  readonly verifyNameOnConnect: boolean;
  readonly closeLinkOnExpiration: boolean;
  readonly sendBuffer: number | undefined;
  readonly receiveBuffer: number | undefined;
}

export interface AuthSettings {
  readonly usrpwd: {
    readonly user: string | undefined;
    readonly password: string | undefined;
    /** `loadDictionary` reads it. */
    readonly dictionaryFile: string | undefined;
  };
  readonly pubkey: {
    readonly publicKeyPem: string | undefined;
    readonly privateKeyPem: string | undefined;
    readonly publicKeyFile: string | undefined;
    readonly privateKeyFile: string | undefined;
    readonly knownKeysFile: string | undefined;
  };
}

export interface AccessControlSettings {
  readonly enabled: boolean;
  readonly defaultPermission: 'allow' | 'deny';
  readonly rules: readonly Json[] | undefined;
  readonly subjects: readonly Json[] | undefined;
  readonly policies: readonly Json[] | undefined;
}
