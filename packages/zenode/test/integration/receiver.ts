import { Child, until } from './child.ts';

/** What a receiver has got. */
export interface Got {
  count: number;
  /** Messages that are not what was sent. */
  broken: number;
  /** Messages that came behind a later one, or twice. */
  unordered: number;
  /** Number of the last message. */
  last: number;
  /** The longest time between two messages, in milliseconds. */
  pause: number;
}

/** A process that subscribes, and can be stopped. */
export class Receiver {
  readonly child: Child;
  zid = '';

  private constructor(child: Child) {
    this.child = child;
  }

  static async on(locator: string, key: string, lease: number = 10_000): Promise<Receiver> {
    const receiver = new Receiver(new Child('receiver-child.ts', [locator, key, String(lease)]));
    receiver.zid = (await receiver.child.next<{ zid: string }>()).zid;
    return receiver;
  }

  stop(): void {
    this.child.kill('SIGSTOP');
  }

  goOn(): void {
    this.child.kill('SIGCONT');
  }

  async got(): Promise<Got> {
    this.child.tell({});
    return this.child.next<Got>();
  }

  /** What it has got once that is so many messages, or no more come. */
  async gotAll(count: number): Promise<Got> {
    let got = await this.got();
    let since = performance.now();
    while (got.count < count && performance.now() - since < 5_000) {
      const before = got.count;
      await new Promise((resolve) => setTimeout(resolve, 5));
      got = await this.got();
      if (got.count > before) since = performance.now();
    }
    return got;
  }
}

export { until };

/** The message of that number. */
export function message(number: number, bytes: number): Uint8Array {
  const payload = new Uint8Array(bytes).fill(number & 0xff);
  new DataView(payload.buffer).setUint32(0, number);
  return payload;
}
