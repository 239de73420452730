import { ZError, vleLength } from '../../base/index.ts';
import type { Reader, Writer } from '../../base/index.ts';
import { EXT_MORE, enterExtension, leaveExtension } from './extension.ts';
import { ZenohId, checkZid, readZid, writeZid } from './zenoh-id.ts';

const TWO_32 = 0x100000000;

/** Milliseconds since 1970 to NTP64: seconds in the upper half, fractions of 2^-32 s in the lower one. */
export function ntp64Lo(ms: number): number {
  const seconds = Math.floor(ms / 1000);
  return Math.min(Math.floor((ms - seconds * 1000) * (TWO_32 / 1000)), TWO_32 - 1);
}

/** Whole seconds and nanoseconds to NTP64. */
export function ntp64Of(seconds: number, nanos: number): bigint {
  return (BigInt(seconds) << 32n) | ((BigInt(nanos) << 32n) / 1_000_000_000n);
}

/** Nanoseconds of a fraction of 2^-32 s, rounded up, so that nanoseconds survive the way there and back. */
export function ntp64Nanos(lo: number): number {
  return Number((BigInt(lo) * 1_000_000_000n + 0xffffffffn) >> 32n);
}

/** A point in time and the node that said so. The 64 bits are held as two halves, and shown as a bigint on demand. */
export class Timestamp {
  /** Seconds since 1970. */
  readonly hi: number;
  /** Fraction of a second in 2^-32 s. */
  readonly lo: number;
  readonly id: ZenohId;

  /** @param hi and `lo` replace `ntp64`: see `Timestamp.of` */
  constructor(
    zid: ZenohId,
    ntp64: bigint,
    hi: number = Number(ntp64 >> 32n),
    lo: number = Number(ntp64 & 0xffffffffn),
  ) {
    if (hi < 0 || hi >= TWO_32) throw new ZError('INVALID_ARGUMENT', `time ${ntp64} does not fit 64 bits`);
    this.hi = hi;
    this.lo = lo;
    this.id = zid;
  }

  /** From two unsigned halves of 32 bits. */
  static of(hi: number, lo: number, id: ZenohId): Timestamp {
    return new Timestamp(id, 0n, hi, lo);
  }

  /**
   * Reads `<time>/<id>`, the time in decimal or as RFC 3339 in UTC.
   * @throws ZError `INVALID_ARGUMENT`, naming the part that is wrong
   */
  static parse(text: string): Timestamp {
    const slash = text.indexOf('/');
    if (slash < 0) throw new ZError('INVALID_ARGUMENT', `timestamp "${text}" has no "/" between time and id`);
    const time = text.slice(0, slash);
    const id = ZenohId.parseAnyCase(text.slice(slash + 1));
    const ntp64 = /^\+?\d+$/.test(time) ? BigInt(time.replace('+', '')) : ntp64OfRfc3339(time);
    if (ntp64 === undefined || ntp64 >= 1n << 64n) {
      throw new ZError(
        'INVALID_ARGUMENT',
        `time "${time}" of a timestamp is neither a 64 bit number nor RFC 3339 in UTC`,
      );
    }
    return new Timestamp(id, ntp64);
  }

  /** NTP64. */
  get time(): bigint {
    return (BigInt(this.hi) << 32n) | BigInt(this.lo);
  }

  getId(): ZenohId {
    return this.id;
  }

  getNtp64(): bigint {
    return this.time;
  }

  /** With fractions. */
  getMsSinceUnixEpoch(): number {
    return this.hi * 1000 + (this.lo / TWO_32) * 1000;
  }

  asDate(): Date {
    return new Date(this.getMsSinceUnixEpoch());
  }

  /** Order by time, then by id. */
  compare(other: Timestamp): number {
    return Math.sign(this.hi - other.hi || this.lo - other.lo) || this.id.compare(other.id);
  }

  equals(other: Timestamp): boolean {
    return this.compare(other) === 0;
  }

  /** `<time>/<id>`, time in decimal. */
  toString(): string {
    return `${this.time}/${this.id.toString()}`;
  }

  /** `<RFC 3339 time>/<id>` with nine digits of a second, for people: it loses a little. */
  toRfc3339(): string {
    const nanos = ntp64Nanos(this.lo);
    const seconds = this.hi + Math.floor(nanos / 1_000_000_000);
    const day = new Date(seconds * 1000).toISOString().slice(0, 19);
    return `${day}.${String(nanos % 1_000_000_000).padStart(9, '0')}Z/${this.id.toString()}`;
  }
}

function ntp64OfRfc3339(text: string): bigint | undefined {
  const parts = /^(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?(?:[Zz]|[+-]00:00)$/.exec(text);
  if (!parts) return undefined;
  const ms = Date.parse(`${parts[1]!.toUpperCase()}Z`);
  if (Number.isNaN(ms) || ms < 0) return undefined;
  return ntp64Of(ms / 1000, Number((parts[2] ?? '').padEnd(9, '0')));
}

/** As a field: time z64, id behind its length. */
export function writeTimestamp(w: Writer, t: Timestamp): void {
  w.z64(t.hi, t.lo);
  writeZid(w, t.id);
}

export function readTimestamp(r: Reader): Timestamp {
  const lo = r.z64();
  const hi = r.hi;
  return Timestamp.of(hi, lo, readZid(r));
}

/** The checks of `readTimestamp`, without building anything. */
export function checkTimestamp(r: Reader): void {
  r.z64();
  checkZid(r);
}

/** The timestamp extension of network messages. It is not the timestamp of a sample. */
export const EXT_TIMESTAMP = 0x42;

export function writeExtTimestamp(w: Writer, t: Timestamp, more: boolean): void {
  w.u8(more ? EXT_TIMESTAMP | EXT_MORE : EXT_TIMESTAMP);
  w.z(timestampSize(t));
  writeTimestamp(w, t);
}

export function readExtTimestamp(r: Reader): Timestamp {
  const end = enterExtension(r);
  const t = readTimestamp(r);
  leaveExtension(r, end);
  return t;
}

function z64Length(hi: number, lo: number): number {
  if (hi < 0x200000) return vleLength(hi * TWO_32 + lo);
  return hi >>> 24 === 0 ? 8 : 9;
}

/** Bytes that `writeTimestamp` writes. */
export function timestampSize(t: Timestamp): number {
  return z64Length(t.hi, t.lo) + 1 + t.id.bytes.length;
}
