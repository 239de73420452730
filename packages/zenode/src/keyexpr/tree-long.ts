import { LongKey, type Positions } from './positions.ts';
import type { Atom, KeNode } from './tree-node.ts';
import { type Relation, STOP } from './tree-relation.ts';

/**
 * The walk for keys of more chunks than a mask has bits. Rare, so it allocates. A node waits on the stack with the set of
 * its parent, shared by all its siblings: a deep tree without branches holds one set at a time.
 */
export function walkLong<T>(
  root: KeNode<T>,
  text: string,
  relation: Relation,
  atoms: ReadonlyMap<string, Atom>,
  visit: (node: KeNode<T>) => unknown,
): void {
  const key = new LongKey(text, relation);
  const nodes: KeNode<T>[] = [];
  const sets: Positions[] = [];
  expand(root, key.begin());
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    const set = key.step(sets.pop()!, node.atom.text, node.atom.kind);
    if (set === undefined) continue;
    if (node.value !== undefined && key.isDone(set) && visit(node) === STOP) return;
    expand(node, set);
  }

  /** Pushes the children that may go on from the set. Where only equal chunks can, they are looked up. */
  function expand(node: KeNode<T>, set: Positions): void {
    const { literals, wild } = node;
    if (node.only !== undefined) push(node.only, set);
    if (literals !== undefined) {
      if (literals.size <= 4 || key.isWild(set)) {
        for (const child of literals.values()) push(child, set);
      } else {
        for (const chunk of key.nextChunks(set)) {
          const atom = atoms.get(chunk);
          const child = atom === undefined ? undefined : literals.get(atom);
          if (child !== undefined) push(child, set);
        }
      }
    }
    if (wild === undefined) return;
    if (wild.star !== undefined) push(wild.star, set);
    if (wild.double !== undefined) push(wild.double, set);
    if (wild.dsl !== undefined) for (const child of wild.dsl.values()) push(child, set);
  }

  function push(node: KeNode<T>, set: Positions): void {
    nodes.push(node);
    sets.push(set);
  }
}
