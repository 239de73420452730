import type { Runtime } from '../../src/runtime/index.ts';
import {
  type GetOptions,
  type Publisher,
  type Querier,
  type Queryable,
  type QueryTarget,
  type Session,
  shareSession,
  type Subscriber,
  type LivelinessToken,
} from '../../src/session/index.ts';

type Undeclarable = Subscriber | Queryable | Publisher | Querier | LivelinessToken;

const ignore = (): void => undefined;

/** The application of the node under test: what the recorded one called, in few words. */
export class Application {
  readonly #session: Session;
  readonly #things = new Map<string, Undeclarable>();
  readonly errors: unknown[] = [];

  constructor(runtime: Runtime) {
    this.#session = shareSession(runtime);
  }

  #do(name: string, made: Promise<Undeclarable>): void {
    made.then((thing) => this.#things.set(name, thing), this.#failed);
  }

  readonly #failed = (error: unknown): void => {
    this.errors.push(error);
  };

  #thing<T extends Undeclarable>(name: string): T {
    const thing = this.#things.get(name);
    if (thing === undefined) throw new Error(`${name} was never declared`);
    return thing as T;
  }

  subscriber(key: string, name: string = key): void {
    this.#do(name, this.#session.declareSubscriber(key, { handler: ignore }));
  }

  /** @param payload what it replies on its key; without, it ends every query */
  queryable(key: string, name: string, payload?: string, complete: boolean = false): void {
    const handler = (query: { reply(key: string, payload: string): Promise<void> }): void => {
      if (payload !== undefined) query.reply(key, payload).catch(this.#failed);
    };
    this.#do(name, this.#session.declareQueryable(key, { handler, complete, autoFinalize: true }));
  }

  publisher(key: string, name: string = key): void {
    this.#do(name, this.#session.declarePublisher(key));
  }

  querier(key: string, name: string = key, target?: QueryTarget): void {
    this.#do(name, this.#session.declareQuerier(key, target === undefined ? {} : { target }));
  }

  token(key: string): void {
    this.#do(key, this.#session.liveliness().declareToken(key));
  }

  liveliness(key: string, history: boolean): void {
    this.#do(`liveliness ${key}`, this.#session.liveliness().declareSubscriber(key, { history, handler: ignore }));
  }

  livelinessGet(key: string): void {
    this.#session.liveliness().get(key, { handler: ignore }).catch(this.#failed);
  }

  put(key: string, payload: string): void {
    this.#session.put(key, payload).catch(this.#failed);
  }

  get(selector: string, options: Omit<GetOptions, 'handler'> = {}): void {
    this.#session.get(selector, { ...options, handler: ignore }).catch(this.#failed);
  }

  /** Puts with a publisher. */
  publish(name: string, payload: string): void {
    this.#thing<Publisher>(name).put(payload).catch(this.#failed);
  }

  publishDelete(name: string): void {
    this.#thing<Publisher>(name).delete().catch(this.#failed);
  }

  /** Asks with a querier. */
  ask(name: string): void {
    this.#thing<Querier>(name).get({ handler: ignore }).catch(this.#failed);
  }

  undeclare(...names: string[]): void {
    for (const name of names) this.#thing(name).undeclare().catch(this.#failed);
  }
}
