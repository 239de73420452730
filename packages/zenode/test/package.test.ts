import assert from 'node:assert/strict';
import { test } from 'node:test';
import { developmentExports, publishedExports, readManifest } from '../../../scripts/entries.ts';

test('package: every entry whose source exists is exported, and no other', () => {
  assert.deepEqual(readManifest().exports, developmentExports(), 'run `npm run exports`');
});

test('package: the sources and the published package have the same entries', () => {
  assert.deepEqual(Object.keys(publishedExports()), Object.keys(developmentExports()));
});
