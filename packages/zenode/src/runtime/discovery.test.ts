import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sendMessage, type TestNode, TestNetwork } from '../testing/index.ts';
import { Writer } from '../base/index.ts';
import type { Transport } from '../transport/index.ts';
import { encodeLinkStates, Locator, OAM, OAM_LINKSTATE, QOS_DECLARE, type WhatAmI, ZenohId } from '../wire/index.ts';

const node = (mode: string, id: string, more: string = ''): string =>
  `{mode: "${mode}", id: "${id}", listen: {endpoints: ["memory/${id}"]}, ${more}}`;

const TO_ROUTER = 'connect: {endpoints: ["memory/aa"]}';

/** A router and peers of those ids, each with what else it is configured with. */
async function peers(
  network: TestNetwork,
  ...configs: readonly (readonly [id: string, more: string])[]
): Promise<TestNode[]> {
  await network.started(node('router', 'aa'));
  const nodes = configs.map(([id, more]) => network.node(node('peer', id, `${TO_ROUTER}, ${more}`)));
  for (const one of nodes) await one.start();
  await network.scheduler.run(1_000);
  return nodes;
}

const strategy = (text: string): string => `scouting: {gossip: {autoconnect_strategy: ${text}}}`;
const autoconnect = (text: string): string => `scouting: {gossip: {autoconnect: ${text}}}`;

test('gossip: two peers of one router link to each other, by one transport', async () => {
  for (let seed = 1; seed <= 5; seed++) {
    const network = new TestNetwork(seed);
    const [a, b] = await peers(network, ['d1', ''], ['d2', '']);
    assert.deepEqual(
      [a!.linked, b!.linked],
      [
        ['aa', 'd2'],
        ['aa', 'd1'],
      ],
    );
    assert.deepEqual([a!.outcome, b!.outcome], [0, 0]);
    assert.deepEqual([...a!.logged(), ...b!.logged()], []);
    assert.equal(await network.close(), 0);
  }
});

test('gossip: both dial at the same time, and one transport comes of it', async () => {
  const network = new TestNetwork();
  const [a, b] = await peers(network, ['d1', ''], ['d2', '']);
  assert.deepEqual(
    network.dials
      .map(({ to }) => to)
      .filter((to) => to !== 'aa')
      .toSorted(),
    ['d1', 'd2'],
  );
  for (const one of [a!, b!]) {
    assert.equal(one.linked.length, 2);
    const { links, closed } = [...one.runtime.transports].find(({ whatami }) => whatami === 2)!;
    assert.ok(links.length >= 1 && links.length <= 2 && !closed);
  }
  assert.equal(await network.close(), 0);
});

// 05 §4.9: bytes are compared from the least significant one on.
const order: readonly (readonly [greater: string, lesser: string])[] = [
  ['2', '100'],
  ['2', 'ff01'],
  ['a', '9'],
  ['1ff', 'fe'],
  ['ff', 'fffe'],
];
for (const [greater, lesser] of order) {
  test(`gossip: with greater-zid ${greater} dials ${lesser}, whoever came first`, async () => {
    for (const ids of [
      [greater, lesser],
      [lesser, greater],
    ]) {
      const network = new TestNetwork();
      const nodes = await peers(network, ...ids.map((id) => [id, strategy('"greater-zid"')] as const));
      assert.deepEqual(
        network.dials.map(({ to }) => to).filter((to) => to !== 'aa'),
        [lesser],
      );
      assert.deepEqual(
        nodes.map((one) => one.linked.length),
        [2, 2],
      );
      assert.equal(await network.close(), 0);
    }
  });
}

test('gossip: the strategy is that towards the kind of node', async () => {
  const network = new TestNetwork();
  // Towards peers only the greater one dials; the other way round nobody does.
  const [a, b] = await peers(
    network,
    ['d1', strategy('{peer: {to_peer: "greater-zid"}}')],
    ['d2', autoconnect('["router"]')],
  );
  assert.deepEqual([a!.linked, b!.linked], [['aa'], ['aa']]);
  assert.equal(await network.close(), 0);
});

const silent: readonly (readonly [what: string, more: string])[] = [
  ['autoconnect excludes peers', autoconnect('["router"]')],
  ['autoconnect is empty', autoconnect('[]')],
  ['gossip is off at the peers', 'scouting: {gossip: {enabled: false}}'],
];
for (const [what, more] of silent) {
  test(`gossip: peers do not find each other if ${what}`, async () => {
    const network = new TestNetwork();
    const [a, b] = await peers(network, ['d1', more], ['d2', more]);
    assert.deepEqual([a!.linked, b!.linked], [['aa'], ['aa']]);
    assert.deepEqual(
      network.dials.map(({ to }) => to),
      ['aa', 'aa'],
    );
    assert.equal(await network.close(), 0);
  });
}

test('gossip: routers dial nobody by default', async () => {
  const network = new TestNetwork();
  await network.started(node('router', 'aa'));
  await network.started(node('peer', 'd1', TO_ROUTER));
  const router = await network.started(node('router', 'bb', 'connect: {endpoints: ["memory/d1"]}'));
  assert.deepEqual(router.linked, ['d1']);
  assert.equal(await network.close(), 0);
});

test('gossip: clients are told nothing', async () => {
  const network = new TestNetwork();
  await network.started(node('router', 'aa'));
  await network.started(node('peer', 'd1', TO_ROUTER));
  const client = await network.started(node('client', 'c1', TO_ROUTER));
  assert.deepEqual(client.linked, ['aa']);
  assert.equal(await network.close(), 0);
});

/** Tells that a node is there. */
function tell(transport: Transport, zid: string, whatami: WhatAmI, locators: readonly string[]): void {
  const body = new Writer(new Uint8Array(1024));
  encodeLinkStates(body, [
    {
      psid: 1,
      sn: 1,
      zid: ZenohId.parse(zid),
      whatami,
      locators: locators.map((text) => Locator.parse(text)),
      gateway: false,
      links: [],
      weights: undefined,
    },
  ]);
  sendMessage(transport, { id: OAM, oamId: OAM_LINKSTATE, qos: QOS_DECLARE, timestamp: undefined, body: body.taken() });
}

/** A peer beside a stranger that can tell it anything. */
async function told(more: string = ''): Promise<{
  network: TestNetwork;
  one: TestNode;
  hear: (zid: string, whatami: WhatAmI, ...locators: string[]) => void;
}> {
  const network = new TestNetwork();
  const stranger = await network.stranger('s', { zid: ZenohId.parse('ab'), whatami: 1 });
  const one = await network.started(node('peer', 'b1', `connect: {endpoints: ["memory/s"]}, ${more}`));
  network.taken();
  one.lines.length = 0;
  return { network, one, hear: (zid, whatami, ...locators) => tell(stranger.transport, zid, whatami, locators) };
}

test('found node: another one that answers gets Close INVALID, and the next locator is tried', async () => {
  const { network, one, hear } = await told();
  const wrong = await network.started(node('peer', 'd1'));
  await network.started(node('peer', 'd2'));
  hear('d2', 2, 'memory/d1', 'memory/d2');
  await network.scheduler.settle();
  assert.deepEqual([one.linked, wrong.linked], [['ab', 'd2'], []]);
  assert.ok(one.logged('debug').includes('Unable to connect to memory/d1 of d2: Expected peer ZID d2 but received d1'));
  assert.ok(wrong.logged('debug').some((line) => line.endsWith('the other node refused: INVALID')));
  assert.deepEqual(one.logged(), []);
  assert.equal(await network.close(), 0);
});

test('found node: sixteen are dialled at a time, others when those are done, and no more wait than may be linked', async () => {
  const { network, one, hear } = await told('transport: {unicast: {max_sessions: 40}}');
  const names = Array.from({ length: 50 }, (_, i) => `d${i + 1}`);
  for (const name of names) {
    network.silent.add(name);
    hear(name, 2, `memory/${name}`);
  }
  await network.scheduler.settle();
  const dialled = (): string[] => network.dials.map(({ to }) => to);
  assert.deepEqual(dialled(), names.slice(0, 16));
  for (let i = 0; i < names.length; i++) await network.scheduler.run(3_000);
  assert.deepEqual(dialled(), names.slice(0, 40));
  assert.deepEqual(one.linked, ['ab']);
  // When they are done there is room for others.
  await network.started(node('peer', 'e1'));
  hear('e1', 2, 'memory/e1');
  await network.scheduler.settle();
  assert.deepEqual(one.linked, ['ab', 'e1']);
  assert.equal(await network.close(), 0);
});

test('better: 9 a locator that hangs holds up the next one for a quarter of a second only', async () => {
  const { network, one, hear } = await told();
  await network.started(node('peer', 'd2'));
  network.silent.add('x').add('y');
  hear('d2', 2, 'memory/x', 'memory/gone', 'memory/y', 'memory/d2', 'memory/z');
  await network.scheduler.run(499);
  assert.deepEqual(one.linked, ['ab']);
  await network.scheduler.run(1);
  assert.deepEqual(one.linked, ['ab', 'd2']);
  assert.deepEqual(
    network.dials.map(({ to }) => to),
    ['x', 'gone', 'y', 'd2'],
  );
  assert.equal(await network.close(), 0);
});

test('found node: one that cannot be reached is warned of once, and dialled again when it is heard of again', async () => {
  const { network, one, hear } = await told();
  hear('d2', 2, 'memory/x', 'memory/y');
  await network.scheduler.settle();
  assert.deepEqual(one.logged(), ['Unable to connect to any locator of scouted peer d2: memory/x, memory/y']);
  await network.started(node('peer', 'd2'));
  hear('d2', 2, 'memory/d2');
  await network.scheduler.settle();
  assert.deepEqual(one.linked, ['ab', 'd2']);
  assert.equal(await network.close(), 0);
});

test('found node: heard of again while it is dialled, linked, or this node itself: nothing happens', async () => {
  const { network, one, hear } = await told();
  await network.started(node('peer', 'd2'));
  network.silent.add('d2');
  hear('d2', 2, 'memory/d2');
  hear('d2', 2, 'memory/d2');
  await network.scheduler.settle();
  assert.equal(network.taken().length, 1);
  await network.scheduler.run(11_000);
  network.silent.clear();
  hear('d2', 2, 'memory/d2');
  await network.scheduler.settle();
  assert.deepEqual(one.linked, ['ab', 'd2']);
  network.taken();
  hear('d2', 2, 'memory/d2');
  hear('b1', 2, 'memory/b1');
  hear('d3', 2);
  await network.scheduler.settle();
  assert.deepEqual(network.taken(), []);
  assert.deepEqual(one.logged().length, 1);
  assert.equal(await network.close(), 0);
});

test('found node: configured endpoints are left to their connectors', async () => {
  const network = new TestNetwork();
  network.chance(1);
  const stranger = await network.stranger('s', { zid: ZenohId.parse('ab'), whatami: 1 });
  const one = network.node(
    node('peer', 'b1', 'connect: {endpoints: ["memory/s", "memory/x#retry_period_init_ms=5000"]}'),
  );
  await one.start();
  network.taken();
  tell(stranger.transport, 'd2', 2, ['memory/x']);
  await network.scheduler.run(4_000);
  assert.deepEqual(network.taken(), []);
  assert.deepEqual(one.logged(), ['Scouting delay elapsed before start conditions are met.']);
  assert.equal(await network.close(), 0);
});

test('found node: close while it is dialled leaves nothing', async () => {
  const { network, one, hear } = await told();
  network.silent.add('x');
  hear('d2', 2, 'memory/x', 'memory/y');
  await network.scheduler.run(10);
  const closing = one.runtime.close();
  await network.scheduler.settle();
  await closing;
  assert.deepEqual(one.logged(), []);
  network.taken();
  await network.scheduler.run(20_000);
  assert.deepEqual(network.taken(), []);
  assert.equal(await network.close(), 0);
});

test('gossip: a hundred peers of one router all get linked', async () => {
  const network = new TestNetwork();
  await network.started(node('router', 'aa'));
  const nodes = Array.from({ length: 100 }, (_, i) => network.node(node('peer', `d${i + 100}`, TO_ROUTER)));
  for (const one of nodes) void one.start();
  await network.scheduler.run(1_000);
  for (const one of nodes) assert.equal(one.linked.length, 100, `${one.runtime.zid} has ${one.linked.length}`);
  for (const one of nodes) assert.deepEqual([typeof one.outcome, one.logged()], ['number', []]);
  assert.equal(await network.close(), 0);
});
