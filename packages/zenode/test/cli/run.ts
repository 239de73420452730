import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** Compiled sources are kept: starting takes a third of the time then. */
const CACHE = fileURLToPath(new URL('../../../../node_modules/.cache/compiled', import.meta.url));

/** No child lives longer, whatever happens. */
const LIMIT_MS = 60_000;
/** Of what serves a whole file of tests. */
export const LONG_MS = 240_000;

const running = new Set<Child>();

/** A child process and what it has written so far. */
export class Child {
  readonly process: ChildProcess;
  stdout = '';
  stderr = '';
  /** Exit code, or the name of the signal that killed it. */
  readonly ended: Promise<number | string>;
  readonly #waiting = new Set<() => void>();
  #over = false;

  constructor(
    command: string,
    args: readonly string[],
    options: { readonly cwd?: string; readonly path?: string; readonly limitMs?: number } = {},
  ) {
    const env = {
      ...process.env,
      NODE_COMPILE_CACHE: CACHE,
      ...(options.path === undefined ? {} : { PATH: options.path }),
    };
    const cwd = options.cwd ?? process.cwd();
    this.process = spawn(command, [...args], { cwd, env, stdio: 'pipe', detached: options.path !== undefined });
    running.add(this);
    const limit = setTimeout(() => this.kill('SIGKILL'), options.limitMs ?? LIMIT_MS);
    this.process.stdin!.on('error', () => undefined);
    for (const name of ['stdout', 'stderr'] as const) {
      this.process[name]!.setEncoding('utf8').on('data', (text: string) => {
        this[name] += text;
        for (const look of this.#waiting) look();
      });
    }
    this.ended = once(this.process, 'close').then(([code, signal]) => {
      clearTimeout(limit);
      this.#over = true;
      running.delete(this);
      for (const look of this.#waiting) look();
      return (code ?? signal) as number | string;
    });
  }

  get over(): boolean {
    return this.#over;
  }

  /** Of the child, or of a shell and all that it has started. */
  kill(signal: NodeJS.Signals = 'SIGINT'): void {
    const { pid, spawnargs } = this.process;
    if (pid === undefined || this.#over) return;
    if (spawnargs[0] === 'sh') process.kill(-pid, signal);
    else this.process.kill(signal);
  }

  /** The text that matches, on stdout or stderr, as soon as it is there. */
  async said(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const match = pattern.exec(this.stdout) ?? pattern.exec(this.stderr);
        if (match === null && !this.#over) return;
        this.#waiting.delete(look);
        if (match !== null) resolve(match);
        else reject(new Error(`it ended without saying ${pattern}:\n${this.stdout}\n${this.stderr}`));
      };
      this.#waiting.add(look);
      look();
    });
  }

  lines(): string[] {
    return this.stdout.split('\n').slice(0, -1);
  }

  /** What `--json` has printed. */
  rows(): Record<string, unknown>[] {
    return this.lines().map((line) => JSON.parse(line) as Record<string, unknown>);
  }
}

/** Starts the command. */
export function zenode(...args: string[]): Child {
  return new Child(process.execPath, [MAIN, ...args]);
}

/** Runs the command to its end. */
export async function run(...args: string[]): Promise<Child & { readonly code: number | string }> {
  return finish(zenode(...args));
}

export async function finish(child: Child): Promise<Child & { readonly code: number | string }> {
  child.process.stdin!.end();
  return Object.assign(child, { code: await child.ended });
}

export interface Router {
  readonly endpoint: string;
  readonly zid: string;
  readonly child: Child;
}

export async function startRouter(endpoint: string = 'tcp/127.0.0.1:0'): Promise<Router> {
  const child = new Child(process.execPath, [MAIN, 'router', '-l', endpoint], { limitMs: LONG_MS });
  const [, locator] = await child.said(/Zenoh can be reached at: (\S+)/);
  const [, zid] = await child.said(/Using ZID: (\S+)/);
  return { endpoint: locator!, zid: zid!, child };
}

/** An endpoint where nobody listens now. */
export async function freeEndpoint(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `tcp/127.0.0.1:${port}`;
}

/** Nothing is left behind, whatever has failed. */
export async function killAll(): Promise<void> {
  const left = [...running];
  for (const child of left) child.kill('SIGKILL');
  await Promise.all(left.map((child) => child.ended));
}
