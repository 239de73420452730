import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differences } from './behaviour/differences.ts';
import { executors } from './behaviour/executors.ts';
import { outOfScope } from './behaviour/out-of-scope.ts';
import { entries } from './behaviour/recorded.ts';
import { arrangements, World } from './behaviour/world.ts';

const ours = new Map(differences.map((one) => [one.name, one]));

for (const entry of entries) {
  const executor = executors[entry.name];
  if (executor === undefined) continue;
  const { name, observed } = entry;
  const difference = ours.get(name);
  const told = typeof observed === 'string' ? observed : JSON.stringify(observed);
  const title = difference === undefined ? told : `ours differs, ${difference.reason}; theirs: ${told}`;
  test(`${name}: ${title}`, async (t) => {
    const world = new World();
    t.after(() => world.close());
    const seen = await executor.run(world, entry);
    assert.deepEqual(seen, difference === undefined ? executor.expected : difference.ours);
  });
}

/** What depends on nothing but C and D reaching each other. */
const ANYWHERE =
  /^(locality|matching|liveliness(?!\.linkdown)|subscriber|publication\.order|query\.(encodingonly|nopayload))/;

for (const [where, arrangement] of Object.entries(arrangements).slice(1)) {
  test(`behaviour: what was recorded of clients of a router holds for ${where}`, async () => {
    let held = 0;
    for (const entry of entries) {
      const { name } = entry;
      if (!ANYWHERE.test(name)) continue;
      const executor = executors[name]!;
      const world = new World(arrangement);
      assert.deepEqual(await executor.run(world, entry), ours.get(name)?.ours ?? executor.expected, name);
      await world.close();
      held++;
    }
    assert.ok(held > 80);
  });
}

test('behaviour: every recorded entry is held, or out of scope with a reason', () => {
  const names = new Set<string>();
  for (const { name } of entries) {
    assert.ok(!names.has(name), `${name} is recorded twice`);
    names.add(name);
    const reasons = outOfScope.filter(({ pattern }) => pattern.test(name));
    assert.equal(
      reasons.length + (name in executors ? 1 : 0),
      1,
      `${name} has neither an executor nor a reason, or both`,
    );
  }
  for (const name of Object.keys(executors)) assert.ok(names.has(name), `${name} was never recorded`);
});

test('behaviour: what differs was recorded, is run, and really differs', () => {
  for (const { name, reason, ours: value } of differences) {
    assert.match(reason, /^chapter \d\d /);
    const executor = executors[name];
    assert.ok(executor !== undefined, `${name} is not run`);
    assert.notDeepEqual(value, executor.expected, `${name} does not differ`);
  }
  assert.equal(ours.size, differences.length, 'one difference per entry');
});
