import { Deadlines, type Scheduler } from '../base/index.ts';
import { type EntityKind, type Face, type InboundQuery, type Info, TOKEN } from '../routing/index.ts';
import type { Outbox, Runtime } from '../runtime/index.ts';
import type { Body, EntityGlobalId, ZenohId } from '../wire/index.ts';
import { Answering } from './answering.ts';
import { Asking } from './asking.ts';
import { SessionCore, type SessionParts } from './core.ts';
import { SessionEvents } from './events.ts';
import { AliveKeys } from './alive-keys.ts';
import { Matching } from './matching.ts';
import type { OutletEnv } from './outlet.ts';

/** What the parts of one session share, and where routing's words to it go. */
export class Context implements SessionParts, OutletEnv {
  readonly runtime: Runtime;
  readonly scheduler: Scheduler;
  readonly outbox: Outbox;
  readonly zid: ZenohId;
  /** Of the session itself. */
  readonly eid: number;
  readonly events: SessionEvents;
  readonly deadlines: Deadlines;
  readonly matching: Matching;
  readonly answering: Answering;
  readonly asking: Asking;
  readonly alive: AliveKeys;
  readonly core: SessionCore;
  /** Outlets that nobody else ends when the session is closed. */
  readonly listeners: Set<{ drop(): void }> = new Set();

  constructor(runtime: Runtime) {
    const { scheduler } = runtime;
    this.runtime = runtime;
    this.scheduler = scheduler;
    this.outbox = runtime.outbox;
    this.zid = runtime.zid;
    this.eid = runtime.nextEntityId();
    const uncaught = (error: unknown): void =>
      scheduler.macro(() => {
        throw error as Error;
      });
    this.events = new SessionEvents((fn) => scheduler.macro(fn), uncaught);
    this.deadlines = new Deadlines(scheduler);
    this.matching = new Matching(this);
    this.answering = new Answering(this);
    this.asking = new Asking(this);
    this.alive = new AliveKeys(this);
    this.core = new SessionCore(runtime, () => this);
  }

  get face(): Face {
    return this.core.face;
  }

  /** The session is closed: every callback is dropped, every channel closes. Nothing is sent. */
  close(): void {
    // First, so that what goes with the session is no change to tell.
    this.matching.close();
    for (const one of this.listeners) one.drop();
    this.core.close();
    this.answering.close();
    this.alive.close();
    this.asking.close();
    this.outbox.drain();
  }

  // ---- what routing tells

  declare(kind: EntityKind, id: number, key: string, info: Info, interestId: number | undefined): void {
    if (kind === TOKEN) this.alive.declare(id, key, interestId);
    else this.matching.declare(kind, id, key, info);
  }

  undeclare(kind: EntityKind, id: number, key: string): void {
    if (kind === TOKEN) this.alive.undeclare(id, key);
    else this.matching.undeclare(kind, id);
  }

  declareFinal(interestId: number): void {
    this.alive.final(interestId);
  }

  request(query: InboundQuery): void {
    this.answering.request(query);
  }

  response(
    requestId: number,
    key: string,
    responder: EntityGlobalId | undefined,
    qos: number,
    reliable: boolean,
    body: Body,
  ): void {
    this.asking.response(requestId, key, responder, qos, reliable, body);
  }

  responseFinal(requestId: number): void {
    this.asking.responseFinal(requestId);
  }

  subscribersChanged(key: string): void {
    this.matching.ownChanged(key);
  }
}
