import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Writer } from '../base/index.ts';
import { MemoryLink } from '../link/memory/index.ts';
import {
  BareEnd,
  bareTowards,
  bytesOf,
  encoded,
  FakeScheduler,
  initOf,
  linked,
  never,
  openBare,
  TransportNode,
} from '../testing/index.ts';
import { encodeFragmentHeader, encodeFrameHeader, encodeInit } from '../wire/index.ts';

/** A Put of key "a" whose payload begins with its number. */
function put(number: number, size: number): Uint8Array {
  const w = new Writer(new Uint8Array(size + 20));
  w.raw(bytesOf('7d 00 01 61 01'));
  w.z(size + 2);
  w.u16le(number);
  for (let i = 0; i < size; i++) w.u8((number + i) & 0xff);
  return w.taken();
}

const message = fc.record({
  priority: fc.nat(7),
  reliable: fc.boolean(),
  size: fc.oneof(fc.nat(40), fc.nat(3000)),
  express: fc.boolean(),
  rest: fc.boolean(),
});

test('transport: any sequence of messages arrives whole and in order in each channel', async () => {
  const terms = fc.record({
    batchSize: fc.oneof(fc.integer({ min: 64, max: 300 }), fc.constant(65_535)),
    compression: fc.boolean(),
    qos: fc.boolean(),
    streamed: fc.boolean(),
    window: fc.integer({ min: 1, max: 3 }),
    width: fc.constantFrom(0 as const, 1 as const, 2 as const),
  });
  await fc.assert(
    fc.asyncProperty(terms, fc.array(message, { maxLength: 60 }), async (t, messages) => {
      const options = { batchSize: t.batchSize, compression: t.compression, qos: t.qos, snResolution: t.width };
      const { scheduler, a, b } = await linked({
        a: options,
        b: options,
        link: { streamed: t.streamed, window: t.window },
      });
      const sent = new Map<string, number[]>();
      for (const [number, { priority, reliable, size, express, rest }] of messages.entries()) {
        // What is fragmented into more than half of a window of 8 bits cannot be told from what is old.
        const bytes = put(number, t.width === 0 ? size % 1000 : size);
        const verdict = a.transport.send(priority, bytes, 0, 5, bytes, 5, bytes.length, reliable, 1, express);
        const channel = `${t.qos ? priority : 5} ${reliable}`;
        if (verdict <= 1) sent.set(channel, [...(sent.get(channel) ?? []), number]);
        else assert.ok(!reliable, 'what is reliable and blocks is accepted');
        if (rest) await scheduler.settle();
      }
      await scheduler.settle();
      const received = new Map<string, number[]>();
      for (const { bytes, priority, reliable } of b.handler.received) {
        const at = bytes[5]! < 0x80 ? 6 : 7;
        const number = bytes[at]! | (bytes[at + 1]! << 8);
        const { size } = messages[number]!;
        assert.deepEqual(bytes, put(number, t.width === 0 ? size % 1000 : size));
        const channel = `${priority} ${reliable}`;
        received.set(channel, [...(received.get(channel) ?? []), number]);
      }
      assert.deepEqual(received, new Map([...received.keys()].map((channel) => [channel, sent.get(channel)])));
      assert.equal(received.size, sent.size);
      assert.equal(a.transport.lane(5).used, 0);
    }),
    { numRuns: 150 },
  );
});

/** Batches that are almost right: Frames and Fragments with arbitrary content, bytes of every kind, what was cut or changed. */
const hostile = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc
    .record({
      reliable: fc.boolean(),
      sn: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.nat(0x0fffffff)),
      priority: fc.nat(7),
      body: fc.oneof(
        fc.uint8Array({ maxLength: 100 }),
        fc.nat(200).map((size) => put(0, size)),
      ),
      kind: fc.nat(4),
    })
    .map(({ reliable, sn, priority, body, kind }) => {
      const w = new Writer(new Uint8Array(1000));
      if (kind === 0) encodeFrameHeader(w, reliable, sn, priority);
      else encodeFragmentHeader(w, reliable, kind !== 1, sn, priority, kind === 2, kind === 4);
      w.raw(body);
      return w.taken();
    }),
);

for (const compression of [false, true]) {
  test(`transport: whatever arrives on an open link${compression ? ' with compression' : ''} is read or ends the link, and throws nothing`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hostile, { minLength: 1, maxLength: 20 }), async (batches) => {
        const scheduler = new FakeScheduler();
        const node = new TransportNode(scheduler, { compression, maxMessageSize: 500, maxReassembly: 2000 });
        const bare = await openBare(scheduler, node, { init: { compression }, open: { initialSn: 1 } });
        const end = node.transport.links[0]!;
        for (const batch of batches) {
          // Behind the end lies what would be good input.
          const lent = new Uint8Array(batch.length + 40).fill(4);
          lent.set(batch, 3);
          end.onBatch(lent, 3, 3 + batch.length);
        }
        await scheduler.settle();
        assert.equal(node.transport.closed ? 1 : 0, node.handler.closes);
        assert.equal(bare.take().filter((text) => !text.endsWith('04')).length, 0);
      }),
      { numRuns: 400 },
    );
  });
}

test('transport: whatever arrives in place of a handshake message is answered or refused, on either side', async () => {
  await fc.assert(
    fc.asyncProperty(hostile, fc.boolean(), async (batch, second) => {
      const scheduler = new FakeScheduler();
      const node = new TransportNode(scheduler);
      const inbound = bareTowards(scheduler, node);
      const [dialled, accepted] = MemoryLink.pair(scheduler);
      const outbound = new BareEnd(accepted);
      let outcome = 'pending';
      node.manager.initiate(dialled, never).then(
        () => (outcome = 'open'),
        () => (outcome = 'refused'),
      );
      if (second) {
        inbound.send(encoded(encodeInit, initOf()));
        outbound.send(encoded(encodeInit, initOf({ ack: true })));
        await scheduler.settle();
      }
      inbound.send(batch);
      outbound.send(batch);
      await scheduler.run(20_000);
      assert.equal(node.manager.pending, 0);
      if (outcome === 'refused') assert.equal(outbound.closes, 1);
      if (node.upper.transports.length === 0) assert.notEqual(outcome, 'open');
    }),
    { numRuns: 300 },
  );
});
