import { copyInto } from '../base/index.ts';
import { type Body, type Hlc, T } from '../wire/index.ts';

/** Bytes of a time: all nine, since seconds fill the upper half. */
const TIME = 9;

/** Puts the time of this node on samples that have none, and corrects those that come from the future. */
export class Stamper {
  readonly #hlc: Hlc;
  readonly #dropFuture: boolean;
  readonly #zid: Uint8Array;
  #buf: Uint8Array = new Uint8Array(1024);
  #serial = -1;
  #wallMs = 0;
  readonly #clock: { wallMs(): number };

  /** @param dropFuture a sample from too far in the future is dropped, not stamped anew */
  constructor(hlc: Hlc, clock: { wallMs(): number }, dropFuture: boolean) {
    this.#hlc = hlc;
    this.#clock = clock;
    this.#dropFuture = dropFuture;
    this.#zid = hlc.id.bytes;
  }

  /**
   * Makes `body`, a walked PUT, carry a time. False: it has to be dropped. The new head lasts until the next call.
   *
   * @param serial of the batch: the clock is read once for each, and what shares it counts on
   */
  stamp(body: Body, serial: number): boolean {
    if (serial !== this.#serial) {
      this.#serial = serial;
      this.#wallMs = this.#clock.wallMs();
    }
    const from = body.timestampStart;
    if (from !== 0) {
      if (this.#known(body)) return true;
      if (this.#dropFuture) return false;
    }
    this.#hlc.next(this.#wallMs);
    this.#write(body, from === 0 ? body.headStart + 1 : body.timestampEnd);
    return true;
  }

  /** Takes the time of the body into account; false if it is too far ahead. */
  #known(body: Body): boolean {
    const buf = body.head;
    let p = body.timestampStart;
    let low = 0;
    let middle = 0;
    let top = 0;
    for (let i = 0; ; i++) {
      const b = buf[p++]!;
      const bits = i === 8 ? b : b & 0x7f;
      if (i < 4) low |= bits << (7 * i);
      else if (i < 8) middle |= bits << (7 * (i - 4));
      else top = bits;
      if (b < 0x80 || i === 8) break;
    }
    return this.#hlc.updateWith(((middle >>> 4) | (top << 24)) >>> 0, (low | (middle << 28)) >>> 0, this.#wallMs);
  }

  /** Header with the flag, the time, then the head from `rest` on: a time follows the header at once. */
  #write(body: Body, rest: number): void {
    const { headEnd } = body;
    const size = 1 + TIME + 1 + this.#zid.length + headEnd - rest;
    if (size > this.#buf.length) this.#buf = new Uint8Array(size * 2);
    const buf = this.#buf;
    const { hi, lo } = this.#hlc;
    buf[0] = body.head[body.headStart]! | T;
    let p = 1;
    let part = lo & 0x0fffffff;
    for (let i = 0; i < 4; i++, part >>>= 7) buf[p++] = (part & 0x7f) | 0x80;
    part = ((lo >>> 28) | (hi << 4)) & 0x0fffffff;
    for (let i = 0; i < 4; i++, part >>>= 7) buf[p++] = (part & 0x7f) | 0x80;
    buf[p++] = hi >>> 24;
    buf[p++] = this.#zid.length;
    copyInto(buf, p, this.#zid, 0, this.#zid.length);
    p += this.#zid.length;
    copyInto(buf, p, body.head, rest, headEnd);
    body.head = buf;
    body.headStart = 0;
    body.headEnd = p + headEnd - rest;
    body.sampleAt = 0;
    body.timestampStart = 1;
    body.timestampEnd = 1 + TIME + 1 + this.#zid.length;
  }
}
