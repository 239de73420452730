import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { finish, killAll, run, type Router, startRouter, zenode } from './run.ts';

let router: Router;
/** Flags that lead to the router; `-q` would hide what tests wait for. */
let there: string[];

before(async () => {
  router = await startRouter();
  there = ['-e', router.endpoint];
});
after(killAll);

const SAMPLE = ['key', 'kind', 'payload', 'encoding', 'timestamp', 'attachment'];
const ROUTE = ['priority', 'congestion_control', 'express', 'reliability'];

suite('cli: commands', { concurrency: 4, timeout: 200_000 }, () => {
  test('put and sub: a sample has its fields, in order', async () => {
    const sub = zenode('sub', ...there, '-m', 'client', 'a/**', '--count', '3', '--json');
    await sub.said(/subscribed to a/);
    const flags = ['--encoding', 'text/plain', '--attachment', 'more', '--priority', 'REAL_TIME', '--express'];
    const put = await run('put', ...there, 'a/b', 'hello', ...flags, '--congestion-control', 'block');
    assert.deepEqual([put.code, put.stdout, put.stderr.replace(/^alone.*\n/, '')], [0, '', '']);
    const binary = zenode('put', ...there, 'a/c', '--file', '-', '-m', 'client');
    binary.process.stdin!.end(Buffer.from([0xff, 0, 0x80]));
    assert.equal(await binary.ended, 0);
    assert.equal((await run('delete', ...there, 'a/b', '--reliability', 'best_effort')).code, 0);
    assert.equal(await sub.ended, 0);
    const [first, second, third] = sub.rows();
    assert.deepEqual(Object.keys(first!), [...SAMPLE, ...ROUTE]);
    assert.match(String(first!['timestamp']), /^\d+\/[0-9a-f]+$/);
    assert.deepEqual(
      { ...first, timestamp: null },
      {
        ...{ key: 'a/b', kind: 'put', payload: 'hello', encoding: 'text/plain', timestamp: null, attachment: 'more' },
        ...{ priority: 'real-time', congestion_control: 'block', express: true, reliability: 'reliable' },
      },
    );
    assert.equal(second!['payload_base64'], '/wCA');
    assert.equal('payload' in second!, false);
    assert.equal(second!['attachment'], null);
    assert.deepEqual([third!['key'], third!['kind'], third!['payload']], ['a/b', 'delete', '']);
  });

  test('sub: a line is one value, whatever is in it', async () => {
    const sub = zenode('sub', ...there, '-m', 'client', 'lines/*', '--count', '4');
    await sub.said(/subscribed/);
    await run('put', ...there, 'lines/a', '21.5');
    await run('put', ...there, 'lines/b', 'two\nlines\u001b[31m', '--encoding', 'text/plain', '--attachment', 'x');
    await run('put', ...there, 'lines/c', '--file', new URL(import.meta.url).pathname);
    await run('delete', ...there, 'lines/a');
    assert.equal(await sub.ended, 0);
    const [a, b, c, d] = sub.lines();
    assert.equal(a, 'put lines/a: 21.5');
    assert.equal(b, String.raw`put lines/b: "two\nlines\u001b[31m" (text/plain, attachment x)`);
    assert.match(c!, /^put lines\/c: "import assert/);
    assert.equal(d, 'delete lines/a');
  });

  test('pub: the first value leaves at once, and --count ends it', async () => {
    const sub = zenode('sub', ...there, 'clock', '--count', '3');
    await sub.said(/subscribed/);
    const pub = await run('pub', ...there, 'clock', 'tick', '--count', '3', '--interval', '0.05');
    assert.deepEqual([pub.code, pub.stdout], [0, '']);
    assert.equal(await sub.ended, 0);
    assert.deepEqual(sub.lines(), Array(3).fill('put clock: tick'));
  });

  test('get and queryable: replies and queries have their fields, in order', async () => {
    const queryable = zenode('queryable', ...there, 'q/light', '300', '--count', '2', '--json', '--complete');
    await queryable.said(/answering/);
    const text = await run('get', ...there, 'q/*?unit=lux', '--payload', 'now', '--attachment', 'a', '--target', 'all');
    assert.deepEqual([text.code, text.stdout], [0, 'put q/light: 300\n']);
    const json = await run('get', ...there, '-m', 'client', 'q/light', '--json', '--consolidation', 'none');
    assert.equal(await queryable.ended, 0);
    assert.deepEqual(queryable.rows(), [
      ...[
        { key: 'q/*', kind: 'query', parameters: 'unit=lux', payload: 'now', encoding: 'zenoh/bytes', attachment: 'a' },
      ],
      ...[{ key: 'q/light', kind: 'query', parameters: '', payload: null, encoding: null, attachment: null }],
    ]);
    const [reply] = json.rows();
    assert.deepEqual(Object.keys(reply!), [...SAMPLE, ...ROUTE, 'replier']);
    assert.match(JSON.stringify(reply!['replier']), /^\{"zid":"[0-9a-f]+","eid":\d+\}$/);
  });

  test('get: an error reply is printed, and the exit code stays 0', async () => {
    const queryable = zenode('queryable', ...there, 'err/*', 'no idea', '--reply-err', '--encoding', 'text/plain');
    const gone = zenode('queryable', ...there, 'gone/*', '--reply-delete');
    await Promise.all([queryable.said(/answering/), gone.said(/answering/)]);
    const { stdout: error } = await run('get', ...there, 'err/x', '--json');
    const expected = { key: null, kind: 'error', payload: 'no idea', encoding: 'text/plain' };
    assert.equal(error, `${JSON.stringify(expected)}\n`);
    const line = await run('get', ...there, 'err/x');
    assert.deepEqual([line.code, line.stdout], [0, 'error: no idea\n']);
    assert.equal((await run('get', ...there, 'gone/x')).stdout, 'delete gone/x\n');
    const none = await run('get', ...there, 'nobody/here');
    assert.deepEqual([none.code, none.stdout], [0, '']);
    queryable.kill();
    gone.kill('SIGTERM');
    assert.deepEqual([await queryable.ended, await gone.ended], [0, 0]);
  });

  test('querier: asks again and again', async () => {
    const queryable = zenode('queryable', ...there, 'again/**', 'yes');
    await queryable.said(/answering/);
    const querier = await run('querier', ...there, 'again/x?n=1', '--count', '3', '--interval', '0.05');
    assert.deepEqual([querier.code, querier.lines()], [0, Array(3).fill('put again/x: yes')]);
    queryable.kill();
    assert.equal(await queryable.ended, 0);
    assert.deepEqual(queryable.lines(), Array(3).fill('query again/x?n=1'));
  });

  test('liveliness: tokens come and go, and are asked for', async () => {
    const first = zenode('liveliness', 'token', ...there, 'alive/1');
    await first.said(/alive on/);
    const text = zenode('liveliness', 'sub', ...there, 'alive/*', '--history', '--count', '3');
    const json = zenode('liveliness', 'sub', ...there, 'alive/*', '--count', '2', '--json');
    await Promise.all([text.said(/alive alive\/1/), json.said(/watching/)]);
    const second = zenode('liveliness', 'token', ...there, '-m', 'client', 'alive/2');
    await text.said(/alive alive\/2/);
    const get = await run('liveliness', 'get', ...there, 'alive/*');
    assert.deepEqual([get.code, get.lines().toSorted()], [0, ['alive alive/1', 'alive alive/2']]);
    second.kill();
    first.kill('SIGTERM');
    assert.deepEqual(await Promise.all([text.ended, json.ended, first.ended, second.ended]), [0, 0, 0, 0]);
    assert.deepEqual(text.lines().slice(0, 2), ['alive alive/1', 'alive alive/2']);
    assert.match(text.lines()[2]!, /^gone alive\/[12]$/);
    const [put, del] = json.rows();
    assert.deepEqual([put!['key'], put!['kind'], put!['payload'], del!['kind']], ['alive/2', 'put', '', 'delete']);
    assert.deepEqual(Object.keys(put!), [...SAMPLE, ...ROUTE]);
  });

  test('info: own identifier, routers and peers', async () => {
    const info = await run('info', ...there, '-m', 'client', '--json');
    assert.equal(info.code, 0);
    const [row] = info.rows();
    assert.deepEqual(Object.keys(row!), ['zid', 'routers', 'peers']);
    assert.deepEqual([row!['routers'], row!['peers']], [[router.zid], []]);
    const text = await run('info', ...there, '--cfg', 'id:"ab12"');
    assert.match(text.stdout, new RegExp(`^zid ab12\nrouter ${router.zid}\n`));
  });

  test('ping and pong: round trips, then median and p99', async () => {
    const pong = zenode('pong', ...there);
    const ping = await run('ping', ...there, '--count', '4', '--warmup', '0.05', '--size', '100', '--json');
    assert.equal(ping.code, 0);
    const rows = ping.rows();
    assert.deepEqual(
      rows.map((row) => Object.keys(row)),
      [...Array<string[]>(4).fill(['rtt_us']), ['count', 'p50_us', 'p99_us']],
    );
    assert.equal(rows[4]!['count'], 4);
    const text = await run('ping', ...there, '--count', '1', '--warmup', '0');
    assert.match(text.stdout, /^8 bytes: [\d.]+ µs\n1 round trips: median [\d.]+ µs, p99 [\d.]+ µs\n$/);
    pong.kill();
    assert.equal(await pong.ended, 0);
  });

  test('perf: both ends print how much passes', async () => {
    const sub = zenode('perf', 'sub', ...there, 'test/perf', '--count', '1', '--json');
    await sub.said(/counting/);
    const pub = zenode('perf', 'pub', ...there, 'test/perf', '--size', '16', '--json');
    assert.equal(await sub.ended, 0);
    await pub.said(/msgs/);
    pub.kill();
    assert.equal(await pub.ended, 0);
    for (const [row] of [sub.rows(), pub.rows()]) {
      assert.deepEqual(Object.keys(row!), ['msgs_per_s', 'bytes_per_s']);
      assert.ok(Number(row!['bytes_per_s']) > 0);
    }
    const short = await run('perf', 'pub', ...there, '--count', '10', '--json');
    assert.deepEqual([short.code, short.rows().length], [0, 1]);
  });

  test('peers: one listens, the other dials, and there is no router', async () => {
    const sub = zenode('sub', '-l', 'tcp/127.0.0.1:0', 'direct', '--log', 'info', '--count', '1');
    const [, endpoint] = await sub.said(/Zenoh can be reached at: (\S+)/);
    await sub.said(/subscribed/);
    const put = await finish(zenode('put', '-e', endpoint!, 'direct', 'hi'));
    assert.equal(put.code, 0, put.stderr);
    assert.equal(await sub.ended, 0);
    assert.equal(sub.stdout, 'put direct: hi\n');
  });
});
