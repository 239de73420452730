import assert from 'node:assert/strict';
import { test } from 'node:test';
import { push, request, RoutingNode } from '../testing/index.ts';
import {
  CloseReason,
  DECLARE,
  encodeLinkStates,
  type LinkState,
  Locator,
  type NetworkMessage,
  OAM,
  OAM_LINKSTATE,
  QOS_DECLARE,
  RESPONSE_FINAL,
  U_SUBSCRIBER,
  type WhatAmI,
  ZenohId,
} from '../wire/index.ts';
import { Writer } from '../base/index.ts';
import { NORTH, SOUTH } from './face.ts';
import { QUERYABLE, SUBSCRIBER, TOKEN } from './primitives.ts';

function gossip(...states: readonly Partial<LinkState>[]): NetworkMessage {
  const w = new Writer(new Uint8Array(1 << 22));
  encodeLinkStates(
    w,
    states.map((state) => ({
      psid: 0,
      sn: 1,
      zid: undefined,
      whatami: undefined,
      locators: undefined,
      gateway: false,
      links: [],
      weights: undefined,
      ...state,
    })),
  );
  return { id: OAM, oamId: OAM_LINKSTATE, qos: QOS_DECLARE, timestamp: undefined, body: w.taken() };
}

test('tables: which region a node falls into (04 §1.5)', () => {
  const [client, peer, router] = [4, 2, 1] as const;
  const rows: readonly (readonly [WhatAmI, WhatAmI, number | undefined, string])[] = [
    [client, client, undefined, 'refused'],
    [client, peer, undefined, 'client south'],
    [client, router, undefined, 'client south'],
    [peer, client, undefined, 'broker north'],
    [peer, peer, undefined, 'peer north'],
    [peer, router, undefined, 'peer south'],
    [router, client, undefined, 'broker north'],
    [router, peer, undefined, 'gateway north'],
    [router, router, undefined, 'aloof north'],
    [peer, peer, SOUTH, 'peer south'],
    [peer, peer, NORTH, 'peer north'],
    [router, peer, SOUTH, 'refused'],
    [client, router, NORTH, 'refused'],
  ];
  for (const [us, them, bound, expected] of rows) {
    const node = new RoutingNode({ whatami: us, timestamping: false });
    const place = node.tables.place(them, bound);
    const text =
      typeof place === 'string'
        ? 'refused'
        : `${place.region.hat.name} ${place.remoteBound === SOUTH ? 'south' : 'north'}`;
    assert.equal(text, expected, `${us} meets ${them}, which says ${bound}`);
  }
});

test('tables: a client has one upstream', () => {
  const node = new RoutingNode({ whatami: 4, timestamping: false });
  assert.equal(node.tables.admits(ZenohId.parse('b1')), undefined);
  const up = node.open(1, 'b1');
  assert.equal(node.tables.admits(ZenohId.parse('b1')), undefined);
  assert.notEqual(node.tables.admits(ZenohId.parse('b2')), undefined);
  up.close();
  assert.equal(node.tables.admits(ZenohId.parse('b2')), undefined);
});

test('tables: what a face is told when it opens (04 §2.7)', () => {
  const node = new RoutingNode({ whatami: 2, timestamping: false });
  const client = node.open(4);
  client.interest(1, 3, 2, 'p');
  for (const kind of [TOKEN, QUERYABLE, SUBSCRIBER] as const) client.declare(kind, 1, `k/${kind}`);
  const words = (messages: readonly NetworkMessage[]): string =>
    messages.map((m) => (m.id === DECLARE ? `d${m.declaration.kind}` : `m${m.id}`)).join(' ');
  assert.equal(words(node.open(2).take()), 'm31 d0 d0 d0 d2 d4 d6 d26');
  assert.equal(words(node.open(1).take()), 'm31 d0 m25 d0 d0 d0 d2 d4 d6');
  assert.equal(words(node.open(4).take()), '');
  const router = new RoutingNode();
  router.open(4).declare(SUBSCRIBER, 1, 'k');
  assert.equal(words(router.open(2).take()), 'm31');
  assert.equal(words(router.open(4).take()), '');
});

test('tables: a face that goes: queries end, then interests, then entities (04 §2.8)', () => {
  const node = new RoutingNode({ whatami: 2, timestamping: false });
  const [client, router] = [node.open(4), node.open(1)];
  router.declare(SUBSCRIBER, 1, 'k');
  router.declare(QUERYABLE, 1, 'k');
  client.interest(1, 3, 2, 'k');
  client.interest(2, 1, 8, 'k');
  client.send(request(5, 'k'));
  client.take();
  router.close();
  const said = client
    .take()
    .map((m) => (m.id === DECLARE ? `d${m.declaration.kind} ${m.interestId ?? ''}` : `m${m.id}`));
  assert.deepEqual(said, [`m${RESPONSE_FINAL}`, 'd26 1', 'd26 2', `d${U_SUBSCRIBER} `]);
});

// ---- a second router

test('tables: a second router is kept, and nothing passes from it or to it', () => {
  const node = new RoutingNode();
  const client = node.open(4);
  const router = node.open(1, 'b1');
  client.interest(1, 3, 0x0f);
  client.take();
  router.send(gossip({ zid: ZenohId.parse('b1'), whatami: 1, locators: [Locator.parse('tcp/127.0.0.1:1')] }));
  router.sendBytes(new Uint8Array([0xdf, 0x01, 0x21, 0x08, 0x02, 0x05, 0x05]));
  router.declareAlias(1, 'k');
  for (const kind of [0, 1, 2] as const) router.declare(kind, 1, 'k');
  router.undeclare(TOKEN, 9, 'k');
  router.interest(1, 3, 0x0f);
  client.declare(SUBSCRIBER, 1, '**');
  client.declare(QUERYABLE, 1, '**');
  router.send(push('k'));
  assert.deepEqual(router.take(), []);
  assert.deepEqual(client.take(), []);
  router.send(request(3, 'k'));
  assert.deepEqual(
    router.take().map((m) => m.id),
    [RESPONSE_FINAL],
  );
  client.send(push('k'), request(4, 'k'));
  assert.deepEqual(router.take(), []);
  assert.equal(router.egress.closedWith, undefined);
  assert.deepEqual(node.discovered, []);
});

test('tables: a router warns once of each other router, also when it comes back', () => {
  const node = new RoutingNode();
  const warnings = (): number => node.lines.filter((line) => line.startsWith('warn')).length;
  node.open(1, 'b1').close();
  node.open(1, 'b1');
  assert.equal(warnings(), 1);
  node.open(1, 'b2');
  assert.equal(warnings(), 2);
});

// ---- gossip

test('better: 2 a huge number of a node costs an entry of a map', () => {
  const node = new RoutingNode({ whatami: 2, timestamping: false });
  const peer = node.open(2, 'b1');
  peer.take();
  const far = { zid: ZenohId.parse('c1'), whatami: 2 as const, locators: [Locator.parse('tcp/127.0.0.1:1')] };
  peer.send(gossip({ psid: 2 ** 40, sn: 2 ** 50, ...far }, { psid: 2 ** 53 - 1, links: [2 ** 40, 7] }));
  assert.equal(peer.egress.closedWith, undefined);
  assert.deepEqual(node.discovered, ['c1 2 tcp/127.0.0.1:1']);
  peer.send(gossip({ psid: 2 ** 40, sn: 1, locators: far.locators }));
  assert.equal(node.discovered.length, 2);
});

test('better: 2 a neighbour may tell of as many nodes as the limit says; one more ends its link', () => {
  const node = new RoutingNode({ whatami: 2, timestamping: false, limits: { namesPerFace: 3 } });
  const peer = node.open(2, 'b1');
  const named = (psid: number): Partial<LinkState> => ({ psid, zid: ZenohId.parse(`c${psid}`), whatami: 2 });
  peer.send(gossip(named(1), named(2), named(3)), gossip(named(1), named(2)));
  assert.equal(peer.egress.closedWith, undefined);
  peer.send(gossip(named(4)));
  assert.equal(peer.egress.closedWith, CloseReason.INVALID);
  assert.equal(node.tables.faces.has(peer.face), false);
});

test('better: 15 what others say of this node is ignored', () => {
  for (const whatami of [1, 2] as const) {
    const node = new RoutingNode({ whatami, timestamping: false });
    const [peer, other] = [node.open(2, 'b1'), node.open(2, 'b2')];
    const claim = { zid: ZenohId.parse('aa'), whatami, locators: [Locator.parse('tcp/127.0.0.1:1')], sn: 1000 };
    peer.take();
    other.take();
    peer.send(gossip({ psid: 0, zid: ZenohId.parse('b1'), whatami: 2 }, { psid: 1, ...claim }));
    assert.deepEqual([peer.take(), other.take()], [[], []]);
    assert.deepEqual(node.discovered, []);
    assert.equal(node.lines.filter((line) => line.includes('ignored')).length, 1);
  }
});

test('gossip: what is older or unknown changes nothing; a number may be given to another node', () => {
  const node = new RoutingNode({ whatami: 2, timestamping: false });
  const [peer, other] = [node.open(2, 'b1'), node.open(2, 'b2')];
  const at = (port: number): Locator[] => [Locator.parse(`tcp/127.0.0.1:${port}`)];
  const self = { psid: 0, zid: ZenohId.parse('b1'), whatami: 2 as const };
  const told = (...states: readonly Partial<LinkState>[]): number => {
    other.take();
    peer.send(gossip(...states));
    return other.take().length;
  };
  assert.equal(told({ ...self, sn: 2, locators: at(1) }), 1);
  assert.equal(told({ ...self, sn: 2, locators: at(2) }), 0);
  assert.equal(told({ ...self, sn: 3, locators: at(1) }), 0);
  assert.equal(told({ psid: 0, sn: 4, locators: at(3) }), 1);
  assert.equal(told({ psid: 9, sn: 4, locators: at(4) }), 0);
  node.discovered.length = 0;
  peer.send(gossip({ psid: 1, zid: ZenohId.parse('c1'), whatami: 2, locators: at(5) }));
  peer.send(gossip({ psid: 1, zid: ZenohId.parse('c2'), whatami: 2, locators: at(6) }));
  assert.deepEqual(node.discovered, ['c1 2 tcp/127.0.0.1:5', 'c2 2 tcp/127.0.0.1:6']);
});

test('gossip: turned off, a peer says and hears nothing, and a router sends the empty list', () => {
  const off = { enabled: false, target: 3 };
  const peer = new RoutingNode({ whatami: 2, timestamping: false, gossip: off });
  const face = peer.open(2, 'b1');
  assert.deepEqual(
    face.take().map((m) => m.id),
    [DECLARE],
  );
  face.send(gossip({ psid: 0, zid: ZenohId.parse('b1'), whatami: 2, locators: [Locator.parse('tcp/127.0.0.1:1')] }));
  assert.deepEqual(peer.discovered, []);
  const router = new RoutingNode({ gossip: off });
  assert.deepEqual(
    router
      .open(2)
      .take()
      .map((m) => m.id),
    [OAM],
  );
});

// ---- limits

test('tables: a face may have as many entities as the limit says; one more ends its link', () => {
  const node = new RoutingNode({ limits: { entitiesPerFace: 3 } });
  const [face, other] = [node.open(4), node.open(4)];
  other.interest(1, 3, 0x0e);
  other.take();
  face.declare(SUBSCRIBER, 1, 'k/1');
  face.declare(QUERYABLE, 1, 'k/1');
  face.declare(TOKEN, 1, 'k/1');
  face.declare(QUERYABLE, 1, 'k/1', 1);
  face.declare(SUBSCRIBER, 1, 'k/2');
  face.undeclare(TOKEN, 1);
  face.declare(SUBSCRIBER, 2, 'k/3');
  assert.equal(face.egress.closedWith, undefined);
  other.take();
  face.declare(SUBSCRIBER, 3, 'k/4');
  assert.equal(face.egress.closedWith, CloseReason.INVALID);
  assert.equal(node.tables.faces.has(face.face), false);
  assert.deepEqual(
    other.take().map((m) => m.id === DECLARE && m.declaration.kind),
    [3, 3, 5],
  );
  face.send(push('k'));
  face.declare(SUBSCRIBER, 4, 'k/5');
  assert.equal(node.tables.resources.nodeCount, 0);
});

test('tables: a session of the node has no limit', () => {
  const node = new RoutingNode({ limits: { entitiesPerFace: 1, interestsPerFace: 1 } });
  const { face } = node.session();
  for (let i = 1; i <= 3; i++) {
    node.tables.declareEntity(face, SUBSCRIBER, i, `k/${i}`, 0);
    node.tables.declareInterest(face, i, 3, 2, `k/${i}`);
  }
  assert.equal(face.declared[SUBSCRIBER].size, 3);
  assert.equal(face.interests.size, 3);
});
