import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Link, LinkHandler } from './link.ts';

/*
 * What every link is held to: each protocol calls `contract` from its own tests. Links are driven from outside, so the same
 * suite serves one that lies in memory under a fake clock and one that goes through the kernel.
 */

/** Two ends of an open link that nobody has started, and how to let time pass. */
export interface LinkHarness {
  pair(): Promise<readonly [Link, Link]>;
  /** Lets things happen until the condition holds; fails if it never does. */
  until(condition: () => boolean, what: string): Promise<void>;
  /** Lets everything that is under way happen. */
  rest(): Promise<void>;
}

/** Keeps what one end tells. */
class Recorder implements LinkHandler {
  readonly batches: Uint8Array[] = [];
  readonly sent: Uint8Array[] = [];
  closes = 0;
  cause: Error | undefined;
  /** A call into the link is going on: no callback may come now. */
  inside = false;
  onOne: ((batch: Uint8Array) => void) | undefined;

  onBatch(buffer: Uint8Array, start: number, end: number): void {
    this.#check();
    const batch = Uint8Array.from(buffer.subarray(start, end));
    this.batches.push(batch);
    this.onOne?.(batch);
  }

  onSent(batch: Uint8Array): void {
    this.#check();
    this.sent.push(batch);
  }

  onClose(cause?: Error): void {
    assert.ok(!this.inside, 'a callback came from inside a call');
    this.closes++;
    this.cause = cause;
  }

  #check(): void {
    assert.ok(!this.inside, 'a callback came from inside a call');
    assert.equal(this.closes, 0, 'a callback came after onClose');
  }

  get bytes(): number {
    return this.batches.reduce((n, batch) => n + batch.length, 0);
  }
}

/** A batch of `size` bytes whose content tells its number, behind the free prefix of `link`. */
function batchOf(link: Link, number: number, size: number): Uint8Array {
  const prefix = link.prefixBytes;
  const batch = new Uint8Array(prefix + size);
  for (let i = 0; i < size; i++) batch[prefix + i] = (number * 31 + i * 7 + (i >> 8)) & 0xff;
  return batch;
}

function contentOf(link: Link, number: number, size: number): Uint8Array {
  return batchOf(link, number, size).subarray(link.prefixBytes);
}

/** Sends as the transport does: never more than two batches inside the link, nothing touched before it is free. */
class Sender {
  readonly link: Link;
  readonly recorder: Recorder;
  readonly lent: Uint8Array[] = [];
  #returned = 0;

  constructor(link: Link, recorder: Recorder) {
    this.link = link;
    this.recorder = recorder;
  }

  get inside(): number {
    this.#returned = this.recorder.sent.length;
    return this.lent.length - this.#returned;
  }

  /** False: the link owns the batch now. */
  send(batch: Uint8Array): boolean {
    this.recorder.inside = true;
    const free = this.link.send(batch);
    this.recorder.inside = false;
    // Free now: whatever happens to the buffer must not change what was sent.
    if (free) batch.fill(0xee);
    else this.lent.push(batch);
    return free;
  }
}

interface Ends {
  readonly a: Link;
  readonly b: Link;
  readonly atA: Recorder;
  readonly atB: Recorder;
  readonly fromA: Sender;
  readonly fromB: Sender;
}

async function started(harness: LinkHarness): Promise<Ends> {
  const [a, b] = await harness.pair();
  const [atA, atB] = [new Recorder(), new Recorder()];
  a.start(atA);
  b.start(atB);
  return { a, b, atA, atB, fromA: new Sender(a, atA), fromB: new Sender(b, atB) };
}

async function finish(harness: LinkHarness, { a, b, atA, atB }: Ends): Promise<void> {
  await Promise.all([a.close(), b.close()]);
  await harness.until(() => atA.closes > 0 && atB.closes > 0, 'both ends are closed');
  await harness.rest();
  assert.deepEqual([atA.closes, atB.closes], [1, 1]);
}

/** Sends batches of these sizes, each as soon as the link has room for it. */
async function sendAll(harness: LinkHarness, sender: Sender, sizes: readonly number[]): Promise<void> {
  for (const [number, size] of sizes.entries()) {
    await harness.until(() => sender.inside < 2, 'the link has room');
    sender.send(batchOf(sender.link, number, size));
  }
}

function assertBatches(link: Link, batches: readonly Uint8Array[], sizes: readonly number[]): void {
  assert.deepEqual(
    batches.map((batch) => batch.length),
    sizes,
  );
  for (const [number, size] of sizes.entries()) assert.deepEqual(batches[number], contentOf(link, number, size));
}

const MIXED = [1, 300, 0, 2, 65_000, 17, 64, 4096, 1, 1, 0, 40_000, 3, 9000];

/** @param name of the protocol, in front of each test */
export function contract(name: string, harness: LinkHarness): void {
  test(`link ${name}: batches arrive whole and in order, empty ones too, in both directions`, async () => {
    const ends = await started(harness);
    const sizes = [...MIXED, ...MIXED, ...MIXED];
    await Promise.all([sendAll(harness, ends.fromA, sizes), sendAll(harness, ends.fromB, sizes.toReversed())]);
    await harness.until(() => ends.atB.batches.length === sizes.length, 'everything arrived at b');
    await harness.until(() => ends.atA.batches.length === sizes.length, 'everything arrived at a');
    assertBatches(ends.a, ends.atB.batches, sizes);
    assertBatches(ends.b, ends.atA.batches, sizes.toReversed());
    await finish(harness, ends);
    assert.deepEqual([ends.atA.cause, ends.atB.cause], [undefined, undefined]);
  });

  test(`link ${name}: the largest batch is 65,535 bytes with its prefix, or the mtu`, async () => {
    const ends = await started(harness);
    const size = Math.min(ends.a.mtu, 65_535) - ends.a.prefixBytes;
    await sendAll(harness, ends.fromA, [size, size, size]);
    await harness.until(() => ends.atB.batches.length === 3, 'everything arrived');
    assertBatches(ends.a, ends.atB.batches, [size, size, size]);
    await finish(harness, ends);
  });

  test(`link ${name}: what arrived before start is not lost`, async () => {
    const [a, b] = await harness.pair();
    const [atA, atB] = [new Recorder(), new Recorder()];
    a.start(atA);
    const fromA = new Sender(a, atA);
    fromA.send(batchOf(a, 0, 10));
    fromA.send(batchOf(a, 1, 20));
    await harness.rest();
    b.start(atB);
    await harness.until(() => atB.batches.length === 2, 'both arrived');
    assertBatches(a, atB.batches, [10, 20]);
    await finish(harness, { a, b, atA, atB, fromA, fromB: new Sender(b, atB) });
  });

  test(`link ${name}: a batch that send keeps comes back by onSent, once, in order, never from inside`, async () => {
    const ends = await started(harness);
    ends.b.pause();
    let count = 0;
    while (ends.fromA.inside < 2) {
      assert.ok(count < 10_000, 'a paused receiver congests the link');
      ends.fromA.send(batchOf(ends.a, count++, 60_000));
      await harness.rest();
    }
    const received = ends.atB.batches.length;
    await harness.rest();
    assert.equal(ends.atB.batches.length, received, 'nothing is delivered while paused');
    ends.b.resume();
    await harness.until(() => ends.atB.batches.length === count, 'everything arrived');
    await harness.until(() => ends.fromA.inside === 0, 'every batch came back');
    assert.deepEqual(
      ends.atA.sent.map((batch) => ends.fromA.lent.indexOf(batch)),
      ends.fromA.lent.map((_, i) => i),
    );
    assertBatches(ends.a, ends.atB.batches, new Array<number>(count).fill(60_000));
    await finish(harness, ends);
  });

  test(`link ${name}: pause holds at once, in the middle of what was read, and resume delivers everything`, async () => {
    const ends = await started(harness);
    ends.atB.onOne = () => ends.b.pause();
    const sizes = Array.from({ length: 40 }, (_, i) => i * 37);
    const sending = sendAll(harness, ends.fromA, sizes);
    for (let n = 1; n <= sizes.length; n++) {
      await harness.until(() => ends.atB.batches.length >= n, `batch ${n} arrived`);
      await harness.rest();
      assert.equal(ends.atB.batches.length, n);
      ends.b.resume();
    }
    await sending;
    assertBatches(ends.a, ends.atB.batches, sizes);
    await finish(harness, ends);
  });

  test(`link ${name}: a paused end goes on sending`, async () => {
    const ends = await started(harness);
    ends.b.pause();
    await sendAll(harness, ends.fromB, [5, 6]);
    await harness.until(() => ends.atA.batches.length === 2, 'both arrived');
    await finish(harness, ends);
  });

  test(`link ${name}: close sends what is queued, then both ends hear onClose once, without a cause`, async () => {
    const ends = await started(harness);
    const sizes = [60_000, 60_000];
    for (const [number, size] of sizes.entries()) ends.fromA.send(batchOf(ends.a, number, size));
    ends.atA.inside = true;
    const closing = ends.a.close();
    ends.atA.inside = false;
    assert.ok(ends.fromA.send(batchOf(ends.a, 9, 9)), 'after close send takes nothing and throws nothing');
    await closing;
    await harness.until(() => ends.atB.closes > 0, 'the other end is closed');
    assertBatches(ends.a, ends.atB.batches, sizes);
    await finish(harness, ends);
    assert.deepEqual([ends.atA.cause, ends.atB.cause], [undefined, undefined]);
  });

  test(`link ${name}: bytes under way towards a closing end do not cost its last batches`, async () => {
    const ends = await started(harness);
    await Promise.all([sendAll(harness, ends.fromA, MIXED), sendAll(harness, ends.fromB, MIXED)]);
    await harness.until(() => ends.fromA.inside === 0, 'the last batch has left');
    ends.fromB.send(batchOf(ends.b, 0, 60_000));
    await ends.a.close();
    await harness.until(() => ends.atB.closes > 0, 'the other end is closed');
    assertBatches(ends.a, ends.atB.batches, MIXED);
    await finish(harness, ends);
  });

  test(`link ${name}: an end that is paused hears its own close`, async () => {
    const ends = await started(harness);
    ends.a.pause();
    await sendAll(harness, ends.fromB, [5, 6]);
    await harness.rest();
    await ends.a.close();
    await harness.until(() => ends.atA.closes > 0, 'closed');
    assert.equal(ends.atA.batches.length, 0);
    await finish(harness, ends);
  });

  test(`link ${name}: a paused end keeps what came before the other side closed`, async () => {
    const ends = await started(harness);
    ends.b.pause();
    ends.fromA.send(batchOf(ends.a, 0, 5));
    ends.fromA.send(batchOf(ends.a, 1, 6));
    await harness.rest();
    const closing = ends.a.close();
    await harness.rest();
    assert.deepEqual([ends.atB.batches.length, ends.atB.closes], [0, 0]);
    ends.b.resume();
    await closing;
    await harness.until(() => ends.atB.closes > 0, 'closed');
    assertBatches(ends.a, ends.atB.batches, [5, 6]);
    await finish(harness, ends);
  });

  test(`link ${name}: after close nothing more is delivered, even in the middle of what was read`, async () => {
    const ends = await started(harness);
    ends.atB.onOne = () => void ends.b.close();
    await sendAll(harness, ends.fromA, [5, 6]);
    await harness.until(() => ends.atB.closes > 0, 'closed');
    assert.equal(ends.atB.batches.length, 1);
    await finish(harness, ends);
  });

  test(`link ${name}: close may be called again, and on a link that was never started`, async () => {
    const [a, b] = await harness.pair();
    const atB = new Recorder();
    b.start(atB);
    await Promise.all([a.close(), a.close()]);
    await harness.until(() => atB.closes > 0, 'the other end is closed');
    await b.close();
    await a.close();
    await harness.rest();
    assert.equal(atB.closes, 1);
  });
}
