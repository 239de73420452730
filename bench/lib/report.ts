import { execFileSync } from 'node:child_process';
import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { type Row, number } from './suite.ts';

/** Where and when: what a figure means nothing without. */
export function machine(): Readonly<Record<string, string>> {
  const list = cpus();
  return {
    date: new Date().toISOString().slice(0, 16).replace('T', ' ') + ' UTC',
    commit: commit(),
    cpu: `${list[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} cores`,
    memory: `${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    load: `${loadavg()
      .map((x) => x.toFixed(2))
      .join(' ')} (1, 5, 15 minutes, before the run)`,
  };
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', cwd: import.meta.dirname }).trim();
  } catch {
    return 'unknown';
  }
}

export function headerText(where: Readonly<Record<string, string>>): string {
  return Object.entries(where)
    .map(([name, value]) => `- ${name}: ${value}`)
    .join('\n');
}

/** A Markdown table that also reads well in a terminal. */
export function table(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.case,
    row.unit,
    row.side,
    number(row.figure.value),
    percent(row.figure.spread),
    row.reference?.side ?? '–',
    row.reference ? number(row.reference.figure.value) : '–',
    row.reference ? percent(row.reference.figure.spread) : '–',
    row.reference ? row.reference.ratio.toFixed(2) : '–',
  ]);
  const head = ['case', 'unit', 'side', 'median', 'spread', 'against', 'median', 'spread', 'ratio'];
  const numeric = [3, 4, 6, 7, 8];
  const widths = head.map((name, i) => Math.max(name.length, ...cells.map((line) => line[i]?.length ?? 0)));
  const lines = [head, ...cells].map((line) =>
    line.map((cell, i) => (numeric.includes(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0))),
  );
  const rule = widths.map((width, i) => (numeric.includes(i) ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  return [lines[0] ?? [], rule, ...lines.slice(1)].map((line) => `| ${line.join(' | ')} |`).join('\n');
}

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
