import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BareEnd, bytesOf, FakeScheduler, openBare, TransportNode } from '../testing/index.ts';
import { packQosLink } from '../wire/index.ts';

/* Several links of one transport: which of them carries what. */

const push = bytesOf('7d 00 01 61 01 01 31');

function send(node: TransportNode, priority: number, reliable: boolean, message: Uint8Array = push): void {
  node.transport.send(priority, message, 0, message.length, message, 0, 0, reliable, 1, true);
}

interface Ends {
  readonly scheduler: FakeScheduler;
  readonly node: TransportNode;
  readonly bares: readonly BareEnd[];
}

type Kind = Parameters<typeof openBare>[2];

async function open(kinds: readonly Kind[]): Promise<Ends> {
  const scheduler = new FakeScheduler();
  const node = new TransportNode(scheduler, { maxLinks: 8 });
  const bares: BareEnd[] = [];
  for (const kind of kinds) bares.push(await openBare(scheduler, node, kind));
  return { scheduler, node, bares };
}

const restricted = (from: number, to: number, reliability?: 0 | 1): Kind => ({
  init: { qos: false, qosLink: packQosLink({ priorities: [from, to], reliability }) },
});
const datagrams: Kind = { link: { reliable: false } };

async function taken({ scheduler, bares }: Ends): Promise<number[]> {
  await scheduler.settle();
  return bares.map((bare) => bare.take().length);
}

test('links: the narrowest range that has the priority carries it, else the first link of that reliability', async () => {
  const ends = await open([{}, restricted(1, 4), restricted(2, 3)]);
  const expected = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
    [0, 0, 1],
    [0, 1, 0],
    [1, 0, 0],
    [1, 0, 0],
    [1, 0, 0],
  ];
  for (const [priority, counts] of expected.entries()) {
    send(ends.node, priority, true);
    assert.deepEqual(await taken(ends), counts, `priority ${priority}`);
  }
});

test('links: best effort goes over the link that is not reliable, everything else over the one that is', async () => {
  const ends = await open([{}, datagrams]);
  send(ends.node, 5, true);
  assert.deepEqual(await taken(ends), [1, 0]);
  send(ends.node, 5, false);
  assert.deepEqual(await taken(ends), [0, 1]);
});

test('links: a reliability that was agreed upon counts, not that of the protocol', async () => {
  const ends = await open([{}, restricted(0, 7, 0)]);
  send(ends.node, 5, false);
  assert.deepEqual(await taken(ends), [0, 1]);
});

test('links: a single link carries everything', async () => {
  const ends = await open([datagrams]);
  send(ends.node, 1, true);
  send(ends.node, 5, false);
  assert.deepEqual(await taken(ends), [2]);
});

test('links: a batch that was filled for a wider link is never sent on a narrower one, and blocks nothing', async () => {
  const ends = await open([{ link: { window: 1 } }]);
  const { scheduler, node, bares } = ends;
  bares[0]!.link.pause();
  const wide = Uint8Array.from([...bytesOf('7d 00 01 61 01 90 4e'), ...new Uint8Array(10_000)]);
  for (let n = 0; n < 6; n++) send(node, 5, true, wide);
  const narrow = await openBare(scheduler, node, { init: { batchSize: 1000 } });
  assert.deepEqual(narrow.take(), []);
  assert.equal(node.transport.capacity, 1000);
  bares[0]!.link.cut();
  await scheduler.settle();
  send(node, 5, true);
  await scheduler.settle();
  assert.equal(narrow.closes, 0);
  const batches = narrow.batches.splice(0);
  assert.equal(batches.length, 1);
  assert.equal(node.transport.lane(5).used, 0);
});

test('links: what was begun for a narrow link leaves as it is when only a wide one is left', async () => {
  const ends = await open([{}, { init: { batchSize: 64 } }]);
  const { scheduler, node, bares } = ends;
  assert.equal(node.transport.capacity, 64);
  send(node, 5, true);
  bares[1]!.link.cut();
  // Before anything could leave the narrow link is gone, and there is room for more.
  for (const link of node.transport.links.slice(1)) link.abandon(undefined);
  assert.equal(node.transport.capacity, 65_535);
  send(node, 5, true, Uint8Array.from([...bytesOf('7d 00 01 61 01 90 4e'), ...new Uint8Array(10_000)]));
  await scheduler.settle();
  assert.deepEqual(
    bares[0]!.batches.map((batch) => batch.length > 10_000),
    [false, true],
  );
});
