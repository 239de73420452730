import { CodecError } from '../../base/index.ts';
import type { Reader, Writer } from '../../base/index.ts';
import type { Locator } from '../core/locator.ts';
import { readLocators, writeLocators } from '../core/locator.ts';
import type { WhatAmI } from '../core/whatami.ts';
import type { ZenohId } from '../core/zenoh-id.ts';
import { readZid } from '../core/zenoh-id.ts';

const P = 0x01;
const W = 0x02;
const L = 0x04;
const H = 0x08;
const G = 0x10;

/**
 * What a node tells of itself or of another one, in the body of OAM 1.
 *
 *     options z | psid z | sn z | zid if P | whatami u8 if W | locators if L | links | weights if H
 *     P 0x01   W 0x02   L 0x04   H 0x08 weights present   G 0x10 the node is a gateway
 */
export interface LinkState {
  /** Number of the node as the sender counts; 0 is the sender. Chosen by a remote: never an index of an array. */
  readonly psid: number;
  readonly sn: number;
  readonly zid: ZenohId | undefined;
  readonly whatami: WhatAmI | undefined;
  readonly locators: readonly Locator[] | undefined;
  readonly gateway: boolean;
  /** Neighbours, by the numbers of the sender. */
  readonly links: readonly number[];
  /** Weight of each link, 0 for none. */
  readonly weights: readonly number[] | undefined;
}

export function encodeLinkStates(w: Writer, states: readonly LinkState[]): void {
  w.z(states.length);
  for (const s of states) {
    w.z((s.zid ? P : 0) | (s.whatami ? W : 0) | (s.locators ? L : 0) | (s.weights ? H : 0) | (s.gateway ? G : 0));
    w.z(s.psid);
    w.z(s.sn);
    if (s.zid) w.bytes(s.zid.bytes);
    if (s.whatami) w.u8(s.whatami);
    if (s.locators) writeLocators(w, s.locators);
    w.z(s.links.length);
    for (const link of s.links) w.z(link);
    if (s.weights) for (const weight of s.weights) w.z(weight);
  }
}

/** Bytes behind the last state are ignored. @throws CodecError */
export function decodeLinkStates(r: Reader): LinkState[] {
  const states: LinkState[] = [];
  for (let n = r.z53(); n > 0; n--) states.push(decodeLinkState(r));
  return states;
}

function decodeLinkState(r: Reader): LinkState {
  const options = r.z53();
  const psid = r.z53();
  const sn = r.z53();
  const zid = options & P ? readZid(r) : undefined;
  const whatami = options & W ? role(r.u8()) : undefined;
  const locators = options & L ? readLocators(r) : undefined;
  const links: number[] = [];
  for (let n = r.z53(); n > 0; n--) links.push(r.z53());
  let weights: number[] | undefined;
  if (options & H) {
    weights = [];
    for (let i = 0; i < links.length; i++) weights.push(r.z16t());
  }
  return { psid, sn, zid, whatami, locators, gateway: (options & G) !== 0, links, weights };
}

function role(byte: number): WhatAmI {
  if (byte === 1 || byte === 2 || byte === 4) return byte;
  throw new CodecError(`role ${byte} is unknown`);
}
