import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countGroups, firstOfGroups, type Order } from '../../src/app/reading/groups.ts';
import type { Keys } from '../../src/app/reading/keys.ts';
import type { NumberColumn } from '../../src/state/columns/column.ts';
import { buildColumn, liveColumn } from '../../src/state/columns/index.ts';
import type { Block } from '../../src/state/table.ts';

interface Row {
  readonly isMeant: boolean;
  readonly group: number;
  readonly rank: number;
  readonly worth: number;
}

const GROUPS = 3;
const row = fc.record({
  isMeant: fc.boolean(),
  group: fc.nat(GROUPS - 1),
  rank: fc.nat(2),
  worth: fc.nat(3),
});
const most = fc.option(fc.nat(12), { nil: undefined });

function* blocksOf(rows: readonly Row[], size: number): Generator<Block> {
  for (let from = 0; from < rows.length; from += size)
    yield { from, among: Uint8Array.from(rows.slice(from, from + size), ({ isMeant }) => Number(isMeant)) };
}

test('counts and first rows equal those of each group by itself (property)', () => {
  fc.assert(
    fc.property(
      fc.array(row, { maxLength: 60 }),
      fc.integer({ min: 1, max: 20 }),
      fc.boolean(),
      fc.array(most, { minLength: 1, maxLength: 3 }),
      (rows, size, isById, asked) => {
        const blocks = { [Symbol.iterator]: () => blocksOf(rows, size) };
        const keys: Keys = {
          size: GROUPS,
          append: (keys, from) => {
            for (let i = 0; i < keys.length; i++) keys[i] = keys[i]! * GROUPS + rows[from + i]!.group;
          },
        };
        const numberOf = isById ? undefined : (row: number) => (row * 7) % 61;
        const order: Order = {
          rank: row => rows[row]!.rank,
          worth: liveColumn(buildColumn('number', rows.length, row => rows[row]!.worth)) as NumberColumn,
          rows: rows.length,
          number: numberOf,
        };
        const first = firstOfGroups(blocks, keys, order);
        for (const most of asked)
          for (let group = 0; group < GROUPS; group++) {
            const its = [...rows.keys()].filter(i => rows[i]!.isMeant && rows[i]!.group === group);
            its.sort(
              (a, b) =>
                rows[a]!.rank - rows[b]!.rank ||
                rows[b]!.worth - rows[a]!.worth ||
                (numberOf ? numberOf(a) - numberOf(b) : a - b),
            );
            expect(countGroups(blocks, keys)[group]).toBe(its.length);
            expect(first(group, most)).toEqual(its.slice(0, most));
          }
      },
    ),
  );
});
