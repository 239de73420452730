import assert from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonize } from './canonical.ts';
import { includes, intersects } from './matching.ts';
import { steps } from './steps.ts';
import { type KeNode, KeTree, STOP } from './tree.ts';

type Matcher = 'intersecting' | 'including' | 'included';
const matchers: readonly Matcher[] = ['intersecting', 'including', 'included'];

/** What a scan over all keys finds. */
function scan(keys: Iterable<string>, matcher: Matcher, key: string): string[] {
  const hit = (k: string): boolean =>
    matcher === 'intersecting' ? intersects(key, k) : matcher === 'including' ? includes(k, key) : includes(key, k);
  return [...keys].filter(hit).sort();
}

/** What the tree finds; fails if a node is visited twice. */
function find(tree: KeTree<string>, matcher: Matcher, key: string): string[] {
  const found: string[] = [];
  tree[matcher](key, (node) => found.push(node.key));
  assert.equal(new Set(found).size, found.length, 'visited once');
  return found.sort();
}

function treeOf(keys: Iterable<string>): KeTree<string> {
  const tree = new KeTree<string>();
  for (const key of keys) tree.insert(key).value = key;
  return tree;
}

const arbChunk = fc.constantFrom(
  'a',
  'a',
  'b',
  'ab',
  '*',
  '**',
  '**',
  '@a',
  '@b',
  'a$*',
  '$*b',
  '$*a$*',
  '@$*',
  '$*@a',
);
const arbKey = fc.array(arbChunk, { minLength: 1, maxLength: 5 }).map((chunks) => canonize(chunks.join('/')));
const arbLoose = fc
  .array(fc.oneof(arbChunk, fc.constantFrom('', '$*', 'a*', '***')), { maxLength: 5 })
  .map((c) => c.join('/'));

for (const [name, arb] of [
  ['canonical keys', arbKey],
  ['any texts', arbLoose],
] as const) {
  test(`tree: finds what a scan finds, also after removals, among ${name}`, () => {
    const arbTable = fc.uniqueArray(arb, { maxLength: 40 });
    fc.assert(
      fc.property(arbTable, arbTable, fc.array(arb, { minLength: 1, maxLength: 8 }), (keep, drop, wanted) => {
        const tree = treeOf([...drop, ...keep]);
        for (const key of drop) if (!keep.includes(key)) assert.equal(tree.remove(key), key);
        assert.deepEqual([...tree].map((node) => node.key).sort(), [...keep].sort());
        for (const matcher of matchers) {
          for (const key of wanted)
            assert.deepEqual(find(tree, matcher, key), scan(keep, matcher, key), `${matcher} ${key}`);
        }
        for (const key of keep) tree.remove(key);
        assert.equal(tree.nodeCount, 0);
        assert.ok(tree.root.isLeaf);
      }),
      { numRuns: 2_000 },
    );
  });
}

test('tree: keys of more chunks than a mask has bits find the same', () => {
  const arbLong = fc
    .tuple(arbLoose, fc.integer({ min: 24, max: 34 }), fc.constantFrom('a/', 'ab/', '*/'), arbLoose)
    .map(([head, n, fill, tail]) => `${head}/${fill.repeat(n)}${tail}`);
  const arbAny = fc.oneof(arbLong, arbLoose);
  fc.assert(
    fc.property(fc.uniqueArray(arbAny, { maxLength: 30 }), fc.array(arbLong, { maxLength: 6 }), (keys, wanted) => {
      const tree = treeOf(keys);
      for (const matcher of matchers) {
        for (const key of [...wanted, ...keys.slice(0, 6)])
          assert.deepEqual(find(tree, matcher, key), scan(keys, matcher, key), `${matcher} ${key}`);
      }
    }),
    { numRuns: 500 },
  );
});

test('tree: any texts go in, are found, and come out', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ unit: 'binary' }), { maxLength: 20 }), (keys) => {
      const tree = treeOf(['', '/', '//', 'q//a', 'a/**/**', ...keys]);
      for (const key of keys) {
        assert.equal(tree.get(key)?.key, key);
        for (const matcher of matchers) assert.ok(find(tree, matcher, key).includes(key));
      }
      for (const key of ['', '/', '//', 'q//a', 'a/**/**', ...keys]) tree.remove(key);
      assert.equal(tree.nodeCount, 0);
    }),
  );
});

test('tree: a node tells its key, its chunk and its parent, and is the same until it is pruned', () => {
  const tree = new KeTree<number>();
  const node = tree.insert('a/b/**');
  assert.equal(tree.insert('a/b/**'), node);
  assert.deepEqual(
    [node.key, node.chunk, node.parent?.key, node.parent?.parent?.parent],
    ['a/b/**', '**', 'a/b', tree.root],
  );
  assert.deepEqual(
    [tree.root.key, tree.get('a')?.value, tree.get('b'), tree.get('a/b/c')],
    ['', undefined, undefined, undefined],
  );
  tree.prune(node);
  assert.deepEqual([tree.nodeCount, tree.get('a')], [0, undefined]);
  const again = tree.insert('a/b/**');
  tree.prune(node); // of the past: the new one stays
  assert.deepEqual([again === node, tree.get('a/b/**')], [false, again]);
});

test('tree: pruning stops at a node with a value or with other children', () => {
  const tree = treeOf(['a', 'a/b/c', 'a/b/d', 'a/b/c/e/f']);
  tree.remove('a/b/c/e/f');
  assert.deepEqual([tree.get('a/b/c/e'), tree.get('a/b/c')?.value], [undefined, 'a/b/c']);
  tree.remove('a/b/c');
  tree.remove('a/b/d');
  assert.deepEqual([tree.nodeCount, [...tree].map((n) => n.key)], [1, ['a']]);
});

test('tree: among many chunks with "$*", a literal key meets those that begin like it', () => {
  const heads = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 4 });
  const arbDsl = fc
    .tuple(heads, heads)
    .map(([head, tail]) => `x/${head}$*${tail}${head === '' && tail === '' ? 'a' : ''}/y`);
  fc.assert(
    fc.property(
      fc.uniqueArray(arbDsl, { minLength: 20, maxLength: 60 }),
      fc.array(heads),
      fc.nat(59),
      (keys, wanted, drop) => {
        const tree = treeOf(keys);
        const kept = keys.slice(drop);
        for (const key of keys.slice(0, drop)) tree.remove(key);
        for (const matcher of matchers) {
          for (const key of wanted)
            assert.deepEqual(find(tree, matcher, `x/${key}/y`), scan(kept, matcher, `x/${key}/y`));
        }
        for (const key of kept) tree.remove(key);
        assert.equal(tree.nodeCount, 0);
      },
    ),
    { numRuns: 200 },
  );
  const tree = treeOf(Array.from({ length: 10_000 }, (_, i) => `s${i}$*/v`));
  steps.positions = steps.chunks = 0;
  assert.deepEqual(find(tree, 'intersecting', 's1234x/v'), ['s1$*/v', 's12$*/v', 's123$*/v', 's1234$*/v']);
  assert.ok(steps.positions + steps.chunks < 50);
});

test('tree: a visitor may stop, match again, and throw', () => {
  const tree = treeOf(['a', 'b', 'c/d', '*', '**']);
  let seen = 0;
  tree.intersecting('**', () => (++seen === 2 ? STOP : undefined));
  assert.equal(seen, 2);
  const pairs: string[] = [];
  tree.intersecting('a', (outer) => tree.intersecting('a', (inner) => pairs.push(`${outer.key} ${inner.key}`)));
  assert.equal(new Set(pairs).size, 9);
  assert.throws(
    () =>
      tree.intersecting('**', () => {
        throw new Error('mine');
      }),
    /mine/,
  );
  assert.deepEqual(find(tree, 'intersecting', 'a'), ['*', '**', 'a']);
});

test('tree: parents are visited before their children', () => {
  const keys = ['a', 'a/b', 'a/b/c', 'a/**', 'a/**/d', '**', '**/d'];
  const tree = treeOf(keys);
  const seen = new Set<KeNode<string>>();
  tree.intersecting('**', (node) => {
    for (let n = node.parent; n !== undefined; n = n.parent) assert.ok(n.value === undefined || seen.has(n));
    seen.add(node);
  });
  assert.equal(seen.size, keys.length);
});

test('better: 24 a walk through a hostile tree takes at most nodes times chunks of the key', () => {
  const keys = [
    '**/a/'.repeat(800) + '**',
    '**/a/'.repeat(800) + 'b',
    '**/*/'.repeat(800) + '@b',
    'a/'.repeat(2000) + '**',
    '**/'.repeat(1400) + 'a',
    '**/$*a/$*b/**/'.repeat(290) + 'b',
    '$*a'.repeat(1300),
  ];
  const wanted = [
    ...keys,
    'a/'.repeat(2000) + 'a',
    'a/'.repeat(25) + 'b',
    '**/a/'.repeat(12) + 'b',
    'a'.repeat(4000),
    '*/'.repeat(2000) + 'b',
    'b/a/'.repeat(1000) + '@b',
  ];
  const tree = treeOf(keys);
  for (const matcher of matchers) {
    for (const key of wanted) {
      steps.positions = steps.chunks = 0;
      const found = find(tree, matcher, key);
      const { positions: walked, chunks: compared } = steps;
      assert.deepEqual(found, scan(keys, matcher, key));
      const bound = tree.nodeCount * (key.split('/').length + 1);
      assert.ok(
        walked <= bound && compared <= bound,
        `${matcher} ${key.slice(0, 20)}: ${walked}, ${compared} of ${bound}`,
      );
    }
  }
});

test('tree: 30,000 chunks do not overflow', () => {
  const deep = 'a/'.repeat(30_000) + 'a';
  const tree = treeOf([deep, '**/' + deep, 'a/**']);
  for (const matcher of matchers) find(tree, matcher, deep);
  assert.deepEqual(find(tree, 'intersecting', 'a/**').length, 3);
  assert.equal(find(tree, 'included', '**').length, 3);
  assert.equal(tree.get(deep)?.key, deep);
  for (const key of [deep, '**/' + deep, 'a/**']) tree.remove(key);
  assert.equal(tree.nodeCount, 0);
});
