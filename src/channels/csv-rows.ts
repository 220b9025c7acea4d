/** The rows of a CSV text: papaparse tokenises it, and this keeps the lines and survives a bad row. */
import Papa from 'papaparse';
import { failed } from '../domain/errors.ts';
import { lineEnds } from './decode.ts';
import type { Row } from './row-file.ts';

/** How much text is parsed at once unless a row is longer, in UTF-16 units like all lengths here. */
const blockLength = 64 * 1024;
/** Nothing in a CRM is longer: somebody forgot to close a quote. */
export const longestRow = 16 * 1024 * 1024;

/** Yields the rows of a text that has begun and goes on. */
export async function* readBatches(
  beginning: string,
  texts: AsyncIterable<string>,
  parser: RowParser,
): AsyncGenerator<Row[]> {
  let pending = beginning;
  let wanted = blockLength;
  for await (const text of texts) {
    pending += text;
    if (pending.length < wanted) continue;
    pending = yield* parser.wholeRows(pending, wanted);
    // Twice the length, since a long row that is parsed anew with every chunk takes quadratic time.
    wanted = Math.max(blockLength, 2 * pending.length);
  }
  pending = yield* parser.wholeRows(/[\r\n]$/.test(pending) ? pending : `${pending}\n`, wanted, true);
  if (pending !== '') parser.failUnclosed(pending);
}

/** Tokenises one file, text by text; papaparse does it, and this keeps the lines and survives a bad row. */
export class RowParser {
  readonly #delimiter: string;
  readonly #name: string;
  #line: number;
  #width: number | undefined;

  readonly #pads: boolean;

  /** `line` is the one on which the text begins; `pads`: whether rows may end early. */
  constructor(delimiter: string, name: string, line: number, pads = false) {
    this.#pads = pads;
    this.#delimiter = delimiter;
    this.#name = name;
    this.#line = line;
  }

  /**
   * Yields the rows that are complete in `text`, which begins with a row, and returns what is left of it.
   * `length` is how much to parse first.
   */
  *wholeRows(text: string, length: number, last = false): Generator<Row[], string> {
    // A CR at the end may be half of a line end.
    const whole = last || !text.endsWith('\r') ? text.length : text.length - 1;
    const unified = withLineFeeds(text.slice(0, whole), this.#delimiter);
    let start = 0;
    for (;;) {
      const block = unified.slice(start, start + length);
      const { rows, end, malformed } = this.#parse(block);
      if (rows.length > 0) yield rows;
      start += end;
      if (end === 0) {
        if (block.length > longestRow) this.#failTooLong();
        if (start + block.length === unified.length) return block + text.slice(whole);
      }
      // Behind a malformed cell papaparse looks at every quote of the block in vain: many of them want small blocks.
      length = malformed ? 256 : end === 0 ? length * 2 : Math.min(length * 2, blockLength);
    }
  }

  #parse(block: string): Parsed {
    return this.#parseAtOnce(block) ?? this.#parseStepwise(block);
  }

  /**
   * The rows of a block in which nothing needs a closer look; undefined for others. Without a step per row, papaparse
   * leaves far less for the garbage collector to look through.
   */
  #parseAtOnce(block: string): Parsed | undefined {
    if (block.length > longestRow) return undefined;
    const { data, errors, meta }: Tokenised = this.#papaparser().parse(block, 0, true);
    // What is one empty cell may be a blank line, or two quotes.
    if (errors.length > 0 || data.some(({ length, 0: first }) => length === 1 && first === ''))
      return undefined;
    const end = meta.cursor;
    const read = end === block.length ? block : block.slice(0, end);
    const isLineEach = !read.includes('\r') && lineEnds(read) === data.length;
    const rows = data.map(cells => {
      const line = this.#line;
      this.#line += isLineEach ? 1 : cells.reduce((sum, cell) => sum + lineEnds(cell), 1);
      return this.#row(line, cells);
    });
    return { rows, end, malformed: false };
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

  /** The rows of `block` up to the first malformed one, that included, and where they end. */
  #parseStepwise(block: string): Parsed {
    const rows: Row[] = [];
    // What is left of the CRs is within quotes, where they count as line ends too.
    const manyLines = block.includes('\r');
    let end = 0;
    let fault: Papa.ParseError | undefined;
    const add = (cells: string[], next: number, error?: string) => {
      const line = this.#line;
      const oneLine = !manyLines && block.indexOf('\n', end) === next - 1;
      this.#line += oneLine ? 1 : lineEnds(block.slice(end, next));
      if (next - end > longestRow) this.#failTooLong(line);
      const source = error === undefined ? undefined : block.slice(end, next - 1);
      const blank = next - end === 1;
      end = next;
      if (blank) return;
      rows.push(this.#row(line, cells, error, source));
    };
    const parser = this.#papaparser(({ data, errors, meta }) => {
      fault = errors[0];
      if (fault) parser.abort();
      else add(data[0]!, meta.cursor);
    });
    const result: Tokenised = parser.parse(block, 0, true);
    fault ??= result.errors[0];

    // papaparse goes on to the next quote that could be a closing one. Rather lose one line than all up to there.
    const next = fault ? block.indexOf('\n', closingQuote(block, fault.index!)) + 1 : 0;
    if (next > 0) {
      const { data }: Tokenised = this.#papaparser().parse(block.slice(end, next - 1), 0, false);
      add(
        data[0]!,
        next,
        'text after the closing quote of a cell; a quote inside of quotes is written twice',
      );
    }
    return { rows, end, malformed: next > 0 };
  }

  /** `rest` is the last row of the file, and incomplete. */
  failUnclosed(rest: string): never {
    const { data, errors }: Tokenised = this.#papaparser().parse(rest, 0, false);
    const line = this.#line + lineEnds(rest.slice(0, errors[0]?.index));
    throw failed(`${this.#name}:${line}: the quote that opens column ${data[0]!.length} is never closed`);
  }

  #failTooLong(line = this.#line): never {
    const what = `a row of more than ${longestRow / 1024 / 1024} million characters`;
    throw failed(`${this.#name}:${line}: ${what}`, 'is there a quote that is never closed?');
  }

  #papaparser(step?: (row: Tokenised) => void): Papa.Parser {
    return new Papa.Parser({ delimiter: this.#delimiter, newline: '\n', ...(step && { step }) });
  }
}

interface Parsed {
  readonly rows: Row[];
  /** Where in the block they end. */
  readonly end: number;
  readonly malformed: boolean;
}

type Tokenised = Papa.ParseResult<string[]>;

const raggedness = (count: number, width: number): string | undefined =>
  count === width ? undefined : `${count} ${count === 1 ? 'cell' : 'cells'} where the header has ${width}`;

/** Makes every line end outside of quotes a LF, the one that papaparse is told; cells keep theirs. */
function withLineFeeds(text: string, delimiter: string): string {
  if (!text.includes('"')) return text.replaceAll(/\r\n?/g, '\n');
  let result = '';
  let copied = 0;
  let cr = text.indexOf('\r');
  let quote = text.indexOf('"');
  while (cr !== -1) {
    if (quote !== -1 && quote < cr) {
      const close = opensCell(text, quote, delimiter) ? closingQuote(text, quote + 1) : quote;
      if (close === -1) break;
      quote = text.indexOf('"', close + 1);
      if (cr < close) cr = text.indexOf('\r', close + 1);
    } else {
      result += `${text.slice(copied, cr)}\n`;
      copied = text[cr + 1] === '\n' ? cr + 2 : cr + 1;
      cr = text.indexOf('\r', copied);
    }
  }
  return result + text.slice(copied);
}

export const opensCell = (text: string, quote: number, delimiters: string): boolean =>
  quote === 0 || `${delimiters}\r\n`.includes(text[quote - 1]!);

/** Where the cell that begins at `from`, behind its quote, is closed; -1 if it is not. */
export function closingQuote(text: string, from: number): number {
  let quote = text.indexOf('"', from);
  while (quote !== -1 && text[quote + 1] === '"') quote = text.indexOf('"', quote + 2);
  return quote;
}
