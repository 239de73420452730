import { CodecError, ZError, copyBytes, equalBytes, isUtf8, textOf, utf8 } from '../../base/index.ts';
import type { Reader, Writer } from '../../base/index.ts';

/** Bytes a schema has at most. */
export const SCHEMA_MAX = 255;
/** Id of encodings that are not registered: the schema is the whole text. */
export const ENCODING_CUSTOM = 0xffff;

/** Names of the registered encodings; the index is the id. */
const NAMES: readonly string[] = [
  'zenoh/bytes',
  'zenoh/string',
  'zenoh/serialized',
  'application/octet-stream',
  'text/plain',
  'application/json',
  'text/json',
  'application/cdr',
  'application/cbor',
  'application/yaml',
  'text/yaml',
  'text/json5',
  'application/python-serialized-object',
  'application/protobuf',
  'application/java-serialized-object',
  'application/openmetrics-text',
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/bmp',
  'image/webp',
  'application/xml',
  'application/x-www-form-urlencoded',
  'text/html',
  'text/xml',
  'text/css',
  'text/javascript',
  'text/markdown',
  'text/csv',
  'application/sql',
  'application/coap-payload',
  'application/json-patch+json',
  'application/json-seq',
  'application/jsonpath',
  'application/jwt',
  'application/mp4',
  'application/soap+xml',
  'application/yang',
  'audio/aac',
  'audio/flac',
  'audio/mp4',
  'audio/ogg',
  'audio/vorbis',
  'video/h261',
  'video/h263',
  'video/h264',
  'video/h265',
  'video/h266',
  'video/mp4',
  'video/ogg',
  'video/raw',
  'video/vp8',
  'video/vp9',
];
const IDS: ReadonlyMap<string, number> = new Map(NAMES.map((name, id) => [name, id]));

// oxlint-disable-next-line typescript/no-wrapper-object-types -- programs written for zenoh-ts pass it
export type IntoEncoding = Encoding | String | string;

/** Encoding of a payload: a numeric id and an optional schema. */
export class Encoding {
  readonly id: number;
  /** At most 255 bytes, as a rule text. An empty schema is not the same as none. */
  readonly schema: Uint8Array | undefined;

  /** @throws ZError `INVALID_ARGUMENT` if the id is not of 16 bits, or the schema longer than 255 bytes */
  constructor(id: number, schema?: string | Uint8Array) {
    if (!Number.isInteger(id) || id < 0 || id > 0xffff) {
      throw new ZError('INVALID_ARGUMENT', `encoding id ${id} is not an integer from 0 to 65535`);
    }
    this.id = id;
    this.schema = typeof schema === 'string' ? utf8(schema) : schema;
    if (this.schema && this.schema.length > SCHEMA_MAX) {
      throw new ZError(
        'INVALID_ARGUMENT',
        `schema of an encoding has ${this.schema.length} bytes; at most 255 can be sent`,
      );
    }
  }

  /** `zenoh/bytes`. */
  static default(): Encoding {
    return Encoding.ZENOH_BYTES;
  }

  /** Reads `name` or `name;schema`. A name that is not registered makes a custom encoding of the whole text. */
  static fromString(input: string): Encoding {
    if (input === '') return Encoding.ZENOH_BYTES;
    const semicolon = input.indexOf(';');
    const id = IDS.get(semicolon < 0 ? input : input.slice(0, semicolon));
    if (id === undefined) return new Encoding(ENCODING_CUSTOM, input);
    const schema = semicolon < 0 ? '' : input.slice(semicolon + 1);
    return schema === '' ? REGISTERED[id]! : new Encoding(id, schema);
  }

  static from(input: IntoEncoding): Encoding {
    return input instanceof Encoding ? input : Encoding.fromString(input.toString());
  }

  /** The same encoding with another schema; of a custom one, what follows its first `;` is replaced. */
  withSchema(schema: string): Encoding {
    if (this.id !== ENCODING_CUSTOM) return new Encoding(this.id, schema);
    const text = this.schema ? lossyText(this.schema) : '';
    const semicolon = text.indexOf(';');
    const name = semicolon < 0 ? text : text.slice(0, semicolon);
    if (schema === '') return new Encoding(ENCODING_CUSTOM, name);
    return new Encoding(ENCODING_CUSTOM, name === '' ? schema : `${name};${schema}`);
  }

  toString(): string {
    const schema = this.schema && lossyText(this.schema);
    if (this.id === ENCODING_CUSTOM) return schema ?? '';
    const name = NAMES[this.id] ?? `unknown(${this.id})`;
    return schema === undefined ? name : `${name};${schema}`;
  }

  toIdSchema(): [number, string?] {
    return this.schema ? [this.id, lossyText(this.schema)] : [this.id];
  }

  equals(other: IntoEncoding): boolean {
    const that = Encoding.from(other);
    if (this.id !== that.id) return false;
    if (this.schema === undefined || that.schema === undefined) return this.schema === that.schema;
    return equalBytes(this.schema, that.schema);
  }

  static readonly ZENOH_BYTES: Encoding = new Encoding(0);
  static readonly ZENOH_STRING: Encoding = new Encoding(1);
  static readonly ZENOH_SERIALIZED: Encoding = new Encoding(2);
  static readonly APPLICATION_OCTET_STREAM: Encoding = new Encoding(3);
  static readonly TEXT_PLAIN: Encoding = new Encoding(4);
  static readonly APPLICATION_JSON: Encoding = new Encoding(5);
  static readonly TEXT_JSON: Encoding = new Encoding(6);
  static readonly APPLICATION_CDR: Encoding = new Encoding(7);
  static readonly APPLICATION_CBOR: Encoding = new Encoding(8);
  static readonly APPLICATION_YAML: Encoding = new Encoding(9);
  static readonly TEXT_YAML: Encoding = new Encoding(10);
  static readonly TEXT_JSON5: Encoding = new Encoding(11);
  static readonly APPLICATION_PYTHON_SERIALIZED_OBJECT: Encoding = new Encoding(12);
  static readonly APPLICATION_PROTOBUF: Encoding = new Encoding(13);
  static readonly APPLICATION_JAVA_SERIALIZED_OBJECT: Encoding = new Encoding(14);
  static readonly APPLICATION_OPENMETRICS_TEXT: Encoding = new Encoding(15);
  static readonly IMAGE_PNG: Encoding = new Encoding(16);
  static readonly IMAGE_JPEG: Encoding = new Encoding(17);
  static readonly IMAGE_GIF: Encoding = new Encoding(18);
  static readonly IMAGE_BMP: Encoding = new Encoding(19);
  static readonly IMAGE_WEBP: Encoding = new Encoding(20);
  static readonly APPLICATION_XML: Encoding = new Encoding(21);
  static readonly APPLICATION_X_WWW_FORM_URLENCODED: Encoding = new Encoding(22);
  static readonly TEXT_HTML: Encoding = new Encoding(23);
  static readonly TEXT_XML: Encoding = new Encoding(24);
  static readonly TEXT_CSS: Encoding = new Encoding(25);
  static readonly TEXT_JAVASCRIPT: Encoding = new Encoding(26);
  static readonly TEXT_MARKDOWN: Encoding = new Encoding(27);
  static readonly TEXT_CSV: Encoding = new Encoding(28);
  static readonly APPLICATION_SQL: Encoding = new Encoding(29);
  static readonly APPLICATION_COAP_PAYLOAD: Encoding = new Encoding(30);
  static readonly APPLICATION_JSON_PATCH_JSON: Encoding = new Encoding(31);
  static readonly APPLICATION_JSON_SEQ: Encoding = new Encoding(32);
  static readonly APPLICATION_JSONPATH: Encoding = new Encoding(33);
  static readonly APPLICATION_JWT: Encoding = new Encoding(34);
  static readonly APPLICATION_MP4: Encoding = new Encoding(35);
  static readonly APPLICATION_SOAP_XML: Encoding = new Encoding(36);
  static readonly APPLICATION_YANG: Encoding = new Encoding(37);
  static readonly AUDIO_AAC: Encoding = new Encoding(38);
  static readonly AUDIO_FLAC: Encoding = new Encoding(39);
  static readonly AUDIO_MP4: Encoding = new Encoding(40);
  static readonly AUDIO_OGG: Encoding = new Encoding(41);
  static readonly AUDIO_VORBIS: Encoding = new Encoding(42);
  static readonly VIDEO_H261: Encoding = new Encoding(43);
  static readonly VIDEO_H263: Encoding = new Encoding(44);
  static readonly VIDEO_H264: Encoding = new Encoding(45);
  static readonly VIDEO_H265: Encoding = new Encoding(46);
  static readonly VIDEO_H266: Encoding = new Encoding(47);
  static readonly VIDEO_MP4: Encoding = new Encoding(48);
  static readonly VIDEO_OGG: Encoding = new Encoding(49);
  static readonly VIDEO_RAW: Encoding = new Encoding(50);
  static readonly VIDEO_VP8: Encoding = new Encoding(51);
  static readonly VIDEO_VP9: Encoding = new Encoding(52);
}

/** The registered encodings without schema, by id. */
const REGISTERED: readonly Encoding[] = Object.values(Encoding).filter((value) => value instanceof Encoding);

function lossyText(schema: Uint8Array): string {
  return isUtf8(schema) ? textOf(schema) : 'unknown(non-utf8)';
}

/** Is this what is not written: `zenoh/bytes` without schema? */
export function isDefaultEncoding(e: Encoding): boolean {
  return e.id === 0 && e.schema === undefined;
}

/** (id << 1) | schema present, then the schema behind its length. */
export function writeEncoding(w: Writer, e: Encoding): void {
  w.z((e.id << 1) | (e.schema ? 1 : 0));
  if (e.schema) w.bytes(e.schema);
}

export function readEncoding(r: Reader): Encoding {
  const head = r.z32();
  const id = (head >>> 1) & 0xffff;
  if ((head & 1) === 0) return REGISTERED[id] ?? new Encoding(id);
  const start = r.skip(readSchemaSize(r));
  return new Encoding(id, copyBytes(r.buf, start, r.pos));
}

/** The checks of `readEncoding`, without building anything. */
export function checkEncoding(r: Reader): void {
  if ((r.z32() & 1) !== 0) r.skip(readSchemaSize(r));
}

function readSchemaSize(r: Reader): number {
  const size = r.z64();
  if (r.hi !== 0 || size > SCHEMA_MAX) throw new CodecError('schema of an encoding is longer than 255 bytes');
  return size;
}
