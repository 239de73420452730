import { includes, KeTree, KeyExpr, Parameters, STOP } from '../keyexpr/index.ts';
import { type InboundQuery, QUERYABLE } from '../routing/index.ts';
import { type Body, builders, type EntityGlobalId, QueryTarget } from '../wire/index.ts';
import type { Context } from './context.ts';
import type { Outlet } from './outlet.ts';
import { type Query, queryOf } from './query.ts';
import { QueryHandle, type Question, type ReplyPath, SharedQuery } from './query-handle.ts';
import { LOCAL_ORIGIN, REMOTE_ORIGIN } from './subscriber-state.ts';

/** A queryable, as its session keeps it. */
export interface QueryableState {
  readonly id: number;
  readonly key: string;
  /** As of subscribers. */
  readonly origin: number;
  readonly complete: boolean;
  readonly outlet: Outlet<Query>;
}

/** The queryables of a session, and the queries they hold. */
export class Answering {
  readonly #context: Context;
  readonly #tree: KeTree<QueryableState[]> = new KeTree();
  readonly #all = new Set<QueryableState>();
  /** Ends queries whose last reference is gone: a net below careless applications, not a way to end queries. */
  readonly #forgotten: FinalizationRegistry<QueryHandle>;

  constructor(context: Context) {
    this.#context = context;
    this.#forgotten = new FinalizationRegistry((handle) => {
      handle.finalize();
    });
  }

  add(state: QueryableState): void {
    const { core, matching } = this.#context;
    const node = this.#tree.insert(state.key);
    if (node.value === undefined) node.value = [state];
    else node.value.push(state);
    this.#all.add(state);
    matching.ownChanged(state.key, QUERYABLE);
    if (state.origin !== LOCAL_ORIGIN) {
      core.tables.declareEntity(core.face, QUERYABLE, state.id, state.key, state.complete ? 1 : 0);
    } else core.tables.settled();
  }

  remove(state: QueryableState): void {
    if (!this.#all.delete(state)) return;
    const { core, matching } = this.#context;
    const node = this.#tree.get(state.key);
    const rest = node?.value?.filter((one) => one !== state) ?? [];
    if (node !== undefined) {
      node.value = rest.length > 0 ? rest : undefined;
      this.#tree.prune(node);
    }
    matching.ownChanged(state.key, QUERYABLE);
    if (state.origin !== LOCAL_ORIGIN) core.tables.undeclareEntity(core.face, QUERYABLE, state.id, undefined);
    state.outlet.drop();
    // What nobody has read by now nobody will answer.
    for (const query of state.outlet.core?.unread() ?? []) void query.finalize();
    core.tables.settled();
  }

  /** Would a query of this session on the key be answered by the session itself? */
  reached(key: string, complete: boolean): boolean {
    let found = false;
    this.#tree.intersecting(key, (node) => {
      found = node.value?.some((one) => one.origin !== REMOTE_ORIGIN && (!complete || completeFor(one, key))) === true;
      return found ? STOP : undefined;
    });
    return found;
  }

  /** A query from elsewhere. Its body is lent. */
  request({ requestId, key, qos, target, body }: InboundQuery): void {
    const keyExpr = KeyExpr.tryFrom(key);
    let asked = false;
    if (keyExpr !== undefined) {
      const { parameters, value, attachment, sourceInfo } = builders.query(body);
      const acceptsAnyKey = new Parameters(parameters).acceptsAnyKey();
      const question = { keyExpr, parameters, acceptsAnyKey, value, attachment, sourceInfo, qos };
      asked = this.ask(question, target, new RoutedPath(this.#context, requestId), LOCAL_ORIGIN);
    }
    const { core } = this.#context;
    // Routing is still at it: it settles when it is done.
    if (!asked) core.tables.queries.responseFinal(core.face, requestId);
  }

  /**
   * Asks the queryables that match, in their turn. False: there are none, and the path is not used.
   * @param not the origin whose queryables are left out
   */
  ask(question: Question, target: QueryTarget, path: ReplyPath, not: number): boolean {
    const key = question.keyExpr.text;
    const found: QueryableState[] = [];
    this.#tree.intersecting(key, (node) => {
      for (const one of node.value ?? []) {
        if (one.origin === not || (target === QueryTarget.ALL_COMPLETE && !one.complete)) continue;
        found.push(one);
      }
    });
    if (found.length === 0) return false;
    const { zid, core } = this.#context;
    const shared = new SharedQuery(question, path, found.length);
    const { source } = core.tables;
    for (const { id, outlet } of found) {
      const token = {};
      const handle = new QueryHandle(shared, { zid, eid: id }, () => this.#forgotten.unregister(token));
      const query = queryOf(handle);
      this.#forgotten.register(query, handle, token);
      outlet.post(query, source);
    }
    return true;
  }

  close(): void {
    for (const { outlet } of this.#all) outlet.drop();
    this.#all.clear();
  }
}

/** Declared complete, and for every key that is asked for. */
function completeFor(one: QueryableState, key: string): boolean {
  return one.complete && includes(one.key, key);
}

/** Back through routing. */
class RoutedPath implements ReplyPath {
  readonly #context: Context;
  readonly #requestId: number;

  constructor(context: Context, requestId: number) {
    this.#context = context;
    this.#requestId = requestId;
  }

  get closed(): boolean {
    return this.#context.core.closed;
  }

  reply(key: string, responder: EntityGlobalId, body: Body): Promise<void> | undefined {
    const { core } = this.#context;
    const wait = core.tables.queries.response(core.face, this.#requestId, key, responder, body, true);
    core.tables.settled();
    return wait;
  }

  final(): void {
    const { core } = this.#context;
    core.tables.queries.responseFinal(core.face, this.#requestId);
    core.tables.settled();
  }
}
