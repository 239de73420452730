import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stage } from './lib/stage.ts';

/*
 * A peer opens once the nodes it dials have told it all they have, or else after half a second. When the answers come in
 * the moment in which it is still noting down whom it has dialled, it waits although it has them: one in ten opens of the
 * reference towards itself. So the best of some tries counts.
 */
const TRIES = 6;
const LIMIT = 400;

const RELEASES: readonly (readonly [release: string, skip?: string])[] = [
  ['1.10.2'],
  ['1.9.0'],
  ['1.7.2', 'its peers take half a second whoever they dial'],
  ['1.0.4'],
];

for (const [release, skip] of RELEASES) {
  for (const mode of ['peer', 'client'] as const) {
    for (const listener of ['router', 'peer'] as const) {
      const skipped = skip !== undefined && mode === 'peer' ? { skip } : {};
      test(`a ${mode} of ${release} opens quickly towards our ${listener}`, skipped, async (t) => {
        const stage = new Stage();
        t.after(() => stage.end());
        const ours = await stage.ours({ mode: listener, listen: 0 }, `our ${listener}`);
        const took: number[] = [];
        for (let i = 0; i < TRIES && !(Math.min(...took) < LIMIT); i++) {
          const party = await stage.real({ mode, connect: [ours.locator] }, mode, release);
          took.push(party.openMs);
          await party.close();
        }
        assert.ok(Math.min(...took) < LIMIT, `${took.map(Math.round).join(', ')} ms`);
      });
    }
  }
}

for (const listener of ['router', 'peer'] as const) {
  test(`our peer opens quickly towards a real ${listener}`, async (t) => {
    const stage = new Stage();
    t.after(() => stage.end());
    const real = await stage.real({ mode: listener, listen: 0 }, `real ${listener}`);
    for (let i = 0; i < TRIES; i++) {
      const ours = await stage.ours({ mode: 'peer', connect: [real.locator] }, 'our peer');
      assert.ok(ours.openMs < LIMIT, `${ours.openMs} ms`);
      await ours.close();
    }
  });
}
