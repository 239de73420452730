// Checks what would be published: packs dist, looks at it with publint and attw, installs it into an empty project,
// and runs packages/zenode/test/package/smoke.mjs there on every Node that is at hand.
import { spawnSync } from 'node:child_process';
import { copyFileSync, globSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packageRoot, publishedExports, readManifest, root } from './entries.ts';

const dist = `${packageRoot}dist`;
const project = mkdtempSync(join(tmpdir(), 'zenode-package-'));

function run(file: string, args: readonly string[], cwd: string = root, path: string = ''): void {
  console.log(`$ ${file} ${args.join(' ')}`);
  const env = { ...process.env, PATH: path === '' ? process.env['PATH'] : `${path}:${process.env['PATH']}` };
  const { status } = spawnSync(file, args, { cwd, env, stdio: 'inherit', timeout: 180_000 });
  if (status !== 0) throw new Error(`${file} ended with ${status}`);
}

try {
  run(process.execPath, [`${root}scripts/build.ts`]);
  run('npm', ['pack', dist, '--pack-destination', project]);
  const tarball = join(
    project,
    readdirSync(project).find((name) => name.endsWith('.tgz'))!,
  );

  run(`${root}node_modules/.bin/publint`, ['run', tarball, '--strict']);
  run(`${root}node_modules/.bin/attw`, [tarball, '--profile', 'esm-only', '--no-color']);

  writeFileSync(join(project, 'package.json'), '{ "name": "empty", "private": true, "type": "module" }\n');
  run('npm', ['install', '--no-package-lock', tarball], project);
  copyFileSync(`${packageRoot}test/package/smoke.mjs`, join(project, 'smoke.mjs'));

  const { version } = readManifest();
  const subpaths = Object.keys(publishedExports());
  for (const node of [process.execPath, ...globSync(`${root}.ci/node/node_modules/node-*/bin/node`).sort()]) {
    run(node, ['smoke.mjs', version, ...subpaths], project, dirname(node));
  }
} finally {
  rmSync(project, { recursive: true, force: true });
}
