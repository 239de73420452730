import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differences } from './behaviour/differences.ts';
import { executors } from './behaviour/executors.ts';
import { outOfScope } from './behaviour/out-of-scope.ts';
import { entries } from './behaviour/recorded.ts';
import { World } from './behaviour/world.ts';

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
