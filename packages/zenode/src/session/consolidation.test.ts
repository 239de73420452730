import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestSessions, unread } from '../testing/index.ts';
import { ConsolidationMode, type Query, Timestamp, ZenohId } from './index.ts';

const { AUTO, NONE, MONOTONIC, LATEST } = ConsolidationMode;

/** Replies as `value`, `value@time/id`, `key:value@time/id`, `-` for a deletion, `!` for an error. */
const cases: readonly (readonly [name: string, mode: ConsolidationMode, selector: string, replies: string, seen: string])[] = [
  ['none delivers everything', NONE, 'q/a', '1 !e 2 - !f 3', '1 !e 2 - !f 3'],
  ['monotonic without times delivers everything', MONOTONIC, 'q/a', '1 !e 2 - !f 3', '1 !e 2 - !f 3'],
  ['latest without times holds the last; errors come at once', LATEST, 'q/a', '1 !e 2 - !f 3', '!e !f | 3'],
  ['auto is latest', AUTO, 'q/a', '1 !e 2 - !f 3', '!e !f | 3'],
  ['auto with a time range is none', AUTO, 'q/a?_time=[now(-1h)..]', '1 !e 2', '1 !e 2'],
  ['auto with a time range that cannot be read is none, too', AUTO, 'q/a?_time=x', '1 2', '1 2'],
  ['monotonic drops what is older, an equal one passes', MONOTONIC, 'q/a', '1@5/1 2@4/1 3@5/1 4 5@6/1', '1 3 5'],
  ['monotonic begins without a time', MONOTONIC, 'q/a', '1 2@4/1 3', '1 2'],
  ['latest keeps the newest', LATEST, 'q/a', '1@5/1 2@4/1 3', '| 1'],
  ['latest: an equal time replaces', LATEST, 'q/a', '1@5/1 2@5/1', '| 2'],
  ['latest: at equal times the id decides', LATEST, 'q/a', '1@5/2 2@5/1', '| 1'],
  ['latest: a deletion is a reply as well', LATEST, 'q/a', '1@5/1 -@6/1', '| -'],
  ['latest holds one per key', LATEST, 'q/*', 'q/a:1 q/b:2 q/a:3 q/*:4', '| 3 2 4'],
  ['monotonic compares per key', MONOTONIC, 'q/*', 'q/a:1@5/1 q/b:2@4/1 q/a:3@4/1', '1 2'],
]; // prettier-ignore

async function replyWith(query: Query, text: string): Promise<void> {
  if (text.startsWith('!')) return query.replyErr(text.slice(1));
  const [, key = 'q/a', value, time, id] = /^(?:(.*):)?([^@]*)(?:@(\d+)\/(\w+))?$/.exec(text)!;
  const options = time === undefined ? {} : { timestamp: new Timestamp(ZenohId.parse(id!), BigInt(time) << 32n) };
  return value === '-' ? query.replyDel(key, options) : query.reply(key, value!, options);
}

for (const own of [true, false]) {
  for (const [name, mode, selector, replies, seen] of cases) {
    test(`consolidation: ${name} (${own ? 'own' : 'other'} session)`, async () => {
      const net = new TestSessions();
      const { a, b } = await net.pair();
      const queries: Query[] = [];
      const answerer = own ? a : b;
      await net.of(answerer.declareQueryable('q/**', { handler: (query) => void queries.push(query) }));
      await net.settle();
      const receiver = (await net.of(a.get(selector, { consolidation: mode })))!;
      await net.settle();
      for (const reply of replies.split(' ')) await net.of(replyWith(queries[0]!, reply));
      await net.settle();
      const told: string[] = [];
      const take = (): void => {
        for (const one of unread(receiver)) {
          const sample = one.ok();
          told.push(
            sample === undefined ? `!${one.err()!.payload()}` : sample.kind() === 1 ? '-' : `${sample.payload()}`,
          );
        }
      };
      take();
      if (seen.includes('|')) told.push('|');
      await net.of(queries[0]!.finalize());
      await net.settle();
      take();
      assert.equal(told.join(' '), seen);
      assert.equal(receiver.state(), 'close');
      await net.close();
    });
  }
}
