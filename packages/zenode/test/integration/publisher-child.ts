/*
 * A peer that publishes a million messages of 64 bytes once it is told to, one awaited after the other. Asked for it, it tells
 * how many it has sent, and how many bytes it holds. To be run with --expose-gc.
 */
import { CongestionControl, open } from '../../src/entry/node.ts';

const COUNT = 1_000_000;

const session = await open({
  mode: 'peer',
  listen: { endpoints: ['tcp/127.0.0.1:0'] },
  scouting: { multicast: { enabled: false } },
});
const publisher = await session.declarePublisher('k', { congestionControl: CongestionControl.BLOCK });
const matching = (await publisher.matchingListener()).receiver()!;
let sent = 0;

function held(): number {
  gc!();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

async function run(): Promise<void> {
  const payload = new Uint8Array(64);
  const view = new DataView(payload.buffer);
  for (; sent < COUNT; sent++) {
    payload.fill(sent & 0xff);
    view.setUint32(0, sent);
    await publisher.put(payload);
  }
}

process.on('message', ({ what }: { what: string }) => {
  if (what === 'go') void run();
  else if (what === 'close') void session.close().then(() => process.disconnect());
  else process.send!({ sent, held: held() });
});
process.send!({ locator: (await session.info()).locators()[0] });
await matching.receive();
process.send!({ held: held() });
