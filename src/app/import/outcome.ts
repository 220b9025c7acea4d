/** The outcome of an import's rows. */
import type { NearMade } from './near-made.ts';
import type { AnyKind } from '../../domain/kinds.ts';

export interface RowError {
  readonly line: number;
  /** Where on the line the row begins, from 1, if it is not the first there. */
  readonly inLine?: number | undefined;
  readonly column: string | null;
  readonly error: string;
  readonly cells: readonly string[];
  /** The row as it is in the file, if the cells do not show all of it. */
  readonly source?: string | undefined;
}

export const outcomes = ['created', 'updated', 'unchanged', 'skipped', 'failed'] as const;
export type Outcome = (typeof outcomes)[number];

/** The outcome of one row. */
export interface RowDone {
  readonly line: number;
  readonly outcome: Outcome;
  /** The record; of one that is new, the id that it would get. */
  readonly id?: string;
  /** The fields that changed, old and new, of an update. */
  readonly fields?: readonly string[];
}

export type ImportResult = Readonly<Record<Outcome, number>> & {
  readonly errors: readonly RowError[];
  /** In how many records each field was changed, by updates. */
  readonly changed: ReadonlyMap<string, number>;
  /** How many records of other kinds, and users, were made because rows name them. */
  readonly made: ReadonlyMap<AnyKind | 'user' | 'stage', number>;
  /** Which of these resemble an existing record: their names may be misspelt. */
  readonly nearMade: readonly NearMade[];
  /** How many were not compared with others, since there are too many. */
  readonly notCompared: number;
  /** The number of enrolments that the import would have begun with --trigger. */
  readonly notStarted: number;
  /** Columns that were left out without having been named. */
  readonly leftOut: readonly string[];
  /** Phones that are kept though they are not numbers, with the lines of their rows. */
  readonly doubtfulPhones: readonly { readonly line: number; readonly phone: string }[];
};
