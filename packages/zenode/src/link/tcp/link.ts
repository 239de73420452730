import type { Socket } from 'node:net';
import type { Locator } from '../../wire/index.ts';
import { Deframer } from '../deframer.ts';
import type { Link, LinkEnv, LinkHandler } from '../link.ts';
import type { Receiver } from './receive.ts';

/** How long `close` waits for what is queued, in milliseconds. */
const LINGER_MS = 1000;

/** A TCP connection, dialled or accepted. */
export class TcpLink implements Link, Receiver {
  readonly src: Locator;
  readonly dst: Locator;
  readonly mtu = 65535;
  readonly streamed = true;
  readonly reliable = true;
  readonly #socket: Socket;
  readonly #env: LinkEnv;
  #handler: LinkHandler | undefined;
  #deframer: Deframer | undefined;
  #prefixBytes: 0 | 2 | 4 = 2;
  #cause: Error | undefined;
  #closing: Promise<void> | undefined;
  /** `close` was called. */
  #ending = false;
  #resuming = false;
  #gone = false;

  constructor(socket: Socket, src: Locator, dst: Locator, env: LinkEnv) {
    this.#socket = socket;
    this.src = src;
    this.dst = dst;
    this.#env = env;
    socket.setNoDelay(true);
    socket.on('error', (cause) => {
      this.#cause ??= cause;
    });
    socket.on('end', () => socket.destroy());
    socket.on('close', () => this.#closed());
  }

  get prefixBytes(): 0 | 2 | 4 {
    return this.#prefixBytes;
  }

  set prefixBytes(bytes: 0 | 2 | 4) {
    this.#prefixBytes = bytes;
    if (this.#deframer !== undefined && bytes !== 0) this.#deframer.prefixBytes = bytes;
  }

  start(handler: LinkHandler): void {
    this.#handler = handler;
    this.#deframer = new Deframer(handler, (cause) => this.#fail(cause));
    this.#socket.resume();
    if (this.#socket.closed) this.#env.scheduler.micro(() => this.#closed());
  }

  /** Every read lands here. */
  onBytes(bytes: Uint8Array, start: number, end: number): boolean {
    this.#deframer?.feed(bytes, start, end);
    return this.#deframer?.paused !== true || this.#ending;
  }

  send(batch: Uint8Array): boolean {
    const length = batch.length - 2;
    batch[0] = length & 0xff;
    batch[1] = length >>> 8;
    if (this.#prefixBytes === 4) {
      batch[0] = (length - 2) & 0xff;
      batch[1] = (length - 2) >>> 8;
      batch[2] = batch[3] = 0;
    }
    const socket = this.#socket;
    if (socket.destroyed || socket.writableEnded) return true;
    // The socket tries the kernel at once; if nothing is left afterwards, the buffer is free without a turn of the loop.
    let sync = true;
    socket.write(batch, () => {
      if (!sync) this.#handler?.onSent(batch);
    });
    if (socket.writableLength === 0) return true;
    sync = false;
    return false;
  }

  pause(): void {
    this.#resuming = false;
    if (this.#ending || this.#deframer === undefined) return;
    this.#deframer.paused = true;
    this.#socket.pause();
  }

  resume(): void {
    if (this.#resuming || this.#deframer?.paused !== true) return;
    this.#resuming = true;
    this.#env.scheduler.micro(this.#goOn);
  }

  /** What a pause held back is delivered first, in a turn of its own. */
  readonly #goOn = (): void => {
    if (!this.#resuming) return;
    this.#resuming = false;
    this.#deframer!.resume();
    if (this.#deframer!.paused) return;
    if (this.#socket.closed) this.#closed();
    else this.#socket.resume();
  };

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #close(): Promise<void> {
    const socket = this.#socket;
    this.#ending = true;
    this.#deframer?.end();
    return new Promise((resolve) => {
      if (socket.closed) {
        this.#env.scheduler.micro(() => this.#closed());
        resolve();
        return;
      }
      const limit = this.#env.scheduler.after(LINGER_MS, () => socket.destroy());
      socket.on('close', () => {
        limit.cancel();
        resolve();
      });
      // Destroyed with unread bytes, or while more of them arrive, a socket is reset and its last batches are lost. So what
      // arrives is read and thrown away until the other side has ended too.
      socket.end();
      socket.resume();
    });
  }

  #fail(cause: Error): void {
    this.#cause ??= cause;
    this.#socket.destroy();
  }

  /** Batches that a pause holds back come first. */
  #closed(): void {
    const held = this.#deframer?.paused === true && !this.#ending && this.#cause === undefined;
    if (this.#gone || held || this.#handler === undefined) return;
    this.#gone = true;
    this.#deframer?.end();
    this.#handler.onClose(this.#ending ? undefined : this.#cause);
  }
}
