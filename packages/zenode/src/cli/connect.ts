import { checkSupported, type Config, resolve, type Settings } from '../config/index.ts';
import { platform } from '../entry/platform.ts';
import type { Runtime } from '../runtime/index.ts';
import { configOf as publicConfig, openOn, Session } from '../session/index.ts';
import type { Endpoint } from '../wire/index.ts';
import type { Call } from './command.ts';
import { configOf } from './configure.ts';
import { loggingOf } from './log.ts';

/** Whom a command needs before it can begin. */
export type Patience =
  /** Somebody, soon: once every endpoint has failed, the command has failed. */
  | 'once'
  /** Somebody, whenever they come. */
  | 'wait';

const SESSION_TIMEOUT_MS = 10_000;
/** For a peer to be linked to all it hears of. A value sent before would miss those who wait for it. */
const START_MS = 2000;
/** For a neighbour that is linked and does not answer. */
const SETTLE_MS = 3000;
const NOWHERE = 'No peer specified and multicast scouting deactivated!';

/**
 * Opens a session as the flags say, and closes it when `use` is done, which sends what is still queued. Where there are
 * endpoints, `use` begins when a node is linked. Returns without it if the command ended before.
 *
 * @param timeoutMs how long 'once' waits for a link
 */
export async function withNode(
  call: Call,
  patience: Patience,
  use: (node: { readonly session: Session }) => Promise<unknown>,
  timeoutMs: number = SESSION_TIMEOUT_MS,
): Promise<void> {
  const { ending } = call;
  const stop = new AbortController();
  const onEnd = (): void => stop.abort(new Error('ended'));
  ending.signal.addEventListener('abort', onEnd, { once: true });
  const timer = patience === 'once' ? setTimeout(() => stop.abort(late(timeoutMs)), timeoutMs) : undefined;
  let session: Session;
  try {
    session = await openLinked(call, patience, stop);
  } catch (cause) {
    if (ending.ended) return;
    throw cause;
  } finally {
    clearTimeout(timer);
  }
  try {
    await use({ session });
  } finally {
    await session.close();
  }
}

function late(ms: number): Error {
  return new Error(`no session within ${ms / 1000} s; --timeout gives it more, and -e names another router`);
}

async function openLinked(call: Call, patience: Patience, stop: AbortController): Promise<Session> {
  const { options, out } = call;
  const config = configOf(options, 'peer');
  const settings = resolve(config);
  if (settings.mode === 'client' && settings.connect.endpoints.length === 0) {
    throw new Error(`${NOWHERE} Name a router with -e, as in -e tcp/localhost:7447`);
  }
  const names = settings.connect.endpoints.map(({ endpoint }) => endpoint.toString());
  if (patience === 'wait') waitForEver(config, settings);
  // With one endpoint nothing is waited for in vain but a node that its neighbour knows and nobody can reach.
  if (names.length === 1 && config.get('scouting/delay') === null) config.insert('scouting/delay', START_MS);
  if (!options.has('log')) for (const warning of warningsOf(settings)) out.note(`warning: ${warning}`);
  if (isAlone(settings)) {
    out.note('alone: looking for others by UDP is not there yet; name one with -e, as in -e tcp/localhost:7447');
  }

  let runtime: Runtime | undefined;
  const onRuntime = (node: Runtime): void => {
    runtime = node;
    const reasons = new Map<string, string>();
    const onFailed = (endpoint: Endpoint, cause: unknown): void => {
      reasons.set(endpoint.toString(), reasonOf(endpoint, cause));
      if (names.some((name) => !reasons.has(name))) return;
      node.orchestrator.failed.delete(onFailed);
      if (isLinked(node) || stop.signal.aborted) return;
      const all = [...reasons.values()].join('; ');
      if (patience === 'wait') out.note(`waiting: ${all}; trying again`);
      else stop.abort(new Error(`${all}; start a router with "zenode router", or name another with -e`));
    };
    node.orchestrator.failed.add(onFailed);
  };
  const { signal } = stop;
  const session = await openOn({ ...platform, onRuntime }, Session, publicConfig(config), {
    ...loggingOf(options, 'error'),
    signal,
  });
  try {
    if (names.length > 0) {
      if (!isLinked(runtime!)) await firstLink(runtime!, signal);
      if (settings.mode !== 'client') await settled(session, signal);
    }
    return session;
  } catch (cause) {
    await session.close();
    throw cause;
  }
}

/** A client tries each endpoint once unless it is told otherwise. */
function waitForEver(config: Config, { mode }: Settings): void {
  const given = config.modeValue('connect/timeout_ms', mode) ?? undefined;
  if (mode === 'client' && given === undefined) config.insert('connect/timeout_ms', -1);
}

function warningsOf(settings: Settings): readonly string[] {
  return [...settings.warnings, ...checkSupported(settings).warnings];
}

/** It asks for others to be found, and for nothing else. */
function isAlone({ mode, connect, listen, scouting }: Settings): boolean {
  return mode === 'peer' && connect.endpoints.length === 0 && listen.isDefault && scouting.multicast.enabled;
}

function isLinked(runtime: Runtime): boolean {
  return runtime.transports.next().done !== true;
}

async function firstLink(runtime: Runtime, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const done = (error?: Error): void => {
      runtime.watchers.delete(watch);
      signal.removeEventListener('abort', onAbort);
      if (error === undefined) resolve();
      else reject(error);
    };
    const onAbort = (): void => done(signal.reason as Error);
    const watch = (_: unknown, open: boolean): void => {
      if (open) done();
    };
    runtime.watchers.add(watch);
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
  });
}

/**
 * A peer sends only what it knows to be wanted, and on a slow machine or a long way it does not know yet when it has
 * just been linked. One question there and back, about a key that nobody has: what a neighbour had to tell came before
 * its answer.
 */
async function settled(session: Session, signal: AbortSignal): Promise<void> {
  const answers = session.liveliness().query('@zenode/settled', { timeout: SETTLE_MS });
  const stop = (): void => answers.cancel();
  signal.addEventListener('abort', stop, { once: true });
  await answers.toArray();
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
}

function reasonOf(endpoint: Endpoint, cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.includes(endpoint.address) ? text : `cannot connect to ${endpoint}: ${text}`;
}
