import type { Json } from './json.ts';
import { type Shape, U64, bool, float, int, leaf, list, oneOf, opt, record, required, section, text } from './shape.ts';
import { keyExpr, matcher, regionName, zid } from './values.ts';

/** Parts that look at single messages or remote nodes: items of lists, each refused as a whole when it is wrong. */

const some = (item: Shape): Shape => opt(list(item, { nonEmpty: true }));
const someOf = (item: Shape): Shape => required(list(item, { nonEmpty: true }));

const LINK_PROTOCOLS = ['tcp', 'udp', 'tls', 'quic', 'serial', 'unixpipe', 'unixsock-stream', 'vsock', 'ws'];
const PRIORITIES = ['real_time', 'interactive_high', 'interactive_low', 'data_high', 'data', 'data_low', 'background'];

const id = opt(text());
const interfaces = some(text());
const linkProtocols = some(oneOf(LINK_PROTOCOLS));
const flows = some(oneOf(['ingress', 'egress']));
const dataMessages = oneOf(['put', 'delete', 'query', 'reply']);

const congestionControl = opt(oneOf(['drop', 'block', 'block_first']));
const priorityName = oneOf(PRIORITIES);
const reliability = opt(oneOf(['best_effort', 'reliable']));

/** The name of a priority, or how far to move it: -7 to 7. */
const priorityChange = leaf(null, (value, at) => {
  if (typeof value !== 'number') return priorityName.read(value, at);
  const by = int([-1000, 1000]).read(value, at) as number;
  if (by > 7) throw at.fail('invalid priority increment (> +7)');
  if (by < -7) throw at.fail('invalid priority increment (< -7)');
  return by;
});

const payloadSize = leaf(null, (value, at) => {
  if (typeof value !== 'string') throw at.wrong(value, 'a range such as "0..1024"');
  if (!/^(?:\d+\.\.\d*|\.\.\d+)$/.test(value)) throw at.fail(`"${value}" is no range; write "a..b", "a.." or "..b"`);
  return value;
});

const publication = record(
  {
    key_exprs: someOf(keyExpr),
    config: required(
      record(
        {
          congestion_control: congestionControl,
          priority: opt(priorityName),
          express: opt(bool()),
          reliability,
          allowed_destination: opt(oneOf(['session_local', 'remote', 'any'])),
        },
        { tolerant: true },
      ),
    ),
  },
  { tolerant: true },
);

const network = record({
  id,
  zids: some(zid),
  interfaces,
  link_protocols: linkProtocols,
  messages: someOf(oneOf(['put', 'delete', 'query'])),
  key_exprs: some(keyExpr),
  overwrite: required(
    record(
      { congestion_control: congestionControl, priority: opt(priorityChange), express: opt(bool()) },
      { tolerant: true },
    ),
  ),
  flows,
  qos: opt(
    record(
      { congestion_control: congestionControl, priority: opt(priorityName), express: opt(bool()), reliability },
      { tolerant: true },
    ),
  ),
  payload_size: opt(payloadSize),
});

export const qos: Shape = section({ publication: list(publication), network: list(network) });

export const downsampling: Shape = list(
  record({
    id,
    interfaces,
    link_protocols: linkProtocols,
    messages: someOf(dataMessages),
    rules: someOf(record({ key_expr: required(keyExpr), freq: required(float()) })),
    flows,
  }),
);

export const lowPassFilter: Shape = list(
  record({
    id,
    interfaces,
    link_protocols: linkProtocols,
    flows,
    messages: someOf(dataMessages),
    key_exprs: someOf(keyExpr),
    size_limit: required(int(U64)),
  }),
);

const permission = oneOf(['allow', 'deny'], 'deny');

export const accessControl: Shape = section({
  enabled: bool(false),
  default_permission: permission,
  rules: opt(
    list(
      record({
        id: required(text()),
        key_exprs: someOf(keyExpr),
        messages: someOf(
          oneOf([
            'put',
            'delete',
            'declare_subscriber',
            'query',
            'declare_queryable',
            'reply',
            'liveliness_token',
            'declare_liveliness_subscriber',
            'liveliness_query',
          ]),
        ),
        flows,
        permission: required(permission),
      }),
    ),
  ),
  subjects: opt(
    list(
      record({
        id: required(text()),
        interfaces,
        cert_common_names: some(text()),
        usernames: some(text()),
        link_protocols: linkProtocols,
        zids: some(zid),
      }),
    ),
  ),
  policies: opt(list(record({ id, rules: required(list(text())), subjects: required(list(text())) }))),
});

const region = record({
  filters: opt(
    list(
      record({
        modes: opt(matcher({ nonEmpty: true })),
        interfaces,
        zids: some(zid),
        region_names: some(regionName),
        negated: bool(),
      }),
    ),
  ),
});

/** Which remote nodes are south of this one: `"auto"`, or a list of regions. */
const south = leaf('auto', (value, at): Json => {
  if (value === 'auto') return value;
  if (Array.isArray(value)) return list(region).read(value, at);
  throw at.fail('data did not match any variant of untagged enum GatewaySouthConf; use "auto" or a list of regions');
});

export const gateway: Shape = section({ south });

export const stats: Shape = section({ filters: list(record({ key: required(keyExpr) }, { tolerant: true })) });
