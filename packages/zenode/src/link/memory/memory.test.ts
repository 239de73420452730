import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silent } from '../../base/index.ts';
import { FakeScheduler } from '../../testing/index.ts';
import { Endpoint } from '../../wire/index.ts';
import { contract } from '../contract.ts';
import type { Link } from '../link.ts';
import { MemoryLink, type MemoryLinkOptions, MemoryNetwork } from './index.ts';

function harness(options: MemoryLinkOptions): Parameters<typeof contract>[1] {
  const scheduler = new FakeScheduler();
  return {
    pair: async () => MemoryLink.pair(scheduler, options),
    until: async (condition, what) => {
      for (let round = 0; round < 5000 && !condition(); round++) await scheduler.settle();
      assert.ok(condition(), what);
    },
    rest: () => scheduler.settle(),
  };
}

contract('memory', harness({}));
contract('memory, streamed', harness({ streamed: true }));
contract('memory, one batch at a time', harness({ window: 1 }));
contract('memory, mtu of 1,000', harness({ window: 8, mtu: 1000 }));

const never = new AbortController().signal;

test('link memory: who dials a name reaches who listens on it, until the listener closes', async () => {
  const scheduler = new FakeScheduler();
  const env = { scheduler, log: silent };
  const { protocol } = new MemoryNetwork();
  const endpoint = Endpoint.parse('memory/here');
  await assert.rejects(protocol.dial(endpoint, env, never), { code: 'CONNECT_FAILED' });
  const accepted: Link[] = [];
  const listener = await protocol.listen!(endpoint, env, (link) => accepted.push(link));
  await assert.rejects(
    protocol.listen!(endpoint, env, () => undefined),
    { code: 'LISTEN_FAILED' },
  );
  assert.equal(listener.locator.toString(), 'memory/here');
  assert.deepEqual(listener.advertised().map(String), ['memory/here']);
  const link = await protocol.dial(endpoint, env, never);
  await scheduler.settle();
  assert.equal(accepted.length, 1);
  assert.ok(accepted[0]!.dst.equals(link.src) && accepted[0]!.src.equals(link.dst));
  await listener.close();
  await assert.rejects(protocol.dial(endpoint, env, never), { code: 'CONNECT_FAILED' });
});

test('link memory: cut breaks both ends with a cause, once, and loses what is under way', async () => {
  const scheduler = new FakeScheduler();
  const [a, b] = MemoryLink.pair(scheduler);
  const heard: string[] = [];
  for (const [name, end] of [
    ['a', a],
    ['b', b],
  ] as const) {
    end.start({
      onBatch: () => heard.push(`${name} batch`),
      onSent: () => heard.push(`${name} sent`),
      onClose: (cause) => heard.push(`${name} ${cause?.message}`),
    });
  }
  a.send(new Uint8Array(3));
  a.send(new Uint8Array(3));
  a.cut();
  b.cut();
  assert.ok(a.send(new Uint8Array(3)));
  await a.close();
  await scheduler.settle();
  assert.deepEqual(heard, ['a link was cut', 'b link was cut']);
});
