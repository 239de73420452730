import type { RawRole } from './stage.ts';

/** Where routers listen. */
export const ROUTER = '127.0.0.1:7447';

/** Raw nodes that dial the node under test. */
export function client(name: string, zid: string, more: Partial<RawRole> = {}): RawRole {
  return { name, zid, mode: 'client', ...more };
}

export function peer(name: string, zid: string, more: Partial<RawRole> = {}): RawRole {
  return { name, zid, mode: 'peer', ...more };
}

/** A raw router that is dialled. */
export function routerRaw(name: string): RawRole {
  return { name, zid: 'aa', mode: 'router', listen: ROUTER };
}

/** The link state of a peer, said by itself: OAM with its locator on 127.0.0.1. */
export function selfState(zid: string, sn: number, port: number): string {
  const locator = Buffer.from(`tcp/127.0.0.1:${port}`).toString('hex');
  return `df0121081d010700${sn.toString(16).padStart(2, '0')}01${zid}020113${locator}00`;
}

/** D_FINAL of a peer's first declarations. */
export const DECLARED_ALL = 'be0021081a';
