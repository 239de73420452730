// Builds packages/zenode/dist: what is published, with a package.json of its own. Plain tsc, no bundler.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { packageRoot, publishedExports, readManifest, root } from './entries.ts';

const dist = `${packageRoot}dist/`;

rmSync(dist, { recursive: true, force: true });
const tsc = `${root}node_modules/typescript/bin/tsc`;
const { status } = spawnSync(process.execPath, [tsc, '-p', `${packageRoot}tsconfig.build.json`], { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);
// tsc rewrites the imports of .js files only.
for (const file of globSync(`${dist}**/*.d.ts`)) {
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(/((?:from|import) ?\(?)(['"])(\.{1,2}\/[^'"]+)\.ts\2/g, '$1$2$3.js$2'));
}
chmodSync(`${dist}cli/main.js`, 0o755);

const { name, version, description, license, keywords, dependencies } = readManifest();
const manifest = {
  name,
  version,
  description,
  license,
  keywords,
  type: 'module',
  sideEffects: ['./cli/main.js'],
  engines: { node: '>=22' },
  bin: { zenode: 'cli/main.js' },
  exports: publishedExports(),
  dependencies,
};
writeFileSync(`${dist}package.json`, `${JSON.stringify(manifest, null, 2)}\n`);
for (const file of ['LICENSE', 'README.md', 'CHANGELOG.md']) copyFileSync(`${root}${file}`, `${dist}${file}`);
console.log(`built ${name} ${version}: ${Object.keys(manifest.exports).join(' ')}`);
