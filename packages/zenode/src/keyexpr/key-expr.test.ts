import assert from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { KeyExprError, faultOf } from './canonical.ts';
import { KeyExpr, literalKey } from './key-expr.ts';
import { stripLiteralPrefix, stripPrefix } from './prefix.ts';

const isFault =
  (fault: string) =>
  (error: unknown): boolean =>
    error instanceof KeyExprError && error.reason === fault;

test('KeyExpr: takes strings, String objects and its own kind; refuses what is not canonical', () => {
  const key = new KeyExpr('a/*');
  assert.equal(new KeyExpr(key).text, 'a/*');
  assert.equal(new KeyExpr(new String('a/*')).text, 'a/*');
  assert.equal(KeyExpr.of(key), key);
  assert.throws(() => new KeyExpr('a//b'), isFault('EmptyChunk'));
  assert.throws(() => key.intersects('**/*'), isFault('SingleStarAfterDoubleStar'));
  assert.equal(KeyExpr.tryFrom('**/*'), undefined);
  assert.equal(KeyExpr.tryFrom('a/b')?.text, 'a/b');
  assert.equal(KeyExpr.autocanonize('**/*').text, '*/**');
  assert.throws(() => KeyExpr.autocanonize('a/'), isFault('EmptyChunk'));
});

test('KeyExpr: equal by text', () => {
  const key = new KeyExpr('a/b');
  assert.ok(key.equals('a/b') && key.equals(new KeyExpr('a/b')) && !key.equals('a'));
  assert.deepEqual([`${key}`, JSON.stringify({ key })], ['a/b', '{"key":"a/b"}']);
});

for (const [a, b, level] of [
  ['a/*', 'b', 0],
  ['*/a', 'a/*', 1],
  ['a/**', 'a/b', 2],
  ['a/b', 'a/**', 1],
  ['a/*', 'a/*', 3],
  ['*/**', '**', 1],
  ['@a', '*', 0],
] as const) {
  test(`KeyExpr: relation of ${a} to ${b} is ${level}`, () => assert.equal(new KeyExpr(a).relationTo(b), level));
}

test('KeyExpr: wildness, chunks and literal prefix', () => {
  assert.ok(new KeyExpr('a/$*b').isWild() && !new KeyExpr('a/@b').isWild());
  assert.deepEqual(new KeyExpr('a/@b/**').chunks(), ['a', '@b', '**']);
  assert.equal(new KeyExpr('a/@b/*').literalPrefix()?.text, 'a/@b');
  assert.equal(new KeyExpr('dem$*').literalPrefix(), undefined);
  assert.equal(literalKey('a/@b').text, 'a/@b');
  assert.throws(() => literalKey('a/*'), isFault('Wild'));
});

test('KeyExpr: concat names both parts when two stars would meet', () => {
  assert.throws(() => new KeyExpr('a/*').concat('*'), /cannot append "\*" to "a\/\*": .* use join/);
});

test('KeyExpr: what stripPrefix leaves is canonical', () => {
  const arb = fc
    .array(fc.constantFrom('a', 'b', '*', '**', '@a', 'a$*'), { minLength: 1, maxLength: 6 })
    .map((c) => KeyExpr.autocanonize(c.join('/')));
  fc.assert(
    fc.property(arb, arb, (key, prefix) => {
      for (const right of key.stripPrefix(prefix)) assert.equal(faultOf(right.text), undefined);
    }),
    { numRuns: 5_000 },
  );
});

test('better: 25 stripping a prefix with "@" inside a chunk, or a "$*" in a verbatim chunk, has an answer', () => {
  assert.equal(stripLiteralPrefix('**/y', 'a@b'), '**/y');
  assert.equal(stripLiteralPrefix('@$*/x', '@ab'), undefined);
  assert.equal(stripLiteralPrefix('demo/t$*t/x', 'demo/test'), 'x');
});

test('stripLiteralPrefix: agrees with the definition', () => {
  const strip = (t: string[], p: string[]): string[] | undefined => {
    for (let i = 0; i < t.length && i < p.length; i++) {
      const last = i === t.length - 1;
      if (t[i] === '**') {
        const v = p.findIndex((chunk, j) => j >= i && chunk.startsWith('@'));
        if (v < 0) return t.slice(i);
        for (let k = v; !last && k >= i; k--) {
          const rest = strip(t.slice(i + 1), p.slice(k));
          if (rest) return rest;
        }
        return undefined;
      }
      if (last || !new KeyExpr(t[i]!).intersects(p[i]!)) return undefined;
      if (i === p.length - 1) return t.slice(i + 1);
    }
    return undefined;
  };
  const arbText = fc.array(fc.constantFrom('a', 'b', '*', '**', '@a', '@b', 'a$*'), { minLength: 1, maxLength: 7 });
  const arbPrefix = fc.array(fc.constantFrom('a', 'b', '@a', '@b', 'ab'), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(arbText, arbPrefix, (chunks, prefix) => {
      const key = KeyExpr.autocanonize(chunks.join('/'));
      assert.equal(stripLiteralPrefix(key.text, prefix.join('/')), strip(key.chunks(), prefix)?.join('/'));
    }),
    { numRuns: 10_000 },
  );
});

test('stripPrefix: 30,000 chunks take one pass', () => {
  const key = 'a/'.repeat(30_000) + 'a';
  assert.deepEqual(stripPrefix(key, 'a/a').length, 1);
  assert.equal(stripLiteralPrefix(key, 'a/a')?.length, key.length - 4);
});
