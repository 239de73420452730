import type { Face } from './face.ts';
import { AGGREGATE, type EntityKind, type Info, KINDS, mergeInfo, optionOf, QUERYABLE, TOKEN } from './primitives.ts';
import type { Breadcrumb, RemoteInterest } from './interest.ts';
import type { Resource } from './resource.ts';
import type { Tables } from './tables.ts';
import { includes } from '../keyexpr/index.ts';

/** No entity at all: what is wanted where an info would stand. */
const NONE = -1;

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
    ids.set(id, resource);
    if (resource.addOwner(kind, face, id, info, kind === QUERYABLE)) this.#changed(kind, resource, undefined);
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
    if (resource.removeOwner(kind, face, id)) this.#changed(kind, resource, face);
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

  /** Tells whoever has to know that the owners of a key have changed. */
  #changed(kind: EntityKind, resource: Resource, leaving: Face | undefined): void {
    const tables = this.#tables;
    tables.touch();
    const met = new Set<Face>();
    const settle = (face: Face, asked: boolean): void => {
      if (met.has(face)) return;
      met.add(face);
      this.#reconcile(face, kind, resource, asked, leaving);
    };
    for (const { face } of (resource.told[kind] ?? []).slice()) settle(face, true);
    for (const region of tables.regions) {
      if (region.hat.unasked) for (const face of region.faces) settle(face, true);
    }
    tables.interests.matching(kind, resource.key, (face, interest) => {
      if (face.region.hat.unasked) return;
      if ((interest.options & AGGREGATE) === 0) settle(face, true);
      else this.#reconcileAggregate(face, kind, interest);
    });
  }

  #reconcileAggregate(face: Face, kind: EntityKind, interest: RemoteInterest): void {
    const resource = this.#tables.resource(interest.key!);
    this.#reconcile(face, kind, resource, true, undefined);
    this.#tables.prune(resource);
  }

  /** Makes what a face was told of a key equal to what it should know. */
  #reconcile(face: Face, kind: EntityKind, resource: Resource, asked: boolean, leaving: Face | undefined): void {
    if (face.closed) return;
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
      if (asked) out.declare(face, kind, this.tell(face, kind, resource, want), resource.key, want);
    } else if (kind === TOKEN && asked && leaving !== undefined && face.region.hat.hears(kind, face, leaving)) {
      if (!face.region.hat.unasked) out.undeclare(face, kind, 0, resource.key, true);
    }
  }

  /** Remembers that a face is told of a key; returns the id it is told by. */
  tell(face: Face, kind: EntityKind, resource: Resource, info: Info): number {
    const told = { face, id: face.freshId(), info };
    face.told[kind].set(resource, told);
    resource.addTold(kind, told);
    return told.id;
  }

  #forget(face: Face, kind: EntityKind, resource: Resource): void {
    face.told[kind].delete(resource);
    resource.removeTold(kind, face);
  }

  /** What a face should know of a key: the merged info of all owners it may hear of; -1 if there is none. */
  wanted(face: Face, kind: EntityKind, resource: Resource): Info {
    let info = this.#heard(face, kind, resource, undefined);
    if (kind !== TOKEN && this.#tables.interests.aggregates(face, kind, resource.key)) {
      this.#tables.resources.intersecting(resource.key, (node) => {
        if (node.value === undefined || node.value === resource) return;
        info = merge(info, this.#heard(face, kind, node.value, resource.key));
      });
    }
    return info;
  }

  #heard(face: Face, kind: EntityKind, resource: Resource, aggregate: string | undefined): Info {
    const { hat } = face.region;
    let info = NONE;
    for (const owner of resource.owners[kind] ?? []) {
      if (!hat.hears(kind, face, owner.face)) continue;
      const complete = aggregate === undefined || includes(resource.key, aggregate);
      info = merge(info, complete ? owner.info : owner.info & ~1);
    }
    return info;
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
    const news: { kind: EntityKind; resource: Resource; info: Info }[] = [];
    for (const kind of KINDS) {
      if ((interest.options & optionOf(kind)) === 0) continue;
      for (const resource of this.#matching(kind, interest)) {
        const info = this.wanted(face, kind, resource);
        if (info !== NONE) news.push({ kind, resource, info });
      }
    }
    for (const { resource } of news) out.declareAlias(face, resource.key);
    for (const { kind, resource, info } of news) {
      let id = 0;
      if (keep) id = face.told[kind].get(resource)?.id ?? this.tell(face, kind, resource, info);
      answered?.add(resource.key);
      out.declare(face, kind, id, resource.key, info, interestId);
    }
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

function merge(a: Info, b: Info): Info {
  return a === NONE ? b : b === NONE ? a : mergeInfo(a, b);
}
