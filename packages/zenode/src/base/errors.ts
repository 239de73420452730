/** What went wrong, as callers match it. The union is closed: a new failure gets a new code here first. */
export type ErrorCode =
  | 'BAD_ARGUMENT'
  | 'BAD_CONFIG'
  | 'BAD_KEY_EXPR'
  | 'BAD_LOCATOR'
  | 'BAD_MESSAGE'
  | 'CANCELLED'
  | 'CONGESTED'
  | 'CONNECT_FAILED'
  | 'LISTEN_FAILED'
  | 'REFUSED'
  | 'SESSION_CLOSED'
  | 'TIMEOUT'
  | 'TOO_LARGE'
  | 'UNDECLARED'
  | 'UNSUPPORTED';

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
  override readonly name = 'CodecError';
  constructor(message: string, options?: ErrorOptions) {
    super('BAD_MESSAGE', message, options);
  }
}
