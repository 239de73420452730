import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reaches } from './lib/stage.ts';
import { everyWay, freshKey, type Way } from './lib/suite.ts';
import { pattern, text, toldBytes } from './lib/values.ts';

const BLOCK = 1;

async function sent({ from, to }: Way, sizes: readonly number[]): Promise<void> {
  const key = freshKey('size');
  const { tap, undeclare } = await to.subscriber(key);
  await reaches(from, to, key);
  for (const size of sizes) await from.put(key, pattern(size, size), { congestion_control: BLOCK });
  await tap.when((seen) => seen.length >= sizes.length, `${sizes.length} samples`, 20_000);
  for (const [i, size] of sizes.entries()) {
    assert.ok(tap.seen[i]?.payload === toldBytes(pattern(size, size)), `${size} bytes at ${i}`);
  }
  await undeclare();
}

/** From one that fits into a batch by far to one that does not: whatever the overhead is, the edge lies between them. */
const edge = Array.from({ length: 80 }, (_, i) => 65_460 + i);

everyWay((way) => {
  test('payloads from nothing to a megabyte', () => sent(way(), [0, 1, 127, 128, 16_383, 16_384, 131_072, 1_000_000]));

  test('every payload around the size of a batch', () => sent(way(), edge));

  test('a payload of 50 MB', () => sent(way(), [50_000_000]));

  test('10,000 keys in order', async () => {
    const { from, to } = way();
    const key = freshKey('keys');
    const { tap, undeclare } = await to.subscriber(`${key}/*`);
    await reaches(from, to, `${key}/0`);
    await from.putMany(key, 10_000, { congestion_control: BLOCK });
    await tap.when((seen) => seen.length >= 10_000, '10,000 samples', 20_000);
    assert.equal(tap.seen.length, 10_000);
    for (const [i, sample] of tap.seen.entries()) {
      if (sample.key !== `${key}/${i}` || sample.payload !== toldBytes(text(String(i)))) {
        assert.fail(`${sample.key} at ${i}`);
      }
    }
    await undeclare();
  });
});
