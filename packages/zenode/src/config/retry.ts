import type { Endpoint } from '../wire/index.ts';

/** How long to wait between attempts. */
export interface Retry {
  /** First wait in ms; 0: never again; below 0: for ever. */
  readonly initMs: number;
  /** Longest wait in ms, from the second one on; 0 or below: no limit. */
  readonly maxMs: number;
  readonly factor: number;
}

/** An endpoint with what its own options or the configuration say about failing and trying again. */
export interface EndpointSettings {
  readonly endpoint: Endpoint;
  readonly exitOnFailure: boolean;
  readonly retry: Retry;
}

/** The waits of one connector, one after the other. */
export class RetryPeriod {
  readonly #retry: Retry;
  #delay: number;

  constructor(retry: Retry) {
    this.#retry = retry;
    this.#delay = retry.initMs;
  }

  /** The next wait in ms. Infinity is "never again": no timer may be set for it. */
  next(): number {
    const { initMs, maxMs, factor } = this.#retry;
    if (initMs < 0) return Infinity;
    if (initMs === 0) return 0;
    const wait = this.#delay;
    this.#delay = Math.max(0, Math.trunc(this.#delay * factor));
    if (maxMs > 0 && this.#delay > maxMs) this.#delay = maxMs;
    return wait;
  }
}

/** The options behind `#` go first; one that does not parse counts as not given. */
export function endpointSettings(
  endpoint: Endpoint,
  defaults: { readonly exitOnFailure: boolean; readonly retry: Retry },
): EndpointSettings {
  const { config } = endpoint;
  const exit = config.get('exit_on_failure');
  return {
    endpoint,
    exitOnFailure: exit === 'true' || (exit !== 'false' && defaults.exitOnFailure),
    retry: {
      initMs: integer(config.get('retry_period_init_ms')) ?? defaults.retry.initMs,
      maxMs: integer(config.get('retry_period_max_ms')) ?? defaults.retry.maxMs,
      factor: decimal(config.get('retry_period_increase_factor')) ?? defaults.retry.factor,
    },
  };
}

function integer(text: string | undefined): number | undefined {
  return text !== undefined && /^[+-]?\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function decimal(text: string | undefined): number | undefined {
  if (text === undefined || !/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : undefined;
}
