import { type End } from './end.ts';
import { median, spread } from './stats.ts';

export interface Options {
  /** Payload sizes in bytes; undefined: those of the suite. */
  readonly sizes: readonly number[] | undefined;
}

/** One way to do what a case measures. */
export interface Side {
  readonly name: string;
  readonly ends: readonly End[];
  /** One round: by unit, one figure each. */
  run(): Promise<Readonly<Record<string, number>>>;
}

/** A thing measured on several sides in turn; every other side is held against the reference. */
export interface Case {
  readonly name: string;
  readonly reference?: Side;
  readonly sides: readonly Side[];
}

/** A suite lists cases, or prints by itself. */
export type Suite = { readonly cases: (options: Options) => readonly Case[] } | { readonly run: () => Promise<void> };

interface Figure {
  readonly value: number;
  readonly spread: number;
  readonly rounds: readonly number[];
}

export interface Row {
  readonly case: string;
  readonly unit: string;
  readonly side: string;
  readonly figure: Figure;
  readonly reference?: { readonly side: string; readonly figure: Figure; readonly ratio: number };
}

export interface Outcome {
  readonly rows: readonly Row[];
  /** What could not be measured, and why. */
  readonly gaps: readonly string[];
  /** A round went wrong, which is worse than a side that is not here. */
  readonly failed: boolean;
}

type Rounds = Map<string, number[]>;

/** Runs each side once per round, in an order that turns, so that no side always meets the same neighbour. */
export async function measure(what: Case, rounds: number, progress: (line: string) => void): Promise<Outcome> {
  const gaps: string[] = [];
  let failed = false;
  const wanted = what.reference ? [...what.sides, what.reference] : what.sides;
  const sides = wanted.filter((side) => {
    const reason = side.ends.map((end) => end.missing()).find((text) => text !== undefined);
    if (reason !== undefined) gaps.push(`${side.name}: skipped, ${reason}`);
    return reason === undefined;
  });
  const results = new Map<Side, Rounds>(sides.map((side) => [side, new Map()]));
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < sides.length; i++) {
      const side = sides[(i + round) % sides.length];
      if (!side) continue;
      try {
        const figures = Object.entries(await side.run());
        for (const [unit, value] of figures) push(results.get(side), unit, value);
        const said = figures.map(([unit, value]) => `${number(value)} ${unit}`).join(', ');
        progress(`${what.name}, ${side.name}, round ${round + 1}: ${said}`);
      } catch (error) {
        failed = true;
        const reason = error instanceof Error ? error.message : String(error);
        gaps.push(`${what.name}, ${side.name}, round ${round + 1}: failed, ${reason}`);
        progress(gaps.at(-1) ?? '');
      }
    }
  }
  return { rows: rowsOf(what, results), gaps, failed };
}

function rowsOf(what: Case, results: ReadonlyMap<Side, Rounds>): Row[] {
  const against = what.reference && results.get(what.reference);
  const rows: Row[] = [];
  for (const side of what.sides) {
    for (const [unit, rounds] of results.get(side) ?? []) {
      const row = { case: what.name, unit, side: side.name, figure: figureOf(rounds) };
      const other = against?.get(unit);
      if (!what.reference || !other) rows.push(row);
      else {
        const figure = figureOf(other);
        const ratio = row.figure.value / figure.value;
        rows.push({ ...row, reference: { side: what.reference.name, figure, ratio } });
      }
    }
  }
  if (rows.length > 0 || !what.reference) return rows;
  // Nothing to hold against it: the reference still was measured.
  const { name: side } = what.reference;
  return [...(against ?? [])].map(([unit, rounds]) => ({ case: what.name, unit, side, figure: figureOf(rounds) }));
}

function push(rounds: Rounds | undefined, unit: string, value: number): void {
  const list = rounds?.get(unit);
  if (list) list.push(value);
  else rounds?.set(unit, [value]);
}

function figureOf(rounds: readonly number[]): Figure {
  return { value: median(rounds), spread: spread(rounds), rounds };
}

/** Three digits that count: `4.11 M`, `12.3`. */
export function number(value: number): string {
  for (const [unit, name] of [
    [1e6, ' M'],
    [1e4, ' k'],
  ] as const) {
    if (value >= unit) return `${digits(value / (name === ' k' ? 1e3 : unit))}${name}`;
  }
  return digits(value);
}

function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

export function sizeName(size: number): string {
  if (size >= 1 << 20 && size % (1 << 20) === 0) return `${size >> 20} MiB`;
  return size >= 1024 && size % 1024 === 0 ? `${size >> 10} KiB` : `${size} B`;
}
