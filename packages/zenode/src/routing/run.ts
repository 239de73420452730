import { copyInto, DROPPED, DROPPED_WAIT, giveBuffer, takeBuffer, type Verdict, WAIT } from '../base/index.ts';
import { type Body, qosCongestionControl, QOS_DEFAULT, qosExpress, qosPriority } from '../wire/index.ts';
import type { Face } from './face.ts';
import type { Group } from './route.ts';

const EMPTY: Uint8Array = new Uint8Array(0);
const BLOCK = 1;

/**
 * Consecutive messages for the same faces, encoded once: a stretch of messages goes into the lane of each face with one copy. It is
 * sent off at the end of the frame it comes from, when it is full, when another group follows, and before anything
 * else enters the lanes: order between messages never changes.
 */
export class Run {
  #buf: Uint8Array | undefined;
  #pos = 0;
  #count = 0;
  #group: Group | undefined;
  #source: Face | undefined;
  #qos = 0;
  #reliable = true;
  /** Head of each message: header, scope, suffix, QoS extension. */
  readonly #prefix: Uint8Array = new Uint8Array(65536 + 16);
  #prefixEnd = 0;

  /** Adds one message, or sends it at once if it is large or express. */
  add(source: Face, group: Group, qos: number, reliable: boolean, body: Body): void {
    if (this.#group !== group || this.#source !== source || this.#qos !== qos || this.#reliable !== reliable) {
      this.flush();
      this.#begin(source, group, qos, reliable);
    }
    const head = body.headEnd - body.headStart;
    const payload = body.payloadEnd - body.payloadStart;
    const size = this.#prefixEnd + head + payload;
    if (this.#pos + size > group.limit || qosExpress(qos)) {
      this.#send();
      if (size > group.limit || qosExpress(qos)) {
        this.#alone(group, body);
        return;
      }
    }
    let buf = this.#buf;
    if (buf === undefined) {
      buf = takeBuffer();
      this.#buf = buf;
    }
    let p = this.#pos;
    copyInto(buf, p, this.#prefix, 0, this.#prefixEnd);
    p += this.#prefixEnd;
    copyInto(buf, p, body.head, body.headStart, body.headEnd);
    p += head;
    copyInto(buf, p, body.payload, body.payloadStart, body.payloadEnd);
    this.#pos = p + payload;
    this.#count++;
  }

  /** Sends off what is gathered. */
  flush(): void {
    if (this.#group === undefined) return;
    this.#send();
    this.#group = undefined;
    this.#source = undefined;
    if (this.#buf !== undefined) giveBuffer(this.#buf);
    this.#buf = undefined;
  }

  #begin(source: Face, group: Group, qos: number, reliable: boolean): void {
    this.#group = group;
    this.#source = source;
    this.#qos = qos;
    this.#reliable = reliable;
    this.#prefixEnd = writeHead(this.#prefix, group, qos);
  }

  #send(): void {
    if (this.#count === 0) return;
    const buf = this.#buf!;
    const end = this.#pos;
    const count = this.#count;
    this.#pos = 0;
    this.#count = 0;
    this.#toEach(this.#group!, buf, end, EMPTY, 0, 0, count);
  }

  /** A message that fills batches by itself: its payload goes straight into the lanes. */
  #alone(group: Group, body: Body): void {
    const head = body.headEnd - body.headStart;
    const whole = new Uint8Array(this.#prefixEnd + head);
    copyInto(whole, 0, this.#prefix, 0, this.#prefixEnd);
    copyInto(whole, this.#prefixEnd, body.head, body.headStart, body.headEnd);
    this.#toEach(group, whole, whole.length, body.payload, body.payloadStart, body.payloadEnd, 1);
  }

  #toEach(
    group: Group,
    head: Uint8Array,
    he: number,
    payload: Uint8Array,
    ps: number,
    pe: number,
    count: number,
  ): void {
    const qos = this.#qos;
    const priority = qosPriority(qos);
    const congestion = qosCongestionControl(qos);
    const express = qosExpress(qos);
    const source = this.#source!;
    for (const face of group.faces) {
      if (face === source || face.closed) continue;
      const egress = face.egress!;
      const verdict: Verdict = egress.send(priority, head, 0, he, payload, ps, pe, this.#reliable, congestion, express);
      if (verdict === WAIT) {
        if (congestion === BLOCK) slow(source, egress.lane(priority).ready());
      } else if (count > 1 && (verdict === DROPPED || verdict === DROPPED_WAIT)) {
        egress.lane(priority).dropped += count - 1;
      }
    }
  }
}

/** Stops reading from a remote source until `ready`. */
export function slow(source: Face, ready: Promise<void>): void {
  const { egress } = source;
  if (egress === undefined) return;
  egress.hold();
  void ready.then(() => egress.release());
}

/** Writes the head of a Push for a group, without its body: returns where it ends. */
export function writeHead(into: Uint8Array, group: Group, qos: number): number {
  const { head } = group;
  copyInto(into, 0, head, 0, head.length);
  let p = head.length;
  if (qos !== QOS_DEFAULT) {
    into[0]! |= 0x80;
    into[p++] = 0x21;
    if (qos > 0x7f) {
      into[p++] = (qos & 0x7f) | 0x80;
      into[p++] = qos >>> 7;
    } else into[p++] = qos;
  }
  return p;
}
