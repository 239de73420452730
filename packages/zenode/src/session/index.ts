export {
  type IntoKeyExpr,
  type IntoParameters,
  type IntoSelector,
  KeFormat,
  KeFormatter,
  type KeParsed,
  KeyExpr,
  Parameters,
  Selector,
} from '../keyexpr/index.ts';
export {
  Encoding,
  type EntityGlobalId,
  type IntoEncoding,
  type SourceInfo,
  Timestamp,
  ZenohId,
} from '../wire/index.ts';
export { type Abortable, CancellationToken } from './cancellation.ts';
export {
  BlockingChannel,
  type ChannelReceiver,
  type ChannelSender,
  ChannelState,
  FifoChannel,
  type IntoSenderReceiverPair,
  RingChannel,
  type TryReceived,
  TryReceivedKind,
} from './channels.ts';
export { Config, type ConfigObject, configOf, type IntoConfig } from './config.ts';
export { Duration, type IntoDuration, type TimeDuration } from './duration.ts';
export {
  CongestionControl,
  ConsolidationMode,
  Locality,
  Priority,
  QueryTarget,
  Reliability,
  ReplyKeyExpr,
  SampleKind,
  SetIntersectionLevel,
  WhatAmI,
} from './enums.ts';
export {
  CancelledError,
  ChannelClosedError,
  ConfigError,
  ConnectError,
  DecodeError,
  KeyExprError,
  QueryError,
  ReplyKeyExprError,
  SessionClosedError,
  TimeoutError,
  UnsupportedError,
  ZError,
  type ZErrorCode,
} from './errors.ts';
export type { SessionEvent, SessionEventMap, SessionListenerOptions } from './events.ts';
export type { Callback, Drop, Handler } from './handler.ts';
export { MatchingStatus } from './info.ts';
export { Liveliness, LivelinessToken } from './liveliness.ts';
export { MatchingListener } from './matching-listener.ts';
export { openOn, type OpenOptions, openSession, type Platform, shareSession } from './open.ts';
export type {
  DeleteOptions,
  GetOptions,
  LivelinessGetOptions,
  LivelinessSubscriberOptions,
  MatchingListenerOptions,
  PublisherDeleteOptions,
  PublisherOptions,
  PublisherPutOptions,
  PutOptions,
  QosOptions,
  QuerierGetOptions,
  QuerierOptions,
  SubscriberOptions,
} from './options.ts';
export { Publisher } from './publisher.ts';
export { Querier } from './querier.ts';
export { Query } from './query.ts';
export { Queryable, type QueryableOptions } from './queryable.ts';
export { Reply, type ReplyDelOptions, ReplyError, type ReplyErrOptions, type ReplyOptions } from './reply.ts';
export type { ReplyStream } from './reply-stream.ts';
export { Sample } from './sample.ts';
export { Session } from './session.ts';
export { SessionInfo } from './session-info.ts';
export { Subscriber } from './subscriber.ts';
export { type IntoZBytes, ZBytes } from './zbytes.ts';
