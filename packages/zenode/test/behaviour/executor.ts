import { entries, type Entry } from './recorded.ts';
import type { World } from './world.ts';

/** Does what an entry says was done, with our nodes. */
export interface Executor {
  /** The recorded observation as data. */
  readonly expected: unknown;
  /** Returns what is seen. */
  run(world: World, entry: Entry): Promise<unknown>;
}

export type Executors = Readonly<Record<string, Executor>>;

/** One executor for each entry whose name matches. */
export function family(pattern: RegExp, make: (match: RegExpExecArray, entry: Entry) => Executor): Executors {
  const made: Record<string, Executor> = {};
  for (const entry of entries) {
    const match = pattern.exec(entry.name);
    if (match !== null) made[entry.name] = make(match, entry);
  }
  return made;
}
