import assert from 'node:assert/strict';
import { test } from 'node:test';
import { declare, push, type RemoteFace, RoutingNode } from '../testing/index.ts';
import { D_KEYEXPR, D_SUBSCRIBER, DECLARE, type WireExpr, wireExprOf } from '../wire/index.ts';
import { resolve, wireExprFor } from './mapping.ts';

const expr = (scope: number, suffix: string, fromSender: boolean): WireExpr => ({ scope, suffix, fromSender });

/** A router and a client that is told aliases. */
function linked(): { readonly node: RoutingNode; readonly c: RemoteFace; readonly other: RemoteFace } {
  const node = new RoutingNode();
  const c = node.open(4);
  const other = node.open(4);
  c.interest(1, 3, 0x0f);
  c.take();
  return { node, c, other };
}

test('mapping: M and N name the sender of an alias, and what follows it', () => {
  const { c, other } = linked();
  other.declare(0, 1, 'ours/a');
  c.declareAlias(7, 'demo/exa');
  const rows: readonly (readonly [WireExpr, string | undefined])[] = [
    [expr(0, 'a/b', true), 'a/b'],
    [expr(0, 'a/b', false), 'a/b'],
    [expr(0, '', true), ''],
    [expr(7, '', true), 'demo/exa'],
    [expr(7, 'mple/a', true), 'demo/example/a'],
    [expr(7, '', false), undefined],
    [expr(1, '', false), 'ours/a'],
    [expr(1, '/x', false), 'ours/a/x'],
    [expr(1, '', true), undefined],
    [expr(65_535, '', true), undefined],
  ];
  for (const [e, key] of rows) assert.equal(resolve(c.face, e), key);
});

test('mapping: one number may stand for different keys in both tables', () => {
  const { c, other } = linked();
  other.declare(0, 1, 'ours');
  c.declareAlias(1, 'theirs');
  assert.equal(resolve(c.face, expr(1, '', true)), 'theirs');
  assert.equal(resolve(c.face, expr(1, '', false)), 'ours');
});

test('mapping: the first binding of a number stays until it is withdrawn', () => {
  const { c } = linked();
  c.declareAlias(1, 'k/1');
  c.declareAlias(1, 'k/2');
  c.declareAlias(1, 'k/1');
  assert.equal(resolve(c.face, expr(1, '', true)), 'k/1');
  c.undeclareAlias(1);
  c.undeclareAlias(1);
  assert.equal(resolve(c.face, expr(1, '', true)), undefined);
  c.declareAlias(1, 'k/2');
  assert.equal(resolve(c.face, expr(1, '', true)), 'k/2');
});

test('mapping: number 0 and what is no key expression are not bound', () => {
  const { c } = linked();
  c.declareAlias(0, 'k/1');
  c.declareAlias(2, 'k//1');
  c.declareAlias(3, 'a/**/**');
  c.send(declare(D_KEYEXPR, 4, expr(9, '/x', false)));
  for (const id of [0, 2, 3, 4]) assert.equal(c.face.remoteMappings[id], undefined);
});

test('mapping: two numbers of one key both resolve, and each ends alone', () => {
  const { c } = linked();
  c.declareAlias(1, 'k');
  c.declareAlias(2, 'k');
  c.undeclareAlias(1);
  assert.equal(resolve(c.face, expr(1, '', true)), undefined);
  assert.equal(resolve(c.face, expr(2, '/a', true)), 'k/a');
});

test('mapping: the longest alias is used, one of the remote before one of ours', () => {
  const { c, other } = linked();
  other.declare(0, 1, 'a/b');
  c.declareAlias(9, 'a');
  assert.deepEqual(wireExprFor(c.face, 'a/b/c'), expr(1, '/c', true));
  c.declareAlias(10, 'a/b');
  assert.deepEqual(wireExprFor(c.face, 'a/b/c'), expr(10, '/c', false));
  assert.deepEqual(wireExprFor(c.face, 'a/x'), expr(9, '/x', false));
  assert.deepEqual(wireExprFor(c.face, 'ab'), expr(0, 'ab', true));
});

test('mapping: an alias ends with a chunk, so one that does not is never used for sending', () => {
  const { c } = linked();
  c.declareAlias(9, 'demo/exa');
  assert.deepEqual(wireExprFor(c.face, 'demo/example/a'), expr(0, 'demo/example/a', true));
});

test('mapping: an unknown scope loses the message and nothing else', () => {
  const { c, other } = linked();
  other.declare(0, 1, '**');
  other.take();
  c.send(push(expr(70, '', true)), push(expr(70, '', false)), push(wireExprOf('a')));
  assert.equal(other.take().length, 1);
  c.send(declare(D_SUBSCRIBER, 60, expr(70, '', true)));
  assert.equal(c.face.declared[0].size, 0);
});

test('mapping: aliases run out at 65535, and text goes on', () => {
  const { c, other } = linked();
  for (let i = 1; i <= 65_535; i++) other.declare(0, i, `k/${i}`);
  assert.equal(c.face.localIds.size, 65_535);
  c.take();
  other.declare(0, 65_536, 'k/more');
  const news = c.take();
  assert.equal(news.length, 1);
  const [m] = news;
  assert.ok(m?.id === DECLARE && m.declaration.kind === D_SUBSCRIBER);
  assert.deepEqual(m.declaration.wireExpr, wireExprOf('k/more'));
});

test('mapping: numbers are looked for once, whatever the remote does with its own', () => {
  const { c, other } = linked();
  for (let i = 1; i <= 1000; i++) c.declareAlias(i, `theirs/${i}`);
  for (let i = 1; i <= 100; i++) {
    c.undeclareAlias(1);
    c.declareAlias(1, `theirs/again/${i}`);
    other.declare(0, i, `k/${i}`);
    assert.equal(c.face.aliasFrom, 1001 + i);
  }
});
