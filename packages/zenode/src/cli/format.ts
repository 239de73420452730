import type { EntityGlobalId, Query, Reply, ReplyError, Sample, ZBytes } from '../session/index.ts';
import { CONGESTION_CONTROLS, PRIORITIES, RELIABILITIES } from './flags.ts';

/* What is printed of each kind of value: `…Fields` for --json, in the order of the contract, and `…Line` for people. */

const exact = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function sampleFields(sample: Sample, replier?: EntityGlobalId): object {
  const source = sample.sourceInfo();
  return {
    key: sample.keyExpr().toString(),
    kind: kindOf(sample),
    ...bytesFields('payload', sample.payload()),
    encoding: sample.encoding().toString(),
    timestamp: sample.timestamp()?.toString() ?? null,
    ...bytesFields('attachment', sample.attachment()),
    priority: PRIORITIES[sample.priority() - 1],
    congestion_control: CONGESTION_CONTROLS[sample.congestionControl()],
    express: sample.express(),
    reliability: RELIABILITIES[sample.reliability()],
    ...(source === undefined ? {} : { source: { ...entityFields(source.sourceId), sn: source.sourceSn } }),
    ...(replier === undefined ? {} : { replier: entityFields(replier) }),
  };
}

export function replyFields(reply: Reply): object {
  const sample = reply.ok();
  return sample === undefined ? errorFields(reply.err()!) : sampleFields(sample, reply.replierId());
}

function errorFields(error: ReplyError): object {
  return {
    key: null,
    kind: 'error',
    ...bytesFields('payload', error.payload()),
    encoding: error.encoding().toString(),
  };
}

export function queryFields(query: Query): object {
  return {
    key: query.keyExpr().toString(),
    kind: 'query',
    parameters: query.parameters().toString(),
    ...bytesFields('payload', query.payload()),
    encoding: query.encoding()?.toString() ?? null,
    ...bytesFields('attachment', query.attachment()),
  };
}

/** `put KEY: VALUE`, `delete KEY`. */
export function sampleLine(sample: Sample): string {
  const key = sample.keyExpr().toString();
  if (kindOf(sample) === 'delete') return `delete ${key}${aside(undefined, sample.attachment())}`;
  return `put ${key}: ${shown(sample.payload())}${aside(sample.encoding().toString(), sample.attachment())}`;
}

export function replyLine(reply: Reply): string {
  const sample = reply.ok();
  return sample === undefined ? `error: ${shown(reply.err()!.payload())}` : sampleLine(sample);
}

/** `query KEY?PARAMETERS: VALUE` */
export function queryLine(query: Query): string {
  const payload = query.payload();
  const value = payload === undefined ? '' : `: ${shown(payload)}`;
  return `query ${query.selector()}${value}${aside(query.encoding()?.toString(), query.attachment())}`;
}

/** `alive KEY`, `gone KEY`: samples of liveliness. */
export function tokenLine(sample: Sample): string {
  return `${kindOf(sample) === 'put' ? 'alive' : 'gone'} ${sample.keyExpr()}`;
}

function kindOf(sample: Sample): 'put' | 'delete' {
  return sample.kind() === 1 ? 'delete' : 'put';
}

function entityFields(id: EntityGlobalId): object {
  return { zid: id.zid.toString(), eid: id.eid };
}

/** As text where the bytes are text, otherwise as base64 under a name that says so; null where there are none. */
function bytesFields(name: string, bytes: ZBytes | undefined): object {
  if (bytes === undefined) return { [name]: null };
  const text = textOf(bytes);
  return text === undefined ? { [`${name}_base64`]: base64(bytes) } : { [name]: text };
}

/** Whatever stands in the bytes, it stays on the line and does nothing to the terminal. */
function shown(bytes: ZBytes): string {
  const text = textOf(bytes);
  if (text === undefined) return `<${bytes.len()} bytes> ${base64(bytes)}`;
  // oxlint-disable-next-line no-control-regex -- it is what must not reach a terminal
  return /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(text) ? JSON.stringify(text) : text;
}

/** What differs from plain bytes without attachment. */
function aside(encoding: string | undefined, attachment: ZBytes | undefined): string {
  const parts: string[] = [];
  if (encoding !== undefined && encoding !== 'zenoh/bytes') parts.push(encoding);
  if (attachment !== undefined) parts.push(`attachment ${shown(attachment)}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

function textOf(bytes: ZBytes): string | undefined {
  try {
    return exact.decode(bytes.toBytes());
  } catch {
    return undefined;
  }
}

function base64(bytes: ZBytes): string {
  const { buffer, byteOffset, byteLength } = bytes.toBytes();
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}
