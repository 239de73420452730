import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeScheduler } from '../testing/index.ts';
import { type Flushable, Flusher } from './flusher.ts';

class Counting implements Flushable {
  dirty = false;
  flushes = 0;
  onFlush: (() => void) | undefined;
  flush(): void {
    this.flushes++;
    this.onFlush?.();
  }
}

test('flusher: the first request of a turn is served as a microtask, later ones in the next turn, together', async () => {
  const scheduler = new FakeScheduler();
  const flusher = new Flusher(scheduler);
  const [one, two] = [new Counting(), new Counting()];
  flusher.request(one);
  flusher.request(one);
  flusher.request(two);
  assert.deepEqual([one.flushes, two.flushes], [0, 0]);
  const seen: number[] = [];
  scheduler.micro(() => {
    seen.push(one.flushes, two.flushes);
    flusher.request(one);
    scheduler.micro(() => seen.push(one.flushes));
  });
  scheduler.macro(() => seen.push(one.flushes));
  await scheduler.settle();
  assert.deepEqual(seen, [1, 1, 1, 2]);
  assert.deepEqual([one.dirty, two.dirty, scheduler.idle], [false, false, true]);
});

test('flusher: a loop that awaits each of its puts is flushed once per turn', async () => {
  const scheduler = new FakeScheduler();
  const flusher = new Flusher(scheduler);
  const one = new Counting();
  let puts = 0;
  const put = (): void => {
    flusher.request(one);
    if (++puts === 1000) return;
    if (puts % 100 === 0) scheduler.macro(put);
    else scheduler.micro(put);
  };
  put();
  await scheduler.settle();
  assert.equal(puts, 1000);
  assert.ok(one.flushes <= 20, `${one.flushes}`);
});

test('flusher: what asks again while it is flushed comes in the next turn', async () => {
  const scheduler = new FakeScheduler();
  const flusher = new Flusher(scheduler);
  const one = new Counting();
  one.onFlush = () => one.flushes < 3 && flusher.request(one);
  flusher.request(one);
  scheduler.step();
  assert.ok(one.flushes <= 2);
  await scheduler.settle();
  assert.equal(one.flushes, 3);
});

test('flusher: a turn has its share with the 4,096th put, or the 32nd batch, and the next one begins anew', async () => {
  const scheduler = new FakeScheduler();
  const flusher = new Flusher(scheduler);
  for (let n = 1; n < 4096; n++) assert.equal(flusher.spent(), false);
  assert.equal(flusher.spent(), true);
  assert.equal(flusher.spent(), true);
  await scheduler.settle();
  assert.equal(flusher.spent(), false);
  for (let n = 1; n < 32; n++) flusher.handedOver();
  assert.equal(flusher.spent(), false);
  flusher.handedOver();
  assert.equal(flusher.spent(), true);
  await scheduler.settle();
  assert.equal(flusher.spent(), false);
});

test('flusher: batches of turns without a put do not add up', async () => {
  const scheduler = new FakeScheduler();
  const flusher = new Flusher(scheduler);
  for (let n = 0; n < 1000; n++) flusher.handedOver();
  assert.equal(flusher.spent(), false);
  await scheduler.settle();
});

test('flusher: all who ask in a turn share one promise of the next, after what was due before', async () => {
  const scheduler = new FakeScheduler();
  const flusher = new Flusher(scheduler);
  const order: string[] = [];
  scheduler.macro(() => order.push('read'));
  const promise = flusher.nextTurn();
  assert.equal(flusher.nextTurn(), promise);
  void promise.then(() => order.push('next'));
  await scheduler.settle();
  assert.deepEqual(order, ['read', 'next']);
  assert.notEqual(flusher.nextTurn(), promise);
  await scheduler.settle();
});
