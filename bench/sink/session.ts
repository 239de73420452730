import { once } from 'node:events';
import { connect } from 'node:net';
import { addressOf } from '../lib/program.ts';

const FRAME = 0x05;
const FRAGMENT = 0x06;
const PUSH = 0x1d;
const Z = 0x80;

/** Enough to read the length of a message from: key, time stamp and all. */
const HEAD = 256;

/** One buffer for all sockets: what is read is looked at before the next read. */
const buffer = new Uint8Array(262_144);

/**
 * A client that subscribes and counts, as cheaply as a reader of this wire can: it opens each batch, measures its first
 * message, and takes the others to be as long. Right only where one publisher sends messages of one size below a batch.
 */
export class CountingClient {
  /** Messages of all clients. */
  static seen: number = 0;

  /** What is not yet cut: the start of a batch whose head is not here yet. */
  #rest: Uint8Array = new Uint8Array(0);
  /** Bytes of the current batch still to come. */
  #skip: number = 0;
  /** Takes a batch of which the first 256 bytes are there. */
  #onBatch: (bytes: Uint8Array, start: number, end: number) => void = () => {};

  static async open(endpoints: readonly string[], key: string, zid: number): Promise<void> {
    const client = new CountingClient();
    const callback = (n: number): boolean => {
      client.#accept(buffer.subarray(0, n));
      return true;
    };
    const socket = connect({ ...addressOf(endpoints), noDelay: true, onread: { buffer, callback } });
    await once(socket, 'connect');
    socket.on('close', () => {
      throw new Error('the router closed a session');
    });
    const id = [zid & 0xff, (zid >> 8) & 0xff, 0x51, 0x7e];
    socket.write(batch([0x81, 0x09, 0x32, ...id, 0x01])); // InitSyn: client, QoS
    const cookie = cookieOf(await client.#handshake());
    socket.write(batch([0x42, 10, 0, ...varint(cookie.length), ...cookie])); // OpenSyn: lease 10 s, sequence number 0
    const ack = await client.#handshake();
    if (((ack[0] ?? 0) & 0x3f) !== 0x22) throw new Error(`expected OpenAck, got ${Buffer.from(ack).toString('hex')}`);
    const text = Buffer.from(key);
    const subscriber = [0x62, 1, 0, ...varint(text.length), ...text];
    socket.write(batch([0x25, 0, 0x9e, 0x21, 0x08, ...subscriber])); // Frame, Declare, D_SUBSCRIBER
    const keepAlive = batch([0x04]);
    setInterval(() => socket.write(keepAlive), 2500);
  }

  /** The next batch, whole; what follows it is counted. */
  #handshake(): Promise<Uint8Array> {
    return new Promise((resolve) => {
      this.#onBatch = (bytes, start, end) => {
        this.#onBatch = count;
        resolve(bytes.slice(start, end));
      };
    });
  }

  #accept(chunk: Uint8Array): void {
    if (this.#skip >= chunk.length) {
      this.#skip -= chunk.length;
      return;
    }
    let bytes = chunk;
    let p = this.#skip;
    if (this.#rest.length > 0) {
      bytes = Buffer.concat([this.#rest, chunk]);
      p = 0;
    }
    this.#skip = 0;
    this.#rest = new Uint8Array(0);
    while (p < bytes.length) {
      const length = (bytes[p] ?? 0) | ((bytes[p + 1] ?? 0) << 8);
      if (bytes.length - p - 2 < Math.min(length, HEAD)) {
        this.#rest = bytes.slice(p);
        return;
      }
      this.#onBatch(bytes, p + 2, p + 2 + length);
      p += 2 + length;
    }
    this.#skip = p - bytes.length;
  }
}

function count(bytes: Uint8Array, start: number, end: number): void {
  CountingClient.seen += messagesIn(bytes, start, end);
}

/** How many PUSH a batch holds that begins at `p` and ends before `end`, of which the first 256 bytes must be there. */
function messagesIn(bytes: Uint8Array, p: number, end: number): number {
  const header = bytes[p] ?? 0;
  if ((header & 0x1f) === FRAGMENT) throw new Error('a message in fragments: this client counts smaller ones only');
  if ((header & 0x1f) !== FRAME) return 0;
  let at = skipVarint(bytes, p + 1);
  if (header & Z) at = skipExtensions(bytes, at);
  const first = at;
  const push = bytes[at++] ?? 0;
  if ((push & 0x1f) !== PUSH) return 0;
  at = skipVarint(bytes, at);
  if (push & 0x20) at = skipBytes(bytes, at);
  if (push & Z) at = skipExtensions(bytes, at);
  const put = bytes[at++] ?? 0;
  if (put & 0x20) at = skipBytes(bytes, skipVarint(bytes, at));
  if (put & 0x40) throw new Error('a payload with an encoding, which this client does not measure');
  if (put & Z) at = skipExtensions(bytes, at);
  at = skipBytes(bytes, at);
  // A keep-alive may stand behind the frame.
  return Math.floor((end - first) / (at - first));
}

function skipVarint(bytes: Uint8Array, p: number): number {
  let at = p;
  while (at < p + 8 && (bytes[at] ?? 0) & 0x80) at++;
  return at + 1;
}

function skipBytes(bytes: Uint8Array, p: number): number {
  let at = p;
  let length = 0;
  let shift = 0;
  do length |= ((bytes[at] ?? 0) & 0x7f) << (7 * shift++);
  while ((bytes[at++] ?? 0) & 0x80);
  return at + length;
}

function skipExtensions(bytes: Uint8Array, p: number): number {
  let at = p;
  for (let more = true; more;) {
    const header = bytes[at++] ?? 0;
    more = (header & Z) !== 0;
    if (header & 0x20) at = skipVarint(bytes, at);
    else if (header & 0x40) at = skipBytes(bytes, at);
  }
  return at;
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >> 7)];
}

function batch(bytes: readonly number[]): Uint8Array {
  return Uint8Array.from([bytes.length & 0xff, bytes.length >> 8, ...bytes]);
}

function cookieOf(ack: Uint8Array): Uint8Array {
  const header = ack[0] ?? 0;
  if ((header & 0x3f) !== 0x21) throw new Error(`expected InitAck, got ${Buffer.from(ack).toString('hex')}`);
  const at = 3 + ((ack[2] ?? 0) >> 4) + 1 + (header & 0x40 ? 3 : 0);
  const end = skipBytes(ack, at);
  return ack.subarray(skipVarint(ack, at), end);
}
