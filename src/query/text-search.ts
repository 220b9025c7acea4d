/**
 * Whether rows have a text: one by one at first, and once many were asked for all of them in one pass, which takes a
 * tenth of the time. After a change it is one by one again: who changes much asks seldom.
 */
import type { TextColumn } from '../domain/columns.ts';
import type { Table } from '../domain/table.ts';

const ASKED_BEFORE_PASS = 16;

interface Search {
  /** What the answer depends on; the first has the rows that are asked for. */
  readonly tables: readonly [Table, Table?];
  one(row: number): boolean;
  /** Calls `found` with every row for which `one` holds. */
  all(found: (row: number) => void): void;
}

export function lazily({ tables, one, all }: Search): (row: number) => boolean {
  const [table, other] = tables;
  let asked = 0;
  let passed = -1;
  let found = new Uint8Array(0);
  return row => {
    const now = other ? table.version + other.version : table.version;
    if (passed === now) return found[row] === 1;
    if (passed >= 0 || ++asked <= ASKED_BEFORE_PASS) return one(row);
    passed = now;
    found = new Uint8Array(table.rows);
    all(each => {
      found[each] = 1;
    });
    return found[row] === 1;
  };
}

/** Whether a row's text in a column contains the needle (folded, UTF-8). */
export const containing = (table: Table, column: TextColumn, needle: Buffer): ((row: number) => boolean) =>
  lazily({
    tables: [table],
    one: row => column.includes(row, needle),
    all: found => column.search(needle, found),
  });
