import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { Config, resolve } from '../src/config/index.ts';
import { DEFAULT_LIMITS } from '../src/routing/index.ts';
import { BlockingChannel } from '../src/session/index.ts';
import { encoded, linked, sendMessage } from '../src/testing/index.ts';
import { Writer } from '../src/base/index.ts';
import { BLOCK, DROP } from '../src/transport/index.ts';
import {
  CloseReason,
  D_KEYEXPR,
  D_QUERYABLE,
  D_SUBSCRIBER,
  D_TOKEN,
  DECLARE,
  encodeLinkStates,
  encodeNetworkMessage,
  OAM,
  OAM_LINKSTATE,
  QOS_DEFAULT,
  RESPONSE_FINAL,
  U_SUBSCRIBER,
  U_TOKEN,
  ZenohId,
} from '../src/wire/index.ts';
import { aliased, declare, interest, push, request, responseFinal, those } from './behaviour/message.ts';
import { taken, World } from './behaviour/world.ts';

const { transport } = resolve(Config.default());

/** Defaults by the first words of their rows in docs/limits.md. */
const defaults: Readonly<Record<string, number>> = {
  'entities of a face': DEFAULT_LIMITS.entitiesPerFace,
  'interests of a face': DEFAULT_LIMITS.interestsPerFace,
  'queries of a face under way': DEFAULT_LIMITS.queriesPerFace,
  'nodes that a face tells of by gossip': DEFAULT_LIMITS.namesPerFace,
  'bytes of all keys of a face': DEFAULT_LIMITS.keyBytesPerFace,
  'keys of a face with `$*`': DEFAULT_LIMITS.comparedKeysPerFace,
  'chunks of a key': DEFAULT_LIMITS.chunksPerKey,
  'bytes of link states in a message': DEFAULT_LIMITS.linkStateBytes,
  'aliases of a face': 0xffff,
  'handshakes of accepted links under way': transport.acceptPending,
  transports: transport.maxSessions,
  'inbound links of a transport': transport.maxLinks,
  'bytes of a message in fragments': transport.rx.maxMessageSize,
  'bytes that all channels of a transport hold in fragments': transport.rx.maxMessageSize,
  'bytes of a batch': transport.tx.batchSize,
  'batches of a lane before senders wait': 16,
  'batches of a lane': 1024,
  'unread values of a channel': 256,
};

test('limits: docs/limits.md names each limit with its default, and the file that tests it', () => {
  const text = readFileSync(new URL('../../../docs/limits.md', import.meta.url), 'utf8');
  const rows = [...text.matchAll(/^\| ([^|]+) \| ([\d,]+) \| ([^|]+) \| ([^|]+) \| `([^`]+)` \|$/gm)];
  const found: Record<string, number> = {};
  for (const [, name, value, , , file] of rows) {
    found[name!.split(/[:,]/)[0]!] = Number(value!.replaceAll(',', ''));
    assert.ok(existsSync(new URL(`../${file}`, import.meta.url)), `${file} is not there`);
  }
  assert.deepEqual(found, defaults);
});

async function started(t: TestContext, limits: Partial<typeof DEFAULT_LIMITS>): Promise<World> {
  const world = new World();
  t.after(() => world.close());
  await world.router(limits);
  return world;
}

test('limits: of subscribers, queryables and tokens n are there, and one more closes the link of its node alone', async (t) => {
  const world = await started(t, { entitiesPerFace: 3 });
  const [greedy, other] = [await world.rawClient('e1'), await world.rawClient('e2')];
  await other.say(interest(1, 3, 0x0f, '**'));
  await greedy.say(declare(D_SUBSCRIBER, 1, 'k/s'), declare(D_QUERYABLE, 2, 'k/q'), declare(D_TOKEN, 3, 'k/t'));
  // The same again, and another in place of one that is gone, are no more.
  await greedy.say(declare(D_SUBSCRIBER, 1, 'k/s'), declare(U_TOKEN, 3, aliased(0)), declare(D_TOKEN, 4, 'k/u'));
  assert.ok(greedy.linked);
  other.heard();
  await greedy.say(declare(D_SUBSCRIBER, 5, 'k/v'));
  assert.equal(greedy.linked, false);
  assert.equal(greedy.closeReason, CloseReason.INVALID);
  assert.equal(those(other.heard(), DECLARE).length, 3, 'what it had declared is withdrawn');
  assert.ok(other.linked);
});

test('limits: of interests n are answered, and one more closes the link', async (t) => {
  const world = await started(t, { interestsPerFace: 3 });
  const greedy = await world.rawClient();
  for (const id of [1, 2, 3]) await greedy.say(interest(id, 3, 0x02, `k/${id}`));
  assert.equal(those(greedy.heard(), DECLARE).length, 3, 'each is answered by its end');
  await greedy.say(interest(3, 0, 0), interest(4, 3, 0x02, 'k/4'));
  assert.ok(greedy.linked);
  await greedy.say(interest(5, 3, 0x02, 'k/5'));
  assert.equal(greedy.linked, false);
  assert.equal(greedy.closeReason, CloseReason.INVALID);
});

test('limits: of queries n are under way, and one more ends at once, until another has ended', async (t) => {
  const world = await started(t, { queriesPerFace: 3 });
  const [greedy, queryable] = [await world.rawClient('e1'), await world.rawClient('e2')];
  await queryable.say(declare(D_QUERYABLE, 1, 'q/**'));
  for (const id of [1, 2, 3]) await greedy.say(request(id, 'q/a'));
  assert.deepEqual(greedy.heard(), []);
  const ids = queryable.heard().map(({ message: m }) => ('requestId' in m ? m.requestId : 0));
  assert.equal(ids.length, 3);
  const ended = (): number[] => those(greedy.heard(), RESPONSE_FINAL).map((m) => m.requestId);
  await greedy.say(request(4, 'q/a'));
  assert.deepEqual(ended(), [4]);
  assert.deepEqual(queryable.heard(), []);
  await queryable.say(responseFinal(ids[1]!));
  assert.deepEqual(ended(), [2]);
  await greedy.say(request(5, 'q/a'));
  assert.deepEqual(ended(), []);
  assert.equal(queryable.heard().length, 1);
  assert.ok(greedy.linked);
});

/** Each way a remote node may name a key that is kept. */
const ways: Readonly<Record<string, (id: number, key: string) => Uint8Array>> = {
  subscribers: (id, key) => declare(D_SUBSCRIBER, id, key),
  queryables: (id, key) => declare(D_QUERYABLE, id, key),
  tokens: (id, key) => declare(D_TOKEN, id, key),
  interests: (id, key) => interest(id, 3, 0x02, key),
  aliases: (id, key) => declare(D_KEYEXPR, id, key),
};

for (const [what, way] of Object.entries(ways)) {
  test(`limits: keys of ${what} have n bytes in all; one more closes the link`, async (t) => {
    // Each chunk counts 100.
    const world = await started(t, { keyBytesPerFace: 2 * 203 });
    const greedy = await world.rawClient();
    await greedy.say(way(1, 'k/a'), way(2, 'k/b'));
    await greedy.say(way(1, 'k/a'));
    assert.ok(greedy.linked, 'what is there already counts once');
    await greedy.say(way(3, 'k'));
    assert.equal(greedy.linked, false);
    assert.equal(greedy.closeReason, CloseReason.INVALID);
  });

  test(`limits: a key of ${what} has n chunks; one more closes the link`, async (t) => {
    const world = await started(t, { chunksPerKey: 3 });
    const greedy = await world.rawClient();
    await greedy.say(way(1, 'a/b/c'));
    assert.ok(greedy.linked);
    await greedy.say(way(2, 'a/b/c/d'));
    assert.equal(greedy.linked, false);
    assert.equal(greedy.closeReason, CloseReason.INVALID);
  });
}

test('limits: n keys of a face may have "$*"; one more closes the link, until another is gone', async (t) => {
  const world = await started(t, { comparedKeysPerFace: 2 });
  const greedy = await world.rawClient();
  await greedy.say(declare(D_SUBSCRIBER, 1, 'a$*'), interest(2, 3, 0x02, '$*b'), declare(D_TOKEN, 3, '**'));
  await greedy.say(declare(U_SUBSCRIBER, 1), declare(D_QUERYABLE, 4, 'c$*'), declare(D_QUERYABLE, 4, 'c$*'));
  await greedy.say(interest(2, 0, 0), declare(D_KEYEXPR, 5, 'd$*'));
  assert.ok(greedy.linked);
  await greedy.say(declare(D_SUBSCRIBER, 6, 'e$*'));
  assert.equal(greedy.linked, false);
  assert.equal(greedy.closeReason, CloseReason.INVALID);
});

test('limits: data and queries with wildcards among n chunks arrive; among one more they lead nowhere', async (t) => {
  const world = await started(t, { chunksPerKey: 3 });
  const [greedy, other] = [await world.rawClient('e1'), await world.rawClient('e2')];
  await other.say(declare(D_SUBSCRIBER, 1, '**'), declare(D_QUERYABLE, 2, '**'));
  await greedy.say(push('a/b/*', '1'), push('a/b/c/*', '2'), push('a/b/c/d', '3'), request(1, '*/b/c'));
  await greedy.say(request(2, '*/b/c/d'));
  assert.ok(greedy.linked);
  assert.deepEqual(
    other.heard().map(({ message: m }) => ('wireExpr' in m ? m.wireExpr?.suffix : undefined)),
    ['a/b/*', 'a/b/c/d', '*/b/c'],
  );
  assert.deepEqual(
    those(greedy.heard(), RESPONSE_FINAL).map((m) => m.requestId),
    [2],
  );
});

test('limits: an alias makes no key longer than its text could be; one that does ends the link', async (t) => {
  const world = await started(t, {});
  const [greedy, other] = [await world.rawClient('e1'), await world.rawClient('e2')];
  await other.say(declare(D_SUBSCRIBER, 1, '**'));
  await greedy.say(declare(D_KEYEXPR, 1, 'é'.repeat(32_000)));
  await greedy.say(push(aliased(1, 'a'.repeat(1_535)), 'as long as a suffix'));
  assert.equal(other.heard().length, 1);
  assert.ok(greedy.linked);
  await greedy.say(push(aliased(1, 'a'.repeat(1_536)), 'longer'));
  assert.equal(other.heard().length, 0);
  assert.equal(greedy.linked, false);
  assert.ok(other.linked);
});

test('limits: link states have n bytes; one more closes the link', async (t) => {
  const world = await started(t, { linkStateBytes: linkStatesBody(0, 1).length });
  const peer = await world.rawClient('e1', 'peer');
  await peer.say(linkStates(0, 1));
  assert.ok(peer.linked);
  await peer.say(linkStates(0, 300));
  assert.equal(peer.linked, false);
  assert.equal(peer.closeReason, CloseReason.INVALID);
});

/** Link states of nodes by these numbers. */
function linkStatesBody(...psids: readonly number[]): Uint8Array {
  const w = new Writer(new Uint8Array(1000));
  const common = { sn: 1, whatami: 2, locators: undefined, gateway: false, links: [], weights: undefined } as const;
  encodeLinkStates(
    w,
    psids.map((psid, i) => ({ psid, zid: ZenohId.parse(`f${i + 1}`), ...common })),
  );
  return w.taken();
}

function linkStates(...psids: readonly number[]): Uint8Array {
  return encoded(encodeNetworkMessage, {
    id: OAM,
    oamId: OAM_LINKSTATE,
    qos: QOS_DEFAULT,
    timestamp: undefined,
    body: linkStatesBody(...psids),
  });
}

test('better: 2 a neighbour may call nodes by any numbers, as long as they are few', async (t) => {
  const world = await started(t, { namesPerFace: 3 });
  const peer = await world.rawClient('e1', 'peer');
  await peer.say(linkStates(0, 2 ** 31, 2 ** 52));
  await peer.say(linkStates(0, 2 ** 52));
  assert.ok(peer.linked);
  await peer.say(linkStates(7));
  assert.equal(peer.linked, false);
  assert.equal(peer.closeReason, CloseReason.INVALID);
});

test('limits: a lane takes 16 batches of droppable messages, and of blocking ones 1,024', async () => {
  const { a, links } = await linked();
  links[1].pause();
  const message = {
    id: OAM,
    oamId: 9,
    qos: QOS_DEFAULT,
    timestamp: undefined,
    body: new Uint8Array(10),
  } as const;
  const lane = a.transport.lane(5);
  const send = (congestion: number): number => sendMessage(a.transport, message, { congestion, express: true });
  const [SENT, WAIT, REFUSED] = [0, 1, 4];
  const used = (): number => lane.used;
  while (used() < 15) assert.equal(send(DROP), SENT);
  assert.equal(send(DROP), WAIT, 'the one that reaches the mark is taken');
  assert.equal(used(), 16);
  send(DROP);
  assert.deepEqual([used(), lane.dropped], [16, 1]);
  while (used() < 1024) assert.equal(send(BLOCK), WAIT);
  assert.equal(send(BLOCK), REFUSED);
  assert.equal(used(), 1024);
  lane.clear();
  a.transport.abort(undefined);
});

test('limits: a channel holds 256 unread values; one more is not read for 2 s, then it grows, with an event', async (t) => {
  const world = await started(t, {});
  const raw = await world.rawClient();
  const d = await world.client('d1');
  const subscriber = await world.run(d.declareSubscriber('h/a'));
  assert.ok(subscriber.receiver() instanceof BlockingChannel);
  const others: string[] = [];
  await world.run(d.declareSubscriber('h/b', { handler: (sample) => void others.push(sample.payload().toString()) }));
  const overflows: number[] = [];
  d.addEventListener('overflow', ({ detail }) => void overflows.push(detail.dropped));
  for (let i = 0; i < 255; i++) await raw.say(push('h/a', String(i)));
  await raw.say(push('h/b', 'at 255'));
  assert.deepEqual(others, ['at 255']);
  await raw.say(push('h/a', '255'));
  await raw.say(push('h/b', 'at 256'));
  assert.deepEqual(others, ['at 255'], 'the link is not read');
  await world.scheduler.run(1999);
  assert.equal(others.length, 1);
  assert.deepEqual(overflows, []);
  await world.scheduler.run(2);
  assert.deepEqual(others, ['at 255', 'at 256']);
  assert.deepEqual(overflows, [0]);
  await raw.say(push('h/a', '256'));
  assert.equal(taken(subscriber.receiver()).length, 257);
  assert.deepEqual(overflows, [0], 'one event per episode');
});
