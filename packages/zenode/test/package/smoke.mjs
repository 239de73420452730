// Runs in an empty project where the packed package is installed. Arguments: its version, and its subpaths.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const [version, ...subpaths] = process.argv.slice(2);

const loaded = [];
for (const subpath of subpaths) {
  const specifier = `zenode${subpath.slice(1)}`;
  if (specifier.endsWith('.json')) continue;
  const names = Object.keys(await import(specifier));
  assert.ok(names.length > 0, `${specifier} exports nothing`);
  loaded.push(`${specifier} (${names.length})`);
}

// The shebang of the command finds `node` in PATH, as npx would.
const run = promisify(execFile);
const zenode = async (...args) => (await run('node_modules/.bin/zenode', args, { timeout: 20_000 })).stdout;
const said = await zenode('--version');
assert.match(said, new RegExp(`\\b${version.replaceAll('.', '\\.')}\\b`));

// A router, a client and a peer of the package, and its command line, one with another.
const { open } = await import('zenode');
const router = await open({ mode: 'router', listen: { endpoints: ['tcp/127.0.0.1:0'] } });
const [endpoint] = (await router.info()).locators();
const connect = { connect: { endpoints: [endpoint] }, listen: { endpoints: [] } };
const client = await open({ mode: 'client', ...connect });
const peer = await open({ mode: 'peer', ...connect });
const samples = await client.declareSubscriber('smoke/**');
const queryable = await peer.declareQueryable('smoke/query', {
  autoFinalize: true,
  handler: (query) => query.reply('smoke/query', 'answer'),
});
const got = [];
const reading = (async () => {
  for await (const sample of samples) {
    got.push(`${sample.keyexpr()} ${sample.payload()}`);
    if (got.length === 2) return;
  }
})();
const publisher = await peer.declarePublisher('smoke/peer');
const querier = await client.declareQuerier('smoke/query');
for (const one of [publisher, querier]) while (!(await one.matchingStatus()).matching()) await sleep(10);
await publisher.put('hello');
await zenode('put', 'smoke/cli', 'hello', '-m', 'client', '-e', endpoint);
await reading;
assert.deepEqual(
  got.sort((a, b) => (a < b ? -1 : 1)),
  ['smoke/cli hello', 'smoke/peer hello'],
);
const replies = await querier.query().toArray();
assert.deepEqual(
  replies.map((reply) => reply.ok()?.payload().toString()),
  ['answer'],
);
const line = JSON.parse(await zenode('get', 'smoke/query', '--json', '-m', 'client', '-e', endpoint));
assert.equal(line.payload, 'answer');
await queryable.undeclare();
for (const session of [client, peer, router]) await session.close();

console.log(
  `Node ${process.versions.node}: ${loaded.join(' ')}; ${said.trim()}; router, client, peer and command line`,
);
