import type { KeNode } from '../keyexpr/index.ts';
import type { Face } from './face.ts';
import { type EntityKind, type Info, QUERYABLE } from './primitives.ts';
import { NONE, Sum } from './sum.ts';

/** One face that declared entities of one kind on one key. */
export interface Owner {
  readonly face: Face;
  /** How many ids name it. */
  count: number;
  info: Info;
  /** For queryables alone: what each id says, and what they come to. */
  readonly infos: { readonly byId: Map<number, Info>; readonly sum: Sum } | undefined;
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

  /** What a face says of its entities here, merged; -1 if it has none. */
  infoOf(kind: EntityKind, face: Face): Info {
    return this.owner(kind, face)?.info ?? NONE;
  }

  /** Adds an id of a face, or changes what it says. */
  addOwner(kind: EntityKind, face: Face, id: number, info: Info): void {
    let owner = this.owner(kind, face);
    if (owner === undefined) {
      const infos = kind === QUERYABLE ? { byId: new Map(), sum: new Sum() } : undefined;
      owner = { face, count: 0, info, infos };
      (this.owners[kind] ??= []).push(owner);
    }
    const { infos } = owner;
    const old = infos?.byId.get(id);
    if (old === undefined) owner.count++;
    if (infos === undefined) return;
    infos.byId.set(id, info);
    infos.sum.add(info);
    if (old !== undefined) infos.sum.remove(old);
    owner.info = infos.sum.info;
  }

  /** Takes an id of a face away. */
  removeOwner(kind: EntityKind, face: Face, id: number): void {
    const owners = this.owners[kind];
    const i = owners?.findIndex((one) => one.face === face) ?? -1;
    if (owners === undefined || i < 0) return;
    const owner = owners[i]!;
    if (--owner.count === 0) {
      owners.splice(i, 1);
      if (owners.length === 0) this.owners[kind] = undefined;
    } else if (owner.infos !== undefined) {
      const { byId, sum } = owner.infos;
      sum.remove(byId.get(id)!);
      byId.delete(id);
      owner.info = sum.info;
    }
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
