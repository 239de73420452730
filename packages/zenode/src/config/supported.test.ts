import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Config, checkSupported, resolve } from './index.ts';

const check = (text: string): ReturnType<typeof checkSupported> => checkSupported(resolve(Config.fromJson5(text)));

const filter = '{messages: ["put"], key_exprs: ["a"], size_limit: 1}';

const warned: readonly (readonly [path: string, text: string])[] = [
  ['connect/endpoints', '{connect: {endpoints: [{strategy: "oneOf", locators: ["tcp/a:1"]}]}}'],
  ['scouting/gossip/multihop', '{scouting: {gossip: {multihop: true}}}'],
  ['gateway/south', '{gateway: {south: []}}'],
  ['namespace', '{namespace: "a"}'],
  [
    'routing/router/linkstate/transport_weights',
    '{routing: {router: {linkstate: {transport_weights: [{dst_zid: "1", weight: 1}]}}}}',
  ],
  ['aggregation/subscribers', '{aggregation: {subscribers: ["a"]}}'],
  ['aggregation/publishers', '{aggregation: {publishers: ["a"]}}'],
  ['qos/publication', '{qos: {publication: [{key_exprs: ["a"], config: {}}]}}'],
  ['qos/network', '{qos: {network: [{messages: ["put"], overwrite: {}}]}}'],
  ['downsampling', '{downsampling: [{messages: ["put"], rules: [{key_expr: "a", freq: 1}]}]}'],
  ['stats/filters', '{stats: {filters: [{key: "a"}]}}'],
  ['adminspace/enabled', '{adminspace: {enabled: true}}'],
  ['plugins/rest', '{plugins: {rest: {}}}'],
  ['transport/unicast/lowlatency', '{transport: {unicast: {lowlatency: true, qos: {enabled: false}}}}'],
  ['transport/multicast', '{transport: {multicast: {join_interval: 1}}}'],
  ['transport/link/tx/queue/size', '{transport: {link: {tx: {queue: {size: {data: 4}}}}}}'],
  [
    'transport/link/tx/queue/congestion_control/drop',
    '{transport: {link: {tx: {queue: {congestion_control: {drop: {wait_before_drop: 2000}}}}}}}',
  ],
  ['transport/link/tx/queue/batching', '{transport: {link: {tx: {queue: {batching: {enabled: false}}}}}}'],
  ['transport/link/protocols', '{transport: {link: {protocols: ["tcp"]}}}'],
  ['transport/link/tcp/so_sndbuf', '{transport: {link: {tcp: {so_sndbuf: 1}}}}'],
  ['transport/link/unixpipe', '{transport: {link: {unixpipe: {file_access_mask: 1}}}}'],
  ['transport/link/tls', '{transport: {link: {tls: {root_ca_certificate: "f"}}}}'],
];
for (const [path, text] of warned) {
  test(`supported: ${path} warns`, () => {
    const { warnings, refusals } = check(text);
    assert.deepEqual(refusals, []);
    assert.deepEqual(
      warnings.map((warning) => warning.split(':')[0]),
      [path],
    );
  });
}

const refused: readonly (readonly [path: string, text: string])[] = [
  ['access_control/enabled', '{access_control: {enabled: true}}'],
  ['low_pass_filter', `{low_pass_filter: [${filter}]}`],
  ['transport/link/tls/enable_mtls', '{transport: {link: {tls: {enable_mtls: true}}}}'],
  ['transport/auth/pubkey', '{transport: {auth: {pubkey: {public_key_file: "f"}}}}'],
  ['plugins/p', '{plugins: {p: {__required__: true}}}'],
];
for (const [path, text] of refused) {
  test(`supported: ${path} refuses to start`, () => {
    const { warnings, refusals } = check(text);
    assert.deepEqual(warnings, []);
    assert.deepEqual(
      refusals.map((refusal) => refusal.split(':')[0]),
      [path],
    );
  });
}

test('supported: nothing is said about defaults, about what is there, and about what has no effect here', () => {
  const there = `{
    id: "1", metadata: {a: 1}, region_name: "r", queries_default_timeout: 1,
    connect: {endpoints: ["tcp/a:1", {strategy: "allOf", locators: ["tcp/b:1"]}], timeout_ms: 1, retry: {}},
    listen: {endpoints: []}, open: {return_conditions: {declares: false}},
    scouting: {multicast: {enabled: false, ttl: 2}, gossip: {enabled: false}},
    timestamping: {enabled: true}, routing: {interests: {timeout: 1}},
    transport: {
      unicast: {max_links: 2, qos: {enabled: false}, compression: {enabled: true}},
      link: {tx: {lease: 1, threads: 9, queue: {allocation: {mode: "init"}}}, rx: {max_message_size: 100}},
      shared_memory: {enabled: false},
      auth: {usrpwd: {user: "u", password: "p", dictionary_file: "f"}},
    },
    access_control: {default_permission: "allow"},
  }`;
  for (const text of ['{}', there]) assert.deepEqual(check(text), { warnings: [], refusals: [] });
});
