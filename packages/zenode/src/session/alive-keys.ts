import type { Expiring } from '../base/index.ts';
import { intersects, KeyExpr } from '../keyexpr/index.ts';
import { CURRENT, FUTURE, KEYEXPRS, optionOf, TOKEN } from '../routing/index.ts';
import { Encoding, type InterestMode } from '../wire/index.ts';
import type { Context } from './context.ts';
import { SampleKind } from './enums.ts';
import type { Outlet } from './outlet.ts';
import { Reply, ReplyError, TIMEOUT_TEXT } from './reply.ts';
import { type Sample, sampleOf } from './sample.ts';
import { ZBytes } from './zbytes.ts';

const OPTIONS = KEYEXPRS | optionOf(TOKEN);
const FINAL: InterestMode = 0;
const NOTHING = new Uint8Array(0);

/** A liveliness subscriber. */
export class AliveSubscriber {
  readonly interestId: number;
  readonly key: string;
  readonly outlet: Outlet<Sample>;
  /** Keys that it was told of, and that are alive. */
  readonly #told = new Set<string>();

  constructor(interestId: number, key: string, outlet: Outlet<Sample>) {
    this.interestId = interestId;
    this.key = key;
    this.outlet = outlet;
  }

  onAlive(keyExpr: KeyExpr): void {
    if (this.#told.has(keyExpr.text)) return;
    this.#told.add(keyExpr.text);
    this.outlet.post(sampleOf(keyExpr, NOTHING, 0, 0, SampleKind.PUT), undefined);
  }

  /** Also of a key that was alive before it was declared. */
  onGone(keyExpr: KeyExpr): void {
    this.#told.delete(keyExpr.text);
    this.outlet.post(sampleOf(keyExpr, NOTHING, 0, 0, SampleKind.DELETE), undefined);
  }
}

/** Keys that are alive, asked for once. */
export class AliveGet implements Expiring {
  readonly interestId: number;
  readonly outlet: Outlet<Reply>;
  readonly #over: (get: AliveGet) => void;
  /** The same key may be told by several nodes, and by the own one. */
  readonly #told = new Set<string>();
  bucket = 0;
  forget: () => void = () => {};

  constructor(interestId: number, outlet: Outlet<Reply>, over: (get: AliveGet) => void) {
    this.interestId = interestId;
    this.outlet = outlet;
    this.#over = over;
  }

  onAlive(keyExpr: KeyExpr): void {
    if (this.#told.has(keyExpr.text)) return;
    this.#told.add(keyExpr.text);
    this.outlet.post(new Reply(sampleOf(keyExpr, NOTHING, 0, 0, SampleKind.PUT)), undefined);
  }

  onDeadline(): void {
    this.#over(this);
  }
}

/** Who of a session wants to know which keys are alive. */
export class AliveKeys {
  readonly #context: Context;
  readonly #subscribers = new Map<number, AliveSubscriber>();
  readonly #gets = new Map<number, AliveGet>();

  constructor(context: Context) {
    this.#context = context;
  }

  /** @param history begin with the keys that are alive already */
  addSubscriber(one: AliveSubscriber, history: boolean): void {
    const { core } = this.#context;
    this.#subscribers.set(one.interestId, one);
    core.tables.declareInterest(core.face, one.interestId, history ? 3 : FUTURE, OPTIONS, one.key);
  }

  removeSubscriber(one: AliveSubscriber): void {
    if (!this.#subscribers.delete(one.interestId)) return;
    const { core } = this.#context;
    one.outlet.drop();
    core.tables.declareInterest(core.face, one.interestId, FINAL, 0, undefined);
  }

  startGet(get: AliveGet, key: string, timeoutMs: number): void {
    const { core, deadlines } = this.#context;
    this.#gets.set(get.interestId, get);
    get.bucket = deadlines.add(get, timeoutMs);
    core.tables.declareInterest(core.face, get.interestId, CURRENT, OPTIONS, key);
  }

  /** Nobody wants more. */
  cancelGet(get: AliveGet): void {
    if (!this.#endGet(get)) return;
    get.outlet.drop();
    this.#context.core.tables.settled();
  }

  timeOutGet(get: AliveGet): void {
    if (!this.#endGet(get)) return;
    const error = new ReplyError(new ZBytes(TIMEOUT_TEXT), Encoding.ZENOH_STRING);
    get.outlet.post(new Reply(error), undefined);
    get.outlet.end();
    this.#context.core.tables.settled();
  }

  #endGet(get: AliveGet): boolean {
    if (!this.#gets.delete(get.interestId)) return false;
    this.#context.deadlines.remove(get, get.bucket);
    get.forget();
    return true;
  }

  /** A key is alive: told to all, or in answer to one. */
  declare(_id: number, key: string, interestId: number | undefined): void {
    const keyExpr = KeyExpr.tryFrom(key);
    if (keyExpr === undefined) return;
    if (interestId === undefined) {
      for (const one of this.#subscribers.values()) if (intersects(one.key, key)) one.onAlive(keyExpr);
    } else (this.#gets.get(interestId) ?? this.#subscribers.get(interestId))?.onAlive(keyExpr);
  }

  undeclare(_id: number, key: string): void {
    const keyExpr = KeyExpr.tryFrom(key);
    if (keyExpr === undefined) return;
    for (const one of this.#subscribers.values()) if (intersects(one.key, key)) one.onGone(keyExpr);
  }

  /** Everything that was there has been told. */
  final(interestId: number): void {
    const get = this.#gets.get(interestId);
    if (get === undefined) return;
    this.#endGet(get);
    get.outlet.end();
  }

  close(): void {
    for (const { outlet } of this.#subscribers.values()) outlet.drop();
    this.#subscribers.clear();
    for (const get of this.#gets.values()) {
      this.#endGet(get);
      get.outlet.drop();
    }
  }
}
