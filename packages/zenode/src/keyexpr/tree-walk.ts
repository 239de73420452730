import { DOUBLE, DSL, LITERAL, STAR, VERBATIM, chunkIncludes, chunkIntersects, kindOf } from './chunk.ts';
import { flood } from './positions.ts';
import { steps } from './steps.ts';
import type { Atom, KeNode, WildChildren } from './tree-node.ts';
import { INCLUDED, INCLUDING, INTERSECTING, type Relation, STOP } from './tree-relation.ts';

/** A mask has a bit for every position, the end included, and stays a small integer. Longer keys take the long walk. */
const MAX_CHUNKS = 29;

/**
 * One walk down a tree with a key of at most 29 chunks. At each node a mask says how many chunks of the key may be consumed
 * by then; it is computed from the parent's mask and the node's chunk, so each node is met at most once. Kept and loaded
 * again: apart from cutting the key, a walk allocates nothing.
 */
export class Walk<T> {
  busy = false;
  #relation: Relation = INTERSECTING;
  #length = 0;
  readonly #texts: string[] = [];
  /** Chunks of the key as the tree knows them; undefined if no node carries such a chunk. */
  readonly #atoms: (Atom | undefined)[] = [];
  readonly #kinds: number[] = [];
  // masks of positions, by kind of the key's chunk
  #doubles = 0;
  #stars = 0;
  #dsls = 0;
  #verbatims = 0;
  /** Positions from where a literal child that differs from the key's chunk may be entered. */
  #scans = 0;
  // nodes yet to be expanded, with their masks
  readonly #nodes: (KeNode<T> | undefined)[] = [];
  readonly #masks: number[] = [];
  #top = 0;

  /** False if the key has too many chunks. */
  load(key: string, relation: Relation, atoms: ReadonlyMap<string, Atom>): boolean {
    this.#relation = relation;
    this.#doubles = this.#stars = this.#dsls = this.#verbatims = 0;
    const wild = key.includes('*');
    for (let start = 0, i = 0; ; i++) {
      if (i === MAX_CHUNKS) return false;
      let end = key.indexOf('/', start);
      if (end < 0) end = key.length;
      const text = key.slice(start, end);
      this.#texts[i] = text;
      this.#atoms[i] = atoms.get(text);
      if (wild || text.charCodeAt(0) === 0x40) this.#classify(text, i);
      else this.#kinds[i] = LITERAL;
      if (end === key.length) {
        this.#length = i + 1;
        break;
      }
      start = end + 1;
    }
    this.#scans = relation === INCLUDING ? 0 : this.#doubles | this.#stars | this.#dsls;
    return true;
  }

  #classify(text: string, i: number): void {
    const kind = kindOf(text);
    this.#kinds[i] = kind;
    if (kind === DOUBLE) this.#doubles |= 1 << i;
    else if (kind === STAR) this.#stars |= 1 << i;
    else if (kind === DSL) this.#dsls |= 1 << i;
    else if (kind === VERBATIM) this.#verbatims |= 1 << i;
  }

  run(root: KeNode<T>, visit: (node: KeNode<T>) => unknown): void {
    const last = 1 << this.#length;
    this.busy = true;
    try {
      this.#push(root, this.#settle(1));
      while (this.#top > 0) {
        const node = this.#nodes[--this.#top]!;
        const mask = this.#masks[this.#top]!;
        this.#nodes[this.#top] = undefined;
        steps.positions++;
        if ((mask & last) !== 0 && node.value !== undefined && visit(node) === STOP) return;
        if (node.wild !== undefined) this.#enterWild(node.wild, mask, mask & ~last);
        if ((mask & ~last) !== 0) this.#enterLiterals(node, mask & ~last);
      }
    } finally {
      while (this.#top > 0) this.#nodes[--this.#top] = undefined;
      this.busy = false;
    }
  }

  #enterLiterals(node: KeNode<T>, mask: number): void {
    if (node.only !== undefined) {
      this.#enter(node.only, mask);
    } else if (node.literals !== undefined) {
      if ((mask & this.#scans) !== 0) {
        for (const child of node.literals.values()) this.#enter(child, mask);
        return;
      }
      for (let rest = mask; rest !== 0;) {
        const atom = this.#atoms[lowest(rest)];
        const same = this.#equal(atom, rest);
        const child = atom === undefined ? undefined : node.literals.get(atom);
        if (child !== undefined) this.#push(child, this.#settle(same << 1));
        rest &= ~same;
      }
    }
  }

  #enterWild(wild: WildChildren<T>, mask: number, inside: number): void {
    const { star, double, dsl } = wild;
    if (double !== undefined) {
      // a stored "**" swallows what it likes; one that must be covered by the key needs a "**" there
      if (this.#relation === INCLUDED) this.#push(double, this.#settle(inside & this.#doubles));
      else this.#push(double, this.#flood(mask, ~this.#verbatims));
    }
    if (inside === 0) return;
    if (star !== undefined) this.#enter(star, inside);
    if (dsl !== undefined) {
      const i = lowest(inside);
      const literal = inside === 1 << i && this.#kinds[i] === LITERAL;
      const children = literal && dsl.isMany ? dsl.candidates(this.#texts[i]!) : dsl.values();
      for (const child of children) this.#enter(child, inside);
    }
  }

  /** Goes to a child whose chunk is not `**`, if a position allows it. */
  #enter(child: KeNode<T>, mask: number): void {
    const { atom } = child;
    const wild = atom.kind === STAR || atom.kind === DSL;
    let next = 0;
    for (let rest = mask; rest !== 0; rest &= rest - 1) {
      const i = lowest(rest);
      const bit = 1 << i;
      if ((this.#doubles & bit) !== 0) {
        if (this.#relation !== INCLUDING && atom.kind !== VERBATIM) next |= bit;
      } else if (this.#atoms[i] === atom || ((wild || (this.#scans & bit) !== 0) && this.#relates(i, atom))) {
        next |= bit << 1;
      }
    }
    this.#push(child, this.#settle(next));
  }

  #relates(i: number, atom: Atom): boolean {
    const a = this.#texts[i]!;
    const aKind = this.#kinds[i]!;
    const b = atom.text;
    if (this.#relation === INTERSECTING) return chunkIntersects(a, 0, a.length, aKind, b, 0, b.length, atom.kind);
    if (this.#relation === INCLUDED) return chunkIncludes(a, 0, a.length, aKind, b, 0, b.length, atom.kind);
    return chunkIncludes(b, 0, b.length, atom.kind, a, 0, a.length, aKind);
  }

  /** Those positions of the mask whose chunk is the same as that of the lowest one. */
  #equal(atom: Atom | undefined, mask: number): number {
    let same = mask & -mask;
    for (let rest = mask ^ same; rest !== 0; rest &= rest - 1) {
      // all chunks unknown to the tree are alike: they lead nowhere
      if (this.#atoms[lowest(rest)] === atom) same |= rest & -rest;
    }
    return same;
  }

  #push(node: KeNode<T>, mask: number): void {
    if (mask === 0) return;
    this.#nodes[this.#top] = node;
    this.#masks[this.#top++] = mask;
  }

  /** A `**` of the key may stand for nothing, except where it has to be included. */
  #settle(mask: number): number {
    return this.#doubles === 0 || this.#relation === INCLUDING ? mask : this.#flood(mask, this.#doubles);
  }

  /** Positions reached by going on over positions in `through`, up to the end of the key. */
  #flood(mask: number, through: number): number {
    return flood(mask, through & ((1 << this.#length) - 1));
  }
}

function lowest(mask: number): number {
  return 31 - Math.clz32(mask & -mask);
}
