import type { ChannelCore, ChannelWatcher } from './channel-core.ts';
import { BlockingChannel, FifoChannel, coreOf } from './channels.ts';
import type { ChannelReceiver, ChannelSender, IntoSenderReceiverPair } from './channels.ts';
import { invalid, shown } from './errors.ts';

/** Called for each value. A promise that it returns is observed for rejection only. */
export type Callback<T> = (value: T) => void | PromiseLike<void>;
/** Called once, after the last value. */
export type Drop = () => void;
/** Where an entity delivers its values. */
export type Handler<T> = Callback<T> | [Callback<T>, Drop] | IntoSenderReceiverPair<T>;

/** Unread values that the default handler holds before the transport has to wait. */
export const DEFAULT_CAPACITY = 256;

/** What the session hears from a handler. */
export interface HandlerWatcher<T> extends ChannelWatcher<T> {
  /** Code of the application threw, or rejected. */
  onError(error: unknown): void;
}

/** A handler, as the session uses it. Neither method throws, whatever the application does. */
export interface Sink<T> {
  /** What the entity gives to the application; undefined for callbacks. */
  readonly receiver: ChannelReceiver<T> | undefined;
  /** The inside of the channel, if it is one of ours. */
  readonly core: ChannelCore<T> | undefined;
  /** After `close` it gives the value to `onDrop`, or, without a channel, does nothing. */
  deliver(value: T): void;
  /** No more values: drops the callback, closes the channel. Only the first call counts. */
  close(): void;
}

/**
 * Makes a sink of what the application gave as handler; `BlockingChannel(256)` if nothing.
 * @throws ZError `INVALID_ARGUMENT` if it is no handler
 */
export function sinkOf<T>(handler: Handler<T> | undefined, watcher: HandlerWatcher<T>): Sink<T> {
  if (handler === undefined) return new ChannelSink(new BlockingChannel<T>(DEFAULT_CAPACITY), watcher);
  if (typeof handler === 'function') return new CallbackSink(handler, undefined, watcher);
  if (Array.isArray(handler)) {
    const [callback, drop] = handler as readonly unknown[];
    if (typeof callback !== 'function' || (drop !== undefined && typeof drop !== 'function')) {
      throw invalid('a handler that is an array must hold a callback and a function to call at the end');
    }
    return new CallbackSink(handler[0], handler[1], watcher);
  }
  if (typeof (handler as Partial<IntoSenderReceiverPair<T>> | null)?.intoSenderReceiverPair !== 'function') {
    const hint = 'pass a callback, [callback, drop], or a channel as in new FifoChannel(256)';
    throw invalid(`handler is ${shown(handler)}: ${hint}`);
  }
  const [sender, receiver] = handler.intoSenderReceiverPair();
  const plain = sender instanceof FifoChannel && sender.send === FifoChannel.prototype.send && sender === receiver;
  return plain ? new ChannelSink(sender as FifoChannel<T>, watcher) : new ForeignSink(sender, receiver, watcher);
}

class ChannelSink<T> implements Sink<T> {
  readonly receiver: FifoChannel<T>;
  readonly core: ChannelCore<T>;
  readonly #watcher: HandlerWatcher<T>;

  constructor(channel: FifoChannel<T>, watcher: HandlerWatcher<T>) {
    this.receiver = channel;
    this.core = coreOf(channel);
    this.#watcher = watcher;
  }

  deliver(value: T): void {
    this.core.offer(value, this.#watcher);
  }

  close(): void {
    this.receiver.close();
  }
}

class CallbackSink<T> implements Sink<T> {
  readonly receiver = undefined;
  readonly core = undefined;
  readonly #callback: Callback<T>;
  readonly #drop: Drop | undefined;
  readonly #watcher: HandlerWatcher<T>;
  /** Calls of the callback that have not returned: it may deliver to itself. */
  #running = 0;
  #closed = false;
  #dropped = false;

  constructor(callback: Callback<T>, drop: Drop | undefined, watcher: HandlerWatcher<T>) {
    this.#callback = callback;
    this.#drop = drop;
    this.#watcher = watcher;
  }

  deliver(value: T): void {
    if (this.#closed) return;
    this.#running++;
    try {
      const callback = this.#callback;
      const result = callback(value);
      if (result !== undefined) this.#observe(result);
    } catch (error) {
      this.#watcher.onError(error);
    }
    this.#running--;
    this.#end();
  }

  close(): void {
    this.#closed = true;
    this.#end();
  }

  #observe(result: unknown): void {
    if (typeof (result as Partial<PromiseLike<void>> | null)?.then !== 'function') return;
    (result as PromiseLike<void>).then(undefined, (error: unknown) => this.#watcher.onError(error));
  }

  /** A closed one is dropped when the last call of its callback has returned. */
  #end(): void {
    if (!this.#closed || this.#running > 0 || this.#dropped) return;
    this.#dropped = true;
    try {
      this.#drop?.();
    } catch (error) {
      this.#watcher.onError(error);
    }
  }
}

/** A channel of the application's own making. */
class ForeignSink<T> implements Sink<T> {
  readonly receiver: ChannelReceiver<T>;
  readonly core = undefined;
  readonly #sender: ChannelSender<T>;
  readonly #watcher: HandlerWatcher<T>;
  #closed = false;

  constructor(sender: ChannelSender<T>, receiver: ChannelReceiver<T>, watcher: HandlerWatcher<T>) {
    this.receiver = receiver;
    this.#sender = sender;
    this.#watcher = watcher;
  }

  deliver(value: T): void {
    if (this.#closed) return;
    try {
      this.#sender.send(value);
    } catch (error) {
      this.#watcher.onError(error);
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      this.#sender.close();
    } catch (error) {
      this.#watcher.onError(error);
    }
  }
}
