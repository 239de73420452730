import { withNames } from '../../base/index.ts';
import type { Names, Reader, Writer } from '../../base/index.ts';
import { Z, skipExtensions } from '../core/extension.ts';

export const CLOSE = 0x03;

const S = 0x20;

/** Why a link or transport is closed. Receivers accept any number. */
export const CloseReason: Names & {
  readonly GENERIC: 0;
  readonly UNSUPPORTED: 1;
  readonly INVALID: 2;
  readonly MAX_SESSIONS: 3;
  readonly MAX_LINKS: 4;
  readonly EXPIRED: 5;
  readonly UNRESPONSIVE: 6;
  readonly CONNECTION_TO_SELF: 7;
} = withNames({
  GENERIC: 0,
  UNSUPPORTED: 1,
  INVALID: 2,
  MAX_SESSIONS: 3,
  MAX_LINKS: 4,
  EXPIRED: 5,
  UNRESPONSIVE: 6,
  CONNECTION_TO_SELF: 7,
} as const);

/**
 * CLOSE ends the link it comes on, or the whole transport.
 *
 *     header 0x03 | reason u8 | extensions if Z, none known
 *     S 0x20 the whole transport
 */
export interface Close {
  readonly id: typeof CLOSE;
  readonly reason: number;
  readonly session: boolean;
}

export function encodeClose(w: Writer, m: Close): void {
  w.u8(CLOSE | (m.session ? S : 0));
  w.u8(m.reason);
}

export function decodeClose(r: Reader, header: number): Close {
  const reason = r.u8();
  if ((header & Z) !== 0) skipExtensions(r, 'CLOSE');
  return { id: CLOSE, reason, session: (header & S) !== 0 };
}
