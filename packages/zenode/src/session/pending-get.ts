import type { Expiring } from '../base/index.ts';
import { intersects } from '../keyexpr/index.ts';
import type { Face } from '../routing/index.ts';
import { ConsolidationMode, Encoding, type Timestamp } from '../wire/index.ts';
import type { Outlet } from './outlet.ts';
import { Reply, ReplyError, TIMEOUT_TEXT } from './reply.ts';
import type { Sample } from './sample.ts';
import { ZBytes } from './zbytes.ts';

/** A query of this session between its call and its end. */
export class PendingGet implements Expiring {
  readonly id: number;
  /** Undefined: replies on any key are welcome. */
  readonly #key: string | undefined;
  /** Never AUTO. */
  readonly #mode: ConsolidationMode;
  readonly #outlet: Outlet<Reply>;
  readonly #over: (pending: PendingGet) => void;
  /** Replies that wait for the end, and the latest time that was delivered, by key. */
  readonly #held = new Map<string, { readonly reply: Reply; readonly source: Face | undefined }>();
  readonly #times = new Map<string, Timestamp | undefined>();
  #timedOut = false;
  bucket = 0;
  /** Who has to say that this is all: the network, the own session. */
  finals: number;
  ended = false;
  /** Takes back what listens to an abortion. */
  forget: () => void = () => {};

  constructor(
    id: number,
    key: string | undefined,
    mode: ConsolidationMode,
    finals: number,
    outlet: Outlet<Reply>,
    over: (pending: PendingGet) => void,
  ) {
    this.id = id;
    this.#key = key;
    this.#mode = mode;
    this.finals = finals;
    this.#outlet = outlet;
    this.#over = over;
  }

  onDeadline(): void {
    this.#over(this);
  }

  accepts(key: string): boolean {
    return this.#key === undefined || intersects(this.#key, key);
  }

  onSample(sample: Sample, reply: Reply, source: Face | undefined): void {
    const key = sample.keyexpr().text;
    const time = sample.timestamp();
    if (this.#mode === ConsolidationMode.LATEST) {
      const held = this.#held.get(key);
      if (held === undefined || !isAfter(held.reply.ok()!.timestamp(), time)) this.#held.set(key, { reply, source });
      return;
    }
    if (this.#mode === ConsolidationMode.MONOTONIC) {
      if (isAfter(this.#times.get(key), time)) return;
      this.#times.set(key, time);
    }
    this.#outlet.post(reply, source);
  }

  /** Errors are delivered at once; of several timeouts one is. */
  onError(error: ReplyError, reply: Reply, source: Face | undefined): void {
    if (error.isTimeout()) {
      if (this.#timedOut) return;
      this.#timedOut = true;
    }
    this.#outlet.post(reply, source);
  }

  /** Time is over on this side. */
  timeOut(): void {
    this.#release();
    const error = new ReplyError(new ZBytes(TIMEOUT_TEXT), Encoding.ZENOH_STRING);
    this.onError(error, new Reply(error), undefined);
    this.#outlet.end();
  }

  /** Everybody is done. */
  complete(): void {
    this.#release();
    this.#outlet.end();
  }

  /** Nobody wants more. */
  drop(): void {
    this.#held.clear();
    this.#outlet.drop();
  }

  #release(): void {
    for (const { reply, source } of this.#held.values()) this.#outlet.post(reply, source);
    this.#held.clear();
  }
}

/** Is `a` after `b`? No time is before any. */
function isAfter(a: Timestamp | undefined, b: Timestamp | undefined): boolean {
  return a !== undefined && (b === undefined || a.compare(b) > 0);
}
