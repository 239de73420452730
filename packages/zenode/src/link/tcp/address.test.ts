import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expandWildcard, formatAddress, isWildcard, parseAddress } from './address.ts';

const good: readonly (readonly [text: string, host: string, port: number])[] = [
  ['127.0.0.1:7447', '127.0.0.1', 7447],
  ['localhost:0', 'localhost', 0],
  ['example.org:65535', 'example.org', 65535],
  ['[::1]:7447', '::1', 7447],
  ['[fe80::1%eth0]:1', 'fe80::1%eth0', 1],
  ['[::]:7447', '::', 7447],
];
for (const [text, host, port] of good) {
  test(`address: ${text} is a host and a port`, () => {
    assert.deepEqual(parseAddress(text), { host, port });
    assert.equal(formatAddress(host, port), text);
  });
}

const wrong: readonly (readonly [text: string, what: RegExp])[] = [
  ['', /no port/],
  ['localhost', /no port/],
  [':7447', /no port/],
  ['localhost:', /port "" is not a number/],
  ['localhost:65536', /65536/],
  ['localhost:-1', /"-1"/],
  ['localhost:7x', /"7x"/],
  ['::1:7447', /needs brackets/],
  ['[::1:7447', /not closed/],
  ['[1.2.3.4]:1', /not an IPv6 address/],
];
for (const [text, what] of wrong) {
  test(`address: "${text}" is refused, and the message says why`, () => {
    assert.throws(() => parseAddress(text), { code: 'INVALID_ARGUMENT', message: what });
  });
}

test('address: a wildcard stands for addresses of its family, loopback only if there is nothing else', () => {
  assert.ok(isWildcard('0.0.0.0') && isWildcard('::') && !isWildcard('127.0.0.1'));
  const v4 = expandWildcard('0.0.0.0');
  assert.ok(v4.length > 0 && v4.every((one) => /^\d+\.\d+\.\d+\.\d+$/.test(one)));
  if (v4.length > 1) assert.ok(!v4.includes('127.0.0.1'));
  assert.ok(expandWildcard('::').every((one) => !one.startsWith('fe80:')));
});
