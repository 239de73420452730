import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { platform } from '../../src/entry/platform.ts';
import { type Publisher, Session } from '../../src/entry/node.ts';
import type { Runtime } from '../../src/runtime/index.ts';
import { openOn } from '../../src/session/index.ts';
import { Child } from './child.ts';
import { type Got, message, Receiver, until } from './receiver.ts';

const MIB = 1024 * 1024;

interface Publishing {
  readonly session: Session;
  readonly runtime: Runtime;
  readonly locator: string;
}

/** A peer in this process that receivers connect to. */
async function publishing(t: TestContext, lease: number = 10_000): Promise<Publishing> {
  let runtime: Runtime | undefined;
  const session = await openOn({ ...platform, onRuntime: (one) => void (runtime = one) }, Session, {
    mode: 'peer',
    listen: { endpoints: ['tcp/127.0.0.1:0'] },
    transport: { link: { tx: { lease } } },
    scouting: { multicast: { enabled: false } },
  });
  t.after(() => session.close());
  return { session, runtime: runtime!, locator: (await session.info()).locators()[0]! };
}

async function receiver(t: TestContext, locator: string, key: string, lease?: number): Promise<Receiver> {
  const one = await Receiver.on(locator, key, lease);
  t.after(() => one.child.end());
  return one;
}

/** A publisher, once everyone who subscribes is known. */
async function publisherFor({ session, runtime }: Publishing, key: string, receivers: number): Promise<Publisher> {
  const publisher = await session.declarePublisher(key);
  const known = (): number => [...runtime.tables.faces].filter((face) => face.declared[0].size > 0).length;
  await until(
    () => known() >= receivers,
    () => `${receivers} subscribers on ${key}, of which ${known()} are known`,
  );
  return publisher;
}

function whole({ count, broken, unordered, last }: Got): Omit<Got, 'pause'> {
  return { count, broken, unordered, last };
}

function dropped({ runtime }: Publishing, { zid }: Receiver): number {
  return [...runtime.transports].find((transport) => transport.zid.toString() === zid)!.dropped;
}

test('back-pressure: a million awaited blocking puts to a stopped receiver hold less than 16 MiB, and all arrive', async (t) => {
  const child = new Child('publisher-child.ts', [], ['--expose-gc']);
  t.after(() => child.end());
  const { locator } = await child.next<{ locator: string }>();
  const one = await receiver(t, locator, 'k');
  const before = (await child.next<{ held: number }>()).held;

  one.stop();
  child.tell({ what: 'go' });
  const from = performance.now();
  let [sent, held] = [-1, 0];
  // Stopped: no put has come through for a while.
  for (let still = 0; still < 3;) {
    await setTimeout(100);
    child.tell({ what: 'look' });
    const seen = await child.next<{ sent: number; held: number }>();
    still = seen.sent === sent ? still + 1 : 0;
    sent = seen.sent;
    held = Math.max(held, seen.held);
  }
  assert.ok(performance.now() - from < 4_000, `it takes ${performance.now() - from} ms to fill what there is`);
  assert.ok(sent > 1_000 && sent < 1_000_000, `${sent} puts until it waits`);
  t.diagnostic(`${sent} puts until it waits; ${(held / MIB).toFixed(1)} MiB held, ${(before / MIB).toFixed(1)} before`);
  // Most of it is the program; what waits is a quarter of the limit at most.
  assert.ok(held - before < 4 * MIB, `${held / MIB} MiB held, ${before / MIB} before`);

  one.goOn();
  assert.deepEqual(whole(await one.gotAll(1_000_000)), { count: 1_000_000, broken: 0, unordered: 0, last: 999_999 });
  child.tell({ what: 'close' });
  assert.equal((await child.exit).code, 0);
});

test('back-pressure: drop loses whole messages and counts them, and costs a second subscriber nothing', async (t) => {
  const here = await publishing(t);
  const [stopped, reading] = [await receiver(t, here.locator, 'k'), await receiver(t, here.locator, 'k')];
  const publisher = await publisherFor(here, 'k', 2);
  stopped.stop();
  const from = performance.now();
  let sent = 0;

  // One that does not wait: bursts of what the mark holds; large messages take several batches each.
  for (let burst = 0; burst < 50; burst++) {
    for (let i = 0; i < 6; i++) void publisher.put(message(sent++, i % 2 === 0 ? 150_000 : 1_000));
    await setImmediate();
    const got = await reading.gotAll(sent);
    assert.deepEqual(whole(got), { count: sent, broken: 0, unordered: 0, last: sent - 1 });
  }
  assert.ok(dropped(here, stopped) > 0, 'more was sent than the stopped one can have taken');
  assert.equal(dropped(here, reading), 0);

  // One that waits: as much as it likes.
  for (let i = 0; i < 20_000; i++) await publisher.put(message(sent++, i % 100 === 0 ? 150_000 : 1_000));
  assert.deepEqual(whole(await reading.gotAll(sent)), { count: sent, broken: 0, unordered: 0, last: sent - 1 });
  assert.equal(dropped(here, reading), 0);
  assert.ok(performance.now() - from < 8_000, 'the stopped one is not given up meanwhile');

  stopped.goOn();
  const lost = dropped(here, stopped);
  const got = await stopped.gotAll(sent - lost);
  assert.deepEqual([got.count, got.broken, got.unordered], [sent - lost, 0, 0]);
  t.diagnostic(`${lost} of ${sent} messages dropped for the stopped one`);
  // It takes part again.
  await publisher.put(message(sent, 10));
  assert.equal((await stopped.gotAll(got.count + 1)).last, sent);
});

test('back-pressure: a loop that awaits a million default puts of 1 KiB loses nothing to a receiver that reads', async (t) => {
  const here = await publishing(t);
  const one = await receiver(t, here.locator, 'k');
  const publisher = await publisherFor(here, 'k', 1);
  const payload = new Uint8Array(1024);
  const view = new DataView(payload.buffer);
  const from = performance.now();
  for (let i = 0; i < 1_000_000; i++) {
    payload.fill(i & 0xff);
    view.setUint32(0, i);
    await publisher.put(payload);
  }
  const got = await one.gotAll(1_000_000 - dropped(here, one));
  assert.deepEqual([got.count + dropped(here, one), got.broken, got.unordered], [1_000_000, 0, 0]);
  // Who takes nothing for 50 ms does not read, as far as can be seen from here: on a busy machine that happens.
  if (got.pause < 40) assert.equal(got.count, 1_000_000);
  t.diagnostic(`${got.count} messages; ${got.pause.toFixed(0)} ms between two of them at most`);
  t.diagnostic(`${Math.round(1e6 / (performance.now() - from))} puts per ms`);
});

for (const [what, key] of [
  ['a receiver', 'k'],
  ['nobody', 'nobody'],
  ['the own session', 'own'],
] as const) {
  test(`back-pressure: a loop that awaits puts for ${what} starves neither timers, nor reads, nor keep-alives`, async (t) => {
    const here = await publishing(t, 800);
    const one = await receiver(t, here.locator, 'k', 800);
    const publisher = await publisherFor(here, 'k', 1);
    let [ticks, longest, read, own] = [0, 0, 0, 0];
    await here.session.declareSubscriber('back', { handler: () => void read++ });
    await here.session.declareSubscriber('own', { handler: () => void own++ });
    await until(
      () => read > 0,
      () => 'something comes back',
    );
    let at = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      longest = Math.max(longest, now - at);
      at = now;
      ticks++;
    }, 5);
    t.after(() => clearInterval(timer));
    const before = read;
    const payload = message(0, 64);
    const end = performance.now() + 2_000;
    let puts = 0;
    for (; performance.now() < end; puts++)
      await (key === 'k' ? publisher.put(payload) : here.session.put(key, payload));
    t.diagnostic(
      `${puts} puts, ${ticks} ticks, the longest after ${longest.toFixed(0)} ms, ${read - before} messages read`,
    );
    // A busy machine takes its share, but nothing like the length of the loop.
    assert.ok(ticks >= 30 && longest < 1_000, `${ticks} ticks, the longest after ${longest} ms`);
    assert.ok(read - before >= 15, `${read - before} messages read`);
    assert.equal(own, key === 'own' ? puts : 0);
    // More than two leases later both still have each other.
    assert.deepEqual(
      [...here.runtime.transports].map((transport) => transport.zid.toString()),
      [one.zid],
    );
    assert.equal((await one.got()).broken, 0);
  });
}
