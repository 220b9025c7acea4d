/** How a text column holds several texts of one record. */
import type { ColumnSpec } from './define.ts';
import { allOf, type Several } from './several.ts';

/** Stands between the texts in a cell, so that no phrase begins in one and ends in the next: a control character. */
export const BETWEEN_TEXTS = '\u001f';

/**
 * Returns the column of all texts by which a record is found; `cellOf` turns a text into the form that is searched
 * for.
 */
export const severalColumn = (several: Several, cellOf: (text: string) => string): ColumnSpec => ({
  key: several.all,
  storedAs: `${several.all} several`,
  type: 'text',
  several: true,
  reads: [several.one, several.others],
  cell: record => {
    const all = allOf(record, several);
    return all.length === 0 ? undefined : wrapped(all.map(cellOf).join(BETWEEN_TEXTS));
  },
});

/** Returns a text with its delimiters in such a cell, for a search for the whole text. */
export const wrapped = (text: string): string => `${BETWEEN_TEXTS}${text}${BETWEEN_TEXTS}`;

/** The texts of such a cell. */
export const textsIn = (cell: string): string[] => cell.split(BETWEEN_TEXTS).filter(text => text !== '');
