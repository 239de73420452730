import type { Face } from '../routing/index.ts';
import type { Delivery, Outbox } from '../runtime/index.ts';
import type { ChannelCore } from './channel-core.ts';
import type { ChannelReceiver } from './channels.ts';
import { type Handler, type Sink, sinkOf } from './handler.ts';
import { Watcher, type WatcherEnv } from './watcher.ts';

/** What an outlet takes from its session. */
export interface OutletEnv extends WatcherEnv {
  readonly outbox: Outbox;
}

/**
 * Where the values of one entity go to the application. Values leave in order, never while other code of the application
 * is being called, and none after the end.
 */
export class Outlet<T> {
  readonly #outbox: Outbox;
  readonly #sink: Sink<T>;
  readonly #watcher: Watcher<T>;
  readonly #lost: ((value: T) => void) | undefined;
  #dropped = false;

  /**
   * @param eid of the entity, for events
   * @param lost is given what nobody will ever read
   * @throws ZError `INVALID_ARGUMENT` if it is no handler
   */
  constructor(env: OutletEnv, eid: number, handler: Handler<T> | undefined, lost?: (value: T) => void) {
    this.#outbox = env.outbox;
    this.#watcher = new Watcher(env, eid, lost);
    this.#sink = sinkOf(handler, this.#watcher);
    this.#lost = lost;
  }

  /** What the application reads; undefined if it has a callback. */
  get receiver(): ChannelReceiver<T> | undefined {
    return this.#sink.receiver;
  }

  /** The inside of the channel, if it is one of ours. */
  get core(): ChannelCore<T> | undefined {
    return this.#sink.core;
  }

  /** Hands a value over: at once if nobody is being called, otherwise in its turn. `source` is where it came from. */
  deliver(value: T, source: Face | undefined): void {
    const outbox = this.#outbox;
    if (!outbox.idle) outbox.post(new ValueDelivery(this, value, source));
    else if (!this.#dropped) {
      outbox.enter();
      this.#watcher.source = source;
      this.#sink.deliver(value);
      outbox.leave();
    } else this.#lost?.(value);
  }

  /** Hands a value over in its turn, for those who must not call the application now. */
  post(value: T, source: Face | undefined): void {
    this.#outbox.post(new ValueDelivery(this, value, source));
  }

  /** To be called by deliveries alone. */
  hand(value: T, source: Face | undefined): void {
    if (this.#dropped) {
      this.#lost?.(value);
      return;
    }
    this.#watcher.source = source;
    this.#sink.deliver(value);
  }

  /** Ends it behind what is still to be delivered. */
  end(): void {
    this.#outbox.post(new EndDelivery(this.#sink));
  }

  /** Ends it; what was not delivered never will be. */
  drop(): void {
    this.#dropped = true;
    this.end();
  }
}

class ValueDelivery<T> implements Delivery {
  readonly #outlet: Outlet<T>;
  readonly #value: T;
  readonly #source: Face | undefined;

  constructor(outlet: Outlet<T>, value: T, source: Face | undefined) {
    this.#outlet = outlet;
    this.#value = value;
    this.#source = source;
  }

  deliver(): void {
    this.#outlet.hand(this.#value, this.#source);
  }
}

class EndDelivery implements Delivery {
  readonly #sink: { close(): void };

  constructor(sink: { close(): void }) {
    this.#sink = sink;
  }

  deliver(): void {
    this.#sink.close();
  }
}
