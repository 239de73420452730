import { type Log, type Scheduler, ZError } from '../base/index.ts';
import type { Settings } from '../config/index.ts';
import type { LinkEnv, LinkProtocol } from '../link/index.ts';
import type { Transport, TransportManager } from '../transport/index.ts';
import type { Endpoint, ZenohId } from '../wire/index.ts';
import { closedError, type Tasks } from './tasks.ts';

/** What starting and connecting a node take from its runtime. */
export interface OrchestratorEnv {
  readonly settings: Settings;
  readonly zid: ZenohId;
  readonly scheduler: Scheduler;
  readonly log: Log;
  readonly manager: TransportManager;
  readonly links: readonly LinkProtocol[];
}

export interface DialOptions {
  /** The node that must answer. */
  readonly expected?: ZenohId;
  /** When to give up at the latest, on the scheduler's clock. */
  readonly until?: number;
  /** Gives up at once. */
  readonly signal?: AbortSignal;
}

/** Single attempts to reach another node. */
export class Dialler {
  readonly linkEnv: LinkEnv;
  readonly #env: OrchestratorEnv;
  readonly #tasks: Tasks;

  constructor(env: OrchestratorEnv, tasks: Tasks) {
    this.#env = env;
    this.#tasks = tasks;
    this.linkEnv = { scheduler: env.scheduler, log: env.log };
  }

  /** @throws ZError `UNSUPPORTED` if nobody here speaks the protocol of an endpoint */
  protocol(endpoint: Endpoint): LinkProtocol {
    const { settings, links } = this.#env;
    const { protocols } = settings.transport;
    const name = endpoint.protocol;
    if (protocols !== undefined && !protocols.includes(name)) {
      const allowed = protocols.join(', ');
      throw new ZError('UNSUPPORTED', `Unsupported protocol: ${name}. Supported protocols are: [${allowed}]`);
    }
    const protocol = links.find((one) => one.schemes.includes(name));
    if (protocol === undefined) {
      const known = links.flatMap((one) => one.schemes).join(', ');
      const what = `Unicast not supported for ${name} protocol (endpoint ${endpoint}); here: ${known}`;
      throw new ZError('UNSUPPORTED', what);
    }
    return protocol;
  }

  /** One attempt: link and handshake together, within the open timeout. */
  async dial(endpoint: Endpoint, options: DialOptions = {}): Promise<Transport> {
    const { settings, scheduler, manager } = this.#env;
    const { expected, until = Number.POSITIVE_INFINITY, signal } = options;
    const protocol = this.protocol(endpoint);
    this.#tasks.check();
    signal?.throwIfAborted();

    const controller = new AbortController();
    const giveUp = (): void => controller.abort(signal?.reason);
    signal?.addEventListener('abort', giveUp, { once: true });
    const forget = this.#tasks.onEnd(() => controller.abort(closedError()));
    const ms = Math.max(0, Math.min(settings.transport.openTimeoutMs, until - scheduler.now()));
    const limit = scheduler.after(ms, () => {
      controller.abort(new ZError('TIMEOUT', `no answer from ${endpoint} within ${Math.round(ms)} ms`));
    });
    try {
      const link = await protocol.dial(endpoint, this.linkEnv, controller.signal);
      const transport = await manager.initiate(link, controller.signal, expected);
      // Between the last message of the handshake and this line the other side may have hung up again.
      if (transport.closed) throw new ZError('CONNECT_FAILED', `${endpoint} closed the link at once`);
      return transport;
    } finally {
      limit.cancel();
      forget();
      signal?.removeEventListener('abort', giveUp);
    }
  }
}

export function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
