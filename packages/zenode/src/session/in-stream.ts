import type { Abortable } from './cancellation.ts';
import type { Handler } from './handler.ts';
import type { Reply } from './reply.ts';

/** Options of a query that a stream starts: the stream itself looks after the abortion of the application. */
export function inStream<O extends Abortable>(
  options: O | undefined,
  handler: Handler<Reply>,
  signal: AbortSignal,
): Omit<O, 'cancellationToken'> & { handler: Handler<Reply>; signal: AbortSignal } {
  const { cancellationToken: _replaced, ...rest } = options ?? ({} as O);
  return { ...rest, handler, signal };
}
