// Runs in an empty project where the packed package is installed. Arguments: its version, and its subpaths.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';

const [version, ...subpaths] = process.argv.slice(2);

const loaded = [];
for (const subpath of subpaths) {
  const specifier = `zenode${subpath.slice(1)}`;
  if (specifier.endsWith('.json')) continue;
  const names = Object.keys(await import(specifier));
  assert.ok(names.length > 0, `${specifier} exports nothing`);
  loaded.push(`${specifier} (${names.length})`);
}

// The shebang of the command finds `node` in PATH, as npx would.
const said = execFileSync('node_modules/.bin/zenode', ['--version'], { encoding: 'utf8' });
assert.match(said, new RegExp(`\\b${version.replaceAll('.', '\\.')}\\b`));

console.log(`Node ${process.versions.node}: ${loaded.join(' ')}; ${said.trim()}`);
