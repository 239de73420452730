import type { IntoParameters } from '../keyexpr/index.ts';
import type {
  CongestionControl,
  ConsolidationMode,
  IntoEncoding,
  Priority,
  QueryTarget,
  Reliability,
  SourceInfo,
  Timestamp,
} from '../wire/index.ts';
import type { Abortable } from './cancellation.ts';
import type { IntoDuration } from './duration.ts';
import type { Locality, ReplyKeyExpr } from './enums.ts';
import type { Handler } from './handler.ts';
import type { LinkEvent, MatchingStatus, TransportEvent, TransportInfo } from './info.ts';
import type { Reply } from './reply.ts';
import type { Sample } from './sample.ts';
import type { IntoZBytes } from './zbytes.ts';

/*
 * An option that is absent and one that is undefined are the same. Options of other names are ignored.
 */

/** How messages travel. */
export interface QosOptions {
  /** Default DROP; of queries BLOCK. */
  congestionControl?: CongestionControl;
  /** Default DATA. */
  priority?: Priority;
  /** The message leaves its batch at once. Default false. */
  express?: boolean;
}

/** What a sample may bring along. */
export interface PublisherDeleteOptions {
  attachment?: IntoZBytes;
  /** Defaults to the session clock when timestamping is on. */
  timestamp?: Timestamp;
  sourceInfo?: SourceInfo;
}

export interface PublisherPutOptions extends PublisherDeleteOptions {
  /** Default: that of the publisher. */
  encoding?: IntoEncoding;
}

export interface DeleteOptions extends QosOptions, PublisherDeleteOptions {
  /** Selects the link or channel; nothing is sent twice. Default RELIABLE. */
  reliability?: Reliability;
  /** Default ANY. */
  allowedDestination?: Locality;
}

export interface PutOptions extends DeleteOptions {
  /** Default `zenoh/bytes`. */
  encoding?: IntoEncoding;
}

export interface PublisherOptions extends QosOptions {
  /** Default `zenoh/bytes`. */
  encoding?: IntoEncoding;
  reliability?: Reliability;
  allowedDestination?: Locality;
}

export interface SubscriberOptions {
  /** Default ANY. */
  allowedOrigin?: Locality;
  /** Default `new BlockingChannel(256)`. */
  handler?: Handler<Sample>;
  /** Undeclares when aborted. */
  signal?: AbortSignal;
}

/** Options of a queryable whose queries are `Q`. */
export interface QueryableOptionsOf<Q> {
  /** It answers for every key that it was declared on. Default false. */
  complete?: boolean;
  allowedOrigin?: Locality;
  handler?: Handler<Q>;
  /** Finalize each query when the callback returns or its promise settles. Default false. */
  autoFinalize?: boolean;
  signal?: AbortSignal;
}

/** Whom a query asks, and which replies it wants. */
export interface QuerierOptions extends QosOptions {
  /** Default AUTO. */
  consolidation?: ConsolidationMode;
  /** Default BEST_MATCHING. */
  target?: QueryTarget;
  /** Default: `queries_default_timeout` of the configuration, 10 s. */
  timeout?: IntoDuration;
  allowedDestination?: Locality;
  /** Default MATCHING_QUERY. */
  acceptReplies?: ReplyKeyExpr;
}

/** What one query brings along. */
export interface QueryOptions extends Abortable {
  encoding?: IntoEncoding;
  payload?: IntoZBytes;
  attachment?: IntoZBytes;
  sourceInfo?: SourceInfo;
  handler?: Handler<Reply>;
}

export interface GetOptions extends QuerierOptions, QueryOptions {}

export interface QuerierGetOptions extends QueryOptions {
  parameters?: IntoParameters;
}

export interface MatchingListenerOptions {
  handler?: Handler<MatchingStatus>;
}

export interface TransportEventsListenerOptions {
  /** Begin with those that are open. Default false. */
  history?: boolean;
  handler?: Handler<TransportEvent>;
}

export interface LinkEventsListenerOptions {
  /** Begin with those that are there. Default false. */
  history?: boolean;
  /** Only links of this one. */
  transport?: TransportInfo;
  handler?: Handler<LinkEvent>;
}

export interface LivelinessSubscriberOptions {
  /** Begin with the tokens that are alive. Default false. */
  history?: boolean;
  handler?: Handler<Sample>;
  signal?: AbortSignal;
}

export interface LivelinessGetOptions extends Abortable {
  timeout?: IntoDuration;
  handler?: Handler<Reply>;
}
