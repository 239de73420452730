import { connect, createServer, type Server, type Socket } from 'node:net';
import { at } from './stage.ts';

/** Stands between two nodes on the loopback: counts what passes, and can be cut. */
export class Proxy {
  readonly locator: string;
  /** Bytes that have passed, both directions together. */
  bytes = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.locator = at(port);
  }

  /** @param to port of the loopback */
  static async before(to: number): Promise<Proxy> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const proxy = new Proxy(server, address.port);
    server.on('connection', (near) => {
      const far = connect(to, '127.0.0.1');
      for (const [from, into] of [
        [near, far],
        [far, near],
      ] as const) {
        proxy.#sockets.add(from);
        from.setNoDelay(true);
        from.on('data', (chunk) => (proxy.bytes += chunk.length));
        from.pipe(into);
        from.on('error', () => into.destroy());
        from.on('close', () => {
          proxy.#sockets.delete(from);
          into.destroy();
        });
      }
    });
    return proxy;
  }

  /** Ends every connection; new ones are accepted. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.cut();
    await closed;
  }
}

export const portOf = (locator: string): number => Number(locator.slice(locator.lastIndexOf(':') + 1));
