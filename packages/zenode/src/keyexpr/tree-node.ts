import { DOUBLE, DSL, LITERAL, STAR, VERBATIM, type ChunkKind, kindOf } from './chunk.ts';
import { DslChildren } from './tree-dsl.ts';

/** A chunk text that occurs in a tree: one object however often, so that nodes share it and compare it by identity. */
export class Atom {
  readonly text: string;
  readonly kind: ChunkKind;
  /** Nodes that carry it. */
  uses = 0;

  constructor(text: string) {
    this.text = text;
    this.kind = kindOf(text);
  }
}

/**
 * One chunk of one or more key expressions; the way from the root spells the expression. Stays in its tree while it holds
 * a value or has children.
 *
 * Children that no key chunk can match but by equality (literal, verbatim) are found by look-up: most nodes have one, held
 * inline; from two on there is a Map. Wild children stand apart, because every key has to try them.
 */
export class KeNode<T> {
  /** What was declared on this expression; undefined if nothing was, and then the node is only a way to others. */
  value: T | undefined = undefined;
  readonly parent: KeNode<T> | undefined;
  /** Of the tree. */
  readonly atom: Atom;
  /** Of the tree: the only literal child. */
  only: KeNode<T> | undefined = undefined;
  /** Of the tree: all literal children, once there are two. */
  literals: Map<Atom, KeNode<T>> | undefined = undefined;
  /** Of the tree: the others. */
  wild: WildChildren<T> | undefined = undefined;
  #key: string | undefined = undefined;

  constructor(parent: KeNode<T> | undefined, atom: Atom) {
    this.parent = parent;
    this.atom = atom;
  }

  /** Its last chunk. */
  get chunk(): string {
    return this.atom.text;
  }

  /** The whole expression. Made when first asked for, then kept. */
  get key(): string {
    return (this.#key ??= spell(this));
  }

  get isLeaf(): boolean {
    return this.only === undefined && this.literals === undefined && this.wild === undefined;
  }

  /** Its direct children, in no order to rely on. */
  *children(): Generator<KeNode<T>, void, undefined> {
    if (this.only !== undefined) yield this.only;
    if (this.literals !== undefined) yield* this.literals.values();
    if (this.wild === undefined) return;
    if (this.wild.star !== undefined) yield this.wild.star;
    if (this.wild.double !== undefined) yield this.wild.double;
    if (this.wild.dsl !== undefined) yield* this.wild.dsl.values();
  }
}

export class WildChildren<T> {
  /** `*` */
  star: KeNode<T> | undefined = undefined;
  /** `**` */
  double: KeNode<T> | undefined = undefined;
  /** With `$*`. */
  dsl: DslChildren<T> | undefined = undefined;
}

export function childOf<T>(node: KeNode<T>, atom: Atom): KeNode<T> | undefined {
  switch (atom.kind) {
    case STAR:
      return node.wild?.star;
    case DOUBLE:
      return node.wild?.double;
    case DSL:
      return node.wild?.dsl?.get(atom);
    case LITERAL:
    case VERBATIM:
      return node.only?.atom === atom ? node.only : node.literals?.get(atom);
  }
}

/** Adds a child that is not there yet. */
export function addChild<T>(node: KeNode<T>, atom: Atom): KeNode<T> {
  const child = new KeNode(node, atom);
  atom.uses++;
  if (atom.kind === LITERAL || atom.kind === VERBATIM) {
    if (node.literals !== undefined) node.literals.set(atom, child);
    else if (node.only === undefined) node.only = child;
    else {
      node.literals = new Map([
        [node.only.atom, node.only],
        [atom, child],
      ]);
      node.only = undefined;
    }
    return child;
  }
  const wild = (node.wild ??= new WildChildren<T>());
  if (atom.kind === STAR) wild.star = child;
  else if (atom.kind === DOUBLE) wild.double = child;
  else (wild.dsl ??= new DslChildren<T>()).add(child);
  return child;
}

export function dropChild<T>(node: KeNode<T>, child: KeNode<T>): void {
  const { atom } = child;
  atom.uses--;
  if (node.only === child) {
    node.only = undefined;
  } else if (atom.kind === LITERAL || atom.kind === VERBATIM) {
    const literals = node.literals!;
    literals.delete(atom);
    if (literals.size > 1) return;
    for (const last of literals.values()) node.only = last;
    node.literals = undefined;
  } else {
    const wild = node.wild!;
    if (atom.kind === STAR) wild.star = undefined;
    else if (atom.kind === DOUBLE) wild.double = undefined;
    else {
      wild.dsl!.delete(child);
      if (wild.dsl!.size === 0) wild.dsl = undefined;
    }
    if (wild.star === undefined && wild.double === undefined && wild.dsl === undefined) node.wild = undefined;
  }
}

function spell<T>(node: KeNode<T>): string {
  const chunks: string[] = [];
  for (let n = node; n.parent !== undefined; n = n.parent) chunks.push(n.atom.text);
  return chunks.reverse().join('/');
}
