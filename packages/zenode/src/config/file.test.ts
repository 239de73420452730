import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { configFromEnv, configFromFile, readText } from './file.ts';
import { ConfigError, loadDictionary, parseDictionary } from './index.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'zenode-config-')));
after(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

function says(text: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof ConfigError, String(error));
    assert.ok(error.message.includes(text), `${error.message}\n   for ${text}`);
    return true;
  };
}

test('file: JSON and JSON5 are read', () => {
  assert.equal(configFromFile(file('a.json', '{"mode": "client"}')).get('mode'), 'client');
  assert.equal(configFromFile(file('a.json5', '// c\n{mode: "router",}')).get('mode'), 'router');
});

const refused: readonly (readonly [name: string, text: string, says: string])[] = [
  ['empty.json5', '', 'Empty config file'],
  ['a.txt', '{}', "Unsupported file type '.txt' (.json, .json5 and .yaml are supported)"],
  ['bare', '{}', 'Unsupported file type. Configuration files must have an extension'],
  ['a.yaml', 'mode: peer', 'YAML configuration files are not supported yet'],
  ['syntax.json5', '{mode:', '1:7'],
  ['unknown.json5', '{foo:1}', 'foo: unknown field `foo`, expected one of `id`'],
  [
    'rule.json5',
    '{transport:{link:{tx:{sequence_number_resolution:"64bit"}}}}',
    'Invalid configuration: 64bit is not allowed',
  ],
];
for (const [name, text, what] of refused) {
  test(`file: ${name} with "${text}" is refused, and named`, () => {
    const path = file(name, text);
    assert.throws(() => configFromFile(path), says(what));
    assert.throws(() => configFromFile(path), says(path));
  });
}

test('file: one that is missing is named', () => {
  assert.throws(() => configFromFile(join(folder, 'none.json5')), says('none.json5'));
});

test('file: ZENOH_CONFIG names one, and must be set', () => {
  assert.equal(configFromEnv({ ZENOH_CONFIG: file('env.json5', '{id: "1"}') }).get('id'), '1');
  assert.throws(() => configFromEnv({}), says('environment variable not found'));
});

test('include: files replace members as a whole, relative to the file that names them', () => {
  file('inc/deep.json5', '{z: 1}');
  const outer = file('inc/outer.json5', '{replaced: {b: 2}, nested: [{__config__: "deep.json5", y: 2}]}');
  const path = file(
    'main.json5',
    JSON.stringify({ plugins: { p: { __config__: outer, replaced: { a: 1 }, kept: 3 } } }),
  );
  assert.deepEqual(configFromFile(path).get('plugins/p'), {
    __config__: outer,
    replaced: { b: 2 },
    kept: 3,
    nested: [{ __config__: 'deep.json5', y: 2, z: 1 }],
  });
});

test('include: only below plugins', () => {
  const path = file('meta.json5', '{metadata: {__config__: 1}}');
  assert.deepEqual(configFromFile(path).get('metadata'), { __config__: 1 });
});

const includes: readonly (readonly [name: string, plugin: unknown, says: string])[] = [
  ['not a string', { __config__: 1 }, 'plugins.a.__config__ : property must have string type'],
  ['deeper', { b: { __config__: 1 } }, 'plugins.a.b.__config__ : property must have string type'],
  ['missing', { __config__: '/none.json5' }, "plugins.a.__config__ : failed to canonicalize path '/none.json5' - "],
  [
    'a list',
    { __config__: file('list.json5', '[1]') },
    `plugins.a.__config__: included file '${folder}/list.json5' must contain an object`,
  ],
  [
    'top-level include',
    { __config__: file('top.json5', '{__config__: "x"}') },
    `plugins.a.__config__ -> ${folder}/top.json5::__config__ : include property on the top level is not allowed`,
  ],
  [
    'a loop',
    { __config__: file('loop.json5', '{q: {__config__: "loop.json5"}}') },
    `plugins.a.__config__ -> ${folder}/loop.json5::q.__config__ : loop detected while including file '${folder}/loop.json5'`,
  ],
  ['YAML', { __config__: file('inc.yaml', 'a: 1') }, 'only .json and .json5 files can be included yet'],
];
for (const [name, plugin, what] of includes) {
  test(`include: ${name} is refused`, () => {
    const path = file('including.json5', JSON.stringify({ plugins: { a: plugin } }));
    assert.throws(() => configFromFile(path), says(what));
  });
}

test('dictionary: lines and parts are trimmed, empty lines skipped, the first colon counts', async () => {
  const path = file('users.txt', '\n  usr1 : pwd1 \r\nusr2:a:b\n\n');
  assert.deepEqual(
    [...(await loadDictionary(path, readText))],
    [
      ['usr1', 'pwd1'],
      ['usr2', 'a:b'],
    ],
  );
});

const dictionaries: readonly (readonly [text: string, says: string])[] = [
  ['usr1', 'Invalid user-password dictionary file: invalid format.'],
  ['a:b\n:secret', 'Invalid user-password dictionary file: empty user. (f:2)'],
  ['usr: ', 'Invalid user-password dictionary file: empty password.'],
];
for (const [text, what] of dictionaries) {
  test(`dictionary: ${JSON.stringify(text)} is refused`, () => {
    assert.throws(() => parseDictionary(text, 'f'), says(what));
    assert.throws(
      () => parseDictionary(text, 'f'),
      (error: Error) => !error.message.includes('secret'),
    );
  });
}

test('dictionary: a file that cannot be read is an error of the configuration', async () => {
  await assert.rejects(loadDictionary(join(folder, 'none'), readText), says('transport/auth/usrpwd/dictionary_file'));
});
