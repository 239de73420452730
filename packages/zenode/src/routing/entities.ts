import type { Face } from './face.ts';
import { AGGREGATE, type EntityKind, type Info, KINDS, optionOf, QUERYABLE, TOKEN } from './primitives.ts';
import { merge, NONE, Sum } from './sum.ts';
import type { Breadcrumb, RemoteInterest } from './interest.ts';
import type { Resource } from './resource.ts';
import type { Tables } from './tables.ts';
import { includes } from '../keyexpr/index.ts';

/** Entities of faces, and who is told of them: what a face hears follows from who owns what, and nothing else. */
export class Entities {
  readonly #tables: Tables;

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  /** A face declares an entity. False: it has as many as a face may have. */
  declare(face: Face, kind: EntityKind, id: number, key: string, info: Info): boolean {
    const ids = face.declared[kind];
    const before = ids.get(id);
    if (before !== undefined) {
      if (before.key !== key) this.undeclare(face, kind, id);
      else if (kind !== QUERYABLE) return true;
    } else if (face.local === undefined && this.#count(face) >= this.#tables.limits.entitiesPerFace) return false;
    const resource = this.#tables.resource(key);
    if (before === undefined || before.key !== key) face.keys.add(key);
    ids.set(id, resource);
    const old = resource.infoOf(kind, face);
    resource.addOwner(kind, face, id, info);
    this.#changed(kind, resource, face, old);
    return true;
  }

  #count(face: Face): number {
    return face.declared[0].size + face.declared[1].size + face.declared[2].size;
  }

  /** A face withdraws an entity. False: it has none of that id. */
  undeclare(face: Face, kind: EntityKind, id: number): boolean {
    const ids = face.declared[kind];
    const resource = ids.get(id);
    if (resource === undefined) return false;
    ids.delete(id);
    face.keys.remove(resource.key);
    const old = resource.infoOf(kind, face);
    resource.removeOwner(kind, face, id);
    this.#changed(kind, resource, face, old);
    this.#tables.prune(resource);
    return true;
  }

  /** A face is gone: everything it declared goes, and what it was told is forgotten. */
  removeFace(face: Face): void {
    for (const kind of KINDS) {
      for (const resource of face.told[kind].keys()) {
        resource.removeTold(kind, face);
        this.#tables.prune(resource);
      }
      face.told[kind].clear();
    }
    for (const kind of KINDS) {
      for (const id of [...face.declared[kind].keys()]) this.undeclare(face, kind, id);
    }
  }

  /** Tells whoever has to know what has changed in the entities that one face has on a key. */
  #changed(kind: EntityKind, resource: Resource, owner: Face, old: Info): void {
    const info = resource.infoOf(kind, owner);
    if (info === old) return;
    const tables = this.#tables;
    tables.touch();
    const gone = info === NONE;
    // Who does not hear of the owner is not concerned.
    const concerned = (face: Face): boolean => !face.closed && face.region.hat.hears(kind, face, owner);
    const asking = new Set<Face>();
    const sums: { readonly face: Face; readonly key: string }[] = [];
    const met = new Set<Sum>();
    tables.interests.matching(kind, resource.key, (face, interest) => {
      if (face.region.hat.unasked || !concerned(face)) return;
      if ((interest.options & AGGREGATE) === 0) {
        asking.add(face);
        return;
      }
      const key = interest.key!;
      const sum = face.sums[kind].get(key)!;
      if (met.has(sum)) return;
      met.add(sum);
      if (!gone) sum.add(contribution(resource.key, info, key));
      if (old !== NONE) sum.remove(contribution(resource.key, old, key));
      sums.push({ face, key });
    });
    for (const { face } of (resource.told[kind] ?? []).slice()) {
      asking.delete(face);
      if (concerned(face)) this.#reconcile(face, kind, resource, gone);
    }
    for (const region of tables.regions) {
      if (!region.hat.unasked) continue;
      for (const face of region.faces) if (concerned(face)) this.#reconcile(face, kind, resource, gone);
    }
    for (const face of asking) this.#reconcile(face, kind, resource, gone);
    for (const { face, key } of sums) {
      const one = tables.resource(key);
      this.#reconcile(face, kind, one, false);
      tables.prune(one);
    }
  }

  /** Makes what a face was told of a key equal to what it should know. @param gone an owner that it heard of is */
  #reconcile(face: Face, kind: EntityKind, resource: Resource, gone: boolean): void {
    const { out } = this.#tables;
    const want = this.wanted(face, kind, resource);
    const told = face.told[kind].get(resource);
    if (told !== undefined) {
      if (want === NONE) {
        this.#forget(face, kind, resource);
        out.undeclare(face, kind, told.id, resource.key);
      } else if (want !== told.info) {
        told.info = want;
        out.declare(face, kind, told.id, resource.key, want);
      }
    } else if (want !== NONE) {
      out.declare(face, kind, this.tell(face, kind, resource, want), resource.key, want);
    } else if (kind === TOKEN && gone && !face.region.hat.unasked) {
      // It was never told of it, but watches such keys.
      out.undeclare(face, kind, 0, resource.key, true);
    }
  }

  /** Remembers that a face is told of a key; returns the id it is told by. */
  tell(face: Face, kind: EntityKind, resource: Resource, info: Info): number {
    const told = { face, id: face.freshId(), info };
    // It may have been closed while it was told of others: nobody would forget this again.
    if (face.closed) return told.id;
    face.told[kind].set(resource, told);
    resource.addTold(kind, told);
    return told.id;
  }

  #forget(face: Face, kind: EntityKind, resource: Resource): void {
    face.told[kind].delete(resource);
    resource.removeTold(kind, face);
  }

  /** What a face should know of a key: the merged info of all owners it may hear of, or the sum it asked for. */
  wanted(face: Face, kind: EntityKind, resource: Resource): Info {
    return face.sums[kind].get(resource.key)?.info ?? this.#heard(face, kind, resource);
  }

  #heard(face: Face, kind: EntityKind, resource: Resource): Info {
    const { hat } = face.region;
    let info = NONE;
    for (const owner of resource.owners[kind] ?? []) {
      if (hat.hears(kind, face, owner.face)) info = merge(info, owner.info);
    }
    return info;
  }

  /** Everything that a sum on a key stands for, for one face. */
  #sumOf(face: Face, kind: EntityKind, key: string): Sum {
    const sum = new Sum();
    const { hat } = face.region;
    this.#tables.resources.intersecting(key, (node) => {
      for (const owner of node.value?.owners[kind] ?? []) {
        if (hat.hears(kind, face, owner.face)) sum.add(contribution(node.value!.key, owner.info, key));
      }
    });
    return sum;
  }

  /** A face asks for sums from now on. */
  beginSums(face: Face, interest: RemoteInterest): void {
    const key = interest.key!;
    for (const kind of KINDS) {
      if ((interest.options & optionOf(kind)) === 0) continue;
      let sum = face.sums[kind].get(key);
      if (sum === undefined) face.sums[kind].set(key, (sum = this.#sumOf(face, kind, key)));
      sum.users++;
    }
  }

  /** A sum is not asked for any more: where it stood for others alone, there is nothing that could be withdrawn later. */
  endSums(face: Face, interest: RemoteInterest): void {
    const key = interest.key!;
    for (const kind of KINDS) {
      const sum = (interest.options & optionOf(kind)) === 0 ? undefined : face.sums[kind].get(key);
      if (sum === undefined || --sum.users > 0) continue;
      face.sums[kind].delete(key);
      const resource = this.#tables.resources.get(key)?.value;
      if (resource === undefined || !face.told[kind].has(resource)) continue;
      if (this.#heard(face, kind, resource) === NONE) this.#forget(face, kind, resource);
      this.#tables.prune(resource);
    }
  }

  /** Every entity that a face hears of unasked, aliases first: what it is told when it opens. */
  tellAll(face: Face): void {
    const { out, resources } = this.#tables;
    const news: { kind: EntityKind; resource: Resource; info: Info }[] = [];
    for (const kind of KINDS) {
      for (const node of resources) {
        const resource = node.value!;
        const info = this.wanted(face, kind, resource);
        if (info !== NONE) news.push({ kind, resource, info });
      }
    }
    for (const { resource } of news) out.declareAlias(face, resource.key);
    for (const { kind, resource, info } of news) {
      out.declare(face, kind, this.tell(face, kind, resource, info), resource.key, info);
    }
  }

  /**
   * Answers the current part of an interest. What is kept has an id; answers to a current interest alone have 0.
   *
   * @param answered is given the keys
   */
  answer(
    face: Face,
    interest: RemoteInterest,
    interestId: number,
    keep: boolean,
    answered: Set<string> | undefined,
  ): void {
    const { out } = this.#tables;
    const sums = (interest.options & AGGREGATE) !== 0;
    const news: { kind: EntityKind; resource: Resource; info: Info; kept: boolean }[] = [];
    const met: Resource[] = [];
    for (const kind of KINDS) {
      if ((interest.options & optionOf(kind)) === 0) continue;
      for (const resource of this.#matching(kind, interest)) {
        // The sum of an interest that is not kept is made for this answer alone.
        const passing = sums && !(keep && face.sums[kind].has(resource.key));
        const info = passing ? this.#sumOf(face, kind, resource.key).info : this.wanted(face, kind, resource);
        if (info !== NONE) news.push({ kind, resource, info, kept: keep && !passing });
        met.push(resource);
      }
    }
    for (const { resource } of news) out.declareAlias(face, resource.key);
    for (const { kind, resource, info, kept } of news) {
      let id = 0;
      if (kept) {
        const told = face.told[kind].get(resource);
        if (told !== undefined) told.info = info;
        id = told?.id ?? this.tell(face, kind, resource, info);
      }
      answered?.add(resource.key);
      out.declare(face, kind, id, resource.key, info, interestId);
    }
    // Not before: a key may stand for entities of several kinds, and be kept for one of them.
    for (const resource of met) this.#tables.prune(resource);
  }

  /** A token comes in answer to an interest in what is and what will be: its asker hears of it under that interest. */
  answerToken(face: Face, id: number, key: string, crumb: Breadcrumb): void {
    const asker = crumb.face;
    const resource = this.#tables.resource(key);
    if (!asker.closed && !asker.told[TOKEN].has(resource)) {
      this.#tables.out.declare(asker, TOKEN, this.tell(asker, TOKEN, resource, 0), key, 0, crumb.interestId);
    }
    this.declare(face, TOKEN, id, key, 0);
  }

  /** The resources an interest is about: each one that matches, or the one that stands for all. */
  #matching(kind: EntityKind, interest: RemoteInterest): Resource[] {
    const { resources } = this.#tables;
    const found: Resource[] = [];
    if (interest.key === undefined) {
      for (const node of resources) if (node.value!.owners[kind] !== undefined) found.push(node.value!);
    } else if ((interest.options & AGGREGATE) !== 0) found.push(this.#tables.resource(interest.key));
    else {
      resources.intersecting(interest.key, (node) => {
        if (node.value?.owners[kind] !== undefined) found.push(node.value);
      });
    }
    return found;
  }

  /** A token is gone that was never declared here: whoever watches such keys is told by key. */
  tokenGone(key: string, from: Face): void {
    const { out, interests } = this.#tables;
    const met = new Set<Face>();
    interests.matching(TOKEN, key, (face) => {
      if (met.has(face) || face.region.hat.unasked || !face.region.hat.hears(TOKEN, face, from)) return;
      met.add(face);
      out.undeclare(face, TOKEN, 0, key, true);
    });
  }
}

/** What an entity counts in a sum: it answers for all of it only if it includes it. */
function contribution(key: string, info: Info, aggregate: string): Info {
  return (info & 1) === 0 || includes(key, aggregate) ? info : info & ~1;
}
