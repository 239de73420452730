import { CodecError, vleLength } from '../../base/index.ts';
import type { Reader, Writer } from '../../base/index.ts';
import { EXT_MORE, enterExtension, leaveExtension } from './extension.ts';

/** Points of a message's way at which a record is added. */
export const STACK_SEND = 0x01;
export const STACK_ROUTE = 0x02;
export const STACK_RECEIVE = 0x04;
/** The time of a record is not in the form of a timestamp. */
export const STACK_CUSTOM = 0x80;
/** Records a stack has at most. */
export const STACK_MAX = 255;

export interface StackRecord {
  /** One point, and `STACK_CUSTOM` if so. */
  readonly flags: number;
  /** A timestamp as `writeTimestamp` writes it, or anything if custom. Nodes pass it on unread. */
  readonly time: Uint8Array;
}

/** When a message passed which point: an optional measurement of latency. */
export interface TimestampStack {
  /** At which points nodes add a record; not 0. */
  readonly flags: number;
  readonly records: readonly StackRecord[];
}

export const EXT_TIMESTAMP_STACK = 0x47;

export function writeExtTimestampStack(w: Writer, stack: TimestampStack, more: boolean): void {
  let size = 1 + vleLength(stack.records.length);
  for (const { time } of stack.records) size += 1 + vleLength(time.length) + time.length;
  w.u8(more ? EXT_TIMESTAMP_STACK | EXT_MORE : EXT_TIMESTAMP_STACK);
  w.z(size);
  w.u8(stack.flags);
  w.z(stack.records.length);
  for (const { flags, time } of stack.records) {
    w.u8(flags);
    w.bytes(time);
  }
}

export function readExtTimestampStack(r: Reader): TimestampStack {
  const end = enterExtension(r);
  const flags = r.u8();
  if (flags === 0) throw new CodecError('timestamp stack has no points');
  const count = r.z64();
  if (r.hi !== 0 || count > STACK_MAX) throw new CodecError('timestamp stack has more than 255 records');
  const records: StackRecord[] = [];
  for (let i = 0; i < count; i++) {
    const point = r.u8();
    records.push({ flags: point, time: r.raw(r.z53()) });
  }
  leaveExtension(r, end);
  return { flags, records };
}
