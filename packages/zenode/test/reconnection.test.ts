import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sample } from '../src/session/index.ts';
import { kindAndKey, taken, textOf, World } from './behaviour/world.ts';

/* Chapter 04, section 11.7: a client loses its router, and finds one again. */

test('reconnection: what a client had declared outlives its router; queries end, and what it watches follows', async (t) => {
  const world = new World();
  t.after(() => world.close());
  const router = await world.router();
  const c = await world.client('c1');
  const d = await world.client('d1');

  const [samples, alive]: [string[], string[]] = [[], []];
  await world.run(c.declareSubscriber('k/a', { handler: (sample) => void samples.push(textOf(sample)) }));
  const publisher = await world.run(c.declarePublisher('p'));
  const listener = await world.run(publisher.matchingListener());
  const tell = (sample: Sample): void => void alive.push(kindAndKey(sample));
  await world.run(c.liveliness().declareSubscriber('l/**', { handler: tell }));
  await world.run(c.liveliness().declareToken('l/own'));
  const got: string[] = [];
  await world.run(d.declareSubscriber('p', { handler: (sample) => void got.push(textOf(sample)) }));
  await world.run(d.liveliness().declareToken('l/x'));
  await world.run(d.declareQueryable('q/a', { handler: () => undefined }));
  await world.settle();
  const matching = (): boolean[] => taken(listener.receiver()).map((status) => status.matching());
  assert.deepEqual(alive.splice(0), ['PUT l/own', 'PUT l/x']);
  assert.deepEqual(matching(), [true]);
  const replies = (await world.run(c.get('q/a')))!;
  assert.equal(replies.state(), 'empty');

  await world.run(router.close());
  await world.settle();
  assert.deepEqual([replies.state(), taken(replies).length], ['close', 0], 'the query ends, without an error');
  assert.deepEqual(matching(), [false]);
  // The own token is as alive as its session: nobody is told otherwise.
  assert.deepEqual(alive.splice(0), ['DELETE l/x']);
  await world.run(publisher.put('lost'));
  await world.run(c.put('k/a', 'own'));
  assert.deepEqual(samples.splice(0), ['own']);
  assert.equal(c.isClosed(), false);

  await world.router();
  await world.scheduler.run(5000);
  assert.deepEqual(matching(), [true]);
  assert.deepEqual(alive.splice(0), ['PUT l/x'], 'also without history');
  await world.run(publisher.put('1'));
  await world.run(d.put('k/a', '2'));
  await world.settle();
  assert.deepEqual([got, samples], [['1'], ['2']]);
});

test('reconnection: puts of a publisher are sent until its interest is answered again', async (t) => {
  const world = new World();
  t.after(() => world.close());
  const { session, other } = await world.facing('client');
  const publisher = await world.run(session.declarePublisher('p'));
  await other.cut();
  await world.scheduler.run(5000);
  assert.ok(other.linked);
  other.heard();
  await world.run(publisher.put('1'));
  assert.equal(other.heard().length, 1);
});

test('better: 13 after the last publisher of a key is gone, what a client puts on it reaches who subscribed meanwhile', async (t) => {
  const world = new World();
  t.after(() => world.close());
  const { c, d } = await world.nodes();
  const publisher = await world.run(c.declarePublisher('p'));
  await world.settle();
  await world.run(publisher.undeclare());
  const got: string[] = [];
  await world.run(d.declareSubscriber('p', { handler: (sample) => void got.push(textOf(sample)) }));
  await world.run(c.put('p', '1'));
  await world.settle();
  assert.deepEqual(got, ['1']);
});
