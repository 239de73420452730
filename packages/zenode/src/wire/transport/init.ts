import type { Reader, Writer } from '../../base/index.ts';
import { EXT_MORE, Z, skipExtension, writeExtBytes, writeExtUnit, writeExtZ64 } from '../core/extension.ts';
import { RESOLUTION_DEFAULT } from '../core/resolution.ts';
import { whatAmICode, whatAmIOf } from '../core/whatami.ts';
import type { WhatAmI } from '../core/whatami.ts';
import { readZidBytes, zidNibble } from '../core/zenoh-id.ts';
import type { ZenohId } from '../core/zenoh-id.ts';

export const INIT = 0x01;

/** Size of a batch if none is said. */
export const BATCH_SIZE_DEFAULT = 65535;

const A = 0x20;
const S = 0x40;

const EXT_QOS = 0x01;
const EXT_QOS_LINK = 0x21;
const EXT_SHM = 0x42;
const EXT_AUTH = 0x43;
const EXT_MULTI_LINK = 0x44;
const EXT_LOW_LATENCY = 0x05;
const EXT_COMPRESSION = 0x06;
const EXT_PATCH = 0x27;
const EXT_REGION_NAME = 0x48;

/**
 * INIT is the first message of either side: who is there and what it offers (Syn), who answers and what is accepted (Ack).
 *
 *     header 0x01 | version u8 | zid size - 1 (4 bits), 0 0, role code (2 bits) | zid
 *       | resolution u8, batch size u16 little-endian if S | cookie <u8;z16> if A | extensions if Z
 *     A 0x20 Ack   S 0x40 resolution and batch size are not the defaults   Z 0x80 extensions
 */
export interface Init {
  readonly id: typeof INIT;
  readonly ack: boolean;
  readonly version: number;
  readonly whatami: WhatAmI;
  readonly zid: ZenohId;
  readonly resolution: number;
  readonly batchSize: number;
  /** Of an Ack; the initiator returns it in its Open. */
  readonly cookie: Uint8Array | undefined;
  readonly qos: boolean;
  /** Packed: see `unpackQosLink`. */
  readonly qosLink: number | undefined;
  /** For reading only: shared memory is never offered or accepted. */
  readonly shm: Uint8Array | undefined;
  /** A chain of its own: see `Auth`. */
  readonly auth: Uint8Array | undefined;
  readonly multiLink: Uint8Array | undefined;
  readonly lowLatency: boolean;
  readonly compression: boolean;
  /** 0 is not written. */
  readonly patch: number;
  /** UTF-8, as it came: the transport answers for its form. */
  readonly regionName: Uint8Array | undefined;
}

export function encodeInit(w: Writer, m: Init): void {
  const sized = m.resolution !== RESOLUTION_DEFAULT || m.batchSize !== BATCH_SIZE_DEFAULT;
  let exts =
    (m.qos ? 1 : 0) +
    (m.qosLink !== undefined ? 1 : 0) +
    (m.shm ? 1 : 0) +
    (m.auth ? 1 : 0) +
    (m.multiLink ? 1 : 0) +
    (m.lowLatency ? 1 : 0) +
    (m.compression ? 1 : 0) +
    (m.patch !== 0 ? 1 : 0) +
    (m.regionName ? 1 : 0);
  w.u8(INIT | (m.ack ? A : 0) | (sized ? S : 0) | (exts ? Z : 0));
  w.u8(m.version);
  w.u8(zidNibble(m.zid) | whatAmICode(m.whatami));
  w.raw(m.zid.bytes);
  if (sized) {
    w.u8(m.resolution);
    w.u16le(m.batchSize);
  }
  if (m.ack) w.bytes(m.cookie ?? NO_COOKIE);
  if (m.qos) writeExtUnit(w, EXT_QOS, --exts > 0);
  if (m.qosLink !== undefined) writeExtZ64(w, EXT_QOS_LINK, m.qosLink, --exts > 0);
  if (m.shm) writeExtBytes(w, EXT_SHM, m.shm, --exts > 0);
  if (m.auth) writeExtBytes(w, EXT_AUTH, m.auth, --exts > 0);
  if (m.multiLink) writeExtBytes(w, EXT_MULTI_LINK, m.multiLink, --exts > 0);
  if (m.lowLatency) writeExtUnit(w, EXT_LOW_LATENCY, --exts > 0);
  if (m.compression) writeExtUnit(w, EXT_COMPRESSION, --exts > 0);
  if (m.patch !== 0) writeExtZ64(w, EXT_PATCH, m.patch, --exts > 0);
  if (m.regionName) writeExtBytes(w, EXT_REGION_NAME, m.regionName, --exts > 0);
}

export function decodeInit(r: Reader, header: number): Init {
  const ack = (header & A) !== 0;
  const version = r.u8();
  const flags = r.u8();
  const whatami = whatAmIOf(flags);
  const zid = readZidBytes(r, (flags >> 4) + 1);
  let resolution = RESOLUTION_DEFAULT;
  let batchSize = BATCH_SIZE_DEFAULT;
  if ((header & S) !== 0) {
    resolution = r.u8() & 0x0f;
    batchSize = r.u16le();
  }
  const cookie = ack ? r.raw(r.z16()) : undefined;
  let qos = false;
  let qosLink: number | undefined;
  let shm: Uint8Array | undefined;
  let auth: Uint8Array | undefined;
  let multiLink: Uint8Array | undefined;
  let lowLatency = false;
  let compression = false;
  let patch = 0;
  let regionName: Uint8Array | undefined;
  for (let more = (header & Z) !== 0; more;) {
    const ext = r.u8();
    more = (ext & EXT_MORE) !== 0;
    switch (ext & ~EXT_MORE) {
      case EXT_QOS:
        qos = true;
        break;
      case EXT_QOS_LINK:
        qosLink = r.z53();
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
      case EXT_LOW_LATENCY:
        lowLatency = true;
        break;
      case EXT_COMPRESSION:
        compression = true;
        break;
      case EXT_PATCH:
        patch = r.z53();
        break;
      case EXT_REGION_NAME:
        regionName = r.bytes();
        break;
      default:
        skipExtension(r, ext, 'INIT');
    }
  }
  return {
    id: INIT,
    ack,
    version,
    whatami,
    zid,
    resolution,
    batchSize,
    cookie,
    qos,
    qosLink,
    shm,
    auth,
    multiLink,
    lowLatency,
    compression,
    patch,
    regionName,
  };
}

const NO_COOKIE = new Uint8Array(0);
