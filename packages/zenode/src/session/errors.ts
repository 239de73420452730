import { type ErrorCode, ZError } from '../base/index.ts';
import type { ReplyError } from './reply.ts';

export { ZError } from '../base/index.ts';
export { ConfigError } from '../config/index.ts';
export { KeyExprError } from '../keyexpr/index.ts';

/** What went wrong, as callers match it. */
export type ZErrorCode = ErrorCode;

/** The session is closed, and with it everything that was declared on it. */
export class SessionClosedError extends ZError {
  override readonly name: string = 'SessionClosedError';
  constructor(message: string = 'session closed', options?: ErrorOptions) {
    super('SESSION_CLOSED', message, options);
  }
}

/** None of the locators could be reached. */
export class ConnectError extends ZError {
  override readonly name: string = 'ConnectError';
  readonly locators: readonly string[];
  constructor(message: string, locators: readonly string[], options?: ErrorOptions) {
    super('CONNECT_FAILED', message, options);
    this.locators = locators;
  }
}

export class TimeoutError extends ZError {
  override readonly name: string = 'TimeoutError';
  constructor(message: string, options?: ErrorOptions) {
    super('TIMEOUT', message, options);
  }
}

/** A token was cancelled. Aborting a signal with a reason rejects with that reason instead. */
export class CancelledError extends ZError {
  override readonly name: string = 'CancelledError';
  constructor(message: string = 'cancelled', options?: ErrorOptions) {
    super('CANCELLED', message, options);
  }
}

/** A reply on a key that the query does not accept. */
export class ReplyKeyExprError extends ZError {
  override readonly name: string = 'ReplyKeyExprError';
  constructor(message: string, options?: ErrorOptions) {
    super('REPLY_KEY_EXPR', message, options);
  }
}

/** An error reply, turned into an exception by `ReplyStream.samples` and `ReplyStream.first`. */
export class QueryError extends ZError {
  override readonly name: string = 'QueryError';
  readonly reply: ReplyError;
  constructor(reply: ReplyError, options?: ErrorOptions) {
    super('QUERY_ERROR', `query failed: ${shortened(reply.payload().toString())}`, options);
    this.reply = reply;
  }
}

/** Bytes are not what they were read as. */
export class DecodeError extends ZError {
  override readonly name: string = 'DecodeError';
  constructor(message: string, options?: ErrorOptions) {
    super('DECODE', message, options);
  }
}

/** The channel is closed, and nothing is left in it. */
export class ChannelClosedError extends ZError {
  override readonly name: string = 'ChannelClosedError';
  constructor(message: string = 'channel is closed', options?: ErrorOptions) {
    super('CHANNEL_CLOSED', message, options);
  }
}

/** This platform cannot do it. */
export class UnsupportedError extends ZError {
  override readonly name: string = 'UnsupportedError';
  constructor(message: string, options?: ErrorOptions) {
    super('UNSUPPORTED', message, options);
  }
}

/** An argument is of the wrong type or out of range. */
export function invalid(message: string, options?: ErrorOptions): ZError {
  return new ZError('INVALID_ARGUMENT', message, options);
}

/** A promise that rejects with what was caught. */
export async function failed(caught: unknown): Promise<never> {
  throw caught as Error;
}

/** A value for an error message: short, and never throwing. */
export function shown(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(shortened(value));
    case 'function':
      return 'a function';
    case 'object':
      return value === null ? 'null' : Array.isArray(value) ? 'an array' : 'an object';
    default:
      return String(value);
  }
}

function shortened(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
