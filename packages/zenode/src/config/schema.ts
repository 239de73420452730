import { type Json, copyJson, isObject } from './json.ts';
import { perMode } from './per-mode.ts';
import { accessControl, downsampling, gateway, lowPassFilter, qos, stats } from './schema-filters.ts';
import { retry, transport } from './schema-transport.ts';
import {
  I64,
  type Shape,
  U32,
  U64,
  bool,
  free,
  int,
  leaf,
  list,
  obsolete,
  oneOf,
  opt,
  record,
  required,
  section,
  text,
} from './shape.ts';
import {
  autoconnectStrategy,
  connectEndpoints,
  keyExpr,
  listenEndpoints,
  matcher,
  namespace,
  regionName,
  socketAddress,
  zid,
} from './values.ts';

const optBool = opt(bool());
const optMs = opt(int(U64));

const connect = section({
  timeout_ms: opt(perMode(int(I64))),
  endpoints: connectEndpoints,
  exit_on_failure: opt(perMode(bool())),
  retry,
});

const listen = section({
  timeout_ms: opt(perMode(int(I64))),
  endpoints: listenEndpoints({ router: ['tcp/[::]:7447'], peer: ['tcp/[::]:0'] }),
  exit_on_failure: opt(perMode(bool())),
  retry,
});

const scouting = section({
  timeout: optMs,
  delay: optMs,
  multicast: section({
    enabled: optBool,
    address: opt(socketAddress),
    interface: opt(text()),
    ttl: opt(int(U32)),
    autoconnect: opt(perMode(matcher())),
    autoconnect_strategy: opt(autoconnectStrategy),
    listen: opt(perMode(bool())),
  }),
  gossip: section({
    enabled: optBool,
    multihop: optBool,
    target: opt(perMode(matcher())),
    autoconnect: opt(perMode(matcher())),
    autoconnect_strategy: opt(autoconnectStrategy),
  }),
});

const weight = leaf(null, (value, at) => {
  const number = int([0, 0xffff]).read(value, at);
  if (number === 0) throw at.fail('invalid value: integer `0`, expected a nonzero u16');
  return number;
});

const routing = section({
  router: section({
    linkstate: section({
      transport_weights: list(record({ dst_zid: required(zid), weight: required(weight) }, { tolerant: true })),
    }),
    peers_failover_brokering: obsolete('routers need no brokering between peers any more'),
  }),
  peer: obsolete('peers have no routing modes any more'),
  interests: section({ timeout: optMs }),
});

const SEARCH_DIRS: Json = [
  { kind: 'current_exe_parent' },
  '.',
  '~/.zenoh/lib',
  '/opt/homebrew/lib',
  '/usr/local/lib',
  '/usr/lib',
];
const searchDir = record({ kind: required(oneOf(['path', 'current_exe_parent'])), value: opt(text()) });
const searchDirs: Shape = {
  ...list(leaf(null, (value, at) => (isObject(value) ? searchDir.read(value, at) : text().read(value, at)))),
  fallback: () => copyJson(SEARCH_DIRS),
};

/** Free JSON for each plugin. */
const plugins: Shape = leaf({}, (value, at) => {
  if (!isObject(value)) throw at.wrong(value, 'an object with one member per plugin');
  return copyJson(value, at.path);
});

/** The whole tree. */
export const SCHEMA: Shape = section({
  id: opt(zid),
  metadata: free(),
  mode: opt(oneOf(['router', 'peer', 'client'])),
  region_name: opt(regionName),
  gateway,
  connect,
  listen,
  open: section({ return_conditions: section({ connect_scouted: optBool, declares: optBool }) }),
  scouting,
  timestamping: section({ enabled: opt(perMode(bool())), drop_future_timestamp: optBool }),
  queries_default_timeout: optMs,
  routing,
  aggregation: section({ subscribers: list(keyExpr), publishers: list(keyExpr) }),
  qos,
  transport,
  adminspace: section({
    enabled: bool(false),
    permissions: section({ read: bool(true), write: bool(false) }),
  }),
  namespace: opt(namespace),
  downsampling,
  access_control: accessControl,
  low_pass_filter: lowPassFilter,
  stats,
  plugins_loading: section({ enabled: bool(false), search_dirs: searchDirs }),
  plugins,
});

/** Below these paths anything goes. */
export function isFree(path: string): boolean {
  return /^(?:plugins|metadata)(?:\/|$)/.test(path);
}
