/**
 * Tells whether rows contain a text: a lazy index (see LazyIndex) of the rows that one pass through the column finds.
 */
import type { TextColumn } from '../state/columns/column.ts';
import { LazyIndex } from '../state/lazy-index.ts';
import type { Table } from '../state/table.ts';

/**
 * The number of rows that are asked one by one before one pass finds all: a pass takes a tenth of the time of asking
 * every row.
 */
const ASKED_ONE_BY_ONE = 16;

interface Search {
  /** The tables on which the answer depends; the first has the rows that are tested. */
  readonly tables: readonly [Table, Table?];
  one(row: number): boolean;
  /** Calls `found` with every row for which `one` holds. */
  all(found: (row: number) => void): void;
}

export function lazily({ tables, one, all }: Search): (row: number) => boolean {
  const [table, other] = tables;
  const versionNow = () => (other ? table.version + other.version : table.version);
  const pass = new LazyIndex(ASKED_ONE_BY_ONE, () => {
    const found = new Uint8Array(table.rows);
    all(each => {
      found[each] = 1;
    });
    return { version: versionNow(), found };
  });
  return row => {
    // After a change the pass is out of date and is not repeated: commands that write much search little.
    const known = pass.ask();
    return known?.version === versionNow() ? known.found[row] === 1 : one(row);
  };
}

/** Whether a row's text in a column contains the needle (folded, UTF-8). */
export const containing = (table: Table, column: TextColumn, needle: Buffer): ((row: number) => boolean) =>
  lazily({
    tables: [table],
    one: row => column.includes(row, needle),
    all: found => column.search(needle, found),
  });
