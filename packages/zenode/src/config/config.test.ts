import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Config, ConfigError, type Json, resolve } from './index.ts';

const errorOf = (act: () => unknown): ConfigError => {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    assert.equal(error.code, 'INVALID_CONFIG');
    return error;
  }
  assert.fail('no error');
};

const refused: readonly (readonly [text: string, path: string, says: string])[] = [
  ['{scoutin: {}}', 'scoutin', 'did you mean `scouting`?'],
  ['{transport: {link: {tx: {leese: 1}}}}', 'transport/link/tx/leese', 'did you mean `lease`?'],
  ['{transport: {unicast: {"max-links": 1}}}', 'transport/unicast/max-links', 'did you mean `max_links`?'],
  ['{mode: "Peer"}', 'mode', 'did you mean `peer`?'],
  ['{mode: "x"}', 'mode', 'unknown variant `x`, expected one of `router`, `peer`, `client`'],
  ['{scouting: {multicast: {autoconnect: ["routers"]}}}', 'scouting/multicast/autoconnect/0', 'did you mean `router`?'],
  [
    '{scouting: {multicast: {autoconnect: "router|peer"}}}',
    'scouting/multicast/autoconnect',
    'as in ["router", "peer"]',
  ],
  ['{scouting: {timeout: "3000"}}', 'scouting/timeout', 'string "3000", expected an integer of 0 or more'],
  ['{scouting: {timeout: true}}', 'scouting/timeout', 'boolean `true`'],
  ['{adminspace: {enabled: 1}}', 'adminspace/enabled', 'integer `1`, expected a boolean'],
  ['{connect: null}', 'connect', 'unit value, expected an object'],
  ['{connect: {endpoints: "tcp/a:1"}}', 'connect/endpoints', 'expected list of endpoints'],
  ['{connect: {endpoints: ["tcp/a:1", "tcp"]}}', 'connect/endpoints/1', 'Endpoints must be of the form'],
  ['{connect: {endpoints: {peer: [1]}}}', 'connect/endpoints/peer/0', 'integer `1`, expected a string'],
  ['{connect: {endpoints: {peers: []}}}', 'connect/endpoints/peers', 'did you mean `peer`?'],
  ['{connect: {endpoints: [{strategy: "anyOf", locators: []}]}}', 'connect/endpoints/0/strategy', '`allOf` or `oneOf`'],
  ['{connect: {retry: {period_init_ms: "1s"}}}', 'connect/retry/period_init_ms', 'string "1s", expected an integer'],
  [
    '{transport: {link: {tx: {queue: {size: {data: 17}}}}}}',
    'transport/link/tx/queue/size',
    '`data` is 17; a queue holds 1 to 16',
  ],
  ['{transport: {auth: {usrpwd: {password: "p"}}}}', 'transport/auth/usrpwd', '`password` is set without `user`'],
  [
    '{access_control: {subjects: [{id: "s", zids: []}]}}',
    'access_control/subjects/0/zids',
    'Given collection was empty',
  ],
  ['{qos: {network: [{messages: ["put"], overwrite: {priority: -8}}]}}', 'qos/network/0/overwrite/priority', '(< -7)'],
  ['{gateway: {south: [{filters: [{modes: []}]}]}}', 'gateway/south/0/filters/0/modes', 'Given collection was empty'],
  ['{mode: "peer",\n  mode: "client"}', '', 'duplicate field `mode` at 2:3'],
  ['{open: {return_conditions: {declares: true, "declares": true}}}', 'open/return_conditions', 'duplicate field'],
  ['{mode: ', '', '1:8'],
  [
    '{scouting: {multicast: {address: "224.0.0.256:7446"}}}',
    'scouting/multicast/address',
    'invalid socket address syntax',
  ],
  ['{scouting: {multicast: {address: "[::1::]:7446"}}}', 'scouting/multicast/address', 'invalid socket address syntax'],
];
for (const [text, path, says] of refused) {
  test(`config: ${text} is refused`, () => {
    const error = errorOf(() => Config.fromJson5(text));
    assert.equal(error.path, path);
    assert.ok(error.message.startsWith(path), error.message);
    assert.ok(error.message.includes(says), error.message);
  });
}

test('config: no suggestion where nothing is near', () => {
  assert.ok(!errorOf(() => Config.fromJson5('{zzz: 1}')).message.includes('did you mean'));
});

const limited: readonly (readonly [path: string, given: string, kept: number, why: string])[] = [
  ['scouting/timeout', '-1', 0, '-1 is below the limit 0; 0 is used'],
  ['scouting/delay', '1.5', 1, '1.5 is no integer; 1 is used'],
  ['scouting/delay', 'NaN', 0, 'NaN is no number; 0 is used'],
  ['scouting/delay', '-0', 0, ''],
  ['transport/link/tx/batch_size', '65536', 65535, '65536 is above the limit 65535; 65535 is used'],
  ['transport/link/tx/lease', 'Infinity', Number.MAX_SAFE_INTEGER, 'Infinity is above the limit'],
  ['connect/timeout_ms', '-1', -1, ''],
  ['transport/link/tx/queue/congestion_control/block/wait_before_close', '-1', -1, ''],
  ['transport/link/tcp/so_sndbuf', '0x100000000', 0xffffffff, 'is above the limit 4294967295'],
];
for (const [path, given, kept, why] of limited) {
  test(`config: ${path} = ${given} becomes ${kept}${why === '' ? '' : ' with a warning'}`, () => {
    const config = Config.default();
    config.insertJson5(path, given);
    assert.equal(config.getJson(path), String(kept));
    assert.equal(config.warnings.length, why === '' ? 0 : 1);
    assert.ok(why === '' || config.warnings[0]!.startsWith(`${path}: ${why}`) || config.warnings[0]!.includes(why));
  });
}

const accepted: readonly (readonly [text: string, path: string, kept: Json])[] = [
  ['{connect: {endpoints: ["udp/a:1?b=2;a=1#z=9;c=8"]}}', 'connect/endpoints', ['udp/a:1?a=1;b=2#c=8;z=9']],
  ['{connect: {retry: {foo: 1, period_init_ms: {peer: 5}}}}', 'connect/retry', { period_init_ms: { peer: 5 } }],
  ['{scouting: {gossip: {target: ["peer", "router", "peer"]}}}', 'scouting/gossip/target', ['router', 'peer']],
  ['{scouting: {multicast: {address: "[ff02::224]:7446"}}}', 'scouting/multicast/address', '[ff02::224]:7446'],
  ['{timestamping: {enabled: {}}}', 'timestamping/enabled', {}],
  ['{timestamping: {enabled: {peer: null, client: true}}}', 'timestamping/enabled', { client: true }],
  ['{metadata: {a: [1, {"__proto__": 2}]}}', 'metadata', { a: [1, JSON.parse('{"__proto__": 2}') as Json] }],
  ['{metadata: {a: 1, a: 2}}', 'metadata', { a: 2 }],
  [
    '{qos: {publication: [{key_exprs: ["a"], config: {priority: "data", x: 1}, y: 2}]}}',
    'qos/publication',
    [{ key_exprs: ['a'], config: { priority: 'data' } }],
  ],
  ["// c\n{mode: 'peer' /* {mode: 1} */,}", 'mode', 'peer'],
  ['{transport: {link: {tx: {queue: {size: {data: 16}}}}}}', 'transport/link/tx/queue/size/control', 2],
  [
    '{scouting: {multicast: {autoconnect_strategy: {to_peer: "greater-zid"}}}}',
    'scouting/multicast/autoconnect_strategy',
    { to_peer: 'greater-zid' },
  ],
];
for (const [text, path, kept] of accepted) {
  test(`config: ${text} is accepted`, () => {
    const config = Config.fromJson5(text);
    assert.deepEqual(config.get(path), kept);
    assert.deepEqual(Config.fromObject(config.toObject()).toObject(), config.toObject());
  });
}

test('config: old keys are accepted with a warning and not kept', () => {
  const config = Config.fromJson5('{routing: {peer: {mode: "linkstate"}, router: {peers_failover_brokering: true}}}');
  assert.deepEqual(
    config.warnings.map((warning) => warning.split(':')[0]),
    ['routing/router/peers_failover_brokering', 'routing/peer'],
  );
  assert.equal(config.toString(), Config.default().toString());
});

test('config: every leaf can be read and set again', () => {
  const walk = (value: Json, path: string): void => {
    const config = Config.default();
    config.insertJson5(path, config.getJson(path));
    assert.equal(config.toString(), Config.default().toString(), path);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    if (/^(?:listen\/endpoints|plugins)$/.test(path)) return;
    for (const [key, inner] of Object.entries(value)) if (!key.endsWith('_base64')) walk(inner, `${path}/${key}`);
  };
  for (const [key, value] of Object.entries(Config.default().toObject())) walk(value, key);
});

test('config: a section that is set returns its other members to their defaults', () => {
  const config = Config.fromJson5('{scouting: {multicast: {ttl: 7}}}');
  config.insert('scouting/multicast', { enabled: false });
  assert.equal(config.get('scouting/multicast/ttl'), null);
  assert.equal(config.get('scouting/multicast/enabled'), false);
});

test('config: an insert that fails changes nothing', () => {
  const config = Config.default();
  const before = config.toString();
  errorOf(() => config.insertJson5('scouting/multicast', '{enabled: false, ttl: "x"}'));
  errorOf(() => config.insertJson5('plugins/a/b', '{'));
  config.insertJson5('plugins/a', '1');
  assert.equal(errorOf(() => config.insertJson5('plugins/a/b', '1')).detail, 'plugins/a/b not found');
  config.remove('plugins/a');
  assert.equal(config.toString(), before);
});

test('config: members set one by one are checked together at the end', () => {
  const config = Config.default();
  config.insertJson5('transport/auth/usrpwd/user', '"u"');
  assert.ok(errorOf(() => resolve(config)).message.includes('`user` is set without `password`'));
  config.insertJson5('transport/auth/usrpwd/password', '"p"');
  assert.deepEqual(resolve(config).auth.usrpwd, { user: 'u', password: 'p', dictionaryFile: undefined });
  config.insertJson5('transport/link/tx/queue/size/control', '17');
  errorOf(() => config.check());
});

test('config: what is set as a whole says so', () => {
  const config = Config.default();
  const error = errorOf(() => config.insertJson5('connect/retry/period_init_ms', '1'));
  assert.ok(error.message.includes('unknown key') && error.message.includes('"connect/retry" is set as a whole'));
  assert.ok(errorOf(() => config.insertJson5('scouting/multicst', '1')).message.includes('did you mean `multicast`?'));
});

test('config: below plugins, paths make objects, step into lists and append', () => {
  const config = Config.default();
  config.insertJson5('plugins/rest/http_port', '8000');
  config.insertJson5('plugins/rest/list', '[1, {a: 1}]');
  config.insertJson5('plugins/rest/list/+', '"end"');
  config.insertJson5('plugins/rest/list/1/a', '2');
  config.insertJson5('plugins/rest/list/+/b', '3');
  assert.deepEqual(config.get('plugins/rest'), { http_port: 8000, list: [1, { a: 2 }, 'end', { b: 3 }] });
  assert.equal(config.getJson('plugins/rest/list/2'), '"end"');
  errorOf(() => config.insertJson5('plugins/rest/list/9', '1'));
  errorOf(() => config.insertJson5('plugins/rest/http_port/x', '1'));
  config.remove('plugins/rest/list/0');
  config.remove('/plugins/rest/http_port/');
  assert.deepEqual(config.get('plugins'), { rest: { list: [{ a: 2 }, 'end', { b: 3 }] } });
  assert.ok(errorOf(() => config.remove('plugins/none')).message.includes('No plugin none to edit'));
  assert.ok(errorOf(() => config.remove('plugins/rest/x')).message.includes('has no x property'));
  assert.ok(errorOf(() => config.remove('mode')).message.includes('only supported for keys starting with `plugins/`'));
  assert.ok(errorOf(() => config.getJson('plugins/rest/list/9')).message.includes('NoMatchingKey'));
});

test('config: private members and secrets of TLS are not shown', () => {
  const config = Config.fromJson5(`{
    metadata: {private: "m", b: 1},
    plugins: {p: {private: {a: "s"}, x: [{private: "t", y: 1}]}},
    transport: {link: {tls: {listen_private_key_base64: "k"}}},
  }`);
  const shown = config.toString();
  assert.ok(!/"private"|_base64/.test(shown));
  assert.equal(config.getJson('plugins/p'), '{"x":[{"y":1}]}');
  assert.equal(config.getJson('metadata'), '{"private":"m","b":1}');
  assert.ok(!config.getJson('transport').includes('base64'));
  assert.ok(
    errorOf(() => config.getJson('transport/link/tls/listen_private_key_base64')).message.includes('NoMatchingKey'),
  );
  assert.deepEqual(resolve(config).transport.tls.listenPrivateKey, { base64: 'k' });
});

test('config: a clone goes its own way', () => {
  const config = Config.client(['tcp/a:1']);
  const clone = config.clone();
  clone.insert('mode', 'peer');
  assert.equal(config.get('mode'), 'client');
  assert.deepEqual(config.modeValue('connect/endpoints', 'client'), ['tcp/a:1']);
});

test('config: objects that go in circles are refused', () => {
  const circle: Record<string, unknown> = {};
  circle['a'] = circle;
  errorOf(() => Config.fromObject({ metadata: circle }));
  errorOf(() => Config.fromObject({ plugins: { p: () => 1 } }));
});

/** Values that often go far: keys of the tree with anything behind them. */
const keys = [...new Set(JSON.stringify(Config.default().toObject()).match(/(?<=")\w+(?=":)/g))];
const arbTree = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.constantFrom<unknown>(
      null,
      true,
      0,
      1,
      -1,
      1.5,
      'peer',
      'a/b',
      'tcp/a:1',
      'router',
      'allow',
      'put',
      '32bit',
      [],
      {},
    ),
    fc.jsonValue(),
    fc.array(tie('value'), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom(...keys), tie('value'), { maxKeys: 4 }),
  ),
})).value;

test('config: any value makes a configuration that comes back, or throws INVALID_CONFIG', () => {
  let good = 0;
  fc.assert(
    fc.property(
      fc.oneof(fc.dictionary(fc.constantFrom(...keys), arbTree, { maxKeys: 3 }), arbTree, fc.anything()),
      (value) => {
        let config: Config;
        try {
          config = Config.fromObject(value);
        } catch (error) {
          assert.ok(error instanceof ConfigError, String(error));
          return;
        }
        good++;
        const text = JSON.stringify(config.toObject());
        const again = Config.fromJson5(text);
        assert.equal(JSON.stringify(again.toObject()), text);
        assert.deepEqual(again.warnings, []);
        for (const mode of ['router', 'peer', 'client'] as const) {
          try {
            resolve(config, mode);
          } catch (error) {
            assert.ok(error instanceof ConfigError, String(error));
          }
        }
      },
    ),
    { numRuns: 3000 },
  );
  assert.ok(good > 10);
});

test('config: a value that was inserted anywhere is either refused or comes back', () => {
  const paths: string[] = [];
  const collect = (value: Json, path: string): void => {
    paths.push(path);
    if (typeof value !== 'object' || value === null || Array.isArray(value) || path === 'listen/endpoints') return;
    for (const [key, inner] of Object.entries(value)) collect(inner, `${path}/${key}`);
  };
  for (const [key, value] of Object.entries(Config.default().toObject())) collect(value, key);
  fc.assert(
    fc.property(fc.constantFrom(...paths), arbTree, (path, value) => {
      const config = Config.default();
      try {
        config.insert(path, value);
      } catch (error) {
        assert.ok(error instanceof ConfigError, String(error));
        assert.equal(config.toString(), Config.default().toString());
        return;
      }
      const kept = config.get(path);
      config.insertJson5(path, JSON.stringify(kept));
      assert.deepEqual(config.get(path), kept);
    }),
    { numRuns: 3000 },
  );
});

test('config: any text is read or throws INVALID_CONFIG', () => {
  const token = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '"',
    "'",
    '//',
    '/*',
    '*/',
    '\n',
    'mode',
    '"peer"',
    'a',
    '1',
    '\\',
    ' ',
  );
  const noise = fc.oneof(
    fc.string(),
    fc.array(token).map((tokens) => tokens.join('')),
  );
  fc.assert(
    fc.property(noise, (text) => {
      try {
        Config.fromJson5(text);
      } catch (error) {
        assert.ok(error instanceof ConfigError, String(error));
      }
    }),
    { numRuns: 2000 },
  );
});

test('config: repeated keys are found whatever the text looks like', () => {
  const key = fc.constantFrom('a', '"a"', "'a'", 'b', '"b"', "'c:d'", '"{"', "'\\''");
  const space = fc.constantFrom('', ' ', '\n', '/* a: 1, */', '// "a":\n');
  const value: fc.Arbitrary<string> = fc.constantFrom('1', '"a:b,"', '[1, [2, "x"]]', '{}', '{z: {a: 1}}', "'\\'}'");
  const member = fc.tuple(space, key, space, value, space);
  fc.assert(
    fc.property(fc.array(member, { maxLength: 5 }), (members) => {
      const names = members.map(([, name]) => name.replaceAll(/^['"]|['"]$/g, ''));
      const text = `{metadata: 1, scouting: {${members.map(([a, k, b, v, c]) => `${a}${k}${b}:${v}${c}`).join(',')}}}`;
      const error = errorOf(() => Config.fromJson5(members.length === 0 ? '1' : text));
      const repeated = new Set(names).size < names.length;
      assert.equal(error.message.includes('duplicate field'), repeated, `${text}\n${error.message}`);
    }),
    { numRuns: 1000 },
  );
});
