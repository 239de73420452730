import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A process of its own that speaks in JSON: a script beside this file. */
export class Child {
  readonly process: ChildProcess;
  /** What it has said that nobody has waited for yet. */
  readonly #said: unknown[] = [];
  #wake: () => void = () => undefined;
  /** What it wrote where errors go. */
  stderr = '';
  stdout = '';
  readonly exit: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  #over = false;

  constructor(script: string, args: readonly string[] = [], flags: readonly string[] = []) {
    const path = fileURLToPath(new URL(script, import.meta.url));
    this.process = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...flags, path, ...args], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.process.stdout!.on('data', (chunk: Buffer) => {
      this.stdout += chunk.toString();
    });
    this.process.stderr!.on('data', (chunk: Buffer) => {
      this.stderr += chunk.toString();
    });
    this.process.on('message', (message) => {
      this.#said.push(message);
      this.#wake();
    });
    this.exit = once(this.process, 'close').then(([code, signal]: unknown[]) => {
      this.#over = true;
      this.#wake();
      return { code: code as number | null, signal: signal as NodeJS.Signals | null };
    });
  }

  /** The next thing it says. @throws Error with what it wrote if it ends before */
  async next<T>(): Promise<T> {
    while (this.#said.length === 0) {
      if (this.#over) throw new Error(`the process has ended\n${this.stderr}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#said.shift() as T;
  }

  tell(message: object): void {
    this.process.send(message);
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.process.kill(signal);
  }

  /** Ends it, whatever it does. */
  async end(): Promise<void> {
    if (!this.#over) this.kill();
    await this.exit;
  }
}

/** Waits for a condition, and says what it waited for if that takes ten seconds. */
export async function until(condition: () => boolean, what: () => string): Promise<void> {
  const limit = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > limit) throw new Error(`in vain: ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
