// Says which Node runs, and clearly so when it is not the one the repository brings. It has to run on the wrong one.
import { readFileSync } from 'node:fs';

const pinned = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).devDependencies.node;
const { node: running } = process.versions;

if (running === pinned) {
  console.log(`Node ${running}`);
} else {
  const supported = Number(running.split('.')[0]) >= 22;
  console.error(
    [
      `This is Node ${running} (${process.execPath}), not ${pinned}, the one this repository brings.`,
      supported ? 'It is new enough to go on with.' : 'It is too old: Zenode needs Node 22 or newer.',
      'Everything started by `npm run` and `npx` finds the right one first once `npm ci` has run. If it is missing still,',
      'the install script of the npm package `node` was not allowed to run: `npm ci --ignore-scripts=false`.',
    ].join('\n'),
  );
  if (!supported) process.exit(1);
}
