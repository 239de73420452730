import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Reader } from '../../base/index.ts';
import { encoded } from '../../testing/index.ts';
import * as arb from '../arbitraries.test.ts';
import { Endpoint, Locator, LocatorParameters, readLocators, writeLocators } from '../index.ts';

for (const [text, protocol, address, canonical] of [
  ['tcp/127.0.0.1:7447', 'tcp', '127.0.0.1:7447', 'tcp/127.0.0.1:7447'],
  ['udp/[::1]:7447?prio=6-7;rel=0', 'udp', '[::1]:7447', 'udp/[::1]:7447?prio=6-7;rel=0'],
  ['udp/localhost:7447?b=2;a=1#z=9;c=8', 'udp', 'localhost:7447', 'udp/localhost:7447?a=1;b=2#c=8;z=9'],
  ['unixsock-stream/run/z.sock', 'unixsock-stream', 'run/z.sock', 'unixsock-stream/run/z.sock'],
  ['unixsock-stream//run/z.sock', 'unixsock-stream', '/run/z.sock', 'unixsock-stream//run/z.sock'],
  ['udp/a:1?;;x=1;;', 'udp', 'a:1', 'udp/a:1?x=1'],
  ['udp/a:1?x=;y', 'udp', 'a:1', 'udp/a:1?x;y'],
  ['udp/a:1#k=a=b/c', 'udp', 'a:1', 'udp/a:1#k=a=b/c'],
] as const) {
  test(`endpoint: ${text}`, () => {
    const e = Endpoint.parse(text);
    assert.equal(e.protocol, protocol);
    assert.equal(e.address, address);
    assert.equal(e.toString(), canonical);
    assert.ok(Endpoint.parse(canonical).equals(e));
  });
}

for (const [text, message] of [
  ['', /no "\/"/],
  ['/', /protocol is empty/],
  ['?', /no "\/"/],
  ['#', /no "\/"/],
  ['udp', /no "\/"/],
  ['/udp', /protocol is empty/],
  ['udp/', /address is empty/],
  ['udp?', /no "\/"/],
  ['udp#', /no "\/"/],
  ['udp/a:1?', /metadata behind "\?" is empty/],
  ['udp/a:1#', /config behind "#" is empty/],
  ['udp/a:1?#', /metadata behind "\?" is empty/],
  ['udp/a:1?#c=1', /metadata behind "\?" is empty/],
  ['udp/a:1#c=1?m=1', /"\?" comes behind "#"/],
  ['udp?x=1', /no "\/"/],
  ['udp?x=a/b', /no "\/"/],
  ['?a=1#b', /no "\/"/],
] as const) {
  test(`endpoint: "${text}" is refused, and what is wrong is told`, () => {
    assert.throws(() => Endpoint.parse(text), { code: 'INVALID_ARGUMENT', message });
    assert.throws(() => Endpoint.parse(text), { message: /^Endpoints must be of the form <protocol>\/<address>/ });
  });
}

for (const text of ['udp/a:1?;;;', 'udp/a:1#=1', 'udp/a:1?=1']) {
  test(`endpoint: "${text}" has no parameter`, () => {
    const message = `Endpoint metadata and config must contain at least one valid parameter with a non-empty key: ${text}`;
    assert.throws(() => Endpoint.parse(text), { code: 'INVALID_ARGUMENT', message });
  });
}

test('endpoint: its locator has no config', () => {
  const e = Endpoint.parse('tcp/h:1?rel=1#iface=eth0;so_sndbuf=1');
  assert.equal(e.locator.toString(), 'tcp/h:1?rel=1');
  assert.equal(e.config.get('iface'), 'eth0');
  assert.equal(e.metadata.get('rel'), '1');
  assert.deepEqual(new LocatorParameters([['k', 'a|b']]).values('k'), ['a', 'b']);
  assert.equal(e.metadata.with({ prio: '1-3', rel: undefined }).toString(), 'prio=1-3');
});

test('locator: config and more than 255 bytes are refused', () => {
  assert.throws(() => Locator.parse('tcp/h:1#iface=eth0'), { code: 'INVALID_ARGUMENT', message: /config/ });
  assert.equal(Locator.parse(`tcp/${'a'.repeat(251)}`).toString().length, 255);
  assert.throws(() => Locator.parse(`tcp/${'a'.repeat(252)}`), {
    code: 'INVALID_ARGUMENT',
    message: 'Endpoint too big: 256 bytes. Max: 255 bytes. ',
  });
});

test('locator: any list survives', () => {
  fc.assert(
    fc.property(fc.array(arb.locator, { maxLength: 5 }), (locators) => {
      const back = readLocators(new Reader(encoded(writeLocators, locators)));
      assert.deepEqual(back.map(String), locators.map(String));
    }),
  );
});

test('locator: any text parses to something canonical, or is refused', () => {
  const some = fc.string({ unit: fc.constantFrom('a', 'b', '/', '?', '#', ';', '=', '1', 'é') });
  fc.assert(
    fc.property(some, (text) => {
      let canonical: string;
      try {
        canonical = Endpoint.parse(text).toString();
      } catch (error) {
        assert.equal((error as { code: string }).code, 'INVALID_ARGUMENT');
        return;
      }
      assert.equal(Endpoint.parse(canonical).toString(), canonical);
    }),
    { numRuns: 5000 },
  );
});
