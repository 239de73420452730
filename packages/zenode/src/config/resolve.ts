import { Endpoint, type WhatAmIMatcher, ZenohId, parseWhatAmI } from '../wire/index.ts';
import type { Config } from './config.ts';
import { ConfigError } from './error.ts';
import { type Json, type JsonObject, isObject } from './json.ts';
import { MODES, type Mode } from './per-mode.ts';
import { Picker } from './pick.ts';
import { type EndpointSettings, type Retry, endpointSettings } from './retry.ts';
import { transportSettings } from './resolve-transport.ts';
import type { AutoconnectStrategies, ConnectGroup, ConnectSettings, ListenSettings, Settings } from './settings.ts';
import { strategyTowards } from './values.ts';

const LISTEN_DEFAULTS: Readonly<Record<Mode, string>> = { router: 'tcp/[::]:7447', peer: 'tcp/[::]:0', client: '' };

/**
 * What a configuration means for a node.
 *
 * @param unset the mode of a configuration that names none: `peer` in general, `router` for the router daemon, `client`
 *   in browsers
 * @throws ConfigError if values contradict each other
 */
export function resolve(config: Config, unset: Mode = 'peer'): Settings {
  config.check();
  const mode = (config.get('mode') as Mode | null) ?? unset;
  const pick = new Picker(config, mode);
  const warnings = [...config.warnings];
  const id = pick.text('id');
  const client = mode === 'client';

  const target = matcher(pick.byMode<Json[]>('scouting/gossip/target', client ? [] : ['router', 'peer']));
  if ((target & parseWhatAmI('client')) !== 0) {
    throw new ConfigError('scouting/gossip/target', '"client" is not allowed as gossip target');
  }
  const autoconnect: Json[] = mode === 'router' ? [] : [...MODES];

  return {
    warnings,
    id: id === undefined ? undefined : ZenohId.parse(id),
    mode,
    whatami: parseWhatAmI(mode),
    metadata: pick.at('metadata'),
    regionName: pick.text('region_name'),
    namespace: pick.text('namespace'),
    gatewaySouth: pick.at('gateway/south'),
    queriesDefaultTimeoutMs: pick.number('queries_default_timeout', 10_000),
    connect: connectOf(pick),
    listen: listenOf(pick),
    open: {
      connectScouted: pick.bool('open/return_conditions/connect_scouted', true),
      declares: pick.bool('open/return_conditions/declares', true),
    },
    scouting: {
      timeoutMs: pick.number('scouting/timeout', 3_000),
      delayMs: pick.number('scouting/delay', 500),
      multicast: {
        enabled: pick.bool('scouting/multicast/enabled', true),
        address: pick.text('scouting/multicast/address') ?? '224.0.0.224:7446',
        interface: pick.text('scouting/multicast/interface') ?? 'auto',
        ttl: pick.number('scouting/multicast/ttl', 1),
        autoconnect: matcher(pick.byMode('scouting/multicast/autoconnect', autoconnect)),
        strategy: strategies(pick, 'scouting/multicast/autoconnect_strategy'),
        listen: pick.byMode('scouting/multicast/listen', true),
      },
      gossip: {
        enabled: pick.bool('scouting/gossip/enabled', true),
        multihop: pick.bool('scouting/gossip/multihop'),
        target,
        autoconnect: matcher(pick.byMode('scouting/gossip/autoconnect', autoconnect)),
        strategy: strategies(pick, 'scouting/gossip/autoconnect_strategy'),
      },
    },
    timestamping: {
      enabled: pick.byMode('timestamping/enabled', mode === 'router'),
      dropFutureTimestamp: pick.bool('timestamping/drop_future_timestamp'),
    },
    routing: {
      interestsTimeoutMs: pick.number('routing/interests/timeout', 10_000),
      transportWeights: pick.list('routing/router/linkstate/transport_weights').map((item) => {
        const { dst_zid: zid, weight } = item as { dst_zid: string; weight: number };
        return { zid: ZenohId.parse(zid), weight };
      }),
    },
    aggregation: {
      subscribers: pick.list('aggregation/subscribers') as string[],
      publishers: pick.list('aggregation/publishers') as string[],
    },
    qos: { publication: pick.list('qos/publication'), network: pick.list('qos/network') },
    transport: transportSettings(pick, warnings),
    auth: {
      usrpwd: {
        user: pick.text('transport/auth/usrpwd/user'),
        password: pick.text('transport/auth/usrpwd/password'),
        dictionaryFile: pick.text('transport/auth/usrpwd/dictionary_file'),
      },
      pubkey: {
        publicKeyPem: pick.text('transport/auth/pubkey/public_key_pem'),
        privateKeyPem: pick.text('transport/auth/pubkey/private_key_pem'),
        publicKeyFile: pick.text('transport/auth/pubkey/public_key_file'),
        privateKeyFile: pick.text('transport/auth/pubkey/private_key_file'),
        knownKeysFile: pick.text('transport/auth/pubkey/known_keys_file'),
      },
    },
    adminspace: {
      enabled: pick.bool('adminspace/enabled'),
      read: pick.bool('adminspace/permissions/read', true),
      write: pick.bool('adminspace/permissions/write'),
    },
    downsampling: pick.list('downsampling'),
    accessControl: {
      enabled: pick.bool('access_control/enabled'),
      defaultPermission: pick.text('access_control/default_permission') === 'allow' ? 'allow' : 'deny',
      rules: pick.optionalList('access_control/rules'),
      subjects: pick.optionalList('access_control/subjects'),
      policies: pick.optionalList('access_control/policies'),
    },
    lowPassFilter: pick.list('low_pass_filter'),
    statsFilters: pick.list('stats/filters'),
    pluginsLoading: {
      enabled: pick.bool('plugins_loading/enabled'),
      searchDirs: pick.list('plugins_loading/search_dirs'),
    },
    plugins: pick.at('plugins') as JsonObject,
  };
}

/** Where to connect, and how: asked again when `connect/endpoints` has been changed while the node runs. */
export function connectSettings(config: Config, mode: Mode): ConnectSettings {
  return connectOf(new Picker(config, mode));
}

function connectOf(pick: Picker): ConnectSettings {
  const timeout = pick.mode === 'client' ? 0 : -1;
  const common = {
    timeoutMs: pick.byMode('connect/timeout_ms', timeout),
    exitOnFailure: pick.byMode('connect/exit_on_failure', pick.mode === 'client'),
    retry: retry(pick, 'connect/retry'),
  };
  const groups = pick.byMode<Json[]>('connect/endpoints', []).map((item): ConnectGroup => {
    if (!isObject(item)) return { strategy: 'single', endpoints: [settingsOf(item, common)] };
    const { strategy, locators } = item as { strategy: 'allOf' | 'oneOf'; locators: string[] };
    return { strategy, endpoints: locators.map((locator) => settingsOf(locator, common)) };
  });
  return { ...common, groups, endpoints: groups.flatMap((group) => group.endpoints) };
}

function listenOf(pick: Picker): ListenSettings {
  const common = {
    timeoutMs: pick.byMode('listen/timeout_ms', 0),
    exitOnFailure: pick.byMode('listen/exit_on_failure', true),
    retry: retry(pick, 'listen/retry'),
  };
  const given = pick.byMode<Json[]>('listen/endpoints', []);
  return {
    ...common,
    endpoints: given.map((endpoint) => settingsOf(endpoint, common)),
    isDefault: given.length === 1 && given[0] === LISTEN_DEFAULTS[pick.mode],
  };
}

function settingsOf(endpoint: Json, common: { exitOnFailure: boolean; retry: Retry }): EndpointSettings {
  return endpointSettings(Endpoint.parse(endpoint as string), common);
}

function retry(pick: Picker, path: string): Retry {
  return {
    initMs: pick.byMode(`${path}/period_init_ms`, 1_000),
    maxMs: pick.byMode(`${path}/period_max_ms`, 4_000),
    factor: pick.byMode(`${path}/period_increase_factor`, 2),
  };
}

function matcher(roles: Json[]): WhatAmIMatcher {
  return roles.reduce<number>((bits, role) => bits | parseWhatAmI(role as string), 0);
}

function strategies(pick: Picker, path: string): AutoconnectStrategies {
  const value = pick.at(path);
  return {
    router: strategyTowards(value, pick.mode, 'router'),
    peer: strategyTowards(value, pick.mode, 'peer'),
    client: strategyTowards(value, pick.mode, 'client'),
  };
}
