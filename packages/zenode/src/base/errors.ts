/** What went wrong, as callers match it. The union is closed: a new failure gets a new code here first. */
export type ErrorCode =
  | 'SESSION_CLOSED'
  | 'INVALID_KEY_EXPR'
  | 'INVALID_CONFIG'
  | 'INVALID_ARGUMENT'
  | 'CONNECT_FAILED'
  | 'LISTEN_FAILED'
  | 'TIMEOUT'
  | 'CANCELLED'
  | 'REPLY_KEY_EXPR'
  | 'QUERY_FINALIZED'
  | 'ALREADY_UNDECLARED'
  | 'QUERY_ERROR'
  | 'DECODE'
  | 'CHANNEL_CLOSED'
  | 'UNSUPPORTED'
  | 'PROTOCOL'
  | 'CONGESTED';

/** Base of every error this package throws. Match `code`: `instanceof` fails across two copies of the package. */
export class ZError extends Error {
  override readonly name: string = 'ZError';
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Bytes that are not what the protocol allows. Thrown by decoders only; it ends the link they came from. */
export class CodecError extends ZError {
  override readonly name: string = 'CodecError';
  constructor(message: string, options?: ErrorOptions) {
    super('PROTOCOL', message, options);
  }
}
