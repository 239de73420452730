#!/usr/bin/env node
// The command of the development tree: the sources as they are. The published package starts cli/main.js instead.
import module from 'node:module';
import { sep } from 'node:path';

if (Number(process.versions.node.split('.')[0]) < 22) {
  console.error(
    `zenode needs Node 22 or newer, and this is ${process.versions.node} (${process.execPath}). ` +
      'In a clone, `npx zenode` finds the Node that `npm ci` brought.',
  );
  process.exit(1);
}

// Below a workspace folder npx starts us in that folder. Relative paths are those of the caller.
const { INIT_CWD: caller, npm_command: command } = process.env;
if (command === 'exec' && caller?.startsWith(process.cwd() + sep)) process.chdir(caller);

// From the second start on it takes a third of the time: the types are stripped already.
module.enableCompileCache?.();

await import('../src/cli/main.ts');
