import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { freeEndpoint, killAll, run, type Router, startRouter, zenode } from './run.ts';

let router: Router;
let there: string[];
const folder = mkdtempSync(join(tmpdir(), 'zenode-cli-'));

before(async () => {
  router = await startRouter();
  there = ['-e', router.endpoint];
});
after(async () => {
  await killAll();
  rmSync(folder, { recursive: true });
});

suite('cli: manners', { concurrency: 4, timeout: 200_000 }, () => {
  const wrong: readonly (readonly [args: string[], code: number, says: RegExp])[] = [
    [[], 2, /COMMAND is missing/],
    [['subb', 'a'], 2, /no command "subb"; did you mean sub\?/],
    [['liveliness'], 2, /say which: token, sub, get/],
    [['perf', 'subs'], 2, /did you mean sub\?/],
    [['scout'], 2, /not there yet/],
    [['router', '--rest-http-port', '8000'], 2, /not there yet/],
    [['put', 'a', 'b', '--encodng', 'x'], 2, /did you mean --encoding\?/],
    [['put', 'a//b', 'x'], 1, /"a\/\/b" has an empty chunk/],
    [
      ['put', '-m', 'client', 'a', 'b'],
      1,
      /No peer specified and multicast scouting deactivated! .*-e tcp\/localhost:7447/,
    ],
    [['put', 'a', '--file', '/no/such/file'], 1, /\/no\/such\/file: there is no such file/],
    [['put', 'a', 'b', '-e', 'nowhere'], 1, /Endpoints must be of the form/],
    [['put', 'a', 'b', '--cfg', 'nocolon'], 1, /--cfg accepts KEY:VALUE pairs/],
    [['router', '-i', 'ABC'], 1, /uppercase/],
  ];
  for (const [args, code, says] of wrong) {
    test(`zenode ${args.join(' ')}: ends with ${code} and one line that says why`, async () => {
      const { code: ended, stdout, stderr } = await run(...args);
      assert.deepEqual([ended, stdout, stderr.split('\n').length], [code, '', 2], stderr);
      assert.match(stderr, says);
    });
  }

  test('once: with nobody there they end with 1, in every mode, and name the endpoint', async () => {
    const nowhere = await freeEndpoint();
    const calls = [
      ['put', 'a', 'b'],
      ['get', 'a', '-m', 'client'],
      ['liveliness', 'get', 'a'],
      ['info', '--json', '-m', 'client'],
    ].map((args) => run(...args, '-e', nowhere));
    for (const { code, stdout, stderr } of await Promise.all(calls)) {
      assert.deepEqual([code, stdout, stderr.split('\n').length], [1, '', 2], stderr);
      assert.ok(stderr.includes(nowhere), stderr);
    }
    const one = await run('put', 'a', 'b', '-e', nowhere, ...there);
    assert.equal(one.code, 0, one.stderr);
  });

  test('waiting: they say so once, and begin when the router comes', async () => {
    const endpoint = await freeEndpoint();
    const sub = zenode('sub', '-e', endpoint, 'late', '--json');
    const client = zenode('sub', '-e', endpoint, '-m', 'client', 'late');
    const pub = zenode('pub', '-e', endpoint, '-m', 'client', 'late', 'now', '--interval', '0.1');
    const token = zenode('liveliness', 'token', '-e', endpoint, 'late/token');
    const all = [sub, client, pub, token];
    await Promise.all(all.map((child) => child.said(/waiting: .*cannot connect/)));
    const first = await startRouter(endpoint);
    await Promise.all([sub.said(/"now"/), client.said(/put late: now/), token.said(/alive on/)]);
    const tokens = await run('liveliness', 'get', '-e', endpoint, 'late/*');
    assert.equal(tokens.stdout, 'alive late/token\n');

    first.child.kill();
    assert.equal(await first.child.ended, 0);
    const before = client.lines().length;
    await startRouter(endpoint);
    await client.said(new RegExp(`(put late: now\\n){${before + 2}}`));
    for (const child of all) child.kill();
    assert.deepEqual(await Promise.all(all.map((child) => child.ended)), [0, 0, 0, 0]);
    for (const { stderr } of all) assert.equal(stderr.split('waiting').length, 2, stderr);
  });

  test('signals: one ends it with 0, a second one interrupts with 130', async () => {
    const term = zenode('sub', ...there, 'x');
    await term.said(/subscribed/);
    term.kill('SIGTERM');
    assert.equal(await term.ended, 0);
    const early = zenode('sub', '-e', await freeEndpoint(), '-m', 'client', 'x');
    await early.said(/waiting/);
    early.kill('SIGINT');
    assert.equal(await early.ended, 0);
    // It reads standard input that never ends.
    const stuck = zenode('put', ...there, 'x', '--file', '-');
    await new Promise((resolve) => stuck.process.stdin!.write(Buffer.alloc(1 << 20), resolve));
    stuck.kill('SIGINT');
    const again = setInterval(() => stuck.kill('SIGTERM'), 100);
    assert.equal(await stuck.ended, 130);
    clearInterval(again);
  });

  test('timeout: ends with 0 those that run', async () => {
    const names = ['sub', 'pub', 'queryable', 'pong', 'perf sub', 'liveliness token', 'liveliness sub'];
    const calls = names.map((name) => {
      const key = name === 'pong' ? [] : ['time/out'];
      return run(...name.split(' '), ...there, ...key, '--timeout', '0.8', '-q');
    });
    for (const { code, stderr } of await Promise.all(calls)) assert.deepEqual([code, stderr], [0, '']);
  });

  test('closed pipe: ends quietly, and with 0', async () => {
    const sub = zenode('sub', ...there, 'pipe/**', '-q');
    const pub = zenode('pub', ...there, 'pipe/x', 'y', '--interval', '0.05', '-q');
    await sub.said(/put pipe/);
    sub.process.stdout!.destroy();
    assert.deepEqual([await sub.ended, sub.stderr], [0, '']);
    pub.kill();
    assert.deepEqual([await pub.ended, pub.stderr], [0, '']);
  });

  test('alone: a peer without endpoints says so once', async () => {
    const { code, stderr } = await run('put', 'a', 'b');
    assert.deepEqual([code, stderr.match(/alone/g)?.length], [0, 1], stderr);
    assert.equal((await run('put', 'a', 'b', '--no-multicast-scouting')).stderr, '');
  });

  test('configuration: --cfg wins over flags, flags win over the file', async () => {
    const file = join(folder, 'config.json5');
    writeFileSync(file, `{ id: 'aa', mode: 'client', connect: { endpoints: ['${router.endpoint}'] } }`);
    const fromFile = await run('info', '-c', file, '--json');
    assert.deepEqual(fromFile.rows()[0], { zid: 'aa', routers: [router.zid], peers: [] });
    const other = await run('info', '-c', file, '--json', '--cfg', 'id:"bb"', '-m', 'peer');
    assert.equal(other.rows()[0]!['zid'], 'bb');
    const whole = await run('info', '-c', file, '--json', '--cfg', `:{id:"cc",mode:"client"}`, ...there);
    assert.equal(whole.rows()[0]!['zid'], 'cc');
    const routerOf = zenode('router', '-c', file, '-l', 'tcp/127.0.0.1:0', '-i', 'dd', '--cfg', 'mode:"router"');
    await routerOf.said(/Using ZID: dd/);
    await routerOf.said(/Zenoh can be reached at: tcp\/127.0.0.1:\d+/);
    routerOf.kill();
    assert.deepEqual([await routerOf.ended, routerOf.stdout], [0, '']);
  });
});
