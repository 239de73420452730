import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { KeFormat } from './format.ts';
import { intersects } from './matching.ts';

const isInvalid = { code: 'INVALID_ARGUMENT' };

const texts: readonly (readonly [format: string, key: string, text?: string])[] = [
  ['a/${x:*}/${y:**}', 'a/*/**'],
  ['a/b', 'a/b'],
  ['$#{x:*}#/b', '*/b', '${x:*}/b'],
  ['$#{x:a}b}#/c', 'a}b/c'],
  ['$#{x:*#c}d}#', '*'],
  ['${:*}', '*'],
  ['x/${a:a$*#abc}', 'x/a$*'],
  ['${a:**#}', '**'],
];
for (const [format, key, text = format] of texts) {
  test(`KeFormat: ${format} is ${key}`, () => {
    assert.deepEqual([new KeFormat(format).toKeyExpr().text, String(new KeFormat(format))], [key, text]);
  });
}

const wrong = [
  '', '/', 'a/', '/a', 'a//${x:*}', '${x:*}/', '${x:*}//${y:*}', '${x:*', '$#{x:*}', '$', 'a/$', 'a/$#', 'a/$*', 'a/*',
  'a/**/${x:*}', '${x}', '${x:}', '${x:a//b}', 'a${x:*}', '${x:*}b', '${x:*}${y:*}', '${x:*}/${x:*}', '${x:a#b}',
  '${x:*#}', 'a#/${x:*}',
]; // prettier-ignore
for (const format of wrong) {
  test(`KeFormat: ${format === '' ? 'nothing' : format} is no format`, () => {
    assert.throws(() => new KeFormat(format), isInvalid);
  });
}

test('KeFormatter: builds, forgets what was refused, and starts again', () => {
  const formatter = new KeFormat('robot/${id:*}/${s:**#all}').formatter();
  assert.throws(() => formatter.build(), { ...isInvalid, message: /"id" has no value/ });
  assert.equal(formatter.set('id', 7).build().text, 'robot/7/all');
  assert.equal(formatter.set('s', '').build().text, 'robot/7');
  for (const refused of ['a/b', '@a', '', 'a//b', 'x*']) {
    formatter.set('id', 'r1');
    assert.throws(() => formatter.set('id', refused), isInvalid);
    assert.equal(formatter.get('id'), undefined);
  }
  assert.throws(() => formatter.set('other', 1), { ...isInvalid, message: /no field "other", but "id", "s"/ });
  assert.equal(formatter.set('id', '*').clear().get('s'), undefined);
});

test('KeParsed: gives fields by name and in order', () => {
  const parsed = new KeFormat('robot/${id:*}/${s:**}').parse('robot/r1');
  assert.deepEqual([parsed.get('id'), parsed.get('s'), [...parsed]], ['r1', '', [['id', 'r1'], ['s', null]]]); // prettier-ignore
  assert.throws(() => parsed.get('x'), isInvalid);
});

test('KeFormat: what was built is found again, and what is found intersects', () => {
  const chunk = fc.constantFrom('a', 'b', 'c');
  const path = fc.array(chunk, { maxLength: 3 }).map((chunks) => chunks.join('/'));
  const format = new KeFormat('x/${one:*}/-/${rest:**}/y/${last:*}');
  fc.assert(
    fc.property(chunk, path, chunk, (one, rest, last) => {
      const key = format.formatter().set('one', one).set('rest', rest).set('last', last).build();
      assert.deepEqual([...format.parse(key)], [['one', one], ['rest', rest || null], ['last', last]]); // prettier-ignore
      assert.ok(intersects(format.toKeyExpr().text, key.text));
    }),
  );
});

test('KeFormat: ambiguity costs no exponential time', () => {
  const format = new KeFormat(Array.from({ length: 12 }, (_, i) => `\${f${i}:**}`).join('/a/'));
  const key = `${'a/'.repeat(40)}b`;
  assert.doesNotThrow(() => format.parse(key));
  const never = new KeFormat(`${String(format)}/z`);
  assert.throws(() => never.parse(key), isInvalid);
});
