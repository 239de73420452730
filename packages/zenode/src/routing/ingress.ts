import { CodecError, Reader } from '../base/index.ts';
import {
  D_FINAL,
  D_KEYEXPR,
  D_SUBSCRIBER,
  D_QUERYABLE,
  D_TOKEN,
  type Declaration,
  type Declare,
  DECLARE,
  decodeDeclare,
  decodeInterest,
  decodeOam,
  decodeRequest,
  decodeResponse,
  decodeResponseFinal,
  INTEREST,
  type Interest,
  OAM,
  OAM_LINKSTATE,
  PUSH,
  PushHead,
  readPush,
  REQUEST,
  RESPONSE,
  RESPONSE_FINAL,
  U_KEYEXPR,
  U_QUERYABLE,
  U_SUBSCRIBER,
  U_TOKEN,
} from '../wire/index.ts';
import type { Face } from './face.ts';
import { chunksOf } from './key-budget.ts';
import { bindRemote, resolve, unbindRemote } from './mapping.ts';
import { type Lease, QUERYABLE, SUBSCRIBER, TOKEN } from './primitives.ts';
import type { RoutedKey } from './route.ts';
import type { Tables } from './tables.ts';

const head: PushHead = new PushHead();
const r: Reader = new Reader(new Uint8Array(0));
const lease: Lease = { serial: 0, end: 0, owned: false };

/** What a remote node sends: decodes its messages and hands them to the tables, under the name of its face. */
export class Ingress {
  readonly #tables: Tables;
  readonly #face: Face;
  #lastScope = -1;
  #lastSuffix = '';
  #lastFromSender = true;
  #lastKey: RoutedKey | undefined;

  constructor(tables: Tables, face: Face) {
    this.#tables = tables;
    this.#face = face;
  }

  /** The messages of one frame. @throws CodecError for one that cannot be decoded; those before it have been delivered */
  onFrame(buf: Uint8Array, start: number, end: number, reliable: boolean, _priority: number, deliver: boolean): number {
    lease.serial++;
    lease.end = end;
    lease.owned = false;
    this.#tables.source = this.#face;
    let p = start;
    try {
      while (p < end) {
        const id = buf[p]! & 0x1f;
        if (id === PUSH) {
          p = readPush(buf, p, end, head);
          if (deliver) this.#push(head, reliable);
        } else if (id < INTEREST) break;
        else p = this.#message(buf, p, end, reliable, deliver);
      }
    } finally {
      this.#tables.run.flush();
      this.#tables.source = undefined;
    }
    return p;
  }

  /** One message that came in fragments. What follows it is ignored. */
  onMessage(buf: Uint8Array, reliable: boolean): void {
    lease.serial++;
    lease.end = buf.length;
    lease.owned = true;
    this.#tables.source = this.#face;
    try {
      if (buf.length === 0) throw new CodecError('empty message');
      if ((buf[0]! & 0x1f) === PUSH) {
        readPush(buf, 0, buf.length, head);
        this.#push(head, reliable);
      } else this.#message(buf, 0, buf.length, reliable, true);
    } finally {
      this.#tables.run.flush();
      this.#tables.source = undefined;
    }
  }

  onClose(): void {
    this.#tables.close(this.#face);
  }

  #push(m: PushHead, reliable: boolean): void {
    const face = this.#face;
    if (face.closed) return;
    const routed = this.#routed(m.scope, m.suffix, m.fromSender);
    if (routed !== undefined) this.#tables.data.push(face, routed, m.qos, reliable, m.body, lease);
  }

  /** The key of a message with its routes; undefined for a scope that was never declared. */
  #routed(scope: number, suffix: string, fromSender: boolean): RoutedKey | undefined {
    if (suffix === '' && scope !== 0) {
      const mapping = (fromSender ? this.#face.remoteMappings : this.#face.localMappings)[scope];
      if (mapping === undefined) return this.#unknown(scope);
      mapping.routed ??= this.#tables.data.routed(mapping.key);
      return mapping.routed;
    }
    if (scope === this.#lastScope && suffix === this.#lastSuffix && fromSender === this.#lastFromSender) {
      return this.#lastKey;
    }
    const key = resolve(this.#face, { scope, suffix, fromSender });
    if (key === undefined) return this.#unknown(scope);
    this.#lastScope = scope;
    this.#lastSuffix = suffix;
    this.#lastFromSender = fromSender;
    this.#lastKey = this.#route(key);
    return this.#lastKey;
  }

  /** A key with its routes; undefined if it has wildcards and more chunks than may be declared: it leads nowhere. */
  #route(key: string): RoutedKey | undefined {
    const { data, limits, log } = this.#tables;
    if (!key.includes('*') || chunksOf(key) <= limits.chunksPerKey) return data.routed(key);
    if (log.debugging) log.debug(`${this.#face.zid} uses wildcards among more than ${limits.chunksPerKey} chunks`);
    return undefined;
  }

  #unknown(scope: number): undefined {
    const { log } = this.#tables;
    if (log.debugging) log.debug(`${this.#face.zid} uses the scope ${scope}, which was never declared`);
    return undefined;
  }

  /** Any message but a Push; returns where it ends. */
  #message(buf: Uint8Array, start: number, end: number, reliable: boolean, deliver: boolean): number {
    const tables = this.#tables;
    const face = this.#face;
    r.reset(buf, start + 1, end);
    const header = buf[start]!;
    switch (header & 0x1f) {
      case REQUEST: {
        const m = decodeRequest(r, header);
        if (!deliver || face.closed) break;
        const key = resolve(face, m.wireExpr);
        const end = r.pos;
        void tables.queries.request(face, key === undefined ? undefined : this.#route(key), m);
        tables.settled();
        return end;
      }
      case RESPONSE: {
        const m = decodeResponse(r, header);
        if (!deliver || face.closed) break;
        const key = resolve(face, m.wireExpr);
        const end = r.pos;
        if (key !== undefined) {
          void tables.queries.response(face, m.requestId, key, m.responder, m.body, reliable);
          tables.settled();
        }
        return end;
      }
      case RESPONSE_FINAL: {
        const m = decodeResponseFinal(r, header);
        const end = r.pos;
        if (deliver && !face.closed) {
          tables.queries.responseFinal(face, m.requestId);
          tables.settled();
        }
        return end;
      }
      case DECLARE: {
        const m = decodeDeclare(r, header);
        const end = r.pos;
        if (deliver && !face.closed) this.#declare(m);
        return end;
      }
      case INTEREST: {
        const m = decodeInterest(r, header);
        const end = r.pos;
        if (deliver && !face.closed) this.#interest(m);
        return end;
      }
      case OAM: {
        const m = decodeOam(r, header);
        const end = r.pos;
        if (deliver && !face.closed && m.oamId === OAM_LINKSTATE && m.body instanceof Uint8Array) {
          tables.onLinkState(face, m.body);
        }
        return end;
      }
      default:
        throw new CodecError(`0x${(header & 0x1f).toString(16)} is no network message`);
    }
    return r.pos;
  }

  #interest(m: Interest): void {
    let key: string | undefined;
    if (m.wireExpr !== undefined) {
      key = resolve(this.#face, m.wireExpr);
      if (key === undefined || !this.#tables.fits(this.#face, key, !this.#face.interests.has(m.interestId))) return;
    }
    this.#tables.declareInterest(this.#face, m.interestId, m.mode, m.options, key);
  }

  #declare(m: Declare): void {
    const tables = this.#tables;
    const face = this.#face;
    if (face.region.hat.mute) return;
    const d = m.declaration;
    switch (d.kind) {
      case D_KEYEXPR: {
        const key = resolve(face, { ...d.wireExpr, fromSender: false });
        if (
          key !== undefined &&
          tables.fits(face, key, face.remoteMappings[d.id] === undefined) &&
          bindRemote(face, d.id, key)
        )
          tables.touch();
        return;
      }
      case U_KEYEXPR:
        if (unbindRemote(face, d.id)) {
          this.#lastScope = -1;
          tables.touch();
        }
        return;
      case D_FINAL:
        if (m.interestId !== undefined) tables.declareFinal(face, m.interestId);
        return;
      default:
    }
    const key = resolve(face, d.wireExpr);
    if (key !== undefined && key !== '' && !tables.fits(face, key, adds(face, d, key))) return;
    switch (d.kind) {
      case D_SUBSCRIBER:
        if (key !== undefined) tables.declareEntity(face, SUBSCRIBER, d.id, key, 0);
        return;
      case D_QUERYABLE:
        if (key !== undefined) {
          tables.declareEntity(face, QUERYABLE, d.id, key, (d.complete ? 1 : 0) | (d.distance << 8));
        }
        return;
      case D_TOKEN:
        if (key === undefined) return;
        if (m.interestId === undefined) tables.declareEntity(face, TOKEN, d.id, key, 0);
        else if (face.region.bound === 0) tables.tokenAnswer(face, d.id, key, m.interestId);
        return;
      case U_SUBSCRIBER:
        tables.undeclareEntity(face, SUBSCRIBER, d.id, key);
        return;
      case U_QUERYABLE:
        tables.undeclareEntity(face, QUERYABLE, d.id, key);
        return;
      case U_TOKEN:
        tables.undeclareEntity(face, TOKEN, d.id, key);
        break;
      default:
    }
  }
}

/** Does the face have one more key with this declaration? Not if it withdraws one, or says again what it has said. */
function adds(face: Face, { kind, id }: Declaration, key: string): boolean {
  return (kind & 1) === 0 && face.declared[(kind - D_SUBSCRIBER) >> 1]?.get(id)?.key !== key;
}
