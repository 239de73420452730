import { ANYKE, type KeyExpr, Parameters } from '../keyexpr/index.ts';
import { QUERYABLE } from '../routing/index.ts';
import {
  type CongestionControl,
  ConsolidationMode,
  type EntityGlobalId,
  type Priority,
  qosCongestionControl,
  qosPriority,
  QueryTarget,
} from '../wire/index.ts';
import type { ChannelReceiver } from './channels.ts';
import type { Context } from './context.ts';
import { disposable } from './dispose.ts';
import { ReplyKeyExpr } from './enums.ts';
import { invalid, shown } from './errors.ts';
import { inStream } from './in-stream.ts';
import type { MatchingStatus } from './info.ts';
import { Life } from './life.ts';
import { Matched, type MatchingListener } from './matching-listener.ts';
import type { MatchingListenerOptions, QuerierGetOptions, QuerierOptions } from './options.ts';
import type { PendingGet } from './pending-get.ts';
import type { Reply } from './reply.ts';
import { type ReplyStream, replyStream } from './reply-stream.ts';
import { querierGetSettings, type QuerierSettings, querierSettings } from './settings.ts';

let make: (context: Context, keyExpr: KeyExpr, settings: QuerierSettings) => Querier;

/** Source of queries on one key expression. */
export class Querier implements AsyncDisposable {
  readonly #context: Context;
  readonly #keyExpr: KeyExpr;
  readonly #settings: QuerierSettings;
  readonly #id: number;
  readonly #matched: Matched;
  readonly #life: Life;
  readonly #pending = new Set<PendingGet>();

  static {
    make = (context, keyExpr, settings) => new Querier(context, keyExpr, settings);
  }

  private constructor(context: Context, keyExpr: KeyExpr, settings: QuerierSettings) {
    const complete = settings.target === QueryTarget.ALL_COMPLETE;
    this.#context = context;
    this.#keyExpr = keyExpr;
    this.#settings = settings;
    this.#id = context.runtime.nextEntityId();
    this.#matched = new Matched(context, QUERYABLE, keyExpr.text, settings.destination, complete);
    this.#life = new Life(context.core, `querier on "${keyExpr.text}"`, () => {
      for (const pending of [...this.#pending]) context.asking.cancel(pending);
      this.#matched.end();
    });
  }

  keyExpr(): KeyExpr {
    return this.#keyExpr;
  }

  id(): EntityGlobalId {
    return { zid: this.#context.zid, eid: this.#id };
  }

  congestionControl(): CongestionControl {
    return qosCongestionControl(this.#settings.qos);
  }

  priority(): Priority {
    return qosPriority(this.#settings.qos) as Priority;
  }

  acceptReplies(): ReplyKeyExpr {
    return this.#settings.acceptReplies;
  }

  /** A receiver unless the handler is a callback. */
  get(getOpts?: QuerierGetOptions): Promise<ChannelReceiver<Reply> | undefined> {
    return this.#get(getOpts, false);
  }

  /** Like get(), as a stream. */
  query(getOpts?: Omit<QuerierGetOptions, 'handler'>): ReplyStream {
    return replyStream((handler, signal, first) => this.#get(inStream(getOpts, handler, signal), first), getOpts);
  }

  async #get(options: QuerierGetOptions | undefined, first: boolean): Promise<ChannelReceiver<Reply> | undefined> {
    this.#life.assert();
    const parameters = withAnyKey(parametersOf(options?.parameters), this.#settings.acceptReplies);
    const settings = { ...this.#settings, ...querierGetSettings(options) };
    const hurried = first ? atOnce(settings) : settings;
    return this.#context.asking.get(this.#keyExpr, parameters, hurried, this.#id, this.#pending);
  }

  /** Tells when the first queryable comes that would answer, and when the last one goes. */
  async matchingListener(matchingListenerOptions?: MatchingListenerOptions): Promise<MatchingListener> {
    this.#life.assert();
    return this.#matched.listener(matchingListenerOptions);
  }

  /** Is there, as far as this node knows by now, a queryable that would answer? */
  async matchingStatus(): Promise<MatchingStatus> {
    this.#life.assert();
    return this.#matched.status();
  }

  /** Ends its queries, without an error reply. Rejects the second time, unless the session is closed. */
  undeclare(): Promise<void> {
    return this.#life.undeclare();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#life.dispose();
  }
}
disposable(Querier);

/** @throws ZError */
export function declareQuerier(context: Context, keyExpr: KeyExpr, options: QuerierOptions | undefined): Querier {
  return make(context, keyExpr, querierSettings(options));
}

/** A copy. */
function parametersOf(parameters: QuerierGetOptions['parameters']): Parameters {
  if (parameters === undefined) return Parameters.empty();
  if (parameters instanceof Parameters) return new Parameters(parameters.toString());
  if (typeof parameters !== 'string' && (typeof parameters !== 'object' || (parameters as object | null) === null)) {
    throw invalid(`option parameters is ${shown(parameters)}: it must be Parameters, text, a Map or an object`);
  }
  return new Parameters(parameters);
}

/** For whom one reply is enough: none waits for the end of the query, unless that was asked for. */
export function atOnce<S extends Pick<QuerierSettings, 'consolidation'>>(settings: S): S {
  const { AUTO, NONE } = ConsolidationMode;
  return settings.consolidation === AUTO ? { ...settings, consolidation: NONE } : settings;
}

/** Replies on any key are asked for in the parameters, where both sides see it. */
export function withAnyKey(parameters: Parameters, accepted: ReplyKeyExpr): Parameters {
  if (accepted === ReplyKeyExpr.ANY && !parameters.acceptsAnyKey()) parameters.insert(ANYKE, '');
  return parameters;
}
