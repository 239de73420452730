import type { KeyExpr } from '../keyexpr/index.ts';
import { Encoding, type EntityGlobalId } from '../wire/index.ts';
import type { ChannelReceiver } from './channels.ts';
import type { Context } from './context.ts';
import { disposable } from './dispose.ts';
import type { Callback, Handler } from './handler.ts';
import { iterate } from './iterate.ts';
import { Life } from './life.ts';
import type { QueryableOptionsOf } from './options.ts';
import { Outlet } from './outlet.ts';
import type { Query } from './query.ts';
import { queryableSettings } from './settings.ts';

export type QueryableOptions = QueryableOptionsOf<Query>;

interface Parts {
  readonly keyExpr: KeyExpr;
  readonly id: EntityGlobalId;
  readonly outlet: Outlet<Query>;
  readonly life: Life;
}

let make: (parts: Parts) => Queryable;

/** Responder on a key expression. */
export class Queryable implements AsyncDisposable, AsyncIterable<Query> {
  readonly #parts: Parts;

  static {
    make = (parts) => new Queryable(parts);
  }

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  keyExpr(): KeyExpr {
    return this.#parts.keyExpr;
  }

  id(): EntityGlobalId {
    return this.#parts.id;
  }

  /** The receiver, when the handler is a channel. */
  receiver(): ChannelReceiver<Query> | undefined {
    return this.#parts.outlet.receiver;
  }

  /** Queries that were not read yet end. Rejects the second time, unless the session is closed. */
  undeclare(): Promise<void> {
    return this.#parts.life.undeclare();
  }

  /** Iterates over the receiver; leaving the loop undeclares nothing. @throws TypeError if the handler is a callback */
  [Symbol.asyncIterator](): AsyncIterableIterator<Query> {
    return iterate(this.receiver(), 'queryable');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#parts.life.dispose();
  }
}
disposable(Queryable);

/** @throws ZError, or the reason of an aborted signal */
export function declareQueryable(context: Context, keyExpr: KeyExpr, options: QueryableOptions | undefined): Queryable {
  const { complete, origin, handler, autoFinalize, signal } = queryableSettings(options);
  signal?.throwIfAborted();
  const { runtime, answering, core, zid } = context;
  const eid = runtime.nextEntityId();
  const outlet = new Outlet<Query>(context, eid, answered(handler, autoFinalize), (query) => void query.finalize());
  const state = { id: eid, key: keyExpr.text, origin, complete, outlet };
  answering.add(state);
  const life = new Life(core, `queryable on "${keyExpr.text}"`, () => answering.remove(state), signal);
  return make({ keyExpr, id: { zid, eid }, outlet, life });
}

/** Callbacks that see to the end of the query: always when they fail, and with `autoFinalize` when they are done. */
function answered(handler: Handler<Query> | undefined, autoFinalize: boolean): Handler<Query> | undefined {
  if (typeof handler === 'function') return answeredCallback(handler, autoFinalize);
  if (Array.isArray(handler) && typeof handler[0] === 'function') {
    return [answeredCallback(handler[0], autoFinalize), handler[1]];
  }
  return handler;
}

function answeredCallback(callback: Callback<Query>, autoFinalize: boolean): Callback<Query> {
  const failed = (query: Query, error: unknown): never => {
    if (autoFinalize && !query.finalized) {
      // Without its stack: that is nobody else's business.
      const text = error instanceof Error ? error.message : String(error);
      query.replyErr(text, { encoding: Encoding.ZENOH_STRING }).catch(() => undefined);
    }
    void query.finalize();
    throw error as Error;
  };
  const settled = async (query: Query, result: PromiseLike<void>): Promise<void> => {
    try {
      await result;
    } catch (error) {
      failed(query, error);
    }
    if (autoFinalize) await query.finalize();
  };
  return (query) => {
    let result: void | PromiseLike<void>;
    try {
      result = callback(query);
    } catch (error) {
      return failed(query, error);
    }
    if (typeof result?.then === 'function') return settled(query, result);
    if (autoFinalize) void query.finalize();
    return undefined;
  };
}
