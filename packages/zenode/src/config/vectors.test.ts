import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Config, ConfigError } from './index.ts';

/** What zenoh 1.10.2 says to each input; `message` null: accepted. */
interface Case {
  readonly input: string;
  readonly message: string | null;
  readonly getJson?: string;
  readonly value?: string;
}

const path = new URL('../../test/vectors/runtime.json', import.meta.url);
const { configErrors } = JSON.parse(readFileSync(path, 'utf8')) as { configErrors: readonly Case[] };

/** Accepted or refused as in the reference, but in other words. */
const otherWords: Readonly<Record<string, string>> = {
  '': 'parser message',
  '   ': 'parser message',
  '{': 'parser message',
  "insert_json5('mode', 'peer')": 'parser message',
  "insert_json5('adminspace/enabled', 'tru')": 'parser message',
};

/** Decided otherwise here. */
const otherwise: Readonly<Record<string, string>> = {
  '[]': 'positional lists in place of objects may be refused (9.2): nobody can read them',
  '{plugins:[]}': 'as above',
  '["abc"]': 'as above',
  '{connect:[5]}': 'as above',
};

const otherPlaces: readonly (readonly [RegExp, string])[] = [
  [/^(?:empty|\.txt|missing|\.toml)?.*\bfile\b/, 'files: file.test.ts'],
  [/^yaml/, 'YAML is not read yet'],
  [/^ZENOH_CONFIG/, 'environment: file.test.ts'],
  [/^plugins\.a|^include loop/, 'includes: file.test.ts'],
];

/** The part of a reference message that ours must hold. */
function essence(message: string): string {
  const inner = /^(?:Json5Err\(Message \{ msg: "(.*)", location: .*|Str\("(.*)"\))$/s.exec(message);
  const text = inner?.[1] ?? inner?.[2] ?? message;
  return text
    .replace(/, expected struct .*$/, ', expected ')
    .replace(/^invalid type: (.*), expected (?:i64|u64|WhatAmI|An hex|a map|i64 or).*$/s, 'invalid type: $1, expected ')
    .replace(/^error parsing number$/, 'invalid type: string "3000", expected an integer')
    .replace(/^(Invalid Key Expr `.*`: ).*$/, '$1');
}

function run(input: string): string | undefined {
  const call = /^(insert_json5|get_json)\('([^']*)'(?:, (['"])(.*)\3)?\)$/s.exec(input);
  if (!call) {
    Config.fromJson5(input);
    return undefined;
  }
  const config = Config.default();
  if (call[1] === 'get_json') return config.getJson(call[2]!);
  config.insertJson5(call[2]!, call[4]!);
  return undefined;
}

for (const { input, message, getJson, value } of configErrors) {
  const name = `config: ${input}${getJson === undefined ? '' : `, then ${getJson}`}`;
  const skip = otherwise[input] ?? otherPlaces.find(([pattern]) => pattern.test(input))?.[1];
  test(name, { skip }, () => {
    if (message !== null) {
      assert.throws(
        () => run(input),
        (error: unknown) => {
          assert.ok(error instanceof ConfigError, String(error));
          if (otherWords[input] === undefined) {
            assert.ok(error.message.includes(essence(message)), `${error.message}\n   for ${essence(message)}`);
          }
          return true;
        },
      );
      return;
    }
    const got = run(input);
    if (value === undefined) return;
    const shown = getJson === undefined ? got : Config.fromJson5(input).getJson(getJson);
    // Numbers hold 53 bits.
    assert.equal(shown, value === '18446744073709551615' ? String(Number.MAX_SAFE_INTEGER) : value);
  });
}
