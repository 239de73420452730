import type { Deadlines, Expiring } from '../base/index.ts';
import { KeTree } from '../keyexpr/index.ts';
import type { InterestMode } from '../wire/index.ts';
import type { Face } from './face.ts';
import {
  AGGREGATE,
  CURRENT,
  type EntityKind,
  FUTURE,
  KEYEXPRS,
  optionOf,
  QUERYABLE,
  SUBSCRIBER,
  TOKEN,
} from './primitives.ts';
import type { Tables } from './tables.ts';

/** An interest that a face has in what is to come. */
export interface RemoteInterest {
  readonly face: Face;
  /** Undefined: in everything. */
  readonly key: string | undefined;
  readonly options: number;
}

/** An interest that this node has sent to a face. */
export interface LocalInterest {
  readonly key: string | undefined;
  readonly options: number;
  /** The face has told all it had. */
  final: boolean;
}

/** Where to say that the current part of an interest is complete, once all faces it was relayed to are done. */
export class Breadcrumb implements Expiring {
  readonly face: Face;
  readonly interestId: number;
  readonly mode: InterestMode;
  readonly options: number;
  /** Faces not done yet, with the id by which they know the interest. */
  readonly waiting: Map<Face, number> = new Map();
  /** Keys that a current interest was answered with here: those that come from further away are not told again. */
  readonly answered: Set<string> = new Set();
  bucket = 0;
  readonly #over: (crumb: Breadcrumb) => void;

  constructor(face: Face, interestId: number, mode: InterestMode, options: number, over: (crumb: Breadcrumb) => void) {
    this.face = face;
    this.interestId = interestId;
    this.mode = mode;
    this.options = options;
    this.#over = over;
  }

  onDeadline(): void {
    this.#over(this);
  }
}

/** Interests on one key, by their options: equal ones are found without looking at the others. */
type Alike = Map<number, Set<RemoteInterest>>;

/** Tokens are asked for alone, or with other kinds; what is left of the options is what a sender may ask. */
const OPTIONS = KEYEXPRS | 0x0e | AGGREGATE;

/** What may be asked for in sum. */
const SUMMABLE = optionOf(SUBSCRIBER) | optionOf(QUERYABLE);

/** Interests of faces: who asked for what, answers, and what is passed on upstream. */
export class Interests {
  readonly #tables: Tables;
  readonly #deadlines: Deadlines;
  readonly #timeoutMs: number;
  /** Future interests by key, and those in everything. */
  readonly #tree: KeTree<Alike> = new KeTree();
  readonly #everything: Alike = new Map();

  /** @param timeoutMs how long an upstream may take to answer before its silence is an answer */
  constructor(tables: Tables, deadlines: Deadlines, timeoutMs: number) {
    this.#tables = tables;
    this.#deadlines = deadlines;
    this.#timeoutMs = timeoutMs;
  }

  /** Visits each future interest in a kind that matches a key. */
  matching(kind: EntityKind, key: string, visit: (face: Face, interest: RemoteInterest) => void): void {
    const option = optionOf(kind);
    const found: RemoteInterest[] = [];
    const look = (alike: Alike): void => {
      for (const [options, set] of alike) {
        if ((options & option) !== 0) for (const interest of set) found.push(interest);
      }
    };
    look(this.#everything);
    if (this.#tree.nodeCount > 0) {
      this.#tree.intersecting(key, (node) => {
        if (node.value !== undefined) look(node.value);
      });
    }
    for (const interest of found) visit(interest.face, interest);
  }

  /** A face declares an interest. False: it has as many as a face may have. */
  declare(face: Face, id: number, mode: InterestMode, asked: number, key: string | undefined): boolean {
    if (!face.region.hat.answers(face)) return true;
    const options = normalOptions(face, asked & OPTIONS, key);
    const interest: RemoteInterest = { face, key, options };
    const future = (mode & FUTURE) !== 0;
    // An id that is in use keeps what it stands for.
    const fresh = future && !face.interests.has(id);
    if (this.#full(face, face.asking) || (fresh && this.#full(face, face.interests.size))) return false;
    if (fresh) this.#register(id, interest);
    // What is asked again under the same id is upstream already.
    const crumb = fresh || !future ? this.#relay(face, id, mode, options, key) : undefined;
    if ((mode & CURRENT) !== 0) this.#tables.entities.answer(face, interest, id, future, crumb?.answered);
    if (crumb === undefined) this.#tables.out.declareFinal(face, id);
    return true;
  }

  #full(face: Face, has: number): boolean {
    return face.local === undefined && has >= this.#tables.limits.interestsPerFace;
  }

  #alikeOf(key: string | undefined): Alike | undefined {
    return key === undefined ? this.#everything : this.#tree.get(key)?.value;
  }

  #register(id: number, interest: RemoteInterest): void {
    const { face, key, options } = interest;
    face.addInterest(id, interest);
    let alike = this.#alikeOf(key);
    if (alike === undefined) {
      alike = new Map();
      this.#tree.insert(key!).value = alike;
    }
    const set = alike.get(options);
    if (set === undefined) alike.set(options, new Set([interest]));
    else set.add(interest);
    if ((options & AGGREGATE) !== 0) this.#tables.entities.beginSums(face, interest);
  }

  #unregister(face: Face, id: number): RemoteInterest | undefined {
    const interest = face.removeInterest(id);
    if (interest === undefined) return undefined;
    const { key, options } = interest;
    const alike = this.#alikeOf(key);
    const set = alike?.get(options);
    set?.delete(interest);
    if (set?.size === 0) alike!.delete(options);
    if (alike?.size === 0 && key !== undefined) this.#tree.remove(key);
    return interest;
  }

  /** Passes an interest on to the upstream faces; undefined if there is none to wait for. */
  #relay(face: Face, id: number, mode: InterestMode, options: number, key: string | undefined): Breadcrumb | undefined {
    const { out, regions } = this.#tables;
    const future = (mode & FUTURE) !== 0;
    if (!future && (options & optionOf(TOKEN)) === 0) return undefined;
    let crumb: Breadcrumb | undefined;
    for (const region of regions) {
      if (region === face.region) continue;
      for (const up of region.hat.upstream(region, future)) {
        if (crumb === undefined) {
          crumb = new Breadcrumb(face, id, mode, options, this.#give);
          face.asking++;
        }
        const upId = up.freshId();
        if (future) up.addLocalInterest(upId, { key, options, final: false });
        up.pendingCurrent.set(upId, crumb);
        crumb.waiting.set(up, upId);
        out.interest(up, upId, mode, options, key);
      }
    }
    // Upstreams that took nothing are closed, and have been counted as done.
    if (crumb !== undefined && crumb.waiting.size > 0) crumb.bucket = this.#deadlines.add(crumb, this.#timeoutMs);
    return crumb;
  }

  /** Nobody waits any longer: the asker is told that this is all. */
  readonly #give = (crumb: Breadcrumb): void => {
    for (const [up, upId] of crumb.waiting) up.pendingCurrent.delete(upId);
    crumb.waiting.clear();
    this.#tables.log.warn(`an interest was not answered within ${this.#timeoutMs} ms`);
    this.#complete(crumb);
    this.#tables.settled();
  };

  #complete(crumb: Breadcrumb): void {
    crumb.face.asking--;
    if (!crumb.face.closed) this.#tables.out.declareFinal(crumb.face, crumb.interestId);
  }

  #done(up: Face, upId: number): void {
    const crumb = up.pendingCurrent.get(upId);
    if (crumb === undefined) return;
    up.pendingCurrent.delete(upId);
    crumb.waiting.delete(up);
    if (crumb.waiting.size > 0) return;
    this.#deadlines.remove(crumb, crumb.bucket);
    this.#complete(crumb);
  }

  /** A face has told everything an interest of ours asked for. */
  final(face: Face, id: number): void {
    const interest = face.localInterests.get(id);
    if (interest !== undefined && !interest.final) {
      interest.final = true;
      this.#tables.touch();
    }
    this.#done(face, id);
  }

  /** A face ends an interest. Upstream it ends with the last one that is like it. */
  undeclare(face: Face, id: number): void {
    const interest = this.#unregister(face, id);
    if (interest === undefined) return;
    const { key, options } = interest;
    if ((options & AGGREGATE) !== 0) this.#tables.entities.endSums(face, interest);
    if (this.#alikeOf(key)?.has(options) === true) return;
    const { out, regions } = this.#tables;
    for (const region of regions) {
      for (const up of region.faces) {
        for (const upId of up.localInterestsLike(key, options)) {
          up.removeLocalInterest(upId);
          out.interest(up, upId, 0, 0, undefined);
          this.#tables.touch();
        }
      }
    }
  }

  /** Sends a new upstream every interest that faces have, each once. */
  tellUpstream(up: Face): void {
    this.#tellUpstream(up, false);
    this.#tellUpstream(up, true);
  }

  /** Subscribers and queryables come before tokens, in interests as in declarations. */
  #tellUpstream(up: Face, tokens: boolean): void {
    const { out } = this.#tables;
    const each = (key: string | undefined, alike: Alike): void => {
      for (const [options, set] of alike) {
        if (((options & optionOf(TOKEN)) !== 0) !== tokens) continue;
        if (![...set].some(({ face }) => face.region !== up.region)) continue;
        const id = up.freshId();
        up.addLocalInterest(id, { key, options, final: false });
        out.interest(up, id, 3, options, key);
      }
    };
    each(undefined, this.#everything);
    for (const node of this.#tree) each(node.key, node.value!);
  }

  /** A face is gone: what was relayed to it counts as answered, and what it asked for ends. */
  completeAll(face: Face): void {
    for (const id of [...face.pendingCurrent.keys()]) this.#done(face, id);
  }

  removeFace(face: Face): void {
    for (const id of [...face.interests.keys()]) this.undeclare(face, id);
  }
}

/** What an interest asks for once what cannot be had is taken away: sums of tokens, for peers, or of everything. */
function normalOptions(face: Face, asked: number, key: string | undefined): number {
  if ((asked & AGGREGATE) === 0) return asked;
  const singly = (asked & optionOf(TOKEN)) !== 0 || (face.local === undefined && face.whatami !== 4);
  if (singly) return asked & ~AGGREGATE;
  return key === undefined ? asked & ~(AGGREGATE | SUMMABLE) : asked;
}
