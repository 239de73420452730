import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Declared, Matchable, Party, PartyKey, PartyPublisher, PartyQuerier, PartyQueryable } from './party.ts';
import { limited, Tap } from './tap.ts';
import type { Answers, SeenQuery, SeenSample } from './values.ts';

/** The release of `.venv`, which is tested in full. */
export const CURRENT = '1.10.2';

/** How long a command may take. */
const COMMAND_MS = 15_000;

interface Line {
  readonly n?: number;
  readonly ok?: unknown;
  readonly error?: string;
  readonly entity?: number;
  readonly sample?: SeenSample;
  readonly query?: SeenQuery;
  readonly matching?: boolean;
  readonly failed?: string;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** A process with real zenoh in it: any number of sessions. */
export class Real {
  readonly release: string;
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<void>;
  readonly #waiting = new Map<number, Waiting>();
  readonly #taps = new Map<number, (line: Line) => void>();
  #log = '';
  #next = 1;

  constructor(release: string = CURRENT, env: Readonly<Record<string, string>> = {}) {
    this.release = release;
    const folder = release === CURRENT ? '../../.venv' : `../venv-${release}`;
    const python = fileURLToPath(new URL(`${folder}/bin/python`, import.meta.url));
    const driver = fileURLToPath(new URL('../real.py', import.meta.url));
    this.#process = spawn(python, [driver], { env: { ...process.env, ...env } });
    this.#process.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      this.#log = (this.#log + chunk).slice(-20_000);
    });
    // What is written to a process that was killed is lost; the commands know by the end of the process.
    this.#process.stdin.on('error', () => {});
    createInterface({ input: this.#process.stdout }).on('line', (line) => this.#onLine(JSON.parse(line) as Line));
    this.#ended = new Promise((resolve) => {
      const end = (why: string): void => {
        const error = new Error(`real ${release} has ended: ${why}\n${this.#log}`);
        for (const waiting of this.#waiting.values()) waiting.reject(error);
        this.#waiting.clear();
        resolve();
      };
      this.#process.once('error', (error) => end(String(error)));
      this.#process.once('close', (code, signal) => end(String(signal ?? code)));
    });
  }

  /** What it has written to its standard error. */
  get log(): string {
    return this.#log;
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#ended;
  }

  /** It goes on to hold its connections, and says nothing. */
  freeze(): void {
    this.#process.kill('SIGSTOP');
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    // One that was frozen would not see the end of its input.
    this.#process.kill('SIGCONT');
    this.#process.stdin.end();
    try {
      await limited(this.#ended, 2_000, () => 'end of the process');
    } catch {
      await this.kill();
    }
  }

  number(): number {
    return this.#next++;
  }

  async command<T>(op: string, fields: object, ms: number = COMMAND_MS): Promise<T> {
    const n = this.number();
    const answer = new Promise<unknown>((resolve, reject) => this.#waiting.set(n, { resolve, reject }));
    this.#process.stdin.write(`${JSON.stringify({ n, op, ...fields })}\n`);
    try {
      return (await limited(answer, ms, () => `${op} of real ${this.release}\n${this.#log}`)) as T;
    } finally {
      this.#waiting.delete(n);
    }
  }

  /** Where the events of an entity go. */
  tap<T>(entity: number, what: string, of: (line: Line) => T): Tap<T> {
    const tap = new Tap<T>(what);
    this.#taps.set(entity, (line) => tap.add(of(line)));
    return tap;
  }

  forget(entity: number): void {
    this.#taps.delete(entity);
  }

  async open(config: object, name = 'real'): Promise<RealParty> {
    const session = this.number();
    const opened = await this.command<{ zid: string; ms: number }>('open', {
      session,
      config: JSON.stringify(config),
    });
    return new RealParty(this, session, name, opened.zid, opened.ms);
  }

  #onLine(line: Line): void {
    if (line.failed !== undefined) this.#log += `\nevent of ${line.entity}: ${line.failed}`;
    if (line.entity !== undefined) {
      if (line.failed === undefined) this.#taps.get(line.entity)?.(line);
      return;
    }
    const waiting = this.#waiting.get(line.n ?? 0);
    if (line.error !== undefined) waiting?.reject(new Error(line.error));
    else waiting?.resolve(line.ok);
  }
}

class RealParty implements Party {
  readonly name: string;
  readonly ours = false;
  readonly zid: string;
  readonly openMs: number;
  readonly #real: Real;
  readonly #session: number;

  constructor(real: Real, session: number, name: string, zid: string, openMs: number) {
    this.#real = real;
    this.#session = session;
    this.name = name;
    this.zid = zid;
    this.openMs = openMs;
  }

  #do<T>(op: string, fields: object): Promise<T> {
    return this.#real.command<T>(op, { session: this.#session, ...fields });
  }

  async #sent(op: string, fields: object): Promise<string | null> {
    return (await this.#do<{ timestamp: string | null }>(op, fields)).timestamp;
  }

  async #declare<T>(
    op: string,
    fields: object,
    what: string,
    of: (line: Line) => T,
  ): Promise<Declared<T> & { entity: number }> {
    const entity = this.#real.number();
    const tap = this.#real.tap(entity, `${this.name}: ${what}`, of);
    await this.#do(op, { entity, ...fields });
    return { entity, tap, undeclare: () => this.#undeclare(entity) };
  }

  async #undeclare(entity: number): Promise<void> {
    await this.#do('undeclare', { entity });
    this.#real.forget(entity);
  }

  put: Party['put'] = (key, payload, options) => this.#sent('put', { key, payload, options });

  delete: Party['delete'] = (key, options) => this.#sent('delete', { key, options });

  putMany: Party['putMany'] = (key, count, options) => this.#do('put_many', { key, count, options });

  async declareKey(key: string): Promise<PartyKey> {
    const entity = this.#real.number();
    await this.#do('declare_keyexpr', { entity, key });
    return {
      put: (payload, options) => this.#sent('put', { alias: entity, payload, options }),
      delete: (options) => this.#sent('delete', { alias: entity, options }),
      undeclare: () => this.#do('undeclare_keyexpr', { entity }),
    };
  }

  subscriber(key: string): Promise<Declared<SeenSample>> {
    return this.#declare('subscriber', { key }, `subscriber ${key}`, (line) => line.sample as SeenSample);
  }

  #matchable(entity: number): Matchable {
    return {
      matching: () => this.#do('matching', { of: entity }),
      listen: () =>
        this.#declare('matching_listener', { of: entity }, 'matching listener', (line) => line.matching as boolean),
      undeclare: () => this.#undeclare(entity),
    };
  }

  publisher: Party['publisher'] = async (key, options): Promise<PartyPublisher> => {
    const entity = this.#real.number();
    await this.#do('publisher', { entity, key, options });
    return {
      ...this.#matchable(entity),
      put: (payload, settings) => this.#sent('publisher_put', { entity, payload, options: settings }),
      delete: (settings) => this.#sent('publisher_delete', { entity, options: settings }),
    };
  };

  queryable: Party['queryable'] = async (key, script, settings): Promise<PartyQueryable> => {
    const { hold, ...options } = settings ?? {};
    const fields = { key, script, hold: hold === true, options };
    const made = await this.#declare('queryable', fields, `queryable ${key}`, (line) => line.query as SeenQuery);
    return { ...made, release: () => this.#do('release', { of: made.entity }) };
  };

  get: Party['get'] = (selector, options) => this.#do<Answers>('get', { selector, options });

  querier: Party['querier'] = async (key, options): Promise<PartyQuerier> => {
    const entity = this.#real.number();
    await this.#do('querier', { entity, key, options });
    return {
      ...this.#matchable(entity),
      get: (settings) => this.#do<Answers>('querier_get', { entity, options: settings }),
    };
  };

  token: Party['token'] = async (key) => {
    const entity = this.#real.number();
    await this.#do('token', { entity, key });
    return { undeclare: () => this.#undeclare(entity) };
  };

  livelinessSubscriber: Party['livelinessSubscriber'] = (key, options) =>
    this.#declare('liveliness_subscriber', { key, options }, `liveliness ${key}`, (line) => line.sample as SeenSample);

  livelinessGet: Party['livelinessGet'] = (key, options) => this.#do<Answers>('liveliness_get', { key, options });

  info: Party['info'] = () => this.#do('info', {});

  close: Party['close'] = () => this.#do('close', {});
}
