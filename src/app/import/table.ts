import type { Row } from '../../channels/row-file.ts';

/** A table of texts, readable more than once: a decision may have to be made again. */
export interface Table {
  /** Formats that name columns in every row add to it while the rows are read. */
  readonly header: readonly string[];
  /** Whether texts may have the apostrophe that keeps a spreadsheet from running them. */
  readonly guarded: boolean;
  rows(): AsyncIterable<readonly Row[]>;
}
