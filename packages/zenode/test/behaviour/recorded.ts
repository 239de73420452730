import { readFileSync } from 'node:fs';

/** What was seen of Rust zenoh 1.10.2: how it was set up, what was done, what came of it. */
export interface Entry {
  readonly name: string;
  readonly setup: string;
  readonly action: string;
  readonly observed: unknown;
}

const url = new URL('../vectors/behaviour.json', import.meta.url);

export const entries: readonly Entry[] = JSON.parse(readFileSync(url, 'utf8')) as Entry[];
