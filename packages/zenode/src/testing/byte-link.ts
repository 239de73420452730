import { copyBytes, type Scheduler } from '../base/index.ts';
import { Deframer, type Link, type LinkHandler } from '../link/index.ts';
import { Locator } from '../wire/index.ts';

export interface ByteLinkOptions {
  /** Bytes that arrive at once. Default 1. */
  readonly chunk?: number;
  /** Bytes of each direction after which the link breaks without a word; both ends hear it. Default: never. */
  readonly cutAfter?: number;
}

/** One end of a stream of bytes, cut into chunks as a network might: what a peer of a slow or hostile line sees. */
export class ByteLink implements Link {
  readonly src: Locator;
  readonly dst: Locator;
  readonly mtu = 65535;
  readonly streamed = true;
  readonly reliable = true;
  prefixBytes: 0 | 2 | 4 = 2;
  /** Bytes this end has sent. */
  sent = 0;
  #peer: ByteLink | undefined;
  readonly #scheduler: Scheduler;
  readonly #chunk: number;
  readonly #cutAfter: number;
  #handler: LinkHandler | undefined;
  #deframer: Deframer | undefined;
  /** Chunks on their way to this end. */
  readonly #inbox: Uint8Array[] = [];
  #turn = false;
  #closed = false;
  #cause: Error | undefined;

  private constructor(scheduler: Scheduler, names: readonly [string, string], options: ByteLinkOptions) {
    this.#scheduler = scheduler;
    [this.src, this.dst] = [Locator.parse(`memory/${names[0]}`), Locator.parse(`memory/${names[1]}`)];
    this.#chunk = options.chunk ?? 1;
    this.#cutAfter = options.cutAfter ?? Number.POSITIVE_INFINITY;
  }

  static pair(scheduler: Scheduler, options: ByteLinkOptions = {}): readonly [ByteLink, ByteLink] {
    const a = new ByteLink(scheduler, ['bytes.a', 'bytes.b'], options);
    const b = new ByteLink(scheduler, ['bytes.b', 'bytes.a'], options);
    a.#peer = b;
    b.#peer = a;
    return [a, b];
  }

  start(handler: LinkHandler): void {
    this.#handler = handler;
    this.#deframer = new Deframer(handler, (cause) => this.#break(cause));
    this.#request();
  }

  send(batch: Uint8Array): boolean {
    if (this.#closed) return true;
    const length = batch.length - 2;
    batch[0] = length & 0xff;
    batch[1] = length >>> 8;
    const end = Math.min(batch.length, this.#cutAfter - this.sent);
    const peer = this.#peer;
    if (peer === undefined) return true;
    for (let at = 0; at < end; at += this.#chunk) {
      peer.#inbox.push(copyBytes(batch, at, Math.min(end, at + this.#chunk)));
    }
    this.sent += end;
    peer.#request();
    if (this.sent >= this.#cutAfter) this.#break(new Error('the line broke'));
    return true;
  }

  pause(): void {
    if (this.#deframer !== undefined) this.#deframer.paused = true;
  }

  resume(): void {
    this.#deframer?.resume();
    this.#request();
  }

  close(): Promise<void> {
    this.#hangUp(undefined);
    this.#deframer?.end();
    const peer = this.#peer;
    if (peer !== undefined) peer.#hangUp(undefined);
    return Promise.resolve();
  }

  #break(cause: Error): void {
    this.#hangUp(cause);
    const peer = this.#peer;
    if (peer !== undefined) peer.#hangUp(cause);
  }

  /** What is on its way still arrives. */
  #hangUp(cause: Error | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cause = cause;
    this.#request();
  }

  #request(): void {
    if (this.#turn || this.#handler === undefined) return;
    this.#turn = true;
    this.#scheduler.macro(this.#deliver);
  }

  readonly #deliver = (): void => {
    this.#turn = false;
    if (this.#handler === undefined || this.#deframer?.paused === true) return;
    const chunk = this.#inbox.shift();
    if (chunk !== undefined) {
      this.#deframer!.feed(chunk, 0, chunk.length);
      this.#request();
    } else if (this.#closed) {
      const handler = this.#handler;
      this.#handler = undefined;
      handler.onClose(this.#cause);
    }
  };
}
