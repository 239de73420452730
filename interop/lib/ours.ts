import {
  type Declared,
  type Matchable,
  type Party,
  type PartyKey,
  type PartyPublisher,
  type PartyQuerier,
  type PartyQueryable,
} from './party.ts';
import {
  type Answers,
  type Bytes,
  bytesOf,
  type PutSettings,
  type QuerierSettings,
  type QueryBody,
  type SeenQuery,
  type SeenReply,
  type SeenSample,
  type Source,
  told,
} from './values.ts';
import { limited, Tap } from './tap.ts';
import {
  type CongestionControl,
  ConsolidationMode,
  type KeyExpr,
  Locality,
  type MatchingListenerOptions,
  type MatchingListener,
  type MatchingStatus,
  type LogLevel,
  open,
  type OpenOptions,
  type Priority,
  type Query,
  QueryTarget,
  Reliability,
  type Reply,
  ReplyKeyExpr,
  type ReplyStream,
  type Sample,
  type Session,
  type SourceInfo,
  Timestamp,
} from 'zenode';

const COMMAND_MS = 15_000;

function sourceOf(source: SourceInfo | undefined): Source | null {
  if (source === undefined) return null;
  return { zid: source.sourceId.zid.toString(), eid: source.sourceId.eid, sn: source.sourceSn };
}

function seenSample(sample: Sample): SeenSample {
  const attachment = sample.attachment();
  return {
    key: sample.keyexpr().toString(),
    kind: sample.kind(),
    payload: told(sample.payload().toBytes()),
    encoding: sample.encoding().toString(),
    attachment: attachment === undefined ? null : told(attachment.toBytes()),
    timestamp: sample.timestamp()?.toString() ?? null,
    priority: sample.priority(),
    congestion: sample.congestionControl(),
    express: sample.express(),
    source: sourceOf(sample.sourceInfo()),
  };
}

function seenReply(reply: Reply): SeenReply {
  const id = reply.replierId();
  const replier = id === undefined ? null : { zid: id.zid.toString(), eid: id.eid };
  const sample = reply.ok();
  if (sample !== undefined) return { sample: seenSample(sample), replier };
  const error = reply.err();
  if (error === undefined) throw new Error('a reply is a sample or an error');
  return { error: { payload: told(error.payload().toBytes()), encoding: error.encoding().toString() }, replier };
}

function seenQuery(query: Query): SeenQuery {
  const payload = query.payload();
  const attachment = query.attachment();
  return {
    selector: query.selector().toString(),
    key: query.keyExpr().toString(),
    parameters: query.parameters().toString(),
    payload: payload === undefined ? null : told(payload.toBytes()),
    encoding: query.encoding()?.toString() ?? null,
    attachment: attachment === undefined ? null : told(attachment.toBytes()),
    accepts: ReplyKeyExpr[query.acceptsReplies()] === 'ANY' ? 'ANY' : 'MATCHING_QUERY',
    source: sourceOf(query.sourceInfo()),
  };
}

/** With INTEROP_LOG=debug (or info …) our nodes tell what they do; real ones listen to RUST_LOG. */
function logging(name: string): OpenOptions {
  const logLevel = process.env['INTEROP_LOG'] as LogLevel | undefined;
  if (logLevel === undefined) return {};
  return { name, logLevel, log: (level, message) => console.error(`${level} ${message}`) };
}

/** A session of ours, in this process. */
export class OurParty implements Party {
  readonly name: string;
  readonly ours = true;
  readonly zid: string;
  readonly openMs: number;
  readonly session: Session;

  private constructor(session: Session, name: string, openMs: number) {
    this.session = session;
    this.name = name;
    this.zid = session.zid().toString();
    this.openMs = openMs;
  }

  static async open(config: Record<string, unknown>, name = 'ours'): Promise<OurParty> {
    const from = performance.now();
    const session = await limited(open(config, logging(name)), COMMAND_MS, () => `open of ${name}`);
    return new OurParty(session, name, performance.now() - from);
  }

  /** Where it listens. */
  async locators(): Promise<readonly string[]> {
    return (await this.session.info()).locators();
  }

  #sample(options: PutSettings = {}): Record<string, unknown> & { timestamp?: Timestamp } {
    const made: Record<string, unknown> & { timestamp?: Timestamp } = { ...qos(options), ...this.#body(options) };
    if (options.timestamp !== undefined) made.timestamp = Timestamp.parse(options.timestamp);
    if (options.allowed_destination !== undefined) made['allowedDestination'] = Locality[options.allowed_destination];
    return made;
  }

  #body(options: QueryBody): Record<string, unknown> {
    const made: Record<string, unknown> = {};
    if (options.payload !== undefined) made['payload'] = bytesOf(options.payload);
    if (options.encoding !== undefined) made['encoding'] = options.encoding;
    if (options.attachment !== undefined) made['attachment'] = bytesOf(options.attachment);
    if (options.source_info !== undefined) {
      made['sourceInfo'] = { sourceId: this.session.id(), sourceSn: options.source_info };
    }
    return made;
  }

  async #put(key: KeyExpr | string, payload: Bytes, options?: PutSettings): Promise<string | null> {
    const made = this.#sample(options);
    await this.session.put(key, bytesOf(payload), made);
    return made.timestamp?.toString() ?? null;
  }

  async #delete(key: KeyExpr | string, options?: PutSettings): Promise<string | null> {
    const made = this.#sample(options);
    await this.session.delete(key, made);
    return made.timestamp?.toString() ?? null;
  }

  put: Party['put'] = (key, payload, options) => this.#put(key, payload, options);

  delete: Party['delete'] = (key, options) => this.#delete(key, options);

  putMany: Party['putMany'] = async (key, count, options) => {
    const made = this.#sample(options);
    for (let i = 0; i < count; i++) await this.session.put(`${key}/${i}`, String(i), made);
  };

  async declareKey(key: string): Promise<PartyKey> {
    const declared = this.session.declareKeyexpr(key);
    return {
      put: (payload, options) => this.#put(declared, payload, options),
      delete: (options) => this.#delete(declared, options),
      undeclare: () => this.session.undeclareKeyexpr(declared),
    };
  }

  async subscriber(key: string): Promise<Declared<SeenSample>> {
    const tap = new Tap<SeenSample>(`${this.name}: subscriber ${key}`);
    const subscriber = await this.session.declareSubscriber(key, { handler: (sample) => tap.add(seenSample(sample)) });
    return { tap, undeclare: () => subscriber.undeclare() };
  }

  publisher: Party['publisher'] = async (key, options = {}): Promise<PartyPublisher> => {
    const publisher = await this.session.declarePublisher(key, {
      ...qos(options),
      ...(options.encoding === undefined ? {} : { encoding: options.encoding }),
      ...(options.reliability === undefined ? {} : { reliability: Reliability[options.reliability] }),
      ...(options.allowed_destination === undefined
        ? {}
        : { allowedDestination: Locality[options.allowed_destination] }),
    });
    return {
      ...matchable(this.name, publisher),
      put: async (payload, settings) => {
        const made = this.#sample(settings);
        await publisher.put(bytesOf(payload), made);
        return made.timestamp?.toString() ?? null;
      },
      delete: async (settings) => {
        const made = this.#sample(settings);
        await publisher.delete(made);
        return made.timestamp?.toString() ?? null;
      },
    };
  };

  queryable: Party['queryable'] = async (key, script, settings): Promise<PartyQueryable> => {
    const tap = new Tap<SeenQuery>(`${this.name}: queryable ${key}`);
    const held: Query[] = [];
    const answer = async (query: Query): Promise<void> => {
      tap.add(seenQuery(query));
      for (const step of script) {
        const { encoding, attachment, timestamp, express } = step.options ?? {};
        const options = {
          ...(encoding === undefined ? {} : { encoding }),
          ...(attachment === undefined ? {} : { attachment: bytesOf(attachment) }),
          ...(timestamp === undefined ? {} : { timestamp: Timestamp.parse(timestamp) }),
          ...(express === undefined ? {} : { express }),
        };
        const payload = step.payload === undefined ? new Uint8Array(0) : bytesOf(step.payload);
        const on = step.key ?? query.keyExpr();
        if (step.reply === 'error') await query.replyErr(payload, options);
        else if (step.reply === 'delete') await query.replyDel(on, options);
        else await query.reply(on, step.echo === true ? (query.payload() ?? '') : payload, options);
      }
      if (settings?.hold === true) held.push(query);
      else await query.finalize();
    };
    const queryable = await this.session.declareQueryable(key, {
      complete: settings?.complete ?? false,
      ...(settings?.allowed_origin === undefined ? {} : { allowedOrigin: Locality[settings.allowed_origin] }),
      handler: answer,
    });
    const release = async (): Promise<void> => {
      for (const query of held.splice(0)) await query.finalize();
    };
    return {
      tap,
      release,
      undeclare: async () => {
        await release();
        await queryable.undeclare();
      },
    };
  };

  get: Party['get'] = (selector, options = {}) =>
    answers(`get ${selector}`, () => this.session.query(selector, { ...asking(options), ...this.#body(options) }));

  querier: Party['querier'] = async (key, options = {}): Promise<PartyQuerier> => {
    const querier = await this.session.declareQuerier(key, asking(options));
    return {
      ...matchable(this.name, querier),
      get: (settings = {}) =>
        answers(`querier ${key}`, () =>
          querier.query({
            ...this.#body(settings),
            ...(settings.parameters === undefined ? {} : { parameters: settings.parameters }),
          }),
        ),
    };
  };

  token: Party['token'] = async (key) => {
    const token = await this.session.liveliness().declareToken(key);
    return { undeclare: () => token.undeclare() };
  };

  livelinessSubscriber: Party['livelinessSubscriber'] = async (key, settings) => {
    const tap = new Tap<SeenSample>(`${this.name}: liveliness ${key}`);
    const subscriber = await this.session.liveliness().declareSubscriber(key, {
      history: settings?.history ?? false,
      handler: (sample) => tap.add(seenSample(sample)),
    });
    return { tap, undeclare: () => subscriber.undeclare() };
  };

  livelinessGet: Party['livelinessGet'] = (key, settings) =>
    answers(`liveliness get ${key}`, () =>
      this.session.liveliness().query(key, settings?.timeout === undefined ? {} : { timeout: settings.timeout * 1000 }),
    );

  async info(): Promise<{ zid: string; routers: readonly string[]; peers: readonly string[] }> {
    const info = await this.session.info();
    const texts = (zids: readonly unknown[]): string[] => zids.map(String).toSorted();
    return { zid: this.zid, routers: texts(info.routersZid()), peers: texts(info.peersZid()) };
  }

  close: Party['close'] = () => this.session.close();
}

function qos(options: {
  readonly priority?: number;
  readonly congestion_control?: number;
  readonly express?: boolean;
}): { priority?: Priority; congestionControl?: CongestionControl; express?: boolean } {
  return {
    ...(options.priority === undefined ? {} : { priority: options.priority as Priority }),
    ...(options.congestion_control === undefined
      ? {}
      : { congestionControl: options.congestion_control as CongestionControl }),
    ...(options.express === undefined ? {} : { express: options.express }),
  };
}

function asking(options: QuerierSettings): Record<string, unknown> {
  const made: Record<string, unknown> = qos(options);
  if (options.target !== undefined) made['target'] = QueryTarget[options.target];
  if (options.consolidation !== undefined) made['consolidation'] = ConsolidationMode[options.consolidation];
  if (options.accept_replies !== undefined) made['acceptReplies'] = ReplyKeyExpr[options.accept_replies];
  if (options.timeout !== undefined) made['timeout'] = options.timeout * 1000;
  if (options.allowed_destination !== undefined) made['allowedDestination'] = Locality[options.allowed_destination];
  return made;
}

async function answers(what: string, ask: () => ReplyStream): Promise<Answers> {
  const from = performance.now();
  const replies = await limited(ask().toArray(), COMMAND_MS, () => what);
  return { replies: replies.map(seenReply), ms: performance.now() - from };
}

function matchable(
  name: string,
  entity: {
    matchingStatus(): Promise<MatchingStatus>;
    matchingListener(options?: MatchingListenerOptions): Promise<MatchingListener>;
    undeclare(): Promise<void>;
  },
): Matchable {
  return {
    matching: async () => (await entity.matchingStatus()).matching(),
    listen: async () => {
      const tap = new Tap<boolean>(`${name}: matching listener`);
      const listener = await entity.matchingListener({ handler: (status) => tap.add(status.matching()) });
      return { tap, undeclare: () => listener.undeclare() };
    },
    undeclare: () => entity.undeclare(),
  };
}
