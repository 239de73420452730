import type { Outlet } from './outlet.ts';
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
  readonly outlet: Outlet<Sample>;

  constructor(id: number, key: string, origin: number, outlet: Outlet<Sample>) {
    this.id = id;
    this.key = key;
    this.origin = origin;
    this.outlet = outlet;
  }
}
