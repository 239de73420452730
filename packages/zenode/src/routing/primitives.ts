import type { Verdict } from '../base/index.ts';
import type { Body, EntityGlobalId, QueryTarget } from '../wire/index.ts';

/** Kinds of entities; they index what a face and a resource keep of each. */
export const SUBSCRIBER = 0;
export const QUERYABLE = 1;
export const TOKEN = 2;
export type EntityKind = 0 | 1 | 2;
export const KINDS: readonly EntityKind[] = [SUBSCRIBER, QUERYABLE, TOKEN];

/** Modes and options of an interest, as on the wire. */
export const CURRENT = 1;
export const FUTURE = 2;
export const KEYEXPRS = 0x01;
export const AGGREGATE = 0x80;

/** The option bit that asks for a kind. */
export function optionOf(kind: EntityKind): number {
  return 2 << kind;
}

/**
 * What a queryable says of itself, in one number as on the wire: bit 0 complete, from bit 8 on its distance.
 * Of other kinds it is 0.
 */
export type Info = number;

/** Merges what several queryables on one key say: complete if any is; the least distance of those that decide. */
export function mergeInfo(a: Info, b: Info): Info {
  if (((a ^ b) & 1) !== 0) return (a & 1) !== 0 ? a : b;
  return a >>> 8 <= b >>> 8 ? a : b;
}

/** A transport as routing sees it: where encoded messages go. */
export interface Egress {
  /** Bytes that a batch holds. */
  readonly capacity: number;
  send(
    priority: number,
    head: Uint8Array,
    hs: number,
    he: number,
    payload: Uint8Array,
    ps: number,
    pe: number,
    reliable: boolean,
    congestion: number,
    express: boolean,
  ): Verdict;
  lane(priority: number): EgressLane;
  /** Stops reading from the remote node, until as many `release` have followed. */
  hold(): void;
  release(): void;
  /** Ends the transport at once. */
  abort(cause: Error | undefined): void;
  /** Ends the transport and says why; never rejects. */
  close(reason: number): Promise<void>;
}

/** The way of one priority. */
export interface EgressLane {
  /** Would a message neither wait nor be dropped? */
  readonly open: boolean;
  /** Is there no room even for a sender that blocks? */
  readonly refusing: boolean;
  /** Messages dropped so far. */
  dropped: number;
  /** Resolves when there is room again, or when waiting has no use any more. */
  ready(): Promise<void>;
}

/** Takes the samples of one key for one session. Made once per route, called per message. */
export interface LocalSink {
  /**
   * @param body lent until it returns
   * @param lease tells which bytes are lent together, so that neighbours may be copied in one go
   */
  push(body: Body, qos: number, reliable: boolean, lease: Lease): void;
}

/** Bytes of one batch that are lent. `serial` changes with each batch. */
export interface Lease {
  /** The buffer belongs to whoever gets it: nothing needs to be copied. */
  owned: boolean;
  serial: number;
  /** Where the batch ends in its buffer. */
  end: number;
}

/** A query as it reaches a session. */
export interface InboundQuery {
  /** To be named in each reply and in the end. */
  readonly requestId: number;
  readonly key: string;
  readonly qos: number;
  readonly target: QueryTarget;
  readonly timeoutMs: number;
  /** Lent until the call returns. */
  readonly body: Body;
}

/** A session as routing sees it. It must not throw, and calls the application only by way of its own queue. */
export interface LocalPeer {
  /** The sink for samples on a key; undefined if no subscriber of the session wants them. */
  sink(key: string): LocalSink | undefined;
  /** Somebody else's entity that an interest of this session asked for. `id` is 0 in answers that are not kept. */
  declare(kind: EntityKind, id: number, key: string, info: Info, interestId: number | undefined): void;
  undeclare(kind: EntityKind, id: number, key: string): void;
  /** All that was there when the interest was declared has been told. */
  declareFinal(interestId: number): void;
  request(query: InboundQuery): void;
  /** A reply or error; `key` is empty for errors that a router made. The body is lent. */
  response(
    requestId: number,
    key: string,
    responder: EntityGlobalId | undefined,
    qos: number,
    reliable: boolean,
    body: Body,
  ): void;
  responseFinal(requestId: number): void;
}
