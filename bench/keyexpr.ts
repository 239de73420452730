import { KeTree, KeyExpr, canonize, includes, intersects } from '../packages/zenode/src/keyexpr/index.ts';

/** Nanoseconds of one call: the best of some rounds over the keys. */
function time<K>(keys: readonly K[], work: (key: K) => unknown, rounds: number = 7): number {
  let best = Infinity;
  for (let r = 0; r < rounds; r++) {
    const start = performance.now();
    for (const key of keys) work(key);
    best = Math.min(best, ((performance.now() - start) * 1e6) / keys.length);
  }
  return best;
}

function print(name: string, value: string): void {
  console.log(`${name.padEnd(68)} ${value.padStart(12)}`);
}

const ns = (value: number): string => `${value.toFixed(value < 100 ? 1 : 0)} ns`;

/** The same text as a string that no table has seen. */
const fresh = (text: string): string => Buffer.from(text).toString('utf8');

function repeat<T>(values: readonly T[], times: number): T[] {
  return Array.from({ length: times }, () => values).flat();
}

function pairs(): void {
  for (const [a, b] of [
    ['fleet/robot12/arm/joint/3', 'fleet/robot12/arm/joint/3'],
    ['fleet/robot12/arm/joint/3', 'fleet/robot12/arm/joint/4'],
    ['fleet/*/arm/joint/*', 'fleet/robot12/arm/joint/3'],
    ['fleet/**', 'fleet/robot12/arm/joint/3'],
    ['**/joint/*', 'fleet/robot12/arm/joint/3'],
    ['fleet/robot$*/arm/**', 'fleet/robot12/arm/joint/3'],
  ] as const) {
    const copies = Array.from({ length: 1000 }, () => fresh(b));
    print(`intersects ${a} ${b}`, ns(time(repeat(copies, 100), (key) => intersects(a, key))));
    print(`includes   ${a} ${b}`, ns(time(repeat(copies, 100), (key) => includes(a, key))));
  }
  const keys = Array.from({ length: 100_000 }, (_, i) => fresh(`fleet/robot${i}/arm/joint/3`));
  print('new KeyExpr, five chunks', ns(time(keys, (key) => new KeyExpr(key))));
}

function hostile(): void {
  const texts = [
    ['**/a/**/a…', '**/a/'.repeat(819) + 'b'],
    ['a/a…', 'a/'.repeat(2047) + 'a'],
    ['**/a/a…b/**/a/a…b', '**/' + 'a/'.repeat(1000) + 'b/**/' + 'a/'.repeat(1000) + 'b'],
    ['$*a$*a…', '$*a'.repeat(1365) + 'b'],
    ['$*aaa…b', '$*' + 'a'.repeat(2000) + 'b$*' + 'a'.repeat(2000) + 'b'],
    ['aaa…', 'a'.repeat(4095)],
    ['**/$*a$*b/**…', '**/$*a$*a$*b/'.repeat(315) + '**'],
    ['aaaa/aaaa…', 'aaaaaaaaaaaa/'.repeat(315) + 'a'],
  ] as const;
  let worst = { ms: 0, name: '' };
  for (const [nameA, a] of texts) {
    for (const [nameB, b] of texts) {
      for (const match of [intersects, includes]) {
        const ms = time([b], (key) => match(a, key), 3) / 1e6;
        if (ms > worst.ms) worst = { ms, name: `${match.name} ${nameA} ${nameB}` };
      }
    }
  }
  print(`worst of 4 KB: ${worst.name}`, `${worst.ms.toFixed(2)} ms`);
  print('canonize 4 KB of **/*', `${(time(['**/*/'.repeat(800) + 'a'], canonize, 3) / 1e6).toFixed(2)} ms`);
  for (const [name, key] of texts) {
    const tree = new KeTree<string>();
    for (const [, text] of texts) tree.insert(text).value = text;
    const ms = (['intersecting', 'including', 'included'] as const).map((m) =>
      (time([key], (k) => tree[m](k, () => 0), 3) / 1e6).toFixed(2),
    );
    print(`tree of these, intersecting / including / included ${name}`, `${ms.join(' / ')} ms`);
  }
}

function heap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

/** `side`³ literal keys of five chunks, and 202 wild ones, so that a literal key has two hits. A tail is one node more for each. */
function tree(side: number, head: string = 'org/site', tail: string = ''): void {
  const key = (i: number): string =>
    `${head}/a${i % side}/b${Math.floor(i / side) % side}/c${Math.floor(i / side / side)}${tail}`;
  const count = side ** 3;
  const before = heap();
  const table = new KeTree<number>();
  const start = performance.now();
  for (let i = 0; i < count; i++) table.insert(key(i)).value = i;
  for (let i = 0; i < 100; i++) {
    table.insert(`${head}/a${i}/*/c${i}/v`).value = i;
    table.insert(`${head}/*/b${i}/c${i}/$*w`).value = i;
  }
  table.insert(`${head}/**`).value = 0;
  table.insert('other/**').value = 0;
  const took = performance.now() - start;
  const bytes = (heap() - before) / count;
  const name = `${count} keys ${head}/a/b/c${tail}`;
  print(`tree, ${name}: insert`, ns((took * 1e6) / count));
  if (globalThis.gc !== undefined) print(`tree, ${name}: bytes each`, bytes.toFixed(0));
  let hits = 0;
  const visit = (): void => void hits++;
  let seed = 1;
  const random = (): string => {
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    return fresh(key((seed >>> 0) % count));
  };
  const some = Array.from({ length: 1000 }, random);
  print(
    `tree, ${name}: 1,000 keys in use`,
    ns(time(repeat(some.map(fresh), 100), (k) => table.intersecting(k, visit))),
  );
  const many = Array.from({ length: 100_000 }, random);
  hits = 0;
  const each = time(many, (k) => table.intersecting(k, visit), 5);
  print(`tree, ${name}: random keys, ${(hits / 5 / many.length).toFixed(2)} hits`, ns(each));
  print(`tree, ${name}: get, random keys`, ns(time(many, (k) => table.get(k), 3)));
  for (const wild of [`${head}/a1/**`, `${head}/*/b5/*${tail}`, '**']) {
    hits = 0;
    const once = time([wild], (k) => table.intersecting(k, visit), 3);
    print(`tree, ${name}: ${wild}, ${hits / 3} hits, each`, ns(once / (hits / 3)));
  }
}

/** Prints what matching costs. Bytes appear under `node --expose-gc`. */
export async function run(): Promise<void> {
  pairs();
  hostile();
  tree(10);
  tree(47);
  tree(100);
  tree(100, 'site', '/v');
}

if (process.argv[1] !== undefined && import.meta.url === new URL(`file://${process.argv[1]}`).href) await run();
