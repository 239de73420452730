import { ChannelCore, DROP_OLD, GROW } from './channel-core.ts';
import type { ChannelState, TryReceived } from './channel-core.ts';
import { invalid, shown } from './errors.ts';

export { ChannelState, type TryReceived, TryReceivedKind } from './channel-core.ts';

/** Receiving half of a channel. */
export interface ChannelReceiver<T> {
  state: () => ChannelState;
  /** Next value; rejects with ChannelClosedError once closed and empty. */
  receive: () => Promise<T>;
  tryReceive(): TryReceived<T>;
  /** Leaving the iteration closes nothing. Two iterations share the values. */
  [Symbol.asyncIterator]: () => AsyncIterableIterator<T>;
}

/** Sending half of a channel. */
export interface ChannelSender<T> {
  send: (data: T) => void;
  close: () => void;
}

/** Anything that can be split into both halves. */
export interface IntoSenderReceiverPair<T> {
  intoSenderReceiverPair: () => [ChannelSender<T>, ChannelReceiver<T>];
}

let inside: <T>(channel: FifoChannel<T>) => ChannelCore<T>;

/** Keeps the first `capacity` unread values, ignores more. */
export class FifoChannel<T> implements IntoSenderReceiverPair<T>, ChannelReceiver<T>, ChannelSender<T> {
  readonly #core: ChannelCore<T>;

  static {
    inside = (channel) => channel.#core;
  }

  /** @throws ZError `INVALID_ARGUMENT` unless the capacity is 1 or more */
  constructor(capacity: number) {
    if (!(Number.isInteger(capacity) || capacity === Infinity) || capacity < 1) {
      throw invalid(`capacity of a channel is ${shown(capacity)}: it must be an integer from 1 on`);
    }
    this.#core = new ChannelCore(capacity);
  }

  /** @throws ChannelClosedError */
  send(data: T): void {
    this.#core.send(data);
  }

  state(): ChannelState {
    return this.#core.state;
  }

  tryReceive(): TryReceived<T> {
    return this.#core.tryReceive();
  }

  receive(): Promise<T> {
    return this.#core.receive();
  }

  /** No more values will be taken. What is unread stays readable. */
  close(): void {
    this.#core.close();
  }

  /** Values dropped so far because there was no room. */
  get dropped(): number {
    return this.#core.dropped;
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    return this.#core.iterate();
  }

  intoSenderReceiverPair(): [ChannelSender<T>, ChannelReceiver<T>] {
    return [this, this];
  }
}

/** Keeps the last `capacity` unread values. */
export class RingChannel<T> extends FifoChannel<T> {
  constructor(capacity: number) {
    super(capacity);
    coreOf(this).policy = DROP_OLD;
  }
}

/** Fifo that makes the transport wait when full, where the link can wait; otherwise it grows. It drops nothing. */
export class BlockingChannel<T> extends FifoChannel<T> {
  constructor(capacity: number) {
    super(capacity);
    coreOf(this).policy = GROW;
  }
}

/** The inside of a channel, for the session that fills it. */
export function coreOf<T>(channel: FifoChannel<T>): ChannelCore<T> {
  return inside(channel);
}
