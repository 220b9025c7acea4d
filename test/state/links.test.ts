import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Edges } from '../../src/state/edges.ts';
import { Links } from '../../src/state/links.ts';

/** The edges of rows that say where they point. */
function edgesOf(targets: Edges['targets'], rows: () => number): Edges {
  return {
    targets,
    sources: (target, found) => {
      for (let row = 0; row < rows(); row++) targets(row, each => each === target && found(row));
    },
    each: found => {
      for (let row = 0; row < rows(); row++) targets(row, target => found(row, target));
    },
  };
}

const linksOf = (targets: Edges['targets'], rows: () => number) => new Links(edgesOf(targets, rows));

test('know which rows point to which, after any changes (property)', () => {
  const targets = fc.uniqueArray(fc.nat(90), { maxLength: 4 });
  fc.assert(
    fc.property(
      fc.array(targets, { maxLength: 8 }),
      fc.array(fc.record({ row: fc.nat(12), targets, ask: fc.constantFrom(0, 1, 30) }), { maxLength: 20 }),
      (first, then) => {
        const pointing = first.map(list => [...list]);
        const links = linksOf(
          (row, found) => pointing[row]!.forEach(found),
          () => pointing.length,
        );
        for (const { row, targets: now, ask } of then) {
          // Asked before a change, they follow it; else they are made when first asked. Asked often, they are built.
          for (let target = 0; target < ask; target++) links.count(target);
          const at = Math.min(row, pointing.length);
          pointing[at] = now;
          links.update(at);
        }
        for (const target of [...Array(100).keys(), 1e6]) {
          const expected = pointing.flatMap((list, row) => (list.includes(target) ? [row] : []));
          const found: number[] = [];
          const stopped = links.some(target, row => {
            found.push(row);
            return false;
          });
          expect(found.sort((a, b) => a - b)).toEqual(expected);
          expect(stopped).toBe(false);
          expect(links.count(target)).toBe(expected.length);
        }
        const edges: [row: number, target: number][] = [];
        links.each((row, target) => edges.push([row, target]));
        expect(edges).toEqual(pointing.flatMap((list, row) => list.map(target => [row, target])));
      },
    ),
  );
});

test('a target is searched for once between changes, and after sixteen searches one pass finds all targets', () => {
  const asked = { searches: 0, rows: 0 };
  const edges = edgesOf(
    (row, found) => {
      asked.rows++;
      found(row % 3);
    },
    () => 6,
  );
  const links = new Links({
    ...edges,
    sources: (target, found) => {
      asked.searches++;
      for (const row of [target + 3, target]) if (row < 6) found(row);
    },
  });
  const rowsOf = (target: number) => {
    const rows: number[] = [];
    for (let edge = links.first(target); edge >= 0; edge = links.next(edge)) rows.push(links.row(edge));
    return rows;
  };
  expect([rowsOf(1), rowsOf(1), rowsOf(-1), rowsOf(2)]).toEqual([[1, 4], [1, 4], [], [2, 5]]);
  expect(asked).toEqual({ searches: 2, rows: 0 });
  links.update(3);
  expect(rowsOf(1)).toEqual([1, 4]);
  expect(asked).toEqual({ searches: 3, rows: 0 });
  for (let target = 20; target < 40; target++) expect(rowsOf(target)).toEqual([]);
  expect(asked).toMatchObject({ rows: 6 });
  const { searches } = asked;
  expect([rowsOf(0), rowsOf(1), rowsOf(2), rowsOf(3), rowsOf(99)]).toEqual([[0, 3], [1, 4], [2, 5], [], []]);
  expect(asked).toEqual({ searches, rows: 6 });
  links.invalidate();
  expect(rowsOf(1)).toEqual([1, 4]);
});

test('stop at the first that is looked for', () => {
  const links = linksOf(
    (_, found) => found(3),
    () => 5,
  );
  let asked = 0;
  expect(links.some(3, () => ++asked === 2)).toBe(true);
  expect(asked).toBe(2);
  expect(links.some(-1, () => true)).toBe(false);
});

test('a row may point to one target more than once', () => {
  let times = 2;
  const links = linksOf(
    (row, found) => {
      if (row === 0) for (let i = 0; i < times; i++) found(7);
    },
    () => 1,
  );
  expect(links.count(7)).toBe(2);
  times = 1;
  links.update(0);
  expect(links.count(7)).toBe(1);
});

test('a target that comes back is found again once they are told to look anew', () => {
  let there = false;
  const links = linksOf(
    (_, found) => {
      if (there) found(3);
    },
    () => 2,
  );
  expect(links.count(3)).toBe(0);
  there = true;
  links.invalidate();
  expect(links.count(3)).toBe(2);
});

test('a loop over them may ask for others meanwhile', () => {
  const links = linksOf(
    (row, found) => found(row % 40),
    () => 120,
  );
  const rows: number[] = [];
  for (let edge = links.first(3); edge >= 0; edge = links.next(edge)) {
    rows.push(links.row(edge));
    for (let target = 0; target < 40; target++) expect(links.count(target)).toBe(3);
  }
  expect(rows).toEqual([3, 43, 83]);
});

test('lists that are made at once follow each change of a row, and targets far beyond', () => {
  const pointing: number[][] = [[5], [5], [5, 2], [2]];
  const links = linksOf(
    (row, found) => pointing[row]!.forEach(found),
    () => pointing.length,
  );
  // Enough questions, about targets that nothing points to, that the lists are made with their edges from 0 on.
  for (let target = 20; target < 40; target++) expect(links.count(target)).toBe(0);
  const rows = (target: number) => {
    const found: number[] = [];
    links.some(target, row => {
      found.push(row);
      return false;
    });
    return found.sort((a, b) => a - b);
  };
  const change = (row: number, targets: number[]) => {
    pointing[row] = targets;
    links.update(row);
  };
  expect([rows(5), rows(2), rows(6)]).toEqual([[0, 1, 2], [2, 3], []]);
  expect([-1, 0, 6, 7].map(target => links.first(target))).toEqual([-1, -1, -1, -1]);
  change(1, []);
  expect([rows(5), rows(2)]).toEqual([
    [0, 2],
    [2, 3],
  ]);
  change(2, [1000, 5]);
  expect([rows(5), rows(2), rows(1000), rows(999)]).toEqual([[0, 2], [3], [2], []]);
  change(0, [2]);
  change(4, [0, 64, 65]);
  expect([rows(5), rows(2), rows(0), rows(64), rows(65)]).toEqual([[2], [0, 3], [4], [4], [4]]);
});
