import { type Log, type Scheduler, silent, ZError } from '../base/index.ts';
import { checkSupported, type Settings } from '../config/index.ts';
import type { LinkProtocol } from '../link/index.ts';
import { DEFAULT_LIMITS, type Face, Ingress, type LocalPeer, type RoutingLimits, Tables } from '../routing/index.ts';
import { type Transport, type TransportHandler, TransportManager, type TransportOptions } from '../transport/index.ts';
import { Hlc, type Locator, type WhatAmI, ZenohId } from '../wire/index.ts';
import { Orchestrator } from './orchestrator.ts';
import { Outbox } from './outbox.ts';
import { platformScheduler } from './scheduler.ts';
import { ScopedScheduler } from './scoped-scheduler.ts';

/** What a platform brings to a runtime. */
export interface RuntimeParts {
  readonly links: readonly LinkProtocol[];
  readonly scheduler?: Scheduler;
  readonly log?: Log;
  /** Users and passwords, read from the file that the configuration names. */
  readonly dictionary?: ReadonlyMap<string, string>;
  readonly limits?: Partial<RoutingLimits>;
  /** How long a peer that has dialled is told nothing yet, for the sake of the reference. Default 0. */
  readonly settleMs?: number;
}

/** One node: joins transports to routing. Sessions, and whatever else takes part, attach to it. */
export class Runtime {
  readonly settings: Settings;
  readonly zid: ZenohId;
  readonly whatami: WhatAmI;
  readonly scheduler: Scheduler;
  readonly log: Log;
  /** The clock of a node that stamps; undefined if it does not. */
  readonly hlc: Hlc | undefined;
  readonly outbox: Outbox = new Outbox();
  readonly tables: Tables;
  readonly manager: TransportManager;
  readonly orchestrator: Orchestrator;
  /** Called with each transport that has come or gone. */
  readonly watchers: Set<(transport: Transport, open: boolean) => void> = new Set();
  readonly #faces = new Map<Transport, Face>();
  readonly #scheduler: ScopedScheduler;
  #nextEntity = 1;
  #closing: Promise<void> | undefined;
  #fallbackClock: Hlc | undefined;

  constructor(settings: Settings, parts: RuntimeParts) {
    const { warnings, refusals } = checkSupported(settings);
    if (refusals.length > 0) throw new ZError('UNSUPPORTED', refusals.join('; '));
    this.settings = settings;
    this.#scheduler = new ScopedScheduler(parts.scheduler ?? platformScheduler);
    this.scheduler = this.#scheduler;
    this.log = parts.log ?? silent;
    for (const warning of [...settings.warnings, ...warnings]) this.log.warn(warning);
    this.zid = settings.id ?? ZenohId.random(this.scheduler);
    this.whatami = settings.whatami;
    this.log.info(`Using ZID: ${this.zid}`);
    this.hlc = settings.timestamping.enabled ? new Hlc(this.scheduler, this.zid) : undefined;
    this.tables = new Tables(
      {
        zid: this.zid,
        whatami: this.whatami,
        hlc: this.whatami === 1 || this.hlc !== undefined ? this.hlc : undefined,
        dropFutureTimestamp: settings.timestamping.dropFutureTimestamp,
        queriesTimeoutMs: settings.queriesDefaultTimeoutMs,
        interestsTimeoutMs: settings.routing.interestsTimeoutMs,
        gossip: { enabled: settings.scouting.gossip.enabled, target: settings.scouting.gossip.target },
        limits: { ...DEFAULT_LIMITS, ...parts.limits },
      },
      {
        scheduler: this.scheduler,
        log: this.log,
        locators: () => this.locators(),
        onDiscovered: (zid, whatami, locators) => this.orchestrator.onDiscovered(zid, whatami, locators),
        onLinkState: (face) => this.orchestrator.onLinkState(face.zid, face.whatami),
        onDeclaredAll: (face) => this.orchestrator.onDeclaredAll(face.zid),
        settled: () => this.outbox.drain(),
      },
    );
    this.manager = new TransportManager(
      transportOptions(settings, this.zid, parts),
      { scheduler: this.scheduler, log: this.log },
      {
        bound: () => undefined,
        admit: (agreement) => {
          const place = this.tables.place(agreement.whatami, agreement.remoteBound);
          return typeof place === 'string' ? place : this.tables.admits(agreement.zid);
        },
        onTransport: (transport) => this.#onTransport(transport),
      },
    );
    this.orchestrator = new Orchestrator({
      settings,
      zid: this.zid,
      scheduler: this.scheduler,
      log: this.log,
      manager: this.manager,
      links: parts.links,
    });
  }

  /** Opens listeners and dials; resolves as the mode says. A failure releases everything. */
  async start(signal?: AbortSignal): Promise<void> {
    const abort = (): void => void this.close();
    try {
      signal?.throwIfAborted();
      signal?.addEventListener('abort', abort, { once: true });
      await this.orchestrator.start();
      this.#assertOpen();
    } catch (cause) {
      await this.close();
      signal?.throwIfAborted();
      throw cause;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  #assertOpen(): void {
    if (this.closed) throw new ZError('SESSION_CLOSED', 'session closed');
  }

  #onTransport(transport: Transport): TransportHandler {
    const { agreement } = transport;
    const place = this.tables.place(agreement.whatami, agreement.remoteBound);
    if (typeof place === 'string') throw new ZError('PROTOCOL', place);
    const face = this.tables.openRemote(transport.zid, transport.whatami, place, transport);
    this.#faces.set(transport, face);
    for (const watch of this.watchers) watch(transport, true);
    const ingress = new Ingress(this.tables, face);
    return {
      onFrame: (buf, start, end, reliable, priority, deliver) =>
        ingress.onFrame(buf, start, end, reliable, priority, deliver),
      onMessage: (buf, reliable) => ingress.onMessage(buf, reliable),
      onClose: () => {
        this.#faces.delete(transport);
        this.tables.close(face);
        for (const watch of this.watchers) watch(transport, false);
        this.orchestrator.onTransportClosed(transport);
      },
    };
  }

  /** A session joins. Closing it closes its face alone. */
  attachSession(local: LocalPeer): Face {
    return this.tables.openLocal(local);
  }

  detachSession(face: Face): void {
    this.tables.close(face);
  }

  /** Entity ids are counted per node; 0 is routing itself. */
  nextEntityId(): number {
    return this.#nextEntity++;
  }

  /** A new time: of the node's clock, or else of one that is as strict but stamps nothing by itself. */
  newTimestamp(): ReturnType<Hlc['newTimestamp']> {
    if (this.hlc !== undefined) return this.hlc.newTimestamp();
    this.#fallbackClock ??= new Hlc(this.scheduler, this.zid);
    return this.#fallbackClock.newTimestamp();
  }

  locators(): Locator[] {
    return this.orchestrator.locators();
  }

  /** Nodes that are linked. */
  get transports(): IterableIterator<Transport> {
    return this.manager.transports;
  }

  get closed(): boolean {
    return this.#closing !== undefined;
  }

  /** Sends what is queued, says goodbye, and leaves nothing behind. May be called again. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const stopped = this.orchestrator.close();
    await this.manager.close();
    await stopped;
    this.#scheduler.close();
  }
}

function transportOptions(
  settings: Settings,
  zid: ZenohId,
  { dictionary, settleMs = 0 }: RuntimeParts,
): TransportOptions {
  const { transport } = settings;
  const { user, password, dictionaryFile } = settings.auth.usrpwd;
  const secured = user !== undefined || dictionaryFile !== undefined || dictionary !== undefined;
  return {
    zid,
    whatami: settings.whatami,
    openTimeoutMs: transport.openTimeoutMs,
    acceptTimeoutMs: transport.acceptTimeoutMs,
    acceptPending: transport.acceptPending,
    maxSessions: transport.maxSessions,
    maxLinks: transport.maxLinks,
    qos: transport.qos,
    compression: transport.compression,
    leaseMs: transport.tx.leaseMs,
    keepAlive: transport.tx.keepAlive,
    snResolution: transport.tx.snResolution,
    batchSize: transport.tx.batchSize,
    maxMessageSize: transport.rx.maxMessageSize,
    maxReassembly: transport.rx.maxMessageSize,
    waitBeforeCloseMs: transport.tx.waitBeforeCloseMs,
    settleMs,
    regionName: settings.regionName,
    usrpwd: secured ? { user, password, dictionary } : undefined,
  };
}
