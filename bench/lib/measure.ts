import { type End, type FlagValues } from './end.ts';
import { type Launch, Program, freeEndpoint } from './process.ts';
import { median } from './stats.ts';

export interface Throughput {
  readonly pub: End;
  readonly sub: End;
  /** Between both, which are clients then; without it both are peers, and the subscriber listens. */
  readonly router?: End;
  readonly size: number;
  readonly subs?: number;
  /** Messages a second; without it as many as go. */
  readonly rate?: number;
}

const WARMUP_S = 1;
const WINDOW_S = 1;
const WINDOWS = 3;
const TRIPS = 10_000;
const SLACK_MS = 20_000;

/** Longer than any measurement lasts: the publisher ends then even if nobody ends it. */
const PUBLISHER_S = 120;

interface Flow {
  /** Messages that arrived, in all subscribers together, a second: the median of the windows. */
  readonly rate: number;
  /** Processor time of the router per message that arrived, in microseconds. */
  readonly routerCpuMicros: number;
}

/** Starts the programs, measures once, ends them. */
export async function flow(what: Throughput): Promise<Flow> {
  const endpoint = await freeEndpoint();
  const mode = what.router ? 'client' : 'peer';
  const far = { mode, connect: endpoint };
  const near = what.router ? far : { mode, listen: endpoint };
  const timing: FlagValues = { warmup: WARMUP_S, window: WINDOW_S, windows: WINDOWS };
  const told = what.sub.tellSize === true ? { size: what.size } : {};
  const load = { size: what.size, rate: what.rate, seconds: PUBLISHER_S };

  await using programs = new AsyncDisposableStack();
  const start = async (launch: Launch): Promise<Program> => programs.use(await Program.start(launch));
  const router = what.router && (await start(what.router.launch('router', { listen: endpoint })));
  const sub = await start(what.sub.launch('thr sub', { ...near, ...timing, ...told, subs: what.subs ?? 1 }));
  await start(what.pub.launch('thr pub', { ...far, ...load }));

  const rates: number[] = [];
  let arrived = 0;
  let cpu = 0;
  for (let i = 0; i < WINDOWS; i++) {
    const before = router?.cpuSeconds() ?? NaN;
    const line = await sub.next((WARMUP_S + WINDOW_S) * 1000 + SLACK_MS);
    rates.push(Number(line.msgs) / Number(line.secs));
    // The first window is preceded by the start, which is no part of it.
    if (i === 0) continue;
    arrived += Number(line.msgs);
    cpu += (router?.cpuSeconds() ?? NaN) - before;
  }
  return { rate: median(rates), routerCpuMicros: (cpu * 1e6) / arrived };
}

/** Messages a second. */
export async function throughput(what: Throughput): Promise<Readonly<Record<string, number>>> {
  return { 'msg/s': (await flow(what)).rate };
}

/** Round trips of `size` bytes, in microseconds. */
export async function roundTrip(
  ends: { readonly ping: End; readonly pong: End },
  size: number,
  express: boolean,
): Promise<Readonly<Record<string, number>>> {
  const endpoint = await freeEndpoint();
  await using programs = new AsyncDisposableStack();
  programs.use(await Program.start(ends.pong.launch('pong', { mode: 'peer', listen: endpoint, express })));
  const flags = { mode: 'peer', connect: endpoint, size, express, warmup: WARMUP_S, count: TRIPS };
  const ping = programs.use(await Program.start(ends.ping.launch('ping', flags)));
  const line = await ping.next(60_000);
  return { 'p50 µs': Number(line.p50), 'p99 µs': Number(line.p99) };
}
