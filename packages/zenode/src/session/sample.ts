import { copyBytes } from '../base/index.ts';
import type { KeyExpr } from '../keyexpr/index.ts';
import {
  Body,
  Encoding,
  PUT,
  QOS_DEFAULT,
  builders,
  isDefaultEncoding,
  packQos,
  qosCongestionControl,
  qosExpress,
  qosPriority,
} from '../wire/index.ts';
import type { CongestionControl, Priority, Reliability, SourceInfo, Timestamp } from '../wire/index.ts';
import { SampleKind } from './enums.ts';
import { ZBytes, zbytesOfRange } from './zbytes.ts';

/** What few samples have. A built Put or Del of the wire is one as it is. */
export interface SampleExtras {
  readonly encoding?: Encoding;
  readonly timestamp: Timestamp | undefined;
  readonly sourceInfo: SourceInfo | undefined;
  readonly attachment: Uint8Array | undefined;
}

const NOTHING = new Uint8Array(0);

let received: (
  keyExpr: KeyExpr,
  buffer: Uint8Array,
  start: number,
  end: number,
  kind: SampleKind,
  qos: number,
  reliability: Reliability,
  extras: SampleExtras | Body | undefined,
) => Sample;

/** A received or returned value. */
export class Sample {
  readonly #keyExpr: KeyExpr;
  #payload: ZBytes | undefined;
  /** Where the payload is, as long as nobody asked for it. */
  #buffer: Uint8Array = NOTHING;
  #start = 0;
  #end = 0;
  readonly #kind: SampleKind;
  #qos: number;
  readonly #reliability: Reliability;
  /** A body is built at first use. */
  #extras: SampleExtras | Body | undefined;

  static {
    received = (keyExpr, buffer, start, end, kind, qos, reliability, extras) => {
      const sample = new Sample(keyExpr, undefined as unknown as ZBytes, kind, Encoding.ZENOH_BYTES, undefined,
        undefined, 5, 0, false, reliability, undefined); // prettier-ignore
      sample.#buffer = buffer;
      sample.#start = start;
      sample.#end = end;
      sample.#qos = qos;
      sample.#extras = extras;
      return sample;
    };
  }

  /** For tests and local use; the last two arguments may be left out. */
  constructor(
    keyexpr: KeyExpr,
    payload: ZBytes,
    kind: SampleKind,
    encoding: Encoding,
    attachment: ZBytes | undefined,
    timestamp: Timestamp | undefined,
    priority: Priority,
    congestionControl: CongestionControl,
    express: boolean,
    reliability: Reliability = 1,
    sourceInfo?: SourceInfo,
  ) {
    this.#keyExpr = keyexpr;
    this.#payload = payload;
    this.#kind = kind;
    this.#qos = packQos(priority, congestionControl, express);
    this.#reliability = reliability;
    this.#extras =
      attachment !== undefined || timestamp !== undefined || sourceInfo !== undefined || !isDefaultEncoding(encoding)
        ? { encoding, timestamp, sourceInfo, attachment: attachment?.toBytes() }
        : undefined;
  }

  keyexpr(): KeyExpr {
    return this.#keyExpr;
  }

  /** Same as keyexpr(). */
  keyExpr(): KeyExpr {
    return this.#keyExpr;
  }

  /** Yours for good. Samples may share the buffer below it. */
  payload(): ZBytes {
    return (this.#payload ??= zbytesOfRange(this.#buffer, this.#start, this.#end));
  }

  kind(): SampleKind {
    return this.#kind;
  }

  encoding(): Encoding {
    return this.#built()?.encoding ?? Encoding.ZENOH_BYTES;
  }

  timestamp(): Timestamp | undefined {
    return this.#built()?.timestamp;
  }

  congestionControl(): CongestionControl {
    return qosCongestionControl(this.#qos);
  }

  priority(): Priority {
    return qosPriority(this.#qos) as Priority;
  }

  express(): boolean {
    return qosExpress(this.#qos);
  }

  reliability(): Reliability {
    return this.#reliability;
  }

  attachment(): ZBytes | undefined {
    const attachment = this.#built()?.attachment;
    return attachment && ZBytes.wrap(attachment);
  }

  sourceInfo(): SourceInfo | undefined {
    return this.#built()?.sourceInfo;
  }

  #built(): SampleExtras | undefined {
    const extras = this.#extras;
    if (!(extras instanceof Body)) return extras;
    const built = extras.kind === PUT ? builders.put(extras, NOTHING) : builders.del(extras);
    this.#extras = built;
    return built;
  }
}

/**
 * A sample from its parts, for the hot path.
 * @param buffer holds the payload at `[start, end)`; nobody writes there any more
 * @param qos as on the wire
 * @param extras a body must own its head: see `extrasOf`
 */
export function sampleOf(
  keyExpr: KeyExpr,
  buffer: Uint8Array,
  start: number,
  end: number,
  kind: SampleKind,
  qos: number = QOS_DEFAULT,
  reliability: Reliability = 1,
  extras?: SampleExtras | Body,
): Sample {
  return received(keyExpr, buffer, start, end, kind, qos, reliability, extras);
}

/** The kind of the sample that a walked body is or holds. */
export function kindOf(body: Body): SampleKind {
  return body.kind === PUT ? SampleKind.PUT : SampleKind.DELETE;
}

/** Flags of a Put or Del: timestamp, encoding, extensions. */
const ANY_EXTRA = 0xe0;

/** What a walked body has besides its payload: undefined for a plain one, else a copy of its head, to be built later. */
export function extrasOf(body: Body): Body | undefined {
  if ((body.head[body.sampleAt]! & ANY_EXTRA) === 0) return undefined;
  const kept = new Body();
  kept.id = body.kind;
  kept.kind = body.kind;
  kept.head = copyBytes(body.head, body.sampleAt, body.headEnd);
  kept.headEnd = kept.head.length;
  return kept;
}
