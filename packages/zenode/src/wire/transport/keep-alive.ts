import type { Reader, Writer } from '../../base/index.ts';
import { Z, skipExtensions } from '../core/extension.ts';

export const KEEP_ALIVE = 0x04;

/** KEEP_ALIVE says that its sender is still there: `header 0x04 | extensions if Z, none known`. */
export interface KeepAlive {
  readonly id: typeof KEEP_ALIVE;
}

const KEEP: KeepAlive = { id: KEEP_ALIVE };

export function encodeKeepAlive(w: Writer, _m?: KeepAlive): void {
  w.u8(KEEP_ALIVE);
}

export function decodeKeepAlive(r: Reader, header: number): KeepAlive {
  if ((header & Z) !== 0) skipExtensions(r, 'KEEP_ALIVE');
  return KEEP;
}
