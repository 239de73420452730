import type { Reliability, WhatAmI, ZenohId } from '../wire/index.ts';
import type { SampleKind } from './enums.ts';

/** A transport to another node. */
export class TransportInfo {
  readonly #zid: ZenohId;
  readonly #whatami: WhatAmI;
  readonly #isQos: boolean;
  readonly #isMulticast: boolean;
  readonly #isShm: boolean;

  constructor(zid: ZenohId, whatami: WhatAmI, isQos: boolean, isMulticast: boolean, isShm: boolean = false) {
    this.#zid = zid;
    this.#whatami = whatami;
    this.#isQos = isQos;
    this.#isMulticast = isMulticast;
    this.#isShm = isShm;
  }

  /** Of the node at the other end. */
  zid(): ZenohId {
    return this.#zid;
  }

  whatami(): WhatAmI {
    return this.#whatami;
  }

  isQos(): boolean {
    return this.#isQos;
  }

  isMulticast(): boolean {
    return this.#isMulticast;
  }

  isShm(): boolean {
    return this.#isShm;
  }
}

/** A link of a transport. */
export class LinkInfo {
  readonly #zid: ZenohId;
  readonly #src: string;
  readonly #dst: string;
  readonly #group: string | undefined;
  readonly #mtu: number;
  readonly #isStreamed: boolean;
  readonly #interfaces: string[];
  readonly #authIdentifier: string | undefined;
  readonly #priorities: [number, number] | undefined;
  readonly #reliability: Reliability | undefined;

  constructor(
    zid: ZenohId,
    src: string,
    dst: string,
    group: string | undefined,
    mtu: number,
    isStreamed: boolean,
    interfaces: string[],
    authIdentifier: string | undefined,
    priorities: [number, number] | undefined,
    reliability: Reliability | undefined,
  ) {
    this.#zid = zid;
    this.#src = src;
    this.#dst = dst;
    this.#group = group;
    this.#mtu = mtu;
    this.#isStreamed = isStreamed;
    this.#interfaces = interfaces;
    this.#authIdentifier = authIdentifier;
    this.#priorities = priorities;
    this.#reliability = reliability;
  }

  /** Of the node at the other end. */
  zid(): ZenohId {
    return this.#zid;
  }

  src(): string {
    return this.#src;
  }

  dst(): string {
    return this.#dst;
  }

  /** Of a multicast link. */
  group(): string | undefined {
    return this.#group;
  }

  /** Largest batch in bytes. */
  mtu(): number {
    return this.#mtu;
  }

  isStreamed(): boolean {
    return this.#isStreamed;
  }

  interfaces(): string[] {
    return [...this.#interfaces];
  }

  authIdentifier(): string | undefined {
    return this.#authIdentifier;
  }

  /** Most and least urgent priority that it carries, if it does not carry all. */
  priorities(): [number, number] | undefined {
    return this.#priorities && [...this.#priorities];
  }

  /** Undefined if it carries both. */
  reliability(): Reliability | undefined {
    return this.#reliability;
  }
}

/** PUT: opened, DELETE: closed. */
export class TransportEvent {
  readonly #kind: SampleKind;
  readonly #transport: TransportInfo;

  constructor(kind: SampleKind, transport: TransportInfo) {
    this.#kind = kind;
    this.#transport = transport;
  }

  kind(): SampleKind {
    return this.#kind;
  }

  transport(): TransportInfo {
    return this.#transport;
  }
}

/** PUT: added, DELETE: removed. */
export class LinkEvent {
  readonly #kind: SampleKind;
  readonly #link: LinkInfo;

  constructor(kind: SampleKind, link: LinkInfo) {
    this.#kind = kind;
    this.#link = link;
  }

  kind(): SampleKind {
    return this.#kind;
  }

  link(): LinkInfo {
    return this.#link;
  }
}

/** Whether something matches. */
export class MatchingStatus {
  readonly #matching: boolean;

  constructor(matching: boolean) {
    this.#matching = matching;
  }

  matching(): boolean {
    return this.#matching;
  }
}

/** A node found by scouting. */
export interface Hello {
  readonly zid: ZenohId;
  readonly whatami: WhatAmI;
  readonly locators: string[];
}
