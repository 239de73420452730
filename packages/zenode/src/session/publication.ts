import { DROPPED_WAIT, REFUSED, Writer, ZError } from '../base/index.ts';

import { type Egress, type LocalDestination, type Route, type RoutedKey, writeHead } from '../routing/index.ts';
import {
  Body,
  type Encoding,
  isDefaultEncoding,
  PUT,
  qosCongestionControl,
  qosExpress,
  qosPriority,
  writeEncoding,
} from '../wire/index.ts';
import type { SessionCore } from './core.ts';
import type { SubscriberState } from './subscriber-state.ts';

/** The one promise that stands for "go on". */
export const DONE: Promise<void> = Promise.resolve();

/** Bytes of the length of a payload, at most. */
const LENGTH = 5;

/** The bytes of a message up to its payload's length, and those who get them. */
interface Head {
  readonly buf: Uint8Array;
  readonly base: number;
  readonly egresses: readonly Egress[];
}

/** Fixed parts of a series of puts. */
export interface PublicationOptions {
  readonly qos: number;
  readonly reliable: boolean;
  readonly encoding: Encoding;
  /** Goes to other nodes and sessions; goes to the own session. */
  readonly remote: boolean;
  readonly own: boolean;
}

/**
 * Plain puts on one key, as fast as they can be: all bytes between frame header and payload are made once per route, the
 * payload is copied once, into the batch that leaves. Whatever has more to say goes through `SessionCore.publish`.
 */
export class Publication {
  readonly #core: SessionCore;
  readonly #routed: RoutedKey;
  readonly #options: PublicationOptions;
  readonly #priority: number;
  readonly #congestion: number;
  readonly #express: boolean;
  readonly #reliable: boolean;
  /** Put header and encoding. */
  readonly #bodyHead: Uint8Array;
  #version = -1;
  #heads: readonly Head[] = [];
  #locals: readonly LocalDestination[] = [];
  #own: readonly SubscriberState[] = [];
  /** Bytes that a payload may have to fit into a message. */
  #room = Number.POSITIVE_INFINITY;
  readonly #body: Body = new Body();

  constructor(core: SessionCore, routed: RoutedKey, options: PublicationOptions) {
    this.#core = core;
    this.#routed = routed;
    this.#options = options;
    this.#priority = qosPriority(options.qos);
    this.#congestion = qosCongestionControl(options.qos);
    this.#express = qosExpress(options.qos);
    this.#reliable = options.reliable;
    this.#bodyHead = putHead(options.encoding);
  }

  /** Sends one payload, which is read before this returns. The promise is the shared one unless the caller should wait. */
  put(payload: Uint8Array): Promise<void> {
    const core = this.#core;
    if (this.#version !== core.tables.version) this.#refresh();
    if (payload.length > this.#room) return Promise.reject(this.#tooLarge(payload));
    core.tables.run.flush();
    let wait: Promise<void> | undefined;
    let refused = false;
    const heads = this.#heads;
    for (let i = 0; i < heads.length; i++) {
      const { buf, base, egresses } = heads[i]!;
      const he = writeLength(buf, base, payload.length);
      for (let k = 0; k < egresses.length; k++) {
        const egress = egresses[k]!;
        const verdict = egress.send(
          this.#priority,
          buf,
          0,
          he,
          payload,
          0,
          payload.length,
          this.#reliable,
          this.#congestion,
          this.#express,
        );
        if (verdict === 0) continue;
        if (verdict === REFUSED) refused = true;
        else if (verdict === 1 || verdict === DROPPED_WAIT) wait = joined(wait, egress.lane(this.#priority).ready());
      }
    }
    if (this.#locals.length > 0 || this.#own.length > 0) this.#deliver(payload);
    if (refused) return Promise.reject(congested(this.#routed.key));
    if (core.flusher.spent() && wait === undefined) return core.flusher.nextTurn();
    return wait ?? DONE;
  }

  /**
   * Sends one payload if no one who gets it is congested; otherwise sends it to nobody and returns false. Also false once
   * a loop has had sixteen turns' worth of puts without letting one pass: `put` waits for it then.
   */
  tryPut(payload: Uint8Array): boolean {
    if (this.#core.flusher.exhausted()) return false;
    if (this.#version !== this.#core.tables.version) this.#refresh();
    if (payload.length > this.#room) throw this.#tooLarge(payload);
    for (const { egresses } of this.#heads) {
      for (const egress of egresses) if (!egress.lane(this.#priority).open) return false;
    }
    const core = this.#core;
    core.tables.run.flush();
    for (const { buf, base, egresses } of this.#heads) {
      const he = writeLength(buf, base, payload.length);
      for (const egress of egresses) {
        egress.send(
          this.#priority,
          buf,
          0,
          he,
          payload,
          0,
          payload.length,
          this.#reliable,
          this.#congestion,
          this.#express,
        );
      }
    }
    if (this.#locals.length > 0 || this.#own.length > 0) this.#deliver(payload);
    return true;
  }

  #tooLarge(payload: Uint8Array): ZError {
    return tooLarge(this.#routed.key, payload.length, this.#core.maxMessageSize);
  }

  /** Other sessions of the node, and subscribers of the own one. */
  #deliver(payload: Uint8Array): void {
    const core = this.#core;
    const body = this.#body;
    const head = new Uint8Array(this.#bodyHead.length + LENGTH);
    head.set(this.#bodyHead);
    body.id = PUT;
    body.kind = PUT;
    body.head = head;
    body.headStart = 0;
    body.headEnd = writeLength(head, this.#bodyHead.length, payload.length);
    body.payload = payload;
    body.payloadStart = 0;
    body.payloadEnd = payload.length;
    core.deliverLocally(this.#locals, this.#own, this.#routed, this.#options.qos, this.#reliable, body);
  }

  #refresh(): void {
    const core = this.#core;
    const { remote, own, qos } = this.#options;
    const route: Route | undefined = remote ? core.tables.data.route(this.#routed, core.face.region) : undefined;
    this.#heads = (route?.groups ?? []).map((group) => {
      const prefix = new Uint8Array(group.head.length + 3);
      const end = writeHead(prefix, group, qos);
      const buf = new Uint8Array(end + this.#bodyHead.length + LENGTH);
      buf.set(prefix.subarray(0, end));
      buf.set(this.#bodyHead, end);
      return { buf, base: end + this.#bodyHead.length, egresses: group.faces.map((face) => face.egress!) };
    });
    const longest = this.#heads.reduce((most, { buf }) => Math.max(most, buf.length), 0);
    this.#room = longest === 0 ? Number.POSITIVE_INFINITY : core.maxMessageSize - longest;
    this.#locals = (route?.locals ?? []).filter(({ face }) => face !== core.face);
    this.#own = own ? core.ownSubscribers(this.#routed.key) : [];
    this.#version = core.tables.version;
  }
}

/** Waits for both. */
export function joined(a: Promise<void> | undefined, b: Promise<void> | undefined): Promise<void> | undefined {
  if (a === undefined || a === b) return b;
  return b === undefined ? a : Promise.all([a, b]).then(() => undefined);
}

export function congested(key: string): ZError {
  return new ZError('CONGESTED', `put on "${key}" was refused: a queue is full; await puts, or use tryPut`);
}

/** Whoever has the same limit would throw the message away when it has arrived. */
export function tooLarge(key: string, bytes: number, limit: number): ZError {
  const what = `does not fit into a message of max_message_size (transport/link/rx/max_message_size), ${limit} bytes`;
  return new ZError('INVALID_ARGUMENT', `put on "${key}": a payload of ${bytes} bytes ${what}`);
}

/** Header and encoding of a Put without anything else. */
function putHead(encoding: Encoding): Uint8Array {
  if (isDefaultEncoding(encoding)) return new Uint8Array([PUT]);
  const w = new Writer(new Uint8Array(300));
  w.u8(PUT | 0x40);
  writeEncoding(w, encoding);
  return w.taken();
}

function writeLength(buf: Uint8Array, at: number, n: number): number {
  let p = at;
  for (; n > 0x7f; n >>>= 7) buf[p++] = (n & 0x7f) | 0x80;
  buf[p++] = n;
  return p;
}
