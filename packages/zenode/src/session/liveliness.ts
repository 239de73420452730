import type { IntoKeyExpr } from '../keyexpr/index.ts';
import { TOKEN } from '../routing/index.ts';
import { AliveGet, AliveSubscriber } from './alive-keys.ts';
import { onAbortOf } from './cancellation.ts';
import type { ChannelReceiver } from './channels.ts';
import type { Context } from './context.ts';
import { disposable } from './dispose.ts';
import { inStream } from './in-stream.ts';
import { keyOf } from './keys.ts';
import { Life } from './life.ts';
import type { LivelinessGetOptions, LivelinessSubscriberOptions } from './options.ts';
import { Outlet } from './outlet.ts';
import type { Reply } from './reply.ts';
import { type ReplyStream, replyStream } from './reply-stream.ts';
import type { Sample } from './sample.ts';
import { livelinessGetSettings, livelinessSubscriberSettings } from './settings.ts';
import { type Subscriber, subscriberOf } from './subscriber.ts';

let makeLiveliness: (context: Context) => Liveliness;
let makeToken: (life: Life) => LivelinessToken;

/** Liveliness operations of a session. */
export class Liveliness {
  readonly #context: Context;

  static {
    makeLiveliness = (context) => new Liveliness(context);
  }

  private constructor(context: Context) {
    this.#context = context;
  }

  /** The key is alive until the token is undeclared, its session closes or its node cannot be reached. */
  async declareToken(intoKeyExpr: IntoKeyExpr): Promise<LivelinessToken> {
    const { core, runtime } = this.#context;
    core.assertOpen();
    const key = keyOf(intoKeyExpr).text;
    const id = runtime.nextEntityId();
    core.tables.declareEntity(core.face, TOKEN, id, key, 0);
    const end = (): void => core.tables.undeclareEntity(core.face, TOKEN, id, undefined);
    return makeToken(new Life(core, `token on "${key}"`, end));
  }

  /** PUT when a key becomes alive, DELETE when it is gone; own tokens are seen too. */
  async declareSubscriber(
    intoKeyExpr: IntoKeyExpr,
    livelinessSubscriberOpts?: LivelinessSubscriberOptions,
  ): Promise<Subscriber> {
    const context = this.#context;
    const { core, alive } = context;
    core.assertOpen();
    const keyExpr = keyOf(intoKeyExpr);
    const { history, handler, signal } = livelinessSubscriberSettings(livelinessSubscriberOpts);
    signal?.throwIfAborted();
    const eid = context.runtime.nextEntityId();
    const outlet = new Outlet<Sample>(context, eid, handler);
    const state = new AliveSubscriber(eid, keyExpr.text, outlet);
    alive.addSubscriber(state, history);
    const what = `liveliness subscriber on "${keyExpr.text}"`;
    const life = new Life(core, what, () => alive.removeSubscriber(state), signal);
    return subscriberOf({ keyExpr, id: { zid: context.zid, eid }, outlet, life });
  }

  /** One reply per key that is alive. A receiver unless the handler is a callback. */
  async get(
    intoKeyExpr: IntoKeyExpr,
    livelinessGetOpts?: LivelinessGetOptions,
  ): Promise<ChannelReceiver<Reply> | undefined> {
    const context = this.#context;
    const { core, alive, runtime } = context;
    core.assertOpen();
    const { text } = keyOf(intoKeyExpr);
    const { timeoutMs, handler, abort } = livelinessGetSettings(livelinessGetOpts);
    abort.signal?.throwIfAborted();
    const eid = runtime.nextEntityId();
    const outlet = new Outlet<Reply>(context, eid, handler);
    if (abort.cancellationToken?.isCancelled() === true) {
      outlet.drop();
      context.outbox.drain();
      return outlet.receiver;
    }
    const get = new AliveGet(eid, outlet, (late) => alive.timeOutGet(late));
    get.forget = onAbortOf(abort, () => alive.cancelGet(get));
    alive.startGet(get, text, timeoutMs ?? runtime.settings.queriesDefaultTimeoutMs);
    return outlet.receiver;
  }

  /** Like get(), as a stream. */
  query(intoKeyExpr: IntoKeyExpr, opts?: Omit<LivelinessGetOptions, 'handler'>): ReplyStream {
    return replyStream((handler, signal) => this.get(intoKeyExpr, inStream(opts, handler, signal)), opts);
  }
}

/** Token that is alive until undeclared or its session ends. */
export class LivelinessToken implements AsyncDisposable {
  readonly #life: Life;

  static {
    makeToken = (life) => new LivelinessToken(life);
  }

  private constructor(life: Life) {
    this.#life = life;
  }

  /** Rejects the second time, unless the session is closed. */
  undeclare(): Promise<void> {
    return this.#life.undeclare();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#life.dispose();
  }
}
disposable(LivelinessToken);

export function livelinessOf(context: Context): Liveliness {
  return makeLiveliness(context);
}
