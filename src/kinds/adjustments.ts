import type { Json, Rec } from '../domain/records.ts';
import type { ColumnSpec } from './define.ts';

/** The key of the column that counts the adjustments of a record's scores. */
export const ADJUSTED = 'adjusted';

const count = (record: Rec) => (record.adjustments as readonly Json[] | undefined)?.length ?? 0;

/** The column that counts adjustments, so that a score need not read records without any. */
export const adjusted: ColumnSpec = {
  key: ADJUSTED,
  storedAs: ADJUSTED,
  type: 'number',
  reads: ['adjustments'],
  cell: count,
};
