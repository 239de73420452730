import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Config, configOf, treeOf } from './config.ts';
import { ConfigError } from './errors.ts';

test('Config: a locator makes a client of the router there', () => {
  const config = new Config('tcp/localhost:7447');
  assert.deepEqual([config.locator, config.messageResponseTimeoutMs], ['tcp/localhost:7447', 500]);
  assert.deepEqual(
    [config.getJson('mode'), config.getJson('connect/endpoints')],
    ['"client"', '["tcp/localhost:7447"]'],
  );
  assert.equal(new Config('tcp/localhost:7447', 9).messageResponseTimeoutMs, 9);
});

test('Config: an object is the tree itself, and nothing is the default', () => {
  assert.equal(new Config({ mode: 'router' }).getJson('mode'), '"router"');
  assert.equal(new Config().getJson('queries_default_timeout'), Config.default().getJson('queries_default_timeout'));
  assert.equal(Config.default().locator, '');
  const isAt = (error: unknown): boolean => error instanceof ConfigError && error.code === 'INVALID_CONFIG';
  assert.throws(() => new Config({ scouting: { multicats: {} } }), isAt);
  assert.throws(() => new Config('nonsense'), isAt);
});

test('Config: JSON5 in, JSON out, by path', () => {
  const config = Config.fromJson5(`{ mode: 'client', /* why */ connect: { endpoints: ['tcp/a:1', 'tcp/b:2'] } }`);
  config.insertJson5('scouting/multicast/enabled', 'false');
  assert.equal(config.getJson('scouting/multicast/enabled'), 'false');
  assert.throws(() => config.insertJson5('nowhere', '1'), ConfigError);
  assert.throws(() => config.getJson('nowhere'), ConfigError);
});

const locators: readonly (readonly [name: string, endpoints: unknown, first: string, changed: unknown])[] = [
  ['none', [], '', ['tcp/new:1']],
  ['several', ['tcp/a:1', 'tcp/b:2'], 'tcp/a:1', ['tcp/new:1', 'tcp/b:2']],
  ['a group', [{ strategy: 'allOf', locators: ['tcp/a:1', 'tcp/b:2'] }], 'tcp/a:1', ['tcp/new:1']],
  [
    'those of a mode',
    { client: ['tcp/a:1'], peer: ['tcp/b:2'] },
    'tcp/a:1',
    { client: ['tcp/new:1'], peer: ['tcp/b:2'] },
  ],
];
for (const [name, endpoints, first, changed] of locators) {
  test(`Config: locator reads and sets the first endpoint of ${name}`, () => {
    const config = new Config({ mode: 'client', connect: { endpoints } });
    assert.equal(config.locator, first);
    config.locator = 'tcp/new:1';
    assert.equal(config.locator, 'tcp/new:1');
    assert.deepEqual({ ...JSON.parse(config.getJson('connect/endpoints')) }, { ...(changed as object) });
    assert.throws(() => (config.locator = 'x'), ConfigError);
  });
}

test('treeOf: takes configurations, objects, locators and JSON5, and nothing else', () => {
  const config = new Config('tcp/a:1');
  const tree = treeOf(config);
  config.locator = 'tcp/b:2';
  assert.deepEqual(tree.get('connect/endpoints'), ['tcp/a:1']);
  assert.equal(treeOf('tcp/a:1').get('mode'), 'client');
  assert.equal(treeOf(`{ mode: 'peer' }`).get('mode'), 'peer');
  assert.equal(treeOf({ mode: 'router' }).get('mode'), 'router');
  assert.deepEqual(treeOf(undefined).toObject(), treeOf({}).toObject());
  for (const wrong of [null, 3, true]) {
    assert.throws(() => treeOf(wrong as unknown as string), { code: 'INVALID_ARGUMENT' });
  }
});

test('configOf: is a copy', () => {
  const tree = treeOf('tcp/a:1');
  configOf(tree).locator = 'tcp/b:2';
  assert.deepEqual(tree.get('connect/endpoints'), ['tcp/a:1']);
});
