/** Widths of sequence numbers and request ids, as two bits: 0 = 8 bit, 1 = 16, 2 = 32, 3 = 64. */
export type Width = 0 | 1 | 2 | 3;

/** 32 bits for both. */
export const RESOLUTION_DEFAULT = 0x0a;

/** The resolution byte, `|0 0 0 0|request id|frame sn|`. */
export function resolutionOf(frameSn: Width, requestId: Width): number {
  return frameSn | (requestId << 2);
}

export function frameSnWidth(resolution: number): Width {
  return (resolution & 3) as Width;
}

export function requestIdWidth(resolution: number): Width {
  return ((resolution >> 2) & 3) as Width;
}

/** Largest sequence number of a width. The widest is counted with 32 bits, as everywhere. */
export function snMask(width: Width): number {
  return width === 0 ? 0x7f : width === 1 ? 0x3fff : width === 2 ? 0x0fffffff : 0xffffffff;
}

/** The narrower of both, field by field: what two nodes agree on. */
export function minResolution(a: number, b: number): number {
  return resolutionOf(
    Math.min(frameSnWidth(a), frameSnWidth(b)) as Width,
    Math.min(requestIdWidth(a), requestIdWidth(b)) as Width,
  );
}
