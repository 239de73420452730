import type { Reader, Writer } from '../../base/index.ts';
import { EXT_MORE, Z, skipExtension, writeExtBytes, writeExtUnit, writeExtZ64 } from '../core/extension.ts';

export const OPEN = 0x02;

const A = 0x20;
const T = 0x40;

const EXT_QOS = 0x01;
const EXT_SHM = 0x42;
const EXT_AUTH = 0x43;
const EXT_MULTI_LINK = 0x44;
const EXT_MULTI_LINK_ACK = 0x04;
const EXT_LOW_LATENCY = 0x05;
const EXT_COMPRESSION = 0x06;
const EXT_REMOTE_BOUND = 0x27;

/**
 * OPEN is the second message of either side: how long its sender promises not to be silent, and where it begins to count.
 *
 *     header 0x02 | lease z64 | initial sn z32 | cookie <u8;z> of a Syn | extensions if Z
 *     A 0x20 Ack   T 0x40 lease in seconds, otherwise in milliseconds   Z 0x80 extensions
 */
export interface Open {
  readonly id: typeof OPEN;
  readonly ack: boolean;
  readonly leaseMs: number;
  readonly initialSn: number;
  /** Of a Syn: the cookie of the Init Ack, byte for byte. */
  readonly cookie: Uint8Array | undefined;
  readonly qos: boolean;
  /** For reading only: shared memory is never offered or accepted. */
  readonly shm: Uint8Array | undefined;
  /** A chain of its own: see `Auth`. */
  readonly auth: Uint8Array | undefined;
  readonly multiLink: Uint8Array | undefined;
  readonly multiLinkAck: boolean;
  readonly lowLatency: boolean;
  readonly compression: boolean;
  /** On which side of the sender's gateway the receiver is: 0 north, 1 south; of the value only 8 bits are looked at. */
  readonly remoteBound: number | undefined;
}

export function encodeOpen(w: Writer, m: Open): void {
  let exts =
    (m.qos ? 1 : 0) +
    (m.shm ? 1 : 0) +
    (m.auth ? 1 : 0) +
    (m.multiLink ? 1 : 0) +
    (m.multiLinkAck ? 1 : 0) +
    (m.lowLatency ? 1 : 0) +
    (m.compression ? 1 : 0) +
    (m.remoteBound !== undefined ? 1 : 0);
  const seconds = m.leaseMs % 1000 === 0;
  w.u8(OPEN | (m.ack ? A : 0) | (seconds ? T : 0) | (exts ? Z : 0));
  w.z(seconds ? m.leaseMs / 1000 : m.leaseMs);
  w.z(m.initialSn);
  if (!m.ack) w.bytes(m.cookie ?? NO_COOKIE);
  if (m.qos) writeExtUnit(w, EXT_QOS, --exts > 0);
  if (m.shm) writeExtBytes(w, EXT_SHM, m.shm, --exts > 0);
  if (m.auth) writeExtBytes(w, EXT_AUTH, m.auth, --exts > 0);
  if (m.multiLink) writeExtBytes(w, EXT_MULTI_LINK, m.multiLink, --exts > 0);
  if (m.multiLinkAck) writeExtUnit(w, EXT_MULTI_LINK_ACK, --exts > 0);
  if (m.lowLatency) writeExtUnit(w, EXT_LOW_LATENCY, --exts > 0);
  if (m.compression) writeExtUnit(w, EXT_COMPRESSION, --exts > 0);
  if (m.remoteBound !== undefined) writeExtZ64(w, EXT_REMOTE_BOUND, m.remoteBound, --exts > 0);
}

export function decodeOpen(r: Reader, header: number): Open {
  const ack = (header & A) !== 0;
  const leaseMs = readLease(r, (header & T) !== 0);
  const initialSn = r.z32t();
  const cookie = ack ? undefined : r.raw(r.z53());
  let qos = false;
  let shm: Uint8Array | undefined;
  let auth: Uint8Array | undefined;
  let multiLink: Uint8Array | undefined;
  let multiLinkAck = false;
  let lowLatency = false;
  let compression = false;
  let remoteBound: number | undefined;
  for (let more = (header & Z) !== 0; more;) {
    const ext = r.u8();
    more = (ext & EXT_MORE) !== 0;
    switch (ext & ~EXT_MORE) {
      case EXT_QOS:
        qos = true;
        break;
      case EXT_SHM:
        shm = r.bytes();
        break;
      case EXT_AUTH:
        auth = r.bytes();
        break;
      case EXT_MULTI_LINK:
        multiLink = r.bytes();
        break;
      case EXT_MULTI_LINK_ACK:
        multiLinkAck = true;
        break;
      case EXT_LOW_LATENCY:
        lowLatency = true;
        break;
      case EXT_COMPRESSION:
        compression = true;
        break;
      case EXT_REMOTE_BOUND:
        remoteBound = r.z64() & 0xff;
        break;
      default:
        skipExtension(r, ext, 'OPEN');
    }
  }
  return {
    id: OPEN,
    ack,
    leaseMs,
    initialSn,
    cookie,
    qos,
    shm,
    auth,
    multiLink,
    multiLinkAck,
    lowLatency,
    compression,
    remoteBound,
  };
}

/** A lease in milliseconds; one that is longer than anyone lives is cut. */
export function readLease(r: Reader, seconds: boolean): number {
  const lease = r.z53();
  return seconds ? Math.min(lease, MAX_SECONDS) * 1000 : lease;
}

const MAX_SECONDS = Math.floor(Number.MAX_SAFE_INTEGER / 1000);
const NO_COOKIE = new Uint8Array(0);
