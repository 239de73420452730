/*
 * A client of the locator in the first argument that counts what it gets on the key in the second. A message begins with its
 * number, in four bytes; every other byte is the lowest one of the number. Asked for it, it tells what it has got.
 */
import { open } from '../../src/entry/node.ts';
import type { Got } from './receiver.ts';

const [locator, key, lease = '10000'] = process.argv.slice(2);
const session = await open({
  mode: 'client',
  connect: { endpoints: [locator] },
  transport: { link: { tx: { lease: Number(lease) } } },
  scouting: { multicast: { enabled: false } },
});

const got: Got = { count: 0, broken: 0, unordered: 0, last: -1, pause: 0 };
let at = 0;
await session.declareSubscriber(key!, {
  handler: (sample) => {
    const now = performance.now();
    if (got.count > 0) got.pause = Math.max(got.pause, now - at);
    at = now;
    const bytes = sample.payload().toBytes();
    const number = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
    got.count++;
    if (number <= got.last) got.unordered++;
    got.last = number;
    // The ends, and a place in each batch that a large message takes.
    for (let i = 4; i < bytes.length; i += i + 1 < bytes.length ? 20_011 : 1) {
      if (bytes[i] !== (number & 0xff)) {
        got.broken++;
        break;
      }
    }
    if (bytes.at(-1) !== (number & 0xff)) got.broken++;
  },
});
process.on('message', () => process.send!(got));
process.send!({ zid: session.zid().toString() });
void session.closed.then(() => process.disconnect());

// Something that comes back, for who wants to know whether it still reads.
const echo = await session.declarePublisher('back');
setInterval(() => void echo.put('here'), 10);
