import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type TestNode, TestNetwork } from '../testing/index.ts';
import { ZenohId } from '../wire/index.ts';

const node = (mode: string, id: string, more: string = ''): string =>
  `{mode: "${mode}", id: "${id}", listen: {endpoints: ["memory/${id}"]}, ${more}}`;

/** Waits between dials. */
const waits = (at: readonly number[]): number[] => at.slice(1).map((time, i) => time - at[i]!);

interface Pair {
  readonly network: TestNetwork;
  readonly router: TestNode;
  /** Connected to the router, and to `memory/bb` if that is there; nothing that happened until now is recorded. */
  readonly one: TestNode;
}

async function connected(mode: string, more: string = '', endpoints: string = '["memory/aa"]'): Promise<Pair> {
  const network = new TestNetwork();
  network.chance(1);
  const router = await network.started(node('router', 'aa'));
  const one = await network.started(node(mode, 'c1', `connect: {endpoints: ${endpoints}}, ${more}`));
  network.taken();
  return { network, router, one };
}

for (const mode of ['client', 'peer', 'router']) {
  test(`reconnect: a ${mode} dials at once when the other node closes, then after 1, 2, 4, 4 s, until it is back`, async () => {
    const { network, router, one } = await connected(mode);
    const closing = router.runtime.close();
    await network.scheduler.settle();
    await closing;
    assert.deepEqual(one.linked, []);
    const from = network.scheduler.now();
    await network.scheduler.run(15_500);
    const at = network.taken('aa');
    assert.equal(at[0], from);
    assert.deepEqual(waits(at), [1000, 2000, 4000, 4000, 4000]);
    const back = await network.started(node('router', 'aa'));
    await network.scheduler.run(4_000);
    assert.deepEqual([one.linked, back.linked], [['aa'], ['c1']]);
    // In the first dial after the return, and in no other; and the periods begin anew the next time.
    assert.equal(network.taken().length, 1);
    void back.runtime.close();
    await network.scheduler.run(3_500);
    assert.deepEqual(waits(network.taken()), [1000, 2000]);
    assert.equal(await network.close(), 0);
  });

  test(`reconnect: a ${mode} whose link breaks is back at once, with no listener opened twice`, async () => {
    const { network, router, one } = await connected(mode);
    const [link] = one.transport.carriers;
    (link as unknown as { cut(): void }).cut();
    await network.scheduler.settle();
    assert.deepEqual([one.linked, router.linked], [['aa'], ['c1']]);
    assert.equal(network.taken('aa').length, 1);
    assert.deepEqual(one.runtime.locators().map(String), ['memory/c1']);
    assert.equal(one.logged('info').filter((line) => line.startsWith('Zenoh can be reached')).length, 1);
    await network.scheduler.run(10_000);
    assert.deepEqual(network.taken(), []);
    assert.equal(await network.close(), 0);
  });

  test(`reconnect: a ${mode} that closes itself dials nobody, and its timers are gone`, async () => {
    for (const wait of [0, 1_500]) {
      const { network, router, one } = await connected(mode);
      if (wait > 0) {
        void router.runtime.close();
        await network.scheduler.run(wait);
      }
      network.taken();
      const closing = one.runtime.close();
      await network.scheduler.settle();
      await closing;
      void router.runtime.close();
      await network.scheduler.run(20_000);
      assert.deepEqual(network.taken(), []);
      assert.equal(await network.close(), 0);
    }
  });

  test(`reconnect: a ${mode} gives up a frozen node when its lease is over, and dials it`, async () => {
    const { network, one } = await connected(mode);
    const from = network.scheduler.now();
    for (const link of network.links) link.pause();
    network.silent.add('aa');
    await network.scheduler.run(9_000);
    assert.deepEqual([one.linked, network.taken()], [['aa'], []]);
    await network.scheduler.run(1_500);
    const [first] = network.taken();
    assert.ok(first! - from >= 9_000 && first! - from <= 10_500, `dialled after ${first! - from} ms`);
    assert.deepEqual(one.linked, []);
    // It wakes up while the dial hangs: the next one finds it.
    network.silent.clear();
    await network.scheduler.run(11_500);
    assert.deepEqual(one.linked, ['aa']);
    assert.equal(await network.close(), 0);
  });

  test(`reconnect: a ${mode} is refused with MAX_LINKS as long as the other node still holds the old transport`, async () => {
    // This node would be silent for a minute before others give it up.
    const { network, router, one } = await connected(mode, 'transport: {link: {tx: {lease: 60000, keep_alive: 60}}}');
    for (const link of network.links) link.pause();
    await network.scheduler.run(11_000);
    assert.deepEqual([one.linked, router.linked], [[], ['c1']]);
    const said = [...one.logged(), ...one.logged('debug')].join('\n');
    assert.match(said, /memory\/aa! the other node refused: MAX_LINKS/);
    await network.scheduler.run(55_000);
    assert.deepEqual([one.linked, router.linked], [['aa'], ['c1']]);
    assert.equal(await network.close(), 0);
  });
}

test('reconnect: a client goes round all its endpoints, and takes the first that answers', async () => {
  const { network, router, one } = await connected('client', '', '["memory/x", "memory/aa", "memory/bb"]');
  await network.started(node('router', 'bb'));
  network.taken();
  void router.runtime.close();
  await network.scheduler.settle();
  assert.deepEqual(one.linked, ['bb']);
  assert.deepEqual(
    network.dials.map(({ to }) => to),
    ['x', 'aa', 'bb'],
  );
  assert.equal(await network.close(), 0);
});

test('reconnect: a client without retry tries once more, and says so', async () => {
  const { network, router, one } = await connected('client', '', '["memory/aa#retry_period_init_ms=0"]');
  void router.runtime.close();
  await network.scheduler.run(10_000);
  assert.equal(network.taken().length, 1);
  assert.match(one.logged('error').join('\n'), /^Unable to connect to any of memory\/aa#retry_period_init_ms=0! /);
  assert.equal(await network.close(), 0);
});

test('reconnect: a client whose new transport is lost at once goes on', async () => {
  const { network, router, one } = await connected('client');
  let lost = 0;
  one.runtime.watchers.add((transport, open) => {
    if (!open) return;
    // First while the dial has not returned yet, then in the turns that follow it.
    lost++;
    if (lost === 1) transport.abort(undefined);
    else if (lost < 20) hop(lost - 2, () => transport.abort(undefined));
  });
  (one.transport.carriers[0] as unknown as { cut(): void }).cut();
  await network.scheduler.run(60_000);
  assert.equal(lost, 20);
  assert.deepEqual([one.linked, router.linked], [['aa'], ['c1']]);
  assert.equal(await network.close(), 0);
});

/** Calls `fn` after so many microtasks. */
function hop(n: number, fn: () => void): void {
  if (n === 0) fn();
  else void Promise.resolve().then(() => hop(n - 1, fn));
}

test('reconnect: a peer dials every lost endpoint, and those alone', async () => {
  const network = new TestNetwork();
  network.chance(1);
  const others = [];
  for (const id of ['d1', 'd2', 'd3']) others.push(await network.started(node('peer', id)));
  const one = await network.started(
    node('peer', 'b1', 'connect: {endpoints: ["memory/d1", "memory/d2"]}, scouting: {gossip: {enabled: false}}'),
  );
  await network.scheduler.run(100);
  assert.deepEqual(one.linked, ['d1', 'd2']);
  network.taken();
  void others[1]!.runtime.close();
  await network.scheduler.run(1_500);
  assert.deepEqual([one.linked, network.dials.map(({ to }) => to)], [['d1'], ['d2', 'd2']]);
  assert.equal(await network.close(), 0);
});

test('reconnect: a transport that no configured endpoint led to is not dialled again', async () => {
  const { network, router, one } = await connected('peer');
  void one.runtime.close();
  await network.scheduler.run(10_000);
  assert.deepEqual([router.linked, network.taken()], [[], []]);
  assert.equal(await network.close(), 0);
});

test('reconnect: an endpoint may lead to another node than before', async () => {
  for (const mode of ['client', 'peer', 'router']) {
    const { network, router, one } = await connected(mode);
    void router.runtime.close();
    await network.scheduler.settle();
    await network.started('{mode: "router", id: "ee", listen: {endpoints: ["memory/aa"]}}');
    await network.scheduler.run(4_000);
    assert.deepEqual(one.linked, ['ee']);
    assert.equal(await network.close(), 0);
  }
});

test('reconnect: a client that has another upstream meanwhile refuses a second one', async () => {
  const { network, one } = await connected('client');
  await network.started(node('router', 'bb', 'connect: {endpoints: ["memory/c1"]}'));
  assert.deepEqual(one.linked, ['aa']);
  assert.ok(one.logged('debug').some((line) => line.includes('Client runtimes only accept one north-bound transport')));
  assert.equal(await network.close(), 0);
});

test('reconnect: waits differ from node to node', async () => {
  const network = new TestNetwork();
  const router = await network.started(node('router', 'aa'));
  for (let i = 1; i <= 20; i++) {
    await network.started(`{mode: "client", id: "c${i}", connect: {endpoints: ["memory/aa"]}}`);
  }
  network.taken();
  void router.runtime.close();
  await network.scheduler.run(1_000);
  const at = network.taken();
  // All at once, then spread over the first second.
  assert.equal(at.filter((time) => time === at[0]).length, 20);
  assert.ok(new Set(at).size >= 15, `${new Set(at).size} moments`);
  assert.equal(await network.close(), 0);
});

test('reconnect: a stranger that takes the link and hangs up is dialled with growing waits', async () => {
  const network = new TestNetwork();
  network.chance(1);
  const stranger = await network.stranger('d1', { zid: ZenohId.parse('d1') });
  const one = await network.started(node('peer', 'b1', 'connect: {endpoints: ["memory/d1"]}'));
  one.runtime.watchers.add((transport, open) => {
    if (open) network.scheduler.after(100, () => transport.abort(undefined));
  });
  network.taken();
  void stranger.transport.close();
  await network.scheduler.run(5_000);
  const at = network.taken();
  assert.ok(at.length <= 51, `${at.length} dials in 5 s`);
  assert.equal(await network.close(), 0);
});
