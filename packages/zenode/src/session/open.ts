import { Log, type LogLevel, type LogSink, ZError } from '../base/index.ts';
import {
  Config as Tree,
  ConfigError,
  loadDictionary,
  type Mode,
  type ReadText,
  resolve,
  type Settings,
} from '../config/index.ts';
import { Runtime, type RuntimeParts } from '../runtime/index.ts';
import { type IntoConfig, treeOf } from './config.ts';
import { Context } from './context.ts';
import { ConnectError, TimeoutError, UnsupportedError } from './errors.ts';
import { Session, sessionOf, type SessionType } from './session.ts';

/** What an entry brings: the links of its platform, and what else is not everywhere. */
export interface Platform extends Pick<RuntimeParts, 'links' | 'scheduler' | 'settleMs'> {
  /** Mode of a configuration that names none; peer if not given. */
  readonly mode?: Mode;
  /** Whoever can only connect has to say where. */
  readonly mustConnect?: boolean;
  readonly readText?: ReadText;
  /** Keeps the process alive until what it returns is called. */
  readonly keepAlive?: () => () => void;
  /** Sees the node before it starts: for tools that follow how it finds others. */
  readonly onRuntime?: (runtime: Runtime) => void;
}

export interface OpenOptions {
  /** Gives up opening; has no effect once the session is open. */
  signal?: AbortSignal;
  /** Name used in logs. */
  name?: string;
  /** Where log lines go. Default: nowhere. */
  log?: LogSink;
  /** Least important lines that are logged. Default `info`. */
  logLevel?: LogLevel;
}

/**
 * Opens a session on a node of its own.
 *
 * @param type the class of the session: that of the entry
 * @throws ConfigError, ConnectError, ZError `LISTEN_FAILED` or `UNSUPPORTED`, the reason of an aborted signal
 */
export async function openOn<S extends Session>(
  platform: Platform,
  type: SessionType<S>,
  config: IntoConfig | undefined,
  options: OpenOptions = {},
): Promise<S> {
  const { signal } = options;
  signal?.throwIfAborted();
  const tree = treeOf(config);
  const settings = resolve(tree, platform.mode);
  if (platform.mustConnect === true && settings.connect.endpoints.length === 0) {
    throw new ConfigError(
      'connect/endpoints',
      'here a node can only connect: name at least one endpoint, as in "ws/localhost:7447"',
    );
  }
  const dictionary = await dictionaryOf(settings, platform);
  const release = platform.keepAlive?.() ?? (() => {});
  try {
    const runtime = new Runtime(settings, { ...platform, log: logOf(options), ...(dictionary && { dictionary }) });
    platform.onRuntime?.(runtime);
    const session = await openSession(runtime, { type, config: tree, ...(signal && { signal }) });
    void session.closed.then(release);
    return session;
  } catch (cause) {
    release();
    throw failure(cause, settings);
  }
}

/**
 * Starts a node, and opens the session that owns it: closing the session closes the node.
 *
 * @param options.config what `config()` of the session shows; the node has its settings already
 */
export async function openSession<S extends Session = Session>(
  runtime: Runtime,
  options: { readonly type?: SessionType<S>; readonly config?: Tree; readonly signal?: AbortSignal } = {},
): Promise<S> {
  const { type = Session as unknown as SessionType<S>, config = Tree.default(), signal } = options;
  // Before the node starts: the session has the first id, and misses nothing.
  const context = new Context(runtime);
  await runtime.start(signal);
  return sessionOf(type, { context, config, closeNode: () => runtime.close() });
}

/** Opens one more session on a node that runs; closing it takes nothing from the others. */
export function shareSession(runtime: Runtime, config: Tree = Tree.default()): Session {
  return sessionOf(Session, { context: new Context(runtime), config, closeNode: undefined });
}

async function dictionaryOf(
  { auth }: Settings,
  { readText }: Platform,
): Promise<ReadonlyMap<string, string> | undefined> {
  const file = auth.usrpwd.dictionaryFile;
  if (file === undefined) return undefined;
  if (readText === undefined) {
    throw new ZError(
      'UNSUPPORTED',
      `transport/auth/usrpwd/dictionary_file: there are no files here to read ${file} from`,
    );
  }
  return loadDictionary(file, readText);
}

function logOf({ name, log, logLevel }: OpenOptions): Log {
  if (log === undefined) return new Log();
  return new Log(name === undefined ? log : (level, message) => log(level, `${name}: ${message}`), logLevel);
}

/** The error as callers know it: of its class, and with what was tried. */
function failure(cause: unknown, { connect }: Settings): unknown {
  if (!(cause instanceof ZError)) return cause;
  const { code, message } = cause;
  const options = { cause: cause.cause ?? cause };
  if (code === 'UNSUPPORTED') return new UnsupportedError(message, options);
  if (code === 'TIMEOUT') return new TimeoutError(message, options);
  if (code !== 'CONNECT_FAILED') return cause;
  const locators = connect.endpoints.map(({ endpoint }) => endpoint.toString());
  return new ConnectError(message, locators, options);
}
