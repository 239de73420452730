import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { OurParty } from './ours.ts';
import type { Party } from './party.ts';
import { CURRENT, Real } from './real.ts';
import { eventually, LIMIT_MS, limited } from './tap.ts';

export interface Place {
  readonly mode: 'client' | 'peer' | 'router';
  /** Listens on this port of the loopback; 0 is any (ours) or a free one (real). */
  readonly listen?: number | undefined;
  readonly connect?: readonly string[];
  /** More of the configuration, over what is made of the above. */
  readonly more?: Record<string, unknown>;
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

export const at = (port: number): string => `tcp/127.0.0.1:${port}`;

function configOf({ mode, listen, connect = [], more = {} }: Place): Record<string, unknown> {
  return {
    mode,
    listen: { endpoints: listen === undefined ? [] : [at(listen)] },
    connect: { endpoints: connect },
    ...more,
    // Nodes of other tests, and of the neighbours, are none of ours.
    scouting: { multicast: { enabled: false }, ...(more['scouting'] as object | undefined) },
  };
}

/** Nodes of one test or topology. All of them go when it is over. */
export class Stage {
  readonly #closers: (() => Promise<unknown>)[] = [];
  readonly #real = new Map<string, Real>();

  /** The process that holds the sessions of a release. */
  process(release: string = CURRENT): Real {
    let real = this.#real.get(release);
    if (real === undefined) {
      real = this.ownProcess(release);
      this.#real.set(release, real);
    }
    return real;
  }

  /** A process of its own, that can be killed. */
  ownProcess(release: string = CURRENT): Real {
    const real = new Real(release);
    this.#closers.push(() => real.stop());
    return real;
  }

  onEnd(closer: () => Promise<unknown>): void {
    this.#closers.push(closer);
  }

  async real(
    place: Place,
    name: string,
    release: string = CURRENT,
    real = this.process(release),
  ): Promise<Party & { locator: string }> {
    const listen = place.listen === 0 ? await freePort() : place.listen;
    const party = await real.open(configOf({ ...place, listen }), `${name} (${release})`);
    return Object.assign(party, { locator: listen === undefined ? '' : at(listen) });
  }

  async ours(place: Place, name: string): Promise<OurParty & { locator: string }> {
    const party = await OurParty.open(configOf(place), name);
    this.#closers.push(() => party.close());
    const [locator = ''] = await party.locators();
    return Object.assign(party, { locator });
  }

  /** What was opened last goes first. */
  async end(): Promise<void> {
    const failures: unknown[] = [];
    for (const close of this.#closers.toReversed()) await close().catch((cause: unknown) => failures.push(cause));
    if (failures.length > 0) throw new AggregateError(failures, 'the stage did not close');
  }
}

/** Ends when the one is linked to the other. */
export async function linked(one: Party, other: Party): Promise<void> {
  await eventually(`${one.name} linked to ${other.name}`, async () => {
    const { routers, peers } = await one.info();
    return routers.includes(other.zid) || peers.includes(other.zid);
  });
}

let probes = 0;

/** Ends when a sample of the one reaches a subscriber of the other on `key`/probe: declarations have gone through. */
export async function reaches(one: Party, other: Party, key: string): Promise<void> {
  const probe = `${key}/probe/${++probes}`;
  const { tap, undeclare } = await other.subscriber(probe);
  await eventually(`samples from ${one.name} at ${other.name}`, async () => {
    if (tap.seen.length > 0) return true;
    await one.put(probe, { b64: '' }, { congestion_control: 1 });
    return tap.seen.length > 0;
  });
  await undeclare();
}

/** Ends when queries of the one reach a queryable of the other that was declared just now, and so all that were before. */
export async function asks(one: Party, other: Party, key: string): Promise<void> {
  const probe = `${key}/probe/${++probes}`;
  const { undeclare } = await other.queryable(probe, [{ reply: 'put', payload: { b64: '' } }]);
  await eventually(`queries from ${one.name} at ${other.name}`, async () => {
    const { replies } = await one.get(probe, { timeout: 2 });
    return replies.some(({ sample }) => sample !== undefined);
  });
  await undeclare();
}

/** A node of ours in a process of its own. */
export class OurProcess {
  readonly locator: string;
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess, locator: string) {
    this.#process = child;
    this.locator = locator;
  }

  static async open(stage: Stage, place: Place): Promise<OurProcess> {
    const program = fileURLToPath(new URL('child.ts', import.meta.url));
    const child = spawn(process.execPath, [program, JSON.stringify(configOf(place))], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const line = once(createInterface({ input: child.stdout }), 'line') as Promise<[string]>;
    stage.onEnd(async () => {
      if (child.exitCode === null && child.signalCode === null) await killed(child);
    });
    const [locators] = await limited(line, LIMIT_MS, () => 'start of a node of ours');
    const [locator = ''] = JSON.parse(locators) as string[];
    return new OurProcess(child, locator);
  }

  /** Ends it as a crash would. */
  kill(): Promise<void> {
    return killed(this.#process);
  }

  /** It goes on to hold its connections, and says nothing. */
  freeze(): void {
    this.#process.kill('SIGSTOP');
  }
}

async function killed(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
