import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { open } from '../../src/entry/node.ts';
import { Child } from './child.ts';

/* Each mistake is one clear error that names the thing, and the process that made it ends by itself. */

interface Said {
  readonly error?: boolean;
  readonly name?: string;
  readonly code?: string;
  readonly message: string;
}

/** What a process with that mistake says, one line per mistake. It ends within two seconds of the last. */
async function mistakes(t: TestContext, count: number, ...args: readonly string[]): Promise<Said[]> {
  const child = new Child('bad-input-child.ts', args);
  t.after(() => child.end());
  const said: Said[] = [];
  for (let i = 0; i < count; i++) said.push(await child.next<Said>());
  const limit = setTimeout(() => child.kill(), 2_000);
  const { code, signal } = await child.exit;
  clearTimeout(limit);
  assert.deepEqual(
    { code, signal, stdout: child.stdout, stderr: child.stderr },
    { code: 0, signal: null, stdout: '', stderr: '' },
  );
  return said;
}

const endpoints: readonly (readonly [config: object, code: string, says: RegExp])[] = [
  [
    { mode: 'client', connect: { endpoints: ['localhost:7447'] } },
    'INVALID_CONFIG',
    /connect\/endpoints.*localhost:7447/,
  ],
  [{ mode: 'peer', listen: { endpoints: ['tcp'] } }, 'INVALID_CONFIG', /listen\/endpoints.*tcp/],
  [{ mode: 'peer', listen: { endpoints: ['tcp/127.0.0.1'] } }, 'INVALID_ARGUMENT', /tcp\/127\.0\.0\.1/],
  [{ mode: 'client', connect: { endpoints: ['tcp/127.0.0.1:port'] } }, 'CONNECT_FAILED', /tcp\/127\.0\.0\.1:port/],
  [{ mode: 'client', connect: { endpoints: ['tcp/127.0.0.1:99999'] } }, 'CONNECT_FAILED', /tcp\/127\.0\.0\.1:99999/],
  [{ mode: 'client', connect: { endpoints: ['tpc/127.0.0.1:7447'] } }, 'CONNECT_FAILED', /tpc\/127\.0\.0\.1:7447/],
  [{ mode: 'peer', connect: { endpoints: ['tpc/127.0.0.1:7447'] } }, 'UNSUPPORTED', /tpc\/127\.0\.0\.1:7447/],
];
for (const [config, code, says] of endpoints) {
  test(`bad input: ${JSON.stringify(config)}`, async (t) => {
    const all = { scouting: { multicast: { enabled: false } }, ...config };
    const [said] = await mistakes(t, 1, 'endpoint', JSON.stringify(all));
    assert.equal(said!.error, true, said!.message);
    assert.match(said!.message, says);
    assert.equal(said!.code, code, said!.message);
  });
}

test('bad input: a port that is in use', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.after(() => server.close());
  const endpoint = `tcp/127.0.0.1:${(server.address() as AddressInfo).port}`;
  const [said] = await mistakes(t, 1, 'port', endpoint);
  assert.equal(said!.code, 'LISTEN_FAILED');
  assert.ok(said!.message.includes(endpoint) && said!.message.includes('EADDRINUSE'), said!.message);
});

test('bad input: a router that is not there', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const endpoint = `tcp/127.0.0.1:${(server.address() as AddressInfo).port}`;
  await new Promise((resolve) => server.close(resolve));
  const [said] = await mistakes(t, 1, 'router', endpoint);
  assert.deepEqual([said!.name, said!.code], ['ConnectError', 'CONNECT_FAILED']);
  assert.match(said!.message, new RegExp(`^Unable to connect to any of ${endpoint}! .*ECONNREFUSED`));
});

test('bad input: key expressions', async (t) => {
  const said = await mistakes(t, 4, 'key');
  for (const [i, key] of ['a//b', 'a/', 'a/b#', 'a/**/**'].entries()) {
    assert.equal(said[i]!.code, 'INVALID_KEY_EXPR', said[i]!.message);
    assert.ok(said[i]!.message.includes(`"${key}"`), said[i]!.message);
  }
});

test('bad input: a password', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'zenode-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'dictionary');
  writeFileSync(file, 'alice:secret\n');
  const lines: string[] = [];
  const router = await open(
    {
      mode: 'router',
      listen: { endpoints: ['tcp/127.0.0.1:0'] },
      transport: { auth: { usrpwd: { dictionary_file: file } } },
      scouting: { delay: 0, multicast: { enabled: false } },
    },
    { log: (_, message) => void lines.push(message), logLevel: 'debug' },
  );
  t.after(() => router.close());
  const [locator] = (await router.info()).locators();
  const [said] = await mistakes(t, 1, 'password', locator!);
  assert.equal(said!.code, 'CONNECT_FAILED');
  assert.ok(said!.message.includes(locator!), said!.message);
  assert.match(said!.message, /user.*password/);
  assert.ok(!said!.message.includes('hunter2'), 'the password is no part of the message');
  assert.match(lines.join('\n'), /user "alice" is unknown or the password is wrong/);
});

test('bad input: a payload beyond max_message_size', async (t) => {
  const said = await mistakes(t, 3, 'payload');
  for (const one of said.slice(0, 2)) {
    assert.equal(one.code, 'INVALID_ARGUMENT');
    assert.match(one.message, /"big\/key".* 100001 bytes .*max_message_size.* 100000 bytes/);
  }
  assert.equal(said[2]!.message, 'fits');
});
