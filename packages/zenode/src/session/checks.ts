import { type Names, ZError } from '../base/index.ts';
import { Encoding, Timestamp, ZenohId } from '../wire/index.ts';
import type { IntoEncoding, SourceInfo } from '../wire/index.ts';
import type { Abortable, CancellationToken } from './cancellation.ts';
import { invalid, shown } from './errors.ts';
import { type IntoZBytes, ownBytes } from './zbytes.ts';

/*
 * Each takes the name of an option and its value; undefined is absent. Each throws ZError `INVALID_ARGUMENT`, which names
 * the option, what was found, and what would be right.
 */

/** The options themselves. */
export function optionsOf<T extends object>(options: T | undefined): Partial<T> {
  if (options === undefined) return {};
  if (typeof options !== 'object' || (options as T | null) === null)
    throw invalid(`options are ${shown(options)}: pass an object`);
  return options;
}

/** A value of an enumeration. */
export function oneOf<V extends number>(option: string, value: V | undefined, values: Names, fallback: V): V {
  if (value === undefined) return fallback;
  if (typeof value === 'number' && Object.hasOwn(values, value)) return value;
  const right = Object.entries(values as unknown as Readonly<Record<string, string | number>>)
    .filter(([name, n]) => typeof n === 'number' && !name.startsWith('DEFAULT'))
    .map(([name, n]) => `${name} (${n})`);
  throw wrong(option, value, `one of ${right.join(', ')}`);
}

export function boolean(option: string, value: boolean | undefined): boolean {
  if (value === undefined) return false;
  if (typeof value !== 'boolean') throw wrong(option, value, 'true or false');
  return value;
}

export function bytes(option: string, value: IntoZBytes | undefined): Uint8Array | undefined {
  if (value === undefined) return undefined;
  try {
    return ownBytes(value);
  } catch (cause) {
    throw cause instanceof ZError ? wrong(option, value, 'text, ZBytes, or a buffer', cause) : cause;
  }
}

export function encoding(value: IntoEncoding | undefined): Encoding | undefined {
  if (value === undefined || value instanceof Encoding) return value;
  if (typeof value === 'string' || value instanceof String) return Encoding.from(value);
  throw wrong('encoding', value, 'an Encoding, or text as in "text/plain"');
}

export function timestamp(value: Timestamp | undefined): Timestamp | undefined {
  if (value === undefined || value instanceof Timestamp) return value;
  throw wrong('timestamp', value, 'a Timestamp, as session.newTimestamp() gives');
}

export function sourceInfo(value: SourceInfo | undefined): SourceInfo | undefined {
  if (value === undefined) return undefined;
  const { sourceId, sourceSn } = (isObject(value) ? value : {}) as {
    readonly sourceId?: { readonly zid?: unknown; readonly eid?: unknown };
    readonly sourceSn?: unknown;
  };
  if (sourceId?.zid instanceof ZenohId && isU32(sourceId.eid) && isU32(sourceSn)) return value;
  throw wrong('sourceInfo', value, '{ sourceId: { zid, eid }, sourceSn } with eid and sourceSn from 0 to 4294967295');
}

export function signal(value: AbortSignal | undefined): AbortSignal | undefined {
  if (value === undefined) return undefined;
  const it = value as Partial<AbortSignal> | null;
  if (typeof it?.aborted === 'boolean' && typeof it.addEventListener === 'function') return value;
  throw wrong('signal', value, 'an AbortSignal');
}

function cancellationToken(value: CancellationToken | undefined): CancellationToken | undefined {
  if (value === undefined) return undefined;
  if (typeof (value as Partial<CancellationToken> | null)?.isCancelled === 'function') return value;
  throw wrong('cancellationToken', value, 'a CancellationToken');
}

export function abortable(options: Abortable): Abortable {
  const checked: Abortable = {};
  const one = signal(options.signal);
  const other = cancellationToken(options.cancellationToken);
  if (one !== undefined) checked.signal = one;
  if (other !== undefined) checked.cancellationToken = other;
  return checked;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isU32(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 0xffffffff;
}

function wrong(option: string, value: unknown, right: string, cause?: ZError): ZError {
  return invalid(`option ${option} is ${shown(value)}: it must be ${right}`, cause && { cause });
}
