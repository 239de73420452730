import { type IntoKeyExpr, type KeyExpr, Parameters, Selector } from '../keyexpr/index.ts';
import {
  type CongestionControl,
  Encoding,
  type Priority,
  qosCongestionControl,
  qosExpress,
  qosPriority,
  type SourceInfo,
} from '../wire/index.ts';
import { disposable } from './dispose.ts';
import { ReplyKeyExpr } from './enums.ts';
import { failed } from './errors.ts';
import { keyOf } from './keys.ts';
import { DONE } from './publication.ts';
import type { QueryHandle } from './query-handle.ts';
import type { ReplyDelOptions, ReplyErrOptions, ReplyOptions } from './reply.ts';
import { replyDelSettings, replyErrSettings, replySettings } from './settings.ts';
import { bytesOf, type IntoZBytes, ZBytes } from './zbytes.ts';

let make: (handle: QueryHandle) => Query;

/** A query received by a queryable; it stays open until finalized. */
export class Query implements AsyncDisposable {
  readonly #handle: QueryHandle;

  static {
    make = (handle) => new Query(handle);
  }

  private constructor(handle: QueryHandle) {
    this.#handle = handle;
  }

  selector(): Selector {
    return new Selector(this.keyExpr(), this.parameters());
  }

  keyExpr(): KeyExpr {
    return this.#handle.question.keyExpr;
  }

  /** A copy. */
  parameters(): Parameters {
    return new Parameters(this.#handle.question.parameters);
  }

  /** Undefined if the query has no value; a present one may be empty. */
  payload(): ZBytes | undefined {
    const { value } = this.#handle.question;
    return value && ZBytes.wrap(value.payload);
  }

  encoding(): Encoding | undefined {
    return this.#handle.question.value?.encoding;
  }

  attachment(): ZBytes | undefined {
    const { attachment } = this.#handle.question;
    return attachment && ZBytes.wrap(attachment);
  }

  acceptsReplies(): ReplyKeyExpr {
    return this.#handle.question.acceptsAnyKey ? ReplyKeyExpr.ANY : ReplyKeyExpr.MATCHING_QUERY;
  }

  priority(): Priority {
    return qosPriority(this.#handle.question.qos) as Priority;
  }

  congestionControl(): CongestionControl {
    return qosCongestionControl(this.#handle.question.qos);
  }

  express(): boolean {
    return qosExpress(this.#handle.question.qos);
  }

  sourceInfo(): SourceInfo | undefined {
    return this.#handle.question.sourceInfo;
  }

  /**
   * Sends a PUT reply. It travels with the priority and congestion control of the query.
   *
   * Rejects with ReplyKeyExprError on a key the query does not accept, `QUERY_FINALIZED` once it is finalized.
   *
   * @param payload may be reused by the caller once `reply` has returned
   */
  reply(intoKeyExpr: IntoKeyExpr, payload: IntoZBytes, replyOpts?: ReplyOptions): Promise<void> {
    return attempt(() => this.#handle.reply(keyOf(intoKeyExpr), replySettings(replyOpts), bytesOf(payload)));
  }

  /** reply() with JSON payload and encoding application/json. */
  replyJson(intoKeyExpr: IntoKeyExpr, value: unknown, replyOpts?: ReplyOptions): Promise<void> {
    const encoding = replyOpts?.encoding ?? Encoding.APPLICATION_JSON;
    return attempt(() => this.reply(intoKeyExpr, ZBytes.fromJson(value), { ...replyOpts, encoding }));
  }

  /** Sends an error reply. A query may have several, and others beside it. */
  replyErr(payload: IntoZBytes, replyErrOpts?: ReplyErrOptions): Promise<void> {
    return attempt(() => this.#handle.replyErr(replyErrSettings(replyErrOpts), bytesOf(payload)));
  }

  /** Sends a DELETE reply. */
  replyDel(intoKeyExpr: IntoKeyExpr, replyDelOpts?: ReplyDelOptions): Promise<void> {
    return attempt(() => this.#handle.reply(keyOf(intoKeyExpr), replyDelSettings(replyDelOpts), undefined));
  }

  /** Ends the query; later replies are refused; calling it again does nothing. */
  finalize(): Promise<void> {
    this.#handle.finalize();
    return DONE;
  }

  get finalized(): boolean {
    return this.#handle.finalized;
  }

  /** The text of the selector. */
  toString(): string {
    return this.selector().toString();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.finalize();
  }
}
disposable(Query);

export function queryOf(handle: QueryHandle): Query {
  return make(handle);
}

function attempt(fn: () => Promise<void>): Promise<void> {
  try {
    return fn();
  } catch (error) {
    return failed(error);
  }
}
