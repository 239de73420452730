import { Log, Reader, utf8, type Verdict } from '../base/index.ts';
import {
  DEFAULT_LIMITS,
  type Egress,
  type EgressLane,
  type EntityKind,
  type Face,
  type InboundQuery,
  type Info,
  Ingress,
  type LocalPeer,
  type LocalSink,
  type RoutingLimits,
  Tables,
} from '../routing/index.ts';
import {
  type Body,
  bodyOf,
  D_FINAL,
  D_KEYEXPR,
  D_QUERYABLE,
  D_SUBSCRIBER,
  D_TOKEN,
  declaration,
  type DeclarationKind,
  DECLARE,
  decodeNetworkMessage,
  encodeNetworkMessage,
  Encoding,
  type EntityGlobalId,
  Hlc,
  INTEREST,
  type InterestMode,
  type NetworkMessage,
  NULL_WIRE_EXPR,
  type Push,
  PUSH,
  type Put,
  PUT,
  QOS_DECLARE,
  QOS_DEFAULT,
  QUERY,
  type QueryTarget,
  REPLY,
  type Request,
  REQUEST,
  type Response,
  RESPONSE,
  RESPONSE_FINAL,
  type ResponseFinal,
  type Timestamp,
  U_KEYEXPR,
  U_QUERYABLE,
  U_SUBSCRIBER,
  U_TOKEN,
  type WhatAmI,
  type WireExpr,
  wireExprOf,
  ZenohId,
} from '../wire/index.ts';
import { encoded } from './codec.ts';
import { FakeScheduler } from './fake-scheduler.ts';

const OPEN: EgressLane = { open: true, refusing: false, dropped: 0, ready: () => Promise.resolve() };

/** Takes what routing sends to a face, and decodes it. */
export class RecordingEgress implements Egress {
  capacity = 65_535;
  /** What is answered to whoever sends. */
  verdict: Verdict = 0;
  readonly heard: NetworkMessage[] = [];
  /** Bytes of each call. */
  readonly raw: Uint8Array[] = [];
  /** Why the transport was closed; -1 if it was ended without a word. */
  closedWith: number | undefined;
  holds = 0;
  releases = 0;

  send(
    _priority: number,
    head: Uint8Array,
    hs: number,
    he: number,
    payload: Uint8Array,
    ps: number,
    pe: number,
  ): Verdict {
    const bytes = new Uint8Array(he - hs + pe - ps);
    bytes.set(head.subarray(hs, he));
    bytes.set(payload.subarray(ps, pe), he - hs);
    this.raw.push(bytes);
    const r = new Reader(bytes);
    while (r.left > 0) this.heard.push(decodeNetworkMessage(r));
    return this.verdict;
  }

  lane(): EgressLane {
    return OPEN;
  }

  hold(): void {
    this.holds++;
  }

  release(): void {
    this.releases++;
  }

  abort(): void {
    this.closedWith ??= -1;
  }

  close(reason: number): Promise<void> {
    this.closedWith ??= reason;
    return Promise.resolve();
  }
}

/** A remote node as routing sees it: it speaks by messages, and remembers what it was told. */
export class RemoteFace {
  readonly face: Face;
  readonly egress: RecordingEgress;
  readonly ingress: Ingress;
  #read = 0;

  constructor(tables: Tables, zid: ZenohId, whatami: WhatAmI, bound: number | undefined) {
    const place = tables.place(whatami, bound);
    if (typeof place === 'string') throw new Error(place);
    this.egress = new RecordingEgress();
    this.face = tables.openRemote(zid, whatami, place, this.egress);
    this.ingress = new Ingress(tables, this.face);
  }

  /** Messages in one frame. */
  send(...messages: readonly NetworkMessage[]): void {
    this.sendBytes(joined(messages.map((m) => encoded(encodeNetworkMessage, m))));
  }

  sendBytes(bytes: Uint8Array): void {
    this.ingress.onFrame(bytes, 0, bytes.length, true, 5, true);
  }

  /** What it was told since the last call. */
  take(): NetworkMessage[] {
    const news = this.egress.heard.slice(this.#read);
    this.#read = this.egress.heard.length;
    return news;
  }

  close(): void {
    this.ingress.onClose();
  }

  declare(kind: EntityKind, id: number, key: string, info: Info = 0): void {
    const kinds = [D_SUBSCRIBER, D_QUERYABLE, D_TOKEN] as const;
    this.send(declare(kinds[kind], id, wireExprOf(key), { complete: (info & 1) !== 0, distance: info >>> 8 }));
  }

  undeclare(kind: EntityKind, id: number, key?: string): void {
    const kinds = [U_SUBSCRIBER, U_QUERYABLE, U_TOKEN] as const;
    this.send(declare(kinds[kind], id, key === undefined ? NULL_WIRE_EXPR : wireExprOf(key)));
  }

  declareAlias(id: number, key: string): void {
    this.send(declare(D_KEYEXPR, id, wireExprOf(key)));
  }

  undeclareAlias(id: number): void {
    this.send(declare(U_KEYEXPR, id));
  }

  declareFinal(interestId: number): void {
    this.send(declare(D_FINAL, 0, NULL_WIRE_EXPR, { interestId }));
  }

  /** @param options bits as on the wire: K 1, S 2, Q 4, T 8, A 0x80 */
  interest(interestId: number, mode: InterestMode, options: number, key?: string): void {
    this.send({
      id: INTEREST,
      interestId,
      mode,
      options,
      wireExpr: key === undefined ? undefined : wireExprOf(key),
      qos: QOS_DECLARE,
      timestamp: undefined,
      nodeId: 0,
    });
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let p = 0;
  for (const part of parts) {
    whole.set(part, p);
    p += part.length;
  }
  return whole;
}

/** A declaration as nodes send them. */
export function declare(
  kind: DeclarationKind,
  id: number,
  wireExpr: WireExpr = NULL_WIRE_EXPR,
  more: { readonly complete?: boolean; readonly distance?: number; readonly interestId?: number } = {},
): NetworkMessage {
  return {
    id: DECLARE,
    interestId: more.interestId,
    qos: QOS_DECLARE,
    timestamp: undefined,
    nodeId: 0,
    declaration: declaration(kind, id, wireExpr, more.complete, more.distance),
  };
}

/** A Put on a key, as clients send it. */
export function push(
  key: WireExpr | string,
  payload: string = 'x',
  more: { readonly timestamp?: Timestamp } = {},
): Push {
  return {
    id: PUSH,
    wireExpr: typeof key === 'string' ? wireExprOf(key) : key,
    qos: QOS_DEFAULT,
    timestamp: undefined,
    nodeId: 0,
    timestampStack: undefined,
    body: bodyOf(putOf(payload, more.timestamp)),
  };
}

function putOf(payload: string, timestamp?: Timestamp): Put {
  return {
    id: PUT,
    timestamp,
    encoding: Encoding.ZENOH_BYTES,
    sourceInfo: undefined,
    attachment: undefined,
    unknown: undefined,
    payload: utf8(payload),
  };
}

/** A query on a key, as clients send it. */
export function request(
  requestId: number,
  key: WireExpr | string,
  more: { readonly target?: QueryTarget; readonly timeoutMs?: number; readonly qos?: number } = {},
): Request {
  return {
    id: REQUEST,
    requestId,
    wireExpr: typeof key === 'string' ? wireExprOf(key) : key,
    qos: more.qos ?? 0x0d,
    timestamp: undefined,
    target: more.target ?? 0,
    budget: 0,
    timeoutMs: more.timeoutMs,
    nodeId: 0,
    timestampStack: undefined,
    body: bodyOf({
      id: QUERY,
      consolidation: 3,
      parameters: '',
      sourceInfo: undefined,
      value: undefined,
      attachment: undefined,
      unknown: undefined,
    }),
  };
}

/** A reply to a query. */
export function response(requestId: number, key: string, payload: string = 'x'): Response {
  return {
    id: RESPONSE,
    requestId,
    wireExpr: wireExprOf(key),
    qos: 0x0d,
    timestamp: undefined,
    responder: undefined,
    timestampStack: undefined,
    body: bodyOf({ id: REPLY, consolidation: 0, unknown: undefined, sample: putOf(payload) }),
  };
}

export function responseFinal(requestId: number): ResponseFinal {
  return { id: RESPONSE_FINAL, requestId, qos: 0x0d, timestamp: undefined };
}

/** A session that remembers what it is told, in words. */
export class RecordingSession implements LocalPeer {
  readonly told: string[] = [];
  readonly samples: { readonly key: string; readonly payload: Uint8Array; readonly head: Uint8Array }[] = [];
  readonly queries: InboundQuery[] = [];
  /** Does it want the samples of a key? */
  wants: (key: string) => boolean = () => true;

  sink(key: string): LocalSink | undefined {
    if (!this.wants(key)) return undefined;
    return {
      push: (body) => {
        const payload = body.payload.slice(body.payloadStart, body.payloadEnd);
        this.samples.push({ key, payload, head: body.head.slice(body.headStart, body.headEnd) });
      },
    };
  }

  declare(kind: EntityKind, id: number, key: string, info: Info, interestId: number | undefined): void {
    this.told.push(`D${kind} ${id} ${key} ${info}${interestId === undefined ? '' : ` for ${interestId}`}`);
  }

  undeclare(kind: EntityKind, id: number, key: string): void {
    this.told.push(`U${kind} ${id} ${key}`);
  }

  declareFinal(interestId: number): void {
    this.told.push(`final ${interestId}`);
  }

  request(query: InboundQuery): void {
    this.queries.push(query);
  }

  response(
    requestId: number,
    key: string,
    responder: EntityGlobalId | undefined,
    _qos: number,
    _r: boolean,
    body: Body,
  ): void {
    const from = responder === undefined ? '' : ` from ${responder.zid}.${responder.eid}`;
    this.told.push(`reply ${requestId} ${key} body ${body.id}${from}`);
  }

  responseFinal(requestId: number): void {
    this.told.push(`end ${requestId}`);
  }

  /** What it was told since the last call. */
  take(): string[] {
    return this.told.splice(0);
  }
}

export interface RoutingNodeOptions {
  readonly whatami?: WhatAmI;
  readonly limits?: Partial<RoutingLimits>;
  readonly timestamping?: boolean;
  readonly dropFuture?: boolean;
  readonly gossip?: { readonly enabled: boolean; readonly target: number };
}

/** The routing of one node, without transports: faces are opened by hand. Its id is aa. */
export class RoutingNode {
  readonly scheduler: FakeScheduler = new FakeScheduler();
  readonly tables: Tables;
  readonly lines: string[] = [];
  readonly discovered: string[] = [];
  #zid = 0x100;

  constructor(options: RoutingNodeOptions = {}) {
    const zid = ZenohId.parse('aa');
    const whatami = options.whatami ?? 1;
    this.tables = new Tables(
      {
        zid,
        whatami,
        hlc: (options.timestamping ?? whatami === 1) ? new Hlc(this.scheduler, zid) : undefined,
        dropFutureTimestamp: options.dropFuture ?? false,
        queriesTimeoutMs: 10_000,
        interestsTimeoutMs: 10_000,
        gossip: options.gossip ?? { enabled: true, target: 3 },
        limits: { ...DEFAULT_LIMITS, ...options.limits },
      },
      {
        scheduler: this.scheduler,
        log: new Log((level, message) => this.lines.push(`${level} ${message}`), 'debug'),
        locators: () => [],
        onDiscovered: (who, what, locators) => this.discovered.push(`${who} ${what} ${locators.join(' ')}`),
        onLinkState: () => undefined,
        onDeclaredAll: () => undefined,
        settled: () => undefined,
      },
    );
  }

  /** @param whatami 1 router, 2 peer, 4 client */
  open(whatami: WhatAmI, zid: string = (this.#zid++).toString(16), bound?: number): RemoteFace {
    return new RemoteFace(this.tables, ZenohId.parse(zid), whatami, bound);
  }

  /** A session of the node. */
  session(): { readonly session: RecordingSession; readonly face: Face } {
    const session = new RecordingSession();
    return { session, face: this.tables.openLocal(session) };
  }
}
