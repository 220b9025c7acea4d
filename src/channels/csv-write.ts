/** Writes files of CSV. */
export interface CsvStyle {
  readonly delimiter: string;
  readonly lineEnd: '\n' | '\r\n';
}

const plain: CsvStyle = { delimiter: ',', lineEnd: '\n' };

/**
 * Returns one line of CSV, with its end. A cell is quoted if a reader could misread it: for quotes, line ends and
 * white space around it, for any usual delimiter, so that a program that guesses the delimiter from the header
 * guesses right, and if it is the only cell and empty, which would be a blank line.
 */
export function csvLine(cells: readonly string[], { delimiter, lineEnd }: CsvStyle = plain): string {
  if (cells.length === 1 && cells[0] === '') return `""${lineEnd}`;
  let line = '';
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i]!;
    if (i > 0) line += delimiter;
    line += ambiguous.test(cell) || cell.includes(delimiter) ? quoted(cell) : cell;
  }
  return line + lineEnd;
}

const ambiguous = /[",;\t|\r\n]|^\s|\s$/;

const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;

/** Matches text that a spreadsheet would run when it opens the file, with any apostrophes that guard it. */
const formula = /^'*\s*?[=+\-@\t\r＝＋－＠]/;

/**
 * Puts an apostrophe before text that a spreadsheet would take for a formula, and before text that already has
 * apostrophes before such a beginning: `unguardFormula(guardFormula(text))` is always `text`.
 */
export function guardFormula(text: string): string {
  return formula.test(text) ? `'${text}` : text;
}

/** Removes the apostrophe of guardFormula; other text stays as it is. */
export function unguardFormula(text: string): string {
  return text.startsWith("'") && formula.test(text) ? text.slice(1) : text;
}
