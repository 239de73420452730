import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

/** One line of JSON that a program printed. */
export type Line = Readonly<Record<string, unknown>>;

/** How a program is started. */
export interface Launch {
  readonly name: string;
  readonly argv: readonly string[];
  /** What a program that prints no JSON says on any output once it is ready. */
  readonly ready?: RegExp;
}

const START_MS = 30_000;
const TICKS_PER_SECOND = 100;
const running = new Set<ChildProcess>();

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

/** A started program. Nothing waits for it without a limit, and leaving the scope ends it. */
export class Program implements AsyncDisposable {
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #lines: Line[] = [];
  #errors: string = '';
  #over: boolean = false;
  #wake: () => void = () => {};

  private constructor(launch: Launch) {
    const [file = '', ...args] = launch.argv;
    this.#name = launch.name;
    // Standard input stays open as long as this process lives: a program ends with it.
    this.#child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#exited = once(this.#child, 'close').catch((error: unknown) => this.#note(String(error)));
    void this.#exited.then(() => {
      this.#over = true;
      running.delete(this.#child);
      this.#wake();
    });
    running.add(this.#child);
    const accept = (line: string): void => {
      if (launch.ready?.test(line) === true) this.#lines.push({ ready: true });
      else if (line.startsWith('{')) this.#lines.push(JSON.parse(line) as Line);
      else this.#note(line);
      this.#wake();
    };
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', accept);
    }
  }

  /** Resolves when the program has said that it is ready. */
  static async start(launch: Launch): Promise<Program> {
    const program = new Program(launch);
    try {
      await program.next(START_MS);
      return program;
    } catch (error) {
      await program[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The next line of JSON; rejects if the program ends, or says nothing for `ms`. */
  async next(ms: number): Promise<Line> {
    const deadline = performance.now() + ms;
    for (;;) {
      const line = this.#lines.shift();
      if (line !== undefined) return line;
      if (this.#over) throw new Error(`${this.#name} ended with ${this.#child.exitCode}: ${this.#errors.trim()}`);
      const left = deadline - performance.now();
      if (left <= 0) throw new Error(`${this.#name} said nothing for ${ms} ms: ${this.#errors.trim()}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Seconds of processor time used so far, user and system. Linux only: NaN elsewhere. */
  cpuSeconds(): number {
    if (process.platform !== 'linux') return NaN;
    const stat = readFileSync(`/proc/${this.#child.pid}/stat`, 'latin1');
    // The second field is the name in parentheses and may hold spaces; user and system time are fields 14 and 15.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  #note(line: string): void {
    this.#errors = `${this.#errors}${line}\n`.slice(-2000);
  }
}

/** An endpoint on the loopback interface whose port was free a moment ago. */
export async function freeEndpoint(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return `tcp/127.0.0.1:${address.port}`;
}
