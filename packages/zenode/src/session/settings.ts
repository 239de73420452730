import {
  CongestionControl,
  ConsolidationMode,
  Encoding,
  Priority,
  QOS_DEFAULT,
  QueryTarget,
  Reliability,
  packQos,
} from '../wire/index.ts';
import type { SourceInfo, Timestamp } from '../wire/index.ts';
import type { Abortable } from './cancellation.ts';
import * as check from './checks.ts';
import { durationMs } from './duration.ts';
import { Locality, ReplyKeyExpr } from './enums.ts';
import type { Handler } from './handler.ts';
import type {
  DeleteOptions,
  GetOptions,
  LivelinessGetOptions,
  LivelinessSubscriberOptions,
  PublisherDeleteOptions,
  PublisherOptions,
  PublisherPutOptions,
  PutOptions,
  QosOptions,
  QuerierGetOptions,
  QuerierOptions,
  QueryOptions,
  QueryableOptionsOf,
  SubscriberOptions,
} from './options.ts';
import type { Reply, ReplyDelOptions, ReplyErrOptions, ReplyOptions } from './reply.ts';
import type { Sample } from './sample.ts';

/* Options that were checked, in the form in which they travel. Each function throws ZError `INVALID_ARGUMENT`. */

/** How messages of a publication travel. */
export interface RouteSettings {
  /** As on the wire. */
  readonly qos: number;
  readonly reliability: Reliability;
  readonly destination: Locality;
}

/** What a sample brings along. The bytes may be kept. */
export interface SampleSettings {
  readonly encoding: Encoding;
  readonly attachment: Uint8Array | undefined;
  readonly timestamp: Timestamp | undefined;
  readonly sourceInfo: SourceInfo | undefined;
}

export interface PublisherSettings extends RouteSettings {
  readonly encoding: Encoding;
}

export interface PutSettings extends RouteSettings, SampleSettings {}

/** Whom a query asks, and which replies it wants. */
export interface QuerierSettings {
  readonly qos: number;
  readonly destination: Locality;
  readonly target: QueryTarget;
  readonly consolidation: ConsolidationMode;
  readonly acceptReplies: ReplyKeyExpr;
  /** Undefined: that of the configuration. */
  readonly timeoutMs: number | undefined;
}

/** What one query brings along. A query without encoding and payload has no value. */
export interface QuerySettings {
  readonly encoding: Encoding | undefined;
  readonly payload: Uint8Array | undefined;
  readonly attachment: Uint8Array | undefined;
  readonly sourceInfo: SourceInfo | undefined;
  readonly handler: Handler<Reply> | undefined;
  readonly abort: Abortable;
}

export interface GetSettings extends QuerierSettings, QuerySettings {}

export interface EntitySettings<T> {
  readonly origin: Locality;
  readonly handler: Handler<T> | undefined;
  readonly signal: AbortSignal | undefined;
}

export interface QueryableSettings<Q> extends EntitySettings<Q> {
  readonly complete: boolean;
  readonly autoFinalize: boolean;
}

export interface LivelinessSubscriberSettings extends EntitySettings<Sample> {
  readonly history: boolean;
}

export interface LivelinessGetSettings {
  readonly timeoutMs: number | undefined;
  readonly handler: Handler<Reply> | undefined;
  readonly abort: Abortable;
}

export interface ReplySettings extends SampleSettings {
  readonly express: boolean;
}

/** Of a put or a delete without options. */
const PLAIN: PutSettings = {
  qos: QOS_DEFAULT,
  reliability: 1,
  destination: 2,
  encoding: Encoding.ZENOH_BYTES,
  attachment: undefined,
  timestamp: undefined,
  sourceInfo: undefined,
};

export function putSettings(options: PutOptions | undefined): PutSettings {
  if (options === undefined) return PLAIN;
  const o = check.optionsOf(options);
  return { ...routeOf(o), ...sampleOf(o, check.encoding(o.encoding)) };
}

/** The encoding is always the default. */
export function deleteSettings(options: DeleteOptions | undefined): PutSettings {
  if (options === undefined) return PLAIN;
  const o = check.optionsOf(options);
  return { ...routeOf(o), ...sampleOf(o, undefined) };
}

export function publisherSettings(options: PublisherOptions | undefined): PublisherSettings {
  const o = check.optionsOf(options);
  return { ...routeOf(o), encoding: check.encoding(o.encoding) ?? Encoding.ZENOH_BYTES };
}

/** @param encoding of the publisher */
export function publisherPutSettings(options: PublisherPutOptions | undefined, encoding: Encoding): SampleSettings {
  const o = check.optionsOf(options);
  return sampleOf(o, check.encoding(o.encoding) ?? encoding);
}

export function publisherDeleteSettings(options: PublisherDeleteOptions | undefined): SampleSettings {
  return options === undefined ? PLAIN : sampleOf(check.optionsOf(options), undefined);
}

export function querierSettings(options: QuerierOptions | undefined): QuerierSettings {
  const o = check.optionsOf(options);
  return {
    qos: qosOf(o, CongestionControl.DEFAULT_REQUEST),
    destination: check.oneOf('allowedDestination', o.allowedDestination, Locality, Locality.DEFAULT),
    target: check.oneOf('target', o.target, QueryTarget, QueryTarget.DEFAULT),
    consolidation: check.oneOf('consolidation', o.consolidation, ConsolidationMode, ConsolidationMode.DEFAULT),
    acceptReplies: check.oneOf('acceptReplies', o.acceptReplies, ReplyKeyExpr, ReplyKeyExpr.DEFAULT),
    timeoutMs: timeoutOf(o.timeout),
  };
}

export function querierGetSettings(options: QuerierGetOptions | undefined): QuerySettings {
  return queryOf(check.optionsOf(options));
}

export function getSettings(options: GetOptions | undefined): GetSettings {
  const o = check.optionsOf(options);
  return { ...querierSettings(o), ...queryOf(o) };
}

export function subscriberSettings(options: SubscriberOptions | undefined): EntitySettings<Sample> {
  return entityOf(check.optionsOf(options));
}

export function queryableSettings<Q>(options: QueryableOptionsOf<Q> | undefined): QueryableSettings<Q> {
  const o = check.optionsOf(options);
  const complete = check.boolean('complete', o.complete);
  return { ...entityOf(o), complete, autoFinalize: check.boolean('autoFinalize', o.autoFinalize) };
}

export function livelinessSubscriberSettings(
  options: LivelinessSubscriberOptions | undefined,
): LivelinessSubscriberSettings {
  const { handler, signal, history } = check.optionsOf(options);
  return { origin: Locality.ANY, handler, signal: check.signal(signal), history: check.boolean('history', history) };
}

export function livelinessGetSettings(options: LivelinessGetOptions | undefined): LivelinessGetSettings {
  const o = check.optionsOf(options);
  return { timeoutMs: timeoutOf(o.timeout), handler: o.handler, abort: check.abortable(o) };
}

export function replySettings(options: ReplyOptions | undefined): ReplySettings {
  const o = check.optionsOf(options);
  return { ...sampleOf(o, check.encoding(o.encoding)), express: check.boolean('express', o.express) };
}

export function replyDelSettings(options: ReplyDelOptions | undefined): ReplySettings {
  const o = check.optionsOf(options);
  return { ...sampleOf(o, undefined), express: check.boolean('express', o.express) };
}

/** The encoding of an error reply. */
export function replyErrSettings(options: ReplyErrOptions | undefined): Encoding {
  return check.encoding(check.optionsOf(options).encoding) ?? Encoding.ZENOH_BYTES;
}

function qosOf(o: QosOptions, fallback: CongestionControl): number {
  return packQos(
    check.oneOf('priority', o.priority, Priority, Priority.DEFAULT),
    check.oneOf('congestionControl', o.congestionControl, CongestionControl, fallback),
    check.boolean('express', o.express),
  );
}

function routeOf(o: QosOptions & Pick<PublisherOptions, 'reliability' | 'allowedDestination'>): RouteSettings {
  return {
    qos: qosOf(o, CongestionControl.DEFAULT_PUSH),
    reliability: check.oneOf('reliability', o.reliability, Reliability, Reliability.DEFAULT),
    destination: check.oneOf('allowedDestination', o.allowedDestination, Locality, Locality.DEFAULT),
  };
}

function sampleOf(o: PublisherDeleteOptions, encoding: Encoding | undefined): SampleSettings {
  return {
    encoding: encoding ?? Encoding.ZENOH_BYTES,
    attachment: check.bytes('attachment', o.attachment),
    timestamp: check.timestamp(o.timestamp),
    sourceInfo: check.sourceInfo(o.sourceInfo),
  };
}

function queryOf(o: QueryOptions): QuerySettings {
  return {
    encoding: check.encoding(o.encoding),
    payload: check.bytes('payload', o.payload),
    attachment: check.bytes('attachment', o.attachment),
    sourceInfo: check.sourceInfo(o.sourceInfo),
    handler: o.handler,
    abort: check.abortable(o),
  };
}

function entityOf<T>(o: Pick<QueryableOptionsOf<T>, 'allowedOrigin' | 'handler' | 'signal'>): EntitySettings<T> {
  const origin = check.oneOf('allowedOrigin', o.allowedOrigin, Locality, Locality.DEFAULT);
  return { origin, handler: o.handler, signal: check.signal(o.signal) };
}

function timeoutOf(timeout: QuerierOptions['timeout']): number | undefined {
  return timeout === undefined ? undefined : durationMs(timeout, 'option timeout');
}
