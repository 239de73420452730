import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encoded, hex, request, response, responseFinal, type RemoteFace, RoutingNode } from '../testing/index.ts';
import {
  encodeNetworkMessage,
  type NetworkMessage,
  QueryTarget,
  REQUEST,
  RESPONSE,
  RESPONSE_FINAL,
  wireExprOf,
} from '../wire/index.ts';
import { QUERYABLE } from './primitives.ts';

/** Ids of the requests among messages. */
function requests(messages: readonly NetworkMessage[]): number[] {
  return messages.flatMap((m) => (m.id === REQUEST ? [m.requestId] : []));
}

/** Replies and ends among messages, in words. */
function answers(messages: readonly NetworkMessage[]): string[] {
  return messages.flatMap((m) => {
    if (m.id === RESPONSE) return [`reply ${m.requestId} ${m.wireExpr.suffix}`];
    return m.id === RESPONSE_FINAL ? [`end ${m.requestId}`] : [];
  });
}

test('query: targets, within one region (04 §6.3)', () => {
  const node = new RoutingNode();
  const [asker, a, b] = [node.open(4), node.open(4), node.open(4)];
  a.declare(QUERYABLE, 1, 'k/1', 1);
  a.declare(QUERYABLE, 2, 'k/2');
  b.declare(QUERYABLE, 1, 'k/2');
  b.declare(QUERYABLE, 2, 'k/**', 1);
  const rows: readonly (readonly [string, QueryTarget, number, number])[] = [
    ['k/1', QueryTarget.BEST_MATCHING, 1, 0],
    ['k/2', QueryTarget.BEST_MATCHING, 0, 1],
    ['k/**', QueryTarget.BEST_MATCHING, 0, 1],
    ['**', QueryTarget.BEST_MATCHING, 1, 1],
    ['k/2', QueryTarget.ALL, 1, 1],
    ['k/1', QueryTarget.ALL, 1, 1],
    ['k/2', QueryTarget.ALL_COMPLETE, 0, 1],
    ['k/1', QueryTarget.ALL_COMPLETE, 1, 1],
    ['**', QueryTarget.ALL_COMPLETE, 0, 0],
  ];
  for (const [key, target, toA, toB] of rows) {
    asker.send(request(1, key, { target }));
    assert.equal(requests(a.take()).length, toA, `${key} ${target}`);
    assert.equal(requests(b.take()).length, toB, `${key} ${target}`);
  }
});

test('query: the target is applied in each region, and a face is asked once', () => {
  const node = new RoutingNode();
  const [asker, c, p] = [node.open(4), node.open(4), node.open(2)];
  for (const face of [c, p]) {
    face.declare(QUERYABLE, 1, 'k', 1);
    face.declare(QUERYABLE, 2, 'k/**', 1);
  }
  c.take();
  p.take();
  asker.send(request(1, 'k'));
  assert.deepEqual([requests(c.take()), requests(p.take())], [[1], [1]]);
  // Peers have each other: nothing goes from one to another.
  const q = node.open(2);
  q.send(request(1, 'k'));
  assert.deepEqual([requests(c.take()), requests(p.take())], [[2], []]);
});

test('query: a face that has not told all yet is asked as one that may be complete', () => {
  const node = new RoutingNode({ whatami: 2, timestamping: false });
  const [asker, peer, router] = [node.open(4), node.open(2), node.open(1)];
  for (const target of [0, 1, 2] as const) {
    asker.send(request(target, 'k', { target }));
    assert.equal(requests(peer.take()).length, 1);
    assert.equal(requests(router.take()).length, 1);
  }
  peer.declareFinal(0);
  asker.interest(1, 3, 5, 'k');
  const [sent] = router.take().flatMap((m) => (m.id === 0x19 ? [m.interestId] : []));
  router.declareFinal(sent!);
  asker.take();
  asker.send(request(9, 'k'));
  assert.deepEqual([requests(peer.take()), requests(router.take())], [[], []]);
  assert.deepEqual(answers(asker.take()).at(-1), 'end 9');
});

test('query: what cannot reach anyone ends at once', () => {
  const node = new RoutingNode();
  const asker = node.open(4);
  asker.declare(QUERYABLE, 1, '**', 1);
  for (const key of ['k', 'k//1', '', { scope: 70, suffix: '', fromSender: true }]) asker.send(request(7, key));
  assert.deepEqual(answers(asker.take()), ['end 7', 'end 7', 'end 7', 'end 7']);
});

test('query: ids of one source may be used twice: each is answered, and each ends', () => {
  const node = new RoutingNode();
  const [asker, a] = [node.open(4), node.open(4)];
  a.declare(QUERYABLE, 1, 'k');
  asker.send(request(5, 'k'), request(5, 'k'));
  assert.deepEqual(requests(a.take()), [1, 2]);
  a.send(responseFinal(2), response(1, 'k'), responseFinal(1));
  assert.deepEqual(answers(asker.take()), ['end 5', 'reply 5 k', 'end 5']);
  assert.equal(asker.face.asked, 0);
});

test('query: time that is over is an error from each silent destination, then the end (04 §6.5)', async () => {
  const node = new RoutingNode();
  const [asker, a, b] = [node.open(4), node.open(4, 'd1'), node.open(4, 'e1')];
  a.declare(QUERYABLE, 1, 'k');
  b.declare(QUERYABLE, 1, 'k');
  asker.send(request(0x32, 'k', { target: QueryTarget.ALL, timeoutMs: 700 }));
  await node.scheduler.run(699);
  assert.deepEqual(asker.take(), []);
  await node.scheduler.run(41);
  const [first, second, ...rest] = asker.take().map((m) => hex(encoded(encodeNetworkMessage, m)).replaceAll(' ', ''));
  assert.deepEqual(
    new Set([first, second]),
    new Set(['d1', 'e1'].map((zid) => `db3200a10d430300${zid}00050754696d656f7574`)),
  );
  assert.deepEqual(rest, ['9a32210d']);
  a.send(response(1, 'k'), responseFinal(1));
  assert.deepEqual(asker.take(), []);
  assert.equal(node.scheduler.timers, 0);
});

test('query: without a time of its own it has that of the node', async () => {
  const node = new RoutingNode();
  const [asker, a] = [node.open(4), node.open(4)];
  a.declare(QUERYABLE, 1, 'k');
  asker.send(request(1, 'k'));
  await node.scheduler.run(9_999);
  assert.deepEqual(answers(asker.take()), []);
  await node.scheduler.run(41);
  assert.deepEqual(answers(asker.take()), ['reply 1 ', 'end 1']);
});

test('query: replies keep their responder and take id and QoS of the query; the key is text', () => {
  const node = new RoutingNode();
  const [asker, a] = [node.open(4), node.open(4)];
  a.declareAlias(3, 'k');
  a.declare(QUERYABLE, 1, 'k');
  asker.send(request(51, 'k', { qos: 0x1c }));
  a.send({ ...response(1, ''), wireExpr: { scope: 3, suffix: '/x', fromSender: true } });
  const [m] = asker.take();
  assert.ok(m?.id === RESPONSE);
  assert.deepEqual([m.requestId, m.qos, m.wireExpr], [51, 0x1c, wireExprOf('k/x')]);
});

test('query: a destination that goes ends its part without an error, and before its entities are withdrawn', () => {
  const node = new RoutingNode();
  const [asker, a, b] = [node.open(4), node.open(4), node.open(4)];
  a.declare(QUERYABLE, 1, 'k');
  b.declare(QUERYABLE, 1, 'k');
  asker.interest(1, 3, 4);
  asker.send(request(1, 'k', { target: QueryTarget.ALL }));
  asker.take();
  a.close();
  assert.deepEqual(asker.take(), []);
  b.close();
  const said = asker.take().map((m) => m.id);
  assert.deepEqual(said, [RESPONSE_FINAL, 0x1e]);
});

test('query: a source that goes is not answered', () => {
  const node = new RoutingNode();
  const [asker, a] = [node.open(4), node.open(4)];
  a.declare(QUERYABLE, 1, 'k');
  asker.send(request(1, 'k'));
  asker.close();
  asker.take();
  a.send(response(1, 'k'), responseFinal(1));
  assert.deepEqual(asker.take(), []);
  assert.equal(a.face.pendingQueries.size, 0);
});

test('query: a source may have as many under way as the limit says; one more ends at once', () => {
  const node = new RoutingNode({ limits: { queriesPerFace: 3 } });
  const [asker, a] = [node.open(4), node.open(4)];
  a.declare(QUERYABLE, 1, 'k');
  for (let i = 1; i <= 4; i++) asker.send(request(i, 'k'));
  assert.deepEqual(requests(a.take()), [1, 2, 3]);
  assert.deepEqual(answers(asker.take()), ['end 4']);
  a.send(responseFinal(2));
  asker.send(request(5, 'k'));
  assert.deepEqual(answers(asker.take()), ['end 2']);
  assert.deepEqual(requests(a.take()), [4]);
});

test('query: a destination that takes no more ends its part', () => {
  const node = new RoutingNode();
  const [asker, a, b] = [node.open(4), node.open(4), node.open(4)];
  a.declare(QUERYABLE, 1, 'k');
  b.declare(QUERYABLE, 1, 'k');
  a.egress.verdict = 4;
  asker.send(request(1, 'k', { target: QueryTarget.ALL }));
  assert.deepEqual(answers(asker.take()), []);
  b.send(responseFinal(1));
  assert.deepEqual(answers(asker.take()), ['end 1']);
});

test('query: a session is told that there is no room, and nothing more of that query', () => {
  const node = new RoutingNode();
  const { session, face } = node.session();
  const [a, b] = [node.open(4), node.open(4)];
  a.declare(QUERYABLE, 1, 'k');
  b.declare(QUERYABLE, 1, 'k');
  a.egress.verdict = 4;
  const { tables } = node;
  const head = { ...request(1, 'k', { target: QueryTarget.ALL }) };
  assert.throws(() => tables.queries.request(face, tables.data.routed('k'), head), { code: 'CONGESTED' });
  b.send(response(1, 'k'), responseFinal(1));
  assert.deepEqual(session.take(), []);
  assert.equal(node.scheduler.timers > 1, false);
});

test('query: a session is asked once for several queryables, and what it forgets leads nowhere', () => {
  const node = new RoutingNode();
  const { session, face } = node.session();
  const [asker, a] = [node.open(4), node.open(4)];
  const { tables } = node;
  tables.declareEntity(face, QUERYABLE, 1, 'k', 0);
  tables.declareEntity(face, QUERYABLE, 2, 'k/**', 0);
  asker.send(request(1, 'k'));
  assert.deepEqual(
    session.queries.map(({ key }) => key),
    ['k'],
  );
  tables.queries.responseFinal(face, session.queries[0]!.requestId);
  assert.deepEqual(answers(asker.take()), ['end 1']);
  a.declare(QUERYABLE, 1, 'x');
  void tables.queries.request(face, tables.data.routed('x'), request(9, 'x'));
  tables.queries.forget(face, 9);
  a.send(response(1, 'x'), responseFinal(1));
  assert.deepEqual(session.take(), []);
});

test('query: however destinations answer, vanish or stay silent, each query ends once, and no reply follows its end', async () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('ask' as const), target: fc.constantFrom<QueryTarget>(0, 1, 2) }),
    fc.record({ do: fc.constant('reply' as const), face: fc.nat(2), query: fc.nat(20) }),
    fc.record({ do: fc.constant('end' as const), face: fc.nat(2), query: fc.nat(20) }),
    fc.record({ do: fc.constant('close' as const), face: fc.nat(2) }),
    fc.record({ do: fc.constant('wait' as const), ms: fc.nat(400) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const node = new RoutingNode();
      const asker = node.open(4);
      const others: RemoteFace[] = [node.open(4), node.open(4), node.open(2)];
      for (const one of others) one.declare(QUERYABLE, 1, 'k', 1);
      let asked = 0;
      for (const one of steps) {
        const other = 'face' in one ? others[one.face]! : undefined;
        switch (one.do) {
          case 'ask':
            asker.send(request(++asked, 'k', { target: one.target, timeoutMs: 500 }));
            break;
          case 'reply':
            other!.send(response(one.query, 'k'));
            break;
          case 'end':
            other!.send(responseFinal(one.query));
            break;
          case 'close':
            other!.close();
            break;
          default:
            await node.scheduler.run(one.ms);
        }
      }
      await node.scheduler.run(1000);
      const ended = new Set<number>();
      for (const m of asker.take()) {
        if (m.id === RESPONSE) assert.equal(ended.has(m.requestId), false, 'a reply after the end');
        if (m.id !== RESPONSE_FINAL) continue;
        assert.equal(ended.has(m.requestId), false, 'two ends');
        ended.add(m.requestId);
      }
      assert.equal(ended.size, asked);
      assert.equal(asker.face.asked, 0);
      assert.equal(asker.face.askers.size, 0);
      assert.equal(node.scheduler.timers, 0);
    }),
    { numRuns: 60 },
  );
});
