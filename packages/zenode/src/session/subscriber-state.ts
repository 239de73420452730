import type { Delivery, Outbox } from '../runtime/index.ts';
import type { Sink } from './handler.ts';
import type { Sample } from './sample.ts';

/** Samples of own session, of others, or of both. */
export const LOCAL_ORIGIN = 0;
export const REMOTE_ORIGIN = 1;

/** A subscriber, as its session keeps it. */
export class SubscriberState {
  readonly id: number;
  readonly key: string;
  /** 0 own session, 1 others, 2 any. */
  readonly origin: number;
  readonly sink: Sink<Sample>;
  closed = false;

  constructor(id: number, key: string, origin: number, sink: Sink<Sample>) {
    this.id = id;
    this.key = key;
    this.origin = origin;
    this.sink = sink;
  }

  /** Hands a sample over: at once if nobody is being called, otherwise in its turn. */
  deliver(sample: Sample, outbox: Outbox): void {
    if (this.closed) return;
    if (outbox.idle) {
      outbox.enter();
      this.sink.deliver(sample);
      outbox.leave();
    } else outbox.post(new SampleDelivery(this, sample));
  }
}

class SampleDelivery implements Delivery {
  readonly #subscriber: SubscriberState;
  readonly #sample: Sample;

  constructor(subscriber: SubscriberState, sample: Sample) {
    this.#subscriber = subscriber;
    this.#sample = sample;
  }

  deliver(): void {
    if (!this.#subscriber.closed) this.#subscriber.sink.deliver(this.#sample);
  }
}
