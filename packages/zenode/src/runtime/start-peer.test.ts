import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Writer } from '../base/index.ts';
import { sendMessage, type TestNode, TestNetwork } from '../testing/index.ts';
import type { Transport } from '../transport/index.ts';
import {
  D_FINAL,
  declaration,
  DECLARE,
  encodeLinkStates,
  OAM,
  OAM_LINKSTATE,
  QOS_DECLARE,
  type WhatAmI,
  ZenohId,
} from '../wire/index.ts';

const message = (node: TestNode): string => (node.outcome instanceof Error ? node.outcome.message : `${node.outcome}`);

const WARNING = 'Scouting delay elapsed before start conditions are met.';

const peer = (endpoints: string, more: string = ''): string =>
  `{mode: "peer", id: "b1", listen: {endpoints: ["memory/b1"]}, connect: {endpoints: ${endpoints}}, ${more}}`;

const node = (mode: string, id: string, more: string = ''): string =>
  `{mode: "${mode}", id: "${id}", listen: {endpoints: ["memory/${id}"]}, ${more}}`;

const GOSSIP_OFF = 'scouting: {gossip: {enabled: false}}';
const DECLARES_OFF = 'open: {return_conditions: {declares: false}}';

/** Starts a node and lets five seconds pass. */
async function outcomeOf(network: TestNetwork, config: string): Promise<TestNode> {
  const one = network.node(config);
  await one.start();
  await network.scheduler.run(5_000);
  return one;
}

// 05 §2.4: what open of a peer takes. Others: [mode, id, more]; names that are dialled in vain: x.
const durations: readonly (readonly [
  what: string,
  others: readonly (readonly [string, string, string?])[],
  config: string,
  ms: number,
  warns: boolean,
])[] = [
  ['alone, no endpoints', [], peer('[]'), 0, false],
  ['a peer answers', [['peer', 'd1']], peer('["memory/d1"]'), 0, false],
  ['a peer answers, declares false', [['peer', 'd1']], peer('["memory/d1"]', DECLARES_OFF), 0, false],
  ['a router answers', [['router', 'd1']], peer('["memory/d1"]'), 0, false],
  ['a router answers, declares false', [['router', 'd1']], peer('["memory/d1"]', DECLARES_OFF), 0, false],
  [
    'both endpoints answer',
    [
      ['router', 'd1'],
      ['peer', 'd2'],
    ],
    peer('["memory/d1", "memory/d2"]'),
    0,
    false,
  ],
  ['one of two endpoints is unreachable', [['peer', 'd1']], peer('["memory/x", "memory/d1"]'), 500, true],
  ['the endpoint is unreachable', [], peer('["memory/x"]'), 500, true],
  [
    'the endpoint is unreachable and dialled once',
    [],
    '{mode: "peer", listen: {endpoints: []}, connect: {timeout_ms: 0, endpoints: ["memory/x"]}}',
    500,
    true,
  ],
  ['unreachable, another delay', [], peer('["memory/x"]', 'scouting: {delay: 70}'), 70, true],
  [
    'unreachable, connect_scouted false',
    [],
    peer('["memory/x"]', 'open: {return_conditions: {connect_scouted: false}}'),
    0,
    false,
  ],
  // The reference waits for nothing here, and 500 ms.
  ['a router answers, gossip off here', [['router', 'd1']], peer('["memory/d1"]', GOSSIP_OFF), 0, false],
  ['a peer answers, gossip off here', [['peer', 'd1']], peer('["memory/d1"]', GOSSIP_OFF), 0, false],
  [
    'a router answers, neither gossip nor declares',
    [['router', 'd1']],
    peer('["memory/d1"]', `${GOSSIP_OFF}, ${DECLARES_OFF}`),
    0,
    false,
  ],
];
for (const [what, others, config, ms, warns] of durations) {
  test(`peer: open takes ${ms} ms: ${what}`, async () => {
    const network = new TestNetwork();
    for (const [mode, id, more] of others) await network.started(node(mode, id, more));
    const one = await outcomeOf(network, config);
    assert.equal(one.outcome, ms);
    assert.deepEqual(one.logged().includes(WARNING), warns);
    assert.equal(await network.close(), 0);
  });
}

function declareFinal(transport: Transport): void {
  sendMessage(transport, {
    id: DECLARE,
    interestId: 0,
    qos: QOS_DECLARE,
    timestamp: undefined,
    nodeId: 0,
    declaration: declaration(D_FINAL, 0),
  });
}

function linkState(transport: Transport): void {
  const body = new Writer(new Uint8Array(64));
  encodeLinkStates(body, []);
  sendMessage(transport, { id: OAM, oamId: OAM_LINKSTATE, qos: QOS_DECLARE, timestamp: undefined, body: body.taken() });
}

// 04 §5.12: open of a peer with one endpoint, by what the remote sends, and when.
const PEER: WhatAmI = 2;
const ROUTER: WhatAmI = 1;
const sent: readonly (readonly [
  what: string,
  whatami: WhatAmI,
  sends: readonly (readonly [at: number, send: (transport: Transport) => void])[],
  more: string,
  ms: number,
])[] = [
  [
    'a peer: link state and final',
    PEER,
    [
      [5, linkState],
      [5, declareFinal],
    ],
    '',
    5,
  ],
  ['a peer: final only', PEER, [[5, declareFinal]], '', 5],
  ['a peer: link state only', PEER, [[5, linkState]], '', 500],
  ['a peer: nothing', PEER, [], '', 500],
  [
    'a peer: both, 200 ms late',
    PEER,
    [
      [200, linkState],
      [200, declareFinal],
    ],
    '',
    200,
  ],
  [
    'a peer: both, 450 ms late',
    PEER,
    [
      [450, linkState],
      [450, declareFinal],
    ],
    '',
    450,
  ],
  ['a peer, declares false: link state only', PEER, [[5, linkState]], DECLARES_OFF, 5],
  ['a peer, declares false: final only', PEER, [[5, declareFinal]], DECLARES_OFF, 5],
  ['a peer, declares false: nothing', PEER, [], DECLARES_OFF, 500],
  ['a peer, gossip off: final', PEER, [[5, declareFinal]], GOSSIP_OFF, 5],
  ['a peer, gossip off: nothing', PEER, [], GOSSIP_OFF, 500],
  ['a peer, connect_scouted false: nothing', PEER, [], 'open: {return_conditions: {connect_scouted: false}}', 0],
  ['a router: final only', ROUTER, [[5, declareFinal]], '', 500],
  ['a router: link state only', ROUTER, [[5, linkState]], '', 5],
  ['a router: nothing', ROUTER, [], '', 500],
];
for (const [what, whatami, sends, more, ms] of sent) {
  test(`peer: open takes ${ms} ms beside ${what}`, async () => {
    const network = new TestNetwork();
    const stranger = await network.stranger('d1', { zid: ZenohId.parse('d1'), whatami });
    const one = network.node(peer('["memory/d1"]', more));
    await one.start();
    for (const [at, send] of sends) {
      await network.scheduler.run(at - network.scheduler.now());
      send(stranger.transport);
    }
    await network.scheduler.run(1_000);
    assert.equal(one.outcome, ms);
    await network.close();
  });
}

test('peer: a node that gossip tells of is waited for, and is not if it cannot be reached', async () => {
  for (const reachable of [true, false]) {
    const network = new TestNetwork();
    await network.started(node('router', 'aa'));
    await network.started(node('peer', 'd1', 'connect: {endpoints: ["memory/aa"]}'));
    if (!reachable) network.silent.add('d1');
    const one = network.node(peer('["memory/aa"]', 'transport: {unicast: {open_timeout: 300}}'));
    await one.start();
    await network.scheduler.run(1_000);
    // The other side dials too, so that the node is linked in either case.
    assert.deepEqual(one.linked, ['aa', 'd1']);
    assert.equal(one.outcome, 0);
    assert.equal(await network.close(), 0);
  }
});

test('router: open takes the scouting delay, whatever answers', async () => {
  for (const endpoints of ['[]', '["memory/d1"]', '["memory/x"]']) {
    const network = new TestNetwork();
    await network.started(node('peer', 'd1'));
    const one = await outcomeOf(
      network,
      node('router', 'aa', `connect: {endpoints: ${endpoints}}, scouting: {delay: 321}`),
    );
    assert.equal(one.outcome, 321);
    assert.deepEqual(one.logged().includes(WARNING), false);
    assert.equal(await network.close(), 0);
  }
});

// 05 §3.3: per endpoint, in list order.
for (const mode of ['peer', 'router']) {
  test(`${mode}: a single attempt that must succeed fails open with its own error`, async () => {
    for (const single of ['timeout_ms: 0', 'retry: {period_init_ms: 0}']) {
      const network = new TestNetwork();
      const connect = `connect: {endpoints: ["memory/x", "memory/y"], exit_on_failure: true, ${single}}`;
      const one = await outcomeOf(network, node(mode, 'b1', connect));
      assert.equal(message(one), 'cannot connect to memory/x: nobody listens there in this process');
      assert.deepEqual(network.taken(), [0]);
      assert.equal(network.scheduler.timers, 0);
    }
  });

  test(`${mode}: a single attempt that may fail is warned of, and never repeated`, async () => {
    for (const single of ['timeout_ms: 0', 'retry: {period_init_ms: 0}']) {
      const network = new TestNetwork();
      await network.started(node('peer', 'd1'));
      const connect = `connect: {endpoints: ["memory/x", "memory/d1"], ${single}}`;
      const one = await outcomeOf(network, node(mode, 'b1', connect));
      assert.deepEqual(one.logged().slice(0, 1), [
        'Unable to connect to memory/x! cannot connect to memory/x: nobody listens there in this process',
      ]);
      assert.deepEqual(one.linked, ['d1']);
      assert.equal(network.taken('x').length, 1);
      assert.equal(await network.close(), 0);
    }
  });

  test(`${mode}: retry that must succeed holds open up, within the limit of all endpoints`, async () => {
    const network = new TestNetwork();
    network.chance(1);
    const connect = `connect: {endpoints: ["memory/d1", "memory/x"], exit_on_failure: true, timeout_ms: 4500}`;
    const one = network.node(node(mode, 'b1', connect));
    await one.start();
    await network.scheduler.run(1_500);
    await network.node(node('peer', 'd1')).start();
    await network.scheduler.run(2_999);
    assert.equal(one.outcome, undefined);
    assert.deepEqual(one.linked, ['d1']);
    await network.scheduler.run(1);
    assert.equal(
      message(one),
      'Unable to connect to any of memory/d1, memory/x. Timeout! cannot connect to memory/x: nobody listens there in this process',
    );
    assert.deepEqual(
      network.dials.map(({ at, to }) => `${at} ${to}`),
      ['0 d1', '1000 d1', '3000 d1', '3000 x', '4000 x'],
    );
    await network.scheduler.run(10);
    assert.deepEqual(one.linked, []);
    assert.equal(await network.close(), 0);
  });

  test(`${mode}: retry in the background goes on for ever, also beyond the limit, with the periods of each endpoint`, async () => {
    const network = new TestNetwork();
    network.chance(1);
    const endpoints =
      '["memory/x", "memory/y#retry_period_init_ms=20000;retry_period_max_ms=10000", "memory/z#retry_period_increase_factor=1.5"]';
    const one = network.node(node(mode, 'b1', `connect: {endpoints: ${endpoints}, timeout_ms: 2000}`));
    await one.start();
    await network.scheduler.run(60_000);
    assert.equal(one.outcome, 500);
    const waits = (name: string): number[] => {
      const at = network.dials.filter(({ to }) => to === name).map((dial) => dial.at);
      return at.slice(1).map((time, i) => time - at[i]!);
    };
    assert.deepEqual(waits('x').slice(0, 5), [1000, 2000, 4000, 4000, 4000]);
    assert.deepEqual(waits('y'), [20_000, 10_000, 10_000, 10_000, 10_000]);
    assert.deepEqual(waits('z').slice(0, 6), [1000, 1500, 2250, 3375, 4000, 4000]);
    await network.started(node('peer', 'd1'));
    assert.ok(
      one
        .logged('debug')
        .some((line) => /^Unable to connect to configured peer memory\/x! .* Retry in 1000 ms\.$/.test(line)),
    );
    assert.equal(await network.close(), 0);
  });

  test(`${mode}: groups are dissolved`, async () => {
    const network = new TestNetwork();
    await network.started(node('peer', 'd1'));
    await network.started(node('peer', 'd2'));
    const connect = 'connect: {endpoints: [{strategy: "allOf", locators: ["memory/d1", "memory/d2"]}]}';
    const one = await outcomeOf(network, node(mode, 'b1', connect));
    assert.deepEqual(one.linked, ['d1', 'd2']);
    assert.equal(await network.close(), 0);
  });

  test(`${mode}: an endpoint of a protocol that nobody speaks here fails open at once`, async () => {
    const network = new TestNetwork();
    const one = await outcomeOf(network, node(mode, 'b1', 'connect: {endpoints: ["tpc/1.2.3.4:7447"]}'));
    assert.equal(message(one), 'Unicast not supported for tpc protocol (endpoint tpc/1.2.3.4:7447); here: memory');
    assert.equal(network.scheduler.timers, 0);
  });

  test(`${mode}: it never connects to itself, and never stops trying`, async () => {
    const network = new TestNetwork();
    network.chance(1);
    const one = network.node(node(mode, 'b1', 'connect: {endpoints: ["memory/b1"]}'));
    await one.start();
    await network.scheduler.run(7_999);
    assert.deepEqual(one.linked, []);
    assert.deepEqual(network.taken(), [0, 1000, 3000, 7000]);
    assert.equal(one.logged().filter((line) => line === 'b1 Attempt to establish transport to itself').length, 4);
    assert.equal(await network.close(), 0);
  });

  test(`${mode}: two endpoints of one node: the second is refused with MAX_LINKS and goes on trying`, async () => {
    const network = new TestNetwork();
    network.chance(1);
    await network.started(`{mode: "router", id: "aa", listen: {endpoints: ["memory/l1", "memory/l2"]}}`);
    const one = network.node(node(mode, 'b1', 'connect: {endpoints: ["memory/l1", "memory/l2"]}'));
    await one.start();
    await network.scheduler.run(3_500);
    assert.equal(one.transport.links.length, 1);
    assert.equal(network.taken('l2').length, 3);
    assert.ok(one.logged('debug').some((line) => line.includes('memory/l2! the other node refused: MAX_LINKS')));
    assert.equal(await network.close(), 0);
  });

  test(`${mode}: close while it dials or waits leaves nothing, and nothing is dialled any more`, async () => {
    for (const exit of [true, false]) {
      const network = new TestNetwork();
      network.silent.add('x');
      const connect = `connect: {endpoints: ["memory/y", "memory/x"], exit_on_failure: ${exit}}`;
      const one = network.node(node(mode, 'b1', connect));
      await one.start();
      await network.scheduler.run(40);
      await one.runtime.close();
      assert.equal(network.scheduler.timers, 0);
      await network.scheduler.settle();
      assert.equal((one.outcome as { code?: string }).code, 'SESSION_CLOSED');
      network.taken();
      await network.scheduler.run(20_000);
      assert.deepEqual(network.taken(), []);
      assert.deepEqual(one.logged(), []);
    }
  });
}

test('close: at any moment of two handshakes, no transport appears afterwards and nothing is left', async () => {
  for (let steps = 0; steps < 40; steps++) {
    const network = new TestNetwork();
    await network.started(node('peer', 'd1'));
    const one = network.node(peer('["memory/d1"]'));
    const dialling = one.start();
    for (let i = 0; i < steps; i++) {
      network.scheduler.step();
      await Promise.resolve();
    }
    let closed = false;
    const opened: boolean[] = [];
    one.runtime.watchers.add((_, open) => opened.push(open && closed));
    const closing = one.runtime.close().then(() => {
      closed = true;
      assert.deepEqual(one.linked, []);
    });
    await network.scheduler.run(2_000);
    await Promise.all([closing, dialling]);
    assert.ok(!opened.includes(true));
    assert.deepEqual(network.nodes[0]!.linked, []);
    assert.equal(await network.close(), 0);
  }
});

test('failure: a later step releases what earlier ones have acquired', async () => {
  const network = new TestNetwork();
  await network.started(node('router', 'aa'));
  const config = `{mode: "peer", id: "b1", listen: {endpoints: ["memory/b1", "memory/b2"]}, connect: {exit_on_failure: true, endpoints: ["memory/aa", "memory/x#retry_period_init_ms=0"]}}`;
  const one = await outcomeOf(network, config);
  assert.match(message(one), /memory\/x/);
  assert.deepEqual(network.nodes[0]!.linked, []);
  assert.deepEqual([one.runtime.closed, one.linked, one.runtime.locators()], [true, [], []]);
  // The names are free again.
  await network.started('{mode: "router", id: "cc", listen: {endpoints: ["memory/b1", "memory/b2"]}}');
  assert.equal(await network.close(), 0);
});

test('open: the order is id, listeners, connections', async () => {
  const network = new TestNetwork();
  await network.started(node('router', 'aa'));
  const one = network.node(peer('["memory/aa"]'));
  const opened: string[] = [];
  // Whoever watches before the start sees the first transport.
  one.runtime.watchers.add((transport) => opened.push(transport.zid.toString()));
  await one.start();
  assert.deepEqual(opened, ['aa']);
  assert.deepEqual(
    one.lines.map((line) => line.split(' on ')[0]),
    [
      'info Using ZID: b1',
      'info Zenoh can be reached at: memory/b1',
      'info transport to aa is open',
      'debug Successfully connected to configured endpoint memory/aa',
    ],
  );
  assert.equal(await network.close(), 0);
});
