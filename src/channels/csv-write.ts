/** How a file of CSV is written. */
export interface CsvStyle {
  readonly delimiter: string;
  readonly lineEnd: '\n' | '\r\n';
}

const plain: CsvStyle = { delimiter: ',', lineEnd: '\n' };

/**
 * One line of CSV, with its end. A cell is quoted where a reader could take it otherwise: for quotes, line ends and
 * white space around it, but also for any usual delimiter, so that a reader who guesses the delimiter from a header
 * guesses right, and where the only cell is empty, which would be a blank line.
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

/** What a spreadsheet would run when it opens the file, behind any apostrophes put there to stop it. */
const formula = /^'*\s*?[=+\-@\t\r＝＋－＠]/;

/**
 * Text that a spreadsheet would take for a formula gets an apostrophe before it, and so does text that already
 * has apostrophes before such a beginning: `unguardFormula(guardFormula(text))` is `text`, whatever it is.
 */
export function guardFormula(text: string): string {
  return formula.test(text) ? `'${text}` : text;
}

/** Takes off the one apostrophe that guardFormula put there; other text stays as it is. */
export function unguardFormula(text: string): string {
  return text.startsWith("'") && formula.test(text) ? text.slice(1) : text;
}
