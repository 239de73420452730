import { ZError, isUtf8, textOf, utf8Length } from '../../base/index.ts';
import type { Reader, Writer } from '../../base/index.ts';

/** Bytes of protocol, address and metadata together, at most. */
export const LOCATOR_MAX = 255;

/** `k=v;k=v` behind `?` or `#`. Text is canonical: sorted by key, no empty entry, `k=` written as `k`. */
export class LocatorParameters {
  readonly #values: ReadonlyMap<string, string>;
  #text: string | undefined;

  constructor(values: Iterable<readonly [string, string]> = []) {
    this.#values = new Map(values);
  }

  get(key: string): string | undefined {
    return this.#values.get(key);
  }

  /** The parts of a value that are separated by `|`. */
  values(key: string): string[] {
    const value = this.#values.get(key);
    return value === undefined ? [] : value.split('|');
  }

  get isEmpty(): boolean {
    return this.#values.size === 0;
  }

  entries(): IterableIterator<[string, string]> {
    return new Map(this.#values).entries();
  }

  /** A copy with these entries set, those of undefined value removed. */
  with(changes: Readonly<Record<string, string | undefined>>): LocatorParameters {
    const values = new Map(this.#values);
    for (const [key, value] of Object.entries(changes)) {
      if (value === undefined) values.delete(key);
      else values.set(key, value);
    }
    return new LocatorParameters(values);
  }

  toString(): string {
    this.#text ??= [...this.#values]
      .sort(([a], [b]) => compareUtf8(a, b))
      .map(([key, value]) => (value === '' ? key : `${key}=${value}`))
      .join(';');
    return this.#text;
  }
}

const NONE: LocatorParameters = new LocatorParameters();

/** An address that can be told to others: `tcp/10.0.0.1:7447?prio=1-3`. */
export class Locator {
  readonly protocol: string;
  readonly address: string;
  readonly metadata: LocatorParameters;
  #text: string | undefined;

  /** @throws ZError `INVALID_ARGUMENT` if it is longer than 255 bytes */
  constructor(protocol: string, address: string, metadata: LocatorParameters = NONE) {
    this.protocol = protocol;
    this.address = address;
    this.metadata = metadata;
    const size = utf8Length(this.toString());
    if (size > LOCATOR_MAX) throw bad(`Endpoint too big: ${size} bytes. Max: 255 bytes. `);
  }

  /** @throws ZError `INVALID_ARGUMENT`, naming the part that is wrong */
  static parse(text: string): Locator {
    if (text.includes('#')) throw bad(`locator "${text}" has a config part behind "#"; only endpoints have one`);
    const { protocol, address, metadata } = checked(split(text));
    return new Locator(protocol, address, metadata);
  }

  /** Canonical. */
  toString(): string {
    this.#text ??= `${this.protocol}/${this.address}${this.metadata.isEmpty ? '' : `?${this.metadata.toString()}`}`;
    return this.#text;
  }

  equals(other: Locator): boolean {
    return this.toString() === other.toString();
  }

  toEndpoint(): Endpoint {
    return new Endpoint(this.protocol, this.address, this.metadata, NONE);
  }
}

/** Where to connect or listen: a locator with options that stay here. Never on the wire. */
export class Endpoint {
  readonly protocol: string;
  readonly address: string;
  readonly metadata: LocatorParameters;
  readonly config: LocatorParameters;
  readonly locator: Locator;

  constructor(protocol: string, address: string, metadata: LocatorParameters = NONE, config: LocatorParameters = NONE) {
    this.protocol = protocol;
    this.address = address;
    this.metadata = metadata;
    this.config = config;
    this.locator = new Locator(protocol, address, metadata);
  }

  /** @throws ZError `INVALID_ARGUMENT`, naming the part that is wrong */
  static parse(text: string): Endpoint {
    const { protocol, address, metadata, config } = checked(split(text));
    return new Endpoint(protocol, address, metadata, config);
  }

  /** Canonical. */
  toString(): string {
    return this.config.isEmpty ? this.locator.toString() : `${this.locator.toString()}#${this.config.toString()}`;
  }

  equals(other: Endpoint): boolean {
    return this.toString() === other.toString();
  }
}

interface Parts {
  protocol: string;
  address: string;
  metadata: LocatorParameters;
  config: LocatorParameters;
}

function checked(parts: Parts | string): Parts {
  if (typeof parts === 'string') throw bad(parts);
  return parts;
}

/** The parts of a text, or what is wrong with it. It does not throw: a remote may send many bad ones. */
function split(text: string): Parts | string {
  const slash = text.indexOf('/');
  const question = text.indexOf('?');
  const hash = text.indexOf('#');
  const addressEnd = question >= 0 ? question : hash >= 0 ? hash : text.length;
  const metadataEnd = hash >= 0 ? hash : text.length;
  if (slash < 0 || slash > addressEnd) return malformed(text, 'there is no "/" between protocol and address');
  if (slash === 0) return malformed(text, 'the protocol is empty');
  if (hash >= 0 && question > hash) return malformed(text, '"?" comes behind "#"');
  if (slash + 1 === addressEnd) return malformed(text, 'the address is empty');
  if (question >= 0 && question + 1 === metadataEnd) return malformed(text, 'the metadata behind "?" is empty');
  if (hash >= 0 && hash + 1 === text.length) return malformed(text, 'the config behind "#" is empty');
  const metadata = question < 0 ? NONE : parameters(text.slice(question + 1, metadataEnd));
  const config = hash < 0 ? NONE : parameters(text.slice(hash + 1));
  if (metadata === undefined || config === undefined) {
    return `Endpoint metadata and config must contain at least one valid parameter with a non-empty key: ${text}`;
  }
  return { protocol: text.slice(0, slash), address: text.slice(slash + 1, addressEnd), metadata, config };
}

/** Undefined if there is an empty key, or nothing at all. */
function parameters(part: string): LocatorParameters | undefined {
  const values = new Map<string, string>();
  for (const chunk of part.split(';')) {
    if (chunk === '') continue;
    const equal = chunk.indexOf('=');
    const key = equal < 0 ? chunk : chunk.slice(0, equal);
    if (key === '') return undefined;
    values.set(key, equal < 0 ? '' : chunk.slice(equal + 1));
  }
  return values.size === 0 ? undefined : new LocatorParameters(values);
}

function malformed(text: string, why: string): string {
  return `Endpoints must be of the form <protocol>/<address>[?<metadata>][#<config>]: ${text} (${why})`;
}

function bad(message: string): ZError {
  return new ZError('INVALID_ARGUMENT', message);
}

/** Order of the UTF-8 bytes, which is that of the code points. */
function compareUtf8(a: string, b: string): number {
  const x = Array.from(a);
  const y = Array.from(b);
  for (let i = 0; i < x.length && i < y.length; i++) {
    if (x[i] !== y[i]) return x[i]!.codePointAt(0)! - y[i]!.codePointAt(0)!;
  }
  return x.length - y.length;
}

/** A list: count, then each behind its length of at most 255. */
export function writeLocators(w: Writer, locators: readonly Locator[]): void {
  w.z(locators.length);
  for (const locator of locators) w.str(locator.toString());
}

/** Reads a list and leaves out what is no locator: the others are worth as much without it. */
export function readLocators(r: Reader): Locator[] {
  const locators: Locator[] = [];
  for (let count = r.z53(); count > 0; count--) {
    const start = r.skip(r.z8());
    if (!isUtf8(r.buf, start, r.pos)) continue;
    const text = textOf(r.buf, start, r.pos);
    const parts = text.includes('#') ? '' : split(text);
    if (typeof parts !== 'string') locators.push(new Locator(parts.protocol, parts.address, parts.metadata));
  }
  return locators;
}
