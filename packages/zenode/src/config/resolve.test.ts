import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Config, ConfigError, type EndpointSettings, type Mode, RetryPeriod, type Settings, resolve } from './index.ts';

const settings = (text: string, mode: Mode = 'peer'): Settings => resolve(Config.fromJson5(text), mode);
const texts = (list: readonly EndpointSettings[]): string[] => list.map(({ endpoint }) => endpoint.toString());

const ROLE = { router: 1, peer: 2, client: 4 } as const;
const always = { router: 'always', peer: 'always', client: 'always' };

/** Table 9.8 of docs/protocol/05-runtime.md, by mode. */
const defaults: Readonly<
  Record<
    Mode,
    readonly [listen: string[], timeout: number, exit: boolean, auto: number, target: number, stamps: boolean]
  >
> = {
  router: [['tcp/[::]:7447'], -1, false, 0, 3, true],
  peer: [['tcp/[::]:0'], -1, false, 7, 3, false],
  client: [[], 0, true, 7, 0, false],
};
for (const [mode, [listen, timeoutMs, exitOnFailure, autoconnect, target, stamps]] of Object.entries(defaults)) {
  test(`resolve: defaults of a ${mode}`, () => {
    const found = settings('{}', mode as Mode);
    const retry = { initMs: 1000, maxMs: 4000, factor: 2 };
    assert.deepEqual(texts(found.listen.endpoints), listen);
    const { listen: listening, transport, ...rest } = found;
    assert.deepEqual(
      { ...listening, endpoints: [] },
      { timeoutMs: 0, exitOnFailure: true, retry, endpoints: [], isDefault: mode !== 'client' },
    );
    assert.deepEqual(rest, {
      warnings: [],
      id: undefined,
      mode,
      whatami: ROLE[mode as Mode],
      metadata: null,
      regionName: undefined,
      namespace: undefined,
      gatewaySouth: 'auto',
      queriesDefaultTimeoutMs: 10_000,
      connect: { timeoutMs, exitOnFailure, retry, groups: [], endpoints: [] },
      open: { connectScouted: true, declares: true },
      scouting: {
        timeoutMs: 3000,
        delayMs: 500,
        multicast: {
          enabled: true,
          address: '224.0.0.224:7446',
          interface: 'auto',
          ttl: 1,
          autoconnect,
          strategy: always,
          listen: true,
        },
        gossip: { enabled: true, multihop: false, target, autoconnect, strategy: always },
      },
      timestamping: { enabled: stamps, dropFutureTimestamp: false },
      routing: { interestsTimeoutMs: 10_000, transportWeights: [] },
      aggregation: { subscribers: [], publishers: [] },
      qos: { publication: [], network: [] },
      auth: {
        usrpwd: { user: undefined, password: undefined, dictionaryFile: undefined },
        pubkey: {
          publicKeyPem: undefined,
          privateKeyPem: undefined,
          publicKeyFile: undefined,
          privateKeyFile: undefined,
          knownKeysFile: undefined,
        },
      },
      adminspace: { enabled: false, read: true, write: false },
      downsampling: [],
      accessControl: {
        enabled: false,
        defaultPermission: 'deny',
        rules: undefined,
        subjects: undefined,
        policies: undefined,
      },
      lowPassFilter: [],
      statsFilters: [],
      pluginsLoading: {
        enabled: false,
        searchDirs: [
          { kind: 'current_exe_parent' },
          '.',
          '~/.zenoh/lib',
          '/opt/homebrew/lib',
          '/usr/local/lib',
          '/usr/lib',
        ],
      },
      plugins: {},
    });
    assert.deepEqual(transport, {
      openTimeoutMs: 10_000,
      acceptTimeoutMs: 10_000,
      acceptPending: 100,
      maxSessions: 1000,
      maxLinks: 1,
      lowlatency: false,
      qos: true,
      compression: false,
      multicast: { joinIntervalMs: 2500, maxSessions: 1000, qos: false, compression: false },
      protocols: undefined,
      tx: {
        snResolution: 2,
        leaseMs: 10_000,
        keepAlive: 4,
        batchSize: 65_535,
        queueSizes: [2, 2, 2, 2, 2, 2, 2, 2],
        waitBeforeDropMs: 1,
        maxWaitBeforeDropFragmentsMs: 50,
        waitBeforeCloseMs: 5000,
        batching: true,
        batchingTimeLimitMs: 1,
      },
      rx: { bufferSize: 65_535, maxMessageSize: 1_073_741_824 },
      tls: {
        rootCaCertificate: {},
        listenPrivateKey: {},
        listenCertificate: {},
        connectPrivateKey: {},
        connectCertificate: {},
        enableMtls: false,
        verifyNameOnConnect: true,
        closeLinkOnExpiration: false,
        sendBuffer: undefined,
        receiveBuffer: undefined,
      },
      tcp: { sendBuffer: undefined, receiveBuffer: undefined },
      unixpipeAccessMask: undefined,
    });
  });
}

test('resolve: the mode of the configuration goes before that of the caller', () => {
  assert.equal(settings('{mode: "client"}', 'router').mode, 'client');
  assert.equal(settings('{mode: null}', 'router').mode, 'router');
  assert.equal(resolve(Config.default()).mode, 'peer');
});

// 9.4: for endpoints a mode that is left out has none; elsewhere it has the default of that mode.
const byMode: readonly (readonly [text: string, pick: (s: Settings) => unknown, values: readonly unknown[]])[] = [
  ['{connect: {endpoints: ["tcp/a:1"]}}', (s) => texts(s.connect.endpoints), [['tcp/a:1'], ['tcp/a:1'], ['tcp/a:1']]],
  ['{connect: {endpoints: {peer: ["tcp/a:1"]}}}', (s) => texts(s.connect.endpoints), [[], ['tcp/a:1'], []]],
  ['{listen: {endpoints: {router: ["tcp/a:1"]}}}', (s) => texts(s.listen.endpoints), [['tcp/a:1'], [], []]],
  ['{listen: {endpoints: []}}', (s) => texts(s.listen.endpoints), [[], [], []]],
  ['{listen: {endpoints: ["tcp/a:1"]}}', (s) => s.listen.isDefault, [false, false, false]],
  ['{connect: {timeout_ms: 7}}', (s) => s.connect.timeoutMs, [7, 7, 7]],
  ['{connect: {timeout_ms: {peer: 7}}}', (s) => s.connect.timeoutMs, [-1, 7, 0]],
  ['{connect: {exit_on_failure: {router: true}}}', (s) => s.connect.exitOnFailure, [true, false, true]],
  ['{listen: {exit_on_failure: {router: false}}}', (s) => s.listen.exitOnFailure, [false, true, true]],
  ['{connect: {retry: {period_init_ms: {client: 9}}}}', (s) => s.connect.retry.initMs, [1000, 1000, 9]],
  ['{connect: {retry: {period_max_ms: 0}}}', (s) => s.connect.retry.maxMs, [0, 0, 0]],
  ['{timestamping: {enabled: {}}}', (s) => s.timestamping.enabled, [true, false, false]],
  ['{timestamping: {enabled: {router: false, client: true}}}', (s) => s.timestamping.enabled, [false, false, true]],
  ['{scouting: {multicast: {listen: {client: false}}}}', (s) => s.scouting.multicast.listen, [true, true, false]],
  ['{scouting: {multicast: {autoconnect: {peer: []}}}}', (s) => s.scouting.multicast.autoconnect, [0, 0, 7]],
  ['{scouting: {gossip: {autoconnect: ["router"]}}}', (s) => s.scouting.gossip.autoconnect, [1, 1, 1]],
  ['{scouting: {gossip: {target: {peer: ["router"]}}}}', (s) => s.scouting.gossip.target, [3, 1, 0]],
];
for (const [text, pick, values] of byMode) {
  test(`resolve: ${text} as router, peer and client`, () => {
    assert.deepEqual(
      (['router', 'peer', 'client'] as const).map((mode) => pick(settings(text, mode))),
      values,
    );
  });
}

const greater = 'greater-zid';
const strategies: readonly (readonly [text: string, mode: Mode, router: string, peer: string, client: string])[] = [
  ['"greater-zid"', 'peer', greater, greater, greater],
  ['{to_peer: "greater-zid"}', 'router', 'always', greater, 'always'],
  ['{peer: "greater-zid"}', 'peer', greater, greater, greater],
  ['{peer: "greater-zid"}', 'router', 'always', 'always', 'always'],
  ['{peer: {to_router: "greater-zid"}}', 'peer', greater, 'always', 'always'],
  ['{}', 'peer', 'always', 'always', 'always'],
];
for (const [text, mode, router, peer, client] of strategies) {
  test(`resolve: autoconnect strategy ${text} of a ${mode}`, () => {
    const found = settings(`{scouting: {gossip: {autoconnect_strategy: ${text}}}}`, mode);
    assert.deepEqual(found.scouting.gossip.strategy, { router, peer, client });
  });
}

test('resolve: groups are kept for clients and dissolved in the list', () => {
  const { connect } = settings(
    `{connect: {endpoints: [
    "tcp/a:1",
    {strategy: "allOf", locators: ["tcp/b:1", "tcp/c:1#exit_on_failure=false"]},
    {strategy: "oneOf", locators: ["tcp/d:1"]},
  ]}}`,
    'client',
  );
  assert.deepEqual(
    connect.groups.map((group) => [group.strategy, texts(group.endpoints)]),
    [
      ['single', ['tcp/a:1']],
      ['allOf', ['tcp/b:1', 'tcp/c:1#exit_on_failure=false']],
      ['oneOf', ['tcp/d:1']],
    ],
  );
  assert.deepEqual(
    connect.endpoints.map((one) => one.exitOnFailure),
    [true, true, false, true],
  );
});

// 3.2: endpoint options before the retry object before the defaults; what does not parse is not there.
const options: readonly (readonly [endpoint: string, exit: boolean, init: number, max: number, factor: number])[] = [
  ['tcp/a:1', false, 500, 4000, 2],
  ['tcp/a:1#exit_on_failure=true;retry_period_init_ms=20000;retry_period_max_ms=10000', true, 20_000, 10_000, 2],
  ['tcp/a:1#retry_period_increase_factor=1.5', false, 500, 4000, 1.5],
  ['tcp/a:1#retry_period_init_ms=-1', false, -1, 4000, 2],
  [
    'tcp/a:1#exit_on_failure=yes;retry_period_init_ms=1s;retry_period_max_ms;retry_period_increase_factor=x',
    false,
    500,
    4000,
    2,
  ],
];
for (const [endpoint, exitOnFailure, initMs, maxMs, factor] of options) {
  test(`resolve: attempts of ${endpoint}`, () => {
    const text = `{connect: {retry: {period_init_ms: 500}, endpoints: [${JSON.stringify(endpoint)}]}}`;
    const one = settings(text).connect.endpoints[0]!;
    assert.deepEqual([one.exitOnFailure, one.retry], [exitOnFailure, { initMs, maxMs, factor }]);
  });
}

// Table of 3.2, and "nominal" of the measurements in test/vectors/runtime.json.
const periods: readonly (readonly [init: number, max: number, factor: number, waits: readonly number[]])[] = [
  [1000, 4000, 2, [1000, 2000, 4000, 4000]],
  [1000, 6000, 2, [1000, 2000, 4000, 6000, 6000]],
  [1000, 0, 2, [1000, 2000, 4000, 8000, 16_000]],
  [1000, 4000, 1, [1000, 1000, 1000]],
  [20_000, 10_000, 2, [20_000, 10_000, 10_000]],
  [1000, 4000, 1.5, [1000, 1500, 2250, 3375, 4000]],
  [500, 3000, 1.5, [500, 750, 1125, 1687, 2530, 3000]],
  [0, 4000, 2, [0, 0]],
  [-1, 4000, 2, [Infinity, Infinity]],
];
for (const [initMs, maxMs, factor, waits] of periods) {
  test(`retry: waits from ${initMs} to ${maxMs} by ${factor}`, () => {
    const period = new RetryPeriod({ initMs, maxMs, factor });
    assert.deepEqual(
      waits.map(() => period.next()),
      waits,
    );
  });
}

const contradictions: readonly (readonly [text: string, says: string])[] = [
  ['{transport: {unicast: {lowlatency: true}}}', "'qos' and 'lowlatency' options are incompatible"],
  ['{scouting: {gossip: {target: ["client"]}}}', '"client" is not allowed as gossip target'],
  [
    '{transport: {link: {tls: {listen_certificate: "f", listen_certificate_base64: "b"}}}}',
    "Only one between 'listen_certificate' and 'listen_certificate_base64' can be present!",
  ],
];
for (const [text, says] of contradictions) {
  test(`resolve: ${text} is refused`, () => {
    const config = Config.fromJson5(text);
    assert.throws(
      () => resolve(config),
      (error: unknown) => error instanceof ConfigError && error.message.includes(says) && error.path !== '',
    );
  });
}

test('resolve: low latency without QoS is no contradiction', () => {
  assert.equal(
    settings('{transport: {unicast: {lowlatency: true, qos: {enabled: false}}}}').transport.lowlatency,
    true,
  );
});

test('resolve: values that would not work become the least that does, with a warning', () => {
  const found = settings('{transport: {link: {tx: {batch_size: -1, keep_alive: 0}}}}');
  assert.deepEqual([found.transport.tx.batchSize, found.transport.tx.keepAlive], [64, 1]);
  assert.deepEqual(found.warnings, [
    'transport/link/tx/batch_size: -1 is below the limit 0; 0 is used',
    'transport/link/tx/keep_alive: 0 is below the limit 1; 1 is used',
    'transport/link/tx/batch_size: 0 is below the limit 64; 64 is used',
  ]);
});

test('resolve: identity, resolutions, queues and weights arrive as they are used', () => {
  const found = settings(`{
    id: "1a2b3c", region_name: "r", namespace: "a/b", queries_default_timeout: 5,
    routing: {interests: {timeout: 6}, router: {linkstate: {transport_weights: [{dst_zid: "2", weight: 70000}]}}},
    transport: {link: {tx: {sequence_number_resolution: "8bit", queue: {size: {background: 9}}}}},
  }`);
  assert.equal(found.id?.toString(), '1a2b3c');
  assert.deepEqual([found.regionName, found.namespace, found.queriesDefaultTimeoutMs], ['r', 'a/b', 5]);
  assert.equal(found.routing.interestsTimeoutMs, 6);
  assert.deepEqual(
    found.routing.transportWeights.map(({ zid, weight }) => [zid.toString(), weight]),
    [['2', 65_535]],
  );
  assert.equal(found.transport.tx.snResolution, 0);
  assert.deepEqual(found.transport.tx.queueSizes, [2, 2, 2, 2, 2, 2, 2, 9]);
});
