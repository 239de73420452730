import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { ZError } from '../../base/index.ts';

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** Reads `host:port` or `[v6]:port`. @throws ZError naming the part that is wrong */
export function parseAddress(address: string): HostPort {
  const at = address.lastIndexOf(':');
  if (at <= 0) throw bad(address, 'it has no port: write host:port or [v6]:port');
  const digits = address.slice(at + 1);
  const port = Number(digits);
  if (!/^\d{1,5}$/.test(digits) || port > 65535) throw bad(address, `port "${digits}" is not a number up to 65535`);
  let host = address.slice(0, at);
  if (host.startsWith('[')) {
    if (!host.endsWith(']')) throw bad(address, 'the bracket before the IPv6 address is not closed');
    host = host.slice(1, -1);
    if (!isIPv6(host.split('%')[0]!)) throw bad(address, `"${host}" is not an IPv6 address`);
  } else if (host.includes(':')) {
    throw bad(address, 'an IPv6 address needs brackets: [v6]:port');
  }
  return { host, port };
}

function bad(address: string, what: string): ZError {
  return new ZError('INVALID_ARGUMENT', `address "${address}": ${what}`);
}

export function formatAddress(host: string, port: number): string {
  return isIPv6(host.split('%')[0]!) ? `[${host}]:${port}` : `${host}:${port}`;
}

export function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

/**
 * Addresses that a wildcard listener can be reached at: those of the interfaces that are up, loopback left out unless there
 * is nothing else; link-local IPv6 addresses carry no scope that means anything elsewhere, so they are left out.
 */
export function expandWildcard(host: string): string[] {
  const outside: string[] = [];
  const loopback: string[] = [];
  for (const addresses of Object.values(networkInterfaces())) {
    for (const { address, family, internal } of addresses ?? []) {
      if (host === '0.0.0.0' && family !== 'IPv4') continue;
      if (family === 'IPv6' && address.startsWith('fe80:')) continue;
      (internal ? loopback : outside).push(address);
    }
  }
  return outside.length > 0 ? outside : loopback;
}
