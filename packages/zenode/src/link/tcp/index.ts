import { connect, createServer, type Server, type TcpNetConnectOpts } from 'node:net';
import { ZError } from '../../base/index.ts';
import { type Endpoint, Locator, type LocatorParameters } from '../../wire/index.ts';
import type { Link, LinkEnv, LinkProtocol, Listener } from '../link.ts';
import { expandWildcard, formatAddress, isWildcard, parseAddress } from './address.ts';
import { TcpLink } from './link.ts';
import { adopt, onreadOptions, type Receiver } from './receive.ts';

function locator(host: string | undefined, port: number | undefined, metadata?: LocatorParameters): Locator {
  return new Locator('tcp', formatAddress(host ?? '0.0.0.0', port ?? 0), metadata);
}

function given(signal: AbortSignal, endpoint: Endpoint): Error {
  return signal.reason instanceof Error
    ? signal.reason
    : new ZError('CANCELLED', `dialling ${endpoint} was given up`, { cause: signal.reason });
}

/** What went wrong at the addresses of a name: an error of several has no text of its own. */
function detail(cause: Error): string {
  return cause instanceof AggregateError ? cause.errors.map((one: Error) => one.message).join(', ') : cause.message;
}

function dial(endpoint: Endpoint, env: LinkEnv, signal: AbortSignal): Promise<Link> {
  const { host, port } = parseAddress(endpoint.address);
  const target: { receiver: Receiver | undefined } = { receiver: undefined };
  if (signal.aborted) return Promise.reject(given(signal, endpoint));
  return new Promise((resolve, reject) => {
    const options: TcpNetConnectOpts = {
      host,
      port,
      noDelay: true,
      autoSelectFamily: true,
      onread: onreadOptions(target),
    };
    const socket = connect(options);
    const abort = (): void => {
      socket.destroy();
      reject(given(signal, endpoint));
    };
    signal.addEventListener('abort', abort, { once: true });
    socket.once('error', (cause) => {
      signal.removeEventListener('abort', abort);
      reject(new ZError('CONNECT_FAILED', `cannot connect to ${endpoint}: ${detail(cause)}`, { cause }));
    });
    socket.once('connect', () => {
      signal.removeEventListener('abort', abort);
      socket.removeAllListeners('error');
      socket.pause();
      const link = new TcpLink(
        socket,
        locator(socket.localAddress, socket.localPort),
        locator(socket.remoteAddress, socket.remotePort, endpoint.metadata),
        env,
      );
      target.receiver = link;
      resolve(link);
    });
  });
}

function listen(endpoint: Endpoint, env: LinkEnv, onLink: (link: Link) => void): Promise<Listener> {
  const { host, port } = parseAddress(endpoint.address);
  const server = createServer({ pauseOnConnect: true, noDelay: true }, (accepted) => {
    const src = locator(accepted.localAddress, accepted.localPort);
    const dst = locator(accepted.remoteAddress, accepted.remotePort);
    const target: { receiver: Receiver | undefined } = { receiver: undefined };
    const link = new TcpLink(adopt(accepted, target), src, dst, env);
    target.receiver = link;
    onLink(link);
  });
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new ZError('LISTEN_FAILED', `cannot listen on ${endpoint}: ${cause.message}`, { cause })),
    );
    server.listen({ host, port }, () => {
      server.removeAllListeners('error');
      server.on('error', (cause) => env.log.warn(`listener ${endpoint}: ${cause.message}`));
      resolve(listener(server));
    });
  });
}

function listener(server: Server): Listener {
  const { address: host, port } = server.address() as { address: string; port: number };
  return {
    locator: locator(host, port),
    advertised: () => (isWildcard(host) ? expandWildcard(host) : [host]).map((one) => locator(one, port)),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** TCP: `tcp/host:port`, `tcp/[v6]:port`. */
export const tcp: LinkProtocol = { schemes: ['tcp'], dial, listen };
