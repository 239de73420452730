import { readFile } from 'node:fs/promises';
import { stdin } from 'node:process';
import type { Options } from './options.ts';
import { UsageError } from './options.ts';

/** The value to send: the word, or the bytes of `--file`; empty without either. */
export async function valueOf(options: Options, word: string | undefined): Promise<string | Uint8Array> {
  const file = options.text('file');
  if (file === undefined) return word ?? '';
  if (word !== undefined) throw new UsageError(`VALUE and --file: give one of them, not both ("${word}", ${file})`);
  return file === '-' ? readStdin() : readValue(file);
}

async function readValue(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new Error(`cannot read --file ${file}: ${reasonOf(cause)}`, { cause });
  }
}

async function readStdin(): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  try {
    for await (const part of stdin) parts.push(part as Uint8Array);
  } catch (cause) {
    throw new Error(`cannot read standard input: ${reasonOf(cause)}`, { cause });
  }
  return Buffer.concat(parts);
}

function reasonOf(cause: unknown): string {
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'there is no such file';
  return cause instanceof Error ? cause.message : String(cause);
}
