import { type Verdict, REFUSED, WAIT, Writer } from '../base/index.ts';
import {
  Body,
  declaration,
  type DeclarationKind,
  D_FINAL,
  D_KEYEXPR,
  D_SUBSCRIBER,
  DECLARE,
  EMPTY_WIRE_EXPR,
  encodeDeclare,
  encodeInterest,
  encodeLinkStates,
  encodeOam,
  encodeRequest,
  encodeResponse,
  encodeResponseFinal,
  INTEREST,
  type InterestMode,
  type LinkState,
  NULL_WIRE_EXPR,
  OAM,
  OAM_LINKSTATE,
  QOS_DECLARE,
  qosCongestionControl,
  qosExpress,
  qosPriority,
  type Request,
  RESPONSE,
  RESPONSE_FINAL,
  type Response,
  U_SUBSCRIBER,
  type WireExpr,
  wireExprOf,
} from '../wire/index.ts';
import { aliasFor, wireExprFor } from './mapping.ts';
import type { Face } from './face.ts';
import type { EntityKind, Info } from './primitives.ts';
import { type Run, slow } from './run.ts';

const EMPTY: Uint8Array = new Uint8Array(0);

/** Messages from routing to faces: encoded for remote nodes, called for sessions. */
export class Outgoing {
  readonly #run: Run;
  #w: Writer = new Writer(new Uint8Array(4096));
  /** Link states, before they are put into a message. */
  #body: Writer = new Writer(new Uint8Array(4096));
  readonly #headOnly: Body = new Body();
  readonly #source: () => Face | undefined;
  /** Who waits already until there is room. */
  readonly #waiting = new WeakMap<Promise<void>, Face>();

  /** @param source the remote node whose messages are being read just now */
  constructor(run: Run, source: () => Face | undefined) {
    this.#run = run;
    this.#source = source;
  }

  /** Declares an entity. `id` 0 in answers that are not kept. */
  declare(face: Face, kind: EntityKind, id: number, key: string, info: Info, interestId?: number): void {
    if (face.local !== undefined) {
      face.local.declare(kind, id, key, info, interestId);
      return;
    }
    this.declareAlias(face, key);
    const wireExpr = wireExprFor(face, key);
    this.#declaration(face, (D_SUBSCRIBER + 2 * kind) as DeclarationKind, id, wireExpr, info, interestId);
  }

  /** Tells the alias that a declaration on `key` will use, if it needs a new one. */
  declareAlias(face: Face, key: string): void {
    if (face.local !== undefined) return;
    const alias = aliasFor(face, key);
    if (alias !== undefined) this.#declaration(face, D_KEYEXPR, alias.id, wireExprOf(alias.key), 0, undefined);
  }

  /** Withdraws an entity; with `byKey` it is named by its key, for a face that was never told its id. */
  undeclare(face: Face, kind: EntityKind, id: number, key: string, byKey: boolean = false): void {
    if (face.local !== undefined) {
      face.local.undeclare(kind, id, key);
      return;
    }
    const wireExpr = byKey ? wireExprFor(face, key) : NULL_WIRE_EXPR;
    this.#declaration(face, (U_SUBSCRIBER + 2 * kind) as DeclarationKind, id, wireExpr, 0, undefined);
  }

  declareFinal(face: Face, interestId: number): void {
    if (face.local !== undefined) face.local.declareFinal(interestId);
    else this.#declaration(face, D_FINAL, 0, NULL_WIRE_EXPR, 0, interestId);
  }

  #declaration(
    face: Face,
    kind: DeclarationKind,
    id: number,
    wireExpr: WireExpr,
    info: Info,
    interestId: number | undefined,
  ): void {
    const m = {
      id: DECLARE,
      interestId,
      qos: QOS_DECLARE,
      timestamp: undefined,
      nodeId: 0,
      declaration: declaration(kind, id, wireExpr, (info & 1) !== 0, info >>> 8),
    } as const;
    this.#control(face, (w) => encodeDeclare(w, m));
  }

  interest(face: Face, interestId: number, mode: InterestMode, options: number, key: string | undefined): void {
    if (mode !== 0 && key !== undefined) this.declareAlias(face, key);
    const wireExpr = mode === 0 || key === undefined ? undefined : wireExprFor(face, key);
    const m = {
      id: INTEREST,
      interestId,
      mode,
      options,
      wireExpr,
      qos: QOS_DECLARE,
      timestamp: undefined,
      nodeId: 0,
    } as const;
    this.#control(face, (w) => encodeInterest(w, m));
  }

  linkState(face: Face, states: readonly LinkState[]): void {
    const body = this.#body;
    body.rewind(0);
    encodeLinkStates(body, states);
    if (body.full) {
      this.#body = new Writer(new Uint8Array(body.end * 2));
      this.linkState(face, states);
      return;
    }
    const m = {
      id: OAM,
      oamId: OAM_LINKSTATE,
      qos: QOS_DECLARE,
      timestamp: undefined,
      body: body.taken(),
    } as const;
    this.#control(face, (w) => encodeOam(w, m));
  }

  /**
   * Sends a request; the body's payload is not copied twice. Returns what to wait for, if there is no room; false if it was
   * not taken.
   */
  request(face: Face, m: Request): Promise<void> | undefined | false {
    return this.#withBody(face, m.qos, true, m.body, (w, body) => encodeRequest(w, { ...m, body }));
  }

  response(
    face: Face,
    m: Omit<Response, 'wireExpr' | 'id'>,
    key: string,
    reliable: boolean,
  ): Promise<void> | undefined | false {
    const wireExpr = key === '' ? EMPTY_WIRE_EXPR : wireExprOf(key);
    return this.#withBody(face, m.qos, reliable, m.body, (w, body) =>
      encodeResponse(w, { ...m, id: RESPONSE, wireExpr, body }),
    );
  }

  responseFinal(face: Face, requestId: number, qos: number): void {
    const m = { id: RESPONSE_FINAL, requestId, qos, timestamp: undefined } as const;
    const w = this.#encode((into) => encodeResponseFinal(into, m));
    this.#send(face, w, EMPTY, 0, 0, qos, true);
  }

  #withBody(
    face: Face,
    qos: number,
    reliable: boolean,
    body: Body,
    write: (w: Writer, body: Body) => void,
  ): Promise<void> | undefined | false {
    const headOnly = this.#headOnly;
    headOnly.id = body.id;
    headOnly.kind = body.kind;
    headOnly.head = body.head;
    headOnly.headStart = body.headStart;
    headOnly.headEnd = body.headEnd;
    headOnly.payload = EMPTY;
    headOnly.payloadStart = 0;
    headOnly.payloadEnd = 0;
    const w = this.#encode((into) => write(into, headOnly));
    const verdict = this.#send(face, w, body.payload, body.payloadStart, body.payloadEnd, qos, reliable);
    if (verdict === REFUSED) return false;
    return verdict === WAIT ? face.egress?.lane(qosPriority(qos)).ready() : undefined;
  }

  /**
   * Declarations, interests, link states: at control priority, never dropped. Another node that causes more of them than this
   * one takes is not read meanwhile.
   */
  #control(face: Face, write: (w: Writer) => void): void {
    const w = this.#encode(write);
    const verdict = this.#send(face, w, EMPTY, 0, 0, QOS_DECLARE, true);
    if (verdict === REFUSED) face.egress?.abort(new Error(`${face.zid} takes no declarations: its queue is full`));
    else if (verdict === WAIT) this.#wait(face);
  }

  #wait(face: Face): void {
    const source = this.#source();
    if (source === undefined || source === face || face.egress === undefined) return;
    const ready = face.egress.lane(qosPriority(QOS_DECLARE)).ready();
    if (this.#waiting.get(ready) === source) return;
    this.#waiting.set(ready, source);
    slow(source, ready);
  }

  #encode(write: (w: Writer) => void): Writer {
    for (;;) {
      const w = this.#w;
      w.rewind(0);
      write(w);
      if (!w.full) return w;
      this.#w = new Writer(new Uint8Array(w.end * 2));
    }
  }

  #send(face: Face, w: Writer, payload: Uint8Array, ps: number, pe: number, qos: number, reliable: boolean): Verdict {
    this.#run.flush();
    const congestion = qosCongestionControl(qos);
    return face.egress!.send(qosPriority(qos), w.buf, 0, w.pos, payload, ps, pe, reliable, congestion, qosExpress(qos));
  }
}
