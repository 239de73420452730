import type { Tap } from './tap.ts';
import type {
  Answers,
  Bytes,
  GetSettings,
  PublisherSettings,
  PutSettings,
  QuerierGetSettings,
  QuerierSettings,
  QueryableSettings,
  ReplyStep,
  SampleSettings,
  SeenQuery,
  SeenSample,
} from './values.ts';

/** The text of the timestamp that was sent along, as a receiver tells it. */
export type Sent = Promise<string | null>;

export interface Undeclarable {
  readonly undeclare: () => Promise<void>;
}

export interface Declared<T> extends Undeclarable {
  readonly tap: Tap<T>;
}

export interface Matchable extends Undeclarable {
  matching(): Promise<boolean>;
  listen(): Promise<Declared<boolean>>;
}

export interface PartyPublisher extends Matchable {
  put(payload: Bytes, settings?: SampleSettings): Sent;
  delete(settings?: Omit<SampleSettings, 'encoding'>): Sent;
}

export interface PartyQuerier extends Matchable {
  get(settings?: QuerierGetSettings): Promise<Answers>;
}

export interface PartyQueryable extends Declared<SeenQuery> {
  /** Ends the queries that it keeps open. */
  release(): Promise<void>;
}

export interface PartyKey extends Undeclarable {
  put(payload: Bytes, settings?: PutSettings): Sent;
  delete(settings?: Omit<PutSettings, 'encoding'>): Sent;
}

/** A session on either side: ours in this process, or real zenoh in another. A case is written once for both. */
export interface Party {
  /** As in "our client" and "real router". */
  readonly name: string;
  readonly ours: boolean;
  readonly zid: string;
  readonly openMs: number;
  put(key: string, payload: Bytes, settings?: PutSettings): Sent;
  delete(key: string, settings?: Omit<PutSettings, 'encoding'>): Sent;
  /** Puts `key`/0, `key`/1 and so on; the payload is the number as text. */
  putMany(key: string, count: number, settings?: PutSettings): Promise<void>;
  declareKey(key: string): Promise<PartyKey>;
  subscriber(key: string): Promise<Declared<SeenSample>>;
  publisher(key: string, settings?: PublisherSettings): Promise<PartyPublisher>;
  queryable(
    key: string,
    script: readonly ReplyStep[],
    settings?: QueryableSettings & { hold?: boolean },
  ): Promise<PartyQueryable>;
  get(selector: string, settings?: GetSettings): Promise<Answers>;
  querier(key: string, settings?: QuerierSettings): Promise<PartyQuerier>;
  token(key: string): Promise<Undeclarable>;
  livelinessSubscriber(key: string, settings?: { history?: boolean }): Promise<Declared<SeenSample>>;
  livelinessGet(key: string, settings?: { timeout?: number }): Promise<Answers>;
  info(): Promise<{ zid: string; routers: readonly string[]; peers: readonly string[] }>;
  close(): Promise<void>;
}
