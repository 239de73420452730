import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ZenohId } from '../wire/index.ts';
import { SessionEvent, SessionEvents } from './events.ts';

/** Events whose turns are taken by hand. */
function events(): { session: SessionEvents; turn: () => void; uncaught: unknown[] } {
  const turns: (() => void)[] = [];
  const uncaught: unknown[] = [];
  const session = new SessionEvents(
    (fn) => void turns.push(fn),
    (error) => void uncaught.push(error),
  );
  return { session, turn: () => turns.splice(0).forEach((fn) => fn()), uncaught };
}

const overflow = { entity: { zid: ZenohId.parse('1'), eid: 1 }, dropped: 3 };

test('events: come later, in order, to all listeners', () => {
  const { session, turn } = events();
  const log: string[] = [];
  session.add('overflow', (event) => void log.push(`a ${event.detail.dropped}`));
  session.add('overflow', (event) => void log.push(`b ${event.detail.dropped}`));
  session.add('close', (event) => void log.push(`close ${event.detail?.message}`));
  session.emit('overflow', overflow);
  session.emit('close', new Error('gone'));
  assert.deepEqual(log, []);
  turn();
  assert.deepEqual(log, ['a 3', 'b 3', 'close gone']);
});

test('events: are Events with a type and a detail', () => {
  const { session, turn } = events();
  const seen: unknown[] = [];
  session.add('close', (event) => void seen.push(event));
  session.emit('close', undefined);
  turn();
  assert.ok(seen[0] instanceof SessionEvent && seen[0] instanceof Event);
  assert.deepEqual([seen[0].type, seen[0].detail], ['close', undefined]);
});

test('events: once, twice the same, removed, aborted, removed by another', () => {
  const { session, turn } = events();
  const log: string[] = [];
  const say = (what: string) => (): void => void log.push(what);
  const twice = say('twice');
  const removed = say('removed');
  const controller = new AbortController();
  const victim = say('victim');
  session.add('close', say('once'), { once: true });
  session.add('close', twice);
  session.add('close', twice);
  session.add('close', removed);
  session.add('close', say('aborted'), { signal: controller.signal });
  session.add('close', say('never'), { signal: AbortSignal.abort() });
  session.add('close', () => session.remove('close', victim));
  session.add('close', victim);
  session.remove('close', removed);
  session.remove('close', removed);
  controller.abort();
  session.emit('close', undefined);
  session.emit('close', undefined);
  turn();
  assert.deepEqual(log, ['once', 'twice', 'twice']);
});

test('events: what a listener throws is uncaught, and the others hear the event', () => {
  const { session, turn, uncaught } = events();
  const error = new Error('listener');
  let heard = 0;
  session.add('close', () => {
    throw error;
  });
  session.add('close', () => void heard++);
  session.emit('close', undefined);
  turn();
  assert.deepEqual([uncaught, heard], [[error], 1]);
});

test('events: callbackerror without a listener is uncaught, with one it is not', () => {
  const { session, turn, uncaught } = events();
  const heard: unknown[] = [];
  session.emit('callbackerror', 1);
  session.emit('overflow', overflow);
  assert.deepEqual(uncaught, []);
  turn();
  session.add('callbackerror', (event) => void heard.push(event.detail));
  session.emit('callbackerror', 2);
  turn();
  assert.deepEqual([uncaught, heard], [[1], [2]]);
});

test('events: what is emitted by a listener comes in the next turn', () => {
  const { session, turn } = events();
  let count = 0;
  session.add('overflow', () => {
    count++;
    session.emit('overflow', overflow);
  });
  session.emit('overflow', overflow);
  turn();
  assert.equal(count, 1);
  turn();
  assert.equal(count, 2);
});

test('events: a listener is a function', () => {
  assert.throws(() => events().session.add('close', {} as () => void), { code: 'INVALID_ARGUMENT' });
});
