import { expect, test } from 'vitest';
import { gather } from '../../src/state/gather.ts';

test.each([Int32Array, Float64Array, Uint8Array, Int16Array, Int8Array])(
  'numbers are gathered in another order, all of them or some, from a %p',
  Type => {
    const from = new Type([5, 6, 7, 100]) as Int32Array<ArrayBuffer>;
    for (const Into of [Int32Array, Float64Array, Uint8Array, Int16Array]) {
      const into = new Into(3);
      gather(from, Int32Array.of(3, 0, 2), into);
      expect([...into]).toEqual([100, 5, 7]);
      const part = new Into(3);
      gather(from, Int32Array.of(90, 12, 13), part, 1, 3, 10);
      expect([...part]).toEqual([0, 7, 100]);
    }
  },
);
