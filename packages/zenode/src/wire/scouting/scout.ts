import type { Reader, Writer } from '../../base/index.ts';
import { EXT_MORE, Z, skipExtensionBody } from '../core/extension.ts';
import type { WhatAmIMatcher } from '../core/whatami.ts';
import { readZidBytes, zidNibble } from '../core/zenoh-id.ts';
import type { ZenohId } from '../core/zenoh-id.ts';

export const SCOUT = 0x01;
/** The version of the protocol in Scout, Hello, Init and Join. */
export const VERSION = 0x09;

const I = 0x08;

/**
 * SCOUT asks who is there: every node whose role is in `what` answers with a Hello.
 *
 *     header 0x01 | version u8 | zid size - 1 (4 bits), I 0x08, what (3 bits) | zid if I | extensions if Z, all ignored
 */
export interface Scout {
  readonly id: typeof SCOUT;
  readonly version: number;
  /** Roles that should answer; 0 asks nobody. */
  readonly what: WhatAmIMatcher;
  readonly zid: ZenohId | undefined;
}

export function encodeScout(w: Writer, m: Scout): void {
  w.u8(SCOUT);
  w.u8(m.version);
  w.u8((m.what & 7) | (m.zid ? I | zidNibble(m.zid) : 0));
  if (m.zid) w.raw(m.zid.bytes);
}

export function decodeScout(r: Reader, header: number): Scout {
  const version = r.u8();
  const flags = r.u8();
  const zid = (flags & I) !== 0 ? readZidBytes(r, (flags >> 4) + 1) : undefined;
  if ((header & Z) !== 0) ignoreExtensions(r);
  return { id: SCOUT, version, what: flags & 7, zid };
}

/** Scouting ignores all extensions, even mandatory ones. */
export function ignoreExtensions(r: Reader): void {
  for (let more = true; more;) {
    const ext = r.u8();
    more = (ext & EXT_MORE) !== 0;
    skipExtensionBody(r, ext);
  }
}
