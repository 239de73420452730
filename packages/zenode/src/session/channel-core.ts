import { Fifo } from '../base/index.ts';
import { ChannelClosedError } from './errors.ts';

export const ChannelState: {
  readonly empty: 'empty';
  readonly receiver: 'receiver';
  readonly data: 'data';
  readonly close: 'close';
} = { empty: 'empty', receiver: 'receiver', data: 'data', close: 'close' };
/** Open and empty, open with someone waiting, holding values, or closed and empty. */
export type ChannelState = 'empty' | 'receiver' | 'data' | 'close';

export const TryReceivedKind: { readonly value: 'value'; readonly notReceived: 'no'; readonly close: 'close' } = {
  value: 'value',
  notReceived: 'no',
  close: 'close',
};
export type TryReceivedKind = 'value' | 'no' | 'close';
export type TryReceived<T> = { kind: 'value'; value: T } | { kind: 'no' } | { kind: 'close' };

/** What a channel does with values for which it has no room. */
export const DROP_NEW = 0;
export const DROP_OLD = 1;
export const GROW = 2;
export type Policy = typeof DROP_NEW | typeof DROP_OLD | typeof GROW;

/**
 * Who delivers into a channel, and wants to know what becomes of it. An episode begins when the channel reaches its
 * capacity, and ends when it is below it again or closed.
 */
export interface ChannelWatcher<T> {
  /**
   * An episode begins. Whoever can pause what it reads from pauses it until `onRoom` (and 2 s at most). If the channel
   * drops, `core.settle(watcher)` has to follow once consumers had a turn of the event loop; until then it grows.
   */
  onFull(core: ChannelCore<T>): void;
  /** Another value came while it was full, in an episode that it was told of. */
  onMore?(): void;
  /** The episode is over. Told to each watcher that was told `onFull`. */
  onRoom(core: ChannelCore<T>): void;
  /** Nobody will read this value; `dropped` has counted it, unless the channel was closed. */
  onDrop(value: T, core: ChannelCore<T>): void;
}

interface Waiter<T> {
  resolve(value: T): void;
  /** The channel was closed, or has failed with this. */
  closed(failure: Failure | undefined): void;
  /** Whose wait it is, if it can be taken back. */
  readonly owner: object | undefined;
}

interface Failure {
  readonly error: unknown;
}

/** The inside of every channel of ours: what is unread, who waits, and who must be told. */
export class ChannelCore<T> {
  readonly capacity: number;
  policy: Policy = DROP_NEW;
  /** Values dropped because there was no room. */
  dropped = 0;
  readonly #items = new Fifo<T>();
  /** Few, and mostly one. */
  #waiters: Waiter<T>[] = [];
  #closed = false;
  /** What receivers are told instead of the end; set by `fail`. */
  #failure: Failure | undefined;
  /** Watchers that were told that it is full. */
  #told: ChannelWatcher<T>[] = [];
  /** Consumers had their turn since it was last below its capacity: from now on values are dropped at once. */
  #settled = false;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get length(): number {
    return this.#items.length;
  }

  get closed(): boolean {
    return this.#closed;
  }

  get full(): boolean {
    return this.#items.length >= this.capacity;
  }

  get state(): ChannelState {
    if (this.#items.length > 0) return 'data';
    if (this.#closed) return 'close';
    return this.#waiters.length > 0 ? 'receiver' : 'empty';
  }

  /** Puts a value in, for a watcher. Never throws: what cannot be kept goes to `onDrop`. */
  offer(value: T, watcher: ChannelWatcher<T>): void {
    if (this.#closed) return watcher.onDrop(value, this);
    if (this.#hand(value)) return;
    const wasFull = this.full;
    if (wasFull && this.#settled && this.policy !== GROW) return this.#drop(value, watcher);
    this.#items.push(value);
    if (!this.full) return;
    if (this.#told.includes(watcher)) {
      if (this.policy === GROW) watcher.onMore?.();
      return;
    }
    this.#told.push(watcher);
    watcher.onFull(this);
  }

  /** Puts a value in that comes from nobody who could wait. @throws ChannelClosedError */
  send(value: T): void {
    if (this.#closed) throw new ChannelClosedError('cannot send on a closed channel');
    if (this.#hand(value)) return;
    if (this.full && this.policy !== GROW) this.#drop(value, undefined);
    else this.#items.push(value);
  }

  /** Consumers had a turn. If it is still full, what is above the capacity is dropped, and so is what comes. */
  settle(watcher: ChannelWatcher<T>): void {
    if (this.policy === GROW || !this.full || this.#closed) return;
    this.#settled = true;
    while (this.#items.length > this.capacity) {
      this.dropped++;
      watcher.onDrop((this.policy === DROP_OLD ? this.#items.shift() : this.#items.pop())!, this);
    }
  }

  /** What is in it now, oldest first. */
  unread(): T[] {
    return this.#items.toArray();
  }

  tryReceive(): TryReceived<T> {
    if (this.#items.length > 0) return { kind: 'value', value: this.#take() };
    return this.#closed ? { kind: 'close' } : { kind: 'no' };
  }

  receive(): Promise<T> {
    if (this.#items.length > 0) return Promise.resolve(this.#take());
    if (this.#closed) return Promise.reject(refusal(this.#failure));
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, closed: (failure) => reject(refusal(failure)), owner: undefined });
    });
  }

  /** For iterators: the end instead of an error once it is closed. `leave` with the same owner takes the wait back. */
  next(owner: object): Promise<IteratorResult<T>> {
    if (this.#items.length > 0) return Promise.resolve({ done: false, value: this.#take() });
    if (this.#failure) return Promise.reject(refusal(this.#failure));
    if (this.#closed) return Promise.resolve(end());
    return new Promise((resolve, reject) => {
      this.#waiters.push({
        resolve: (value) => resolve({ done: false, value }),
        closed: (failure) => (failure ? reject(refusal(failure)) : resolve(end())),
        owner,
      });
    });
  }

  leave(owner: object): void {
    const left = this.#waiters.filter((waiter) => waiter.owner === owner);
    this.#waiters = this.#waiters.filter((waiter) => waiter.owner !== owner);
    for (const waiter of left) waiter.closed(undefined);
  }

  iterate(): AsyncIterableIterator<T> {
    return new ChannelIterator(this);
  }

  /** No more values will come. What is unread stays readable; all who wait are told. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#release();
    this.#room();
  }

  /** Closes, forgets what is unread, and lets all who wait or come later fail with this error. */
  fail(error: unknown): void {
    if (this.#failure) return;
    this.#failure = { error };
    this.#closed = true;
    this.#items.clear();
    this.#release();
    this.#room();
  }

  #hand(value: T): boolean {
    const waiter = this.#waiters.shift();
    waiter?.resolve(value);
    return waiter !== undefined;
  }

  #take(): T {
    const value = this.#items.shift() as T;
    if (this.#items.length < this.capacity) this.#room();
    return value;
  }

  #drop(value: T, watcher: ChannelWatcher<T> | undefined): void {
    this.dropped++;
    let lost = value;
    if (this.policy === DROP_OLD) {
      lost = this.#items.shift() as T;
      this.#items.push(value);
    }
    watcher?.onDrop(lost, this);
  }

  #room(): void {
    this.#settled = false;
    if (this.#told.length === 0) return;
    const told = this.#told;
    this.#told = [];
    for (const watcher of told) watcher.onRoom(this);
  }

  #release(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter.closed(this.#failure);
  }
}

/** Leaving it closes nothing: another iterator goes on where this one stopped. */
class ChannelIterator<T> implements AsyncIterableIterator<T> {
  readonly #core: ChannelCore<T>;
  #left = false;

  constructor(core: ChannelCore<T>) {
    this.#core = core;
  }

  next(): Promise<IteratorResult<T>> {
    return this.#left ? Promise.resolve(end()) : this.#core.next(this);
  }

  return(): Promise<IteratorResult<T>> {
    this.#left = true;
    this.#core.leave(this);
    return Promise.resolve(end());
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

function end(): IteratorReturnResult<undefined> {
  return { done: true, value: undefined };
}

/** What a receiver is refused with. Users may abort with anything; it is passed on as it is. */
function refusal(failure: Failure | undefined): Error {
  return failure ? (failure.error as Error) : new ChannelClosedError();
}
