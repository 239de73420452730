import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { type ConfigObject, open, type Reply, type Sample, SampleKind, type Session } from '../../src/entry/node.ts';
import { Child, until } from './child.ts';

const ROUNDS = 20;

/** A client with quick retries. */
async function client(t: TestContext, locator: string): Promise<Session> {
  const config: ConfigObject = {
    mode: 'client',
    connect: { endpoints: [locator], retry: { period_init_ms: 20, period_max_ms: 40 } },
    scouting: { multicast: { enabled: false } },
  };
  const session = await open(config);
  t.after(() => session.close());
  return session;
}

const replyText = (reply: Reply): string => reply.ok()?.payload().toString() ?? `error ${reply.err()!.payload()}`;
const change = (sample: Sample): string => `${SampleKind[sample.kind()]} ${sample.keyexpr()}`;

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const value of values) list.push(value);
  return list;
}

async function repliesOf(session: Session, selector: string): Promise<string[]> {
  return (await all(session.query(selector))).map(replyText);
}

/**
 * Two clients and a router that is killed and comes back, again and again. Chapter 04, section 11.7: what `held` has declared
 * goes on, in this order: queries end, nobody matches, keys are gone; then matching, and keys alive again.
 */
test(`reconnect: all that a client holds outlives ${ROUNDS} deaths of its router, each of it once`, async (t) => {
  let router = new Child('router-child.ts', ['tcp/127.0.0.1:0']);
  t.after(() => router.end());
  const { locator } = await router.next<{ locator: string }>();
  const held = await client(t, locator);
  const other = await client(t, locator);

  /** What happens to `held`, in order. */
  const events: string[] = [];
  const heard: string[] = [];
  await held.declareSubscriber('r/in', { handler: (sample) => void events.push(`sample ${sample.payload()}`) });
  const publisher = await held.declarePublisher('r/out');
  await publisher.matchingListener({ handler: (status) => void events.push(`matching ${status.matching()}`) });
  await held.declareQueryable('r/ask/held', { autoFinalize: true, handler: (query) => query.reply('r/ask/held', 'h') });
  const querier = await held.declareQuerier('r/ask/other');
  await held.liveliness().declareSubscriber('r/alive/**', { handler: (sample) => void events.push(change(sample)) });
  await held.liveliness().declareToken('r/alive/held');

  await other.declareSubscriber('r/out', { handler: (sample) => void heard.push(`${sample.payload()}`) });
  await other.liveliness().declareToken('r/alive/other');
  await other.declareQueryable('r/ask/other', {
    autoFinalize: true,
    handler: (query) => query.reply('r/ask/other', 'o'),
  });
  const kept: unknown[] = [];
  await other.declareQueryable('r/never', { handler: (query) => void kept.push(query) });

  const back = ['matching true', 'PUT r/alive/other'];
  const gone = ['end of get', 'matching false', 'DELETE r/alive/other'];
  const waiting = (): string => `${events.join(', ')}; ${router.stderr}`;
  await until(() => back.every((event) => events.includes(event)), waiting);

  for (let round = 1; round <= ROUNDS; round++) {
    // What the end of the last round has left under way has arrived: replies come behind it.
    assert.deepEqual(await repliesOf(other, 'r/ask/held'), ['h']);
    events.length = 0;
    heard.length = 0;

    await held.get('r/never', {
      timeout: 60_000,
      handler: [(reply) => void events.push(`reply ${replyText(reply)}`), () => void events.push('end of get')],
    });
    await until(
      () => kept.length === round,
      () => `query ${round} has arrived`,
    );
    router.kill('SIGKILL');
    await until(() => events.length >= gone.length, waiting);
    assert.deepEqual(events.splice(0), gone);
    await publisher.put(`lost ${round}`);
    await router.exit;

    router = new Child('router-child.ts', [locator]);
    await until(() => back.every((event) => events.includes(event)), waiting);
    await until(() => held.isClosed() || other.isClosed() || events.length >= back.length, waiting);
    await publisher.put(`out ${round}`);
    await other.put('r/in', `in ${round}`);
    assert.deepEqual(await repliesOf(other, 'r/ask/held'), ['h']);
    const replies = await querier.get();
    assert.deepEqual((await all(replies!)).map(replyText), ['o']);
    assert.deepEqual(await aliveKeys(other), ['r/alive/held', 'r/alive/other']);
    await until(() => heard.length >= 1 && events.length >= back.length + 1, waiting);
    assert.deepEqual(events, [...back, `sample in ${round}`]);
    assert.deepEqual(heard, [`out ${round}`]);
  }
  assert.deepEqual([held.isClosed(), other.isClosed()], [false, false]);
});

async function aliveKeys(session: Session): Promise<string[]> {
  const replies = await all(session.liveliness().query('r/alive/**'));
  return replies.map((reply) => reply.ok()!.keyexpr().toString()).toSorted();
}
