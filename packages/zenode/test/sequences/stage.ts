import assert from 'node:assert/strict';
import { Config, resolve } from '../../src/config/index.ts';
import { Runtime } from '../../src/runtime/index.ts';
import { FakeScheduler } from '../../src/testing/index.ts';
import { parseWhatAmI, qosPriority, OAM } from '../../src/wire/index.ts';
import { Application } from './application.ts';
import { conversation, type Step } from './conversation.ts';
import { decodeOne, FaceNormal, Responders, type Said } from './normal.ts';
import { Network, RawNode } from './network.ts';

/** A node that speaks as recorded. */
export interface RawRole {
  readonly name: string;
  readonly zid: string;
  readonly mode: 'client' | 'peer' | 'router';
  /** Where the node under test dials it. Without: it dials the node under test. */
  readonly listen?: string;
  /** Steps before which it dials; the default is before the first. */
  readonly dials?: readonly number[];
  /** Where it places the node under test, if it says so. */
  readonly bound?: number;
  /** The recording does not hold this link: what is said to it is not compared. */
  readonly unrecorded?: boolean;
}

/** What is said on links that the recording does not hold. */
export interface Extra {
  /** Step after which it is said. */
  readonly after: number;
  readonly from: string;
  readonly hex: string;
}

/** Where ours differs by intent: recorded steps that do not come, and what comes in their place. */
export interface Difference {
  /** Chapter and section or row that say so. */
  readonly because: string;
  readonly face: string;
  readonly without?: readonly number[];
  readonly after: number;
  readonly ours: readonly string[];
}

export interface Role {
  readonly conversation: readonly string[];
  readonly us: {
    readonly name: string;
    readonly zid: string;
    readonly mode: 'client' | 'peer' | 'router';
    readonly listen?: string;
    readonly connect?: readonly string[];
    readonly config?: object;
  };
  readonly raws: readonly RawRole[];
  readonly extras?: readonly Extra[];
  readonly differences?: readonly Difference[];
  /** The first step, and the one after the last. */
  readonly from?: number;
  readonly until?: number;
  /** What the application of the node under test does when it is there, before the first step. */
  readonly setup?: (app: Application) => void;
  /** What it does: by what the recording says was done, or, where it says nothing, before a step. */
  readonly does?: Readonly<Record<string, (app: Application) => void>>;
}

/** Two inputs that are further apart do not overlap: what the first has led to is complete before the second. */
const PAUSE_MS = 40;

interface Expected extends Said {
  readonly at: number;
}

/** Plays a conversation with the node under test in place of one of its nodes. */
export class Stage {
  readonly scheduler: FakeScheduler = new FakeScheduler(7);
  readonly network: Network = new Network(this.scheduler);
  readonly raws: Map<string, RawNode> = new Map();
  readonly role: Role;
  readonly steps: readonly Step[];
  readonly runtime: Runtime;
  readonly #normal = new Map<string, FaceNormal>();
  readonly #expected = new Map<string, Expected[]>();
  readonly #consumed = new Map<string, number>();
  readonly #responders: Responders;
  #compared = 0;

  constructor(role: Role) {
    this.role = role;
    this.steps = conversation(...role.conversation).slice(role.from ?? 0, role.until);
    this.#responders = new Responders(role.us.zid);
    const { us } = role;
    const config = Config.fromObject({
      mode: us.mode,
      id: us.zid,
      listen: { endpoints: us.listen === undefined ? [] : [`tcp/${us.listen}`] },
      connect: { endpoints: (us.connect ?? []).map((address) => `tcp/${address}`) },
      scouting: { multicast: { enabled: false } },
      ...us.config,
    });
    this.runtime = new Runtime(resolve(config), { links: [this.network.protocol], scheduler: this.scheduler });
    for (const raw of role.raws) {
      const options = raw.bound === undefined ? {} : { bound: raw.bound };
      this.raws.set(raw.name, new RawNode(this.network, raw.name, raw.zid, parseWhatAmI(raw.mode), options));
      this.#begin(raw.name);
    }
    for (const raw of role.raws) if (!raw.unrecorded) this.#expected.set(raw.name, this.#expectedOf(raw.name));
  }

  /** A face is new, and so are all numbers on it. */
  #begin(name: string): void {
    this.#normal.set(name, new FaceNormal(this.role.us.zid, this.#responders));
  }

  /** What is to be said to a node: as recorded, or as the list of differences has it. */
  #expectedOf(name: string): Expected[] {
    const differences = this.role.differences?.filter(({ face }) => face === name) ?? [];
    const list: Expected[] = [];
    const say = (step: Step, hex: string): void => {
      const bytes = Buffer.from(hex, 'hex');
      list.push({ message: decodeOne(bytes), bytes, step: step.index, at: step.at });
    };
    for (const step of this.steps) {
      const dropped = differences.some(({ without }) => without?.includes(step.index));
      if (step.from === this.role.us.name && step.to === name && step.hex !== undefined && !dropped)
        say(step, step.hex);
      for (const { after, ours } of differences) if (after === step.index) for (const hex of ours) say(step, hex);
    }
    return list;
  }

  /** @returns how many messages of the node under test were compared */
  async play(): Promise<number> {
    const { role, scheduler, runtime } = this;
    for (const raw of role.raws) if (raw.listen !== undefined) this.#raw(raw.name).listen(raw.listen);
    const app = role.setup === undefined && role.does === undefined ? undefined : new Application(runtime);
    const started = runtime.start();
    started.catch(() => undefined);
    await scheduler.run(role.us.mode === 'router' ? 500 : 0);
    if (app !== undefined) role.setup?.(app);
    await scheduler.settle();
    await this.#dial(-1);
    // The first message on a link of ours comes without anything before it: it may be early.
    const first = this.steps.find(({ from, to }) => from === role.us.name || to === role.us.name)!;
    const base = scheduler.now() - this.steps[0]!.at;
    let last = first.at;
    for (const step of this.steps) {
      await this.#until(base + step.at);
      const input = this.#inputOf(step, app);
      const unsaid = this.role.does?.[`before ${step.index}`];
      if (unsaid !== undefined && app !== undefined) {
        this.#compare(step, step.at - last > PAUSE_MS);
        last = step.at;
        unsaid(app);
        await scheduler.settle();
      }
      const dials = this.#dialsAt(step.index);
      if (input !== undefined || dials.length > 0) {
        // Whatever was recorded before this input was not an effect of it.
        this.#compare(step, step.at - last > PAUSE_MS);
        last = step.at;
      }
      await this.#dial(step.index);
      if (input !== undefined) {
        input();
        await scheduler.settle();
      }
      for (const extra of role.extras ?? []) {
        if (extra.after !== step.index) continue;
        this.#send(extra.from, Buffer.from(extra.hex, 'hex'));
        await scheduler.settle();
      }
    }
    await scheduler.run(500);
    this.#compare(undefined, true);
    await scheduler.settle();
    assert.deepEqual(app?.errors ?? [], []);
    const closing = runtime.close();
    await scheduler.run(2000);
    await closing;
    await started;
    return this.#compared;
  }

  async #until(at: number): Promise<void> {
    const ms = at - this.scheduler.now();
    if (ms > 0) await this.scheduler.run(ms);
  }

  #dialsAt(step: number): RawRole[] {
    return this.role.raws.filter(({ listen, dials }) => listen === undefined && (dials ?? [-1]).includes(step));
  }

  async #dial(step: number): Promise<void> {
    for (const { name } of this.#dialsAt(step)) await this.#raw(name).dial(this.role.us.listen!);
  }

  #raw(name: string): RawNode {
    const raw = this.raws.get(name);
    if (raw === undefined) throw new Error(`${name} is not on stage`);
    return raw;
  }

  /** What a step means for the node under test; undefined if nothing reaches it. */
  #inputOf(step: Step, app: Application | undefined): (() => void) | undefined {
    const { name } = this.role.us;
    if (step.event === 'link closed') {
      const other = step.from === name ? step.to : step.from;
      if (step.from !== name && step.to !== name) return undefined;
      const raw = this.raws.get(other!);
      // Both directions are recorded; the cable is pulled once, even if there is a new one by then.
      const before = this.steps[step.index - this.steps[0]!.index - 1];
      const again = before?.event === 'link closed' && before.from === step.to && before.to === step.from;
      if (raw === undefined || !raw.linked || again) return undefined;
      return () => {
        raw.cut();
        this.#begin(raw.name);
      };
    }
    if (step.hex === undefined) {
      const act = this.role.does?.[step.text];
      return act === undefined || app === undefined ? undefined : () => act(app);
    }
    if (step.to !== name || step.from === undefined) return undefined;
    const { from, hex } = step;
    return () => this.#send(from, Buffer.from(hex, 'hex'));
  }

  #send(from: string, recorded: Uint8Array): void {
    const bytes = this.#normal.get(from)!.inbound(recorded);
    const m = decodeOne(bytes);
    this.#raw(from).send(bytes, m.id === OAM ? 0 : qosPriority(m.qos));
  }

  /**
   * Holds what was said against the recording up to a step. Where a pause follows, nothing more and nothing less may have been
   * said; without one, what was recorded must be there, and what it led to may be ahead of it.
   */
  #compare(before: Step | undefined, complete: boolean): void {
    for (const [name, expected] of this.#expected) {
      const due = expected.filter(({ step }) => before === undefined || step < before.index).length;
      const from = this.#consumed.get(name) ?? 0;
      const heard = this.#raw(name).received.slice(from);
      const wanted = expected.slice(from, due);
      const where = before === undefined ? 'at the end' : `before step ${before.index} (${before.text})`;
      if (heard.length < wanted.length || (complete && heard.length > wanted.length)) {
        assert.fail(`${name} heard, ${where}\n${list(heard)}\nbut should have heard\n${list(wanted)}`);
      }
      if (heard.length > wanted.length) continue;
      this.#consumed.set(name, from + wanted.length);
      this.#hold(
        name,
        heard.map(({ message, bytes }) => ({ message, bytes, step: -1 })),
        wanted,
        where,
      );
    }
  }

  #hold(name: string, heard: readonly Said[], wanted: readonly Said[], where: string): void {
    const normal = this.#normal.get(name)!;
    const ours = normal.ordered(heard, true);
    const theirs = normal.ordered(wanted, false);
    for (const [i, one] of ours.entries()) {
      const other = theirs[i]!;
      const aligned = normal.aligned(one, other);
      const [a, e] = [hexOf(aligned), hexOf(other.bytes)];
      if (a !== e) {
        assert.fail(
          `${name} heard ${hexOf(one.bytes)} for step ${other.step}, that is\n  ${a}\nand not\n  ${e}\n` +
            `${where}; in all it heard\n${list(heard)}\nand should have heard\n${list(wanted)}`,
        );
      }
      this.#compared++;
    }
  }
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function list(said: readonly { readonly bytes: Uint8Array }[]): string {
  return said.length === 0 ? '  nothing' : said.map(({ bytes }) => `  ${hexOf(bytes)}`).join('\n');
}
