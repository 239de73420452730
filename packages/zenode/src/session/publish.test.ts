import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestSessions, unread } from '../testing/index.ts';
import {
  BlockingChannel,
  CongestionControl,
  Encoding,
  Locality,
  Priority,
  Reliability,
  type Sample,
  type Session,
  Timestamp,
  ZBytes,
} from './index.ts';

const texts = (samples: readonly Sample[]): string[] =>
  samples.map((one) => `${one.kind() === 0 ? '' : '-'}${one.keyexpr()} ${one.payload()}`);

const shapes: readonly (readonly [name: string, open: (net: TestSessions) => Promise<{ a: Session; b: Session }>])[] = [
  ['client, router, client', (net) => net.star()],
  ['peer, peer', (net) => net.pair()],
];

for (const [name, open] of shapes) {
  test(`publish: ${name}: session and publisher reach a subscriber`, async () => {
    const net = new TestSessions();
    const { a, b } = await open(net);
    const sub = await net.of(b.declareSubscriber('demo/**'));
    const pub = await net.of(a.declarePublisher('demo/p', { encoding: 'text/plain' }));
    await net.settle();
    await net.of(pub.put('1'));
    await net.of(a.put('demo/s', '2'));
    await net.of(pub.delete());
    await net.of(a.delete('demo/s'));
    await net.of(a.putJson('demo/j', { x: 1 }));
    await net.of(pub.putJson([1]));
    await net.of(a.put('demo/*', 'wild'));
    await net.of(a.put('other', 'no'));
    await net.settle();
    const samples = unread(sub);
    assert.deepEqual(texts(samples), [
      'demo/p 1',
      'demo/s 2',
      '-demo/p ',
      '-demo/s ',
      'demo/j {"x":1}',
      'demo/p [1]',
      'demo/* wild',
    ]);
    assert.deepEqual(
      samples.map((one) => one.encoding().toString()),
      [
        'text/plain',
        'zenoh/bytes',
        'zenoh/bytes',
        'zenoh/bytes',
        'application/json',
        'application/json',
        'zenoh/bytes',
      ],
    );
    await net.of(sub.undeclare());
    await net.of(a.put('demo/s', '3'));
    await net.settle();
    assert.deepEqual(unread(sub), []);
    await net.close();
  });

  test(`publish: ${name}: a sample brings what it was given`, async () => {
    const net = new TestSessions();
    const { a, b } = await open(net);
    const sub = await net.of(b.declareSubscriber('k'));
    const timestamp = new Timestamp(a.zid(), (1_700_000_000n << 32n) | 16n);
    const sourceInfo = { sourceId: { zid: a.zid(), eid: 7 }, sourceSn: 9 };
    const priority = Priority.REAL_TIME;
    const options = { priority, express: true, reliability: Reliability.BEST_EFFORT, attachment: '', timestamp };
    await net.of(a.put('k', 'v', { ...options, sourceInfo, encoding: 'text/plain;x', congestionControl: 1 }));
    await net.of(a.delete('k', { attachment: 'gone', timestamp }));
    await net.settle();
    const [put, del] = unread(sub);
    assert.equal(put!.payload().toString(), 'v');
    assert.equal(put!.encoding().toString(), 'text/plain;x');
    assert.equal(put!.attachment()!.len(), 0);
    assert.equal(put!.timestamp()!.compare(timestamp), 0);
    assert.deepEqual([put!.priority(), put!.congestionControl(), put!.express()], [1, 1, true]);
    assert.deepEqual(put!.sourceInfo(), sourceInfo);
    assert.equal(put!.keyExpr().toString(), 'k');
    assert.deepEqual([del!.kind(), del!.payload().len(), del!.attachment()!.toString()], [1, 0, 'gone']);
    await net.close();
  });
}

test('publish: a publisher says what it was made with', async () => {
  const net = new TestSessions();
  const a = await net.peer('a');
  const pub = await net.of(a.declarePublisher('k', { priority: 2, congestionControl: 1, encoding: 'text/json' }));
  assert.equal(pub.keyExpr().toString(), 'k');
  assert.deepEqual([pub.priority(), pub.congestionControl(), pub.reliability()], [2, 1, 1]);
  assert.equal(pub.encoding().toString(), 'text/json');
  assert.equal(pub.id().zid.toString(), a.zid().toString());
  assert.notEqual(pub.id().eid, a.id().eid);
  assert.equal(a.id().eid, 1);
  await net.close();
});

test('publish: all nine combinations of destination and origin', async () => {
  const net = new TestSessions();
  const { a, b } = await net.star();
  for (const allowedOrigin of [Locality.SESSION_LOCAL, Locality.REMOTE, Locality.ANY]) {
    const own = await net.of(a.declareSubscriber('k', { allowedOrigin }));
    const other = await net.of(b.declareSubscriber('k', { allowedOrigin }));
    await net.settle();
    for (const allowedDestination of [Locality.SESSION_LOCAL, Locality.REMOTE, Locality.ANY]) {
      const label = `destination ${Locality[allowedDestination]}, origin ${Locality[allowedOrigin]}`;
      const pub = await net.of(a.declarePublisher('k', { allowedDestination }));
      await net.settle();
      await net.of(a.put('k', 's', { allowedDestination }));
      await net.of(a.put('k', 'x', { allowedDestination, attachment: 'y' }));
      await net.of(pub.put('p'));
      await net.of(a.delete('k', { allowedDestination }));
      await net.settle();
      const toOwn = allowedDestination !== Locality.REMOTE && allowedOrigin !== Locality.REMOTE;
      const toOther = allowedDestination !== Locality.SESSION_LOCAL && allowedOrigin !== Locality.SESSION_LOCAL;
      assert.equal(unread(own).length, toOwn ? 4 : 0, `own, ${label}`);
      assert.equal(unread(other).length, toOther ? 4 : 0, `other, ${label}`);
      await net.of(pub.undeclare());
    }
    await net.of(own.undeclare());
    await net.of(other.undeclare());
  }
  await net.close();
});

test('publish: subscribers of one session with the same key share a declaration, and each gets its sample', async () => {
  const net = new TestSessions();
  const { a, b } = await net.star();
  const one = await net.of(b.declareSubscriber('k/*'));
  const two = await net.of(b.declareSubscriber('k/*'));
  await net.settle();
  await net.of(a.put('k/a', '1'));
  await net.settle();
  assert.deepEqual([unread(one).length, unread(two).length], [1, 1]);
  await net.of(one.undeclare());
  await net.settle();
  await net.of(a.put('k/a', '2'));
  await net.settle();
  assert.deepEqual([unread(one).length, unread(two).length], [0, 1]);
  await net.close();
});

test('publish: the payload may be reused once put has returned', async () => {
  const net = new TestSessions();
  const { a, b } = await net.pair();
  const own = await net.of(a.declareSubscriber('k'));
  const sub = await net.of(b.declareSubscriber('k'));
  await net.settle();
  const buffer = new Uint8Array(3);
  for (let i = 1; i <= 3; i++) {
    buffer.fill(i);
    void a.put('k', buffer);
    void a.put('k', buffer.buffer, { attachment: buffer });
  }
  buffer.fill(9);
  await net.settle();
  for (const samples of [unread(own), unread(sub)]) {
    assert.deepEqual(
      samples.map((one) => [...one.payload().toBytes()]),
      [1, 1, 2, 2, 3, 3].map((n) => [n, n, n]),
    );
    assert.deepEqual([...samples[5]!.attachment()!.toBytes()], [3, 3, 3]);
  }
  await net.close();
});

test('publish: a put inside a callback follows the callback', async () => {
  const net = new TestSessions();
  const a = await net.peer('a');
  const seen: string[] = [];
  await net.of(
    a.declareSubscriber('k', {
      handler: (sample) => {
        const n = Number(sample.payload().toString());
        seen.push(`in ${n}`);
        if (n < 3) void a.put('k', String(n + 1));
        seen.push(`out ${n}`);
      },
    }),
  );
  void a.put('k', '1');
  assert.deepEqual(seen, ['in 1', 'out 1', 'in 2', 'out 2', 'in 3', 'out 3']);
  await net.close();
});

test('publish: a node with a clock puts a time on puts and deletes that have none', async () => {
  const net = new TestSessions();
  const { a, b } = await net.pair({ timestamping: { enabled: true } });
  const sub = await net.of(b.declareSubscriber('k'));
  await net.settle();
  const pub = await net.of(a.declarePublisher('k'));
  await net.settle();
  await net.of(a.put('k', '1'));
  await net.of(pub.put('2'));
  await net.of(a.delete('k'));
  await net.settle();
  const times = unread(sub).map((one) => one.timestamp()!);
  assert.equal(times.length, 3);
  for (const time of times) assert.equal(time.getId().toString(), a.zid().toString());
  assert.ok(times[0]!.compare(times[1]!) < 0 && times[1]!.compare(times[2]!) < 0);
  const c = await net.peer('c');
  const [one, two] = [await c.newTimestamp(), await c.newTimestamp()];
  assert.ok(one.compare(two) < 0);
  assert.equal(one.getId().toString(), c.zid().toString());
  await net.close();
});

test('better: 4 an encoding whose schema cannot be sent is refused by put, and the session lives', async () => {
  const net = new TestSessions();
  const { a, b } = await net.pair();
  const sub = await net.of(b.declareSubscriber('k'));
  await net.settle();
  const long = `text/plain;${'x'.repeat(256)}`;
  await assert.rejects(a.put('k', 'v', { encoding: long }), { code: 'INVALID_ARGUMENT', message: /255/ });
  const pub = await net.of(a.declarePublisher('k'));
  await assert.rejects(pub.put('v', { encoding: long }), { code: 'INVALID_ARGUMENT', message: /255/ });
  assert.throws(() => Encoding.TEXT_PLAIN.withSchema('x'.repeat(256)), { code: 'INVALID_ARGUMENT' });
  await net.of(a.put('k', 'v', { encoding: `text/plain;${'x'.repeat(255)}` }));
  await net.of(a.put('k', 'w'));
  await net.settle();
  assert.deepEqual(texts(unread(sub)), ['k v', 'k w']);
  await net.close();
});

test('publish: wrong arguments reject and are never thrown', async () => {
  const net = new TestSessions();
  const a = await net.peer('a');
  const pub = await net.of(a.declarePublisher('k'));
  const bad = 5 as unknown as string;
  const invalid = { code: 'INVALID_ARGUMENT' };
  await assert.rejects(a.put('a//b', 'v'), { code: 'INVALID_KEY_EXPR' });
  await assert.rejects(a.put('', 'v'), { code: 'INVALID_KEY_EXPR' });
  await assert.rejects(a.put(bad, 'v'), invalid);
  await assert.rejects(a.put(undefined as unknown as string, 'v'), invalid);
  await assert.rejects(a.put('k', bad), invalid);
  await assert.rejects(a.put('k', 'v', { priority: 0 as unknown as 1 }), invalid);
  await assert.rejects(a.putJson('k', undefined), invalid);
  await assert.rejects(a.delete('a//b'), { code: 'INVALID_KEY_EXPR' });
  await assert.rejects(a.delete('k', { congestionControl: 9 as unknown as 1 }), invalid);
  await assert.rejects(pub.put(bad), invalid);
  await assert.rejects(pub.put('v', { timestamp: bad as unknown as Timestamp }), invalid);
  await assert.rejects(pub.delete({ attachment: bad }), invalid);
  await assert.rejects(a.declareSubscriber('**/**'), { code: 'INVALID_KEY_EXPR' });
  await assert.rejects(a.declareSubscriber('k', { handler: bad as unknown as () => void }), invalid);
  await assert.rejects(a.declarePublisher('k', { allowedDestination: 7 as unknown as 1 }), invalid);
  assert.throws(() => a.tryPut('k', bad), invalid);
  assert.throws(() => a.tryPut('a//b', 'v'), { code: 'INVALID_KEY_EXPR' });
  await net.close();
});

test('publish: tryPut sends to all or to nobody', async () => {
  const net = new TestSessions();
  const { a, b } = await net.pair();
  const sub = await net.of(b.declareSubscriber('k/**'));
  await net.settle();
  const pub = await net.of(a.declarePublisher('k/p', { congestionControl: 1 }));
  await net.settle();
  const payload = new Uint8Array(40_000);
  let sent = 0;
  while (sent < 1000 && pub.tryPut(payload)) sent++;
  assert.ok(sent > 0 && sent < 1000, `${sent}`);
  assert.equal(a.tryPut('k/s', payload, { attachment: 'x' }), false);
  assert.equal(a.tryPut('k/s', payload), false);
  assert.equal(pub.tryPut(payload, { attachment: 'x' }), false);
  await net.settle();
  assert.equal(unread(sub).length, sent);
  assert.equal(a.tryPut('k/s', 'v'), true);
  assert.equal(a.tryPut('k/s', 'v', { attachment: 'x' }), true);
  await net.settle();
  assert.equal(unread(sub).length, 2);
  await net.close();
});

test('publish: where one of two destinations is congested, tryPut sends to neither, and put waits; elsewhere it does not', async () => {
  const net = new TestSessions();
  const { a, b } = await net.pair();
  const c = await net.peer('c', ['a']);
  const full = await net.of(b.declareSubscriber('b', { handler: new BlockingChannel(1) }));
  const both = [await net.of(b.declareSubscriber('k')), await net.of(c.declareSubscriber('k'))];
  const pub = await net.of(a.declarePublisher('k'));
  await net.settle();

  const done = a.put('k', 'v');
  assert.equal(done, a.put('k', 'v'), 'one promise for all who need not wait');
  assert.equal(done, pub.put('v'));
  await net.settle();
  assert.deepEqual(
    both.map((one) => unread(one).length),
    [3, 3],
  );

  // b stops reading its link: what is under way towards it piles up.
  const payload = new Uint8Array(40_000);
  let waits: Promise<void> = done;
  for (let i = 0; i < 100 && waits === done; i++) {
    waits = a.put('b', payload, { congestionControl: CongestionControl.BLOCK });
    await net.settle();
  }
  assert.notEqual(waits, done);
  assert.deepEqual(
    [pub.tryPut('no'), a.tryPut('k', 'no'), a.tryPut('k', 'no', { attachment: 'x' })],
    [false, false, false],
  );
  await net.settle();
  assert.deepEqual(
    both.map((one) => unread(one).length),
    [0, 0],
  );
  assert.notEqual(pub.put('late', {}), done);
  await net.settle();
  assert.deepEqual(texts(unread(both[1]!)), ['k late']);
  await net.of(full.undeclare());
  await net.close();
});

test('publish: a put that nobody awaits and that finds no room is refused in the end', async () => {
  const net = new TestSessions();
  const { a, b } = await net.pair();
  await net.of(b.declareSubscriber('k'));
  await net.settle();
  const payload = ZBytes.wrap(new Uint8Array(8 << 20));
  const outcomes: Promise<void>[] = [];
  for (let i = 0; i < 12; i++) outcomes.push(a.put('k', payload, { congestionControl: 1 }));
  const results = await net.of(Promise.allSettled(outcomes), 1000);
  const refused = results.filter((one) => one.status === 'rejected');
  assert.ok(refused.length > 0);
  for (const one of refused) assert.equal((one.reason as { code: string }).code, 'CONGESTED');
  await net.close();
});

test('publish: a loop that awaits puts lets others have their turn', async () => {
  const net = new TestSessions();
  const a = await net.peer('a');
  await net.of(a.declareSubscriber('k', { handler: () => {} }));
  let turns = 0;
  const count = (): void => {
    turns++;
    if (turns < 1000) net.scheduler.macro(count);
  };
  net.scheduler.macro(count);
  const loop = async (): Promise<number> => {
    for (let i = 0; i < 20_000; i++) await a.put('k', 'v');
    return turns;
  };
  assert.ok((await net.of(loop())) >= 4);
  await net.close();
});

test('publish: declared keys', async () => {
  const net = new TestSessions();
  const { a, b } = await net.pair();
  const key = a.declareKeyexpr('k/a');
  assert.equal(key.toString(), 'k/a');
  assert.throws(() => a.declareKeyexpr('a//b'), { code: 'INVALID_KEY_EXPR' });
  await assert.rejects(b.undeclareKeyexpr(key), { code: 'INVALID_ARGUMENT' });
  await a.undeclareKeyexpr(key);
  await assert.rejects(a.undeclareKeyexpr(key), { code: 'INVALID_ARGUMENT', message: /Failed to undeclare/ });
  await net.close();
});

test('publish: what does not fit into max_message_size is refused, by every way of putting; all else arrives', async () => {
  const net = new TestSessions();
  const { a, b } = await net.pair({ transport: { link: { tx: { batch_size: 200 }, rx: { max_message_size: 1000 } } } });
  const sub = await net.of(b.declareSubscriber('k'));
  const pub = await net.of(a.declarePublisher('k'));
  await net.settle();
  const attachment = 'x';
  const ways: readonly ((payload: Uint8Array) => Promise<void> | boolean)[] = [
    (payload) => a.put('k', payload),
    (payload) => a.put('k', payload, { attachment }),
    (payload) => pub.put(payload),
    (payload) => pub.put(payload, { attachment }),
    (payload) => a.tryPut('k', payload),
    (payload) => a.tryPut('k', payload, { attachment }),
    (payload) => pub.tryPut(payload),
    (payload) => pub.tryPut(payload, { attachment }),
  ];
  const error = {
    code: 'INVALID_ARGUMENT',
    message: /^put on "k": a payload of \d+ bytes does not fit into a message of max_message_size \(.*\), 1000 bytes$/,
  };
  for (const way of ways) {
    let refused = 0;
    for (let size = 950; size <= 1010; size++) {
      const put = async (): Promise<void> => void (await way(new Uint8Array(size)));
      const outcome = await net.of(put().catch((cause: unknown) => cause as Error));
      if (outcome !== undefined) assert.throws(() => raise(outcome), error);
      await net.settle();
      assert.equal(unread(sub).length, outcome === undefined ? 1 : 0, `${size} bytes`);
      refused += outcome === undefined ? 0 : 1;
    }
    assert.ok(refused > 10 && refused < 60, `${refused} refused`);
  }
  assert.equal(await net.close(), 0);
});

function raise(error: Error): never {
  throw error;
}
