import assert from 'node:assert/strict';
import { test } from 'node:test';
import { roles } from './sequences/roles.ts';
import { Stage } from './sequences/stage.ts';

for (const role of roles) {
  test(`${role.conversation.join(', then ')}: ours in place of ${role.us.name} says the same`, async () => {
    const compared = await new Stage(role).play();
    assert.ok(compared > 0, 'nothing was compared');
  });
}
