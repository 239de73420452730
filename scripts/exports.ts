// Writes the exports of packages/zenode/package.json: one for each entry whose source exists.
import { writeFileSync } from 'node:fs';
import { developmentExports, packageRoot, readManifest } from './entries.ts';

const manifest = { ...readManifest(), exports: developmentExports() };
writeFileSync(`${packageRoot}package.json`, `${JSON.stringify(manifest, null, 2)}\n`);
