import { Reader } from '../../src/base/index.ts';
import { encoded } from '../../src/testing/index.ts';
import {
  Body,
  D_FINAL,
  D_KEYEXPR,
  D_QUERYABLE,
  D_SUBSCRIBER,
  D_TOKEN,
  type Declaration,
  DECLARE,
  decodeLinkStates,
  decodeNetworkMessage,
  encodeNetworkMessage,
  INTEREST,
  type NetworkMessage,
  OAM,
  PUSH,
  REQUEST,
  RESPONSE,
  RESPONSE_FINAL,
  U_KEYEXPR,
  type WireExpr,
} from '../../src/wire/index.ts';

/** One message of the node under test, or of the node that it stands for. */
export interface Said {
  readonly message: NetworkMessage;
  readonly bytes: Uint8Array;
  /** Step of the recording. */
  readonly step: number;
}

export function decodeOne(bytes: Uint8Array): NetworkMessage {
  return decodeNetworkMessage(new Reader(bytes));
}

/** Numbers of one kind: which of ours stands for which of the recording. One to one, for as long as the face lives. */
class Pairs {
  readonly #theirs = new Map<number, number>();
  readonly #ours = new Map<number, number>();

  bind(ours: number, theirs: number): void {
    if (this.#theirs.has(ours) || this.#ours.has(theirs)) return;
    this.#theirs.set(ours, theirs);
    this.#ours.set(theirs, ours);
  }

  toTheirs(ours: number): number {
    return this.#theirs.get(ours) ?? ours;
  }

  toOurs(theirs: number): number {
    return this.#ours.get(theirs) ?? theirs;
  }
}

/**
 * What is equal although the bytes differ, on one face of the node under test. Each rule has its reason:
 *
 * - ids of aliases, entities, interests and requests are chosen by whoever declares them (04 §2.2, 02 §4.2, 02 §10.1): ours
 *   and the recorded ones are paired at their first use, and must agree from then on; in the other direction what the
 *   recorded remote says of an id is said of its pair
 * - ids of queryables in a responder are of the session that answers (02 §5.5)
 * - a time that the node under test put on a sample itself is its own (02 §14.4)
 * - the order of declarations of one kind within one burst, of the aliases before them, and of the interests that are sent to
 *   a new upstream follows a hash table there (04 §2.4, §2.7)
 * - link states that one node passes on from several of its links come in the order in which those links speak (04 §5.3)
 * - answers to different requests, and replies of different repliers to one, have no order (04 §6.5)
 */
export class FaceNormal {
  readonly #aliases = new Pairs();
  readonly #entities = new Pairs();
  readonly #requests = new Pairs();
  /** Texts of aliases: of the node under test, of the recorded one, of the remote. */
  readonly #ourAliases = new Map<number, string>();
  readonly #theirAliases = new Map<number, string>();
  readonly #remoteAliases = new Map<number, string>();
  /** What the ids of entities stand for. */
  readonly #ourEntities = new Map<number, string>();
  readonly #theirEntities = new Map<number, string>();
  readonly #responders: Responders;
  readonly #zid: string;

  /** @param zid of the node under test */
  constructor(zid: string, responders: Responders) {
    this.#zid = zid;
    this.#responders = responders;
  }

  /** Bytes of the remote, in which ids of the recording are replaced by those of the node under test. */
  inbound(bytes: Uint8Array): Uint8Array {
    const m = decodeOne(bytes);
    if (m.id === DECLARE && m.declaration.kind === D_KEYEXPR) {
      if (!this.#remoteAliases.has(m.declaration.id)) {
        this.#remoteAliases.set(m.declaration.id, m.declaration.wireExpr.suffix);
      }
    }
    const changed = this.#inbound(m);
    return changed === m ? bytes : encoded(encodeNetworkMessage, changed);
  }

  #inbound(m: NetworkMessage): NetworkMessage {
    switch (m.id) {
      case RESPONSE:
      case RESPONSE_FINAL: {
        const requestId = this.#requests.toOurs(m.requestId);
        return requestId === m.requestId ? m : { ...m, requestId };
      }
      case PUSH:
      case REQUEST:
      case INTEREST: {
        const e = m.wireExpr === undefined ? undefined : this.#ourScope(m.wireExpr);
        return e === m.wireExpr ? m : ({ ...m, wireExpr: e } as NetworkMessage);
      }
      case DECLARE: {
        const iid = m.interestId === undefined ? undefined : this.#entities.toOurs(m.interestId);
        const e = this.#ourScope(m.declaration.wireExpr);
        if (iid === m.interestId && e === m.declaration.wireExpr) return m;
        return { ...m, interestId: iid, declaration: { ...m.declaration, wireExpr: e } };
      }
      default:
        return m;
    }
  }

  #ourScope(e: WireExpr): WireExpr {
    if (e.fromSender || e.scope === 0) return e;
    const scope = this.#aliases.toOurs(e.scope);
    return scope === e.scope ? e : { ...e, scope };
  }

  /** Both sides of one stretch of the conversation, in an order in which they can be compared. */
  ordered(said: readonly Said[], ours: boolean): Said[] {
    const aliases = ours ? this.#ourAliases : this.#theirAliases;
    const entities = ours ? this.#ourEntities : this.#theirEntities;
    const units = unitsOf(said).map((unit) => ({ unit, ...this.#rank(unit, aliases, entities) }));
    const sorted: Said[] = [];
    for (let i = 0; i < units.length;) {
      let end = i + 1;
      while (end < units.length && units[end]!.group === units[i]!.group && units[i]!.group !== '') end++;
      const stretch = units.slice(i, end);
      if (stretch.length > 1) stretch.sort((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0));
      for (const { unit } of stretch) sorted.push(...unit);
      i = end;
    }
    return repliers(sorted);
  }

  /** Units of one group that follow one another may come in any order; `rank` is the order they are compared in. */
  #rank(
    unit: readonly Said[],
    aliases: Map<number, string>,
    entities: Map<number, string>,
  ): { readonly group: string; readonly rank: string } {
    for (const { message } of unit) {
      if (message.id === DECLARE && message.declaration.kind === D_KEYEXPR) {
        aliases.set(message.declaration.id, message.declaration.wireExpr.suffix);
      }
    }
    const { message: m } = unit.at(-1)!;
    const text = (e: WireExpr): string =>
      (e.scope === 0 ? '' : ((e.fromSender ? aliases : this.#remoteAliases).get(e.scope) ?? '?')) + e.suffix;
    switch (m.id) {
      case INTEREST:
        if (m.mode === 0) return { group: '', rank: '' };
        return {
          group: 'interest',
          rank: `${m.mode} ${m.options} ${m.wireExpr === undefined ? '' : text(m.wireExpr)}`,
        };
      case OAM: {
        const [state] = m.body instanceof Uint8Array ? decodeLinkStates(new Reader(m.body)) : [];
        return { group: 'gossip', rank: state === undefined ? '' : String(state.psid).padStart(6, '0') };
      }
      case RESPONSE:
      case RESPONSE_FINAL:
        return { group: 'answers', rank: String(m.requestId).padStart(10, '0') };
      case DECLARE: {
        const { kind, id, wireExpr } = m.declaration;
        if (kind === D_FINAL || kind === U_KEYEXPR) return { group: '', rank: '' };
        if (kind === D_KEYEXPR) return { group: 'alias', rank: wireExpr.suffix };
        if (kind === D_SUBSCRIBER || kind === D_QUERYABLE || kind === D_TOKEN) {
          const key = text(wireExpr);
          if (id !== 0) entities.set(id, key);
          return { group: `${kind} ${m.interestId}`, rank: `${key} ${id}` };
        }
        return { group: String(kind), rank: entities.get(id) ?? text(wireExpr) };
      }
      default:
        return { group: '', rank: '' };
    }
  }

  /** A message of ours in the words of the recording. */
  aligned(ours: Said, theirs: Said): Uint8Array {
    const [o, t] = [ours.message, theirs.message];
    if (o.id !== t.id) return ours.bytes;
    return encoded(encodeNetworkMessage, this.#aligned(o, t));
  }

  #aligned(o: NetworkMessage, t: NetworkMessage): NetworkMessage {
    if (o.id === DECLARE && t.id === DECLARE)
      return { ...o, declaration: this.#declaration(o.declaration, t.declaration) };
    if (o.id === INTEREST && t.id === INTEREST) {
      this.#entities.bind(o.interestId, t.interestId);
      const interestId = this.#entities.toTheirs(o.interestId);
      return { ...o, interestId, wireExpr: o.wireExpr && this.#theirScope(o.wireExpr) };
    }
    if (o.id === REQUEST && t.id === REQUEST) {
      this.#requests.bind(o.requestId, t.requestId);
      return { ...o, requestId: this.#requests.toTheirs(o.requestId), wireExpr: this.#theirScope(o.wireExpr) };
    }
    if (o.id === PUSH && t.id === PUSH) {
      return { ...o, wireExpr: this.#theirScope(o.wireExpr), body: this.#timed(o.body, t.body) };
    }
    if (o.id === RESPONSE && t.id === RESPONSE) {
      const responder = o.responder && t.responder && this.#responders.aligned(o.responder, t.responder);
      return { ...o, responder };
    }
    return o;
  }

  #declaration(o: Declaration, t: Declaration): Declaration {
    if (o.kind !== t.kind || o.kind === D_FINAL) return o;
    const pairs = o.kind === D_KEYEXPR ? this.#aliases : this.#entities;
    // 0 is no id, but says that there is none.
    if (o.id !== 0 && t.id !== 0) pairs.bind(o.id, t.id);
    const id = o.id === 0 ? 0 : pairs.toTheirs(o.id);
    return { ...o, id, wireExpr: this.#theirScope(o.wireExpr) };
  }

  #theirScope(e: WireExpr): WireExpr {
    return e.fromSender && e.scope !== 0 ? { ...e, scope: this.#aliases.toTheirs(e.scope) } : e;
  }

  /** Our own time gives way to the recorded one. */
  #timed(o: Body, t: Body): Body {
    const [from, to] = [o.timestampStart, o.timestampEnd];
    if (to === 0 || t.timestampEnd === 0 || to - from !== t.timestampEnd - t.timestampStart) return o;
    const id = o.head.slice(from + 9, to);
    if (Buffer.from(id.slice(1)).toString('hex') !== this.#zid || id[0] !== id.length - 1) return o;
    const body = Object.assign(new Body(), o);
    body.head = o.head.slice();
    body.head.set(t.head.subarray(t.timestampStart, t.timestampStart + 9), from);
    return body;
  }
}

/** Numbers of queryables of the node under test: one table for all its faces. */
export class Responders {
  readonly #pairs = new Pairs();
  readonly #zid: string;

  constructor(zid: string) {
    this.#zid = zid;
  }

  aligned<E extends { readonly zid: { toString(): string }; readonly eid: number }>(o: E, t: E): E {
    if (o.zid.toString() !== this.#zid || o.eid === 0) return o;
    this.#pairs.bind(o.eid, t.eid);
    return { ...o, eid: this.#pairs.toTheirs(o.eid) };
  }
}

/** An interest and the alias that was declared for it belong together. */
function unitsOf(said: readonly Said[]): Said[][] {
  const units: Said[][] = [];
  for (const one of said) {
    const before = units.at(-1)?.at(-1)?.message;
    const mine =
      one.message.id === INTEREST &&
      before?.id === DECLARE &&
      before.declaration.kind === D_KEYEXPR &&
      one.message.wireExpr?.fromSender === true &&
      one.message.wireExpr.scope === before.declaration.id;
    if (mine) units.at(-1)!.push(one);
    else units.push([one]);
  }
  return units;
}

/** Replies to one request that follow one another, by replier; the end of a request stays where it is. */
function repliers(said: readonly Said[]): Said[] {
  const sorted: Said[] = [];
  let stretch: Said[] = [];
  const flush = (): void => {
    const name = ({ message: m }: Said): string =>
      m.id === RESPONSE ? `${m.responder?.zid.toString()} ${String(m.responder?.eid).padStart(6, '0')}` : '';
    sorted.push(...stretch.sort((a, b) => (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0)));
    stretch = [];
  };
  for (const one of said) {
    const last = stretch.at(-1)?.message;
    if (one.message.id !== RESPONSE || (last?.id === RESPONSE && last.requestId !== one.message.requestId)) flush();
    if (one.message.id === RESPONSE) stretch.push(one);
    else sorted.push(one);
  }
  flush();
  return sorted;
}
