import assert from 'node:assert';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ZError } from '../base/index.ts';
import {
  KeFormat,
  type KeParsed,
  KeyExprError,
  KeyExpr,
  Parameters,
  canonize,
  faultOf,
  includes,
  intersects,
  literalPrefix,
  stripLiteralPrefix,
  stripPrefix,
} from './index.ts';

type Row = Readonly<Record<string, unknown>>;
type Table = readonly Row[];
const file = JSON.parse(readFileSync(new URL('../../test/vectors/keyexpr.json', import.meta.url), 'utf8')) as Record<
  string,
  Table | string
>;

/** Runs it, and gives the result or the name of the fault in the shape of a row. */
function outcome(run: () => unknown): unknown {
  try {
    return String(run());
  } catch (error) {
    assert.ok(error instanceof KeyExprError);
    return { error: error.reason };
  }
}
const expected = (row: Row, field: string): unknown => ('error' in row ? { error: row['error'] } : row[field]);

const checks: Readonly<Record<string, (row: Row) => void>> = {
  pairs: (row) => {
    const { a, b } = row as { a: string; b: string };
    assert.equal(intersects(a, b), row['intersects']);
    assert.equal(intersects(b, a), row['intersects']);
    assert.equal(includes(a, b), row['includes']);
    const level = a === b ? 3 : row['includes'] ? 2 : row['intersects'] ? 1 : 0;
    assert.equal(new KeyExpr(a).relationTo(b), level);
  },
  canonisation: (row) =>
    assert.deepEqual(
      outcome(() => canonize(row['input'] as string)),
      expected(row, 'canonical'),
    ),
  validation: (row) => assert.equal(faultOf(row['input'] as string) ?? null, row['error']),
  join: (row) =>
    assert.deepEqual(
      outcome(() => new KeyExpr(row['a'] as string).join(row['b'] as string)),
      expected(row, 'result'),
    ),
  concat: (row) =>
    assert.deepEqual(
      outcome(() => new KeyExpr(row['a'] as string).concat(row['b'] as string)),
      expected(row, 'result'),
    ),
  nonwildPrefix: (row) => assert.equal(literalPrefix(row['input'] as string) ?? null, row['result'] || null),
  stripPrefix: (row) => assert.deepEqual(stripPrefix(row['input'] as string, row['prefix'] as string), row['result']),
  stripNonwildPrefix: (row) =>
    assert.equal(stripLiteralPrefix(row['input'] as string, row['prefix'] as string) ?? null, row['result']),
  parameters: (row) => {
    const parameters = new Parameters(row['input'] as string);
    assert.equal(parameters.toString(), row['stored']);
    assert.deepEqual([...parameters], row['entries']);
  },
  formatParse: (row) => {
    const format = new KeFormat(row['format'] as string);
    const parse = (): KeParsed => format.parse(row['key'] as string);
    if (row['fields'] === null) assert.throws(parse, { code: 'INVALID_ARGUMENT' });
    else assert.deepEqual(Object.fromEntries(parse()), row['fields']);
  },
  formatBuild: (row) => {
    const build = (): string => {
      const formatter = new KeFormat(row['format'] as string).formatter();
      for (const [id, value] of Object.entries(row['set'] as object)) formatter.set(id, value);
      return formatter.build().text;
    };
    if (typeof row['key'] === 'string') assert.equal(build(), row['key']);
    else assert.throws(build, ZError);
  },
};

/** Tables that other rooms answer for. */
const elsewhere: Readonly<Record<string, string>> = {
  timeRange: 'the time range language belongs to the evaluation of _time',
};

for (const [name, table] of Object.entries(file)) {
  if (typeof table === 'string') continue;
  const check = checks[name];
  if (check === undefined) {
    test(`vectors: ${name}`, { skip: elsewhere[name] ?? false }, () => assert.fail('a table that nobody answers for'));
  } else {
    test(`vectors: ${name}, ${table.length} rows`, () => {
      for (const row of table) {
        try {
          check(row);
        } catch (cause) {
          throw new Error(`${name}: ${JSON.stringify(row)}`, { cause });
        }
      }
    });
  }
}
