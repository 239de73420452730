import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, test } from 'node:test';
import { Reader } from '../base/index.ts';
import { bytesOf, hex, push, type RemoteFace, RoutingNode } from '../testing/index.ts';
import {
  builders,
  decodeNetworkMessage,
  type NetworkMessage,
  PUSH,
  type Push,
  Timestamp,
  ZenohId,
} from '../wire/index.ts';
import { SUBSCRIBER } from './primitives.ts';

function pushes(messages: readonly NetworkMessage[]): Push[] {
  return messages.filter((m) => m.id === PUSH);
}

/** Bytes of the head of a body, and of its payload. */
function bodyOf({ body }: Push): string {
  return `${hex(body.head, body.headStart, body.headEnd)} | ${hex(body.payload, body.payloadStart, body.payloadEnd)}`;
}

function timeOf({ body }: Push): string {
  return hex(body.head, body.timestampStart, body.timestampEnd);
}

const made = { ...builders };
afterEach(() => Object.assign(builders, made));

test('data: the matrix of who passes what on to whom (04 §4.2)', () => {
  const roles = ['session', 'client', 'peer', 'router'] as const;
  const whatami = { client: 4, peer: 2, router: 1 } as const;
  const rows: readonly (readonly [number, string, string])[] = [
    // What a router passes on: to other clients and sessions, and between them and peers. Other routers are mute.
    [1, 'session', 'client peer'],
    [1, 'client', 'session client peer'],
    [1, 'peer', 'session client'],
    [1, 'router', ''],
    // A peer never passes on between peers, or between peers and routers.
    [2, 'session', 'client peer router'],
    [2, 'client', 'session client peer router'],
    [2, 'peer', 'session client'],
    [2, 'router', 'session client'],
  ];
  for (const [us, from, expected] of rows) {
    const node = new RoutingNode({ whatami: us as 1 | 2, timestamping: false });
    const local = node.session();
    node.tables.declareEntity(local.face, SUBSCRIBER, 1, 'k', 0);
    const open = (role: 'client' | 'peer' | 'router'): RemoteFace => {
      const face = node.open(whatami[role]);
      face.declare(SUBSCRIBER, 1, 'k');
      face.declare(SUBSCRIBER, 2, 'k/**');
      if (role === 'peer') face.declareFinal(0);
      return face;
    };
    const others = { client: open('client'), peer: open('peer'), router: open('router') };
    for (const face of Object.values(others)) face.take();
    const reached = new Set<string>();
    if (from === 'session') {
      const { groups } = node.tables.data.route(node.tables.data.routed('k'), local.face.region);
      for (const { faces } of groups) {
        for (const [role, { face }] of Object.entries(others)) if (faces.includes(face)) reached.add(role);
      }
    } else {
      const source = open(from as 'client' | 'peer' | 'router');
      source.take();
      source.send(push('k'));
      assert.equal(pushes(source.take()).length, 0, 'nothing comes back');
      if (local.session.samples.length > 0) reached.add('session');
      for (const [role, face] of Object.entries(others)) {
        const count = pushes(face.take()).length;
        assert.ok(count <= 1, 'one copy, however many subscribers');
        if (count === 1) reached.add(role);
      }
    }
    assert.equal(roles.filter((role) => reached.has(role)).join(' '), expected, `${us} from ${from}`);
  }
});

test('data: to whoever has not told all yet, everything is sent; then what matches', () => {
  const node = new RoutingNode({ whatami: 2, timestamping: false });
  const [client, peer, router] = [node.open(4), node.open(2), node.open(1)];
  const reached = (): number[] => {
    client.send(push('k'));
    return [pushes(peer.take()).length, pushes(router.take()).length];
  };
  assert.deepEqual(reached(), [1, 1]);
  peer.declareFinal(0);
  assert.deepEqual(reached(), [0, 1]);
  peer.declare(SUBSCRIBER, 1, '*');
  assert.deepEqual(reached(), [1, 1]);
  peer.undeclare(SUBSCRIBER, 1);
  peer.close();
  assert.deepEqual(reached(), [0, 1]);
});

test('data: what is no key expression reaches nobody', () => {
  const node = new RoutingNode();
  const [source, other] = [node.open(4), node.open(4)];
  for (const key of ['**', 'q//a', 'a/**/**', '']) other.declare(SUBSCRIBER, key.length, key);
  other.take();
  source.send(push('q//a'), push('a/**/**'), push(''), push('/a'), push('a/'), push('a'));
  assert.equal(pushes(other.take()).length, 1);
});

test('data: a route is found anew when an alias or a subscriber changes', () => {
  const node = new RoutingNode({ timestamping: false });
  const [source, other] = [node.open(4), node.open(4)];
  other.declare(SUBSCRIBER, 1, 'a/b');
  const sent = (): unknown => {
    source.send(push('a/b'));
    return pushes(other.take()).map(({ wireExpr }) => `${wireExpr.scope} ${wireExpr.suffix} ${wireExpr.fromSender}`);
  };
  assert.deepEqual(sent(), ['0 a/b true']);
  other.declareAlias(4, 'a');
  assert.deepEqual(sent(), ['4 /b false']);
  other.undeclareAlias(4);
  assert.deepEqual(sent(), ['0 a/b true']);
  other.undeclare(SUBSCRIBER, 1);
  assert.deepEqual(sent(), []);
});

test('data: consecutive messages for the same faces arrive in their order, between others too', () => {
  const node = new RoutingNode({ timestamping: false });
  const [source, a, b] = [node.open(4), node.open(4), node.open(4)];
  a.declare(SUBSCRIBER, 1, 'k/**');
  b.declare(SUBSCRIBER, 1, 'k/2');
  const keys = ['k/1', 'k/1', 'k/2', 'k/1', 'k/2', 'k/2'];
  source.send(...keys.map((key, i) => push(key, String(i))));
  const seen = (face: RemoteFace): string[] => pushes(face.take()).map(({ wireExpr }) => wireExpr.suffix);
  assert.deepEqual(seen(a), keys);
  assert.deepEqual(seen(b), ['k/2', 'k/2', 'k/2']);
  // One stretch of equal destinations is one call.
  assert.equal(b.egress.raw.length, 2);
});

// ---- times

test('data: a router puts its time on a Put that has none, not on a Del, and only if somebody gets it (02 §14.4)', () => {
  const node = new RoutingNode();
  const [source, other] = [node.open(4), node.open(4)];
  source.send(push('nobody'));
  other.declare(SUBSCRIBER, 1, '**');
  source.send(push('a'));
  const [put] = pushes(other.take());
  assert.match(timeOf(put!), /^([89a-f][0-9a-f] ){8}[0-9a-f]{2} 01 aa$/);
  source.sendBytes(bytesOf('7d 00 01 61 02'));
  const [del] = pushes(other.take());
  assert.equal(timeOf(del!), '');
});

test('data: times grow, and take those of others into account', () => {
  const node = new RoutingNode();
  const [source, other] = [node.open(4), node.open(4)];
  other.declare(SUBSCRIBER, 1, '**');
  const seconds = Math.floor(node.scheduler.wallMs() / 1000);
  const ahead = Timestamp.of(seconds, 0x6000_0000, ZenohId.parse('33'));
  source.send(push('a'), push('a', 'x', { timestamp: ahead }), push('a'), push('a'));
  const times = pushes(other.take()).map((m) => decodeTime(timeOf(m)));
  assert.equal(times[1], ahead.time);
  assert.deepEqual(
    times,
    times.toSorted((a, b) => (a < b ? -1 : 1)),
  );
  assert.equal(new Set(times).size, 4);
});

function decodeTime(text: string): bigint {
  let value = 0n;
  for (const [i, b] of bytesOf(text).slice(0, 9).entries()) value |= BigInt(i === 8 ? b : b & 0x7f) << BigInt(7 * i);
  return value;
}

test('data: a time from the future is replaced, or its message dropped; the past and 300 ms are kept', () => {
  for (const dropFuture of [false, true]) {
    const node = new RoutingNode({ dropFuture });
    const [source, other] = [node.open(4), node.open(4)];
    other.declare(SUBSCRIBER, 1, '**');
    const now = node.scheduler.wallMs();
    const at = (ms: number): Timestamp => {
      const seconds = Math.floor((now + ms) / 1000);
      return Timestamp.of(seconds, Math.floor(((now + ms) / 1000 - seconds) * 0x1_0000_0000), ZenohId.parse('33'));
    };
    for (const [ms, kept] of [
      [-3_600_000, true],
      [300, true],
      [3_600_000, false],
    ] as const) {
      source.send(push('a', 'x', { timestamp: at(ms) }));
      const ids = pushes(other.take()).map((m) => timeOf(m).slice(-2));
      assert.deepEqual(ids, kept ? ['33'] : dropFuture ? [] : ['aa'], `${ms} ms`);
    }
  }
});

test('data: the payload and what follows the time stay as they are when a time is put in', () => {
  const rows = [
    '7d 00 01 61 01 02 68 69',
    '7d 00 01 61 41 02 01 31',
    '7d 00 01 61 c1 09 01 41 03 02 22 00 05 43 01 42 01 31',
  ];
  for (const row of rows) {
    const node = new RoutingNode();
    const [source, other] = [node.open(4), node.open(4)];
    other.declare(SUBSCRIBER, 1, '**');
    const sent = decodeNetworkMessage(new Reader(bytesOf(row))) as Push;
    const before = bodyOf(sent);
    source.sendBytes(bytesOf(row));
    const [m] = pushes(other.take());
    const after = bodyOf(m!);
    const header = (Number.parseInt(before.slice(0, 2), 16) | 0x20).toString(16).padStart(2, '0');
    assert.equal(after.replace(` ${timeOf(m!)}`, ''), `${header}${before.slice(2)}`);
  }
});

// ---- what is passed on is not read

interface Vector {
  readonly name: string;
  readonly hex: string;
}

/** Samples with extensions that nobody knows, as nodes wrote them. */
const unknown = (
  JSON.parse(readFileSync(new URL('../../test/vectors/network.json', import.meta.url), 'utf8')) as Vector[]
).filter(({ name }) => /^push\.\w+\.?unknown|^push\.unknown/.test(name));

test('data: a sample with unknown extensions arrives byte for byte where no times are put in', () => {
  assert.ok(unknown.length >= 3);
  for (const { hex: text } of unknown) {
    const node = new RoutingNode({ timestamping: false });
    const [source, other] = [node.open(4), node.open(4)];
    other.declare(SUBSCRIBER, 1, '**');
    source.sendBytes(bytesOf(text));
    assert.equal(hex(other.egress.raw.at(-1)!), hex(bytesOf(text)));
  }
});

test('data: where times are put in it is equal but for its time', () => {
  for (const { name, hex: text } of unknown) {
    // The same without the time that its router put in.
    const bare = name === 'push.unknown.z64' ? text.replace('a180d7eed7b68ec5826b0201aa', '81') : text;
    for (const sent of [text, bare]) {
      const node = new RoutingNode();
      const [source, other] = [node.open(4), node.open(4)];
      other.declare(SUBSCRIBER, 1, '**');
      const message = decodeNetworkMessage(new Reader(bytesOf(sent))) as Push;
      source.sendBytes(bytesOf(sent));
      const [m] = pushes(other.take());
      const without = (one: Push): string => {
        const body = bodyOf(one).replace(timeOf(one) === '' ? 'no time' : ` ${timeOf(one)}`, '');
        return (Number.parseInt(body.slice(0, 2), 16) & ~0x20) + body.slice(2);
      };
      assert.equal(without(m!), without(message));
    }
  }
});

test('data: a router passes on without building anything, times included', () => {
  const node = new RoutingNode();
  const [source, other] = [node.open(4), node.open(4)];
  other.declare(SUBSCRIBER, 1, '**');
  const { session, face } = node.session();
  node.tables.declareEntity(face, SUBSCRIBER, 1, 'a', 0);
  for (const name of Object.keys(builders) as (keyof typeof builders)[]) {
    builders[name] = () => {
      throw new Error(`a ${name} was built`);
    };
  }
  source.send(push('a'), push('b', 'x', { timestamp: Timestamp.of(1, 1, ZenohId.parse('33')) }));
  source.sendBytes(bytesOf(unknown[0]!.hex));
  assert.equal(pushes(other.take()).length, 3);
  assert.equal(session.samples.length, 2);
});
