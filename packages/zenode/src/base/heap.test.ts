import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MinHeap } from './heap.ts';

test('heap: numbers come out from the least on, whatever goes in meanwhile', () => {
  const step = fc.oneof(fc.integer(), fc.constant('pop' as const), fc.array(fc.integer(), { maxLength: 20 }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const heap = new MinHeap();
      let model: number[] = [];
      for (const one of steps) {
        if (one === 'pop') {
          assert.equal(heap.pop(), model.shift());
        } else if (typeof one === 'number') {
          heap.push(one);
          model = [...model, one].toSorted((a, b) => a - b);
        } else {
          heap.refill(one);
          model = one.toSorted((a, b) => a - b);
        }
        assert.equal(heap.peek(), model[0]);
        assert.equal(heap.size, model.length);
      }
    }),
  );
});
