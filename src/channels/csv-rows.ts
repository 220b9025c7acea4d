/**
 * The rows of a CSV text. papaparse tokenises it; this file is the policy, which no option of a CSV library covers:
 *
 * - every row knows the line on which it begins, so that errors can name it;
 * - line ends may be LF, CRLF and CR in one file;
 * - a malformed row is an error of that row: the next line goes on, and the row is kept as it was written;
 * - a quote that is never closed, and a row longer than 16 Mi characters, end the import with the line of the quote;
 * - blank lines are left out, rows of empty cells are marked, and rows have as many cells as the header.
 *
 * `RowEnds` finds where rows end, which decides all of this but the last. papaparse then gets runs of well-formed
 * rows with one kind of line end, which it splits into cells.
 */
import Papa from 'papaparse';
import { failed } from '../domain/errors.ts';
import { lineEnds } from './decode.ts';
import type { Row } from './row-file.ts';
import { RowEnds } from './row-ends.ts';

/** The length of a batch of rows, unless a row is longer: in UTF-16 units, as all lengths here. */
const batchLength = 64 * 1024;
/** The greatest length of a row. A longer row results from a quote that is not closed. */
export const longestRow = 16 * 1024 * 1024;

/** Yields the rows of a text that has begun and goes on. */
export async function* readBatches(
  beginning: string,
  texts: AsyncIterable<string>,
  parser: RowParser,
): AsyncGenerator<Row[]> {
  let pending = beginning;
  let wanted = batchLength;
  for await (const text of texts) {
    pending += text;
    if (pending.length < wanted) continue;
    pending = yield* parser.wholeRows(pending);
    // Twice the length each time: looking at a long row again with every chunk would take quadratic time.
    wanted = Math.max(batchLength, 2 * pending.length);
  }
  pending = yield* parser.wholeRows(/[\r\n]$/.test(pending) ? pending : `${pending}\n`, true);
  if (pending !== '') parser.failUnclosed(pending);
}

/** Reads the rows of one file, text by text. */
export class RowParser {
  readonly #delimiter: string;
  readonly #name: string;
  readonly #pads: boolean;
  #line: number;
  #width: number | undefined;

  /** `line` is the one on which the text begins; `pads`: whether rows may end early. */
  constructor(delimiter: string, name: string, line: number, pads = false) {
    this.#delimiter = delimiter;
    this.#name = name;
    this.#line = line;
    this.#pads = pads;
  }

  /** Yields the complete rows of a text that begins with a row, in batches, and returns what is left of the text. */
  *wholeRows(text: string, isLast = false): Generator<Row[], string> {
    const ends = new RowEnds(text, this.#delimiter, isLast);
    let batch: Row[] = [];
    let batchStart = 0;
    let start = 0;
    while (start < text.length) {
      const next = this.#take(text, start, ends, batch);
      if (next === start) break;
      start = next;
      if (start - batchStart < batchLength) continue;
      if (batch.length > 0) yield batch;
      batch = [];
      batchStart = start;
    }
    if (batch.length > 0) yield batch;
    if (text.length - start > longestRow) this.#failTooLong();
    return text.slice(start);
  }

  /** Adds the rows of a run to `rows`, or one malformed row or blank line; returns where it ends, `start` if nowhere. */
  #take(text: string, start: number, ends: RowEnds, rows: Row[]): number {
    if (!ends.find(start)) return start;
    if (ends.at - start > longestRow) this.#failTooLong();
    if (ends.at === start) {
      this.#line++;
      return ends.next;
    }
    if (ends.isMalformed) {
      const source = text.slice(start, ends.at);
      rows.push(this.#row(this.#line, this.#tokenise(source, '\n').data[0]!, MALFORMED, source));
      this.#line += ends.lines;
      return ends.next;
    }
    const newline = text.slice(ends.at, ends.next) as Newline;
    const lines = [this.#line];
    let { next } = ends;
    this.#line += ends.lines;
    while (next - start < batchLength && ends.find(next)) {
      const belongs = ends.at > next && !ends.isMalformed && ends.at - next <= longestRow;
      if (!belongs || !text.startsWith(newline, ends.at) || ends.next - ends.at !== newline.length) break;
      lines.push(this.#line);
      this.#line += ends.lines;
      next = ends.next;
    }
    const cells = this.#tokenise(text.slice(start, next), newline, true).data;
    if (cells.length !== lines.length) throw new Error(`${cells.length} rows for ${lines.length} row ends`);
    for (const [i, each] of cells.entries()) rows.push(this.#row(lines[i]!, each));
    return next;
  }

  #row(line: number, cells: string[], error?: string, source?: string): Row {
    this.#width ??= cells.length;
    if (error === undefined && cells.length > 1 && cells.every(cell => cell.trim() === ''))
      return { line, cells, blank: true };
    if (error === undefined && this.#pads) while (cells.length < this.#width) cells.push('');
    const wrong = error ?? raggedness(cells.length, this.#width);
    if (wrong === undefined) return { line, cells };
    return { line, cells, error: wrong, ...(source !== undefined && { source }) };
  }

  /** Throws FAILED with the line of the quote: `rest` is the last row of the file, and incomplete. */
  failUnclosed(rest: string): never {
    const { data, errors } = this.#tokenise(rest, '\n');
    const line = this.#line + lineEnds(rest.slice(0, errors[0]?.index));
    throw failed(`${this.#name}:${line}: the quote that opens column ${data[0]!.length} is never closed`);
  }

  #failTooLong(): never {
    const what = `a row of more than ${longestRow / 1024 / 1024} million characters`;
    throw failed(`${this.#name}:${this.#line}: ${what}`, 'is there a quote that is never closed?');
  }

  /** `isEnded`: whether the text ends with a line end, after which there is no row. */
  #tokenise(text: string, newline: Newline, isEnded = false): Papa.ParseResult<string[]> {
    return new Papa.Parser({ delimiter: this.#delimiter, newline }).parse(text, 0, isEnded);
  }
}

type Newline = '\n' | '\r' | '\r\n';

const MALFORMED = 'text after the closing quote of a cell; a quote inside of quotes is written twice';

const raggedness = (count: number, width: number): string | undefined =>
  count === width ? undefined : `${count} ${count === 1 ? 'cell' : 'cells'} where the header has ${width}`;
