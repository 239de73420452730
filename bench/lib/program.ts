// What the programs under measurement share: one line of JSON when ready, one per result.

import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

/** The flags of all programs, ours and Rust's. A program ignores none: what it does not list is refused. */
const FLAGS = {
  mode: { type: 'string', default: 'peer' },
  connect: { type: 'string', multiple: true, default: [] as string[] },
  listen: { type: 'string', multiple: true, default: [] as string[] },
  key: { type: 'string' },
  stdin: { type: 'boolean', default: false },
  size: { type: 'string' },
  priority: { type: 'string', default: '5' },
  congestion: { type: 'string', default: 'block' },
  express: { type: 'boolean', default: false },
  count: { type: 'string' },
  seconds: { type: 'string', default: '1e9' },
  rate: { type: 'string' },
  pack: { type: 'boolean', default: false },
  subs: { type: 'string', default: '1' },
  warmup: { type: 'string', default: '1' },
  window: { type: 'string', default: '1' },
  windows: { type: 'string', default: 'Infinity' },
} as const;

export type Flags = ReturnType<typeof parse>['values'];

function parse() {
  return parseArgs({ options: FLAGS, allowPositionals: true, strict: true });
}

/** The role (`pub`, `sub`, `ping`, `pong`, or none) and the flags of this process. */
export function start(): { readonly role: string; readonly flags: Flags } {
  const { values, positionals } = parse();
  if (values.stdin) process.stdin.on('end', () => process.exit(0)).resume();
  return { role: positionals.join(' '), flags: values };
}

export function say(line: Readonly<Record<string, unknown>>): void {
  console.log(JSON.stringify(line));
}

export function ready(): void {
  say({ ready: true });
}

/** A payload as the Rust programs make it. */
export function payloadOf(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => i % 10);
}

/** Host and port of `tcp/host:port`. */
export function addressOf(endpoints: readonly string[]): { readonly host: string; readonly port: number } {
  const match = /^tcp\/(.+):(\d+)$/.exec(endpoints[0] ?? '');
  if (match?.[1] === undefined) throw new Error(`expected tcp/host:port, got ${endpoints[0] ?? 'no endpoint'}`);
  return { host: match[1], port: Number(match[2]) };
}

/**
 * Prints a line per window, after the first message and the warm-up; then ends the process.
 * A window lasts `window` seconds, or with `count` until so many messages were seen.
 */
export async function reportWindows(seen: () => number, flags: Flags): Promise<never> {
  while (seen() === 0) await sleep(1);
  await sleep(Number(flags.warmup) * 1000);
  for (let left = Number(flags.windows); left > 0; left--) {
    const begin = performance.now();
    const before = seen();
    if (flags.count === undefined) await sleep(Number(flags.window) * 1000);
    else while (seen() - before < Number(flags.count)) await sleep(1);
    say({ msgs: seen() - before, secs: (performance.now() - begin) / 1000 });
  }
  process.exit(0);
}

/** Prints median and 99th percentile of round trips in microseconds; then ends the process. */
export async function reportTrips(trip: () => Promise<void>, flags: Flags): Promise<never> {
  const end = performance.now() + Number(flags.warmup) * 1000;
  while (performance.now() < end) await trip();
  const rtts = new Float64Array(Number(flags.count ?? 10_000));
  for (let i = 0; i < rtts.length; i++) {
    const begin = performance.now();
    await trip();
    rtts[i] = (performance.now() - begin) * 1000;
  }
  rtts.sort();
  const at = (share: number): number => Number(rtts.at(Math.min(Math.floor(rtts.length * share), rtts.length - 1)));
  say({ rtts: rtts.length, p50: at(0.5), p99: at(0.99) });
  process.exit(0);
}

/** Calls `put` `rate` times a second until `count` or `seconds` are over; returns how often. */
export async function paced(rate: number, flags: Flags, put: () => void | Promise<void>): Promise<number> {
  const begin = performance.now();
  const elapsed = (): number => (performance.now() - begin) / 1000;
  const count = Number(flags.count ?? Infinity);
  let sent = 0;
  while (sent < count && elapsed() < Number(flags.seconds)) {
    const due = Math.min(Math.floor(elapsed() * rate), count);
    for (; sent < due; sent++) await put();
    await sleep(1);
  }
  return sent;
}
