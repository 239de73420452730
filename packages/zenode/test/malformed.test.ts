import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Config, resolve } from '../src/config/index.ts';
import { Runtime } from '../src/runtime/index.ts';
import { bytesOf, encoded, FakeScheduler, push } from '../src/testing/index.ts';
import { encodeNetworkMessage, type NetworkMessage, PUSH } from '../src/wire/index.ts';
import { Network, RawNode } from './sequences/network.ts';

const ADDRESS = '127.0.0.1:7447';

/** Rows of chapter 02 §17: bytes of a network message, and whether it is one. */
const rows = [
  ...readFileSync(new URL('../../../docs/protocol/02-network-messages.md', import.meta.url), 'utf8')
    .split('## 17.')[1]!
    .split('## 18.')[0]!
    .matchAll(/^\| `([0-9a-f ]+)` \| (ok|error)\b([^|]*)\|$/gm),
].map(([, hex, result, why]) => ({ hex: hex!, ok: result === 'ok', why: why! }));

/** A router with a client that sends, and one that hears of everything. */
async function staged(): Promise<{
  scheduler: FakeScheduler;
  sender: RawNode;
  hearer: RawNode;
  end: () => Promise<void>;
}> {
  const scheduler = new FakeScheduler();
  const network = new Network(scheduler);
  const config = Config.fromObject({
    mode: 'router',
    id: 'aa',
    listen: { endpoints: [`tcp/${ADDRESS}`] },
    scouting: { multicast: { enabled: false } },
  });
  const runtime = new Runtime(resolve(config), { links: [network.protocol], scheduler });
  void runtime.start();
  await scheduler.run(500);
  const [sender, hearer] = [new RawNode(network, 'S', 'c1', 4), new RawNode(network, 'H', 'c2', 4)];
  await sender.dial(ADDRESS);
  await hearer.dial(ADDRESS);
  // D_SUB 1 **, and D_QBL 2 **
  hearer.send(bytesOf('9e 21 08 62 01 00 02 2a 2a'), 0);
  hearer.send(bytesOf('9e 21 08 64 02 00 02 2a 2a'), 0);
  await scheduler.settle();
  return {
    scheduler,
    sender,
    hearer,
    end: async () => {
      const closing = runtime.close();
      await scheduler.run(2000);
      await closing;
    },
  };
}

function payloads(messages: readonly { readonly message: NetworkMessage }[]): string[] {
  return messages.flatMap(({ message: m }) => {
    if (m.id !== PUSH) return [`message ${m.id}`];
    return [String.fromCharCode(...m.body.payload.subarray(m.body.payloadStart, m.body.payloadEnd))];
  });
}

const good = (payload: string): Uint8Array => encoded(encodeNetworkMessage, push('good', payload));

test('malformed: the chapter has its rows', () => {
  assert.ok(rows.filter(({ ok }) => ok).length >= 15);
  assert.ok(rows.filter(({ ok }) => !ok).length >= 20);
});

for (const { hex, ok, why } of rows) {
  if (ok) {
    test(`malformed: ${hex} is taken${why}`, async () => {
      const { scheduler, sender, hearer, end } = await staged();
      sender.send(good('1'), 5);
      sender.send(bytesOf(hex), 5);
      sender.send(good('2'), 5);
      await scheduler.settle();
      const heard = payloads(hearer.received);
      assert.equal(heard[0], '1');
      assert.equal(heard.at(-1), '2');
      assert.equal(sender.linked, true);
      await end();
    });
    continue;
  }
  test(`malformed: ${hex} ends the link and reaches nobody${why}`, async () => {
    const { scheduler, sender, hearer, end } = await staged();
    // The last message of its Frame: what is missing cannot be taken from one that follows.
    sender.send(good('1'), 5);
    sender.send(bytesOf(hex), 5);
    await scheduler.settle();
    assert.deepEqual(payloads(hearer.received), ['1']);
    assert.equal(sender.linked, false);
    assert.equal(hearer.linked, true);
    await end();
  });
}
