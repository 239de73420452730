import type { Scheduler, Timer } from '../base/index.ts';
import type { Face } from '../routing/index.ts';
import type { ZenohId } from '../wire/index.ts';
import { type ChannelCore, GROW } from './channel-core.ts';
import type { SessionEvents } from './events.ts';
import type { HandlerWatcher } from './handler.ts';

/** How long a link is not read because an application does not read. A sender that blocks gives up after 5 s. */
const PATIENCE_MS = 2000;

/** What a watcher takes from its session. */
export interface WatcherEnv {
  readonly scheduler: Scheduler;
  readonly events: SessionEvents;
  readonly zid: ZenohId;
}

/** Sees to what a handler cannot take: slows the sender down, counts what is dropped, reports what is thrown. */
export class Watcher<T> implements HandlerWatcher<T> {
  readonly #env: WatcherEnv;
  readonly #eid: number;
  readonly #lost: ((value: T) => void) | undefined;
  /** Where the value comes from that is being delivered; undefined if from this node. */
  source: Face | undefined;
  /** Nodes that are not read in this episode. */
  readonly #held: Set<Face> = new Set();
  #timer: Timer | undefined;
  /** In this episode: nobody is held any more, the channel grows; that was reported. */
  #growing = false;
  #reported = false;
  #dropped = 0;

  constructor(env: WatcherEnv, eid: number, lost: ((value: T) => void) | undefined) {
    this.#env = env;
    this.#eid = eid;
    this.#lost = lost;
  }

  onError(error: unknown): void {
    this.#env.events.emit('callbackerror', error);
  }

  onFull(core: ChannelCore<T>): void {
    if (core.policy === GROW) this.onMore();
    else this.#env.scheduler.macro(() => core.settle(this));
  }

  onMore(): void {
    if (this.#growing) return;
    const face = this.source;
    if (face?.egress === undefined) this.#report();
    else if (!face.closed && !this.#held.has(face)) {
      this.#held.add(face);
      face.egress.hold();
      this.#timer ??= this.#env.scheduler.after(PATIENCE_MS, () => {
        this.#growing = true;
        this.#release();
        this.#report();
      });
    }
  }

  onRoom(): void {
    this.#growing = false;
    this.#reported = false;
    this.#release();
  }

  onDrop(value: T, core: ChannelCore<T>): void {
    if (!core.closed && this.#dropped++ === 0) {
      this.#env.scheduler.macro(() => {
        const dropped = this.#dropped;
        this.#dropped = 0;
        this.#overflow(dropped);
      });
    }
    this.#lost?.(value);
  }

  #release(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    for (const { egress } of this.#held) egress?.release();
    this.#held.clear();
  }

  #report(): void {
    if (this.#reported) return;
    this.#reported = true;
    this.#overflow(0);
  }

  #overflow(dropped: number): void {
    this.#env.events.emit('overflow', { entity: { zid: this.#env.zid, eid: this.#eid }, dropped });
  }
}
