import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Launch } from './process.ts';

export type Role = 'thr pub' | 'thr sub' | 'ping' | 'pong' | 'router';

/** Flags of a program; `true` stands alone, `undefined` and `false` are left out. */
export type FlagValues = Readonly<Record<string, string | number | boolean | undefined>>;

/** One implementation that can stand at either side of a measurement, or between. */
export interface End {
  readonly name: string;
  /** Why it cannot run here, and what would help; undefined if it can. */
  missing(): string | undefined;
  launch(role: Role, flags: FlagValues): Launch;
  /** Its subscriber must be told the size of the payload. */
  readonly tellSize?: boolean;
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export function argsOf(flags: FlagValues): string[] {
  return Object.entries(flags).flatMap(([name, value]) => {
    if (value === undefined || value === false) return [];
    return value === true ? [`--${name}`] : [`--${name}`, String(value)];
  });
}

/** An end whose programs are TypeScript files of one folder: `thr.ts`, `ping.ts` (also for pong), `router.ts`. */
export function nodeEnd(name: string, folder: string, missing: () => string | undefined = () => undefined): End {
  return {
    name,
    missing,
    launch(role, flags) {
      const [program = '', part] = role.split(' ');
      const file = program === 'pong' ? 'ping' : program;
      const word = part ?? (program === 'router' ? [] : program);
      const argv = [process.execPath, here(`../${folder}/${file}.ts`)].concat(word, '--stdin', argsOf(flags));
      return { name: `${name} ${role}`, argv };
    },
  };
}

const RUST = here('../rust/target/release/zenode-bench-rust');

/** Zenoh in Rust: the crate at the version of `rust/Cargo.toml`. */
export const rust: End = {
  name: 'rust',
  missing: () =>
    existsSync(RUST)
      ? undefined
      : 'the Rust programs are not built: cargo build --release --locked --manifest-path bench/rust/Cargo.toml',
  launch: (role, flags) => ({
    name: `rust ${role}`,
    argv: [RUST, ...role.split(' '), '--stdin', ...argsOf(flags)],
  }),
};

const ENTRY = '../../packages/zenode/src/entry/node.ts';

/** Zenode, from its sources. */
export const ours: End = nodeEnd('ours', 'ours', () =>
  existsSync(here(ENTRY)) ? undefined : 'the package has no packages/zenode/src/entry/node.ts yet',
);

/** Bare sockets: no Zenoh, only what Node's TCP carries when batches are there already. */
export const floor: End = { ...nodeEnd('floor', 'floor'), tellSize: true };

/** Bare sockets whose publisher still has to put every message into its batch: the least a `put` can do. */
export const packed: End = {
  ...floor,
  name: 'packed',
  launch: (role, flags) => floor.launch(role, { ...flags, pack: role === 'thr pub' }),
};

/** Subscribers that count without decoding, for when the router is to be the slowest part. */
export const sink: End = nodeEnd('sink', 'sink');
