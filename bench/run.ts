// npm run bench -- NAME... [--json] [--rounds N] [--sizes 8,64,1024]

import { parseArgs } from 'node:util';
import { headerText, machine, table } from './lib/report.ts';
import { type Outcome, type Suite, measure } from './lib/suite.ts';
import { fanout } from './suites/fanout.ts';
import { floor } from './suites/floor.ts';
import { keyexpr } from './suites/keyexpr.ts';
import { nats } from './suites/nats.ts';
import { p2p } from './suites/p2p.ts';
import { ping } from './suites/ping.ts';
import { router } from './suites/router.ts';
import { rust } from './suites/rust.ts';

const SUITES: Readonly<Record<string, Suite>> = { floor, rust, p2p, router, fanout, ping, keyexpr, nats };

const { values, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    sizes: { type: 'string' },
  },
});
const rounds = positive(values.rounds);
const sizes = values.sizes?.split(',').map(positive);
const unknown = names.filter((name) => !Object.hasOwn(SUITES, name));
if (names.length === 0 || unknown.length > 0) {
  console.error(`usage: npm run bench -- NAME... [--json] [--rounds N] [--sizes 8,64,1024]`);
  console.error(`names: ${Object.keys(SUITES).join(' ')}${unknown.length > 0 ? `; not ${unknown.join(' ')}` : ''}`);
  process.exit(2);
}

const where = machine();
const outcomes: Record<string, Outcome> = {};
if (!values.json) console.log(`${headerText(where)}\n- rounds: ${rounds}`);
for (const name of names) {
  const suite = SUITES[name];
  if (!suite) continue;
  if (!values.json) console.log(`\n## ${name}\n`);
  if ('run' in suite) await suite.run();
  else outcomes[name] = await runCases(suite.cases({ sizes }));
}
if (values.json) console.log(JSON.stringify({ machine: where, rounds, suites: outcomes }, null, 2));
if (Object.values(outcomes).some((outcome) => outcome.failed)) process.exitCode = 1;

async function runCases(cases: ReturnType<Extract<Suite, { cases: unknown }>['cases']>): Promise<Outcome> {
  const all: Outcome[] = [];
  for (const what of cases) all.push(await measure(what, rounds, (line) => console.error(line)));
  const rows = all.flatMap((outcome) => outcome.rows);
  const gaps = [...new Set(all.flatMap((outcome) => outcome.gaps))];
  if (!values.json) {
    if (rows.length > 0) console.log(table(rows));
    if (gaps.length > 0) console.log(`\n${gaps.map((gap) => `- ${gap}`).join('\n')}`);
  }
  return { rows, gaps, failed: all.some((outcome) => outcome.failed) };
}

function positive(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  console.error(`expected a whole number above 0, got ${JSON.stringify(text)}`);
  process.exit(2);
}
