import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Hlc, ZenohId } from '../index.ts';

const id = ZenohId.parse('33');
const HALF = 1n << 31n;
const MASK = ~0xfn;

function hlcAt(ms: number): { clock: { wallMs: () => number; ms: number }; hlc: Hlc; last: () => bigint } {
  const clock = { ms, wallMs: () => clock.ms };
  const hlc = new Hlc(clock, id);
  return { clock, hlc, last: () => (BigInt(hlc.hi) << 32n) | BigInt(hlc.lo) };
}

const ntp64 = (ms: number): bigint => (BigInt(Math.floor(ms * 1000)) << 32n) / 1_000_000n;

test('hlc: time comes from the clock, its last four bits count', () => {
  const { clock, hlc } = hlcAt(1_700_000_000_500);
  const first = hlc.newTimestamp();
  assert.equal(first.time, 7301444405347483648n);
  assert.equal(first.id, id);
  assert.equal(hlc.newTimestamp().time, first.time + 1n);
  clock.ms -= 1000; // the clock goes back, time does not
  assert.equal(hlc.newTimestamp().time, first.time + 2n);
  clock.ms += 2000;
  assert.equal(hlc.newTimestamp().time, first.time + (1n << 32n));
});

test('hlc: more than 15 in a tick carry over', () => {
  const { hlc } = hlcAt(1_700_000_000_500);
  const first = hlc.newTimestamp().time;
  for (let i = 1n; i < 100n; i++) assert.equal(hlc.newTimestamp().time, first + i);
});

test('hlc: the carry reaches the seconds', () => {
  const { hlc } = hlcAt(0);
  hlc.updateWith(0, 0xffffffff, 1000);
  assert.deepEqual([hlc.hi, hlc.lo], [1, 0]);
  hlc.hi = 5;
  hlc.lo = 0xffffffff;
  hlc.next(0);
  assert.deepEqual([hlc.hi, hlc.lo], [6, 0]);
});

test('hlc: exactly 500 ms ahead is accepted, more is not', () => {
  const { hlc, last } = hlcAt(1_700_000_000_500);
  const now = 7301444405347483648n;
  const far = now + HALF + 1n;
  assert.equal(hlc.updateWith(Number(far >> 32n), Number(far & 0xffffffffn)), false);
  assert.equal(last(), 0n);
  const near = now + HALF;
  assert.equal(hlc.updateWith(Number(near >> 32n), Number(near & 0xffffffffn)), true);
  assert.equal(last(), near + 1n);
});

test('hlc: equals the rule in 64 bit arithmetic', () => {
  const step = fc.record({
    update: fc.boolean(),
    clock: fc.integer({ min: -2000, max: 2000 }),
    time: fc.bigInt(-(1n << 33n), 1n << 33n),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), fc.boolean(), (steps, top) => {
      const base = top ? 3_000_000_000_000 : 1_700_000_000_000;
      const { clock, hlc, last } = hlcAt(base);
      let expected = 0n;
      for (const { update, clock: ms, time } of steps) {
        clock.ms = base + ms;
        const now = ntp64(clock.ms) & MASK;
        if (!update) {
          expected = now > (expected & MASK) ? now : expected + 1n;
          hlc.next();
        } else {
          const ts = now + time;
          const ok = !(ts > now && ts - now > HALF);
          if (ok) {
            const m = [now, ts, expected].reduce((a, b) => (a > b ? a : b));
            expected = m === now ? now : m === ts ? ts + 1n : expected + 1n;
          }
          assert.equal(hlc.updateWith(Number(ts >> 32n), Number(ts & 0xffffffffn)), ok);
        }
        assert.equal(last(), expected);
      }
    }),
  );
});
