/** Sums of deals by key, against whole numbers of any size. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ownAmounts } from '../../../src/app/reading/amounts.ts';
import { chancesIn } from '../../../src/app/reading/chances.ts';
import { byCodeOf, sumOf, Tallies } from '../../../src/app/reading/tally.ts';
import { fromMinorUnits } from '../../../src/domain/money.ts';
import type { Rec } from '../../../src/domain/records.ts';
import { multipliedExactly } from '../../../src/domain/rounding.ts';
import type { CodeColumn } from '../../../src/state/columns/column.ts';
import { stateOf } from '../../query/world.ts';
import { unitsNearBounds } from '../../state/units.ts';
import { runs } from '../../effort.ts';

const deal = fc.record({
  units: unitsNearBounds,
  currency: fc.constantFrom('EUR', 'JPY'),
  stage: fc.constantFrom('to-contact', 'proposal'),
});

/** How probable deals are, by stage. */
const PERCENT: Readonly<Record<string, number>> = { 'to-contact': 7, proposal: 33 };

/** Each is exact, and so is the sum of any two; the sum of all is not. */
const many = Array.from({ length: 9 }, () => ({ units: 2 ** 51 - 1, currency: 'EUR', stage: 'proposal' }));

test('values and weighted values, summed by key and currency, are exact beyond the range of a double (property)', () => {
  fc.assert(
    fc.property(fc.array(deal, { minLength: 1, maxLength: 20 }), deals => {
      const state = stateOf(
        deals.map(
          ({ units, currency, stage }, i): Rec => ({
            id: `D${i + 1}`,
            pipeline: 'sales',
            status: 'open',
            stage,
            currency,
            value: fromMinorUnits(units, currency),
          }),
        ),
      );
      const table = state.table('deal');
      const stages = table.column('stage') as CodeColumn;
      const tallies = new Tallies(
        table.blocks(),
        byCodeOf(stages),
        ownAmounts(
          state,
          chancesIn(state, (_, stage) => PERCENT[stage]!),
        ),
      );
      for (const [code, currency] of tallies.currencies.entries()) {
        const those = deals.filter(each => each.currency === currency);
        const sum = (some: typeof deals) => some.reduce((total, { units }) => total + BigInt(units), 0n);
        const weighted = (some: typeof deals) =>
          some.reduce(
            (total, { units, stage }) =>
              total + multipliedExactly(BigInt(units), { n: BigInt(PERCENT[stage]!), d: 100n }),
            0n,
          );
        expect(tallies.all(code)).toMatchObject({
          deals: those.length,
          value: sum(those),
          weighted: weighted(those),
        });
        const parts = stages.words.map((stage, key) => {
          const its = those.filter(each => each.stage === stage);
          const tally = tallies.of(key + 1, code);
          expect(tally).toMatchObject({ deals: its.length, value: sum(its), weighted: weighted(its) });
          return tally;
        });
        expect(sumOf(parts)).toEqual(tallies.all(code));
      }
    }),
    { numRuns: runs(40), examples: [[many]] },
  );
});
