import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test, type TestContext } from 'node:test';
import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { Config, resolve } from '../src/config/index.ts';
import { open } from '../src/entry/node.ts';
import { steps } from '../src/keyexpr/steps.ts';
import { Runtime } from '../src/runtime/index.ts';
import { openSession, type Sample } from '../src/session/index.ts';
import { bytesOf, FakeScheduler } from '../src/testing/index.ts';
import {
  D_FINAL,
  D_KEYEXPR,
  D_QUERYABLE,
  D_SUBSCRIBER,
  D_TOKEN,
  NULL_WIRE_EXPR,
  U_KEYEXPR,
  U_QUERYABLE,
  U_SUBSCRIBER,
  U_TOKEN,
} from '../src/wire/index.ts';
import { aliased, declare, interest, push, reply, replyErr, request, responseFinal } from './behaviour/message.ts';
import {
  type Attacker,
  Chance,
  heldBytes,
  joined,
  type Mode,
  modes,
  Stage,
  type StageOptions,
} from './hostile/stage.ts';
import { Network, RawNode } from './sequences/network.ts';

const MI = 1024 * 1024;

/** What nobody caught, in the whole of this file. */
const uncaught: unknown[] = [];
process.on('unhandledRejection', (reason) => void uncaught.push(reason));
process.on('uncaughtException', (error) => void uncaught.push(error));
after(() => assert.deepEqual(uncaught, []));

interface Attack extends StageOptions {
  readonly modes?: readonly Mode[];
  /** Bytes that may be held while the attacker is still there. */
  readonly bytes?: number;
  readonly run: (stage: Stage, mode: Mode) => Promise<void>;
}

/** After each attack the innocent are served, and once the attackers have left nothing of them is. */
function attack(name: string, { modes: those = modes, bytes = 8 * MI, run, ...options }: Attack): void {
  for (const mode of those) {
    test(`hostile: ${name} (${mode})`, { timeout: 60_000 }, async (t: TestContext) => {
      const stage = await Stage.begin(mode, options);
      let open = true;
      t.after(() => (open ? stage.close() : undefined));
      const before = await heldBytes();
      await run(stage, mode);
      await stage.assertServes();
      const during = (await heldBytes()) - before;
      assert.ok(during < bytes, `${Math.round(during / 1024)} KiB are held`);
      await stage.assertClean();
      await stage.assertServes();
      const left = (await heldBytes()) - before;
      assert.ok(left < 4 * MI, `${Math.round(left / 1024)} KiB are left`);
      open = false;
      await stage.close();
      assert.deepEqual(uncaught, []);
    });
  }
}

/** Hands batches to attackers one after the other: the next one comes when the link of the last is gone. */
class Swarm {
  readonly #stage: Stage;
  #now: Attacker | undefined;
  links = 0;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  async next(): Promise<Attacker> {
    if (this.#now?.linked !== true) {
      // As a client, a peer, and a router in turn.
      this.#now = await this.#stage.attacker([4, 2, 1][this.links % 3] as 1 | 2 | 4, `e${this.links + 1}`);
      this.links++;
    }
    return this.#now;
  }

  async leave(): Promise<void> {
    await this.#now?.leave();
  }
}

function vectors(file: string): Uint8Array[] {
  const text = readFileSync(new URL(`vectors/${file}.json`, import.meta.url), 'utf8');
  return [...text.matchAll(/"hex": ?"([0-9a-f]+)"/g)].map(([, hex]) => bytesOf(hex!));
}

const recorded = [...vectors('network'), ...vectors('sequences')];

attack('random bytes, as batches, in frames and in fragments', {
  run: async (stage) => {
    const chance = new Chance(1);
    const swarm = new Swarm(stage);
    for (let i = 0; i < 3000; i++) {
      const one = await swarm.next();
      const bytes = chance.bytes(chance.below(i % 50 === 0 ? 65_000 : 60));
      if (i % 3 === 0) await one.batch(bytes);
      else if (i % 3 === 1) await one.say(bytes);
      else {
        await one.batch(joined(Uint8Array.of(0xe6, one.sn, 0x02), bytes));
        await one.batch(joined(Uint8Array.of(0x26, one.sn + 1), bytes));
        one.sn += 2;
        if (one.sn > 100) await one.leave();
      }
    }
    assert.ok(swarm.links > 100);
    await swarm.leave();
  },
});

attack('recorded messages with flipped bits, cut, doubled and mixed up', {
  run: async (stage) => {
    const chance = new Chance(2);
    const swarm = new Swarm(stage);
    for (let i = 0; i < 6000; i++) {
      const one = await swarm.next();
      const message = chance.mutated(chance.of(recorded), chance.of(recorded));
      if (i % 4 === 0) await one.say(chance.of(recorded), message);
      else await one.say(message);
    }
    assert.ok(swarm.links > 100);
    await swarm.leave();
  },
});

attack('recorded batches with flipped bits, cut, doubled and mixed up, also in place of a handshake', {
  run: async (stage) => {
    const chance = new Chance(3);
    const swarm = new Swarm(stage);
    const batches = vectors('transport');
    for (let i = 0; i < 3000; i++) {
      const batch = chance.mutated(chance.of(batches), chance.of(batches)).subarray(chance.of([0, 2, 2]));
      if (i % 3 !== 0) await (await swarm.next()).batch(batch);
      else {
        const bare = stage.dial();
        bare.send(batch);
        bare.send(chance.mutated(batch, batch));
        await stage.settle();
        await bare.link.close();
      }
    }
    await stage.settle();
    await swarm.leave();
  },
});

const strange = [
  'k',
  'k/**',
  '**',
  '*',
  'k/$*',
  '$*',
  '@k',
  '@',
  'a//b',
  '',
  '/',
  '//',
  '#',
  'a?b',
  '**/**',
  'k/a$*b',
  '***',
];

attack('messages that are valid, in orders that are not', {
  run: async (stage) => {
    const chance = new Chance(4);
    const swarm = new Swarm(stage);
    const key = (): string | ReturnType<typeof aliased> =>
      chance.below(3) === 0
        ? { ...aliased(chance.below(4), chance.of(['', '/x', '**', '/'])), fromSender: chance.below(2) === 0 }
        : chance.of(strange);
    const id = (): number => chance.below(5);
    const one = (): Uint8Array => {
      switch (chance.below(10)) {
        case 0:
          return declare(chance.of([D_SUBSCRIBER, D_QUERYABLE, D_TOKEN]), id(), key(), chance.of([undefined, 0, id()]));
        case 1:
          return declare(chance.of([U_SUBSCRIBER, U_QUERYABLE, U_TOKEN]), id(), key());
        case 2:
          return declare(D_KEYEXPR, id(), key());
        case 3:
          return declare(chance.of([U_KEYEXPR, D_FINAL]), id(), NULL_WIRE_EXPR, id());
        case 4:
          return interest(id(), chance.below(4) as 0 | 1 | 2 | 3, chance.below(256), chance.of([undefined, key()]));
        case 5:
          return request(id(), key(), chance.of([undefined, 0, 1, 2 ** 40, Number.MAX_SAFE_INTEGER]));
        case 6:
          return reply(id(), key(), chance.of(['x', undefined]));
        case 7:
          return replyErr(id(), key(), 'x');
        case 8:
          return responseFinal(id());
        default:
          return push(key(), chance.of(['x', undefined]));
      }
    };
    for (let i = 0; i < 300; i++) {
      await (await swarm.next()).say(...Array.from({ length: 20 }, one));
      if (i % 10 === 9) await swarm.leave();
    }
    await swarm.leave();
  },
});

// Lengths and counts in all places, with nothing behind them.
const HUGE32 = 'ff ff ff ff 0f';
const HUGE64 = 'ff ff ff ff ff ff ff ff ff';
const huge: readonly string[] = [
  `7d 00 01 6b 01 ${HUGE32}`, // payload
  `7d 00 01 6b 01 ${HUGE64}`,
  `7d 00 ${HUGE32}`, // suffix
  `7d 00 ff ff 03`,
  `fd 00 01 6b 4f ${HUGE32}`, // extension
  `7d 00 01 6b 81 42 ${HUGE32}`, // attachment
  `7d 00 01 6b 41 01 ff 01`, // schema of an encoding
  `7c 01 00 01 6b 43 ${HUGE64}`, // parameters
  `7f 01 ${HUGE64}`, // link states, of the batch
  `5f 01 09 ${HUGE64}`, // their number
  `5f 01 0d 01 04 00 01 ${HUGE64}`, // locators
  `5f 01 0d 01 00 00 01 ${HUGE64}`, // links
  `bd 00 01 6b 47 ${HUGE32}`, // timestamp stack
];
attack('lengths and counts of what is not there', {
  run: async (stage) => {
    const swarm = new Swarm(stage);
    for (const hex of huge) {
      for (let i = 0; i < 3; i++) await (await swarm.next()).say(bytesOf(hex));
    }
    await swarm.leave();
  },
});

attack('fragments on sixteen channels that are never finished', {
  config: { transport: { link: { rx: { max_message_size: 4 * MI } } } },
  bytes: 6 * MI,
  run: async (stage) => {
    const one = await stage.attacker();
    const fill = new Uint8Array(60_000);
    for (let round = 0; round < 20; round++) {
      for (let channel = 0; channel < 16; channel++) {
        const [priority, reliable] = [channel >> 1, (channel & 1) === 0];
        // First of all comes a Put that announces a gigabyte.
        const first = round === 0 ? bytesOf('7d 00 01 6b 01 80 80 80 80 04') : new Uint8Array(0);
        const head = bytesOf(
          `${reliable ? 'e6' : 'c6'} 00 ${round === 0 ? 'b1' : '31'} 0${priority} ${round === 0 ? '02' : ''}`,
        );
        head[1] = one.sn + round;
        await one.batch(joined(head, first, fill));
      }
    }
    assert.ok(one.linked);
    await stage.assertServes();
    assert.ok(one.linked);
    await one.leave();
  },
});

attack('sixteen first fragments that announce a gigabyte each', {
  bytes: 18 * MI,
  run: async (stage) => {
    const one = await stage.attacker();
    for (let i = 0; i < 16; i++) {
      await one.batch(joined(bytesOf(`${i < 8 ? 'e6' : 'c6'} 05 b1 0${i & 7} 02  7d 00 01 6b 01 80 80 80 80 04`)));
    }
    assert.ok(one.linked);
    assert.ok(process.memoryUsage().arrayBuffers < 100 * MI);
    await one.leave();
  },
});

attack('thousands of nodes told of, by any number', {
  limits: { namesPerFace: 5000 },
  run: async (stage) => {
    const one = await stage.attacker(2);
    const zid = (n: number): string =>
      `${(n & 0xff).toString(16).padStart(2, '0')}${(n >> 8).toString(16).padStart(2, '0')}07`;
    for (let n = 1; one.linked && n < 6000; n += 500) {
      let states = '';
      for (let i = n; i < n + 500; i++) {
        states += ` 07 ff ff ff ${(i & 0x7f).toString(16).padStart(2, '0')} 01 03${zid(i)} 02 02 07 7463702f613a31 06 7564702f7878 00`;
      }
      const body = bytesOf(`f4 03 ${states}`);
      await one.say(
        joined(
          bytesOf('5f 01'),
          Uint8Array.of((body.length & 0x7f) | 0x80, ((body.length >> 7) & 0x7f) | 0x80, body.length >> 14),
          body,
        ),
      );
      await stage.scheduler.run(11_000);
    }
    await one.leave();
    // Those that were told of are dialled in vain, for a while.
    await stage.scheduler.run(60_000);
  },
});

attack('queries that nobody answers, each with a time of its own', {
  limits: { queriesPerFace: 2000 },
  bytes: 12 * MI,
  run: async (stage) => {
    const [silent, asker] = [await stage.attacker(4, 'e1'), await stage.attacker(4, 'e2')];
    await silent.say(declare(D_QUERYABLE, 1, 'innocent/get'), declare(D_QUERYABLE, 2, 'q/**'));
    for (let i = 0; i < 5000; i += 500) {
      await asker.say(...Array.from({ length: 500 }, (_, j) => request(i + j, 'q/a', (i + j) * 20)));
      silent.bare.batches.length = 0;
    }
    await asker.say(request(1e9, 'q/b', Number.MAX_SAFE_INTEGER));
    const face = stage.face('e2');
    assert.equal(face.asked, 2000);
    assert.ok(silent.linked && asker.linked);
    await silent.leave();
    assert.equal(face.asked, 0);
    await asker.leave();
  },
});

attack('replies and ends of queries that nobody asked', {
  run: async (stage) => {
    const one = await stage.attacker();
    for (let i = 0; i < 20; i++) {
      const ids = Array.from({ length: 200 }, (_, j) => i * 200 + j);
      await one.say(...ids.flatMap((id) => [reply(id, 'k', 'x'), replyErr(id, '', 'x'), responseFinal(id)]));
      await one.say(reply(0xffffffff, aliased(77), 'x'), responseFinal(0xffffffff));
    }
    assert.ok(one.linked);
    await one.leave();
  },
});

attack('more interests than a call may have arguments, on what an innocent declares', {
  bytes: 200 * MI,
  run: async (stage) => {
    const both = [await stage.attacker(4, 'e1'), await stage.attacker(4, 'e2')];
    for (const one of both) {
      for (let i = 0; i < 100_000; i += 5000) {
        await one.say(...Array.from({ length: 5000 }, (_, j) => interest(i + j + 1, 2, 0x02)));
      }
      assert.ok(one.linked);
    }
    const c = await stage.client('f1');
    const subscriber = await stage.run(c.declareSubscriber('innocent/too', { handler: () => undefined }));
    await stage.run(subscriber.undeclare());
    await stage.run(c.declareSubscriber('innocent/three', { handler: () => undefined }));
    await stage.run(c.close());
    assert.ok(both.every((one) => one.linked));
    for (const one of both) await one.leave();
  },
});

attack('aliases of all numbers, and of none', {
  run: async (stage) => {
    const one = await stage.attacker();
    await one.say(interest(1, 3, 0x0f));
    for (let i = 0; i < 65_536; i += 2048) {
      await one.say(...Array.from({ length: 2048 }, (_, j) => declare(D_KEYEXPR, i + j, `k/${i + j}`)));
    }
    await one.say(push(aliased(65_535, '/x'), 'x'), push(aliased(1), 'x'), push(aliased(0, 'k'), 'x'));
    // All numbers are taken: what others declare is told as text, and they are not looked through again and again.
    const face = stage.face('e1');
    assert.equal(face.remoteIds.size, 65_535);
    const c = await stage.client('f1');
    await stage.run(c.declareSubscriber('innocent/too', { handler: () => undefined }));
    assert.equal(face.aliasFrom, 65_537);
    await stage.run(c.close());
    for (let i = 0; i < 65_536; i += 2048) {
      await one.say(...Array.from({ length: 2048 }, (_, j) => declare(U_KEYEXPR, i + j)));
    }
    assert.equal(face.remoteIds.size, 0);
    assert.equal(face.keys.bytes, 0);
    assert.ok(one.linked);
    await one.leave();
  },
});

attack('withdrawals of what is not there, and ends of what was not asked', {
  run: async (stage) => {
    for (const whatami of [4, 2, 1] as const) {
      const one = await stage.attacker(whatami);
      for (let i = 0; i < 5; i++) {
        const ids = Array.from({ length: 1000 }, (_, j) => i * 1000 + j);
        await one.say(
          ...ids.map((id) =>
            declare(
              [U_SUBSCRIBER, U_QUERYABLE, U_TOKEN, U_KEYEXPR][id & 3] as typeof U_TOKEN,
              id,
              id % 3 ? NULL_WIRE_EXPR : `k/${id}`,
            ),
          ),
        );
        await one.say(...ids.map((id) => declare(D_FINAL, 0, NULL_WIRE_EXPR, id)));
        await one.say(...ids.map((id) => interest(id, 0, 0)));
      }
      assert.ok(one.linked);
      await one.leave();
    }
  },
});

attack('Close in the middle of a batch, numbers that jump, and batches of nothing', {
  run: async (stage) => {
    let one = await stage.attacker();
    for (let i = 0; i < 1000; i++) await one.batch(new Uint8Array(0));
    const chance = new Chance(5);
    for (let i = 0; i < 300; i++) {
      one.sn = chance.below(2 ** 28);
      await one.say(push('innocent/sub', 'lost or not'));
    }
    assert.ok(one.linked);
    // Frame, Push, Close, Frame, Push.
    await one.batch(bytesOf('25 05 7d 00 01 6b 01 01 78  03 00  25 06 7d 00 01 6b 01 01 78'));
    assert.equal(one.linked, false);
    one = await stage.attacker();
    one.bare.send('23 00 23 00 03 01');
    one.bare.send('25 05 7d 00 01 6b 01 01 78');
    await stage.settle();
    assert.equal(one.linked, false);
    one = await stage.attacker();
    await one.batch(bytesOf('25 80 80 80 80 01 7d 00 01 6b 01 01 78'));
    assert.equal(one.linked, false, 'a number above the mask');
  },
});

attack('100,000 links that are dropped in the handshake', {
  modes: ['router'],
  run: async (stage) => {
    const chance = new Chance(6);
    for (let i = 0; i < 1000; i++) {
      const links = Array.from({ length: 100 }, () => stage.network.dial('127.0.0.1:7447'));
      links[0]!.send(chance.bytes(chance.below(40)));
      await stage.settle();
      assert.ok(stage.runtime.manager.pending <= 100);
      for (const [j, link] of links.entries()) {
        if (j % 2 === 0) link.cut();
        else await link.close();
      }
    }
    await stage.settle();
  },
});

attack('handshakes that go on for ever', {
  run: async (stage) => {
    const slow = Array.from({ length: 150 }, () => stage.dial());
    await stage.settle();
    assert.equal(stage.runtime.manager.pending, 100);
    assert.equal(slow.filter((one) => one.closes > 0).length, 50);
    await stage.scheduler.run(9_999);
    assert.equal(stage.runtime.manager.pending, 100);
    await stage.assertServes();
    await stage.scheduler.run(1);
    assert.equal(stage.runtime.manager.pending, 0);
    assert.ok(slow.every((one) => one.closes > 0));
    await (await stage.client('f1')).close();
  },
});

/** One chunk each, or few: as long as a key can be. */
const N = 60_000;
const long: readonly string[] = [
  `$*${'a'.repeat(N / 2)}b`,
  `${'a'.repeat(N / 2)}$*${'a'.repeat(N / 2)}b$*b`,
  `$*${'ab'.repeat(N / 2)}c$*`,
  '$*ab'.repeat(N / 4),
  `${`**/$*${'a'.repeat(400)}b$*/`.repeat(100)}**`,
  `${'**/a/'.repeat(125)}b`,
  `${'*/'.repeat(250)}**`,
  `@${'a'.repeat(N)}`,
  `${'@a/'.repeat(200)}**`,
  'é'.repeat(N / 2),
];
const data: readonly string[] = [
  'a'.repeat(N),
  `${'a'.repeat(N)}b`,
  'ab'.repeat(N / 2),
  `${'a/'.repeat(N / 2)}b`,
  `${'aaaaaaa/'.repeat(N / 8)}b`,
  `${'@a/'.repeat(N / 3)}b`,
  `${'$*ab'.repeat(N / 4)}`,
  `${'**/a/'.repeat(100)}b`,
];

attack('keys as long as can be, made to hurt each other', {
  bytes: 200 * MI,
  run: async (stage) => {
    const one = await stage.attacker();
    let id = 0;
    for (let i = 0; i < 300; i++) {
      const key = `${long[i % long.length]!}${i}${i % 2 === 0 ? '' : '$*'}`;
      await one.say(declare([D_SUBSCRIBER, D_QUERYABLE, D_TOKEN][i % 3] as typeof D_TOKEN, ++id, key));
    }
    const { nodeCount } = stage.runtime.tables.resources;
    let worst = 0;
    for (const key of data) {
      // More chunks may be sent, but not asked about.
      const asked = key.split('/').length <= 256 ? [interest(++id, 3, 0x0e, key)] : [];
      for (const message of [push(key, 'x'), request(++id, key), ...asked]) {
        steps.chars = steps.chunks = steps.positions = 0;
        await one.say(message);
        worst = Math.max(worst, steps.chars + steps.chunks + steps.positions);
      }
    }
    assert.ok(one.linked);
    // Linear in the text of all keys and that of the message, for each of them: no product of the two.
    assert.ok(worst < 600 * 10 * N, `${worst} steps for one message, at ${nodeCount} nodes`);
    await one.leave();
  },
});

const endless: readonly string[] = [
  'a/'.repeat(N / 2) + 'a',
  '**/a/'.repeat(N / 5) + '**',
  '*/'.repeat(N / 2) + 'a',
  '@/'.repeat(N / 2) + 'a',
  '$*a/'.repeat(N / 4) + 'a',
  '/'.repeat(N),
  'a//'.repeat(N / 3),
  '**/'.repeat(N / 3),
];
attack('keys of thousands of chunks, declared and only sent', {
  run: async (stage) => {
    const swarm = new Swarm(stage);
    let refused = 0;
    for (const key of endless) {
      for (const message of [
        declare(D_SUBSCRIBER, 1, key),
        declare(D_KEYEXPR, 1, key),
        interest(1, 3, 0x0e, key),
        declare(U_TOKEN, 1, key),
      ]) {
        const one = await swarm.next();
        await one.say(message);
        if (!one.linked) refused++;
      }
      const one = await swarm.next();
      await one.say(declare(D_SUBSCRIBER, 1, '**'), push(key, 'x'), request(1, key), reply(1, key, 'x'));
    }
    assert.ok(refused > 10);
    await swarm.leave();
  },
});

attack('keys behind an alias of this node that no text could have', {
  run: async (stage) => {
    const [one, other] = [await stage.attacker(4, 'e1'), await stage.attacker(4, 'e2')];
    await other.say(interest(1, 3, 0x0f));
    await one.say(declare(D_SUBSCRIBER, 1, 'a'.repeat(N)));
    const id = stage.face('e2').localIds.get('a'.repeat(N));
    await other.say(declare(D_KEYEXPR, 7, { ...aliased(id!, 'a'.repeat(N)), fromSender: false }));
    assert.equal(other.linked, false);
    // Aliases of its own lead to no further ones.
    await one.say(declare(D_KEYEXPR, 1, 'a'.repeat(N)), declare(D_KEYEXPR, 2, aliased(1, 'a')));
    assert.ok(one.linked);
    assert.equal(stage.face('e1').remoteIds.size, 1);
    await one.leave();
  },
});

attack('distances of one queryable that fall and rise', {
  bytes: 40 * MI,
  run: async (stage) => {
    const [one, watcher] = [await stage.attacker(), await stage.attacker(4, 'e2')];
    await watcher.say(interest(1, 3, 0x04));
    const n = 20_000;
    const all = Array.from({ length: n }, (_, i) => i);
    // D_QBL, id, key k; extension of info: not complete, distance.
    const info = (id: number): Uint8Array =>
      joined(bytesOf('9e 21 08'), bytesOf(`e4 ${vle(id)} 00 01 6b 21 ${vle(id * 256)}`));
    await one.say(...all.map(info));
    await one.say(...all.map((id) => declare(U_QUERYABLE, id)));
    assert.ok(one.linked && watcher.linked);
    await one.leave();
    await watcher.leave();
  },
});

function vle(n: number): string {
  let out = '';
  for (; n > 0x7f; n = Math.floor(n / 128)) out += ((n & 0x7f) | 0x80).toString(16);
  return out + n.toString(16).padStart(2, '0');
}

attack('answers that nobody takes', {
  bytes: 100 * MI,
  run: async (stage) => {
    const [declarer, deaf] = [await stage.attacker(4, 'e1'), await stage.attacker(4, 'e2')];
    for (let i = 0; i < 300; i++) await declarer.say(declare(D_SUBSCRIBER, i, `k/${i}/${'x'.repeat(N)}`));
    deaf.bare.link.pause();
    for (let i = 1; i <= 8; i++) await deaf.say(interest(i, 3, 0x02, '**'));
    assert.deepEqual(
      [...stage.runtime.transports].map(({ zid }) => zid.toString()).filter((zid) => zid.startsWith('e')),
      ['e1'],
      'the deaf one is given up when its queue is full',
    );
    await declarer.leave();
    await deaf.leave();
  },
});

attack('more declarations than an innocent takes just now', {
  bytes: 40 * MI,
  run: async (stage) => {
    const [one, slow] = [await stage.attacker(4, 'e1'), await stage.attacker(4, 'e2')];
    await slow.say(interest(1, 3, 0x02, 'k/**'));
    slow.bare.link.pause();
    for (let i = 0; i < 400; i++) {
      one.bare.send(
        joined(Uint8Array.of(0x25), bytesOf(vle(one.sn++)), declare(D_SUBSCRIBER, i, `k/${i}/${'x'.repeat(N)}`)),
      );
    }
    await stage.settle();
    const [to] = [...stage.runtime.transports].filter(({ zid }) => zid.toString() === 'e2');
    assert.ok(to!.lane(0).used < 40, `${to!.lane(0).used} batches wait`);
    await stage.assertServes();
    slow.bare.link.resume();
    await one.leave();
    await slow.leave();
  },
});

attack('a receiver that takes nothing, of data that may be dropped and of data that may not', {
  bytes: 80 * MI,
  run: async (stage) => {
    const deaf = await stage.attacker();
    await deaf.say(declare(D_SUBSCRIBER, 1, 'flood'));
    deaf.bare.link.pause();
    const text = 'x'.repeat(50_000);
    const c = await stage.client('f1');
    for (let i = 0; i < 500; i++) await stage.run(c.put('flood', text, { congestionControl: 0 }));
    const [to] = [...stage.runtime.transports].filter(({ zid }) => zid.toString() === 'e1');
    assert.ok(to!.lane(5).used <= 17);
    await stage.assertServes();
    const puts = Array.from({ length: 500 }, () =>
      c.put('flood', text, { congestionControl: 1 }).catch(() => undefined),
    );
    await stage.settle();
    assert.ok(to!.lane(5).used < 40, `${to!.lane(5).used} batches wait`);
    await stage.assertServes();
    await stage.scheduler.run(6_000);
    assert.ok(to!.closed, 'it is given up');
    await Promise.all(puts);
    await stage.run(c.close());
  },
});

attack('batches as small as can be agreed upon, for messages that are large', {
  bytes: 40 * MI,
  run: async (stage) => {
    const one = await stage.attacker(4, 'e1', 64);
    await one.say(declare(D_SUBSCRIBER, 1, 'large'));
    one.bare.link.pause();
    const c = await stage.client('f1');
    await stage.run(c.put('large', new Uint8Array(2 * MI), { congestionControl: 0 }));
    const { arrayBuffers } = process.memoryUsage();
    assert.ok(arrayBuffers < 100 * MI, `${Math.round(arrayBuffers / MI)} MiB`);
    await stage.run(c.close());
    await one.leave();
  },
});

attack('data, while every callback of the application throws or rejects', {
  run: async (stage) => {
    const errors: unknown[] = [];
    stage.node.addEventListener('callbackerror', ({ detail }) => void errors.push(detail));
    const fail = (): never => {
      throw new Error('of the application');
    };
    const entities = [
      await stage.run(stage.node.declareSubscriber('k/**', { handler: fail })),
      await stage.run(stage.node.declareSubscriber('k/**', { handler: () => Promise.reject(new Error('later')) })),
      await stage.run(stage.node.declareQueryable('k/**', { handler: fail })),
      await stage.run(stage.node.liveliness().declareSubscriber('k/**', { handler: fail })),
    ];
    const one = await stage.attacker();
    for (let i = 0; i < 100; i++) {
      await one.say(
        push(`k/${i}`, 'x'),
        request(i, `k/${i}`, 100),
        declare(D_TOKEN, i, `k/${i}`),
        push(`k/${i}`, undefined),
      );
    }
    assert.ok(one.linked);
    assert.ok(errors.length >= 500, `${errors.length} errors are told`);
    for (const entity of entities) await stage.run(entity.undeclare());
    await one.leave();
  },
});

test('hostile: a client, and what its router may send it', { timeout: 60_000 }, async () => {
  const scheduler = new FakeScheduler(7);
  const network = new Network(scheduler);
  const router = new RawNode(network, 'R', 'b2', 1);
  router.listen('127.0.0.1:7448');
  const config = { mode: 'client', id: 'c1', connect: { endpoints: ['tcp/127.0.0.1:7448'] } };
  const settings = resolve(Config.fromObject({ ...config, scouting: { multicast: { enabled: false } } }));
  const runtime = new Runtime(settings, { links: [network.protocol], scheduler });
  const opening = openSession(runtime);
  await scheduler.run(1000);
  const session = await opening;
  const heard: string[] = [];
  const handler = (sample: Sample): void => void heard.push(sample.payload().toString());
  await session.declareSubscriber('own/sub', { handler });
  await session.declareQueryable('own/get', { handler: () => undefined });
  await session.liveliness().declareSubscriber('own/**', { handler: () => undefined });
  const before = await heldBytes();
  const chance = new Chance(8);
  const keys = ['own/sub', 'own/get', 'own/**', ...strange];
  for (let i = 0; i < 3000; i++) {
    assert.ok(router.linked, 'the client dials again');
    // Ids of what the client asked are among these.
    const [id, key] = [chance.below(12), chance.of(keys)];
    if (i % 10 === 0) void session.get('own/**', { handler: () => undefined, timeout: 1000 });
    const message = chance.of([
      () => chance.mutated(chance.of(recorded), chance.of(recorded)),
      () => chance.of(recorded),
      () => push(key, 'x'),
      () => request(id, key, chance.below(1000)),
      () => reply(id, key, 'x'),
      () => replyErr(id, key, 'x'),
      () => responseFinal(id),
      () => declare(chance.of([D_SUBSCRIBER, D_QUERYABLE, D_TOKEN]), id, key, chance.of([undefined, id])),
      () => declare(chance.of([U_SUBSCRIBER, U_QUERYABLE, U_TOKEN]), id, key),
      () => declare(D_FINAL, 0, NULL_WIRE_EXPR, id),
      () => interest(id, 3, 0x0f, key),
    ])();
    router.send(message, chance.below(8));
    await scheduler.settle();
  }
  assert.ok(router.node.upper.transports.length > 100);
  heard.length = 0;
  await session.put('own/sub', 'mine');
  await scheduler.settle();
  assert.deepEqual(heard, ['mine']);
  await scheduler.run(20_000);
  assert.ok(runtime.tables.resources.nodeCount < 40, `${runtime.tables.resources.nodeCount} nodes`);
  const { handlers, transports } = router.node.upper;
  for (const one of handlers) one.received.length = 0;
  transports.length = 0;
  const left = (await heldBytes()) - before;
  assert.ok(left < 8 * MI, `${Math.round(left / 1024)} KiB are left`);
  const closing = session.close();
  await scheduler.run(3000);
  await closing;
  await scheduler.run(20_000);
  assert.deepEqual(uncaught, []);
});

test('hostile: over TCP, hundreds that talk nonsense, too slowly, or not at all', { timeout: 60_000 }, async () => {
  const sockets = (): number => process.getActiveResourcesInfo().filter((one) => one.startsWith('TCP')).length;
  const scouting = { multicast: { enabled: false } };
  const others = sockets();
  const router = await open({ mode: 'router', listen: { endpoints: ['tcp/127.0.0.1:0'] }, scouting });
  const [locator] = (await router.info()).locators();
  const [a, b] = [await open(locator), await open(locator)];
  const subscriber = await a.declareSubscriber('innocent/sub');
  const serves = async (text: string): Promise<void> => {
    await b.put('innocent/sub', text);
    assert.equal((await subscriber.receiver()!.receive()).payload().toString(), text);
  };
  await serves('before');
  const before = await heldBytes();
  const chance = new Chance(9);
  const port = Number(locator!.split(':').at(-1));
  const closed: Promise<void>[] = [];
  const attackers: Socket[] = [];
  for (let i = 0; i < 300; i++) {
    const socket = connect({ host: '127.0.0.1', port });
    socket.on('error', () => undefined);
    closed.push(new Promise((resolve) => void socket.once('close', () => resolve())));
    attackers.push(socket);
    socket.resume();
    const kind = i % 5;
    if (kind === 0) socket.write(chance.bytes(chance.below(100_000)));
    else if (kind === 1) socket.write(Uint8Array.of(0xff, 0xff));
    else if (kind === 2) socket.write(Uint8Array.of(20));
    else if (kind === 3) socket.write(chance.mutated(chance.of(recorded), chance.of(recorded)));
    if (i % 7 === 0) socket.resetAndDestroy();
    if (i % 50 === 49) await serves(String(i));
  }
  await serves('during');
  assert.ok((await heldBytes()) - before < 24 * MI);
  for (const socket of attackers) socket.destroy();
  await Promise.all(closed);
  await serves('after');
  await Promise.all([a.close(), b.close(), router.close()]);
  for (let i = 0; i < 100 && sockets() > others; i++) await setTimeout(10);
  assert.equal(sockets(), others, 'sockets are left');
  assert.deepEqual(uncaught, []);
});
