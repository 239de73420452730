import assert from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonize } from './canonical.ts';
import { includes, intersects } from './matching.ts';
import { steps } from './steps.ts';

// A second opinion: the definitions of the specification, word for word, by recursion without memory.
const verbatim = (chunk: string): boolean => chunk.startsWith('@');

function naiveIntersects(a: readonly string[], b: readonly string[]): boolean {
  const [x, ...as] = a;
  const [y, ...bs] = b;
  if (x === undefined && y === undefined) return true;
  if (x === '**') return naiveIntersects(as, b) || (y !== undefined && !verbatim(y) && naiveIntersects(a, bs));
  if (y === '**') return naiveIntersects(a, bs) || (x !== undefined && !verbatim(x) && naiveIntersects(as, b));
  if (x === undefined || y === undefined) return false;
  return naiveChunk(x, y) && naiveIntersects(as, bs);
}

function naiveChunk(l: string, r: string): boolean {
  if (l === r) return true;
  if (verbatim(l) || verbatim(r)) return false;
  if (l === '*' || r === '*') return true;
  return naiveDsl(tokens(l), tokens(r));
}

const tokens = (chunk: string): string[] => chunk.match(/\$\*|[^]/g) ?? [];

function naiveDsl(l: readonly string[], r: readonly string[]): boolean {
  const [x, ...ls] = l;
  const [y, ...rs] = r;
  if (x === undefined && y === undefined) return true;
  if (x === '$*') return naiveDsl(ls, r) || (y !== undefined && naiveDsl(l, rs));
  if (y === '$*') return naiveDsl(l, rs) || (x !== undefined && naiveDsl(ls, r));
  return x === y && naiveDsl(ls, rs);
}

function naiveIncludes(a: readonly string[], b: readonly string[]): boolean {
  const [x, ...as] = a;
  const [y, ...bs] = b;
  if (x === undefined) return y === undefined;
  if (x === '**') return naiveIncludes(as, b) || (y !== undefined && !verbatim(y) && naiveIncludes(a, bs));
  if (y === undefined || y === '**') return false;
  return naiveChunkIncludes(x, y) && naiveIncludes(as, bs);
}

function naiveChunkIncludes(l: string, r: string): boolean {
  if (l === r) return true;
  if (verbatim(l) || verbatim(r)) return false;
  if (l === '*') return true;
  if (!l.includes('$')) return false;
  const pattern = l
    .split('$*')
    .map((part) => part.replaceAll(/[^a-z]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${pattern}$`, 's').test(r);
}

const arbText = fc
  .array(fc.constantFrom('a', 'b', '$*'), { minLength: 1, maxLength: 5 })
  .map((parts) => parts.join(''));
const arbChunk = fc.oneof(fc.constantFrom('a', 'b', '*', '**', '**', '@a', '@b', 'a@', '@$*', '@a$*', '$*@a'), arbText);
const arbKey = fc.array(arbChunk, { minLength: 1, maxLength: 6 }).map((chunks) => canonize(chunks.join('/')));
const arbLoose = fc
  .array(fc.oneof(arbChunk, fc.constantFrom('', '$*', '$*$*')), { maxLength: 6 })
  .map((c) => c.join('/'));

test('intersects: agrees with the definition', () => {
  fc.assert(
    fc.property(arbKey, arbKey, (a, b) => {
      assert.equal(intersects(a, b), naiveIntersects(a.split('/'), b.split('/')));
    }),
    { numRuns: 20_000 },
  );
});

test('includes: agrees with the definition', () => {
  fc.assert(
    fc.property(arbKey, arbKey, (a, b) => {
      assert.equal(includes(a, b), naiveIncludes(a.split('/'), b.split('/')));
    }),
    { numRuns: 20_000 },
  );
});

test('intersects and includes: texts that are not canonical get the answer of the definition too', () => {
  fc.assert(
    fc.property(arbLoose, arbLoose, (a, b) => {
      assert.equal(intersects(a, b), naiveIntersects(a.split('/'), b.split('/')));
      assert.equal(includes(a, b), a === b || naiveIncludes(a.split('/'), b.split('/')));
    }),
    { numRuns: 20_000 },
  );
});

test('intersects: symmetric, and true of itself; includes implies it', () => {
  fc.assert(
    fc.property(arbKey, arbKey, (a, b) => {
      assert.equal(intersects(a, b), intersects(b, a));
      assert.ok(intersects(a, a) && includes(a, a));
      if (includes(a, b)) assert.ok(intersects(a, b));
    }),
    { numRuns: 5_000 },
  );
});

test('intersects and includes: any two strings have an answer', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
      assert.equal(intersects(a, b), intersects(b, a));
      includes(a, b);
    }),
  );
});

/** 4 KB each, made to hurt. */
const hostile: readonly string[] = [
  '**/a/'.repeat(819) + '**',
  '**/a/'.repeat(819) + 'b',
  'a/'.repeat(2047) + 'a',
  'a/'.repeat(2047) + 'b',
  'b/' + 'a/'.repeat(1022) + '**/' + 'a/'.repeat(1022) + 'b/**',
  '**/' + 'a/'.repeat(1000) + 'b/**/' + 'a/'.repeat(1000) + 'b/**',
  '$*a'.repeat(1365),
  '$*a'.repeat(1365) + 'b',
  'a'.repeat(4095) + 'b',
  'b' + 'a'.repeat(2000) + '$*' + 'a'.repeat(2000) + 'b',
  '$*' + 'a'.repeat(2000) + 'b$*' + 'a'.repeat(2000) + 'b$*',
  '**/$*a$*a$*b/'.repeat(315) + '**',
  'aaaaaaaaaaaa/'.repeat(315) + 'a',
  '**/*/a/*/'.repeat(455) + '@b',
  '**/@a/'.repeat(585) + '**/b',
  '@a/'.repeat(1365) + 'b',
  '*/'.repeat(2047) + '**',
];

test('better: 24 matching hostile expressions of 4 KB takes at most one step per pair of chunks and of characters', () => {
  let worst = { ms: 0, chars: 0, chunks: 0 };
  for (const a of hostile) {
    for (const b of hostile) {
      for (const match of [intersects, includes]) {
        steps.chunks = steps.chars = 0;
        match(a, b);
        const m = a.split('/').length;
        const n = b.split('/').length;
        const name = `${match.name} ${a.slice(0, 16)} ${b.slice(0, 16)}`;
        assert.ok(steps.chunks <= m * n + m + n, `${name}: ${steps.chunks} pairs of chunks`);
        assert.ok(steps.chars <= 3 * a.length * b.length, `${name}: ${steps.chars} pairs of characters`);
        worst = { ms: 0, chars: Math.max(worst.chars, steps.chars), chunks: Math.max(worst.chunks, steps.chunks) };
      }
    }
  }
  assert.ok(worst.chunks > 1000 && worst.chars > 1000, 'the steps are counted');
});

test("better: 24 the chapter's examples answer at once", () => {
  steps.chunks = steps.chars = 0;
  assert.equal(intersects('**/a/**/a/**/a/**/a/**/b', 'a/'.repeat(59) + 'a'), false);
  assert.equal(intersects('$*a$*a$*a$*a$*b', 'a'.repeat(60)), false);
  assert.ok(steps.chunks + steps.chars < 1000);
});

test('intersects: 30,000 chunks do not overflow', () => {
  const key = 'a/'.repeat(30_000) + 'a';
  assert.ok(intersects('**/a/**', key) && includes('**/a/**', key) && !intersects('**/b', key));
});

test('better: 24 two chunks are matched in time linear in both, however their parts repeat', () => {
  const n = 30_000;
  const parts = ['a'.repeat(n) + 'b', 'ab'.repeat(n / 2) + 'a', 'aab'.repeat(n / 3) + 'b', 'a'.repeat(n)];
  for (const part of parts) {
    for (const pattern of [`$*${part}$*`, `x$*${part}$*${part}`, `$*${part}$*b`]) {
      for (const text of [...parts.map((one) => one + one), 'a'.repeat(2 * n), `$*${parts[0]}`]) {
        steps.chars = 0;
        intersects(pattern, text);
        includes(pattern, text);
        assert.ok(steps.chars <= 8 * (pattern.length + text.length), `${steps.chars} steps`);
      }
    }
  }
});

test('intersects and includes: long parts between "$*" are found exactly where they are', () => {
  const part = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 14 });
  const text = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 3 }), text, (middle, b) => {
      const glob = `$*${middle.join('$*')}$*`;
      const expected = new RegExp(`^.*${middle.join('.*')}.*$`).test(b);
      assert.equal(intersects(glob, b), expected);
      assert.equal(includes(glob, b), expected);
    }),
    { numRuns: 3_000 },
  );
});
