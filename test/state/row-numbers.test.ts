/** The row of each ID number and the number of each row, and what is read of the source to tell them. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NumberColumn } from '../../src/state/columns/column.ts';
import { RowNumbers } from '../../src/state/row-numbers.ts';
import type { Source } from '../../src/state/source.ts';

/** Row numbers over a source that counts how often a number of it is read. */
function over(numbers: readonly number[]) {
  const reads = { columns: 0, cells: 0 };
  const get = (row: number) => {
    reads.cells++;
    return numbers[row]!;
  };
  const source = {
    rows: numbers.length,
    numbers: () => {
      reads.columns++;
      return { get } as unknown as NumberColumn;
    },
  } as unknown as Source;
  return { reads, rows: new RowNumbers(source) };
}

const ascending = fc
  .uniqueArray(fc.integer({ min: 1, max: 30 }), { maxLength: 12 })
  .map(all => all.sort((a, b) => a - b));

test('each number has its row, and each row its number, in whatever order they came (property)', () => {
  fc.assert(
    fc.property(
      ascending,
      fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 8 }),
      fc.boolean(),
      (numbers, more, isAsked) => {
        const { rows } = over(numbers);
        const all = [...numbers];
        const check = () => {
          expect([rows.rows, rows.added]).toEqual([all.length, all.length - numbers.length]);
          expect(all.map((_, row) => rows.number(row))).toEqual(all);
          for (let number = 0; number <= 42; number++)
            expect(rows.row(number), `${number}`).toBe(all.indexOf(number));
          const isGapless = all.every((number, row) => number === row + 1);
          const isInOrder = all.every((number, row) => row === 0 || number > all[row - 1]!);
          expect([rows.isGapless, rows.isInOrder]).toEqual([isGapless, isInOrder]);
        };
        for (const number of more.filter(each => !numbers.includes(each))) {
          if (isAsked) check();
          expect(rows.add(number)).toBe(all.length);
          all.push(number);
        }
        check();
      },
    ),
    { numRuns: 200 },
  );
});

test('a number is found by its place if none is missing, and by binary search otherwise', () => {
  const gapless = over(Array.from({ length: 1000 }, (_, i) => i + 1));
  expect([gapless.rows.row(500), gapless.rows.row(1), gapless.rows.row(1001), gapless.rows.row(0)]).toEqual([
    499, 0, -1, -1,
  ]);
  expect(gapless.reads).toEqual({ columns: 1, cells: 1 });

  const late = over(Array.from({ length: 1000 }, (_, i) => (i < 900 ? i + 1 : i + 50)));
  late.rows.row(1);
  late.reads.cells = 0;
  expect(late.rows.row(500)).toBe(499);
  expect(late.reads.cells).toBe(1);
  expect(late.rows.row(1049)).toBe(999);
  expect(late.rows.row(920)).toBe(-1);
  expect(late.reads.cells).toBeLessThan(30);
  expect(late.reads.columns).toBe(1);
});

test('numbers that came later are found without reading the source', () => {
  const { reads, rows } = over([1, 2, 3]);
  for (let number = 4; number < 104; number++) rows.add(number);
  expect([rows.row(4), rows.row(50), rows.row(103), rows.number(3), rows.rows]).toEqual([3, 49, 102, 4, 103]);
  expect(reads.cells).toBe(0);
  const { reads: none, rows: empty } = over([]);
  expect([empty.row(1), empty.isGapless, empty.isInOrder]).toEqual([-1, true, true]);
  expect(none).toEqual({ columns: 0, cells: 0 });
});
