import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DROPPED, DROPPED_WAIT, REFUSED, SENT, type Verdict, WAIT } from '../base/index.ts';
import { bytesOf, FakeScheduler, hex } from '../testing/index.ts';
import { BLOCK, BLOCK_FIRST, BOUND, DROP, HEAD_ROOM, Lane, type LaneOwner, MARK } from './lane.ts';

const message = bytesOf('7d 00 01 61 01 01 31');

/** A transport whose link takes a batch only when it is told to. */
class Owner implements LaneOwner {
  capacity = 100;
  readonly snMask = 0x7f;
  readonly qos = true;
  lastProgress = 0;
  readonly scheduler: FakeScheduler = new FakeScheduler();
  readonly lane: Lane = new Lane(this, 5, 0);
  /** Contents of the batches that left. */
  readonly left: Uint8Array[] = [];

  pump(): void {
    // The link is full.
  }

  requestFlush(): void {
    // Nothing leaves by itself.
  }

  after(ms: number, fn: () => void): void {
    this.scheduler.after(ms, fn);
  }

  now(): number {
    return this.scheduler.now();
  }

  /** One message, alone in its batch. */
  put(congestion: number, reliable: boolean = true): Verdict {
    const verdict = this.lane.send(message, 0, message.length, message, 0, 0, reliable, congestion);
    this.lane.closeBatch();
    return verdict;
  }

  /** Fills the lane up to `n` batches. */
  fill(n: number): this {
    while (this.lane.used < n) this.put(BLOCK);
    return this;
  }

  /** The oldest batches leave. */
  leave(n: number): void {
    for (let i = 0; i < n; i++) {
      const batch = this.lane.peek()!;
      this.lane.take();
      this.left.push(batch.buf.slice(HEAD_ROOM, batch.pos));
      this.lastProgress = this.now();
      this.lane.sent(batch);
    }
  }
}

const table: readonly (readonly [what: string, congestion: number, reliable: boolean, used: number, Verdict])[] = [
  ['drop', DROP, true, 0, SENT],
  ['drop', DROP, true, MARK - 2, SENT],
  ['drop', DROP, true, MARK - 1, WAIT],
  ['drop', DROP, true, MARK, DROPPED_WAIT],
  ['drop', DROP, true, BOUND, DROPPED_WAIT],
  ['best effort that asks to block', BLOCK, false, MARK - 1, WAIT],
  ['best effort that asks to block', BLOCK, false, MARK, DROPPED_WAIT],
  ['best effort that asks to block first', BLOCK_FIRST, false, MARK, DROPPED_WAIT],
  ['block', BLOCK, true, MARK - 2, SENT],
  ['block', BLOCK, true, MARK - 1, WAIT],
  ['block', BLOCK, true, MARK, WAIT],
  ['block', BLOCK, true, BOUND - 1, WAIT],
  ['block', BLOCK, true, BOUND, REFUSED],
  ['block first', BLOCK_FIRST, true, MARK - 2, SENT],
  ['block first', BLOCK_FIRST, true, MARK, WAIT],
];
for (const [what, congestion, reliable, used, verdict] of table) {
  test(`lane: with ${used} batches held, ${what} is given verdict ${verdict}`, () => {
    const owner = new Owner().fill(used);
    assert.equal(owner.put(congestion, reliable), verdict);
    const accepted = verdict === SENT || verdict === WAIT;
    assert.equal(owner.lane.used, used + (accepted ? 1 : 0));
    assert.equal(owner.lane.dropped, accepted || verdict === REFUSED ? 0 : 1);
  });
}

test('lane: one message that blocks first is taken above the mark; the others are dropped until it has left', () => {
  const owner = new Owner().fill(MARK);
  assert.equal(owner.put(BLOCK_FIRST), WAIT);
  assert.equal(owner.put(BLOCK_FIRST), DROPPED_WAIT);
  owner.leave(1);
  assert.equal(owner.put(BLOCK_FIRST), DROPPED_WAIT);
  owner.put(BLOCK);
  owner.leave(MARK);
  owner.fill(MARK);
  assert.equal(owner.put(BLOCK_FIRST), WAIT);
});

test('lane: a message that blocked first below the mark is in nobody’s way', () => {
  const owner = new Owner();
  for (let n = 0; n < MARK; n++) owner.put(BLOCK_FIRST);
  assert.equal(owner.put(BLOCK_FIRST), WAIT);
});

test('lane: a large message that blocks first is in the way until its last fragment has left', () => {
  const owner = new Owner().fill(MARK);
  const large = new Uint8Array(1000);
  assert.equal(owner.lane.send(large, 0, 1000, large, 0, 0, true, BLOCK_FIRST), WAIT);
  const fragments = owner.lane.used - MARK;
  assert.ok(fragments > 10);
  for (let n = 1; n < fragments; n++) owner.put(BLOCK);
  owner.leave(MARK + fragments - 1);
  owner.fill(MARK);
  assert.equal(owner.put(BLOCK_FIRST), DROPPED_WAIT);
  owner.leave(1);
  owner.fill(MARK);
  assert.equal(owner.put(BLOCK_FIRST), WAIT);
});

test('lane: a message that is dropped uses no number, so none is missing', () => {
  const owner = new Owner().fill(MARK);
  for (let n = 0; n < 5; n++) owner.put(DROP);
  owner.leave(MARK);
  owner.put(DROP);
  owner.leave(1);
  assert.deepEqual(
    owner.left.map((batch) => batch[1]),
    Array.from({ length: MARK + 1 }, (_, n) => n),
  );
  assert.equal(owner.lane.dropped, 5);
});

test('better: 22 a large message that may be dropped and was begun is finished, whatever room it takes', () => {
  const owner = new Owner().fill(MARK - 1);
  const large = new Uint8Array(BOUND * 200).fill(3);
  assert.equal(owner.lane.send(large, 0, large.length, large, 0, 0, false, DROP), WAIT);
  assert.ok(owner.lane.used > BOUND);
  assert.equal(owner.put(DROP), DROPPED_WAIT);
  owner.leave(owner.lane.used);
  const last = owner.left.at(-1)!;
  // The first byte of the last one: no more fragments; and none before it says that the message was given up.
  assert.equal(last[0]! & 0x5f, 0x06);
  assert.equal(owner.lane.dropped, 1);
});

test('lane: all who wait share one promise; it resolves when eight batches are left, not before', async () => {
  const owner = new Owner().fill(MARK);
  const ready = owner.lane.ready();
  assert.equal(owner.lane.ready(), ready);
  let woken = false;
  void ready.then(() => (woken = true));
  owner.leave(7);
  await owner.scheduler.settle();
  assert.equal(woken, false);
  owner.leave(1);
  await owner.scheduler.settle();
  assert.equal(woken, true);
  assert.equal(owner.lane.blocked, false);
});

/** A lane that is full because of messages that may be dropped. */
function dropping(): Owner {
  const owner = new Owner();
  while (owner.lane.used < MARK) owner.put(DROP);
  assert.equal(owner.lane.blocked, false);
  return owner;
}

test('lane: who may lose messages waits 50 ms for a link that takes nothing, then no more until it takes one', async () => {
  const owner = dropping();
  let woken = false;
  void owner.lane.ready().then(() => (woken = true));
  await owner.scheduler.run(49);
  assert.equal(woken, false);
  await owner.scheduler.run(1);
  assert.equal(woken, true);
  assert.equal(owner.put(DROP), DROPPED);
  await owner.scheduler.run(1000);
  assert.equal(owner.put(DROP), DROPPED);
  owner.leave(1);
  assert.equal(owner.put(DROP), WAIT);
  assert.equal(owner.put(DROP), DROPPED_WAIT);
});

test('lane: as long as the link takes a batch now and then, who waits goes on waiting', async () => {
  const owner = dropping();
  let woken = false;
  void owner.lane.ready().then(() => (woken = true));
  for (let n = 0; n < 7; n++) {
    await owner.scheduler.run(40);
    owner.leave(1);
  }
  assert.equal(woken, false);
  await owner.scheduler.run(100);
  assert.equal(woken, true);
});

test('lane: who blocks is not let go by a link that takes nothing; who may lose messages does not wait with it', async () => {
  const owner = new Owner().fill(MARK);
  let woken = false;
  void owner.lane.ready().then(() => (woken = true));
  await owner.scheduler.run(4000);
  assert.equal(woken, false);
  assert.equal(owner.put(DROP), DROPPED);
  assert.equal(owner.lane.blocked, true);
});

test('lane: without congestion there is nothing to wait for', async () => {
  const owner = new Owner().fill(8);
  await owner.lane.ready();
  owner.fill(MARK).lane.clear();
  await owner.lane.ready();
  assert.equal(owner.lane.used, 0);
});

test('lane: messages of one kind share a batch and a number; another reliability begins anew', () => {
  const owner = new Owner();
  const put = (reliable: boolean): void => {
    owner.lane.send(message, 0, 5, message, 5, 7, reliable, BLOCK);
  };
  for (const reliable of [true, true, false, false, true]) put(reliable);
  owner.leave(3);
  const text = hex(message);
  assert.deepEqual(
    owner.left.map((batch) => hex(batch)),
    [`25 00 ${text} ${text}`, `05 00 ${text} ${text}`, `25 01 ${text}`],
  );
});

test('lane: a message that would need more than 1,048,576 batches of what the other side takes is dropped', () => {
  const owner = new Owner();
  owner.capacity = 16;
  const payload = new Uint8Array(16 * 1024 * 1024 - message.length + 1);
  const send = (end: number): Verdict => owner.lane.send(message, 0, message.length, payload, 0, end, true, BLOCK);
  assert.equal(send(payload.length), DROPPED);
  assert.deepEqual([owner.lane.used, owner.lane.dropped], [0, 1]);
  assert.equal(send(1000), WAIT);
});

test('lane: small batches take no more memory than they may hold', () => {
  const owner = new Owner();
  owner.put(BLOCK);
  assert.equal(owner.lane.peek()!.buf.length, HEAD_ROOM + 100);
  owner.leave(1);
  owner.capacity = 65_533;
  owner.put(BLOCK);
  assert.ok(owner.lane.peek()!.buf.length >= HEAD_ROOM + 65_533, 'a buffer that was given back is not taken for more');
});
