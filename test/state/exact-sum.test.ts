import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromMinorUnits } from '../../src/domain/money.ts';
import type { Rec } from '../../src/domain/records.ts';
import { ExactSum, valuesInMinorUnits } from '../../src/state/exact-sum.ts';
import { stateOf } from '../query/world.ts';
import { unitsNearBounds } from './units.ts';

test('a sum of whole numbers is exact beyond the range of a double, in any order of small and large ones (property)', () => {
  fc.assert(
    fc.property(fc.array(unitsNearBounds, { maxLength: 12 }), all => {
      const sum = new ExactSum();
      for (const units of all) sum.add(units);
      expect(sum.total).toBe(all.reduce((total, units) => total + BigInt(units), 0n));
    }),
    { numRuns: 500 },
  );
});

test('minor units of a value are those that its text says, up to the largest amount of money (property)', () => {
  const currencies = fc.constantFrom('EUR', 'JPY', 'KWD', 'CLF');
  fc.assert(
    fc.property(fc.array(fc.tuple(unitsNearBounds, currencies), { minLength: 1, maxLength: 4 }), all => {
      const deals = all.map(
        ([units, currency], i): Rec => ({
          id: `D${i + 1}`,
          pipeline: 'sales',
          stage: 'to-contact',
          value: fromMinorUnits(units, currency),
          currency,
        }),
      );
      const units = valuesInMinorUnits(stateOf(deals));
      expect(deals.map((_, row) => units(row))).toEqual(all.map(([units]) => units));
    }),
    { numRuns: 500 },
  );
});
