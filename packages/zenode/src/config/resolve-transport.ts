import { ConfigError } from './error.ts';
import type { Picker } from './pick.ts';
import { QUEUES } from './schema-transport.ts';
import type { PemSource, TlsSettings, TransportSettings } from './settings.ts';

/** Smallest batch that other nodes agree to. */
const BATCH_MIN = 64;

/** @throws ConfigError if values contradict each other */
export function transportSettings(pick: Picker, warnings: string[]): TransportSettings {
  const tx = 'transport/link/tx';
  const control = `${tx}/queue/congestion_control`;
  const qos = pick.bool('transport/unicast/qos/enabled', true);
  const lowlatency = pick.bool('transport/unicast/lowlatency');
  if (qos && lowlatency) throw new ConfigError('transport/unicast', "'qos' and 'lowlatency' options are incompatible");

  const atLeast = (path: string, least: number): number => {
    const value = pick.number(path);
    if (value >= least) return value;
    warnings.push(`${path}: ${value} is below the limit ${least}; ${least} is used`);
    return least;
  };
  const resolution = pick.text(`${tx}/sequence_number_resolution`);

  return {
    openTimeoutMs: pick.number('transport/unicast/open_timeout'),
    acceptTimeoutMs: pick.number('transport/unicast/accept_timeout'),
    acceptPending: pick.number('transport/unicast/accept_pending'),
    maxSessions: pick.number('transport/unicast/max_sessions'),
    maxLinks: pick.number('transport/unicast/max_links'),
    lowlatency,
    qos,
    compression: pick.bool('transport/unicast/compression/enabled'),
    multicast: {
      joinIntervalMs: pick.number('transport/multicast/join_interval', 2_500),
      maxSessions: pick.number('transport/multicast/max_sessions', 1_000),
      qos: pick.bool('transport/multicast/qos/enabled'),
      compression: pick.bool('transport/multicast/compression/enabled'),
    },
    protocols: pick.optionalList('transport/link/protocols') as readonly string[] | undefined,
    tx: {
      snResolution: resolution === '8bit' ? 0 : resolution === '16bit' ? 1 : 2,
      leaseMs: pick.number(`${tx}/lease`),
      keepAlive: atLeast(`${tx}/keep_alive`, 1),
      batchSize: atLeast(`${tx}/batch_size`, BATCH_MIN),
      queueSizes: QUEUES.map((name) => pick.number(`${tx}/queue/size/${name}`)),
      waitBeforeDropMs: pick.number(`${control}/drop/wait_before_drop`) / 1000,
      maxWaitBeforeDropFragmentsMs: pick.number(`${control}/drop/max_wait_before_drop_fragments`) / 1000,
      waitBeforeCloseMs: pick.number(`${control}/block/wait_before_close`) / 1000,
      batching: pick.bool(`${tx}/queue/batching/enabled`, true),
      batchingTimeLimitMs: pick.number(`${tx}/queue/batching/time_limit`),
    },
    rx: {
      bufferSize: pick.number('transport/link/rx/buffer_size'),
      maxMessageSize: pick.number('transport/link/rx/max_message_size'),
    },
    tls: tlsSettings(pick),
    tcp: {
      sendBuffer: pick.optional('transport/link/tcp/so_sndbuf'),
      receiveBuffer: pick.optional('transport/link/tcp/so_rcvbuf'),
    },
    unixpipeAccessMask: pick.optional('transport/link/unixpipe/file_access_mask'),
  };
}

function tlsSettings(pick: Picker): TlsSettings {
  const tls = 'transport/link/tls';
  const pem = (name: string): PemSource => {
    const file = pick.text(`${tls}/${name}`);
    const base64 = pick.text(`${tls}/${name}_base64`);
    if (file !== undefined && base64 !== undefined) {
      const why = `Only one between '${name}' and '${name}_base64' can be present!`;
      throw new ConfigError(tls, `Some protocols reported configuration errors:\r\n\tTls: ${why}`);
    }
    return file !== undefined ? { file } : base64 !== undefined ? { base64 } : {};
  };
  return {
    rootCaCertificate: pem('root_ca_certificate'),
    listenPrivateKey: pem('listen_private_key'),
    listenCertificate: pem('listen_certificate'),
    connectPrivateKey: pem('connect_private_key'),
    connectCertificate: pem('connect_certificate'),
    enableMtls: pick.bool(`${tls}/enable_mtls`),
    verifyNameOnConnect: pick.bool(`${tls}/verify_name_on_connect`, true),
    closeLinkOnExpiration: pick.bool(`${tls}/close_link_on_expiration`),
    sendBuffer: pick.optional(`${tls}/so_sndbuf`),
    receiveBuffer: pick.optional(`${tls}/so_rcvbuf`),
  };
}
