import { KeyExpr, type Parameters } from '../keyexpr/index.ts';
import {
  type Body,
  bodyOfQuery,
  builders,
  ConsolidationMode,
  copyPayload,
  Encoding,
  type EntityGlobalId,
  ERR,
  QUERY,
} from '../wire/index.ts';
import { onAbortOf } from './cancellation.ts';
import type { ChannelReceiver } from './channels.ts';
import type { Context } from './context.ts';
import { Locality } from './enums.ts';
import { Outlet } from './outlet.ts';
import { PendingGet } from './pending-get.ts';
import { DONE } from './publication.ts';
import type { ReplyPath } from './query-handle.ts';
import { Reply, ReplyError } from './reply.ts';
import type { GetSettings } from './settings.ts';
import { REMOTE_ORIGIN } from './subscriber-state.ts';
import { ZBytes } from './zbytes.ts';

const NOTHING = new Uint8Array(0);

/** The queries of a session that have not ended. */
export class Asking {
  readonly #context: Context;
  readonly #pending = new Map<number, PendingGet>();
  #nextId = 0;
  /** The last query of which a reply was ignored. */
  #warnedOf = -1;

  constructor(context: Context) {
    this.#context = context;
  }

  /**
   * Asks, and returns where the replies can be read; undefined if the handler is a callback.
   *
   * @param parameters with `_anyke` if replies on any key are welcome
   * @param among the queries of one querier
   * @throws ZError, or the reason of an aborted signal; later failures reject
   */
  async get(
    keyExpr: KeyExpr,
    parameters: Parameters,
    settings: GetSettings,
    eid: number,
    among?: Set<PendingGet>,
  ): Promise<ChannelReceiver<Reply> | undefined> {
    const context = this.#context;
    const { core } = context;
    core.assertOpen();
    const { abort, destination, qos, target } = settings;
    abort.signal?.throwIfAborted();
    const outlet = new Outlet<Reply>(context, eid, settings.handler);
    if (abort.cancellationToken?.isCancelled() === true) {
      outlet.drop();
      context.outbox.drain();
      return outlet.receiver;
    }
    const timeoutMs = settings.timeoutMs ?? core.runtime.settings.queriesDefaultTimeoutMs;
    const acceptsAnyKey = parameters.acceptsAnyKey();
    const consolidation = resolved(settings.consolidation, parameters);
    const id = this.#nextId++;
    const finals = destination === Locality.ANY ? 2 : 1;
    const pending = new PendingGet(
      id,
      acceptsAnyKey ? undefined : keyExpr.text,
      consolidation,
      finals,
      outlet,
      (late) => {
        this.#end(late);
        late.timeOut();
        core.tables.queries.forget(core.face, late.id);
        core.tables.settled();
      },
    );
    this.#pending.set(id, pending);
    among?.add(pending);
    pending.bucket = context.deadlines.add(pending, timeoutMs);
    const forget = onAbortOf(abort, () => this.cancel(pending));
    pending.forget = () => {
      forget();
      among?.delete(pending);
    };

    const value =
      settings.payload !== undefined || settings.encoding !== undefined
        ? { encoding: settings.encoding ?? Encoding.ZENOH_BYTES, payload: settings.payload ?? NOTHING }
        : undefined;
    const { attachment, sourceInfo } = settings;
    const text = parameters.toString();
    let wait: Promise<void> | undefined;
    if (destination !== Locality.SESSION_LOCAL) {
      const body = bodyOfQuery({
        id: QUERY,
        consolidation,
        parameters: text,
        sourceInfo,
        value,
        attachment,
        unknown: undefined,
      });
      const head = { requestId: id, qos, timestamp: undefined, target, budget: 0, timeoutMs, body };
      try {
        wait = core.tables.queries.request(core.face, core.tables.data.routed(keyExpr.text), head);
      } catch (error) {
        this.cancel(pending);
        throw error;
      }
    }
    if (destination !== Locality.REMOTE) {
      const question = { keyExpr, parameters: text, acceptsAnyKey, value, attachment, sourceInfo, qos };
      const path = new OwnPath(this, context, pending, qos);
      if (!context.answering.ask(question, target, path, REMOTE_ORIGIN)) this.final(pending);
    }
    core.tables.settled();
    // A loop over queries that the session answers itself would never let a turn pass.
    if (core.flusher.spent() && wait === undefined) wait = core.flusher.nextTurn();
    await (wait ?? DONE);
    return outlet.receiver;
  }

  /** A reply from elsewhere. Its body is lent. */
  response(
    requestId: number,
    key: string,
    responder: EntityGlobalId | undefined,
    qos: number,
    reliable: boolean,
    body: Body,
  ): void {
    const pending = this.#pending.get(requestId);
    if (pending !== undefined) this.receive(pending, key, responder, qos, reliable, body);
    else this.#ignored(key, requestId, 'which has ended');
  }

  receive(
    pending: PendingGet,
    key: string,
    responder: EntityGlobalId | undefined,
    qos: number,
    reliable: boolean,
    body: Body,
  ): void {
    if (pending.ended) return;
    const { core } = this.#context;
    const { source } = core.tables;
    if (body.id === ERR) {
      const { payload, encoding } = builders.err(body, copyPayload(body));
      const error = new ReplyError(ZBytes.wrap(payload), encoding);
      pending.onError(error, new Reply(error, responder), source);
      return;
    }
    const keyExpr = KeyExpr.tryFrom(key);
    if (keyExpr === undefined || !pending.accepts(key)) {
      this.#ignored(key, pending.id, 'which it does not match');
      return;
    }
    const sample = core.sampleOfLent(keyExpr, body, qos, reliable);
    pending.onSample(sample, new Reply(sample, responder), source);
  }

  responseFinal(requestId: number): void {
    const pending = this.#pending.get(requestId);
    if (pending !== undefined) this.final(pending);
  }

  /** One of those who may reply has no more. */
  final(pending: PendingGet): void {
    if (pending.ended || --pending.finals > 0) return;
    this.#end(pending);
    pending.complete();
  }

  /** Replies that come later lead nowhere. */
  cancel(pending: PendingGet): void {
    if (pending.ended) return;
    this.#end(pending);
    pending.drop();
    const { core } = this.#context;
    core.tables.queries.forget(core.face, pending.id);
    core.tables.settled();
  }

  #end(pending: PendingGet): void {
    pending.ended = true;
    this.#pending.delete(pending.id);
    this.#context.deadlines.remove(pending, pending.bucket);
    pending.forget();
  }

  /** Says so once for each query: a queryable may send any number of such replies. */
  #ignored(key: string, id: number, why: string): void {
    if (id === this.#warnedOf) return;
    this.#warnedOf = id;
    this.#context.runtime.log.warn(`ignored a reply on "${key.slice(0, 200)}" to query ${id}, ${why}`);
  }

  close(): void {
    for (const pending of this.#pending.values()) {
      this.#end(pending);
      pending.drop();
    }
  }
}

/** Back to a query of the same session: nothing of it touches the network. */
class OwnPath implements ReplyPath {
  readonly #asking: Asking;
  readonly #pending: PendingGet;
  readonly #qos: number;
  readonly #context: Context;

  constructor(asking: Asking, context: Context, pending: PendingGet, qos: number) {
    this.#asking = asking;
    this.#context = context;
    this.#pending = pending;
    this.#qos = qos;
  }

  get closed(): boolean {
    return this.#context.core.closed;
  }

  reply(key: string, responder: EntityGlobalId, body: Body): undefined {
    this.#asking.receive(this.#pending, key, responder, this.#qos, true, body);
    this.#context.outbox.drain();
  }

  final(): void {
    this.#asking.final(this.#pending);
    this.#context.outbox.drain();
  }
}

/** What is put on the wire: AUTO is decided by the asker. */
function resolved(mode: ConsolidationMode, parameters: Parameters): ConsolidationMode {
  if (mode !== ConsolidationMode.AUTO) return mode;
  return parameters.hasTime() ? ConsolidationMode.NONE : ConsolidationMode.LATEST;
}
