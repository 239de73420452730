import { DSL, DOUBLE, STAR } from './chunk.ts';
import { LongKey, type Step, stepIncluded, stepIncluding, stepIntersecting } from './positions.ts';
import type { Atom, KeNode } from './tree-node.ts';
import { INCLUDING, type Relation, STOP } from './tree-relation.ts';

const stepOf: readonly [Step, Step, Step] = [stepIntersecting, stepIncluding, stepIncluded];

/**
 * The walk for keys of more chunks than a mask has bits. Rare, so it allocates. A node waits on the stack with the set of its
 * parent, shared by all its siblings: a deep tree without branches holds one set at a time.
 */
export function walkLong<T>(
  root: KeNode<T>,
  text: string,
  relation: Relation,
  atoms: ReadonlyMap<string, Atom>,
  visit: (node: KeNode<T>) => unknown,
): void {
  const key = new LongKey(text);
  const known = key.chunks.map((chunk) => atoms.get(chunk));
  const step = stepOf[relation];
  const nodes: KeNode<T>[] = [];
  const sets: (readonly number[])[] = [];
  push(root, relation === INCLUDING ? [0] : key.begin());
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    const set = step(key, sets.pop()!, node.atom.text, node.atom.kind);
    if (set.length === 0) continue;
    if (set[set.length - 1] === key.length && node.value !== undefined && visit(node) === STOP) return;
    push(node, set);
  }

  /** Pushes the children that could go on from the set. Where only equal chunks can, they are looked up. */
  function push(node: KeNode<T>, set: readonly number[]): void {
    const { only, literals, wild } = node;
    if (only !== undefined) put(only, set);
    if (literals !== undefined) {
      if (literals.size <= set.length || (relation !== INCLUDING && set.some((at) => isWild(at)))) {
        for (const child of literals.values()) put(child, set);
      } else {
        for (const atom of new Set(set.map((at) => known[at]))) {
          const child = atom === undefined ? undefined : literals.get(atom);
          if (child !== undefined) put(child, set);
        }
      }
    }
    if (wild === undefined) return;
    if (wild.star !== undefined) put(wild.star, set);
    if (wild.double !== undefined) put(wild.double, set);
    if (wild.dsl !== undefined) for (const child of wild.dsl.values()) put(child, set);
  }

  function put(node: KeNode<T>, set: readonly number[]): void {
    nodes.push(node);
    sets.push(set);
  }

  function isWild(at: number): boolean {
    const kind = key.kinds[at];
    return kind === STAR || kind === DOUBLE || kind === DSL;
  }
}
