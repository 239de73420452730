import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter } from 'node:path';
import { after, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { COMMANDS } from '../src/cli/commands.ts';
import { Child, freeEndpoint, killAll, LONG_MS, run } from './cli/run.ts';
import { type Block, blocksOf, patternOf } from './cli/tour.ts';
import { COMPANIONS, EXPECTED } from './cli/examples.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const readme = readFileSync(`${root}README.md`, 'utf8');
const path = `${root}node_modules/.bin${delimiter}${process.env['PATH']}`;

/** The ports of the texts, if nobody listens there, and others if somebody does. */
const ports = new Map<string, string>();
for (const port of ['7447', '7448']) {
  const free = await isFree(Number(port));
  ports.set(port, free ? port : (await freeEndpoint()).split(':')[1]!);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
      .on('error', () => resolve(false))
      .listen(port, () => server.close(() => resolve(true)));
  });
}

/** Runs a line as it is written, but for `npx`, which only finds what the path finds here. */
function shell(line: string): Child {
  let command = line.replaceAll('npx ', '').replaceAll(/\b744[78]\b/g, (port) => ports.get(port)!);
  if (command === 'zenode router' && ports.get('7447') !== '7447') command += ` -l tcp/[::]:${ports.get('7447')}`;
  // Signals are for the command, not for a shell around it.
  const exec = command.includes('|') && command.startsWith('echo') ? '' : 'exec ';
  return new Child('sh', ['-c', `exec 2>&1; ${exec}${command}`], { cwd: root, path, limitMs: LONG_MS });
}

after(killAll);

suite('readme', { timeout: 240_000 }, () => {
  const terminals = new Map<string, { readonly child: Child; expected: string }>();

  test('readme: the first thing in it are the two commands', () => {
    const first = [...readme.matchAll(/^```sh\n(.*)\n```/gm)].map(([, line]) => line);
    assert.deepEqual(first.slice(0, 2), ['npm ci && npx zenode router', 'npm ci && npm test']);
  });

  const play = async ({ terminal, runs, steps, text }: Block): Promise<void> => {
    if (terminal.startsWith('file ')) {
      assert.equal(text, readFileSync(root + terminal.slice('file '.length), 'utf8'));
      return;
    }
    const known = terminals.get(terminal);
    if (known !== undefined) {
      known.expected += text;
      await known.child.said(patternOf(known.expected));
      return;
    }
    for (const { command, output } of steps) {
      const child = shell(command);
      if (runs) {
        terminals.set(terminal, { child, expected: output });
        await child.said(patternOf(output));
      } else {
        assert.equal(await child.ended, 0, child.stdout);
        assert.match(child.stdout, patternOf(output, true));
      }
    }
  };

  const blocks = blocksOf(readme);
  test('readme: the tour prints what is written', async () => {
    assert.ok(blocks.length > 8);
    for (const block of blocks) await play(block);
    for (const [name, { child }] of terminals) {
      if (name === 'router') continue;
      child.kill();
      assert.equal(await child.ended, 0, name);
    }
  });

  test('help: every command shows two examples, and they work', { timeout: 200_000, concurrency: 4 }, async (t) => {
    assert.deepEqual(Object.keys(EXPECTED).toSorted(), COMMANDS.map(({ name }) => name).toSorted());
    const companions = COMPANIONS.map(shell);
    await Promise.all(companions.map((child) => child.said(/./)));
    const jobs = COMMANDS.flatMap(({ name, examples }) => examples.map((example, i) => ({ name, example, i })));
    await Promise.all(
      jobs.map(({ name, example, i }) => t.test(example, () => tryExample(name, example, EXPECTED[name]![i]!))),
    );
    for (const child of companions) child.kill();
    await Promise.all(companions.map((child) => child.ended));
  });

  async function tryExample(name: string, example: string, expected: RegExp): Promise<void> {
    // The first one is the router of the tour.
    if (example === 'zenode router') {
      assert.match(terminals.get('router')!.child.stdout, expected);
      return;
    }
    const child = shell(example);
    if (name === 'router') {
      await child.said(expected);
      child.kill();
    }
    // Somebody who comes alive meanwhile.
    while (name === 'liveliness sub' && !example.includes('--history') && !child.over) {
      await shell('zenode liveliness token -e tcp/localhost:7447 demo/alive/new --timeout 0.2').ended;
    }
    assert.equal(await child.ended, 0, child.stdout);
    assert.match(child.stdout, expected);
  }

  test('help: it is printed on stdout, with both examples', async () => {
    const words = [['--help'], ['liveliness', '--help'], ['sub', '--help'], ['perf', 'pub', '-h']];
    const [all, group, sub, perf] = await Promise.all(words.map((args) => run(...args)));
    for (const { code, stderr } of [all!, group!, sub!, perf!]) assert.deepEqual([code, stderr], [0, '']);
    for (const { name } of COMMANDS) assert.ok(all!.stdout.includes(`  ${name}`), name);
    assert.match(group!.stdout, /liveliness token KEY/);
    for (const example of COMMANDS.find(({ name }) => name === 'sub')!.examples)
      assert.ok(sub!.stdout.includes(example));
    assert.match(perf!.stdout, /usage: zenode perf pub \[KEY\]/);
  });
});
