import type { Config } from './config.ts';
import { type Json, type JsonObject, isObject, member } from './json.ts';
import { type Mode, inMode } from './per-mode.ts';

/** Reads a checked tree for one mode. The types were checked when the tree was made. */
export class Picker {
  readonly #tree: JsonObject;
  readonly mode: Mode;

  constructor(config: Config, mode: Mode) {
    this.#tree = config.toObject();
    this.mode = mode;
  }

  at(path: string): Json {
    let value: Json = this.#tree;
    for (const step of path.split('/')) value = isObject(value) ? (member(value, step) as Json) : null;
    return value;
  }

  number(path: string, fallback: number = 0): number {
    return (this.at(path) as number | null) ?? fallback;
  }

  bool(path: string, fallback: boolean = false): boolean {
    return (this.at(path) as boolean | null) ?? fallback;
  }

  text(path: string): string | undefined {
    return (this.at(path) as string | null) ?? undefined;
  }

  optional(path: string): number | undefined {
    return (this.at(path) as number | null) ?? undefined;
  }

  list(path: string): readonly Json[] {
    return (this.at(path) as Json[] | null) ?? [];
  }

  optionalList(path: string): readonly Json[] | undefined {
    return this.at(path) === null ? undefined : this.list(path);
  }

  /** A mode-dependent value; `fallback` when this mode has none. */
  byMode<T extends Json>(path: string, fallback: T): T {
    return (inMode(this.at(path), this.mode) as T | undefined) ?? fallback;
  }
}
