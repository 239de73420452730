import { Writer } from '../base/index.ts';
import { KeyExpr, KeTree } from '../keyexpr/index.ts';
import type {
  EntityKind,
  Face,
  InboundQuery,
  Info,
  Lease,
  LocalDestination,
  LocalPeer,
  LocalSink,
  RoutedKey,
  Tables,
} from '../routing/index.ts';
import { SUBSCRIBER, writeHead } from '../routing/index.ts';
import type { Outbox, Runtime } from '../runtime/index.ts';
import type { Flusher } from '../transport/index.ts';
import { type Body, type EntityGlobalId, qosCongestionControl, qosExpress, qosPriority } from '../wire/index.ts';
import { Arena } from './arena.ts';
import { SessionClosedError } from './errors.ts';
import { congested, DONE, joined, tooLarge } from './publication.ts';
import { extrasOf, kindOf, type Sample, sampleOf } from './sample.ts';
import { LOCAL_ORIGIN, REMOTE_ORIGIN, type SubscriberState } from './subscriber-state.ts';

/** What else a session does with what routing tells it. */
export interface SessionParts {
  declare(kind: EntityKind, id: number, key: string, info: Info, interestId: number | undefined): void;
  undeclare(kind: EntityKind, id: number, key: string): void;
  declareFinal(interestId: number): void;
  request(query: InboundQuery): void;
  response(
    requestId: number,
    key: string,
    responder: EntityGlobalId | undefined,
    qos: number,
    reliable: boolean,
    body: Body,
  ): void;
  responseFinal(requestId: number): void;
  /** Own subscribers on a key have come or gone. */
  subscribersChanged(key: string): void;
}

/**
 * The lease of bytes that are lent for one call: they may change once it has returned. Its serials are not those of
 * batches, which come from above 0.
 */
const lease: Lease = { serial: -1, end: 0, owned: false };

/** A session inside: a face of its node, its subscribers, and the way of its publications. */
export class SessionCore implements LocalPeer {
  readonly runtime: Runtime;
  readonly tables: Tables;
  readonly outbox: Outbox;
  readonly flusher: Flusher;
  /** Bytes that a message may have. */
  readonly maxMessageSize: number;
  readonly face: Face;
  readonly #parts: SessionParts;
  readonly #arena: Arena = new Arena();
  readonly #subscribers: KeTree<SubscriberState[]> = new KeTree();
  readonly #all: Set<SubscriberState> = new Set();
  /** Subscribers that are declared to the network, by key: the id of the declaration and how many share it. */
  readonly #declared = new Map<string, { readonly id: number; count: number }>();
  #head: Uint8Array = new Uint8Array(512);
  closed = false;

  constructor(runtime: Runtime, parts: (core: SessionCore) => SessionParts) {
    this.runtime = runtime;
    this.tables = runtime.tables;
    this.outbox = runtime.outbox;
    this.flusher = runtime.manager.flusher;
    this.maxMessageSize = runtime.settings.transport.rx.maxMessageSize;
    this.#parts = parts(this);
    this.face = runtime.attachSession(this);
  }

  /** @throws SessionClosedError */
  assertOpen(): void {
    if (this.closed) throw new SessionClosedError();
  }

  // ---- subscribers

  addSubscriber(state: SubscriberState): void {
    const node = this.#subscribers.insert(state.key);
    if (node.value === undefined) node.value = [state];
    else node.value.push(state);
    this.#all.add(state);
    this.tables.touch();
    this.#parts.subscribersChanged(state.key);
    if (state.origin !== LOCAL_ORIGIN) {
      const declared = this.#declared.get(state.key);
      if (declared !== undefined) declared.count++;
      else {
        this.#declared.set(state.key, { id: state.id, count: 1 });
        this.tables.declareEntity(this.face, SUBSCRIBER, state.id, state.key, 0);
      }
    }
    this.tables.settled();
  }

  removeSubscriber(state: SubscriberState): void {
    if (!this.#all.delete(state)) return;
    state.outlet.drop();
    const node = this.#subscribers.get(state.key);
    const rest = node?.value?.filter((one) => one !== state) ?? [];
    if (node !== undefined) {
      node.value = rest.length > 0 ? rest : undefined;
      this.#subscribers.prune(node);
    }
    this.tables.touch();
    this.#parts.subscribersChanged(state.key);
    if (!this.closed && state.origin !== LOCAL_ORIGIN) {
      const declared = this.#declared.get(state.key)!;
      if (--declared.count === 0) {
        this.#declared.delete(state.key);
        this.tables.undeclareEntity(this.face, SUBSCRIBER, declared.id, undefined);
      }
    }
    this.tables.settled();
  }

  /** Subscribers of this session that take what it publishes itself on a key. */
  ownSubscribers(key: string): SubscriberState[] {
    return this.#matching(key, REMOTE_ORIGIN);
  }

  #matching(key: string, not: number): SubscriberState[] {
    const found: SubscriberState[] = [];
    this.#subscribers.intersecting(key, (node) => {
      for (const one of node.value ?? []) if (one.origin !== not) found.push(one);
    });
    return found;
  }

  sink(key: string): LocalSink | undefined {
    const subscribers = this.#matching(key, LOCAL_ORIGIN);
    return subscribers.length === 0 ? undefined : new SubscriberSink(this, new KeyExpr(key), subscribers);
  }

  /** As `sampleOf`, of bytes that are lent for this call alone. */
  sampleOfLent(keyExpr: KeyExpr, body: Body, qos: number, reliable: boolean): Sample {
    lease.serial--;
    lease.end = body.payloadEnd;
    return this.sampleOf(keyExpr, body, qos, reliable, lease);
  }

  /** Makes a sample that is the application's for good. */
  sampleOf(keyExpr: KeyExpr, body: Body, qos: number, reliable: boolean, from: Lease): Sample {
    const arena = this.#arena;
    arena.take(body.payload, body.payloadStart, body.payloadEnd, from);
    return sampleOf(keyExpr, arena.buffer, arena.start, arena.end, kindOf(body), qos, reliable ? 1 : 0, extrasOf(body));
  }

  // ---- publications

  /**
   * Sends one sample, whatever it carries. The promise is the shared one unless the caller should wait.
   *
   * @throws ZError `INVALID_ARGUMENT` if it does not fit into a message
   */
  publish(routed: RoutedKey, qos: number, reliable: boolean, body: Body, remote: boolean, own: boolean): Promise<void> {
    const { tables } = this;
    tables.run.flush();
    let wait: Promise<void> | undefined;
    let refused = false;
    if (remote) {
      const { groups } = tables.data.route(routed, this.face.region);
      const payload = body.payloadEnd - body.payloadStart;
      for (const { head } of groups) {
        // Three bytes are for what `writeHead` adds.
        if (head.length + 3 + body.headEnd - body.headStart + payload <= this.maxMessageSize) continue;
        throw tooLarge(routed.key, payload, this.maxMessageSize);
      }
      for (const group of groups) {
        const he = this.#writeHead(group, qos, body);
        for (const { egress } of group.faces) {
          const verdict = egress!.send(
            qosPriority(qos),
            this.#head,
            0,
            he,
            body.payload,
            body.payloadStart,
            body.payloadEnd,
            reliable,
            qosCongestionControl(qos),
            qosExpress(qos),
          );
          if (verdict === 4) refused = true;
          else if (verdict === 1 || verdict === 3) wait = joined(wait, egress!.lane(qosPriority(qos)).ready());
        }
      }
    }
    const locals = remote ? tables.data.route(routed, this.face.region).locals : [];
    this.deliverLocally(locals, own ? this.ownSubscribers(routed.key) : [], routed, qos, reliable, body);
    if (refused) return Promise.reject(congested(routed.key));
    if (this.flusher.spent() && wait === undefined) return this.flusher.nextTurn();
    return wait ?? DONE;
  }

  #writeHead(group: Parameters<typeof writeHead>[1], qos: number, body: Body): number {
    const size = group.head.length + 3 + body.headEnd - body.headStart;
    if (size > this.#head.length) this.#head = new Uint8Array(size * 2);
    const w = new Writer(this.#head, writeHead(this.#head, group, qos));
    w.raw(body.head, body.headStart, body.headEnd);
    return w.pos;
  }

  /** Is there room at every place a sample on this key goes to? */
  ready(routed: RoutedKey, priority: number): boolean {
    for (const { faces } of this.tables.data.route(routed, this.face.region).groups) {
      for (const { egress } of faces) if (!egress!.lane(priority).open) return false;
    }
    return true;
  }

  /** Hands a sample to other sessions of the node and to own subscribers. */
  deliverLocally(
    locals: readonly LocalDestination[],
    own: readonly SubscriberState[],
    routed: RoutedKey,
    qos: number,
    reliable: boolean,
    body: Body,
  ): void {
    lease.serial--;
    lease.end = body.payloadEnd;
    for (const { face, sink } of locals) {
      if (face !== this.face && !face.closed) sink.push(body, qos, reliable, lease);
    }
    if (own.length === 0) return;
    const sample = this.sampleOf(new KeyExpr(routed.key), body, qos, reliable, lease);
    for (const { outlet } of own) outlet.deliver(sample, undefined);
  }

  // ---- what routing tells

  declare(kind: EntityKind, id: number, key: string, info: Info, interestId: number | undefined): void {
    if (!this.closed) this.#parts.declare(kind, id, key, info, interestId);
  }

  undeclare(kind: EntityKind, id: number, key: string): void {
    if (!this.closed) this.#parts.undeclare(kind, id, key);
  }

  declareFinal(interestId: number): void {
    if (!this.closed) this.#parts.declareFinal(interestId);
  }

  request(query: InboundQuery): void {
    if (!this.closed) this.#parts.request(query);
  }

  response(
    requestId: number,
    key: string,
    responder: EntityGlobalId | undefined,
    qos: number,
    reliable: boolean,
    body: Body,
  ): void {
    if (!this.closed) this.#parts.response(requestId, key, responder, qos, reliable, body);
  }

  responseFinal(requestId: number): void {
    if (!this.closed) this.#parts.responseFinal(requestId);
  }

  /** Nothing is declared or delivered any more. What others know of the session stays until `detach`. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    for (const one of [...this.#all]) this.removeSubscriber(one);
  }

  /** Leaves the node. */
  detach(): void {
    this.runtime.detachSession(this.face);
  }
}

/** Samples of one key for the subscribers of one session. */
class SubscriberSink implements LocalSink {
  readonly #core: SessionCore;
  readonly #keyExpr: KeyExpr;
  readonly #subscribers: readonly SubscriberState[];

  constructor(core: SessionCore, keyExpr: KeyExpr, subscribers: readonly SubscriberState[]) {
    this.#core = core;
    this.#keyExpr = keyExpr;
    this.#subscribers = subscribers;
  }

  push(body: Body, qos: number, reliable: boolean, from: Lease): void {
    const core = this.#core;
    if (core.closed) return;
    const sample = core.sampleOf(this.#keyExpr, body, qos, reliable, from);
    for (const { outlet } of this.#subscribers) outlet.deliver(sample, core.tables.source);
  }
}
