import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type TestNode, TestNetwork } from '../testing/index.ts';

const message = (node: TestNode): string => (node.outcome instanceof Error ? node.outcome.message : `${node.outcome}`);

const client = (endpoints: string, more: string = ''): string =>
  `{mode: "client", id: "c1", connect: {endpoints: ${endpoints}, ${more}}}`;

/** A network with routers of those names, in which every wait is as long as it can be. */
async function withRouters(...names: string[]): Promise<TestNetwork> {
  const network = new TestNetwork();
  network.chance(1);
  for (const name of names)
    await network.started(`{mode: "router", id: "${name}", listen: {endpoints: ["memory/${name}"]}}`);
  network.taken();
  return network;
}

test('client C2: without endpoints there is nobody to connect to', async () => {
  const network = new TestNetwork();
  const node = network.node('{mode: "client"}');
  await node.start();
  assert.equal(message(node), 'No peer specified and multicast scouting deactivated!');
  assert.ok(node.logged('debug').includes('Starting with no listener endpoints!'));
  assert.equal(await network.close(), 0);
});

test('client C7: one attempt each, in order; the first that answers is enough', async () => {
  const network = await withRouters('aa', 'bb');
  const node = network.node(client('["memory/x", "memory/aa", "memory/bb"]'));
  await node.start();
  assert.equal(node.outcome, 0);
  assert.deepEqual(node.linked, ['aa']);
  assert.deepEqual(
    network.dials.map(({ to }) => to),
    ['x', 'aa'],
  );
  assert.deepEqual(node.logged(), [
    'Unable to connect to memory/x! cannot connect to memory/x: nobody listens there in this process',
  ]);
  assert.equal(await network.close(), 0);
});

test('client C7: nobody answers: the error lists the endpoints and why the last one failed', async () => {
  const network = new TestNetwork();
  const node = network.node(client('["memory/x", {strategy: "allOf", locators: ["memory/y", "memory/z"]}]'));
  await node.start();
  assert.equal(
    message(node),
    'Unable to connect to any of memory/x, memory/y, memory/z! cannot connect to memory/z: nobody listens there in this process',
  );
  assert.equal((node.outcome as { code?: string }).code, 'CONNECT_FAILED');
  assert.equal(node.logged().length, 3);
  assert.equal(network.scheduler.timers, 0);
});

test('client C7: exit_on_failure false changes nothing', async () => {
  const network = new TestNetwork();
  const node = network.node(client('["memory/x"]', 'exit_on_failure: false'));
  await node.start();
  assert.match(message(node), /^Unable to connect to any of memory\/x! /);
});

test('client C1: its listeners open first; when connecting fails they are closed again', async () => {
  const network = new TestNetwork();
  const config = `{mode: "client", listen: {endpoints: ["memory/c"]}, connect: {endpoints: ["memory/x"]}}`;
  const node = network.node(config);
  await node.start();
  assert.match(message(node), /^Unable to connect to any of memory\/x! /);
  assert.ok(node.logged('info').includes('Zenoh can be reached at: memory/c'));
  assert.equal(network.scheduler.timers, 0);
  // The name is free again.
  const second = network.node(config.replace('memory/x', 'memory/c'));
  await second.start();
  assert.match(message(second), /memory\/c/);
});

test('client C1: a listener that fails is the error', async () => {
  const network = await withRouters('aa');
  const node = network.node(
    '{mode: "client", listen: {endpoints: ["memory/aa"]}, connect: {endpoints: ["memory/aa"]}}',
  );
  await node.start();
  assert.equal(message(node), 'cannot listen on memory/aa: the name is taken');
  assert.deepEqual(network.taken(), []);
  assert.equal(await network.close(), 0);
});

test('client: an endpoint that never answers is given up after open_timeout, link and handshake together', async () => {
  const network = await withRouters('bb');
  network.silent.add('aa');
  const node = network.node(
    `{mode: "client", transport: {unicast: {open_timeout: 700}}, connect: {endpoints: ["memory/aa", "memory/bb"]}}`,
  );
  await node.start();
  await network.scheduler.run(699);
  assert.equal(node.outcome, undefined);
  await network.scheduler.run(1);
  assert.equal(node.outcome, 700);
  assert.deepEqual(node.logged(), ['Unable to connect to memory/aa! no answer from memory/aa within 700 ms']);
  assert.equal(await network.close(), 0);
});

test('client: a link that opens and stays mute is given up after open_timeout too', async () => {
  const network = await withRouters('aa');
  const node = network.node(`{mode: "client", connect: {endpoints: ["memory/aa"]}}`);
  const dial = network.protocol.dial.bind(network.protocol);
  Object.assign(network.protocol, {
    dial: async (...args: Parameters<typeof dial>) => {
      const link = await dial(...args);
      link.pause();
      return link;
    },
  });
  await node.start();
  await network.scheduler.run(9_999);
  assert.equal(node.outcome, undefined);
  await network.scheduler.run(1);
  assert.equal(message(node), 'Unable to connect to any of memory/aa! no answer from memory/aa within 10000 ms');
  assert.equal(await network.close(), 0);
});

test('better: 8 a client with retry goes round all endpoints of all groups', async () => {
  const network = await withRouters();
  const node = network.node(
    client('["memory/x", {strategy: "allOf", locators: ["memory/y", "memory/z"]}]', 'timeout_ms: -1'),
  );
  await node.start();
  await network.scheduler.run(8_000);
  assert.deepEqual(
    network.dials.map(({ at, to }) => `${at} ${to}`),
    [0, 1000, 3000, 7000].flatMap((at) => ['x', 'y', 'z'].map((to) => `${at} ${to}`)),
  );
  // One member of a group is there: that is success, whatever the others do.
  await network.started('{mode: "router", id: "aa", listen: {endpoints: ["memory/y"]}}');
  await network.scheduler.run(4_000);
  assert.equal(node.outcome, 11_000);
  assert.deepEqual(node.linked, ['aa']);
  assert.equal(await network.close(), 0);
});

test('client: each endpoint has its own periods', async () => {
  const network = await withRouters();
  const node = network.node(
    client(
      '["memory/x#retry_period_init_ms=300;retry_period_increase_factor=1", "memory/y#retry_period_init_ms=0", "memory/z"]',
      'timeout_ms: 2500, retry: {period_max_ms: 1000}',
    ),
  );
  await node.start();
  await network.scheduler.run(2_500);
  const at = (name: string): number[] => network.dials.filter(({ to }) => to === name).map((dial) => dial.at);
  assert.deepEqual(at('x'), [0, 300, 600, 900, 1200, 1500, 1800, 2100, 2400]);
  assert.deepEqual(at('y'), [0]);
  assert.deepEqual(at('z'), [0, 1000, 2000]);
  assert.match(message(node), /^Unable to connect to any of memory\/x#.*, memory\/y#.*, memory\/z\. Timeout! cannot/);
  assert.equal(await network.close(), 0);
});

test('client: the limit of the whole ends the attempt under way', async () => {
  const network = await withRouters();
  network.silent.add('x');
  const node = network.node(client('["memory/x"]', 'timeout_ms: 1500'));
  await node.start();
  await network.scheduler.run(1_499);
  assert.equal(node.outcome, undefined);
  await network.scheduler.run(1);
  assert.equal(message(node), 'Unable to connect to any of memory/x. Timeout! no answer from memory/x within 1500 ms');
  assert.equal(await network.close(), 0);
});

test('client: retry period 0 is one attempt each, whatever the limit', async () => {
  const network = await withRouters();
  const node = network.node(client('["memory/x", "memory/y"]', 'timeout_ms: 5000, retry: {period_init_ms: 0}'));
  await node.start();
  assert.match(message(node), /^Unable to connect to any of memory\/x, memory\/y! /);
  assert.deepEqual(network.taken(), [0, 0]);
});

test('client: waits are anywhere between 0 and the period', async () => {
  const network = await withRouters();
  const chances = [0.5, 0, 0.25, 1];
  network.scheduler.random = () => chances.shift() ?? 1;
  await network.node(client('["memory/x"]', 'timeout_ms: -1')).start();
  await network.scheduler.run(6_500);
  assert.deepEqual(network.taken(), [0, 500, 500, 1500, 5500]);
  assert.equal(await network.close(), 0);
});

test('client: a group is several links to one node, as far as that takes them', async () => {
  const network = await withRouters();
  await network.started(
    `{mode: "router", id: "aa", listen: {endpoints: ["memory/l1", "memory/l2", "memory/l3"]}, transport: {unicast: {max_links: 2}}}`,
  );
  const node = network.node(
    client('[{strategy: "allOf", locators: ["memory/l1", "memory/l2", "memory/l3"]}, "memory/aa"]'),
  );
  await node.start();
  assert.equal(node.outcome, 0);
  await network.scheduler.settle();
  assert.equal(node.transport.links.length, 2);
  assert.deepEqual([...node.transport.endpoints], ['memory/l1', 'memory/l2']);
  assert.deepEqual(node.logged(), ['Unable to connect to memory/l3! the other node refused: MAX_LINKS']);
  assert.equal(await network.close(), 0);
});

test('client: a second north-bound transport is refused with GENERIC', async () => {
  const network = await withRouters('aa', 'bb');
  const node = network.node(client('[{strategy: "allOf", locators: ["memory/aa", "memory/bb"]}]'));
  await node.start();
  await network.scheduler.settle();
  assert.deepEqual(node.linked, ['aa']);
  assert.deepEqual(node.logged(), [
    'Unable to connect to memory/bb! Client runtimes only accept one north-bound transport',
  ]);
  assert.deepEqual(network.nodes[1]!.linked, []);
  assert.equal(await network.close(), 0);
});

test('client: a link between the handshake and the end of dialling that breaks is a failed attempt', async () => {
  const network = await withRouters('aa');
  const node = network.node(client('["memory/aa"]'));
  node.runtime.watchers.add((transport) => transport.abort(undefined));
  await node.start();
  assert.match(message(node), /^Unable to connect to any of memory\/aa! memory\/aa closed the link at once$/);
  assert.equal(await network.close(), 0);
});

for (const [what, endpoints] of [
  ['one that hangs', '["memory/x"]'],
  ['one that is not there', '["memory/y"]'],
] as const) {
  test(`client: close while it dials ${what} ends open, and nothing is dialled any more`, async () => {
    const network = await withRouters();
    network.silent.add('x');
    const node = network.node(client(endpoints, 'timeout_ms: -1'));
    await node.start();
    await network.scheduler.run(400);
    await node.runtime.close();
    assert.equal(network.scheduler.timers, 0);
    await network.scheduler.settle();
    assert.equal((node.outcome as { code?: string }).code, 'SESSION_CLOSED');
    network.taken();
    await network.scheduler.run(20_000);
    assert.deepEqual(network.taken(), []);
  });
}

test('client: the signal of open gives up with its reason, and nothing is left', async () => {
  const network = await withRouters();
  network.silent.add('x');
  const node = network.node(client('["memory/x"]'));
  const controller = new AbortController();
  void node.start(controller.signal);
  await network.scheduler.settle();
  const reason = new Error('enough');
  controller.abort(reason);
  await network.scheduler.settle();
  assert.equal(node.outcome, reason);
  assert.equal(network.scheduler.timers, 0);
  const late = network.node(client('["memory/x"]'));
  await late.start(controller.signal);
  assert.equal(late.outcome, reason);
});
