import { vleLength } from '../../base/index.ts';
import type { Reader, Writer } from '../../base/index.ts';
import { EXT_MORE, enterExtension, leaveExtension } from './extension.ts';
import { checkZidBytes, readZidBytes, zidNibble } from './zenoh-id.ts';
import type { ZenohId } from './zenoh-id.ts';

/** Identifier of an entity in the whole network. */
export interface EntityGlobalId {
  readonly zid: ZenohId;
  readonly eid: number;
}

/** Sender and number of a sample or query. */
export interface SourceInfo {
  readonly sourceId: EntityGlobalId;
  readonly sourceSn: number;
}

/*
 * |len-1|0 0 0 0|  zid  |  eid z32  |, and for SourceInfo | sn z32 |
 */

export function writeExtEntity(w: Writer, id: number, entity: EntityGlobalId, more: boolean): void {
  w.u8(more ? id | EXT_MORE : id);
  w.z(entitySize(entity));
  writeEntity(w, entity);
}

export function readExtEntity(r: Reader): EntityGlobalId {
  const end = enterExtension(r);
  const entity = readEntity(r);
  leaveExtension(r, end);
  return entity;
}

export function writeExtSourceInfo(w: Writer, id: number, info: SourceInfo, more: boolean): void {
  w.u8(more ? id | EXT_MORE : id);
  w.z(entitySize(info.sourceId) + vleLength(info.sourceSn));
  writeEntity(w, info.sourceId);
  w.z(info.sourceSn);
}

export function readExtSourceInfo(r: Reader): SourceInfo {
  const end = enterExtension(r);
  const sourceId = readEntity(r);
  const sourceSn = r.z32t();
  leaveExtension(r, end);
  return { sourceId, sourceSn };
}

/** The checks of `readExtSourceInfo`, without building anything. */
export function checkExtSourceInfo(r: Reader): void {
  const end = enterExtension(r);
  checkZidBytes(r, (r.u8() >> 4) + 1);
  r.z64();
  r.z64();
  leaveExtension(r, end);
}

function entitySize(entity: EntityGlobalId): number {
  return 1 + entity.zid.bytes.length + vleLength(entity.eid);
}

function writeEntity(w: Writer, entity: EntityGlobalId): void {
  w.u8(zidNibble(entity.zid));
  w.raw(entity.zid.bytes);
  w.z(entity.eid);
}

function readEntity(r: Reader): EntityGlobalId {
  const zid = readZidBytes(r, (r.u8() >> 4) + 1);
  return { zid, eid: r.z32t() };
}
