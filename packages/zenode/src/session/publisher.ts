import type { KeyExpr } from '../keyexpr/index.ts';
import { type RoutedKey, SUBSCRIBER } from '../routing/index.ts';
import {
  type CongestionControl,
  Encoding,
  type EntityGlobalId,
  type Priority,
  qosCongestionControl,
  qosPriority,
  type Reliability,
} from '../wire/index.ts';
import type { Context } from './context.ts';
import { disposable } from './dispose.ts';
import { failed } from './errors.ts';
import type { MatchingStatus } from './info.ts';
import { Life } from './life.ts';
import { Matched, type MatchingListener } from './matching-listener.ts';
import type {
  MatchingListenerOptions,
  PublisherDeleteOptions,
  PublisherOptions,
  PublisherPutOptions,
} from './options.ts';
import type { Publication } from './publication.ts';
import { deleteSample, isPlain, publicationOf, putSample, tryPutSample } from './publishing.ts';
import {
  publisherDeleteSettings,
  publisherPutSettings,
  type PublisherSettings,
  publisherSettings,
} from './settings.ts';
import { bytesOf, type IntoZBytes, ZBytes } from './zbytes.ts';

let make: (context: Context, keyExpr: KeyExpr, settings: PublisherSettings) => Publisher;

/** Source of publications on one key expression. */
export class Publisher implements AsyncDisposable {
  readonly #context: Context;
  readonly #keyExpr: KeyExpr;
  readonly #settings: PublisherSettings;
  readonly #id: number;
  readonly #routed: RoutedKey;
  /** Plain puts, unless this node puts a time on each. */
  readonly #publication: Publication | undefined;
  readonly #matched: Matched;
  readonly #life: Life;

  static {
    make = (context, keyExpr, settings) => new Publisher(context, keyExpr, settings);
  }

  private constructor(context: Context, keyExpr: KeyExpr, settings: PublisherSettings) {
    const { core } = context;
    const key = keyExpr.text;
    this.#context = context;
    this.#keyExpr = keyExpr;
    this.#settings = settings;
    this.#id = context.runtime.nextEntityId();
    this.#routed = core.tables.data.routed(key);
    this.#publication = publicationOf(core, this.#routed, settings);
    this.#matched = new Matched(context, SUBSCRIBER, key, settings.destination, false);
    this.#life = new Life(core, `publisher on "${key}"`, () => this.#matched.end());
  }

  keyExpr(): KeyExpr {
    return this.#keyExpr;
  }

  id(): EntityGlobalId {
    return { zid: this.#context.zid, eid: this.#id };
  }

  encoding(): Encoding {
    return this.#settings.encoding;
  }

  priority(): Priority {
    return qosPriority(this.#settings.qos) as Priority;
  }

  reliability(): Reliability {
    return this.#settings.reliability;
  }

  congestionControl(): CongestionControl {
    return qosCongestionControl(this.#settings.qos);
  }

  /**
   * Publishes one sample. Puts take effect in the order of the calls, awaited or not.
   *
   * @param payload may be reused by the caller once `put` has returned
   */
  put(payload: IntoZBytes, putOptions?: PublisherPutOptions): Promise<void> {
    try {
      this.#life.assert();
      const bytes = bytesOf(payload);
      if (putOptions === undefined && this.#publication !== undefined) return this.#publication.put(bytes);
      const sample = publisherPutSettings(putOptions, this.#settings.encoding);
      return putSample(this.#context.core, this.#routed, this.#settings, sample, bytes);
    } catch (error) {
      return failed(error);
    }
  }

  /** put() with JSON payload and encoding application/json. */
  putJson(value: unknown, putOptions?: PublisherPutOptions): Promise<void> {
    try {
      return this.put(ZBytes.fromJson(value), { ...putOptions, encoding: putOptions?.encoding ?? JSON_ENCODING });
    } catch (error) {
      return failed(error);
    }
  }

  /**
   * Publishes one sample if nobody who gets it is congested. False: it was sent to nobody, and `put` would wait.
   * @throws ZError
   */
  tryPut(payload: IntoZBytes, putOptions?: PublisherPutOptions): boolean {
    this.#life.assert();
    const bytes = bytesOf(payload);
    const publication = this.#publication;
    if (putOptions === undefined && publication !== undefined) return publication.tryPut(bytes);
    const sample = publisherPutSettings(putOptions, this.#settings.encoding);
    if (publication !== undefined && sample.encoding === this.#settings.encoding && isPlain(sample)) {
      return publication.tryPut(bytes);
    }
    return tryPutSample(this.#context.core, this.#routed, this.#settings, sample, bytes);
  }

  /** Publishes that the value is gone. */
  delete(deleteOptions?: PublisherDeleteOptions): Promise<void> {
    try {
      this.#life.assert();
      const sample = publisherDeleteSettings(deleteOptions);
      return deleteSample(this.#context.core, this.#routed, this.#settings, sample);
    } catch (error) {
      return failed(error);
    }
  }

  /** Tells when the first subscriber comes, and when the last one goes. */
  async matchingListener(matchingListenerOptions?: MatchingListenerOptions): Promise<MatchingListener> {
    this.#life.assert();
    return this.#matched.listener(matchingListenerOptions);
  }

  /** Is there, as far as this node knows by now, a subscriber that would receive? */
  async matchingStatus(): Promise<MatchingStatus> {
    this.#life.assert();
    return this.#matched.status();
  }

  /** Rejects the second time, unless the session is closed. */
  undeclare(): Promise<void> {
    return this.#life.undeclare();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#life.dispose();
  }
}
disposable(Publisher);

const JSON_ENCODING = Encoding.APPLICATION_JSON;

/** @throws ZError */
export function declarePublisher(context: Context, keyExpr: KeyExpr, options: PublisherOptions | undefined): Publisher {
  return make(context, keyExpr, publisherSettings(options));
}
