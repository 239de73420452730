import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { CodecError, Reader } from '../base/index.ts';
import { bytesOf } from '../testing/index.ts';
import {
  ERR,
  PUSH,
  PUT,
  QUERY,
  REPLY,
  REQUEST,
  RESPONSE,
  builders,
  decodeAuth,
  decodeLinkStates,
  decodeNetworkMessage,
  decodeScoutingMessage,
  decodeTransportMessage,
} from './index.ts';

/** Reads of all readers, and bytes of all arrays that are made, while something runs. */
const cost = { reads: 0, bytes: 0 };

const { u8, skip } = Object.getOwnPropertyDescriptors(Reader.prototype);
Reader.prototype.u8 = function counted(this: Reader): number {
  cost.reads++;
  return u8.value!.call(this);
};
Reader.prototype.skip = function counted(this: Reader, n: number): number {
  cost.reads++;
  return skip.value!.call(this, n);
};
const make = Uint8Array;
const counting = new Proxy(make, {
  construct(target, args: [number]) {
    const made = new target(...args);
    if (typeof args[0] === 'number') cost.bytes += made.length;
    return made;
  },
});

/** Decodes, and builds what bodies hold; bad input is as good as any. */
function decode(read: (r: Reader) => unknown, bytes: Uint8Array): void {
  globalThis.Uint8Array = counting;
  cost.reads = cost.bytes = 0;
  try {
    read(new Reader(bytes));
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
  } finally {
    globalThis.Uint8Array = make;
  }
}

function network(r: Reader): void {
  const m = decodeNetworkMessage(r);
  if (m.id !== PUSH && m.id !== REQUEST && m.id !== RESPONSE) return;
  switch (m.body.id) {
    case PUT:
      builders.put(m.body);
      return;
    case QUERY:
      builders.query(m.body);
      return;
    case REPLY:
      builders.reply(m.body);
      return;
    case ERR:
      builders.err(m.body);
      return;
    default:
      builders.del(m.body);
  }
}

/** Whatever a message of `n` bytes says, it is read, walked and built with this much and no more. */
function assertBounded(name: string, n: number): void {
  assert.ok(cost.reads <= 4 * n + 100, `${name}: ${cost.reads} reads of ${n} bytes`);
  assert.ok(cost.bytes <= 4 * n + 1000, `${name}: ${cost.bytes} bytes made of ${n}`);
}

const SIZE = 60_000;

/** Small things again and again, up to the size of a batch. */
const crowds: readonly (readonly [
  name: string,
  read: (r: Reader) => unknown,
  head: string,
  each: string,
  end: string,
])[] = [
  ['unknown extensions of Push', network, 'fd 00 01 61', '89', '09 01 01 31'],
  ['unknown extensions of Put', network, '7d 00 01 61 81', '8d', '0d 01 31'],
  ['unknown extensions of Put between attachments', network, '7d 00 01 61 81', '8d c3 01 41', '0d 01 31'],
  ['attachments of Put', network, '7d 00 01 61 81', 'c3 01 41', '43 01 41 01 31'],
  ['sources of Put', network, '7d 00 01 61 81', 'c1 04 00 aa 01 02', '41 04 00 aa 01 02 01 31'],
  ['unknown extensions of Del', network, '7d 00 01 61 82', '8d', '0d'],
  ['unknown extensions of Query', network, '7c 01 00 01 61 83', 'ad 05', '2d 05'],
  ['values of Query', network, '7c 01 00 01 61 83', 'c3 02 00 42', '43 02 00 42'],
  ['unknown extensions of Reply', network, '7b 01 00 01 61 84', 'cf 01 aa', '4f 01 aa 01 01 31'],
  ['unknown extensions of Err', network, '7b 01 00 01 61 85', '8d', '0d 01 31'],
  ['unknown extensions of Declare', network, '9e', '89', '09 1a'],
  ['unknown extensions of D_SUBSCRIBER', network, '1e e2 01 00 01 61', '8d', '0d'],
  ['unknown extensions of Interest', network, 'f9 01 02', '89', '09'],
  ['unknown extensions of OAM', network, 'df 01', '89', '09 00'],
  ['locators of Hello', decodeScoutingMessage, '22 09 00 aa e0 d4 03', '01 61', ''],
  ['unknown extensions of Scout', decodeScoutingMessage, '81 09 03', '8d', '0d'],
  ['unknown extensions of InitSyn', decodeTransportMessage, '81 09 02 aa', '8d', '0d'],
  ['unknown extensions of OpenSyn', decodeTransportMessage, '82 0a 00 00', '8d', '0d'],
  ['unknown extensions of Frame', decodeTransportMessage, 'a5 01', '8d', '0d'],
  ['parts of Auth', (r) => decodeAuth(r.raw(r.left)), '', '8d', '0d'],
  ['link states', decodeLinkStates, 'e0 d4 03', '00 01 01 00', ''],
  ['links of a link state', decodeLinkStates, '01 00 00 01 e0 d4 03', '01', ''],
];

for (const [name, read, head, each, end] of crowds) {
  test(`bounds: 60 KB of ${name} cost in proportion`, () => {
    const [first, one, last] = [bytesOf(head), bytesOf(each), bytesOf(end)];
    const times = Math.floor((SIZE - first.length - last.length) / one.length);
    const bytes = new Uint8Array(first.length + times * one.length + last.length);
    bytes.set(first);
    for (let i = 0; i < times; i++) bytes.set(one, first.length + i * one.length);
    bytes.set(last, first.length + times * one.length);
    decode(read, bytes);
    assertBounded(name, bytes.length);
    assert.ok(cost.reads > times, `${name}: it was read to its end, not given up after ${cost.reads} reads`);
  });
}

/** Largest numbers of 16, 32, 53 and 64 bits. */
const huge = ['ff ff 03', 'ff ff ff ff 0f', 'ff ff ff ff ff ff ff 0f', 'ff ff ff ff ff ff ff ff ff'].map(bytesOf);

for (const [file, read] of [
  ['network', network],
  ['transport', decodeTransportMessage],
] as const) {
  test(`bounds: a huge number at any place of what was recorded of ${file} messages costs nothing`, () => {
    const url = new URL(`../../test/vectors/${file}.json`, import.meta.url);
    const vectors = JSON.parse(readFileSync(url, 'utf8')) as { readonly name: string; readonly hex: string }[];
    for (const { name, hex: text } of vectors) {
      // Transport messages stand behind the length of their batch.
      const bytes = bytesOf(text).subarray(file === 'network' ? 0 : 2, 300);
      for (const number of huge) {
        for (let at = 0; at <= bytes.length; at++) {
          const bad = new Uint8Array(bytes.length + number.length);
          bad.set(bytes.subarray(0, at));
          bad.set(number, at);
          bad.set(bytes.subarray(at), at + number.length);
          decode(read, bad);
          assertBounded(`${name} with a huge number at ${at}`, bad.length);
        }
      }
    }
  });
}
