import { type JsonObject, isObject, member } from './json.ts';
import type { Settings } from './settings.ts';

/** What this version does not do although the configuration asks for it. */
export interface Unsupported {
  /** Does not happen, and the node works without it. */
  readonly warnings: readonly string[];
  /** Would protect something: a node that went on without it would be open where it was meant to be closed. */
  readonly refusals: readonly string[];
}

/** Compares what is asked for with the parts that are there. A node with refusals must not start. */
export function checkSupported(settings: Settings): Unsupported {
  return {
    warnings: [...missing(settings)].map(([path, what]) => `${path}: ${what}`),
    refusals: [...unguarded(settings)].map(([path, what]) => `${path}: ${what}`),
  };
}

type Finding = readonly [path: string, what: string];

function* missing(settings: Settings): Generator<Finding> {
  const { scouting, transport, connect, qos, aggregation, adminspace } = settings;
  const { tls, tcp, multicast, tx } = transport;
  const not = 'is not supported yet and has no effect';

  if (connect.groups.some((group) => group.strategy === 'oneOf')) {
    const what = 'locator groups with strategy=oneOf are not implemented yet; falling back to current allOf behavior';
    yield ['connect/endpoints', what];
  }
  if (scouting.gossip.multihop) yield ['scouting/gossip/multihop', `gossip over several hops ${not}`];
  if (settings.gatewaySouth !== 'auto') yield ['gateway/south', `anything but "auto" ${not}`];
  if (settings.namespace !== undefined) yield ['namespace', `a namespace ${not}; keys are used as they are`];
  if (settings.routing.transportWeights.length > 0) {
    yield ['routing/router/linkstate/transport_weights', `weighting of links ${not}`];
  }
  if (aggregation.subscribers.length > 0) yield ['aggregation/subscribers', `aggregation ${not}`];
  if (aggregation.publishers.length > 0) yield ['aggregation/publishers', `aggregation ${not}`];
  if (qos.publication.length > 0) yield ['qos/publication', `overwriting QoS ${not}`];
  if (qos.network.length > 0) yield ['qos/network', `overwriting QoS ${not}`];
  if (settings.downsampling.length > 0) yield ['downsampling', `downsampling ${not}`];
  if (settings.statsFilters.length > 0) yield ['stats/filters', `statistics by key ${not}`];
  if (adminspace.enabled) yield ['adminspace/enabled', `the admin space ${not}`];
  for (const name of Object.keys(settings.plugins)) {
    if (!isRequired(settings.plugins, name)) yield [`plugins/${name}`, 'plugins are not loaded yet'];
  }

  if (transport.lowlatency) yield ['transport/unicast/lowlatency', `the low latency transport ${not}`];
  if (multicast.joinIntervalMs !== 2_500 || multicast.maxSessions !== 1_000 || multicast.qos || multicast.compression) {
    yield ['transport/multicast', `the multicast transport ${not}`];
  }
  if (tx.queueSizes.some((size) => size !== 2)) yield ['transport/link/tx/queue/size', `the size of queues ${not}`];
  if (tx.waitBeforeDropMs !== 1 || tx.maxWaitBeforeDropFragmentsMs !== 50) {
    yield ['transport/link/tx/queue/congestion_control/drop', `the time before a message is dropped ${not}`];
  }
  if (!tx.batching || tx.batchingTimeLimitMs !== 1)
    yield ['transport/link/tx/queue/batching', `tuning of batches ${not}`];
  if (transport.protocols !== undefined) yield ['transport/link/protocols', `choosing among protocols ${not}`];
  if (tcp.sendBuffer !== undefined) yield ['transport/link/tcp/so_sndbuf', `the size of socket buffers ${not}`];
  if (tcp.receiveBuffer !== undefined) yield ['transport/link/tcp/so_rcvbuf', `the size of socket buffers ${not}`];
  if (transport.unixpipeAccessMask !== undefined) yield ['transport/link/unixpipe', `the unixpipe link ${not}`];
  const pems = [tls.rootCaCertificate, tls.listenPrivateKey, tls.listenCertificate, tls.connectPrivateKey];
  if (
    [...pems, tls.connectCertificate].some((pem) => pem.file !== undefined || pem.base64 !== undefined) ||
    !tls.verifyNameOnConnect ||
    tls.closeLinkOnExpiration ||
    tls.sendBuffer !== undefined ||
    tls.receiveBuffer !== undefined
  ) {
    yield ['transport/link/tls', `the tls link ${not}`];
  }
}

function* unguarded(settings: Settings): Generator<Finding> {
  const { accessControl, auth, lowPassFilter, plugins, transport } = settings;
  const not = 'is not supported yet; a node without it would let everything through';
  if (accessControl.enabled) yield ['access_control/enabled', `access control ${not}`];
  if (lowPassFilter.length > 0) yield ['low_pass_filter', `filtering by size ${not}`];
  if (transport.tls.enableMtls) yield ['transport/link/tls/enable_mtls', `mutual TLS ${not}`];
  if (Object.values(auth.pubkey).some((value) => value !== undefined)) {
    yield ['transport/auth/pubkey', `authentication by public key ${not}`];
  }
  for (const name of Object.keys(plugins)) {
    if (isRequired(plugins, name)) yield [`plugins/${name}`, 'is required, and plugins are not loaded yet'];
  }
}

function isRequired(plugins: JsonObject, name: string): boolean {
  const plugin = member(plugins, name);
  return isObject(plugin) && member(plugin, '__required__') === true;
}
