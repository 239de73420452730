import { utf8, vleLength, Writer } from '../base/index.ts';
import { isCanonical } from '../keyexpr/index.ts';
import { type Body, type Hlc, PUSH, PUT, type WireExpr, wireExprFlags, writeWireExpr } from '../wire/index.ts';
import type { Face } from './face.ts';
import { wireExprFor } from './mapping.ts';
import { type Lease, SUBSCRIBER } from './primitives.ts';
import type { Region } from './region.ts';
import { type Group, type LocalDestination, type Route, RoutedKey } from './route.ts';
import { Stamper } from './stamp.ts';
import type { Tables } from './tables.ts';

/** Keys without a declaration whose routes are remembered. */
const REMEMBERED = 4096;

/** Characters that these may have, together. */
const REMEMBERED_CHARS = 4 * 1024 * 1024;

/** Bytes of a batch that a frame header may take, and then some. */
const FRAME_ROOM = 16;

/** Routes of data, and the way of each message. */
export class DataRouter {
  readonly #tables: Tables;
  readonly #keys = new Map<string, RoutedKey>();
  #chars = 0;
  readonly #stamper: Stamper | undefined;

  constructor(tables: Tables, hlc: Hlc | undefined, clock: { wallMs(): number }, dropFuture: boolean) {
    this.#tables = tables;
    this.#stamper = hlc === undefined ? undefined : new Stamper(hlc, clock, dropFuture);
  }

  /** The key with its routes; the same one as long as it is in use. */
  routed(key: string): RoutedKey {
    let routed = this.#keys.get(key);
    if (routed === undefined) {
      if (this.#keys.size >= REMEMBERED || this.#chars > REMEMBERED_CHARS) this.#forget();
      this.#chars += key.length;
      routed = new RoutedKey(key, isCanonical(key));
      this.#keys.set(key, routed);
    }
    return routed;
  }

  /** Forgets the older half. */
  #forget(): void {
    let n = this.#keys.size >> 1;
    for (const key of this.#keys.keys()) {
      if (n-- === 0) break;
      this.#keys.delete(key);
      this.#chars -= key.length;
    }
  }

  /** Where the data of a key goes, seen from a region. */
  route(routed: RoutedKey, source: Region): Route {
    const known = routed.routes[source.index];
    if (known !== undefined && known.version === this.#tables.version) return known;
    const route = this.#compute(routed, source);
    routed.routes[source.index] = route;
    return route;
  }

  #compute(routed: RoutedKey, source: Region): Route {
    const { version } = this.#tables;
    if (!routed.valid || source.hat.mute) return { version, locals: [], groups: [] };
    const faces = this.#destinations(routed.key, source);
    const locals: LocalDestination[] = [];
    const groups = new Map<string, Group>();
    for (const face of faces) {
      if (face.local !== undefined) {
        const sink = face.local.sink(routed.key);
        if (sink !== undefined) locals.push({ face, sink });
        continue;
      }
      const e = wireExprFor(face, routed.key);
      const limit = face.egress!.capacity - FRAME_ROOM;
      const id = `${wireExprFlags(e)} ${e.scope} ${e.suffix}`;
      const group = groups.get(id);
      if (group === undefined) groups.set(id, { head: headOf(e), faces: [face], limit });
      else {
        group.faces.push(face);
        if (limit < group.limit) groups.set(id, { head: group.head, faces: group.faces, limit });
      }
    }
    return { version, locals, groups: [...groups.values()] };
  }

  /** Every face that a sample on `key` from `source` goes to. */
  #destinations(key: string, source: Region): Set<Face> {
    const faces = new Set<Face>();
    for (const region of this.#tables.regions) {
      if (!region.hat.takes(region, source)) continue;
      for (const face of region.hat.undecided(region, SUBSCRIBER, key)) {
        if (source !== region) faces.add(face);
      }
    }
    this.#tables.resources.intersecting(key, (node) => {
      for (const { face } of node.value?.owners[SUBSCRIBER] ?? []) {
        if (face.region.hat.takes(face.region, source)) faces.add(face);
      }
    });
    return faces;
  }

  /** Passes on one sample that came from a face. The body is lent. */
  push(source: Face, routed: RoutedKey, qos: number, reliable: boolean, body: Body, lease: Lease): void {
    const route = this.route(routed, source.region);
    const { groups, locals } = route;
    if (groups.length === 0 && locals.length === 0) return;
    if (this.#stamper !== undefined && body.kind === PUT && !this.#stamper.stamp(body, lease.serial)) return;
    const { run } = this.#tables;
    for (const group of groups) run.add(source, group, qos, reliable, body);
    for (const { face, sink } of locals) {
      if (face !== source && !face.closed) sink.push(body, qos, reliable, lease);
    }
  }
}

/** Header, scope and suffix of a Push. */
function headOf(e: WireExpr): Uint8Array {
  const w = new Writer(new Uint8Array(4 + vleLength(e.scope) + 3 + utf8(e.suffix).length));
  w.u8(PUSH | wireExprFlags(e));
  writeWireExpr(w, e);
  return w.taken();
}
