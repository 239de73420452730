import type { PublisherOptions, QosOptions, QuerierOptions } from '../session/index.ts';
import { CONGESTION_CONTROLS, CONSOLIDATIONS, PRIORITIES, RELIABILITIES, TARGETS } from './flags.ts';
import type { Options } from './options.ts';

/** What is given in flags, in the form of the session; what is not given is left to `defaults`. */
function qosOf(options: Options, defaults: QosOptions = {}): QosOptions {
  const priority = options.choice('priority', PRIORITIES);
  const congestionControl = options.choice('congestion-control', CONGESTION_CONTROLS);
  return given<QosOptions>({
    ...defaults,
    ...given({
      priority: priority === undefined ? undefined : priority + 1,
      congestionControl,
      express: options.has('no-express') ? false : options.has('express') ? true : undefined,
    }),
  });
}

export function publisherOptionsOf(options: Options, defaults?: QosOptions): PublisherOptions {
  return given<PublisherOptions>({
    ...qosOf(options, defaults),
    encoding: options.text('encoding'),
    reliability: options.choice('reliability', RELIABILITIES),
  });
}

export function querierOptionsOf(options: Options): QuerierOptions {
  return given<QuerierOptions>({
    ...qosOf(options),
    target: options.choice('target', TARGETS),
    consolidation: options.choice('consolidation', CONSOLIDATIONS),
    timeout: options.ms('timeout'),
  });
}

/** Without the members that are undefined. */
export function given<T>(object: Readonly<Record<string, unknown>>): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
