import type {
  EntityGlobalId,
  Encoding,
  Priority,
  CongestionControl,
  SourceInfo,
  Timestamp,
  IntoEncoding,
} from '../wire/index.ts';
import { Sample } from './sample.ts';
import type { IntoZBytes, ZBytes } from './zbytes.ts';

/** Payload of the error replies that stand for a timeout. */
export const TIMEOUT_TEXT = 'Timeout';

/** Failure reported by a queryable, a router or the session. */
export class ReplyError {
  readonly #payload: ZBytes;
  readonly #encoding: Encoding;

  constructor(payload: ZBytes, encoding: Encoding) {
    this.#payload = payload;
    this.#encoding = encoding;
  }

  payload(): ZBytes {
    return this.#payload;
  }

  encoding(): Encoding {
    return this.#encoding;
  }

  /** True for the timeout replies made by a session (encoding `zenoh/string`) or a router (`zenoh/bytes`). */
  isTimeout(): boolean {
    const { id, schema } = this.#encoding;
    return id <= 1 && (schema === undefined || schema.length === 0) && this.#payload.toString() === TIMEOUT_TEXT;
  }
}

/** One answer to a query. */
export class Reply {
  readonly #result: Sample | ReplyError;
  readonly #replierId: EntityGlobalId | undefined;

  constructor(result: Sample | ReplyError, replierId?: EntityGlobalId) {
    this.#result = result;
    this.#replierId = replierId;
  }

  result(): Sample | ReplyError {
    return this.#result;
  }

  /** The sample, or undefined. */
  ok(): Sample | undefined {
    return this.#result instanceof Sample ? this.#result : undefined;
  }

  /** The error, or undefined. */
  err(): ReplyError | undefined {
    return this.#result instanceof Sample ? undefined : this.#result;
  }

  replierId(): EntityGlobalId | undefined {
    return this.#replierId;
  }
}

/** Options of a reply with a deletion. */
export interface ReplyDelOptions {
  /** Accepted, without effect: replies travel as the query does. */
  express?: boolean;
  /** None unless given, also on a node that puts times on what it publishes. */
  timestamp?: Timestamp;
  attachment?: IntoZBytes;
  sourceInfo?: SourceInfo;
  /** @deprecated ignored: replies travel with that of the query */
  congestionControl?: CongestionControl;
  /** @deprecated ignored: replies travel with that of the query */
  priority?: Priority;
}

/** Options of a reply with a value. */
export interface ReplyOptions extends ReplyDelOptions {
  encoding?: IntoEncoding;
}

/** Options of an error reply. */
export interface ReplyErrOptions {
  encoding?: IntoEncoding;
}
