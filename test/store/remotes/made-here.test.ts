/** The numbers that transactions of this machine have after several syncs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nodeIo } from '../../../src/store/disk/io.ts';
import { MadeHere } from '../../../src/store/remotes/made-here.ts';
import { runs } from '../../effort.ts';

/** Runs with the notes of a machine in a directory of their own. */
function withNotes(body: (made: MadeHere) => void): void {
  const dir = mkdtempSync(join(tmpdir(), 'crm-made-'));
  let temporaries = 0;
  try {
    body(new MadeHere(nodeIo, dir, { name: () => `.tmp-${++temporaries}` }));
  } finally {
    rmSync(dir, { recursive: true });
  }
}

test('a number that one sync takes from a transaction and gives to another one is not taken for that of both', () => {
  withNotes(made => {
    made.moved([
      { was: 58, is: 60 },
      { was: 60, is: 62 },
      { was: 61, is: null },
    ]);
    const { nowOf } = made.read();
    expect([58, 60, 61].map(nowOf)).toEqual([60, 62, null]);
  });
});

test('a number leads to what the last transaction that a sync took it from has now (property)', () => {
  /** Of each of six waiting transactions, how far its number is from that of the one before; 0 if nothing is left of it. */
  const sync = fc.record({
    first: fc.integer({ min: 6, max: 14 }),
    steps: fc.array(fc.nat(3), { minLength: 6, maxLength: 6 }),
  });
  fc.assert(
    fc.property(fc.array(sync, { maxLength: 4 }), syncs => {
      withNotes(made => {
        const numbers = Array.from({ length: 6 }, (_, i): number | null => 10 + i);
        const hadLast = new Map<number, number>();
        for (const { first, steps } of syncs) {
          let last = first;
          const moves = numbers.flatMap((was, i) => {
            if (was === null) return [];
            const is = steps[i] === 0 ? null : (last += steps[i]!);
            numbers[i] = is;
            if (is !== was) hadLast.set(was, i);
            return [{ was, is }];
          });
          made.moved(moves);
        }
        const { nowOf } = made.read();
        const found = new Map([...hadLast.keys()].map(number => [number, nowOf(number)]));
        expect(found).toEqual(new Map([...hadLast].map(([number, i]) => [number, numbers[i]])));
      });
    }),
    { numRuns: runs(15) },
  );
});
