import type { KeNode } from '../keyexpr/index.ts';
import type { Face } from './face.ts';
import { type EntityKind, type Info, mergeInfo } from './primitives.ts';

/** One face that declared entities of one kind on one key. */
export interface Owner {
  readonly face: Face;
  /** How many ids name it. */
  count: number;
  info: Info;
  /** Info per id, for queryables alone. */
  infos: Map<number, Info> | undefined;
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

  /** Adds an id of a face. True if this changes what others see: a new owner, or another info. */
  addOwner(kind: EntityKind, face: Face, id: number, info: Info, isQueryable: boolean): boolean {
    const owners = (this.owners[kind] ??= []);
    let owner = owners.find((one) => one.face === face);
    if (owner === undefined) {
      owner = { face, count: 1, info, infos: isQueryable ? new Map([[id, info]]) : undefined };
      owners.push(owner);
      return true;
    }
    if (owner.infos === undefined) {
      owner.count++;
      return false;
    }
    owner.infos.set(id, info);
    owner.count = owner.infos.size;
    return renew(owner);
  }

  /** Takes an id of a face away. True if this changes what others see. */
  removeOwner(kind: EntityKind, face: Face, id: number): boolean {
    const owners = this.owners[kind];
    const i = owners?.findIndex((one) => one.face === face) ?? -1;
    if (owners === undefined || i < 0) return false;
    const owner = owners[i]!;
    if (owner.infos === undefined) owner.count--;
    else {
      owner.infos.delete(id);
      owner.count = owner.infos.size;
    }
    if (owner.count > 0) return renew(owner);
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

/** Merges the infos of an owner anew; true if that changed them. */
function renew(owner: Owner): boolean {
  if (owner.infos === undefined) return false;
  const before = owner.info;
  let info: Info | undefined;
  for (const one of owner.infos.values()) info = info === undefined ? one : mergeInfo(info, one);
  owner.info = info ?? 0;
  return owner.info !== before;
}
