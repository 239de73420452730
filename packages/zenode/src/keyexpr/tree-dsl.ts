import type { Atom, KeNode } from './tree-node.ts';

/** From this many on they are also kept by the text they begin with. */
const MANY = 16;

/**
 * Children whose chunk contains `$*`. A literal chunk has to be compared with each of them, unless there are many: then only
 * with those whose text before the first `$*` is how the chunk begins.
 */
export class DslChildren<T> {
  readonly #all = new Map<Atom, KeNode<T>>();
  #byHead: Map<string, Set<KeNode<T>>> | undefined;
  /** How many different heads there are of each length. */
  readonly #lengths = new Map<number, number>();

  get size(): number {
    return this.#all.size;
  }

  get isMany(): boolean {
    return this.#byHead !== undefined;
  }

  get(atom: Atom): KeNode<T> | undefined {
    return this.#all.get(atom);
  }

  add(child: KeNode<T>): void {
    this.#all.set(child.atom, child);
    if (this.#byHead !== undefined) this.#addHead(this.#byHead, child);
    else if (this.#all.size === MANY) {
      this.#byHead = new Map();
      for (const each of this.#all.values()) this.#addHead(this.#byHead, each);
    }
  }

  delete(child: KeNode<T>): void {
    this.#all.delete(child.atom);
    if (this.#byHead === undefined) return;
    const head = headOf(child);
    const same = this.#byHead.get(head)!;
    same.delete(child);
    if (same.size > 0) return;
    this.#byHead.delete(head);
    const others = this.#lengths.get(head.length)! - 1;
    if (others > 0) this.#lengths.set(head.length, others);
    else this.#lengths.delete(head.length);
  }

  values(): IterableIterator<KeNode<T>> {
    return this.#all.values();
  }

  /** Those that a literal chunk may match; asked when there are many. */
  *candidates(chunk: string): Generator<KeNode<T>, void, undefined> {
    for (const length of this.#lengths.keys()) {
      if (length > chunk.length) continue;
      const same = this.#byHead?.get(chunk.slice(0, length));
      if (same !== undefined) yield* same;
    }
  }

  #addHead(byHead: Map<string, Set<KeNode<T>>>, child: KeNode<T>): void {
    const head = headOf(child);
    const same = byHead.get(head);
    if (same !== undefined) {
      same.add(child);
      return;
    }
    byHead.set(head, new Set([child]));
    this.#lengths.set(head.length, (this.#lengths.get(head.length) ?? 0) + 1);
  }
}

function headOf<T>({ atom }: KeNode<T>): string {
  return atom.text.slice(0, atom.text.indexOf('$*'));
}
