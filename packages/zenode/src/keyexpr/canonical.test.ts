import assert from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { type KeyExprFault, KeyExprError, assertCanonical, canonize, faultOf, isCanonical } from './canonical.ts';

const messages: readonly (readonly [text: string, fault: KeyExprFault, message: string])[] = [
  [
    'a//b',
    'EmptyChunk',
    'key expression "a//b" has an empty chunk at 2: between two "/", and at both ends, there must be text',
  ],
  [
    '',
    'EmptyChunk',
    'key expression "" has an empty chunk at 0: between two "/", and at both ends, there must be text',
  ],
  [
    '/a',
    'EmptyChunk',
    'key expression "/a" has an empty chunk at 0: between two "/", and at both ends, there must be text',
  ],
  [
    'a/',
    'EmptyChunk',
    'key expression "a/" has an empty chunk at 2: between two "/", and at both ends, there must be text',
  ],
  ['a/$*', 'LoneDollarStar', 'key expression "a/$*" has "$*" as a whole chunk at 2: write "*"'],
  ['a/**/*', 'SingleStarAfterDoubleStar', 'key expression "a/**/*" has "*" after "**" at 5: write "*/**"'],
  ['**/**', 'DoubleStarAfterDoubleStar', 'key expression "**/**" has "**" after "**" at 3: one is enough'],
  ['a*', 'StarInChunk', 'key expression "a*" has "*" next to other text at 1: inside a chunk write "$*"'],
  ['a$*$*b', 'DollarAfterDollar', 'key expression "a$*$*b" has "$" right after "$*" at 3: one "$*" is enough'],
  ['a?b', 'SharpOrQMark', 'key expression "a?b" has "#" or "?" at 1: neither is allowed'],
  ['a$', 'UnboundDollar', 'key expression "a$" has "$" without "*" at 1: "$" is allowed only in "$*"'],
  ['a/\ud800', 'LoneSurrogate', 'key expression "a/\\ud800" has half a surrogate pair at 2: it must be valid Unicode'],
];
for (const [text, fault, message] of messages) {
  test(`better: 25 the error of ${JSON.stringify(text)} says what is wrong, where, and what would be right`, () => {
    assert.throws(
      () => assertCanonical(text),
      (error) => {
        assert.ok(error instanceof KeyExprError);
        assert.deepEqual(
          [error.code, error.reason, error.keyExpr, error.message],
          ['INVALID_KEY_EXPR', fault, text, message],
        );
        return true;
      },
    );
  });
}

for (const [text, canonical] of [
  ['a$*$*b', 'a$*b'],
  ['a$*$*', 'a$*'],
  ['$*$*a$*$*', '$*a$*'],
  ['a/@$*$*b', 'a/@$*b'],
  ['a$*$*$*b', 'a$*b'],
] as const) {
  test(`better: 25 ${text} is brought to canonical form`, () => assert.equal(canonize(text), canonical));
}

test('better: 25 the error of a very long text stays readable', () => {
  assert.throws(
    () => assertCanonical('a'.repeat(60_000) + '*'),
    (error: Error) => error.message.length < 400,
  );
});

const arbPiece = fc.constantFrom('a', '/', '/', '*', '**', '$*', '$', '#', '@', 'é', '\u{1f600}', '\ud83d', '\0', ' ');
const arbText = fc.array(arbPiece, { maxLength: 12 }).map((pieces) => pieces.join(''));

test('canonize: idempotent, and its result is canonical', () => {
  fc.assert(
    fc.property(arbText, (text) => {
      let canonical: string;
      try {
        canonical = canonize(text);
      } catch (error) {
        assert.ok(error instanceof KeyExprError && !isCanonical(text));
        return;
      }
      assert.ok(isCanonical(canonical));
      assert.equal(canonize(canonical), canonical);
      if (isCanonical(text)) assert.equal(canonical, text);
    }),
    { numRuns: 10_000 },
  );
});

test('validation: agrees with the grammar', () => {
  const chunk = /^(?:\*\*?|(?:[^/*$#?]|\$\*(?!\$))+)$/u;
  fc.assert(
    fc.property(arbText, (text) => {
      const chunks = text.split('/');
      const good = chunks.every(
        (c, i) =>
          chunk.test(c) && c !== '$*' && !/[\ud800-\udfff]/u.test(c) && !(chunks[i - 1] === '**' && /^\*\*?$/.test(c)),
      );
      assert.equal(faultOf(text) === undefined, good);
    }),
    { numRuns: 20_000 },
  );
});

test('validation: spaces, control characters and dots are ordinary text; composition matters', () => {
  for (const text of ['a b', '\0', '.', '..', 'a%20b', 'é', 'e\u0301', '\u{1f600}', 'a\\b', '"'])
    assert.ok(isCanonical(text), text);
});

test('canonize: 30,000 chunks do not overflow', () => {
  assert.equal(canonize('**/'.repeat(30_000) + '*'), '*/**');
  assert.equal(canonize('a/'.repeat(30_000) + '$*').length, 60_001);
});
