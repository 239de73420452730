import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COMMANDS } from './commands.ts';
import { FLAGS, type FlagName } from './flags.ts';
import { readOptions, UsageError } from './options.ts';

const ALL = Object.keys(FLAGS) as FlagName[];
const read = (line: string, names: readonly string[] = ['KEY', '[VALUE]']): ReturnType<typeof readOptions> =>
  readOptions(line.split(' '), ALL, names);

test('options: flags and values come in any order', () => {
  const options = read('-e tcp/a:1 demo/a --connect=tcp/b:2 -m client hello -q');
  assert.deepEqual(options.values, ['demo/a', 'hello']);
  assert.deepEqual(options.texts('connect'), ['tcp/a:1', 'tcp/b:2']);
  assert.equal(options.text('mode'), 'client');
  assert.ok(options.has('quiet'));
  assert.equal(options.has('json'), false);
});

test('options: a number below zero is a value, and so is what stands behind --', () => {
  assert.deepEqual(read('temp -5').values, ['temp', '-5']);
  assert.deepEqual(read('temp -0.5e3 --json').values, ['temp', '-0.5e3']);
  assert.deepEqual(read('temp -- --json').values, ['temp', '--json']);
  assert.deepEqual(read('temp --payload -5').text('payload'), '-5');
});

test('options: words of enumerations may have underscores and any case', () => {
  assert.equal(read('k --priority INTERACTIVE_LOW').text('priority'), 'interactive-low');
  assert.equal(read('k --target all_complete').text('target'), 'all-complete');
});

const wrong: readonly (readonly [line: string, says: RegExp])[] = [
  ['k --cont 1', /unknown flag --cont; did you mean --count\?/],
  ['k --no_multicast_scouting', /write --no-multicast-scouting/],
  ['k -z', /unknown flag -z/],
  ['k --priority real', /did you mean real-time\?/],
  ['k --priority zzz', /one of real-time, /],
  ['k --count 0', /--count 0: N is a whole number from 1 on/],
  ['k --count 1.5', /whole number/],
  ['k --interval soon', /--interval soon: SECONDS is a number from 0 on/],
  ['k --interval -1', /a number from 0 on/],
  ['k --count', /--count needs a value: N/],
  ['k --file --json', /--file needs a value: FILE/],
  ['k --json=yes', /takes no value/],
  ['a b c', /"c" is too much: only KEY \[VALUE\] is taken/],
  ['--json', /KEY is missing/],
];
for (const [line, says] of wrong) {
  test(`options: ${line}: is refused with the right word`, () => {
    assert.throws(
      () => read(line),
      (error) => error instanceof UsageError && says.test(error.message),
    );
  });
}

test('commands: each takes the flags of its examples, and every flag belongs to one', () => {
  const used = new Set(COMMANDS.flatMap(({ flags }) => flags));
  assert.deepEqual(
    ALL.filter((name) => !used.has(name)),
    [],
  );
  for (const { name, flags, examples } of COMMANDS) {
    assert.equal(new Set(flags).size, flags.length, name);
    for (const example of examples) assert.ok(example.includes(`zenode ${name}`), example);
  }
});
