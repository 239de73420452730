import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RoutingNode } from '../testing/index.ts';
import { AGGREGATE, QUERYABLE, SUBSCRIBER, TOKEN } from './primitives.ts';

interface Countable {
  [name: PropertyKey]: (this: unknown, ...args: unknown[]) => unknown;
}

/**
 * How much is done inside `run`: every step of an iteration over a list, map or set, and every look-up. What grows faster
 * than what is asked for shows up here, without a stop watch.
 */
function stepsOf(run: () => void): number {
  let steps = 0;
  const undo: (() => void)[] = [];
  const count = (target: object, name: PropertyKey, cost: (self: unknown) => number): void => {
    const owner = target as Countable;
    const inner = owner[name]!;
    owner[name] = function counted(this: unknown, ...args: unknown[]): unknown {
      steps += cost(this);
      return Reflect.apply(inner, this, args);
    };
    undo.push(() => {
      owner[name] = inner;
    });
  };
  const one = (): number => 1;
  const length = (self: unknown): number => (self as unknown[]).length;
  for (const iterator of [new Map().values(), new Set().values(), [].values()]) {
    count(Object.getPrototypeOf(iterator) as object, 'next', one);
  }
  for (const name of ['get', 'set', 'has', 'delete']) count(Map.prototype, name, one);
  for (const name of ['add', 'has', 'delete']) count(Set.prototype, name, one);
  for (const name of ['find', 'findIndex', 'indexOf', 'filter', 'map', 'some', 'slice', 'splice']) {
    count(Array.prototype, name, length);
  }
  try {
    run();
  } finally {
    for (const restore of undo.reverse()) restore();
  }
  return steps;
}

/** The steps for `n` things are at most this many times `n`, for few and for many. */
function assertLinear(run: (n: number) => void, most: number, many: number): void {
  for (const n of [many / 100, many]) {
    const steps = stepsOf(() => run(n)) / n;
    assert.ok(steps < most, `${n} things take ${steps} steps each, more than ${most}`);
  }
}

test('linear: 100,000 subscribers of one client, told to another one with aliases, and withdrawn', () => {
  assertLinear(
    (n) => {
      const node = new RoutingNode();
      const [owner, watcher] = [node.open(4), node.open(4)];
      watcher.interest(1, 3, 0x0f);
      for (let i = 1; i <= n; i++) owner.declare(SUBSCRIBER, i, `k/${i}`);
      for (let i = 1; i <= n; i++) owner.undeclare(SUBSCRIBER, i);
      assert.equal(watcher.egress.raw.length, 1 + 2 * n + Math.min(n, 65_535));
      assert.equal(node.tables.resources.nodeCount, 0);
    },
    200,
    100_000,
  );
});

test('linear: 100,000 entities of a client that goes', () => {
  for (const kind of [SUBSCRIBER, QUERYABLE, TOKEN] as const) {
    assertLinear(
      (n) => {
        const node = new RoutingNode();
        const [owner, watcher] = [node.open(4), node.open(4)];
        watcher.interest(1, 3, 0x0e);
        for (let i = 1; i <= n; i++) owner.declare(kind, i, `k/${i}`);
        owner.close();
        assert.equal(node.tables.resources.nodeCount, 0);
      },
      200,
      20_000,
    );
  }
});

test('linear: 20,000 ids of one client on one key', () => {
  assertLinear(
    (n) => {
      const node = new RoutingNode();
      const [owner, watcher] = [node.open(4), node.open(4)];
      watcher.interest(1, 3, 0x0e);
      for (let i = 1; i <= n; i++) owner.declare(QUERYABLE, i, 'k', i % 2);
      for (let i = 1; i <= n; i++) owner.undeclare(QUERYABLE, i);
      assert.equal(node.tables.resources.nodeCount, 0);
    },
    200,
    20_000,
  );
});

test('linear: 20,000 entities under one sum, whoever has them', () => {
  assertLinear(
    (n) => {
      const node = new RoutingNode();
      const [owner, watcher] = [node.open(4), node.open(4)];
      watcher.interest(1, 3, AGGREGATE | 6, '**');
      for (let i = 1; i <= n; i++) {
        owner.declare(SUBSCRIBER, i, `k/${i}`);
        watcher.declare(SUBSCRIBER, i, `own/${i}`);
        owner.declare(QUERYABLE, i, `k/${i}`, i % 2);
      }
      for (let i = 1; i <= n; i++) {
        owner.undeclare(SUBSCRIBER, i);
        owner.undeclare(QUERYABLE, i);
      }
      watcher.close();
    },
    600,
    20_000,
  );
});

test('linear: 20,000 interests of one client, on one key and on many, and their ends', () => {
  for (const keyOf of [(i: number) => `k/${i}`, () => 'k'] as const) {
    assertLinear(
      (n) => {
        const node = new RoutingNode({ whatami: 2, timestamping: false });
        const [asker, upstream] = [node.open(4), node.open(1)];
        for (let i = 1; i <= n; i++) asker.interest(i, 3, 3, keyOf(i));
        const other = node.open(4);
        for (let i = 1; i <= 100; i++) other.declare(SUBSCRIBER, i, `elsewhere/${i}`);
        for (let i = 1; i <= n; i++) asker.interest(i, 0, 0);
        assert.equal(upstream.face.localInterests.size, 0);
        assert.equal(asker.face.interests.size, 0);
      },
      200,
      20_000,
    );
  }
});

test('linear: 20,000 interests in sums of one client, and their ends', () => {
  assertLinear(
    (n) => {
      const node = new RoutingNode();
      const [asker, owner] = [node.open(4), node.open(4)];
      for (let i = 1; i <= n; i++) asker.interest(i, 3, AGGREGATE | 2, `k/${i}`);
      for (let i = 1; i <= n; i++) owner.declare(SUBSCRIBER, i, `k/${i}`);
      for (let i = 1; i <= n; i++) asker.interest(i, 0, 0);
      assert.equal(asker.face.sums[SUBSCRIBER].size, 0);
    },
    300,
    20_000,
  );
});
