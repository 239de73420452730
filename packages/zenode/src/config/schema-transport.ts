import {
  type Shape,
  U16,
  U32,
  U64,
  I64,
  bool,
  float,
  int,
  leaf,
  list,
  oneOf,
  opt,
  record,
  secret,
  section,
  text,
} from './shape.ts';
import { perMode } from './per-mode.ts';

const RESOLUTIONS = ['8bit', '16bit', '32bit', '64bit'];

const resolution = leaf('32bit', (value, at) => {
  const name = oneOf(RESOLUTIONS).read(value, at);
  if (name === '64bit') throw at.refuse('64bit is not allowed; use `8bit`, `16bit` or `32bit`');
  return name;
});

export const QUEUES: readonly string[] = [
  'control',
  'real_time',
  'interactive_high',
  'interactive_low',
  'data_high',
  'data',
  'data_low',
  'background',
];

const queueSizes = section(Object.fromEntries(QUEUES.map((name) => [name, int(U64, 2)])), {
  rule: (sizes) => {
    const wrong = Object.entries(sizes).find(([, size]) => !((size as number) >= 1 && (size as number) <= 16));
    return wrong && `\`${wrong[0]}\` is ${Number(wrong[1])}; a queue holds 1 to 16 batches`;
  },
});

const tx = section({
  sequence_number_resolution: resolution,
  lease: int(U64, 10_000),
  keep_alive: int(U64, 4),
  batch_size: int(U16, 65_535),
  queue: section({
    size: queueSizes,
    congestion_control: section({
      drop: section({
        wait_before_drop: int(I64, 1_000),
        max_wait_before_drop_fragments: int(I64, 50_000),
      }),
      block: section({ wait_before_close: int(I64, 5_000_000) }),
    }),
    batching: section({ enabled: bool(true), time_limit: int(U64, 1) }),
    allocation: section({ mode: oneOf(['lazy', 'init'], 'lazy') }),
  }),
  threads: opt(int(U64)),
});

const pem = opt(text());
const base64 = secret(opt(text()));

const tls = section({
  root_ca_certificate: pem,
  listen_private_key: pem,
  listen_certificate: pem,
  enable_mtls: opt(bool()),
  connect_private_key: pem,
  connect_certificate: pem,
  verify_name_on_connect: opt(bool()),
  close_link_on_expiration: opt(bool()),
  so_sndbuf: opt(int(U32)),
  so_rcvbuf: opt(int(U32)),
  root_ca_certificate_base64: base64,
  listen_private_key_base64: base64,
  listen_certificate_base64: base64,
  connect_private_key_base64: base64,
  connect_certificate_base64: base64,
});

const usrpwd = section(
  { user: opt(text()), password: opt(text()), dictionary_file: opt(text()) },
  {
    rule: ({ user, password }) => {
      if ((user === null) === (password === null)) return undefined;
      return user === null ? '`password` is set without `user`' : '`user` is set without `password`';
    },
  },
);

const nonZero: Shape = leaf(16_777_216, (value, at) => {
  const size = int(U64).read(value, at);
  if (size === 0) throw at.fail('invalid value: integer `0`, expected a nonzero usize');
  return size;
});

export const transport: Shape = section({
  unicast: section({
    open_timeout: int(U64, 10_000),
    accept_timeout: int(U64, 10_000),
    accept_pending: int(U64, 100),
    max_sessions: int(U64, 1_000),
    max_links: int(U64, 1),
    lowlatency: bool(false),
    qos: section({ enabled: bool(true) }),
    compression: section({ enabled: bool(false) }),
  }),
  multicast: section({
    join_interval: opt(int(U64)),
    max_sessions: opt(int(U64)),
    qos: section({ enabled: bool(false) }),
    compression: section({ enabled: bool(false) }),
  }),
  link: section({
    protocols: opt(list(text())),
    tx,
    rx: section({ buffer_size: int(U64, 65_535), max_message_size: int(U64, 1_073_741_824) }),
    tls,
    tcp: section({ so_sndbuf: opt(int(U32)), so_rcvbuf: opt(int(U32)) }),
    unixpipe: section({ file_access_mask: opt(int(U32)) }),
  }),
  shared_memory: section({
    enabled: bool(true),
    mode: oneOf(['lazy', 'init'], 'lazy'),
    transport_optimization: section({
      enabled: bool(true),
      pool_size: nonZero,
      message_size_threshold: int(U64, 3_072),
      messages: withFallback(list(oneOf(['put', 'delete', 'query', 'reply'])), ['put', 'query', 'reply']),
    }),
  }),
  auth: section({
    usrpwd,
    pubkey: section({
      public_key_pem: opt(text()),
      private_key_pem: opt(text()),
      public_key_file: opt(text()),
      private_key_file: opt(text()),
      key_size: opt(int(U64)),
      known_keys_file: opt(text()),
    }),
  }),
});

/** Waits between attempts. Set as a whole, and old keys inside are tolerated. */
export const retry: Shape = opt(
  record(
    {
      period_init_ms: opt(perMode(int(I64))),
      period_max_ms: opt(perMode(int(I64))),
      period_increase_factor: opt(perMode(float())),
    },
    { tolerant: true },
  ),
);

function withFallback(shape: Shape, fallback: string[]): Shape {
  return { ...shape, fallback: () => [...fallback] };
}
