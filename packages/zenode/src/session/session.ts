import { type IntoKeyExpr, type IntoSelector, KeyExpr, Parameters } from '../keyexpr/index.ts';
import type { Config as Tree } from '../config/index.ts';
import { Encoding, type EntityGlobalId, type Timestamp, type ZenohId } from '../wire/index.ts';
import type { ChannelReceiver } from './channels.ts';
import { type Config, configOf } from './config.ts';
import type { Context } from './context.ts';
import { disposable } from './dispose.ts';
import { failed, invalid, shown, TimeoutError } from './errors.ts';
import type { SessionEventMap, SessionListenerOptions } from './events.ts';
import { inStream } from './in-stream.ts';
import { keyOf, selectorOf } from './keys.ts';
import { Life } from './life.ts';
import { type Liveliness, livelinessOf } from './liveliness.ts';
import type {
  DeleteOptions,
  GetOptions,
  PublisherOptions,
  PutOptions,
  QuerierOptions,
  SubscriberOptions,
} from './options.ts';
import { Outlet } from './outlet.ts';
import type { Publication } from './publication.ts';
import { declarePublisher, type Publisher } from './publisher.ts';
import { deleteSample, Publications, putSample, tryPutSample } from './publishing.ts';
import { atOnce, declareQuerier, type Querier, withAnyKey } from './querier.ts';
import { declareQueryable, type Queryable, type QueryableOptions } from './queryable.ts';
import type { Reply } from './reply.ts';
import { type ReplyStream, replyStream } from './reply-stream.ts';
import type { Sample } from './sample.ts';
import { type SessionInfo, sessionInfoOf } from './session-info.ts';
import { deleteSettings, getSettings, type PutSettings, putSettings, subscriberSettings } from './settings.ts';
import { SubscriberState } from './subscriber-state.ts';
import { type Subscriber, subscriberOf } from './subscriber.ts';
import { bytesOf, type IntoZBytes, ZBytes } from './zbytes.ts';

const CLOSE_TIMEOUT_MS = 10_000;

/** What a session is made of. */
export interface SessionInside {
  readonly context: Context;
  readonly config: Tree;
  /** Closes the node, if it is the session's own. */
  readonly closeNode: (() => Promise<void>) | undefined;
}

/** The class that an entry offers, which knows how to open one there. */
export interface SessionType<S extends Session> {
  readonly prototype: S;
}

let make: <S extends Session>(type: SessionType<S>, inside: SessionInside) => S;

/** A Zenoh session. */
export class Session implements AsyncDisposable {
  readonly #inside: SessionInside;
  readonly #context: Context;
  readonly #publications: Publications;
  readonly #aliases = new Set<KeyExpr>();
  /** Settles when the session is closed, for whatever reason. */
  readonly closed: Promise<void>;
  #settle: () => void = () => {};
  #closing: Promise<void> | undefined;

  static {
    make = <S extends Session>(type: SessionType<S>, inside: SessionInside) =>
      new (type as unknown as new (inside: SessionInside) => S)(inside);
  }

  protected constructor(inside: SessionInside) {
    this.#inside = inside;
    this.#context = inside.context;
    this.#publications = new Publications(inside.context.core);
    this.closed = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /** Identifier of this node. */
  zid(): ZenohId {
    return this.#context.zid;
  }

  id(): EntityGlobalId {
    return { zid: this.#context.zid, eid: this.#context.eid };
  }

  /** Ends everything that was declared, says goodbye to other nodes, and leaves nothing behind. May be called again. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const context = this.#context;
    const { closeNode } = this.#inside;
    context.close();
    try {
      if (closeNode !== undefined) await this.#inTime(closeNode());
    } finally {
      context.core.detach();
      this.#settle();
      context.events.emit('close', undefined);
    }
  }

  #inTime(closing: Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = (): void => reject(new TimeoutError('close operation timed out!'));
      const timer = this.#context.scheduler.after(CLOSE_TIMEOUT_MS, late);
      const done = (): void => timer.cancel();
      closing.finally(done).then(resolve, reject);
    });
  }

  isClosed(): boolean {
    return this.#context.core.closed;
  }

  /**
   * Publishes one sample. Puts take effect in the order of the calls, awaited or not; the promise waits only if there is no
   * room, and lets other code have its turn now and then.
   *
   * @param intoZBytes may be reused by the caller once `put` has returned
   */
  put(intoKeyExpr: IntoKeyExpr, intoZBytes: IntoZBytes, putOpts?: PutOptions): Promise<void> {
    try {
      const { core } = this.#context;
      core.assertOpen();
      const bytes = bytesOf(intoZBytes);
      const known = this.#known(intoKeyExpr, putOpts);
      if (known !== undefined) return known.put(bytes);
      const { text } = keyOf(intoKeyExpr);
      const settings = putSettings(putOpts);
      const publication = this.#publication(text, putOpts, settings);
      if (publication !== undefined) return publication.put(bytes);
      return putSample(core, core.tables.data.routed(text), settings, settings, bytes);
    } catch (error) {
      return failed(error);
    }
  }

  #known(key: IntoKeyExpr, options: PutOptions | undefined): Publication | undefined {
    return options === undefined && typeof key === 'string' ? this.#publications.known(key) : undefined;
  }

  #publication(key: string, options: PutOptions | undefined, settings: PutSettings): Publication | undefined {
    return options === undefined ? this.#publications.plain(key, settings) : this.#publications.of(key, settings);
  }

  /** put() with JSON payload and encoding application/json. */
  putJson(intoKeyExpr: IntoKeyExpr, value: unknown, putOpts?: PutOptions): Promise<void> {
    try {
      const encoding = putOpts?.encoding ?? Encoding.APPLICATION_JSON;
      return this.put(intoKeyExpr, ZBytes.fromJson(value), { ...putOpts, encoding });
    } catch (error) {
      return failed(error);
    }
  }

  /**
   * Publishes one sample if nobody who gets it is congested. False: it was sent to nobody, and `put` would wait.
   * @throws ZError
   */
  tryPut(intoKeyExpr: IntoKeyExpr, intoZBytes: IntoZBytes, putOpts?: PutOptions): boolean {
    const { core } = this.#context;
    core.assertOpen();
    const bytes = bytesOf(intoZBytes);
    const known = this.#known(intoKeyExpr, putOpts);
    if (known !== undefined) return known.tryPut(bytes);
    const { text } = keyOf(intoKeyExpr);
    const settings = putSettings(putOpts);
    const publication = this.#publication(text, putOpts, settings);
    if (publication !== undefined) return publication.tryPut(bytes);
    return tryPutSample(core, core.tables.data.routed(text), settings, settings, bytes);
  }

  /** Publishes that the value is gone. */
  delete(intoKeyExpr: IntoKeyExpr, deleteOpts?: DeleteOptions): Promise<void> {
    try {
      const { core } = this.#context;
      core.assertOpen();
      const { text } = keyOf(intoKeyExpr);
      const settings = deleteSettings(deleteOpts);
      return deleteSample(core, core.tables.data.routed(text), settings, settings);
    } catch (error) {
      return failed(error);
    }
  }

  /** Validates, and asks for a numeric alias of the key on the wire. */
  declareKeyexpr(intoKeyExpr: IntoKeyExpr): KeyExpr {
    this.#context.core.assertOpen();
    const keyExpr = new KeyExpr(keyOf(intoKeyExpr));
    this.#aliases.add(keyExpr);
    return keyExpr;
  }

  /** Gives the alias back; rejects unless the key was declared with this session. */
  async undeclareKeyexpr(keyexpr: KeyExpr): Promise<void> {
    if (this.isClosed()) return;
    if (this.#aliases.delete(keyexpr)) return;
    throw invalid(`Failed to undeclare ${shown(String(keyexpr))}: it was not declared with this session`);
  }

  /** Copy of the effective configuration. */
  config(): Config {
    return configOf(this.#inside.config);
  }

  /** What this node is, and whom it is linked to now. */
  async info(): Promise<SessionInfo> {
    return sessionInfoOf(this.#context);
  }

  /** Asks. A receiver unless the handler is a callback; it closes when the query has ended. */
  get(intoSelector: IntoSelector, getOpts?: GetOptions): Promise<ChannelReceiver<Reply> | undefined> {
    return this.#get(intoSelector, getOpts, false);
  }

  /** Like get(), as a stream. */
  query(intoSelector: IntoSelector, getOpts?: Omit<GetOptions, 'handler'>): ReplyStream {
    return replyStream(
      (handler, signal, first) => this.#get(intoSelector, inStream(getOpts, handler, signal), first),
      getOpts,
    );
  }

  async #get(
    intoSelector: IntoSelector,
    options: GetOptions | undefined,
    first: boolean,
  ): Promise<ChannelReceiver<Reply> | undefined> {
    const { core, asking, eid } = this.#context;
    core.assertOpen();
    const selector = selectorOf(intoSelector);
    const settings = getSettings(options);
    const parameters = withAnyKey(new Parameters(selector.parameters().toString()), settings.acceptReplies);
    return asking.get(selector.keyExpr(), parameters, first ? atOnce(settings) : settings, eid);
  }

  async declareSubscriber(intoKeyExpr: IntoKeyExpr, subscriberOpts?: SubscriberOptions): Promise<Subscriber> {
    const context = this.#context;
    const { core, zid } = context;
    core.assertOpen();
    const keyExpr = keyOf(intoKeyExpr);
    const { origin, handler, signal } = subscriberSettings(subscriberOpts);
    signal?.throwIfAborted();
    const eid = context.runtime.nextEntityId();
    const outlet = new Outlet<Sample>(context, eid, handler);
    const state = new SubscriberState(eid, keyExpr.text, origin, outlet);
    core.addSubscriber(state);
    const life = new Life(core, `subscriber on "${keyExpr.text}"`, () => core.removeSubscriber(state), signal);
    return subscriberOf({ keyExpr, id: { zid, eid }, outlet, life });
  }

  async declareQueryable(intoKeyExpr: IntoKeyExpr, queryableOpts?: QueryableOptions): Promise<Queryable> {
    this.#context.core.assertOpen();
    return declareQueryable(this.#context, keyOf(intoKeyExpr), queryableOpts);
  }

  async declarePublisher(intoKeyExpr: IntoKeyExpr, publisherOpts?: PublisherOptions): Promise<Publisher> {
    this.#context.core.assertOpen();
    return declarePublisher(this.#context, keyOf(intoKeyExpr), publisherOpts);
  }

  async declareQuerier(intoKeyexpr: IntoKeyExpr, querierOpts?: QuerierOptions): Promise<Querier> {
    this.#context.core.assertOpen();
    return declareQuerier(this.#context, keyOf(intoKeyexpr), querierOpts);
  }

  liveliness(): Liveliness {
    return livelinessOf(this.#context);
  }

  /** A time of the node's clock, or else of one that goes as strictly forward. */
  async newTimestamp(): Promise<Timestamp> {
    this.#context.core.assertOpen();
    return this.#context.runtime.newTimestamp();
  }

  addEventListener<K extends keyof SessionEventMap>(
    type: K,
    listener: (event: SessionEventMap[K]) => void,
    options?: SessionListenerOptions,
  ): void {
    this.#context.events.add(type, listener, options);
  }

  removeEventListener<K extends keyof SessionEventMap>(type: K, listener: (event: SessionEventMap[K]) => void): void {
    this.#context.events.remove(type, listener);
  }

  /** Closes; never rejects. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close().catch(() => undefined);
  }
}
disposable(Session);

export function sessionOf<S extends Session>(type: SessionType<S>, inside: SessionInside): S {
  return make(type, inside);
}
