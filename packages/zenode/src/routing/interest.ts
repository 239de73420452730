import type { Deadlines, Expiring } from '../base/index.ts';
import { intersects, KeTree } from '../keyexpr/index.ts';
import type { InterestMode } from '../wire/index.ts';
import type { Face } from './face.ts';
import { AGGREGATE, CURRENT, type EntityKind, FUTURE, KEYEXPRS, optionOf, TOKEN } from './primitives.ts';
import type { Tables } from './tables.ts';

/** An interest that a face has in what is to come. */
export interface RemoteInterest {
  /** Undefined: in everything. */
  readonly key: string | undefined;
  readonly options: number;
}

/** An interest that this node has sent to a face. */
export interface LocalInterest {
  readonly key: string | undefined;
  readonly options: number;
  /** The face has told all it had. */
  final: boolean;
}

/** Where to say that the current part of an interest is complete, once all faces it was relayed to are done. */
export class Breadcrumb implements Expiring {
  readonly face: Face;
  readonly interestId: number;
  readonly mode: InterestMode;
  readonly options: number;
  /** Faces not done yet, with the id by which they know the interest. */
  readonly waiting: Map<Face, number> = new Map();
  bucket = 0;
  readonly #over: (crumb: Breadcrumb) => void;

  constructor(face: Face, interestId: number, mode: InterestMode, options: number, over: (crumb: Breadcrumb) => void) {
    this.face = face;
    this.interestId = interestId;
    this.mode = mode;
    this.options = options;
    this.#over = over;
  }

  onDeadline(): void {
    this.#over(this);
  }
}

interface Registered {
  readonly face: Face;
  readonly interest: RemoteInterest;
}

/** Tokens are asked for alone, or with other kinds; what is left of the options is what a sender may ask. */
const OPTIONS = KEYEXPRS | 0x0e | AGGREGATE;

/** Interests of faces: who asked for what, answers, and what is passed on upstream. */
export class Interests {
  readonly #tables: Tables;
  readonly #deadlines: Deadlines;
  readonly #timeoutMs: number;
  /** Future interests by key, and those in everything. */
  readonly #tree: KeTree<Registered[]> = new KeTree();
  readonly #everything: Registered[] = [];

  /** @param timeoutMs how long an upstream may take to answer before its silence is an answer */
  constructor(tables: Tables, deadlines: Deadlines, timeoutMs: number) {
    this.#tables = tables;
    this.#deadlines = deadlines;
    this.#timeoutMs = timeoutMs;
  }

  /** Visits each future interest in a kind that matches a key. */
  matching(kind: EntityKind, key: string, visit: (face: Face, interest: RemoteInterest) => void): void {
    const option = optionOf(kind);
    const found: Registered[] = [];
    const look = (list: readonly Registered[]): void => {
      for (const one of list) if ((one.interest.options & option) !== 0) found.push(one);
    };
    look(this.#everything);
    if (this.#tree.nodeCount > 0) {
      this.#tree.intersecting(key, (node) => {
        look(node.value ?? []);
      });
    }
    for (const { face, interest } of found) visit(face, interest);
  }

  /** Has a face a plain interest in a kind on such a key? */
  asked(face: Face, kind: EntityKind, key: string): boolean {
    const option = optionOf(kind);
    for (const { options, key: on } of face.interests.values()) {
      if ((options & option) === 0 || (options & AGGREGATE) !== 0) continue;
      if (on === undefined || intersects(on, key)) return true;
    }
    return false;
  }

  /** Has a face an aggregating interest on exactly this key? */
  aggregates(face: Face, kind: EntityKind, key: string): boolean {
    const option = optionOf(kind);
    for (const { options, key: on } of face.interests.values()) {
      if ((options & AGGREGATE) !== 0 && (options & option) !== 0 && on === key) return true;
    }
    return false;
  }

  /** A face declares an interest. False: it has as many as a face may have. */
  declare(face: Face, id: number, mode: InterestMode, asked: number, key: string | undefined): boolean {
    if (!face.region.hat.answers(face)) return true;
    let options = asked & OPTIONS;
    if ((options & optionOf(TOKEN)) !== 0 || (face.local === undefined && face.whatami !== 4) || key === undefined) {
      if ((options & AGGREGATE) !== 0) options &= ~AGGREGATE;
    }
    const interest: RemoteInterest = { key, options };
    const future = (mode & FUTURE) !== 0;
    const fresh = future && !face.interests.has(id);
    if (fresh) {
      if (face.local === undefined && face.interests.size >= this.#tables.limits.interestsPerFace) return false;
      this.#register(face, id, interest);
    }
    const crumb = this.#relay(face, id, mode, options, key);
    if ((mode & CURRENT) !== 0) this.#tables.entities.answer(face, interest, id, fresh);
    if (crumb === undefined) this.#tables.out.declareFinal(face, id);
    return true;
  }

  #register(face: Face, id: number, interest: RemoteInterest): void {
    face.interests.set(id, interest);
    const one = { face, interest };
    if (interest.key === undefined) this.#everything.push(one);
    else {
      const node = this.#tree.insert(interest.key);
      if (node.value === undefined) node.value = [one];
      else node.value.push(one);
    }
  }

  #unregister(face: Face, id: number): RemoteInterest | undefined {
    const interest = face.interests.get(id);
    if (interest === undefined) return undefined;
    face.interests.delete(id);
    const node = interest.key === undefined ? undefined : this.#tree.get(interest.key);
    const list = interest.key === undefined ? this.#everything : node?.value;
    if (list === undefined) return interest;
    const i = list.findIndex((one) => one.face === face && one.interest === interest);
    if (i >= 0) list.splice(i, 1);
    if (node !== undefined && list.length === 0) {
      node.value = undefined;
      this.#tree.prune(node);
    }
    return interest;
  }

  /** Passes an interest on to the upstream faces; undefined if there is none to wait for. */
  #relay(face: Face, id: number, mode: InterestMode, options: number, key: string | undefined): Breadcrumb | undefined {
    const { out, regions } = this.#tables;
    const future = (mode & FUTURE) !== 0;
    if (!future && (options & optionOf(TOKEN)) === 0) return undefined;
    let crumb: Breadcrumb | undefined;
    for (const region of regions) {
      if (region === face.region) continue;
      for (const up of region.hat.upstream(region, future)) {
        crumb ??= new Breadcrumb(face, id, mode, options, this.#give);
        const upId = up.freshId();
        if (future) up.addLocalInterest(upId, { key, options, final: false });
        up.pendingCurrent.set(upId, crumb);
        crumb.waiting.set(up, upId);
        out.interest(up, upId, mode, options, key);
      }
    }
    if (crumb !== undefined) crumb.bucket = this.#deadlines.add(crumb, this.#timeoutMs);
    return crumb;
  }

  /** Nobody waits any longer: the asker is told that this is all. */
  readonly #give = (crumb: Breadcrumb): void => {
    for (const [up, upId] of crumb.waiting) up.pendingCurrent.delete(upId);
    crumb.waiting.clear();
    this.#tables.log.warn(`an interest was not answered within ${this.#timeoutMs} ms`);
    this.#complete(crumb);
    this.#tables.settled();
  };

  #complete(crumb: Breadcrumb): void {
    if (!crumb.face.closed) this.#tables.out.declareFinal(crumb.face, crumb.interestId);
  }

  #done(up: Face, upId: number): void {
    const crumb = up.pendingCurrent.get(upId);
    if (crumb === undefined) return;
    up.pendingCurrent.delete(upId);
    crumb.waiting.delete(up);
    if (crumb.waiting.size > 0) return;
    this.#deadlines.remove(crumb, crumb.bucket);
    this.#complete(crumb);
  }

  /** A face has told everything an interest of ours asked for. */
  final(face: Face, id: number): void {
    const interest = face.localInterests.get(id);
    if (interest !== undefined && !interest.final) {
      interest.final = true;
      this.#tables.touch();
    }
    this.#done(face, id);
  }

  /** A face ends an interest. Upstream it ends with the last one that is like it. */
  undeclare(face: Face, id: number): void {
    const interest = this.#unregister(face, id);
    if (interest === undefined) return;
    const { out, regions } = this.#tables;
    if (this.#alike(interest)) return;
    for (const region of regions) {
      for (const up of region.faces) {
        for (const [upId, one] of [...up.localInterests]) {
          if (one.key !== interest.key || one.options !== interest.options) continue;
          up.removeLocalInterest(upId);
          up.pendingCurrent.delete(upId);
          out.interest(up, upId, 0, 0, undefined);
          this.#tables.touch();
        }
      }
    }
  }

  #alike(interest: RemoteInterest): boolean {
    const list = interest.key === undefined ? this.#everything : this.#tree.get(interest.key)?.value;
    return list?.some((one) => one.interest.options === interest.options) === true;
  }

  /** Sends a new upstream every interest that faces have, each once. */
  tellUpstream(up: Face): void {
    const { out } = this.#tables;
    const sent = new Set<string>();
    const each = (list: readonly Registered[]): void => {
      for (const { face, interest } of list) {
        if (face.region === up.region) continue;
        const name = `${interest.options} ${interest.key ?? ''}`;
        if (sent.has(name)) continue;
        sent.add(name);
        const id = up.freshId();
        up.addLocalInterest(id, { key: interest.key, options: interest.options, final: false });
        out.interest(up, id, 3, interest.options, interest.key);
      }
    };
    each(this.#everything);
    for (const node of this.#tree) each(node.value ?? []);
  }

  /** A face is gone: what was relayed to it counts as answered, and what it asked for ends. */
  completeAll(face: Face): void {
    for (const id of [...face.pendingCurrent.keys()]) this.#done(face, id);
  }

  removeFace(face: Face): void {
    for (const id of [...face.interests.keys()]) this.undeclare(face, id);
  }
}
