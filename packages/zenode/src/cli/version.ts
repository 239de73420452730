import { readFileSync } from 'node:fs';

/** The published package is one folder flatter than the sources. */
export function version(): string {
  const here = import.meta.url.endsWith('.ts') ? '../../package.json' : '../package.json';
  const text = readFileSync(new URL(here, import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
