/** Groups of deals: the group of each deal, its name, and the query that finds its deals. */
import type { Period } from '../../domain/periods.ts';
import { BLOCK } from '../../state/table.ts';
import { appendDigits, keysOfRows, type RowKeys } from '../reading/rows.ts';
import type { TallyKeys } from '../reading/tally.ts';
import { joinedQuery } from './query-text.ts';

export interface Group {
  /** Its values in JSON, by the keys of the columns; null for deals without a group. */
  readonly cells: Readonly<Record<string, string | null>>;
  /** The same for people. */
  readonly labels: Readonly<Record<string, string>>;
  /** The term of a query that finds its deals; null where none can. */
  readonly query: string | null;
}

/** The keys of deals are the numbers of their groups. */
export interface Grouping extends TallyKeys {
  /** The keys of its columns, each with null: what a total has there. */
  readonly none: Readonly<Record<string, null>>;
  group(number: number): Group;
  /** All groups by number, in the order in which they are shown, none last. */
  readonly order: readonly number[];
  /** Whether a group is shown though it has no deals. */
  readonly always?: (number: number) => boolean;
}

export const groupOf = (key: string, value: string | null, label: string, query: string | null): Group => ({
  cells: { [key]: value },
  labels: { [key]: label },
  query,
});

/** Each pair of groups of two groupings, those of the first one outside. */
export function combined(a: Grouping, b: Grouping): Grouping {
  const isSeveral = a.several ?? b.several;
  const all = (of: Grouping, row: number): readonly number[] => of.several?.(row) ?? [of.of(row)];
  const inner = new Int32Array(BLOCK);
  const pair = (x: number, y: number) => (x < 0 || y < 0 ? -1 : x * b.size + y);
  return {
    none: { ...a.none, ...b.none },
    size: a.size * b.size,
    of: row => pair(a.of(row), b.of(row)),
    fill: (keys, rows) => {
      keysOfRows(a, keys, rows);
      appendDigits(keys, b.size, keysOfRows(b, inner, rows));
    },
    ...(isSeveral && {
      several: (row: number) =>
        all(a, row).flatMap(x => (x < 0 ? [] : all(b, row).flatMap(y => (y < 0 ? [] : pair(x, y))))),
    }),
    group: number => {
      const [x, y] = [a.group(Math.floor(number / b.size)), b.group(number % b.size)];
      return {
        cells: { ...x.cells, ...y.cells },
        labels: { ...x.labels, ...y.labels },
        query: joinedQuery(x.query, y.query),
      };
    },
    order: a.order.flatMap(x => b.order.map(y => pair(x, y))),
  };
}

/** The same grouping whose only column has another key. */
export function renamed(of: Grouping, key: string): Grouping {
  return {
    ...of,
    none: { [key]: null },
    group: number => {
      const { cells, labels, query } = of.group(number);
      return {
        cells: { [key]: Object.values(cells)[0]! },
        labels: { [key]: Object.values(labels)[0]! },
        query,
      };
    },
  };
}

/** Periods as groups, all of which are shown. `index` says in which one a row is, below 0 for none. */
export function byPeriod(
  periods: readonly Period[],
  index: RowKeys,
  queryOf: (period: Period) => string,
): Grouping {
  return {
    none: { period: null },
    ...index,
    group: number => ({
      cells: { period: periods[number]!.key },
      labels: {},
      query: queryOf(periods[number]!),
    }),
    order: periods.map((_, i) => i),
    always: () => true,
  };
}
