import type { ChannelReceiver } from './channels.ts';

/** What `for await` over an entity reads. @throws TypeError if its handler is a callback */
export function iterate<T>(receiver: ChannelReceiver<T> | undefined, what: string): AsyncIterableIterator<T> {
  if (receiver === undefined) {
    throw new TypeError(`this ${what} has a callback: only one with a channel as handler can be iterated`);
  }
  return receiver[Symbol.asyncIterator]();
}
