import type { RoutedKey } from '../routing/index.ts';
import { bodyOfDel, bodyOfPut, DEL, isDefaultEncoding, PUT, qosPriority } from '../wire/index.ts';
import type { SessionCore } from './core.ts';
import { Publication } from './publication.ts';
import type { PublisherSettings, PutSettings, RouteSettings, SampleSettings } from './settings.ts';

const SESSION_LOCAL = 0;
const REMOTE = 1;

/** Keys whose publications a session remembers. */
const REMEMBERED = 1024;

/** Sends a put that brings more than a payload. The payload is read before this returns. */
export function putSample(
  core: SessionCore,
  routed: RoutedKey,
  route: RouteSettings,
  sample: SampleSettings,
  payload: Uint8Array,
): Promise<void> {
  const { encoding, attachment, sourceInfo } = sample;
  const timestamp = sample.timestamp ?? core.runtime.hlc?.newTimestamp();
  const body = bodyOfPut({ id: PUT, timestamp, encoding, sourceInfo, attachment, unknown: undefined, payload });
  return send(core, routed, route, body);
}

export function deleteSample(
  core: SessionCore,
  routed: RoutedKey,
  route: RouteSettings,
  sample: SampleSettings,
): Promise<void> {
  const { attachment, sourceInfo } = sample;
  const timestamp = sample.timestamp ?? core.runtime.hlc?.newTimestamp();
  return send(core, routed, route, bodyOfDel({ id: DEL, timestamp, sourceInfo, attachment, unknown: undefined }));
}

function send(
  core: SessionCore,
  routed: RoutedKey,
  { qos, reliability, destination }: RouteSettings,
  body: ReturnType<typeof bodyOfPut>,
): Promise<void> {
  return core.publish(routed, qos, reliability === 1, body, destination !== SESSION_LOCAL, destination !== REMOTE);
}

/** As `putSample`, if no one who gets it is congested; otherwise sends it to nobody and returns false. */
export function tryPutSample(
  core: SessionCore,
  routed: RoutedKey,
  route: RouteSettings,
  sample: SampleSettings,
  payload: Uint8Array,
): boolean {
  if (core.flusher.exhausted()) return false;
  if (route.destination !== SESSION_LOCAL && !core.ready(routed, qosPriority(route.qos))) return false;
  void putSample(core, routed, route, sample, payload);
  return true;
}

/** The fast way of plain puts on one key; undefined on a node that puts a time on each. */
export function publicationOf(
  core: SessionCore,
  routed: RoutedKey,
  { qos, reliability, destination, encoding }: PublisherSettings,
): Publication | undefined {
  if (core.runtime.hlc !== undefined) return undefined;
  return new Publication(core, routed, {
    qos,
    reliable: reliability === 1,
    encoding,
    remote: destination !== SESSION_LOCAL,
    own: destination !== REMOTE,
  });
}

export function isPlain({ attachment, timestamp, sourceInfo }: SampleSettings): boolean {
  return attachment === undefined && timestamp === undefined && sourceInfo === undefined;
}

/** Publications of a session that declares no publisher: made at the first put on a key, remembered for the next. */
export class Publications {
  readonly #core: SessionCore;
  readonly #plain = new Map<string, Publication>();
  readonly #others = new Map<string, Publication>();

  constructor(core: SessionCore) {
    this.#core = core;
  }

  /** For puts without options on a key that had one before: it need not be checked again. */
  known(key: string): Publication | undefined {
    return this.#plain.get(key);
  }

  /** For puts without options. */
  plain(key: string, settings: PublisherSettings): Publication | undefined {
    return this.#plain.get(key) ?? this.#make(this.#plain, key, key, settings);
  }

  /** For puts with these options; undefined if they need more than a publication can do. */
  of(key: string, settings: PutSettings): Publication | undefined {
    if (!isPlain(settings)) return undefined;
    const { qos, reliability, destination, encoding } = settings;
    const type = isDefaultEncoding(encoding) ? '' : encoding.toString();
    const name = `${qos} ${reliability} ${destination} ${key} ${type}`;
    return this.#others.get(name) ?? this.#make(this.#others, name, key, settings);
  }

  #make(
    known: Map<string, Publication>,
    name: string,
    key: string,
    settings: PublisherSettings,
  ): Publication | undefined {
    const made = publicationOf(this.#core, this.#core.tables.data.routed(key), settings);
    if (made === undefined) return undefined;
    if (known.size >= REMEMBERED) known.clear();
    known.set(name, made);
    return made;
  }
}
