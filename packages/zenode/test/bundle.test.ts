import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type BuildOptions } from 'esbuild';
import manifest from '../package.json' with { type: 'json' };

const folder = fileURLToPath(new URL('..', import.meta.url));
const entry = `${folder}src/entry/browser.ts`;
const isBuilt = existsSync(entry);

const options = {
  bundle: true,
  write: false,
  metafile: true,
  format: 'esm',
  target: 'es2024',
  logLevel: 'silent',
  // As a bundler for browsers does: an import of `node:` is an error, never left in place.
  platform: 'browser',
  absWorkingDir: folder,
} satisfies BuildOptions;

test('bundle: without a browser entry nothing promises one', { skip: isBuilt && 'the entry is there' }, () => {
  assert.equal('./browser' in manifest.exports, false);
  assert.equal('.' in manifest.exports, false);
});

test('bundle: the browser entry reaches no module of Node', { skip: !isBuilt && 'no browser entry yet' }, async (t) => {
  const { outputFiles, metafile } = await build({ ...options, entryPoints: [entry], minify: true });
  const reached = Object.values(metafile.inputs).flatMap((input) => input.imports.map(({ path }) => path));
  assert.deepEqual(
    reached.filter((path) => path.startsWith('node:')),
    [],
  );
  const bytes = outputFiles[0]!.contents;
  const kib = (n: number): string => `${(n / 1024).toFixed(1)} KiB`;
  t.diagnostic(`browser entry: ${kib(bytes.length)} minified, ${kib(gzipSync(bytes, { level: 9 }).length)} gzipped`);
});

test(
  'bundle: a bundler for browsers picks the browser entry',
  { skip: !isBuilt && 'no browser entry yet' },
  async () => {
    const stdin = { contents: "export * from 'zenode'", resolveDir: folder };
    const { metafile } = await build({ ...options, stdin });
    const inputs = Object.keys(metafile.inputs);
    assert.ok(inputs.includes('src/entry/browser.ts'), inputs.join(' '));
    assert.ok(!inputs.includes('src/entry/node.ts'), inputs.join(' '));
  },
);
