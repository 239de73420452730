import { Deadlines, type Log, Reader, type Scheduler } from '../base/index.ts';
import { KeTree } from '../keyexpr/index.ts';
import {
  CloseReason,
  decodeLinkStates,
  type Hlc,
  type InterestMode,
  type Locator,
  type WhatAmI,
  type ZenohId,
} from '../wire/index.ts';
import { DataRouter } from './data.ts';
import { Entities } from './entities.ts';
import { Face, NORTH, SOUTH } from './face.ts';
import { Gossip } from './gossip.ts';
import { aloofHat } from './hat/aloof.ts';
import { brokerHat } from './hat/broker.ts';
import { clientHat } from './hat/client.ts';
import { gatewayHat } from './hat/gateway.ts';
import type { Hat } from './hat/hat.ts';
import { peerHat } from './hat/peer.ts';
import { Interests } from './interest.ts';
import { bytesOf, chunksOf } from './key-budget.ts';
import { Outgoing } from './outgoing.ts';
import { type Egress, type EntityKind, type Info, type LocalPeer, TOKEN } from './primitives.ts';
import { QueryRouter } from './query.ts';
import { Region } from './region.ts';
import { Resource } from './resource.ts';
import { Run } from './run.ts';

const CLIENT: WhatAmI = 4;
const ROUTER: WhatAmI = 1;

/** Nodes that are warned of by name. */
const WARNED = 1000;

/** What one remote node may have here. */
export interface RoutingLimits {
  /** Subscribers, queryables and tokens. */
  readonly entitiesPerFace: number;
  /** Future interests; and as many that an upstream has still to answer. */
  readonly interestsPerFace: number;
  /** Queries of one source under way. */
  readonly queriesPerFace: number;
  /** Nodes that a neighbour tells of by gossip. */
  readonly namesPerFace: number;
  /** Bytes of all keys that a face has declared, asks about, or has aliases for; each chunk counts 100 more. */
  readonly keyBytesPerFace: number;
  /** Such keys that contain `$*`. */
  readonly comparedKeysPerFace: number;
  /** Chunks of one such key, or of any with wildcards. */
  readonly chunksPerKey: number;
  /** Bytes of link states in one message. */
  readonly linkStateBytes: number;
}

export const DEFAULT_LIMITS: RoutingLimits = {
  entitiesPerFace: 1_000_000,
  interestsPerFace: 100_000,
  queriesPerFace: 100_000,
  namesPerFace: 65_536,
  keyBytesPerFace: 536_870_912,
  comparedKeysPerFace: 10_000,
  chunksPerKey: 256,
  linkStateBytes: 4_194_304,
};

export interface TablesOptions {
  readonly zid: ZenohId;
  readonly whatami: WhatAmI;
  /** The clock of a node that puts times on samples. */
  readonly hlc: Hlc | undefined;
  readonly dropFutureTimestamp: boolean;
  readonly queriesTimeoutMs: number;
  readonly interestsTimeoutMs: number;
  readonly gossip: { readonly enabled: boolean; readonly target: number };
  readonly limits: RoutingLimits;
}

/** The runtime, as routing sees it. */
export interface TablesUpper {
  readonly scheduler: Scheduler;
  readonly log: Log;
  /** Where this node can be reached, now. */
  locators(): readonly Locator[];
  /** Gossip tells of a node. */
  onDiscovered(zid: ZenohId, whatami: WhatAmI, locators: readonly Locator[]): void;
  /** A neighbour has sent its link state. */
  onLinkState(face: Face): void;
  /** A peer has declared all it had. */
  onDeclaredAll(face: Face): void;
  /** The tables are consistent again: values for the application may be delivered. */
  settled(): void;
}

/** A face cannot be: text is why. */
export type Placement = { readonly region: Region; readonly remoteBound: typeof NORTH | typeof SOUTH } | string;

/** Everything routing knows, and the door through which messages come. */
export class Tables {
  readonly options: TablesOptions;
  readonly limits: RoutingLimits;
  readonly log: Log;
  readonly resources: KeTree<Resource> = new KeTree();
  readonly regions: readonly Region[];
  readonly run: Run = new Run();
  readonly out: Outgoing;
  readonly entities: Entities;
  readonly interests: Interests;
  readonly data: DataRouter;
  readonly queries: QueryRouter;
  readonly faces: Set<Face> = new Set();
  /** Grows with every change that may change a route. */
  version = 1;
  /** The remote node whose messages are being read just now: who does not keep up with them may hold it. */
  source: Face | undefined;
  readonly #upper: TablesUpper;
  readonly #gossip: Gossip;
  readonly #north: Region;
  readonly #broker: Region;
  readonly #peers: Region | undefined;
  readonly #warned = new Set<string>();
  #nextFace = 1;

  constructor(options: TablesOptions, upper: TablesUpper) {
    this.options = options;
    this.limits = options.limits;
    this.log = upper.log;
    this.#upper = upper;
    const north: Hat = options.whatami === CLIENT ? clientHat : options.whatami === ROUTER ? aloofHat : peerHat;
    this.#north = new Region(0, NORTH, north);
    this.#broker = new Region(1, SOUTH, brokerHat);
    this.#peers = options.whatami === ROUTER ? new Region(2, SOUTH, gatewayHat) : undefined;
    this.regions = this.#peers === undefined ? [this.#north, this.#broker] : [this.#north, this.#broker, this.#peers];
    const deadlines = new Deadlines(upper.scheduler);
    this.out = new Outgoing(this.run, () => this.source);
    this.entities = new Entities(this);
    this.interests = new Interests(this, deadlines, options.interestsTimeoutMs);
    this.data = new DataRouter(this, options.hlc, upper.scheduler, options.dropFutureTimestamp);
    this.queries = new QueryRouter(this, deadlines, options.queriesTimeoutMs);
    this.#gossip = new Gossip(
      {
        zid: options.zid,
        whatami: options.whatami,
        enabled: options.gossip.enabled,
        target: options.gossip.target,
        maxNames: options.limits.namesPerFace,
        log: upper.log,
        locators: () => upper.locators(),
        onDiscovered: (zid, whatami, locators) => upper.onDiscovered(zid, whatami, locators),
        onTooMany: (face) => this.#overLimit(face, `${options.limits.namesPerFace} nodes to tell of`),
      },
      this.out,
    );
  }

  /** Something changed that routes may depend on. */
  touch(): void {
    this.version++;
  }

  settled(): void {
    this.run.flush();
    this.#upper.settled();
  }

  /**
   * Which region a remote node falls into, by both roles and by what it says of this node.
   *
   * @param theirBound where the remote places this node: its north 0, its south 1, undefined if it says nothing
   */
  place(whatami: WhatAmI, theirBound: number | undefined): Placement {
    const placed = this.#placeByRoles(whatami);
    if (typeof placed === 'string' || theirBound === undefined) return placed;
    if (theirBound === SOUTH) {
      if (this.options.whatami === ROUTER && whatami !== ROUTER)
        return 'a router cannot be south of a node that is none';
      return { region: this.#north, remoteBound: SOUTH };
    }
    return placed.remoteBound === NORTH ? placed : 'the other node does not want to be the gateway of this one';
  }

  #placeByRoles(whatami: WhatAmI): Placement {
    const own = this.options.whatami;
    if (own === CLIENT) {
      if (whatami === CLIENT) return 'a client cannot be linked to a client';
      return { region: this.#north, remoteBound: SOUTH };
    }
    if (whatami === CLIENT) return { region: this.#broker, remoteBound: NORTH };
    if (own === ROUTER) {
      return { region: whatami === ROUTER ? this.#north : this.#peers!, remoteBound: NORTH };
    }
    return { region: this.#north, remoteBound: whatami === ROUTER ? SOUTH : NORTH };
  }

  /** May another face join the north? A client has one upstream. */
  admits(zid: ZenohId): string | undefined {
    if (this.options.whatami !== CLIENT) return undefined;
    for (const face of this.#north.faces) {
      if (!face.zid.equals(zid)) return 'Client runtimes only accept one north-bound transport';
    }
    return undefined;
  }

  /** A session of this node. */
  openLocal(local: LocalPeer): Face {
    const { zid } = this.options;
    const face = new Face(this.#nextFace++, zid, CLIENT, this.#broker, NORTH, { local });
    this.#open(face);
    return face;
  }

  /** A transport: told what it has to be told. */
  openRemote(zid: ZenohId, whatami: WhatAmI, place: Exclude<Placement, string>, egress: Egress): Face {
    const face = new Face(this.#nextFace++, zid, whatami, place.region, place.remoteBound, { egress });
    this.#open(face);
    const { hat } = face.region;
    if (hat === aloofHat) this.#warnOnce(face);
    else if (whatami !== CLIENT && this.options.whatami !== CLIENT) this.#gossip.opened(face);
    const opening = hat.opening(face);
    if (opening.entities) {
      if (face.remoteBound === SOUTH) this.interests.tellUpstream(face);
      this.entities.tellAll(face);
    }
    if (opening.final) this.out.declareFinal(face, 0);
    this.settled();
    return face;
  }

  #open(face: Face): void {
    this.faces.add(face);
    face.region.faces.add(face);
    this.touch();
  }

  #warnOnce(face: Face): void {
    const name = face.zid.toString();
    if (this.#warned.has(name) || this.#warned.size >= WARNED) return;
    this.#warned.add(name);
    this.log.warn(
      `router ${name} is linked to this router, but routers do not pass messages on to each other yet: they need link state`,
    );
  }

  /** A face is gone. */
  close(face: Face): void {
    if (face.closed) return;
    this.run.flush();
    face.closed = true;
    this.faces.delete(face);
    face.region.faces.delete(face);
    this.touch();
    this.queries.removeFace(face);
    this.interests.completeAll(face);
    this.entities.removeFace(face);
    this.interests.removeFace(face);
    this.#gossip.closed(face);
    this.settled();
  }

  resource(key: string): Resource {
    const node = this.resources.insert(key);
    node.value ??= new Resource(key, node);
    return node.value;
  }

  /** Forgets a resource that nobody has or knows any more. */
  prune(resource: Resource): void {
    if (!resource.unused || resource.node.value !== resource) return;
    resource.node.value = undefined;
    this.resources.prune(resource.node);
  }

  declareEntity(face: Face, kind: EntityKind, id: number, key: string, info: Info): void {
    if (!this.entities.declare(face, kind, id, key, info)) {
      this.#overLimit(face, `${this.limits.entitiesPerFace} subscribers, queryables and tokens`);
    }
    this.settled();
  }

  /** @param key names the entity where the id does not */
  undeclareEntity(face: Face, kind: EntityKind, id: number, key: string | undefined): void {
    if (!this.entities.undeclare(face, kind, id) && kind === TOKEN && key !== undefined && key !== '') {
      this.entities.tokenGone(key, face);
    }
    this.settled();
  }

  declareInterest(face: Face, id: number, mode: InterestMode, options: number, key: string | undefined): void {
    if (mode === 0) this.interests.undeclare(face, id);
    else if (!this.interests.declare(face, id, mode, options, key)) {
      this.#overLimit(face, `${this.limits.interestsPerFace} interests`);
    }
    this.settled();
  }

  /** May a remote node name this key here, and have it in addition? If not, its link is closed. */
  fits(face: Face, key: string, adds: boolean): boolean {
    const { limits } = this;
    const { keys } = face;
    let what: string | undefined;
    if (chunksOf(key) > limits.chunksPerKey) what = `${limits.chunksPerKey} chunks in a key`;
    else if (!adds) return true;
    else if (keys.bytes + bytesOf(key) > limits.keyBytesPerFace) what = `${limits.keyBytesPerFace} bytes of keys`;
    else if (keys.compared >= limits.comparedKeysPerFace && key.includes('$*')) {
      what = `${limits.comparedKeysPerFace} keys with "$*"`;
    }
    if (what === undefined) return true;
    this.#overLimit(face, what);
    this.settled();
    return false;
  }

  /** A remote node goes beyond what it may have here: that ends its face at once, and its link with a reason. */
  #overLimit(face: Face, what: string): void {
    this.log.warn(`${face.zid} has more than ${what}: its link is closed`);
    this.close(face);
    void face.egress?.close(CloseReason.INVALID);
  }

  /** A token that answers an interest of ours, from upstream or from a peer. */
  tokenAnswer(face: Face, id: number, key: string, interestId: number): void {
    const crumb = face.pendingCurrent.get(interestId);
    if (crumb === undefined) {
      if (interestId === 0 || face.localInterests.has(interestId)) this.declareEntity(face, TOKEN, id, key, 0);
      return;
    }
    const { face: asker } = crumb;
    if ((crumb.mode & 2) === 0) {
      if (!asker.closed && !crumb.answered.has(key)) {
        if (crumb.answered.size >= this.limits.entitiesPerFace) {
          this.#overLimit(face, `${this.limits.entitiesPerFace} tokens in an answer`);
          return;
        }
        crumb.answered.add(key);
        this.out.declare(asker, TOKEN, 0, key, 0, crumb.interestId);
      }
    } else if (face.localInterests.has(interestId)) this.entities.answerToken(face, id, key, crumb);
    this.settled();
  }

  declareFinal(face: Face, interestId: number): void {
    if (interestId === 0 && face.region.hat === peerHat && face.remoteBound === NORTH) {
      if (!face.declaredAll) {
        face.declaredAll = true;
        this.touch();
        this.#upper.onDeclaredAll(face);
      }
    } else if (face.region.bound === NORTH) this.interests.final(face, interestId);
    this.settled();
  }

  onLinkState(face: Face, body: Uint8Array): void {
    if (face.whatami === CLIENT || this.options.whatami === CLIENT || face.region.hat.mute) return;
    const { linkStateBytes } = this.limits;
    if (body.length > linkStateBytes) {
      this.#overLimit(face, `${linkStateBytes} bytes of link states in a message`);
      return;
    }
    const states = decodeLinkStates(new Reader(body));
    this.#gossip.onLinkState(face, states);
    this.#upper.onLinkState(face);
    this.settled();
  }
}
