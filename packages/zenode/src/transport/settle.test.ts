import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesOf, FakeScheduler, openBare, TransportNode } from '../testing/index.ts';

const message = bytesOf('7d 00 01 61 01 00');

const send = (node: TransportNode, express: boolean): number =>
  node.transport.send(5, message, 0, message.length, message, 0, 0, true, 1, express);

test('better: 31 a peer that dialled is told nothing for a moment, then all of it in order', async () => {
  const scheduler = new FakeScheduler();
  const node = new TransportNode(scheduler, { settleMs: 10 });
  const bare = await openBare(scheduler, node, { init: { whatami: 2 } });
  send(node, false);
  send(node, true);
  await scheduler.run(9);
  assert.deepEqual(bare.take(), []);
  await scheduler.run(1);
  assert.equal(bare.take().length, 1);
  send(node, true);
  await scheduler.settle();
  assert.equal(bare.take().length, 1);
});

for (const whatami of [1, 4] as const) {
  test(`settle: a node of role ${whatami} that dialled is answered at once`, async () => {
    const scheduler = new FakeScheduler();
    const node = new TransportNode(scheduler, { settleMs: 10 });
    const bare = await openBare(scheduler, node, { init: { whatami } });
    send(node, true);
    await scheduler.settle();
    assert.equal(bare.take().length, 1);
  });
}

test('settle: closing does not wait for it, and loses nothing', async () => {
  const scheduler = new FakeScheduler();
  const node = new TransportNode(scheduler, { settleMs: 10 });
  const bare = await openBare(scheduler, node, { init: { whatami: 2 } });
  send(node, false);
  const { transport } = node;
  const closed = transport.close();
  await scheduler.settle();
  await closed;
  assert.equal(bare.take().length, 2);
});
