import { vleLength } from '../../base/index.ts';
import type { Reader, Writer } from '../../base/index.ts';
import { EXT_MORE, Z, enterExtension, leaveExtension, skipExtension, writeExtZ64 } from '../core/extension.ts';
import { PRIORITIES } from '../core/qos.ts';
import { RESOLUTION_DEFAULT } from '../core/resolution.ts';
import { whatAmICode, whatAmIOf } from '../core/whatami.ts';
import type { WhatAmI } from '../core/whatami.ts';
import { readZidBytes, zidNibble } from '../core/zenoh-id.ts';
import type { ZenohId } from '../core/zenoh-id.ts';
import { readLease } from './open.ts';

export const JOIN = 0x07;

/** Size of a batch on multicast if none is said. */
export const MULTICAST_BATCH_SIZE_DEFAULT = 8192;

const T = 0x20; // not 0x40, as in Open
const S = 0x40;

const EXT_QOS = 0x51;
const EXT_PATCH = 0x27;

/** Next sequence numbers of the two channels of a priority. */
export interface NextSn {
  readonly reliable: number;
  readonly bestEffort: number;
}

/**
 * JOIN tells a multicast group again and again who is there and where its sequence numbers are.
 *
 *     header 0x07 | version u8 | zid size - 1 (4 bits), 0 0, role code (2 bits) | zid
 *       | resolution u8, batch size u16 little-endian if S | lease z64 | next sn reliable z32, best effort z32
 *       | extensions if Z: QoS, Patch
 *     T 0x20 lease in seconds   S 0x40 resolution and batch size are not the defaults   Z 0x80 extensions
 */
export interface Join {
  readonly id: typeof JOIN;
  readonly version: number;
  readonly whatami: WhatAmI;
  readonly zid: ZenohId;
  readonly resolution: number;
  readonly batchSize: number;
  readonly leaseMs: number;
  /** 0 and 0 if there is one pair for each priority. */
  readonly nextSn: NextSn;
  /** With QoS: one pair for each of the 8 priorities. */
  readonly qos: readonly NextSn[] | undefined;
  /** 0 is not written. */
  readonly patch: number;
}

export function encodeJoin(w: Writer, m: Join): void {
  const sized = m.resolution !== RESOLUTION_DEFAULT || m.batchSize !== MULTICAST_BATCH_SIZE_DEFAULT;
  const seconds = m.leaseMs % 1000 === 0;
  w.u8(JOIN | (seconds ? T : 0) | (sized ? S : 0) | (m.qos || m.patch !== 0 ? Z : 0));
  w.u8(m.version);
  w.u8(zidNibble(m.zid) | whatAmICode(m.whatami));
  w.raw(m.zid.bytes);
  if (sized) {
    w.u8(m.resolution);
    w.u16le(m.batchSize);
  }
  w.z(seconds ? m.leaseMs / 1000 : m.leaseMs);
  w.z(m.nextSn.reliable);
  w.z(m.nextSn.bestEffort);
  if (m.qos) writeExtQos(w, m.qos, m.patch !== 0);
  if (m.patch !== 0) writeExtZ64(w, EXT_PATCH, m.patch, false);
}

export function decodeJoin(r: Reader, header: number): Join {
  const version = r.u8();
  const flags = r.u8();
  const whatami = whatAmIOf(flags);
  const zid = readZidBytes(r, (flags >> 4) + 1);
  let resolution = RESOLUTION_DEFAULT;
  let batchSize = MULTICAST_BATCH_SIZE_DEFAULT;
  if ((header & S) !== 0) {
    resolution = r.u8() & 0x0f;
    batchSize = r.u16le();
  }
  const leaseMs = readLease(r, (header & T) !== 0);
  const nextSn = readNextSn(r);
  let qos: readonly NextSn[] | undefined;
  let patch = 0;
  for (let more = (header & Z) !== 0; more;) {
    const ext = r.u8();
    more = (ext & EXT_MORE) !== 0;
    switch (ext & ~EXT_MORE) {
      case EXT_QOS:
        qos = readExtQos(r);
        break;
      case EXT_PATCH:
        patch = r.z53();
        break;
      default:
        skipExtension(r, ext, 'JOIN');
    }
  }
  return { id: JOIN, version, whatami, zid, resolution, batchSize, leaseMs, nextSn, qos, patch };
}

function readNextSn(r: Reader): NextSn {
  const reliable = r.z32t();
  return { reliable, bestEffort: r.z32t() };
}

function writeExtQos(w: Writer, qos: readonly NextSn[], more: boolean): void {
  let size = 0;
  for (const { reliable, bestEffort } of qos) size += vleLength(reliable) + vleLength(bestEffort);
  w.u8(more ? EXT_QOS | EXT_MORE : EXT_QOS);
  w.z(size);
  for (const { reliable, bestEffort } of qos) {
    w.z(reliable);
    w.z(bestEffort);
  }
}

function readExtQos(r: Reader): NextSn[] {
  const end = enterExtension(r);
  const qos: NextSn[] = [];
  for (let i = 0; i < PRIORITIES; i++) qos.push(readNextSn(r));
  leaveExtension(r, end);
  return qos;
}
