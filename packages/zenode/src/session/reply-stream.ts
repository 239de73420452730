import { type Abortable, onAbortOf } from './cancellation.ts';
import { BlockingChannel, coreOf } from './channels.ts';
import { disposable } from './dispose.ts';
import { QueryError } from './errors.ts';
import { DEFAULT_CAPACITY, type Handler } from './handler.ts';
import type { Reply } from './reply.ts';
import type { Sample } from './sample.ts';

/** Replies of one query, as they come. Whoever does not read it asks nothing. */
export interface ReplyStream extends AsyncIterableIterator<Reply>, AsyncDisposable {
  /** The successful samples only; throws QueryError on the first error reply. */
  samples(): AsyncIterableIterator<Sample>;
  /** All replies, once the query has ended. */
  toArray(): Promise<Reply[]>;
  /** First successful sample, then cancels; undefined if there is none. */
  first(): Promise<Sample | undefined>;
  /** Ends the query now; the iteration finishes. */
  cancel(): void;
  return(): Promise<IteratorResult<Reply>>;
}

/**
 * Starts the query of a stream.
 * @param handler where the replies go; it is closed when the query has ended
 * @param signal aborts when nobody wants replies any more
 * @param first one sample is enough: with consolidation AUTO, use NONE
 * @throws what the first `next` rejects with; a promise may reject instead
 */
export type StartQuery = (handler: Handler<Reply>, signal: AbortSignal, first: boolean) => void | PromiseLike<unknown>;

/** @param abort of the application: it makes the stream fail, with the reason of the abortion */
export function replyStream(start: StartQuery, abort: Abortable = {}): ReplyStream {
  return new Replies(start, abort);
}

class Replies implements ReplyStream {
  readonly #start: StartQuery;
  readonly #abort: Abortable;
  readonly #channel: ReplyChannel = new ReplyChannel(() => this.#forget());
  readonly #replies: AsyncIterator<Reply> = this.#channel[Symbol.asyncIterator]();
  readonly #controller = new AbortController();
  #started = false;
  #cancelled = false;
  /** Listens to the application's abortion no longer. */
  #forget: () => void = () => {};

  constructor(start: StartQuery, abort: Abortable) {
    this.#start = start;
    this.#abort = abort;
  }

  next(): Promise<IteratorResult<Reply>> {
    this.#begin(false);
    return this.#replies.next();
  }

  /** What `for await` calls when it is left. */
  return(): Promise<IteratorResult<Reply>> {
    this.cancel();
    return Promise.resolve({ done: true, value: undefined });
  }

  samples(): AsyncIterableIterator<Sample> {
    this.#begin(false);
    return new Samples(this);
  }

  async toArray(): Promise<Reply[]> {
    const replies: Reply[] = [];
    for await (const reply of this) replies.push(reply);
    return replies;
  }

  async first(): Promise<Sample | undefined> {
    this.#begin(true);
    try {
      const { done, value } = await new Samples(this).next();
      return done === true ? undefined : value;
    } finally {
      this.cancel();
    }
  }

  cancel(): void {
    this.#started = true;
    this.#cancelled = true;
    this.#channel.close();
    this.#controller.abort();
    // Unread replies are forgotten: who cancels wants no more.
    while (this.#channel.tryReceive().kind === 'value');
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.cancel();
    return Promise.resolve();
  }

  #begin(first: boolean): void {
    if (this.#started) return;
    this.#started = true;
    this.#forget = onAbortOf(this.#abort, this.#fail);
    if (this.#channel.state() === 'close') return;
    try {
      this.#start(this.#channel, this.#controller.signal, first)?.then(undefined, this.#fail);
    } catch (error) {
      this.#fail(error);
    }
  }

  readonly #fail = (error: unknown): void => {
    if (this.#cancelled) return;
    coreOf(this.#channel).fail(error);
    this.#forget();
    this.#controller.abort();
  };
}
disposable(Replies);

/** Tells when the query has ended, so that nothing stays behind at a signal that lives on. */
class ReplyChannel extends BlockingChannel<Reply> {
  readonly #onClose: () => void;

  constructor(onClose: () => void) {
    super(DEFAULT_CAPACITY);
    this.#onClose = onClose;
  }

  override close(): void {
    super.close();
    this.#onClose();
  }
}

/** The samples of a stream. Leaving it leaves the stream. */
class Samples implements AsyncIterableIterator<Sample> {
  readonly #stream: Replies;

  constructor(stream: Replies) {
    this.#stream = stream;
  }

  async next(): Promise<IteratorResult<Sample>> {
    const { done, value } = await this.#stream.next();
    if (done === true) return { done, value: undefined };
    const sample = value.ok();
    if (sample !== undefined) return { done: false, value: sample };
    this.#stream.cancel();
    throw new QueryError(value.err()!);
  }

  async return(): Promise<IteratorResult<Sample>> {
    await this.#stream.return();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
