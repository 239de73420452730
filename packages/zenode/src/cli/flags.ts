/** What may stand behind a flag. */
export type FlagValue =
  | { readonly kind: 'switch' }
  | { readonly kind: 'text'; readonly shown: string; readonly many?: true }
  | { readonly kind: 'number'; readonly shown: string; readonly integer: boolean; readonly min: number }
  | { readonly kind: 'choice'; readonly choices: readonly string[] };

export type FlagName =
  | 'mode'
  | 'connect'
  | 'listen'
  | 'config'
  | 'cfg'
  | 'no-multicast-scouting'
  | 'id'
  | 'no-timestamp'
  | 'json'
  | 'count'
  | 'timeout'
  | 'interval'
  | 'file'
  | 'payload'
  | 'encoding'
  | 'attachment'
  | 'priority'
  | 'congestion-control'
  | 'express'
  | 'no-express'
  | 'reliability'
  | 'target'
  | 'consolidation'
  | 'complete'
  | 'reply-err'
  | 'reply-delete'
  | 'history'
  | 'size'
  | 'warmup'
  | 'log'
  | 'quiet'
  | 'color'
  | 'help'
  | 'version';

export interface Flag {
  readonly short?: string;
  readonly value: FlagValue;
  readonly help: string;
}

export const PRIORITIES = [
  'real-time',
  'interactive-high',
  'interactive-low',
  'data-high',
  'data',
  'data-low',
  'background',
] as const;
export const CONGESTION_CONTROLS = ['drop', 'block', 'block-first'] as const;
export const RELIABILITIES = ['best-effort', 'reliable'] as const;
export const TARGETS = ['best-matching', 'all', 'all-complete'] as const;
export const CONSOLIDATIONS = ['auto', 'none', 'monotonic', 'latest'] as const;
const LOG_LEVELS = ['error', 'warn', 'info', 'debug', 'trace'] as const;

const on: FlagValue = { kind: 'switch' };
const text = (shown: string): FlagValue => ({ kind: 'text', shown });
const texts = (shown: string): FlagValue => ({ kind: 'text', shown, many: true });
const count = (shown: string, min: number): FlagValue => ({ kind: 'number', shown, integer: true, min });
const seconds: FlagValue = { kind: 'number', shown: 'SECONDS', integer: false, min: 0 };
const choice = (choices: readonly string[]): FlagValue => ({ kind: 'choice', choices });

/** Every flag there is, by its long name. Which of them a command takes stands with the command. */
export const FLAGS: Readonly<Record<FlagName, Flag>> = {
  mode: { short: 'm', value: choice(['client', 'peer', 'router']), help: 'what this node is (peer)' },
  connect: { short: 'e', value: texts('ENDPOINT'), help: 'dial it, as in tcp/localhost:7447; repeatable' },
  listen: { short: 'l', value: texts('ENDPOINT'), help: 'listen on it, as in tcp/0.0.0.0:7448; repeatable' },
  config: { short: 'c', value: text('FILE'), help: 'configuration file: JSON or JSON5' },
  cfg: { value: texts('PATH:VALUE'), help: 'one value of the configuration, JSON5; repeatable' },
  'no-multicast-scouting': { value: on, help: 'do not look for other nodes by UDP' },
  id: { short: 'i', value: text('HEX'), help: 'identifier of this node: up to 32 lower-case digits (random)' },
  'no-timestamp': { value: on, help: 'do not add timestamps to what passes without one' },

  json: { value: on, help: 'one JSON object a line, and nothing else on stdout' },
  count: { value: count('N', 1), help: 'end after N values' },
  timeout: { value: seconds, help: 'run this long, then end' },
  interval: { value: seconds, help: 'time between two values (1)' },
  file: { value: text('FILE'), help: 'take the value from a file, or from standard input if it is -' },
  payload: { value: text('VALUE'), help: 'what the query brings along' },
  encoding: { value: text('ENCODING'), help: 'of the value, as in application/json' },
  attachment: { value: text('TEXT'), help: 'what travels beside the value' },

  priority: { value: choice(PRIORITIES), help: 'which values overtake others (data)' },
  'congestion-control': { value: choice(CONGESTION_CONTROLS), help: 'what happens where there is no room' },
  express: { value: on, help: 'send at once instead of filling batches' },
  'no-express': { value: on, help: 'fill batches' },
  reliability: { value: choice(RELIABILITIES), help: 'which links may carry it (reliable)' },
  target: { value: choice(TARGETS), help: 'which queryables are asked (best-matching)' },
  consolidation: { value: choice(CONSOLIDATIONS), help: 'which replies are left out (auto)' },

  complete: { value: on, help: 'say that every key is known here' },
  'reply-err': { value: on, help: 'answer VALUE as an error' },
  'reply-delete': { value: on, help: 'answer that the key is deleted' },
  history: { value: on, help: 'tokens that are there already, too' },
  size: { value: count('BYTES', 0), help: 'of the payload (8)' },
  warmup: { value: seconds, help: 'exchange values this long before measuring (1)' },

  log: { value: choice(LOG_LEVELS), help: 'log lines on stderr' },
  quiet: { short: 'q', value: on, help: 'nothing on stderr but errors' },
  color: { value: choice(['auto', 'always', 'never']), help: 'accepted; there are no colours yet' },
  help: { short: 'h', value: on, help: 'this text' },
  version: { short: 'V', value: on, help: 'the version' },
};

/** Flags of a node: who it is and whom it knows. */
export const NODE: readonly FlagName[] = ['mode', 'connect', 'listen', 'config', 'cfg', 'no-multicast-scouting'];
/** Flags of what is said and how. */
export const MANNERS: readonly FlagName[] = ['log', 'quiet', 'color', 'help'];
export const QOS: readonly FlagName[] = ['priority', 'congestion-control', 'express'];
export const QUERY: readonly FlagName[] = ['target', 'consolidation', ...QOS];

/** What the reference's router knows and this one does not do yet. */
export const LATER: readonly string[] = [
  'plugin',
  'P',
  'plugin-search-dir',
  'rest-http-port',
  'adminspace-permissions',
];
