/** Lines before the header: titles, notes and dates that programs put above a table. */

/** The most rows searched for a header: a title, a date and some notes take less. */
const MOST_ROWS = 30;
/** The fewest names of a header: with fewer, a text with a comma would look like one. */
const FEWEST_NAMES = 3;

/** The part of a row that is looked at. */
interface Cells {
  readonly line: number;
  readonly cells: readonly string[];
}

const filled = (cells: readonly string[]): number => cells.filter(cell => cell.trim() !== '').length;

/** Whether a row may be a line of text above a table: only one of its cells has a text. */
export const mayBePreamble = (cells: readonly string[]): boolean => filled(cells) <= 1;

/**
 * Returns the first later row that looks like a header: only rows of one text come before it, its names differ, and
 * the row after it is as wide. Undefined if there is none.
 */
export function headerAfterPreamble(rows: readonly Cells[]): Cells | undefined {
  if (!rows[0] || !mayBePreamble(rows[0].cells)) return undefined;
  const at = rows.slice(0, MOST_ROWS).findIndex(({ cells }) => !mayBePreamble(cells));
  const found = rows[at];
  if (!found) return undefined;
  const { cells } = found;
  const names = cells.map(cell => cell.trim()).filter(name => name !== '');
  const isHeader =
    names.length >= FEWEST_NAMES &&
    names.length >= cells.length - 1 &&
    new Set(names).size === names.length &&
    names.every(name => /\p{L}/u.test(name));
  const next = rows[at + 1];
  return isHeader && (!next || next.cells.length === cells.length) ? found : undefined;
}
