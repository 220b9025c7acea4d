import type { Amounts } from '../reading/amounts.ts';
import type { RowKeys } from '../reading/rows.ts';
import type { Days } from '../../domain/periods.ts';
import type { Block } from '../../state/table.ts';

/** What is counted: rows of some kind by the day to which they belong. */
export interface Counted {
  /** Those of some days. */
  rowsIn(days: Days): Iterable<Block>;
  readonly amounts: Amounts;
  /** The index of the period that a row is in. */
  indexIn(periods: readonly Days[]): RowKeys;
  query(days: Days): string | null;
  /** The deals of rows that no query can say. */
  readonly dealOf?: (row: number) => number;
}
