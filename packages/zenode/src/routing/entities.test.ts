import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { includes, intersects } from '../keyexpr/index.ts';
import { type RecordingSession, type RemoteFace, RoutingNode } from '../testing/index.ts';
import {
  D_FINAL,
  D_KEYEXPR,
  D_QUERYABLE,
  D_SUBSCRIBER,
  D_TOKEN,
  DECLARE,
  type NetworkMessage,
  U_QUERYABLE,
  U_SUBSCRIBER,
  U_TOKEN,
  type WhatAmI,
  type WireExpr,
} from '../wire/index.ts';
import type { Face } from './face.ts';
import { AGGREGATE, type EntityKind, KINDS, mergeInfo, optionOf, QUERYABLE, SUBSCRIBER, TOKEN } from './primitives.ts';

const CLIENT: WhatAmI = 4;
const PEER: WhatAmI = 2;
const ROUTER: WhatAmI = 1;

/** What messages tell a remote node, in words; it keeps its own tables, as a remote node does. */
class Reader {
  /** Keys by kind and id. */
  readonly known: Map<string, string> = new Map();
  readonly infos: Map<string, number> = new Map();
  readonly #aliases = new Map<number, string>();
  /** Aliases that the remote declared. */
  readonly own: Map<number, string> = new Map();

  words(messages: readonly NetworkMessage[]): string[] {
    return messages.flatMap((m) => this.#word(m));
  }

  /** What a session was told. */
  lines(told: readonly string[]): void {
    for (const line of told) {
      const declared = /^D(\d) (\d+) (\S+) (\d+)/.exec(line);
      const gone = /^U(\d) (\d+) /.exec(line);
      if (declared !== null && declared[2] !== '0') {
        this.known.set(`${declared[1]} ${declared[2]}`, declared[3]!);
        this.infos.set(`${declared[1]} ${declared[2]}`, Number(declared[4]));
      } else if (gone !== null) this.known.delete(`${gone[1]} ${gone[2]}`);
    }
  }

  #word(m: NetworkMessage): string[] {
    if (m.id !== DECLARE) return [`message ${m.id}`];
    const { kind, id, wireExpr, complete, distance } = m.declaration;
    const iid = m.interestId === undefined ? '' : ` for ${m.interestId}`;
    switch (kind) {
      case D_KEYEXPR:
        assert.equal(this.#aliases.has(id), false, `alias ${id} was declared twice`);
        this.#aliases.set(id, wireExpr.suffix);
        return [];
      case D_FINAL:
        return [`final${iid}`];
      case D_SUBSCRIBER:
      case D_QUERYABLE:
      case D_TOKEN: {
        const key = this.#text(wireExpr);
        const name = `${(kind - D_SUBSCRIBER) / 2} ${id}`;
        if (id !== 0) {
          assert.equal(this.known.get(name) ?? key, key, `${name} names two keys`);
          this.known.set(name, key);
          this.infos.set(name, (complete ? 1 : 0) | (distance << 8));
        }
        return [
          `+${(kind - D_SUBSCRIBER) / 2} ${key}${complete ? ' complete' : ''}${distance ? ` ${distance}` : ''}${iid}`,
        ];
      }
      case U_SUBSCRIBER:
      case U_QUERYABLE:
      case U_TOKEN: {
        const name = `${(kind - U_SUBSCRIBER) / 2} ${id}`;
        const key = this.known.get(name);
        if (key === undefined) return [`-${(kind - U_SUBSCRIBER) / 2} ${this.#text(wireExpr)} by key`];
        this.known.delete(name);
        this.infos.delete(name);
        return [`-${(kind - U_SUBSCRIBER) / 2} ${key}`];
      }
      default:
        return [`declaration ${kind}`];
    }
  }

  #text({ scope, suffix, fromSender }: WireExpr): string {
    if (scope === 0) return suffix;
    const prefix = (fromSender ? this.#aliases : this.own).get(scope);
    assert.notEqual(prefix, undefined, `scope ${scope} was never declared`);
    return prefix + suffix;
  }
}

/** A remote face whose messages are read. */
function listener(node: RoutingNode, whatami: WhatAmI): { readonly remote: RemoteFace; readonly take: () => string[] } {
  const remote = node.open(whatami);
  const reader = new Reader();
  return { remote, take: () => reader.words(remote.take()) };
}

test('entities: infos of queryables merge: complete if any is, and the least distance of those that decide', () => {
  const info = (complete: boolean, distance: number): number => (complete ? 1 : 0) | (distance << 8);
  assert.equal(mergeInfo(info(true, 7), info(false, 2)), info(true, 7));
  assert.equal(mergeInfo(info(false, 2), info(true, 7)), info(true, 7));
  assert.equal(mergeInfo(info(true, 7), info(true, 2)), info(true, 2));
  assert.equal(mergeInfo(info(false, 65_535), info(false, 2)), info(false, 2));
  const arb = fc.tuple(fc.boolean(), fc.nat(65_535)).map(([c, d]) => info(c, d));
  fc.assert(
    fc.property(arb, arb, arb, (a, b, c) => {
      assert.equal(mergeInfo(a, b), mergeInfo(b, a));
      assert.equal(mergeInfo(mergeInfo(a, b), c), mergeInfo(a, mergeInfo(b, c)));
      assert.equal(mergeInfo(a, a), a);
    }),
  );
});

test('entities: several ids of one face on a key are one owner, whose info follows them', () => {
  const arbOp = fc.record({ id: fc.nat(4), info: fc.option(fc.tuple(fc.boolean(), fc.nat(3)), { nil: undefined }) });
  fc.assert(
    fc.property(fc.array(arbOp, { maxLength: 40 }), (ops) => {
      const node = new RoutingNode();
      const owner = node.open(CLIENT);
      const watcher = listener(node, CLIENT);
      watcher.remote.interest(1, 3, 4);
      const ids = new Map<number, number>();
      const seen = new Reader();
      seen.words(watcher.remote.take());
      for (const { id, info } of ops) {
        if (info === undefined) {
          ids.delete(id);
          owner.undeclare(QUERYABLE, id);
        } else {
          const value = (info[0] ? 1 : 0) | (info[1] << 8);
          ids.set(id, value);
          owner.declare(QUERYABLE, id, 'k', value);
        }
        seen.words(watcher.remote.take());
        const want = ids.size === 0 ? [] : [[...ids.values()].reduce(mergeInfo)];
        assert.deepEqual([...seen.infos.values()], want);
      }
    }),
  );
});

test('better: 14 an id that names another key gives up the old one', () => {
  for (const kind of KINDS) {
    const node = new RoutingNode();
    const owner = node.open(CLIENT);
    const { remote, take } = listener(node, CLIENT);
    remote.interest(1, 3, 0x0f);
    take();
    owner.declare(kind, 5, 'a/1');
    owner.declare(kind, 5, 'a/1');
    assert.deepEqual(take(), [`+${kind} a/1`]);
    owner.declare(kind, 5, 'a/2');
    assert.deepEqual(take(), [`-${kind} a/1`, `+${kind} a/2`]);
    owner.undeclare(kind, 5);
    assert.deepEqual(take(), [`-${kind} a/2`]);
    assert.equal(node.tables.resources.nodeCount, 0);
  }
});

test('better: 14 a queryable whose last other owner goes is withdrawn from whoever has one itself', () => {
  const node = new RoutingNode();
  const other = node.open(CLIENT);
  const { remote, take } = listener(node, CLIENT);
  remote.declare(QUERYABLE, 1, 'k');
  remote.interest(2, 3, 4);
  other.declare(QUERYABLE, 1, 'k');
  take();
  other.undeclare(QUERYABLE, 1);
  assert.deepEqual(take(), ['-1 k']);
});

test('entities: a face is not told of its own subscriber; it is of another one, until that goes', () => {
  const node = new RoutingNode();
  const other = node.open(CLIENT);
  const { remote, take } = listener(node, CLIENT);
  remote.interest(1, 3, 2);
  take();
  remote.declare(SUBSCRIBER, 1, 'k');
  assert.deepEqual(take(), []);
  other.declare(SUBSCRIBER, 1, 'k');
  assert.deepEqual(take(), ['+0 k']);
  other.close();
  assert.deepEqual(take(), ['-0 k']);
});

test('entities: a token is told to its owner too; two owners count as one', () => {
  const node = new RoutingNode();
  const other = node.open(CLIENT);
  const { remote, take } = listener(node, CLIENT);
  remote.interest(1, 3, 8);
  take();
  remote.declare(TOKEN, 1, 't');
  assert.deepEqual(take(), ['+2 t']);
  other.declare(TOKEN, 1, 't');
  remote.undeclare(TOKEN, 1);
  assert.deepEqual(take(), []);
  other.close();
  assert.deepEqual(take(), ['-2 t']);
});

test('entities: a token that was never told is gone by its key, once, with id 0', () => {
  const node = new RoutingNode();
  const owner = node.open(CLIENT);
  owner.declare(TOKEN, 1, 'l/a');
  const { session, face } = node.session();
  node.tables.declareInterest(face, 1, 2, 9, 'l/**');
  const { remote, take } = listener(node, CLIENT);
  remote.interest(1, 2, 9, 'l/**');
  remote.interest(2, 2, 8);
  assert.deepEqual(take(), ['final for 1', 'final for 2']);
  session.take();
  owner.undeclare(TOKEN, 1);
  assert.deepEqual(take(), ['-2 l/a by key']);
  assert.deepEqual(session.take(), ['U2 0 l/a']);
  owner.undeclare(TOKEN, 77);
  assert.deepEqual(take(), []);
  owner.undeclare(TOKEN, 78, 'l/zz');
  assert.deepEqual(take(), ['-2 l/zz by key']);
});

test('entities: sums (04 §3.4): one entity on the key of the interest, of which completeness needs inclusion', () => {
  const node = new RoutingNode();
  const owner = node.open(CLIENT);
  const { remote, take } = listener(node, CLIENT);
  remote.interest(1, 3, AGGREGATE | 4, 'k/**');
  assert.deepEqual(take(), ['final for 1']);
  owner.declare(QUERYABLE, 1, 'k/a', 1);
  assert.deepEqual(take(), ['+1 k/**']);
  owner.declare(QUERYABLE, 2, 'k/b', 1 | (3 << 8));
  assert.deepEqual(take(), []);
  owner.declare(QUERYABLE, 3, '**', 1 | (2 << 8));
  assert.deepEqual(take(), ['+1 k/** complete 2']);
  owner.undeclare(QUERYABLE, 3);
  assert.deepEqual(take(), ['+1 k/**']);
  owner.undeclare(QUERYABLE, 2);
  assert.deepEqual(take(), []);
  owner.close();
  assert.deepEqual(take(), ['-1 k/**']);
});

test('entities: a current interest in a sum is answered with it, and leaves nothing behind', () => {
  const node = new RoutingNode();
  const owner = node.open(CLIENT);
  owner.declare(QUERYABLE, 1, 'k/a', 1);
  const { remote, take } = listener(node, CLIENT);
  const { nodeCount } = node.tables.resources;
  remote.interest(1, 1, AGGREGATE | 4, 'k/**');
  assert.deepEqual(take(), ['+1 k/** for 1', 'final for 1']);
  assert.equal(node.tables.resources.nodeCount, nodeCount);
  assert.equal(remote.face.told[QUERYABLE].size, 0);
});

test('entities: a sum of one kind alone, asked for together with another, is withdrawn when it is empty', () => {
  const node = new RoutingNode();
  const owner = node.open(CLIENT);
  owner.declare(SUBSCRIBER, 1, 'k/a');
  const { remote, take } = listener(node, CLIENT);
  remote.interest(1, 3, AGGREGATE | 2 | 4, 'k/**');
  assert.deepEqual(take(), ['+0 k/** for 1', 'final for 1']);
  owner.undeclare(SUBSCRIBER, 1);
  assert.deepEqual(take(), ['-0 k/**']);
  owner.declare(SUBSCRIBER, 1, 'k/**');
  assert.deepEqual(take(), ['+0 k/**']);
});

test('entities: a sum and a plain interest in its key share one id', () => {
  const node = new RoutingNode();
  const owner = node.open(CLIENT);
  const { remote, take } = listener(node, CLIENT);
  owner.declare(SUBSCRIBER, 1, 'k/**');
  owner.declare(SUBSCRIBER, 2, 'k/a');
  remote.interest(1, 3, AGGREGATE | 2, 'k/**');
  assert.deepEqual(take(), ['+0 k/** for 1', 'final for 1']);
  remote.interest(2, 3, 2, 'k/**');
  assert.deepEqual(take().sort(), ['+0 k/** for 2', '+0 k/a for 2', 'final for 2']);
  owner.undeclare(SUBSCRIBER, 1);
  assert.deepEqual(take(), []);
  owner.undeclare(SUBSCRIBER, 2);
  assert.deepEqual(take().sort(), ['-0 k/**', '-0 k/a']);
});

// ---- the desired-state rule, against a model that recomputes it

const KEYS = ['a', 'a/b', 'a/*', 'a/**', 'b', '**', 'a/b/c'] as const;

type Role = 'client' | 'peer' | 'router' | 'session';

interface Asked {
  readonly options: number;
  readonly key: string | undefined;
}

/** One face: the node's side of it, what it has done, and what it knows. */
interface Party {
  readonly role: Role;
  readonly remote: RemoteFace | undefined;
  readonly local: { readonly session: RecordingSession; readonly face: Face } | undefined;
  /** What it declared, by kind and id. */
  readonly owns: Map<string, { readonly kind: EntityKind; readonly key: string; readonly info: number }>;
  readonly interests: Map<number, Asked>;
  readonly reader: Reader;
  /** An interest has ended, or its id was used again: it may know what it did not ask for (04 §3.6). */
  loose: boolean;
}

type Action =
  | { readonly do: 'open'; readonly role: Role }
  | { readonly do: 'close'; readonly face: number }
  | {
      readonly do: 'declare';
      readonly face: number;
      readonly kind: EntityKind;
      readonly id: number;
      readonly key: string;
      readonly info: number;
    }
  | { readonly do: 'undeclare'; readonly face: number; readonly kind: EntityKind; readonly id: number }
  | {
      readonly do: 'interest';
      readonly face: number;
      readonly id: number;
      readonly mode: 1 | 2 | 3;
      readonly options: number;
      readonly key: string | undefined;
    }
  | { readonly do: 'final'; readonly face: number; readonly id: number };

const face = fc.nat(5);
const kind = fc.constantFrom<EntityKind>(0, 1, 2);
const key = fc.constantFrom<string>(...KEYS);
const entityId = fc.integer({ min: 1, max: 4 });
const options = fc.tuple(fc.nat(15), fc.boolean()).map(([low, sum]) => (sum ? low | AGGREGATE : low));

const arbAction: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('open' as const),
      role: fc.constantFrom<Role>('client', 'client', 'peer', 'router', 'session'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close' as const), face }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('declare' as const),
      face,
      kind,
      id: entityId,
      key,
      info: fc.constantFrom(0, 1, 0x100, 0x101),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('undeclare' as const), face, kind, id: entityId }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('interest' as const),
      face,
      id: fc.nat(3),
      mode: fc.constantFrom<1 | 2 | 3>(1, 3, 3),
      options,
      key: fc.option(key, { nil: undefined }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('final' as const), face, id: fc.nat(3) }) },
);

/** What the options of an interest come to (04 §3.2, §3.4). */
function normal(role: Role, asked: number, on: string | undefined): number {
  if ((asked & AGGREGATE) === 0) return asked;
  if ((asked & optionOf(TOKEN)) !== 0 || role === 'peer' || role === 'router') return asked & ~AGGREGATE;
  return on === undefined ? asked & ~(AGGREGATE | optionOf(SUBSCRIBER) | optionOf(QUERYABLE)) : asked;
}

class Model {
  readonly #us: WhatAmI;
  readonly #node: RoutingNode;
  readonly #parties: Party[] = [];

  constructor(us: WhatAmI) {
    this.#us = us;
    this.#node = new RoutingNode({ whatami: us, timestamping: false });
  }

  run(actions: readonly Action[]): void {
    for (const action of actions) {
      this.#do(action);
      for (const party of this.#parties) this.#check(party);
    }
    for (const party of this.#parties.splice(0)) this.#close(party);
    assert.equal(this.#node.tables.resources.nodeCount, 0, 'something is left behind');
  }

  #do(action: Action): void {
    const { tables } = this.#node;
    if (action.do === 'open') {
      if (this.#parties.length < 5) this.#open(action.role);
      return;
    }
    const party = this.#parties[action.face % Math.max(1, this.#parties.length)];
    if (party === undefined) return;
    const { remote, local, owns, interests, role } = party;
    switch (action.do) {
      case 'close':
        this.#parties.splice(this.#parties.indexOf(party), 1);
        this.#close(party);
        return;
      case 'declare': {
        const info = action.kind === QUERYABLE ? action.info : 0;
        owns.set(`${action.kind} ${action.id}`, { kind: action.kind, key: action.key, info });
        if (remote !== undefined) remote.declare(action.kind, action.id, action.key, info);
        else tables.declareEntity(local!.face, action.kind, action.id, action.key, info);
        return;
      }
      case 'undeclare':
        owns.delete(`${action.kind} ${action.id}`);
        if (remote !== undefined) remote.undeclare(action.kind, action.id);
        else tables.undeclareEntity(local!.face, action.kind, action.id, undefined);
        return;
      case 'interest':
        if (action.mode !== 1) {
          if (interests.has(action.id)) party.loose = true;
          else interests.set(action.id, { options: normal(role, action.options, action.key), key: action.key });
        }
        if (remote !== undefined) remote.interest(action.id, action.mode, action.options, action.key);
        else tables.declareInterest(local!.face, action.id, action.mode, action.options, action.key);
        return;
      default:
        if (interests.delete(action.id)) party.loose = true;
        if (remote !== undefined) remote.interest(action.id, 0, 0);
        else tables.declareInterest(local!.face, action.id, 0, 0, undefined);
    }
  }

  #open(role: Role): void {
    const local = role === 'session' ? this.#node.session() : undefined;
    const whatami = role === 'peer' ? PEER : role === 'router' ? ROUTER : CLIENT;
    const remote = local === undefined ? this.#node.open(whatami) : undefined;
    const [owns, interests] = [new Map(), new Map()];
    this.#parties.push({ role, local, remote, owns, interests, reader: new Reader(), loose: false });
  }

  #close({ remote, local }: Party): void {
    if (remote !== undefined) remote.close();
    else this.#node.tables.close(local!.face);
  }

  #region({ role }: Party): 'broker' | 'gateway' | 'north' | 'mute' {
    if (role === 'client' || role === 'session') return 'broker';
    if (this.#us !== ROUTER) return 'north';
    return role === 'peer' ? 'gateway' : 'mute';
  }

  #hears(of: EntityKind, party: Party, owner: Party): boolean {
    if (this.#region(owner) === 'mute') return false;
    if (this.#region(party) === 'broker') return of === TOKEN || owner !== party;
    return this.#region(owner) !== this.#region(party);
  }

  /** The merged info of every entity that a face may hear of on a key, or of all that a sum on it stands for. */
  #info(party: Party, of: EntityKind, on: string, sum: boolean): number | undefined {
    let info: number | undefined;
    for (const owner of this.#parties) {
      if (!this.#hears(of, party, owner)) continue;
      for (const one of owner.owns.values()) {
        if (one.kind !== of || (sum ? !intersects(one.key, on) : one.key !== on)) continue;
        const counts = includes(one.key, on) ? one.info : one.info & ~1;
        info = info === undefined ? counts : mergeInfo(info, counts);
      }
    }
    return info;
  }

  /** What a face has to know: everything, if it is north; else what it asked for. */
  #rule(party: Party): Map<string, number> {
    const known = new Map<string, number>();
    const where = this.#region(party);
    if (where === 'mute') return known;
    for (const of of KINDS) {
      const asked = [...party.interests.values()].filter((one) => (one.options & optionOf(of)) !== 0);
      for (const on of KEYS) {
        const sum = asked.some((one) => (one.options & AGGREGATE) !== 0 && one.key === on);
        const plain = asked.some(
          (one) => (one.options & AGGREGATE) === 0 && (one.key === undefined || intersects(one.key, on)),
        );
        if (where !== 'north' && !sum && !plain) continue;
        const info = this.#info(party, of, on, sum);
        if (info !== undefined) known.set(`${of} ${on}`, info);
      }
    }
    return known;
  }

  #check(party: Party): void {
    const { reader, remote, local } = party;
    if (remote !== undefined) reader.words(remote.take());
    else reader.lines(local!.session.take());
    const told = new Map<string, number>();
    for (const [name, on] of reader.known) {
      const what = `${name.split(' ')[0]} ${on}`;
      assert.equal(told.has(what), false, `${what} was told twice`);
      told.set(what, reader.infos.get(name)!);
    }
    const rule = this.#rule(party);
    for (const [what, info] of rule) assert.equal(told.get(what), info, `${party.role} should know of ${what}`);
    if (party.loose) return;
    for (const what of told.keys()) assert.ok(rule.has(what), `${party.role} should not know of ${what}`);
  }
}

for (const us of [ROUTER, PEER] as const) {
  test(`entities: whatever happens at a ${us === ROUTER ? 'router' : 'peer'}, each face knows what the rule says`, () => {
    fc.assert(
      fc.property(fc.array(arbAction, { maxLength: 60 }), (actions) => new Model(us).run(actions)),
      { numRuns: 500 },
    );
  });
}
