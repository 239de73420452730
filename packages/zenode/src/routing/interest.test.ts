import assert from 'node:assert/strict';
import { test } from 'node:test';
import { declare, push, type RemoteFace, RoutingNode } from '../testing/index.ts';
import {
  D_TOKEN,
  DECLARE,
  CloseReason,
  D_FINAL,
  INTEREST,
  type InterestMode,
  type NetworkMessage,
  PUSH,
  wireExprOf,
} from '../wire/index.ts';
import { AGGREGATE, SUBSCRIBER, TOKEN } from './primitives.ts';

/** Messages in words: declarations by kind and id, their interest behind. */
function words(messages: readonly NetworkMessage[]): string[] {
  return messages.map((m) => {
    if (m.id === INTEREST) return `interest ${m.interestId} ${m.mode} ${m.options}`;
    if (m.id === PUSH) return 'push';
    if (m.id !== DECLARE) return `message ${m.id}`;
    const { kind, id } = m.declaration;
    const iid = m.interestId === undefined ? '' : ` for ${m.interestId}`;
    return kind === D_FINAL ? `final${iid}` : `d${kind} ${id}${iid}`;
  });
}

/** A peer that is linked to a router, with a client. */
function behindRouter(): { readonly node: RoutingNode; readonly client: RemoteFace; readonly router: RemoteFace } {
  const node = new RoutingNode({ whatami: 2, timestamping: false });
  const [router, client] = [node.open(1), node.open(4)];
  router.take();
  return { node, client, router };
}

test('interest: who is answered, and with what (04 §3.2)', () => {
  const rows: readonly (readonly [string, 1 | 2 | 4, 1 | 2 | 4, InterestMode, number, string | undefined, string[]])[] =
    [
      ['from the router of a client', 4, 1, 3, 0x0f, undefined, []],
      ['from the router of a peer', 2, 1, 3, 0x0f, undefined, []],
      ['from a router', 1, 1, 3, 0x0f, undefined, []],
      ['nothing but aliases', 1, 4, 3, 1, undefined, ['final for 7']],
      ['nothing at all', 1, 4, 3, 0, undefined, ['final for 7']],
      ['now, nothing but aliases', 1, 4, 1, 1, undefined, ['final for 7']],
      ['future alone', 1, 4, 2, 8, undefined, ['final for 7']],
      ['now, subscribers', 1, 4, 1, 2, undefined, ['d2 0 for 7', 'final for 7']],
      ['now, queryables', 1, 2, 1, 4, 'k', ['d4 0 for 7', 'final for 7']],
      ['sum without a key', 1, 4, 3, AGGREGATE | 2, undefined, ['final for 7']],
      ['sum of tokens', 1, 4, 3, AGGREGATE | 8, 'k', ['d6 1 for 7', 'final for 7']],
      ['sum for a peer', 1, 2, 3, AGGREGATE | 2, '**', ['d2 1 for 7', 'final for 7']],
      ['end of what never began', 1, 4, 0, 0, undefined, []],
    ];
  for (const [what, us, them, mode, options, key, expected] of rows) {
    const node = new RoutingNode({ whatami: us, timestamping: false });
    if (us !== 4) {
      const owner = node.open(4);
      for (const kind of [0, 1, 2] as const) owner.declare(kind, 1, 'k');
    }
    const face = node.open(them);
    face.take();
    face.interest(7, mode, options, key);
    assert.deepEqual(words(face.take()), expected, what);
  }
});

test('interest: an id in use keeps what it stands for, and the current part is answered', () => {
  const node = new RoutingNode();
  const [owner, face] = [node.open(4), node.open(4)];
  face.interest(7, 3, 2, 'a');
  face.interest(7, 3, 2, 'b');
  assert.deepEqual(words(face.take()), ['final for 7', 'final for 7']);
  owner.declare(SUBSCRIBER, 1, 'b');
  assert.deepEqual(face.take(), []);
  owner.declare(SUBSCRIBER, 2, 'a');
  assert.deepEqual(words(face.take()), ['d2 1']);
});

test('interest: what was told is told again under another interest, by the same id', () => {
  const node = new RoutingNode();
  const [owner, face] = [node.open(4), node.open(4)];
  owner.declare(SUBSCRIBER, 1, 'a');
  face.interest(7, 3, 2, 'a');
  face.interest(8, 3, 2);
  face.interest(9, 1, 2);
  assert.deepEqual(words(face.take()), [
    'd2 1 for 7',
    'final for 7',
    'd2 1 for 8',
    'final for 8',
    'd2 0 for 9',
    'final for 9',
  ]);
});

test('interest: it is passed upstream under an id of its own, and its end comes back', () => {
  const { client, router } = behindRouter();
  client.interest(70, 3, 2, 'k');
  assert.deepEqual(words(router.take()), ['d0 1', 'interest 1 3 2']);
  assert.deepEqual(words(client.take()), []);
  router.declare(SUBSCRIBER, 1, 'k');
  assert.deepEqual(words(client.take()), ['d2 1']);
  router.declareFinal(1);
  router.declareFinal(1);
  assert.deepEqual(words(client.take()), ['final for 70']);
  client.interest(70, 0, 0);
  assert.deepEqual(words(router.take()), ['interest 1 0 0']);
});

test('interest: upstream it ends with the last one that is like it, at every router', () => {
  const { node, client, router } = behindRouter();
  const second = node.open(1);
  const other = node.open(4);
  client.interest(1, 3, 2, 'k');
  other.interest(1, 3, 2, 'k');
  other.interest(2, 3, 3, 'k');
  for (const up of [router, second]) assert.equal(up.face.localInterests.size, 3);
  client.interest(1, 0, 0);
  for (const up of [router, second]) assert.equal(up.face.localInterests.size, 3);
  other.interest(1, 0, 0);
  for (const up of [router, second]) assert.equal(up.face.localInterests.size, 1);
  other.close();
  for (const up of [router, second]) assert.equal(up.face.localInterests.size, 0);
});

test('interest: an upstream that does not answer is given up; what it has not finished is still sent to it', async () => {
  const { node, client, router } = behindRouter();
  client.interest(1, 3, 2, 'k');
  router.take();
  await node.scheduler.run(9_999);
  assert.deepEqual(words(client.take()), []);
  await node.scheduler.run(41);
  assert.deepEqual(words(client.take()), ['final for 1']);
  client.send(push('k'));
  assert.deepEqual(words(router.take()), ['push']);
  assert.equal(node.scheduler.timers, 0);
});

test('interest: an upstream that goes has answered', () => {
  const { client, router } = behindRouter();
  client.interest(1, 1, 8, 'k');
  router.close();
  assert.deepEqual(words(client.take()), ['final for 1']);
  assert.equal(client.face.asking, 0);
});

test('better: 13 data flows again when the last interest of a key has ended', () => {
  const { client, router } = behindRouter();
  const sent = (): string[] => {
    client.send(push('k'));
    return words(router.take());
  };
  assert.deepEqual(sent(), ['push']);
  client.interest(1, 3, 2, 'k');
  router.take();
  assert.deepEqual(sent(), ['push']);
  router.declareFinal(1);
  assert.deepEqual(sent(), []);
  client.interest(1, 0, 0);
  router.take();
  assert.deepEqual(sent(), ['push']);
});

test('interest: tokens that answer go to the asker alone, under its id, and each key once (04 §7.3)', () => {
  const { node, client, router } = behindRouter();
  const other = node.open(4);
  other.interest(1, 2, 8);
  other.take();
  router.declareFinal(1);
  other.take();
  other.declare(TOKEN, 1, 'l/own');
  other.take();
  client.interest(5, 1, 8, 'l/**');
  assert.deepEqual(words(client.take()), ['d6 0 for 5']);
  const [id] = router.take().flatMap((m) => (m.id === INTEREST && m.mode === 1 ? [m.interestId] : []));
  const token = (n: number, key: string, interestId: number): NetworkMessage =>
    declare(D_TOKEN, n, wireExprOf(key), { interestId });
  router.send(token(0, 'l/own', id!), token(0, 'l/x', id!), token(0, 'l/x', id!), token(3, 'l/zz', 99));
  assert.deepEqual(words(client.take()), ['d6 0 for 5']);
  assert.deepEqual(other.take(), []);
  assert.equal(router.face.declared[TOKEN].size, 0);
  router.declareFinal(id!);
  assert.deepEqual(words(client.take()), ['final for 5']);
});

test('interest: a token that answers what is and will be is kept, and told to others as any token is', () => {
  const { node, client, router } = behindRouter();
  const other = node.open(4);
  other.interest(1, 2, 8);
  client.interest(5, 3, 8, 'l/**');
  const [, id] = router.take().flatMap((m) => (m.id === INTEREST ? [m.interestId] : []));
  router.send(declare(D_TOKEN, 9, wireExprOf('l/x'), { interestId: id! }));
  assert.deepEqual(words(client.take()), ['d6 1 for 5']);
  assert.deepEqual(words(other.take()), ['d6 1']);
  router.undeclare(TOKEN, 9);
  assert.deepEqual(words(client.take()), ['d7 1']);
});

test('interest: first declarations of a peer may come under the interest 0 that nobody sends', () => {
  const node = new RoutingNode({ whatami: 2, timestamping: false });
  const [peer, client] = [node.open(2), node.open(4)];
  client.interest(1, 3, 0x0e);
  client.take();
  peer.send(declare(D_TOKEN, 3, wireExprOf('l/x'), { interestId: 0 }));
  assert.deepEqual(words(client.take()), ['d6 1']);
});

test('interest: a face may have as many as the limit says; one more ends its link', () => {
  const node = new RoutingNode({ limits: { interestsPerFace: 3 } });
  const face = node.open(4);
  for (let i = 1; i <= 3; i++) face.interest(i, 3, 2, `k/${i}`);
  face.interest(3, 3, 2, 'again');
  face.interest(4, 1, 2, 'now');
  face.interest(1, 0, 0);
  face.interest(4, 3, 2, 'k/4');
  assert.equal(face.egress.closedWith, undefined);
  face.interest(5, 3, 2, 'k/5');
  assert.equal(face.egress.closedWith, CloseReason.INVALID);
  assert.equal(face.face.closed, true);
});

test('interest: as many may wait for an upstream', () => {
  const node = new RoutingNode({ whatami: 2, timestamping: false, limits: { interestsPerFace: 3 } });
  const [router, client] = [node.open(1), node.open(4)];
  for (let i = 1; i <= 3; i++) client.interest(i, 1, 8, 'k');
  router.declareFinal(1);
  client.interest(4, 1, 8, 'k');
  assert.equal(client.egress.closedWith, undefined);
  client.interest(5, 1, 8, 'k');
  assert.equal(client.egress.closedWith, CloseReason.INVALID);
});

test('interest: one that is asked again under its id is answered here, and not passed on again', () => {
  const node = new RoutingNode({ whatami: 2, timestamping: false });
  const [router, client] = [node.open(1), node.open(4)];
  router.take();
  for (let i = 0; i < 100; i++) client.interest(1, 3, 2, 'k');
  assert.equal(router.take().filter((m) => m.id === INTEREST).length, 1);
  assert.equal(router.face.localInterests.size, 1);
  router.declareFinal(1);
  assert.equal(client.face.asking, 0);
  client.interest(1, 0, 0);
  assert.equal(router.face.localInterests.size, 0);
});

test('interest: those that are withdrawn before an upstream answers count until it has', () => {
  const node = new RoutingNode({ whatami: 2, timestamping: false, limits: { interestsPerFace: 3 } });
  const client = (node.open(1), node.open(4));
  for (let i = 0; i < 3; i++) {
    client.interest(1, 3, 2, 'k');
    client.interest(1, 0, 0);
  }
  assert.equal(client.egress.closedWith, undefined);
  client.interest(1, 3, 2, 'k');
  assert.equal(client.egress.closedWith, CloseReason.INVALID);
});

test('interest: as many tokens may answer one as a face may have; one more ends the link of who answers', () => {
  const node = new RoutingNode({ whatami: 2, timestamping: false, limits: { entitiesPerFace: 2 } });
  const [router, client] = [node.open(1), node.open(4)];
  router.take();
  client.interest(5, 1, 8, 'l/**');
  const [id] = router.take().flatMap((m) => (m.id === INTEREST ? [m.interestId] : []));
  for (const key of ['l/1', 'l/2', 'l/1']) router.send(declare(D_TOKEN, 0, wireExprOf(key), { interestId: id! }));
  assert.equal(client.take().length, 2);
  assert.equal(router.egress.closedWith, undefined);
  router.send(declare(D_TOKEN, 0, wireExprOf('l/3'), { interestId: id! }));
  assert.equal(router.egress.closedWith, CloseReason.INVALID);
  assert.deepEqual(words(client.take()), ['final for 5']);
});
