import type { KeyExpr } from '../keyexpr/index.ts';
import type { EntityGlobalId } from '../wire/index.ts';
import type { ChannelReceiver } from './channels.ts';
import { disposable } from './dispose.ts';
import { iterate } from './iterate.ts';
import type { Life } from './life.ts';
import type { Outlet } from './outlet.ts';
import type { Sample } from './sample.ts';

interface Parts {
  readonly keyExpr: KeyExpr;
  readonly id: EntityGlobalId;
  readonly outlet: Outlet<Sample>;
  readonly life: Life;
}

let make: (parts: Parts) => Subscriber;

/** Subscription on a key expression. */
export class Subscriber implements AsyncDisposable, AsyncIterable<Sample> {
  readonly #parts: Parts;

  static {
    make = (parts) => new Subscriber(parts);
  }

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  keyExpr(): KeyExpr {
    return this.#parts.keyExpr;
  }

  id(): EntityGlobalId {
    return this.#parts.id;
  }

  /** The receiver, when the handler is a channel. */
  receiver(): ChannelReceiver<Sample> | undefined {
    return this.#parts.outlet.receiver;
  }

  /** Resolves after the last sample. Rejects the second time, unless the session is closed. */
  undeclare(): Promise<void> {
    return this.#parts.life.undeclare();
  }

  /** Iterates over the receiver; leaving the loop undeclares nothing. @throws TypeError if the handler is a callback */
  [Symbol.asyncIterator](): AsyncIterableIterator<Sample> {
    return iterate(this.receiver(), 'subscriber');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#parts.life.dispose();
  }
}
disposable(Subscriber);

export function subscriberOf(parts: Parts): Subscriber {
  return make(parts);
}
