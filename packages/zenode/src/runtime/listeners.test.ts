import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ZError } from '../base/index.ts';
import type { LinkProtocol } from '../link/index.ts';
import { type TestNode, TestNetwork } from '../testing/index.ts';
import { Locator } from '../wire/index.ts';

const message = (node: TestNode): string => (node.outcome instanceof Error ? node.outcome.message : `${node.outcome}`);

/** TCP on a machine where listening fails with a code until it is told otherwise. */
class FakeTcp implements LinkProtocol {
  readonly schemes = ['tcp'];
  readonly attempts: string[] = [];
  readonly open = new Set<string>();
  /** Codes by address. */
  readonly failing: Map<string, string>;
  readonly #now: () => number;

  constructor(network: TestNetwork, failing: Record<string, string> = {}) {
    this.failing = new Map(Object.entries(failing));
    this.#now = () => network.scheduler.now();
  }

  dial: LinkProtocol['dial'] = async (endpoint) => {
    throw new ZError('CONNECT_FAILED', `cannot connect to ${endpoint}`);
  };

  listen: NonNullable<LinkProtocol['listen']> = async (endpoint) => {
    const { address } = endpoint;
    this.attempts.push(`${this.#now()} ${address}`);
    const code = this.failing.get(address);
    if (code !== undefined) {
      const cause = Object.assign(new Error(`listen ${code}: ${address}`), { code });
      throw new ZError('LISTEN_FAILED', `cannot listen on ${endpoint}: ${cause.message}`, { cause });
    }
    this.open.add(address);
    const locator = Locator.parse(`tcp/${address}`);
    return { locator, advertised: () => [locator], close: async () => void this.open.delete(address) };
  };
}

/** A node on that TCP, five seconds after it has begun to start. */
async function outcomeOf(network: TestNetwork, tcp: FakeTcp, config: string): Promise<TestNode> {
  const node = network.node(config, { links: [tcp] });
  await node.start();
  await network.scheduler.run(5_000);
  return node;
}

for (const [mode, v6, v4] of [
  ['router', '[::]:7447', '0.0.0.0:7447'],
  ['peer', '[::]:0', '0.0.0.0:0'],
] as const) {
  test(`better: 10 a ${mode} without IPv6 falls back to ${v4}, with a warning`, async () => {
    for (const code of ['EAFNOSUPPORT', 'EADDRNOTAVAIL']) {
      const network = new TestNetwork();
      const tcp = new FakeTcp(network, { [v6]: code });
      const node = await outcomeOf(network, tcp, `{mode: "${mode}"}`);
      assert.equal(typeof node.outcome, 'number');
      assert.deepEqual([...tcp.open], [v4]);
      assert.deepEqual(node.logged(), [`there is no IPv6 here: listening on tcp/${v4} in place of tcp/${v6}`]);
      assert.deepEqual(node.runtime.locators().map(String), [`tcp/${v4}`]);
      assert.equal(await network.close(), 0);
      assert.deepEqual([...tcp.open], []);
    }
  });

  test(`listeners: a ${mode} whose default port is taken fails at once, and does not fall back`, async () => {
    const network = new TestNetwork();
    const tcp = new FakeTcp(network, { [v6]: 'EADDRINUSE' });
    const node = await outcomeOf(network, tcp, `{mode: "${mode}"}`);
    assert.equal(message(node), `cannot listen on tcp/${v6}: listen EADDRINUSE: ${v6}`);
    assert.deepEqual(tcp.attempts, [`0 ${v6}`]);
    assert.equal(network.scheduler.timers, 0);
  });
}

test('listeners: an IPv6 address that was asked for does not fall back', async () => {
  const network = new TestNetwork();
  const tcp = new FakeTcp(network, { '[::]:7448': 'EAFNOSUPPORT' });
  const node = await outcomeOf(network, tcp, '{mode: "router", listen: {endpoints: ["tcp/[::]:7448"]}}');
  assert.match(message(node), /^cannot listen on tcp\/\[::\]:7448: listen EAFNOSUPPORT/);
});

test('listeners: where even the fallback fails, that is the error', async () => {
  const network = new TestNetwork();
  const tcp = new FakeTcp(network, { '[::]:7447': 'EAFNOSUPPORT', '0.0.0.0:7447': 'EADDRINUSE' });
  const node = await outcomeOf(network, tcp, '{mode: "router"}');
  assert.match(message(node), /^cannot listen on tcp\/\[::\]:7447: .* tcp\/0\.0\.0\.0:7447: listen EADDRINUSE/);
});

for (const mode of ['router', 'peer', 'client']) {
  test(`listeners: a ${mode} opens with an empty list`, async () => {
    const network = new TestNetwork();
    await network.stranger('aa');
    const connect = mode === 'client' ? 'connect: {endpoints: ["memory/aa"]}' : '';
    const node = network.node(`{mode: "${mode}", listen: {endpoints: []}, ${connect}}`);
    await node.start();
    await network.scheduler.run(500);
    assert.equal(typeof node.outcome, 'number');
    assert.ok(node.logged('debug').includes('Starting with no listener endpoints!'));
    assert.equal(await network.close(), 0);
  });
}

const TWO = 'endpoints: ["tcp/a:1", "tcp/b:1"]';

test('listeners: one that fails ends the list', async () => {
  const network = new TestNetwork();
  const tcp = new FakeTcp(network, { 'b:1': 'EADDRINUSE' });
  const node = await outcomeOf(network, tcp, '{mode: "peer", listen: {endpoints: ["tcp/a:1", "tcp/b:1", "tcp/c:1"]}}');
  assert.match(message(node), /^cannot listen on tcp\/b:1/);
  assert.deepEqual(tcp.attempts, ['0 a:1', '0 b:1']);
  assert.deepEqual([...tcp.open], []);
});

// With a limit and an init period of 0 the reference forgets the listener and goes on without any.
for (const single of [
  'timeout_ms: 0',
  'timeout_ms: 3000, retry: {period_init_ms: 0}',
  'timeout_ms: -1, retry: {period_init_ms: 0}',
]) {
  test(`better: 12 a listener that fails is reported, with ${single}`, async () => {
    const network = new TestNetwork();
    const tcp = new FakeTcp(network, { 'a:1': 'EADDRINUSE' });
    const node = await outcomeOf(network, tcp, `{mode: "router", listen: {${TWO}, ${single}}}`);
    assert.match(message(node), /^cannot listen on tcp\/a:1: listen EADDRINUSE/);
    assert.deepEqual(node.logged(), [
      'Unable to open listener tcp/a:1: cannot listen on tcp/a:1: listen EADDRINUSE: a:1',
    ]);
    assert.deepEqual([tcp.attempts, [...tcp.open]], [['0 a:1'], []]);
  });

  test(`better: 12 with exit_on_failure false the others open, with ${single}`, async () => {
    const network = new TestNetwork();
    const tcp = new FakeTcp(network, { 'a:1': 'EADDRINUSE' });
    const node = await outcomeOf(network, tcp, `{mode: "peer", listen: {${TWO}, exit_on_failure: false, ${single}}}`);
    assert.equal(node.outcome, 0);
    assert.equal(node.logged().length, 1);
    assert.deepEqual(node.runtime.locators().map(String), ['tcp/b:1']);
    assert.deepEqual(tcp.attempts, ['0 a:1', '0 b:1']);
    assert.equal(await network.close(), 0);
  });
}

test('listeners: retry that must succeed holds the start up, and the listeners behind it', async () => {
  const network = new TestNetwork();
  const tcp = new FakeTcp(network, { 'a:1': 'EADDRINUSE' });
  const node = network.node(`{mode: "peer", listen: {${TWO}, timeout_ms: -1}}`, { links: [tcp] });
  await node.start();
  await network.scheduler.run(6_000);
  tcp.failing.clear();
  await network.scheduler.run(1_000);
  assert.deepEqual(tcp.attempts, ['0 a:1', '1000 a:1', '3000 a:1', '7000 a:1', '7000 b:1']);
  assert.equal(node.outcome, 7_000);
  assert.equal(await network.close(), 0);
});

test('listeners: the limit of the whole is an error', async () => {
  const network = new TestNetwork();
  const tcp = new FakeTcp(network, { 'b:1': 'EADDRINUSE' });
  const node = network.node(`{mode: "peer", listen: {${TWO}, timeout_ms: 2500}}`, { links: [tcp] });
  await node.start();
  await network.scheduler.run(2_499);
  assert.equal(node.outcome, undefined);
  await network.scheduler.run(1);
  assert.equal(message(node), 'deadline has elapsed: tcp/b:1 did not open within 2500 ms');
  assert.deepEqual(node.logged('error'), ['Unable to open listeners: deadline has elapsed']);
  await network.scheduler.settle();
  assert.deepEqual([...tcp.open], []);
  assert.equal(network.scheduler.timers, 0);
});

test('listeners: retry in the background goes on beyond the limit, with the periods of the endpoint', async () => {
  const network = new TestNetwork();
  const tcp = new FakeTcp(network, { 'a:1': 'EADDRINUSE' });
  const endpoints =
    '["tcp/a:1#exit_on_failure=false;retry_period_init_ms=700;retry_period_increase_factor=1", "tcp/b:1"]';
  const node = network.node(`{mode: "peer", listen: {endpoints: ${endpoints}, timeout_ms: 1000}}`, { links: [tcp] });
  await node.start();
  assert.equal(node.outcome, 0);
  await network.scheduler.run(2_000);
  tcp.failing.clear();
  await network.scheduler.run(10_000);
  assert.deepEqual(tcp.attempts, ['0 a:1', '0 b:1', '700 a:1', '1400 a:1', '2100 a:1']);
  assert.deepEqual(node.runtime.locators().map(String), ['tcp/b:1', 'tcp/a:1']);
  assert.deepEqual(node.logged('info').slice(1), [
    'Zenoh can be reached at: tcp/b:1',
    'Zenoh can be reached at: tcp/a:1',
  ]);
  assert.equal(await network.close(), 0);
});

test('listeners: a wait without end is one, and close ends it', async () => {
  const network = new TestNetwork();
  const tcp = new FakeTcp(network, { 'a:1': 'EADDRINUSE' });
  const node = network.node(`{mode: "peer", listen: {${TWO}, timeout_ms: -1, retry: {period_init_ms: -1}}}`, {
    links: [tcp],
  });
  await node.start();
  await network.scheduler.run(100_000);
  assert.deepEqual(tcp.attempts, ['0 a:1']);
  await node.runtime.close();
  await network.scheduler.settle();
  assert.equal((node.outcome as { code?: string }).code, 'SESSION_CLOSED');
  assert.deepEqual(tcp.attempts, ['0 a:1']);
});

test('listeners: one that opens while the node closes is closed before close resolves', async () => {
  const network = new TestNetwork();
  const tcp = new FakeTcp(network);
  const listen = tcp.listen;
  let open: () => void = () => undefined;
  tcp.listen = async (...args) => {
    await new Promise<void>((resolve) => {
      open = resolve;
    });
    return listen(...args);
  };
  const node = network.node(`{mode: "peer", listen: {${TWO}}}`, { links: [tcp] });
  await node.start();
  let closed = false;
  const closing = node.runtime.close().then(() => {
    closed = true;
  });
  await network.scheduler.settle();
  assert.equal(closed, false);
  open();
  await closing;
  assert.deepEqual([[...tcp.open], tcp.attempts], [[], ['0 a:1']]);
});

test('listeners: a platform that only dials says so', async () => {
  const network = new TestNetwork();
  const dial: LinkProtocol['dial'] = (...args) => network.protocol.dial(...args);
  const node = network.node('{mode: "peer", listen: {endpoints: ["memory/b1"]}}', {
    links: [{ schemes: ['memory'], dial }],
  });
  await node.start();
  assert.equal(message(node), 'nobody can listen on memory/b1 here; this platform only dials');
});
