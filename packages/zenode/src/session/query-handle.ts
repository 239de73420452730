import { ZError } from '../base/index.ts';
import { intersects, type KeyExpr } from '../keyexpr/index.ts';
import {
  type Body,
  bodyOfErr,
  bodyOfReply,
  DEL,
  type Encoding,
  type EntityGlobalId,
  ERR,
  PUT,
  type QueryValue,
  REPLY,
  type SourceInfo,
} from '../wire/index.ts';
import { ReplyKeyExprError, SessionClosedError } from './errors.ts';
import { DONE } from './publication.ts';
import type { SampleSettings } from './settings.ts';

/** The way back to whoever asked. */
export interface ReplyPath {
  readonly closed: boolean;
  /** Reads the body before it returns. Returns what the replier should wait for. */
  reply(key: string, responder: EntityGlobalId, body: Body): Promise<void> | undefined;
  final(): void;
}

/** What a query asks for. */
export interface Question {
  readonly keyExpr: KeyExpr;
  readonly parameters: string;
  readonly acceptsAnyKey: boolean;
  readonly value: QueryValue | undefined;
  readonly attachment: Uint8Array | undefined;
  readonly sourceInfo: SourceInfo | undefined;
  readonly qos: number;
}

/** One query for all queryables of a session that match: it ends when the last of them has let go. */
export class SharedQuery {
  readonly question: Question;
  readonly #path: ReplyPath;
  #handles: number;

  constructor(question: Question, path: ReplyPath, handles: number) {
    this.question = question;
    this.#path = path;
    this.#handles = handles;
  }

  get path(): ReplyPath {
    return this.#path;
  }

  release(): void {
    if (--this.#handles === 0 && !this.#path.closed) this.#path.final();
  }
}

/** The hold of one queryable on a query. */
export class QueryHandle {
  readonly #shared: SharedQuery;
  readonly #responder: EntityGlobalId;
  readonly #onEnd: (handle: QueryHandle) => void;
  finalized = false;

  constructor(shared: SharedQuery, responder: EntityGlobalId, onEnd: (handle: QueryHandle) => void) {
    this.#shared = shared;
    this.#responder = responder;
    this.#onEnd = onEnd;
  }

  get question(): Question {
    return this.#shared.question;
  }

  /** @throws ZError `QUERY_FINALIZED`, SessionClosedError, ReplyKeyExprError, ZError `CONGESTED` */
  reply(keyExpr: KeyExpr, sample: SampleSettings, payload: Uint8Array | undefined): Promise<void> {
    this.#assertOpen();
    const { keyExpr: asked, acceptsAnyKey } = this.question;
    if (!acceptsAnyKey && !intersects(keyExpr.text, asked.text)) {
      throw new ReplyKeyExprError(
        `Attempted to reply on \`${keyExpr.text}\`, which does not intersect with query \`${asked.text}\`, ` +
          'despite query only allowing replies on matching key expressions',
      );
    }
    const { timestamp, encoding, sourceInfo, attachment } = sample;
    const common = { timestamp, sourceInfo, attachment, unknown: undefined };
    const body = bodyOfReply({
      id: REPLY,
      consolidation: 0,
      unknown: undefined,
      sample: payload === undefined ? { id: DEL, ...common } : { id: PUT, encoding, payload, ...common },
    });
    return this.#shared.path.reply(keyExpr.text, this.#responder, body) ?? DONE;
  }

  /** @throws ZError `QUERY_FINALIZED`, SessionClosedError, ZError `CONGESTED` */
  replyErr(encoding: Encoding, payload: Uint8Array): Promise<void> {
    this.#assertOpen();
    const body = bodyOfErr({ id: ERR, encoding, sourceInfo: undefined, unknown: undefined, payload });
    return this.#shared.path.reply(this.question.keyExpr.text, this.#responder, body) ?? DONE;
  }

  finalize(): void {
    if (this.finalized) return;
    this.finalized = true;
    this.#onEnd(this);
    this.#shared.release();
  }

  #assertOpen(): void {
    if (this.#shared.path.closed) throw new SessionClosedError();
    if (this.finalized) {
      throw new ZError('QUERY_FINALIZED', `query on "${this.question.keyExpr.text}" is finalized: it takes no replies`);
    }
  }
}
