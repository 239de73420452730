import { walkLong } from './tree-long.ts';
import { Atom, KeNode, addChild, childOf, dropChild } from './tree-node.ts';
import { INCLUDED, INCLUDING, INTERSECTING, type Relation, STOP } from './tree-relation.ts';
import { Walk } from './tree-walk.ts';

export { STOP };
export type { KeNode };

/**
 * Called with each match once, a node before those below it. Return `STOP` to see no more; anything else is ignored.
 * It may match again and may set values, but it must not insert into the tree or prune it: remember, and do so afterwards.
 */
export type Visit<T> = (node: KeNode<T>) => unknown;

/**
 * A table of values under key expressions, which finds those that match a key, wild or not, without looking at the rest.
 *
 * Any text may be inserted and looked for: what remote nodes declare is not always canonical. It is cut at `/`, and nothing
 * is corrected. Work per call is bounded by nodes times chunks of the key, also when both sides are chosen to hurt.
 */
export class KeTree<T> {
  /** Carries no chunk, and its key is the empty text; the expression `""` is a child of it. */
  readonly root: KeNode<T> = new KeNode<T>(undefined, new Atom(''));
  readonly #atoms = new Map<string, Atom>();
  readonly #walk = new Walk<T>();
  #nodes = 0;

  /** Number of nodes, with and without value. */
  get nodeCount(): number {
    return this.#nodes;
  }

  /** The node of this key, made if need be. Give it a value, or `prune` it: an empty node stays otherwise. */
  insert(key: string): KeNode<T> {
    let node = this.root;
    for (let start = 0; ;) {
      const end = endOfChunk(key, start);
      const atom = this.#atom(key.slice(start, end));
      let child = childOf(node, atom);
      if (child === undefined) {
        child = addChild(node, atom);
        this.#nodes++;
      }
      node = child;
      if (end === key.length) return node;
      start = end + 1;
    }
  }

  /** The node of exactly this key, if there is one. */
  get(key: string): KeNode<T> | undefined {
    let node = this.root;
    for (let start = 0; ;) {
      const end = endOfChunk(key, start);
      const atom = this.#atoms.get(key.slice(start, end));
      const child = atom === undefined ? undefined : childOf(node, atom);
      if (child === undefined || end === key.length) return child;
      node = child;
      start = end + 1;
    }
  }

  /** Takes the value away from the key's node, and unlinks what is empty then. Returns the value that was there. */
  remove(key: string): T | undefined {
    const node = this.get(key);
    if (node === undefined) return undefined;
    const value = node.value;
    node.value = undefined;
    this.prune(node);
    return value;
  }

  /** Unlinks the node if it has neither value nor children, then its parent in the same way, and so on. May be repeated. */
  prune(node: KeNode<T>): void {
    for (let n = node; n.parent !== undefined && n.value === undefined && n.isLeaf;) {
      const parent: KeNode<T> = n.parent;
      if (childOf(parent, n.atom) !== n) return; // unlinked before
      dropChild(parent, n);
      this.#nodes--;
      if (n.atom.uses === 0) this.#atoms.delete(n.atom.text);
      n = parent;
    }
  }

  /** Visits the nodes with a value whose key intersects the given one. */
  intersecting(key: string, visit: Visit<T>): void {
    this.#match(key, INTERSECTING, visit);
  }

  /** Visits the nodes with a value whose key includes the given one. */
  including(key: string, visit: Visit<T>): void {
    this.#match(key, INCLUDING, visit);
  }

  /** Visits the nodes with a value whose key is included by the given one. */
  included(key: string, visit: Visit<T>): void {
    this.#match(key, INCLUDED, visit);
  }

  /** All nodes with a value, parents first. */
  *[Symbol.iterator](): Generator<KeNode<T>, void, undefined> {
    for (const node of this.nodesBelow(this.root)) if (node.value !== undefined) yield node;
  }

  /** The node and all those below it, parents first. */
  *nodesBelow(top: KeNode<T>): Generator<KeNode<T>, void, undefined> {
    const stack = [top];
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      yield node;
      for (const child of node.children()) stack.push(child);
    }
  }

  #match(key: string, relation: Relation, visit: Visit<T>): void {
    // a visitor may match again: the walk in progress keeps its state
    const walk = this.#walk.busy ? new Walk<T>() : this.#walk;
    if (walk.load(key, relation, this.#atoms)) walk.run(this.root, visit);
    else walkLong(this.root, key, relation, this.#atoms, visit);
  }

  #atom(text: string): Atom {
    let atom = this.#atoms.get(text);
    if (atom === undefined) {
      atom = new Atom(detached(text));
      this.#atoms.set(atom.text, atom);
    }
    return atom;
  }
}

function endOfChunk(key: string, start: number): number {
  const end = key.indexOf('/', start);
  return end < 0 ? key.length : end;
}

/** Engines keep the whole text alive for a longer part of it; a chunk that outlives its key must not. */
function detached(text: string): string {
  return text.length < 13 ? text : (JSON.parse(JSON.stringify(text)) as string);
}
