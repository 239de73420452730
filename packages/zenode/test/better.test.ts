import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Config, ConfigError, resolve } from '../src/config/index.ts';
import { Runtime } from '../src/runtime/index.ts';
import { Locality, QueryTarget, shareSession } from '../src/session/index.ts';
import { FakeScheduler } from '../src/testing/index.ts';
import { Log } from '../src/base/index.ts';
import { replyText, taken, World } from './behaviour/world.ts';

/* Rows of docs/protocol/10-better-than-the-reference.md that sessions and their configuration show. */

function world(t: TestContext): World {
  const made = new World();
  t.after(() => made.close());
  return made;
}

for (const name of ['BEST_MATCHING', 'ALL'] as const) {
  test(`better: 17 a querier with target ${name} on m/* matches a queryable on m/a elsewhere, which answers`, async (t) => {
    const w = world(t);
    const { c, d } = await w.nodes();
    const querier = await w.run(c.declareQuerier('m/*', { target: QueryTarget[name] }));
    const listener = await w.run(querier.matchingListener());
    await w.settle();
    assert.equal((await w.run(querier.matchingStatus())).matching(), false);
    const queryable = await w.run(
      d.declareQueryable('m/a', { autoFinalize: true, handler: (query) => query.reply('m/a', '1') }),
    );
    await w.settle();
    assert.equal((await w.run(querier.matchingStatus())).matching(), true);
    const replies = await w.run(querier.get());
    assert.deepEqual(
      taken(replies).map((one) => replyText(one, '')),
      ['m/a 1'],
    );
    await w.run(queryable.undeclare());
    await w.settle();
    const told = taken(listener.receiver()).map((one) => one.matching());
    assert.deepEqual(told, [true, false]);
  });
}

test('better: 18 listeners are not told of own subscribers and queryables that take nothing from here', async (t) => {
  const w = world(t);
  const { c } = await w.nodes();
  const publisher = await w.run(c.declarePublisher('m/a'));
  const querier = await w.run(c.declareQuerier('m/a'));
  const listeners = [await w.run(publisher.matchingListener()), await w.run(querier.matchingListener())];
  const told = async (): Promise<boolean[][]> => {
    await w.settle();
    return listeners.map((one) => taken(one.receiver()).map((status) => status.matching()));
  };
  const allowedOrigin = Locality.REMOTE;
  await w.run(c.declareSubscriber('m/a', { allowedOrigin }));
  await w.run(c.declareQueryable('m/a', { allowedOrigin }));
  assert.deepEqual(await told(), [[], []]);
  await w.run(c.declareSubscriber('m/*'));
  await w.run(c.declareQueryable('m/*'));
  assert.deepEqual(await told(), [[true], [true]]);
});

test('better: 18 another session of the same node is elsewhere', async (t) => {
  const w = world(t);
  const router = await w.router();
  const [one, other] = [shareSession(router), shareSession(router)];
  const near = await w.run(one.declarePublisher('m/a', { allowedDestination: Locality.SESSION_LOCAL }));
  const far = await w.run(one.declarePublisher('m/a', { allowedDestination: Locality.REMOTE }));
  await w.run(other.declareSubscriber('m/a', { allowedOrigin: Locality.REMOTE }));
  await w.settle();
  assert.equal((await w.run(near.matchingStatus())).matching(), false);
  assert.equal((await w.run(far.matchingStatus())).matching(), true);
  await w.run(one.close());
  await w.run(other.close());
});

test('better: 19 a liveliness get of a client returns each key once, whoever has tokens on it', async (t) => {
  const w = world(t);
  const { c, d } = await w.nodes();
  for (const [session, key] of [
    [c, 'lv/own'],
    [c, 'lv/both'],
    [c, 'lv/both'],
    [d, 'lv/both'],
    [d, 'lv/other'],
  ] as const) {
    await w.run(session.liveliness().declareToken(key));
  }
  await w.settle();
  const replies = await w.run(c.liveliness().get('lv/*'));
  const keys = taken(replies).map((one) => String(one.ok()?.keyexpr()));
  assert.deepEqual(keys.sort(), ['lv/both', 'lv/other', 'lv/own']);
  assert.equal(replies?.state(), 'close');
});

test('better: 26 a number that does not fit is held to its limit, and the log names path, value and limit', () => {
  const lines: string[] = [];
  const log = new Log((level, message) => void lines.push(`${level} ${message}`));
  const config = Config.fromJson5('{ scouting: { timeout: -1 }, transport: { link: { tx: { batch_size: 65536 } } } }');
  const settings = resolve(config);
  const runtime = new Runtime(settings, { links: [], scheduler: new FakeScheduler(), log });
  assert.equal(runtime.settings.scouting.timeoutMs, 0);
  assert.equal(runtime.settings.transport.tx.batchSize, 65_535);
  for (const line of [
    'warn scouting/timeout: -1 is below the limit 0; 0 is used',
    'warn transport/link/tx/batch_size: 65536 is above the limit 65535; 65535 is used',
  ]) {
    assert.ok(lines.includes(line), `${line}\nis not among\n${lines.join('\n')}`);
  }
});

for (const [text, path, says] of [
  ['{ id: "xyz" }', 'id', /xyz/],
  ['{ connect: { endpoints: ["nowhere"] } }', 'connect/endpoints/0', /nowhere/],
  ['{ listen: { endpoints: ["tcp/[::]:7447", "tcp"] } }', 'listen/endpoints/1', /tcp/],
] as const) {
  test(`better: 26 ${text} is an error that names ${path}`, () => {
    assert.throws(
      () => resolve(Config.fromJson5(text)),
      (error) => error instanceof ConfigError && error.path === path && says.test(error.message),
    );
  });
}

/** Runs the command. @returns exit code and what it says on stderr */
function zenode(...args: string[]): Promise<{ code: unknown; stderr: string }> {
  const bin = fileURLToPath(new URL('../bin/zenode.mjs', import.meta.url));
  return new Promise((done) => {
    execFile(process.execPath, [bin, ...args], { timeout: 20_000 }, (error, _stdout, stderr) => {
      done({ code: error === null ? 0 : error.code, stderr });
    });
  });
}

for (const [args, says] of [
  [['router', '-l', 'nowhere'], /^zenode: listen\/endpoints\/0: .*nowhere/],
  [['put', 'a', '1', '-e', 'nowhere'], /^zenode: connect\/endpoints\/0: .*nowhere/],
  [['router', '--id', 'xyz'], /^zenode: id: .*xyz/],
  [['router', '--cfg', 'mode'], /^zenode: --cfg accepts KEY:VALUE pairs\. mode is not/],
] as const) {
  test(`better: 26 zenode ${args.join(' ')} says what is wrong in one line, and exits with 1`, async () => {
    const { code, stderr } = await zenode(...args);
    assert.match(stderr, says);
    assert.equal(stderr.trim().split('\n').length, 1, stderr);
    assert.equal(code, 1);
  });
}
