import type { EntityKind } from '../routing/index.ts';
import type { Delivery } from '../runtime/index.ts';
import type { ChannelReceiver } from './channels.ts';
import * as check from './checks.ts';
import type { Context } from './context.ts';
import { disposable } from './dispose.ts';
import { Locality } from './enums.ts';
import { MatchingStatus } from './info.ts';
import { iterate } from './iterate.ts';
import { Life } from './life.ts';
import type { MatchingWatch, Reach } from './matching.ts';
import type { MatchingListenerOptions } from './options.ts';
import { Outlet } from './outlet.ts';

/** The matching status of one publisher or querier, and its listeners. */
export class Matched implements Reach {
  readonly kind: Exclude<EntityKind, 2>;
  readonly key: string;
  readonly remote: boolean;
  readonly own: boolean;
  readonly complete: boolean;
  readonly #context: Context;
  readonly #listeners = new Set<Listening>();

  constructor(context: Context, kind: Exclude<EntityKind, 2>, key: string, destination: Locality, complete: boolean) {
    this.#context = context;
    this.kind = kind;
    this.key = key;
    this.remote = destination !== Locality.SESSION_LOCAL;
    this.own = destination !== Locality.REMOTE;
    this.complete = complete;
    if (this.remote) context.matching.enter(kind, key);
  }

  status(): MatchingStatus {
    return new MatchingStatus(this.#context.matching.matches(this));
  }

  /** @throws ZError */
  listener(options: MatchingListenerOptions | undefined): MatchingListener {
    const { handler } = check.optionsOf(options);
    const context = this.#context;
    const outlet = new Outlet<MatchingStatus>(context, context.runtime.nextEntityId(), handler);
    const listening = new Listening(context, this, outlet);
    this.#listeners.add(listening);
    context.listeners.add(outlet);
    const life = new Life(context.core, 'matching listener', () => this.#stop(listening, outlet));
    context.core.tables.settled();
    return make(outlet, life);
  }

  #stop(listening: Listening, outlet: Outlet<MatchingStatus>): void {
    if (!this.#listeners.delete(listening)) return;
    this.#context.matching.unwatch(listening);
    this.#context.listeners.delete(outlet);
    outlet.drop();
  }

  /** The entity is undeclared: so are its listeners. */
  end(): void {
    for (const one of [...this.#listeners]) this.#stop(one, one.outlet);
    if (this.remote) this.#context.matching.leave(this.kind, this.key);
  }
}

/** One listener: told when something may have changed, tells when something has. */
class Listening implements MatchingWatch, Delivery {
  readonly kind: Exclude<EntityKind, 2>;
  readonly key: string;
  readonly remote: boolean;
  readonly own: boolean;
  readonly complete: boolean;
  readonly outlet: Outlet<MatchingStatus>;
  readonly #context: Context;
  #told = false;
  #posted = false;

  constructor(context: Context, { kind, key, remote, own, complete }: Reach, outlet: Outlet<MatchingStatus>) {
    this.#context = context;
    this.kind = kind;
    this.key = key;
    this.remote = remote;
    this.own = own;
    this.complete = complete;
    this.outlet = outlet;
    context.matching.watch(this);
    this.onMaybeChanged();
  }

  onMaybeChanged(): void {
    if (this.#posted) return;
    this.#posted = true;
    this.#context.outbox.post(this);
  }

  /** Looked at again before it is told: what was only for a moment is not. */
  deliver(): void {
    this.#posted = false;
    const now = this.#context.matching.matches(this);
    if (now === this.#told) return;
    this.#told = now;
    this.outlet.hand(new MatchingStatus(now), undefined);
  }
}

let make: (outlet: Outlet<MatchingStatus>, life: Life) => MatchingListener;

/** Reports changes of a matching status. */
export class MatchingListener implements AsyncDisposable, AsyncIterable<MatchingStatus> {
  readonly #outlet: Outlet<MatchingStatus>;
  readonly #life: Life;

  static {
    make = (outlet, life) => new MatchingListener(outlet, life);
  }

  private constructor(outlet: Outlet<MatchingStatus>, life: Life) {
    this.#outlet = outlet;
    this.#life = life;
  }

  /** The receiver, when the handler is a channel. */
  receiver(): ChannelReceiver<MatchingStatus> | undefined {
    return this.#outlet.receiver;
  }

  /** Rejects the second time, unless the session is closed. */
  undeclare(): Promise<void> {
    return this.#life.undeclare();
  }

  /** Iterates over the receiver. @throws TypeError if the handler is a callback */
  [Symbol.asyncIterator](): AsyncIterableIterator<MatchingStatus> {
    return iterate(this.receiver(), 'matching listener');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#life.dispose();
  }
}
disposable(MatchingListener);
