import { type Deadlines, type Expiring, ZError } from '../base/index.ts';
import { includes } from '../keyexpr/index.ts';
import {
  type Body,
  bodyOfErr,
  Encoding,
  ERR,
  type EntityGlobalId,
  QueryTarget,
  REQUEST,
  type Request,
  type Timestamp,
} from '../wire/index.ts';
import type { Face } from './face.ts';
import { wireExprFor } from './mapping.ts';
import { type Info, QUERYABLE } from './primitives.ts';
import type { RoutedKey } from './route.ts';
import type { Region } from './region.ts';
import { slow } from './run.ts';
import type { Tables } from './tables.ts';

/** A query as it enters routing. */
export interface QueryHead {
  readonly requestId: number;
  readonly qos: number;
  readonly timestamp: Timestamp | undefined;
  readonly target: QueryTarget;
  readonly budget: number;
  readonly timeoutMs: number | undefined;
  /** Lent until the call returns. */
  readonly body: Body;
}

/** Who asked, and the destinations that have not ended yet. */
export interface Asker {
  readonly face: Face;
  readonly requestId: number;
  readonly qos: number;
  readonly pending: Set<PendingQuery>;
}

/** A request that was sent to one face. */
export class PendingQuery implements Expiring {
  readonly face: Face;
  readonly requestId: number;
  readonly asker: Asker;
  bucket = 0;
  readonly #over: (query: PendingQuery) => void;

  constructor(face: Face, requestId: number, asker: Asker, over: (query: PendingQuery) => void) {
    this.face = face;
    this.requestId = requestId;
    this.asker = asker;
    this.#over = over;
  }

  onDeadline(): void {
    this.#over(this);
  }
}

interface Candidate {
  readonly face: Face;
  /** Undefined: it may have one, and has not said so yet. */
  info: Info | undefined;
}

/** Sessions have their own clock; the one behind them strikes this much later, so that one answer is given. */
const SESSION_GRACE_MS = 100;

const TIMEOUT = bodyOfErr({
  id: ERR,
  encoding: Encoding.ZENOH_BYTES,
  sourceInfo: undefined,
  unknown: undefined,
  payload: new Uint8Array([0x54, 0x69, 0x6d, 0x65, 0x6f, 0x75, 0x74]),
});

/** Queries on their way, and their replies on the way back. */
export class QueryRouter {
  readonly #tables: Tables;
  readonly #deadlines: Deadlines;
  readonly #defaultTimeoutMs: number;

  constructor(tables: Tables, deadlines: Deadlines, defaultTimeoutMs: number) {
    this.#tables = tables;
    this.#deadlines = deadlines;
    this.#defaultTimeoutMs = defaultTimeoutMs;
  }

  /**
   * Passes a query on. Returns what its source should wait for before it sends more. Its source is told once that it has ended.
   *
   * @throws ZError `CONGESTED` to a session, if a destination has no room; then the query is forgotten
   */
  request(source: Face, routed: RoutedKey | undefined, head: QueryHead): Promise<void> | undefined {
    const targets =
      routed?.valid === true && !source.region.hat.mute ? this.#choose(routed.key, source, head.target) : [];
    if (targets.length === 0 || this.#full(source)) {
      this.#final(source, head.requestId, head.qos);
      return undefined;
    }
    const asker: Asker = { face: source, requestId: head.requestId, qos: head.qos, pending: new Set() };
    source.askers.set(asker.requestId, asker);
    source.asked++;
    let wait: Promise<void> | undefined;
    let refused: Face | undefined;
    for (const face of targets) this.#pend(face, asker, head.timeoutMs);
    for (const pending of [...asker.pending]) {
      if (pending.face.closed) continue;
      const sent = this.#send(pending, routed!.key, head);
      if (sent === false) {
        refused = pending.face;
        if (source.local === undefined) this.#end(pending);
      } else wait = sent ?? wait;
    }
    if (refused !== undefined && source.local !== undefined) {
      this.forget(source, head.requestId);
      throw new ZError('CONGESTED', `no room for a query to ${refused.zid}: its queue is full`);
    }
    if (wait !== undefined && source.egress !== undefined) slow(source, wait);
    return wait;
  }

  /** A remote node has asked as much as it may: its queries end at once until others have. */
  #full(source: Face): boolean {
    const { limits, log } = this.#tables;
    if (source.local !== undefined || source.asked < limits.queriesPerFace) return false;
    if (log.debugging) log.debug(`${source.zid} has ${limits.queriesPerFace} queries pending: one more ends at once`);
    return true;
  }

  #pend(face: Face, asker: Asker, timeoutMs: number | undefined): void {
    const pending = new PendingQuery(face, face.freshRequestId(), asker, this.#timedOut);
    asker.pending.add(pending);
    face.pendingQueries.set(pending.requestId, pending);
    const grace = asker.face.local === undefined ? 0 : SESSION_GRACE_MS;
    pending.bucket = this.#deadlines.add(pending, (timeoutMs ?? this.#defaultTimeoutMs) + grace);
  }

  #send(pending: PendingQuery, key: string, head: QueryHead): Promise<void> | undefined | false {
    const { face, requestId } = pending;
    if (face.local !== undefined) {
      face.local.request({
        requestId,
        key,
        qos: head.qos,
        target: head.target,
        timeoutMs: head.timeoutMs ?? this.#defaultTimeoutMs,
        body: head.body,
      });
      return undefined;
    }
    const m: Request = {
      id: REQUEST,
      requestId,
      wireExpr: wireExprFor(face, key),
      qos: head.qos,
      timestamp: head.timestamp,
      target: head.target,
      budget: head.budget,
      timeoutMs: head.timeoutMs,
      nodeId: 0,
      timestampStack: undefined,
      body: head.body,
    };
    return this.#tables.out.request(face, m);
  }

  /** Faces that the target asks for; it is applied in each region. */
  #choose(key: string, source: Face, target: QueryTarget): Face[] {
    const chosen: Face[] = [];
    for (const [, candidates] of this.#candidates(key, source.region)) {
      const others = candidates.filter(({ face }) => face !== source && !face.closed);
      const complete = others.filter(({ info }) => info !== undefined && (info & 1) !== 0);
      if (target === QueryTarget.ALL_COMPLETE) {
        for (const one of others) if (one.info === undefined || (one.info & 1) !== 0) chosen.push(one.face);
      } else if (target === QueryTarget.BEST_MATCHING && complete.length > 0) {
        const nearest = complete.find(({ face }) => face.local !== undefined) ?? complete[0]!;
        chosen.push(nearest.face);
      } else for (const { face } of others) chosen.push(face);
    }
    return chosen;
  }

  #candidates(key: string, source: Region): Map<Region, Candidate[]> {
    const byRegion = new Map<Region, Candidate[]>();
    const of = (region: Region): Candidate[] => {
      let list = byRegion.get(region);
      if (list === undefined) byRegion.set(region, (list = []));
      return list;
    };
    this.#tables.resources.intersecting(key, (node) => {
      const owners = node.value?.owners[QUERYABLE];
      if (owners === undefined) return;
      const includesKey = includes(node.value!.key, key);
      for (const { face, info } of owners) {
        if (!face.region.hat.takes(face.region, source)) continue;
        const list = of(face.region);
        const known = list.find((one) => one.face === face);
        const complete = includesKey ? info & 1 : 0;
        if (known === undefined) list.push({ face, info: complete });
        else known.info = (known.info ?? 0) | complete;
      }
    });
    for (const region of this.#tables.regions) {
      if (region === source || !region.hat.takes(region, source)) continue;
      for (const face of region.hat.undecided(region, QUERYABLE, key)) {
        const list = of(region);
        if (!list.some((one) => one.face === face)) list.push({ face, info: undefined });
      }
    }
    return byRegion;
  }

  /** Passes a reply back. Returns what its source should wait for. @throws ZError `CONGESTED` to a session */
  response(
    source: Face,
    requestId: number,
    key: string,
    responder: EntityGlobalId | undefined,
    body: Body,
    reliable: boolean,
  ): Promise<void> | undefined {
    const pending = source.pendingQueries.get(requestId);
    if (pending === undefined) return undefined;
    const wait = this.#reply(pending.asker, key, responder, body, reliable);
    if (wait === false) {
      const { zid } = pending.asker.face;
      if (source.local !== undefined) throw new ZError('CONGESTED', `no room for a reply to ${zid}: its queue is full`);
      const { log } = this.#tables;
      if (log.debugging) log.debug(`a reply from ${source.zid} is lost: there is no room towards ${zid}`);
      return undefined;
    }
    if (wait !== undefined && source.egress !== undefined) slow(source, wait);
    return wait;
  }

  #reply(
    asker: Asker,
    key: string,
    responder: EntityGlobalId | undefined,
    body: Body,
    reliable: boolean,
  ): Promise<void> | undefined | false {
    const { face, requestId, qos } = asker;
    if (face.closed) return undefined;
    if (face.local !== undefined) {
      face.local.response(requestId, key, responder, qos, reliable, body);
      return undefined;
    }
    return this.#tables.out.response(
      face,
      { requestId, qos, timestamp: undefined, responder, timestampStack: undefined, body },
      key,
      reliable,
    );
  }

  /** A face has no more replies. */
  responseFinal(source: Face, requestId: number): void {
    const pending = source.pendingQueries.get(requestId);
    if (pending !== undefined) this.#end(pending);
  }

  #end(pending: PendingQuery): void {
    const { asker } = pending;
    if (!this.#drop(pending)) return;
    this.#final(asker.face, asker.requestId, asker.qos);
  }

  /** Nothing more is expected from a destination. True: it was the last one. */
  #drop(pending: PendingQuery): boolean {
    const { asker } = pending;
    pending.face.pendingQueries.delete(pending.requestId);
    this.#deadlines.remove(pending, pending.bucket);
    if (!asker.pending.delete(pending) || asker.pending.size > 0) return false;
    const { face } = asker;
    face.asked--;
    if (face.askers.get(asker.requestId) === asker) face.askers.delete(asker.requestId);
    return true;
  }

  #final(face: Face, requestId: number, qos: number): void {
    if (face.closed) return;
    if (face.local !== undefined) face.local.responseFinal(requestId);
    else this.#tables.out.responseFinal(face, requestId, qos);
  }

  readonly #timedOut = (pending: PendingQuery): void => {
    if (pending.face.pendingQueries.get(pending.requestId) !== pending) return;
    void this.#reply(pending.asker, '', { zid: pending.face.zid, eid: 0 }, TIMEOUT, true);
    this.#end(pending);
    this.#tables.settled();
  };

  /** A face is gone: what was asked of it ends, without an error. */
  removeFace(face: Face): void {
    for (const pending of [...face.pendingQueries.values()]) this.#end(pending);
  }

  /** A session gives up a query of its own: replies that come later lead nowhere. */
  forget(source: Face, requestId: number): void {
    for (const pending of [...(source.askers.get(requestId)?.pending ?? [])]) this.#drop(pending);
  }
}
