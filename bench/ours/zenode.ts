import { type Flags } from '../lib/program.ts';

// The part of the package that the bench uses, written down so that the bench can be checked on its own.

export interface Publisher {
  tryPut(payload: Uint8Array): boolean;
  put(payload: Uint8Array): Promise<void> | undefined;
}

export interface Sample {
  readonly payload: { bytes(): Uint8Array };
}

export interface Session {
  declarePublisher(
    key: string,
    options: { readonly congestionControl: number; readonly priority?: number; readonly express?: boolean },
  ): Promise<Publisher>;
  declareSubscriber(key: string, callback: (sample: Sample) => void): Promise<unknown>;
  close(): Promise<void>;
}

interface Library {
  open(config: unknown): Promise<Session>;
  readonly CongestionControl: { readonly BLOCK: number; readonly DROP: number };
}

const entry = new URL('../../packages/zenode/src/entry/node.ts', import.meta.url);
const library = (await import(entry.href)) as Library;

export const { CongestionControl } = library;

/** Defaults everywhere but for: no multicast scouting, and as many sessions as come. */
export function open(flags: Flags, mode: string = flags.mode): Promise<Session> {
  return library.open({
    mode,
    connect: { endpoints: flags.connect },
    listen: { endpoints: flags.listen },
    scouting: { multicast: { enabled: false } },
    transport: { unicast: { max_sessions: 100_000, accept_pending: 10_000 } },
  });
}
