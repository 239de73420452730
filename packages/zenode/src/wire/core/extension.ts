import { CodecError, copyInto } from '../../base/index.ts';
import type { Reader, Writer } from '../../base/index.ts';

/*
 * An extension: |more|ENC|M|  ID   |, then nothing, an integer, or a length and bytes.
 * It is known by all its bits but `more`: another ENC or M makes another extension.
 */

/** The five bits of a header byte that tell the message. */
export const ID_MASK = 0x1f;
/** In every header byte: extensions follow. */
export const Z = 0x80;

/** Another extension follows. */
export const EXT_MORE = 0x80;
/** A receiver that does not know it must refuse the message. */
export const EXT_MANDATORY = 0x10;
export const ENC_MASK = 0x60;
export const ENC_UNIT = 0x00;
export const ENC_Z64 = 0x20;
export const ENC_ZBUF = 0x40;

/** Moves past the value of an extension whose header byte has been read. */
export function skipExtensionBody(r: Reader, ext: number): void {
  switch (ext & ENC_MASK) {
    case ENC_UNIT:
      return;
    case ENC_Z64:
      r.z64();
      return;
    case ENC_ZBUF:
      r.skip(r.z32());
      return;
    default:
      throw new CodecError('extension has the reserved encoding 3');
  }
}

/** Moves past an extension that is not known in `where`. @throws CodecError if it is mandatory */
export function skipExtension(r: Reader, ext: number, where: string): void {
  if ((ext & EXT_MANDATORY) !== 0) {
    throw new CodecError(`${where}: mandatory extension 0x${(ext & ~EXT_MORE).toString(16)} is unknown`);
  }
  skipExtensionBody(r, ext);
}

/** Moves past a chain of extensions of a message that knows none. */
export function skipExtensions(r: Reader, where: string): void {
  for (let more = true; more;) {
    const ext = r.u8();
    more = (ext & EXT_MORE) !== 0;
    skipExtension(r, ext, where);
  }
}

/** Reads the length of a byte extension; returns where its body ends. Call `leaveExtension` with it. */
export function enterExtension(r: Reader): number {
  const size = r.z32();
  if (size > r.end - r.pos) throw new CodecError('extension is longer than its message');
  return r.pos + size;
}

/** Ignores what the body holds beyond the known fields. @throws CodecError if the fields were longer than the body */
export function leaveExtension(r: Reader, end: number): void {
  if (r.pos > end) throw new CodecError('fields of an extension are longer than the extension');
  r.pos = end;
}

export function writeExtUnit(w: Writer, id: number, more: boolean): void {
  w.u8(more ? id | EXT_MORE : id);
}

export function writeExtZ64(w: Writer, id: number, value: number, more: boolean): void {
  w.u8(more ? id | EXT_MORE : id);
  w.z(value);
}

export function writeExtBytes(w: Writer, id: number, value: Uint8Array, more: boolean): void {
  w.u8(more ? id | EXT_MORE : id);
  w.bytes(value);
}

/**
 * Optional extensions nobody here knows: kept as they came, so that they are passed on behind the known ones. The
 * bytes of all of them, each but the last with `EXT_MORE`.
 */
export type UnknownExtensions = Uint8Array | undefined;

/** Collects the extensions of one message that nobody here knows, in time and memory that grow with their bytes. */
export class KeptExtensions {
  /** Starts and ends; extensions side by side are one range. */
  readonly #ranges: number[] = [];
  #last = 0;

  /** Adds the one that `[start, end)` holds. */
  add(start: number, end: number): void {
    this.#last = start;
    if (this.#ranges.at(-1) === start) this.#ranges.pop();
    else this.#ranges.push(start);
    this.#ranges.push(end);
  }

  /** A copy of them out of the bytes of the message. */
  takeFrom(bytes: Uint8Array): Uint8Array {
    const ranges = this.#ranges;
    let size = 0;
    for (let i = 0; i < ranges.length; i += 2) size += ranges[i + 1]! - ranges[i]!;
    const all = new Uint8Array(size);
    let at = 0;
    for (let i = 0; i < ranges.length; i += 2) {
      copyInto(all, at, bytes, ranges[i]!, ranges[i + 1]!);
      at += ranges[i + 1]! - ranges[i]!;
    }
    // Only the last of the message may have been without the flag, and the last that is kept has none now.
    const last = at - (ranges.at(-1)! - this.#last);
    all[last]! &= ~EXT_MORE;
    return all;
  }
}
