import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesOf, FakeScheduler, openBare, TransportNode } from '../testing/index.ts';

/* Priorities within one turn. A message is five bytes of a Push on key "a". */

const message = bytesOf('7d 00 01 61 01 00');

function send(node: TransportNode, priority: number, size: number, express: boolean): void {
  const payload = new Uint8Array(size);
  node.transport.send(priority, message, 0, message.length, payload, 0, size, true, 1, express);
}

for (const [what, size, express] of [
  ['an express message', 0, true],
  ['a message in fragments', 100_000, false],
] as const) {
  test(`urgency: ${what} does not overtake a declaration of the same turn`, async () => {
    const scheduler = new FakeScheduler();
    const node = new TransportNode(scheduler, {});
    const bare = await openBare(scheduler, node);
    // Something before it, so that the turn's first flush is over.
    send(node, 5, 0, true);
    await scheduler.settle();
    bare.take();
    send(node, 0, 0, false);
    send(node, 7, size, express);
    await scheduler.settle();
    const priorities = bare.batches.map((batch) => batch.subarray(0, 8));
    // The priority is an extension of the Frame or Fragment: 31 and the number, or b1 before another extension.
    const of = (batch: Uint8Array): number | undefined => {
      const at = batch.findIndex((byte, i) => i > 1 && (byte & 0x7f) === 0x31);
      return batch[at + 1];
    };
    assert.equal(of(priorities[0]!), 0);
    assert.ok(priorities.slice(1).every((batch) => of(batch) === 7));
    assert.ok(priorities.length > 1);
  });
}
