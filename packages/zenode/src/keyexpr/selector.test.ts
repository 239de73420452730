import assert from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { KeyExprError } from './canonical.ts';
import { KeyExpr } from './key-expr.ts';
import { Parameters } from './parameters.ts';
import { Selector } from './selector.ts';

for (const [text, key, parameters, printed] of [
  ['a/b', 'a/b', '', 'a/b'],
  ['a/b?', 'a/b', '', 'a/b'],
  ['a/*?x=1;y', 'a/*', 'x=1;y', 'a/*?x=1;y'],
  ['a?b?c', 'a', 'b?c', 'a?b?c'],
  ['a?_time=[now(-1h)..]', 'a', '_time=[now(-1h)..]', 'a?_time=[now(-1h)..]'],
] as const) {
  test(`selector: ${text} is read and printed`, () => {
    const selector = Selector.from(text);
    assert.deepEqual(
      [selector.keyExpr().text, selector.parameters().toString(), `${selector}`],
      [key, parameters, printed],
    );
  });
}

for (const text of ['?x', 'a/?x', '**/*?x']) {
  test(`selector: ${text} is refused`, () => assert.throws(() => Selector.from(text), KeyExprError));
}

test('selector: made of a key expression, of a pair, or of itself', () => {
  const selector = Selector.from([new KeyExpr('a'), new Parameters('x')]);
  assert.equal(Selector.from(selector), selector);
  assert.equal(`${selector}`, 'a?x');
  assert.equal(`${Selector.from(new KeyExpr('a'))}`, 'a');
  assert.equal(`${new Selector('a', { x: '1', y: '' })}`, 'a?x=1;y');
});

test('parameters: insert removes all entries of the key and appends one', () => {
  const p = new Parameters('a=1;b=;a=2;=v');
  assert.equal(p.insert('a', '3'), '1');
  assert.equal(p.toString(), 'b;a=3');
  assert.equal(p.insert('_anyke', ''), undefined);
  assert.equal(p.toString(), 'b;a=3;_anyke');
  assert.ok(p.acceptsAnyKey() && !p.hasTime());
});

test('parameters: remove, extend, values', () => {
  const p = new Parameters('a=1;b=2|3;a=4');
  assert.deepEqual([p.remove('a'), p.remove('a'), p.toString()], [true, false, 'b=2|3']);
  p.extend('c=5;b=6');
  assert.equal(p.toString(), 'c=5;b=6');
  assert.deepEqual([...new Parameters('b=2|3;c').values('b')], ['2', '3']);
  assert.deepEqual([[...new Parameters('c').values('c')], [...new Parameters('c').values('d')]], [[''], []]);
});

test('parameters: a switch is off only if absent or false; _time counts even if unreadable', () => {
  const p = new Parameters('a;b=false;c=0;_time=nonsense');
  assert.deepEqual(
    ['a', 'b', 'c', 'd'].map((key) => p.isOn(key)),
    [true, false, true, false],
  );
  assert.ok(p.hasTime());
});

test('parameters: order is by code point, and an empty key is not well-formed', () => {
  assert.ok(new Parameters('a;b;b=1').isOrdered() && !new Parameters('b;a').isOrdered());
  assert.ok(new Parameters('\ue000;\u{1f600}').isOrdered() && !new Parameters('\u{1f600};\ue000').isOrdered());
  assert.deepEqual(
    ['', 'a', '=v;a', ';a'].map((text) => new Parameters(text).isWellFormed()),
    [false, true, false, true],
  );
});

test('parameters: made of a map, an object, or other parameters, which stay as they are', () => {
  const p = new Parameters(
    new Map([
      ['a', '1'],
      ['', 'x'],
      ['b', ''],
    ]),
  );
  const copy = new Parameters(p);
  copy.insert('c', '2');
  assert.deepEqual(
    [p.toString(), copy.toString(), new Parameters({ a: '1' }).toString()],
    ['a=1;b', 'a=1;b;c=2', 'a=1'],
  );
});

test('better: 25 parameters: any text is accepted, every iteration ends, and what is inserted is found', () => {
  const arb = fc.array(fc.constantFrom('a', 'b', '=', ';', '|', '?', ' '), { maxLength: 12 }).map((c) => c.join(''));
  fc.assert(
    fc.property(arb, (text) => {
      const p = new Parameters(text);
      assert.ok(p.toString() === '' || !/[;=|]$/.test(p.toString()));
      for (const [key] of p) assert.ok(p.containsKey(key));
      p.insert('k', 'v');
      assert.equal(p.get('k'), 'v');
      assert.equal(new Parameters(p.toString()).toString(), p.toString());
    }),
  );
});
