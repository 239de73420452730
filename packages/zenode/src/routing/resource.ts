import type { KeNode } from '../keyexpr/index.ts';
import type { Face } from './face.ts';
import { type EntityKind, type Info, mergeInfo } from './primitives.ts';

/** One face that declared entities of one kind on one key. */
export interface Owner {
  readonly face: Face;
  /** How many ids name it. */
  count: number;
  info: Info;
  /** For queryables alone: what each id says, and how many say so. */
  readonly infos: Infos | undefined;
}

interface Infos {
  readonly byId: Map<number, Info>;
  readonly counts: Map<Info, number>;
}

/** What was declared to one face. */
export interface Told {
  readonly face: Face;
  readonly id: number;
  info: Info;
}

/** A key on which somebody has an entity, or of which somebody was told. */
export class Resource {
  readonly key: string;
  readonly node: KeNode<Resource>;
  readonly owners: [Owner[] | undefined, Owner[] | undefined, Owner[] | undefined] = [undefined, undefined, undefined];
  readonly told: [Told[] | undefined, Told[] | undefined, Told[] | undefined] = [undefined, undefined, undefined];

  constructor(key: string, node: KeNode<Resource>) {
    this.key = key;
    this.node = node;
  }

  owner(kind: EntityKind, face: Face): Owner | undefined {
    return this.owners[kind]?.find((one) => one.face === face);
  }

  toldTo(kind: EntityKind, face: Face): Told | undefined {
    return this.told[kind]?.find((one) => one.face === face);
  }

  /** Adds an id of a face, or changes what it says. True if that changes what others see: a new owner, or another info. */
  addOwner(kind: EntityKind, face: Face, id: number, info: Info, isQueryable: boolean): boolean {
    const owners = (this.owners[kind] ??= []);
    let owner = owners.find((one) => one.face === face);
    if (owner === undefined) {
      const infos = isQueryable ? { byId: new Map([[id, info]]), counts: new Map([[info, 1]]) } : undefined;
      owner = { face, count: 1, info, infos };
      owners.push(owner);
      return true;
    }
    if (owner.infos === undefined) {
      owner.count++;
      return false;
    }
    const before = owner.info;
    const { byId, counts } = owner.infos;
    const old = byId.get(id);
    byId.set(id, info);
    owner.count = byId.size;
    counts.set(info, (counts.get(info) ?? 0) + 1);
    owner.info = mergeInfo(owner.info, info);
    if (old !== undefined) uncount(owner, old);
    return owner.info !== before;
  }

  /** Takes an id of a face away. True if this changes what others see. */
  removeOwner(kind: EntityKind, face: Face, id: number): boolean {
    const owners = this.owners[kind];
    const i = owners?.findIndex((one) => one.face === face) ?? -1;
    if (owners === undefined || i < 0) return false;
    const owner = owners[i]!;
    const before = owner.info;
    owner.count--;
    if (owner.count > 0) {
      if (owner.infos === undefined) return false;
      const old = owner.infos.byId.get(id)!;
      owner.infos.byId.delete(id);
      uncount(owner, old);
      return owner.info !== before;
    }
    owners.splice(i, 1);
    if (owners.length === 0) this.owners[kind] = undefined;
    return true;
  }

  addTold(kind: EntityKind, told: Told): void {
    (this.told[kind] ??= []).push(told);
  }

  removeTold(kind: EntityKind, face: Face): void {
    const list = this.told[kind];
    const i = list?.findIndex((one) => one.face === face) ?? -1;
    if (list === undefined || i < 0) return;
    list.splice(i, 1);
    if (list.length === 0) this.told[kind] = undefined;
  }

  get unused(): boolean {
    const { owners, told } = this;
    return !owners[0] && !owners[1] && !owners[2] && !told[0] && !told[1] && !told[2];
  }
}

/** One id less says `old`. The others are merged anew only if that was what decided, and nobody says it any more. */
function uncount(owner: Owner, old: Info): void {
  const { counts } = owner.infos!;
  const n = counts.get(old)! - 1;
  if (n > 0) {
    counts.set(old, n);
    return;
  }
  counts.delete(old);
  if (owner.info !== old) return;
  let info: Info | undefined;
  for (const one of counts.keys()) info = info === undefined ? one : mergeInfo(info, one);
  owner.info = info!;
}
