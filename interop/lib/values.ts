import { createHash } from 'node:crypto';

/** Bytes to send: as they are, or `[length, seed]`, where byte i is (i + seed) % 251. */
export type Bytes = { readonly b64: string } | { readonly pattern: readonly [length: number, seed: number] };

export const text = (value: string): Bytes => ({ b64: Buffer.from(value).toString('base64') });
export const pattern = (length: number, seed = 0): Bytes => ({ pattern: [length, seed] });
export const EMPTY: Bytes = { b64: '' };

export function bytesOf(bytes: Bytes): Uint8Array {
  if ('b64' in bytes) return Buffer.from(bytes.b64, 'base64');
  const [length, seed] = bytes.pattern;
  const ring = new Uint8Array(251).map((_, i) => (i + seed) % 251);
  const all = new Uint8Array(length);
  all.set(ring.subarray(0, Math.min(251, length)));
  // Whole rings are copied, so that what follows them goes on where they end.
  for (let done = 251; done < length; done *= 2) all.copyWithin(done, 0, Math.min(done, length - done));
  return all;
}

/** Longer bytes are told by their length and hash. */
const INLINE = 256;

/** How received bytes are told, here and in real.py. */
export function told(bytes: Uint8Array): string {
  if (bytes.length <= INLINE) return Buffer.from(bytes).toString('hex');
  return `${bytes.length}:${createHash('sha256').update(bytes).digest('hex')}`;
}

export const toldBytes = (bytes: Bytes): string => told(bytesOf(bytes));

export interface Source {
  readonly zid: string;
  readonly eid: number;
  readonly sn: number;
}

/** A sample with everything that a receiver can see of it. */
export interface SeenSample {
  readonly key: string;
  /** 0 put, 1 delete. */
  readonly kind: number;
  readonly payload: string;
  readonly encoding: string;
  readonly attachment: string | null;
  readonly timestamp: string | null;
  readonly priority: number;
  readonly congestion: number;
  readonly express: boolean;
  /** Absent where the release does not show it. */
  readonly source?: Source | null;
}

export interface SeenQuery {
  readonly selector: string;
  readonly key: string;
  readonly parameters: string;
  readonly payload: string | null;
  readonly encoding: string | null;
  readonly attachment: string | null;
  readonly accepts?: string;
  readonly source?: Source | null;
}

export interface SeenReply {
  readonly sample?: SeenSample;
  readonly error?: { readonly payload: string; readonly encoding: string };
  readonly replier: { readonly zid: string; readonly eid?: number } | null;
}

export interface Answers {
  readonly replies: readonly SeenReply[];
  readonly ms: number;
}

// Options have the names of the Python binding, so that they reach it as they are.

export interface QosSettings {
  readonly priority?: number;
  readonly congestion_control?: number;
  readonly express?: boolean;
}

export interface SampleSettings {
  readonly encoding?: string;
  readonly attachment?: Bytes;
  /** RFC 3339 and the id: `2026-01-02T03:04:05Z/33`. */
  readonly timestamp?: string;
  /** The number that goes with the id of the session. */
  readonly source_info?: number;
}

export type LocalityName = 'SESSION_LOCAL' | 'REMOTE' | 'ANY';

export interface PublisherSettings extends QosSettings {
  readonly encoding?: string;
  readonly reliability?: 'BEST_EFFORT' | 'RELIABLE';
  readonly allowed_destination?: LocalityName;
}

export interface PutSettings extends QosSettings, SampleSettings {
  readonly allowed_destination?: LocalityName;
}

export interface QuerierSettings extends QosSettings {
  readonly target?: 'BEST_MATCHING' | 'ALL' | 'ALL_COMPLETE';
  readonly consolidation?: 'AUTO' | 'NONE' | 'MONOTONIC' | 'LATEST';
  readonly accept_replies?: 'ANY' | 'MATCHING_QUERY';
  /** Seconds. */
  readonly timeout?: number;
  readonly allowed_destination?: LocalityName;
}

export interface QueryBody {
  readonly payload?: Bytes;
  readonly encoding?: string;
  readonly attachment?: Bytes;
  readonly source_info?: number;
}

export interface GetSettings extends QuerierSettings, QueryBody {}

export interface QuerierGetSettings extends QueryBody {
  readonly parameters?: string;
}

/** One answer of a queryable; the key is that of the query unless given. */
export interface ReplyStep {
  readonly reply: 'put' | 'delete' | 'error';
  readonly key?: string;
  readonly payload?: Bytes;
  /** Answers with the payload of the query. */
  readonly echo?: boolean;
  readonly options?: Omit<SampleSettings, 'source_info'> & { readonly express?: boolean };
}

export interface QueryableSettings {
  readonly complete?: boolean;
  readonly allowed_origin?: LocalityName;
}
