import type { Reader, Writer } from '../../base/index.ts';
import { Z } from '../core/extension.ts';
import { readLocators, writeLocators } from '../core/locator.ts';
import type { Locator } from '../core/locator.ts';
import { whatAmICode, whatAmIOf } from '../core/whatami.ts';
import type { WhatAmI } from '../core/whatami.ts';
import { readZidBytes, zidNibble } from '../core/zenoh-id.ts';
import type { ZenohId } from '../core/zenoh-id.ts';
import { ignoreExtensions } from './scout.ts';

export const HELLO = 0x02;

const L = 0x20;

/**
 * HELLO answers a Scout: who the node is and where it can be reached.
 *
 *     header 0x02 | version u8 | zid size - 1 (4 bits), 0 0, role code (2 bits) | zid | locators if L | extensions if Z,
 *     L 0x20 locators present                                                                          all ignored
 */
export interface Hello {
  readonly id: typeof HELLO;
  readonly version: number;
  readonly whatami: WhatAmI;
  readonly zid: ZenohId;
  /** Without those that could not be understood. */
  readonly locators: readonly Locator[];
}

export function encodeHello(w: Writer, m: Hello): void {
  w.u8(HELLO | (m.locators.length > 0 ? L : 0));
  w.u8(m.version);
  w.u8(zidNibble(m.zid) | whatAmICode(m.whatami));
  w.raw(m.zid.bytes);
  if (m.locators.length > 0) writeLocators(w, m.locators);
}

export function decodeHello(r: Reader, header: number): Hello {
  const version = r.u8();
  const flags = r.u8();
  const whatami = whatAmIOf(flags);
  const zid = readZidBytes(r, (flags >> 4) + 1);
  const locators = (header & L) !== 0 ? readLocators(r) : [];
  if ((header & Z) !== 0) ignoreExtensions(r);
  return { id: HELLO, version, whatami, zid, locators };
}
