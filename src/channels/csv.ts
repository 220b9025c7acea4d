import Papa from 'papaparse';
import { CrmError, failed, usage } from '../domain/errors.ts';
import { longestRow, readBatches, RowParser } from './csv-rows.ts';
import { decodeStream } from './decode.ts';
import { delimiterNamed } from './delimiter.ts';
import { headerAfterPreamble, mayBePreamble } from './preamble.ts';
import { closingQuote, opensCell } from './row-ends.ts';
import { isUnsafe, type Row, type RowFile, type RowFileOptions } from './row-file.ts';

export interface CsvFile extends RowFile {
  readonly delimiter: string;
}

/**
 * Opens a CSV file (RFC 4180; line ends LF, CRLF and CR, also mixed) and reads its header. Its rows have as many
 * cells as the header unless they have an `error`. A first line `sep=;`, which spreadsheets write, sets the
 * delimiter. A single wrong row has an `error`. A fault that leaves the rest unreadable is thrown, here or while the
 * rows are read: FAILED with `name:line:` for a header that is missing, ambiguous or unsafe, a quote that is never
 * closed, a row longer than 16 Mi characters, and bytes that are not text; USAGE for a delimiter or encoding that is
 * unknown or must be named.
 */
export async function openCsv(chunks: AsyncIterable<Uint8Array>, options: RowFileOptions): Promise<CsvFile> {
  const { name } = options;
  const named = options.delimiter === undefined ? undefined : delimiterNamed(options.delimiter);
  const texts = decodeStream(chunks, options.encoding, name);
  try {
    const start = await startOf(texts, named, options);
    const { text, line, delimiter } = start;
    const batches = readBatches(text, texts, new RowParser(delimiter, name, line, options.pads));
    const { value: first } = await batches.next();
    if (!first) throw failed(`${name} is empty`, 'the first line has to name the columns');
    const [header, ...rest] = first;
    checkHeader(header!, options);
    return {
      format: 'csv',
      header: header!.cells,
      delimiter,
      ...foundIn(start, named === undefined && delimiter !== ','),
      guarded: true,
      rows: resumed(rest, batches),
    };
  } catch (error) {
    await texts.return();
    throw error;
  }
}

/**
 * The beginning of the rows, the header first: the rest of the text that was read, and the number of its first line.
 */
interface Start {
  readonly text: string;
  readonly line: number;
  readonly delimiter: string;
  /** Whether lines before it were found not to be the header. */
  readonly isFound: boolean;
}

/** The settings that were found out because nobody gave them. */
function foundIn({ line, delimiter, isFound }: Start, hasFoundDelimiter: boolean): Partial<CsvFile> {
  const found = [
    ...(hasFoundDelimiter ? [`delimited by ${wordFor(delimiter)}`] : []),
    ...(isFound ? [`the names of the columns are in line ${line} (--header-line 1 if not)`] : []),
  ];
  return {
    ...(found.length > 0 && { found: found.join(', ') }),
    ...(hasFoundDelimiter && { foundDelimiter: delimiter === '\t' ? 'tab' : delimiter }),
    ...(isFound && { foundHeaderLine: line }),
  };
}

/** Reads up to the header; finds the header and the delimiter if they were not given. */
async function startOf(
  texts: AsyncGenerator<string>,
  named: string | undefined,
  { name, headerLine }: RowFileOptions,
): Promise<Start> {
  let beginning = await upToHeader(texts);
  const said = /^sep=([^"\r\n])(\r\n?|\n)/i.exec(beginning);
  if (said) beginning = beginning.slice(said[0].length);
  const first = said ? 2 : 1;
  const given = named ?? said?.[1];
  if (headerLine !== undefined && headerLine > first) {
    const lines = headerLine - first;
    while (offsetOfLine(beginning, lines) < 0) {
      const { value, done } = await texts.next();
      if (done) throw failed(`${name} has no line ${headerLine} with text`, '--header-line');
      beginning += value;
    }
    const text = await upToHeader(texts, beginning.slice(offsetOfLine(beginning, lines)));
    return { text, line: headerLine, delimiter: given ?? delimiterOf(text, name), isFound: false };
  }
  const usual = (): Start => ({
    text: beginning,
    line: first,
    delimiter: given ?? delimiterOf(beginning, name),
    isFound: false,
  });
  if (headerLine !== undefined || !mayBeginWithPreamble(beginning, given)) return usual();
  while (beginning.length < PREAMBLE_LENGTH) {
    const { value, done } = await texts.next();
    if (done) break;
    beginning += value;
  }
  let best: Start | undefined;
  let names = 0;
  for (const delimiter of given ?? candidates) {
    const header = headerAfterPreamble(firstRows(beginning, delimiter, name, first));
    if (!header || header.cells.length <= names) continue;
    names = header.cells.length;
    const text = beginning.slice(offsetOfLine(beginning, header.line - first));
    best = { text, line: header.line, delimiter, isFound: true };
  }
  return best ?? usual();
}

/** How much of the file is searched for text above a table, in UTF-16 units. */
const PREAMBLE_LENGTH = 16 * 1024;

/** Whether the first row with text has a single cell with every delimiter, so that it may not be the header. */
function mayBeginWithPreamble(beginning: string, given: string | undefined): boolean {
  const delimiters = given === undefined ? (delimitersOfHeader(`${beginning}\n`) ?? []) : [given];
  return delimiters.every(delimiter => {
    const { data } = Papa.parse<string[]>(beginning, { delimiter, preview: 1, skipEmptyLines: true });
    return mayBePreamble(data[0] ?? []);
  });
}

/** Returns the complete rows at the beginning of a file; none if they cannot be read. */
function firstRows(text: string, delimiter: string, name: string, line: number): Row[] {
  try {
    const { value } = new RowParser(delimiter, name, line, true).wholeRows(`${text}\n`).next();
    return Array.isArray(value) ? value : [];
  } catch (error) {
    if (error instanceof CrmError) return [];
    throw error;
  }
}

/** Returns where the line after the first `lines` begins; -1 if the text ends before. */
function offsetOfLine(text: string, lines: number): number {
  const ends = /\r\n?|\n/g;
  let offset = 0;
  for (let i = 0; i < lines; i++) {
    if (!ends.exec(text)) return -1;
    offset = ends.lastIndex;
  }
  return offset;
}

/** `first`, then what is left of `batches`, which is closed however the reading ends. */
async function* resumed(first: Row[], batches: AsyncGenerator<Row[]>): AsyncGenerator<Row[]> {
  try {
    if (first.length > 0) yield first;
    yield* batches;
  } finally {
    await batches.return(undefined);
  }
}

const candidates = ',;\t|';

/** Reads until the header is there, and perhaps more. */
async function upToHeader(texts: AsyncGenerator<string>, begun = ''): Promise<string> {
  let text = begun;
  if (delimitersOfHeader(text)) return text;
  for (let wanted = 0; text.length <= longestRow; ) {
    const { value, done } = await texts.next();
    if (done) break;
    text += value;
    if (text.length < wanted) continue;
    if (delimitersOfHeader(text)) break;
    wanted = 2 * text.length;
  }
  return text;
}

const wordFor = (delimiter: string): string => (delimiter === '\t' ? 'tab' : `'${delimiter}'`);

function delimiterOf(beginning: string, name: string): string {
  const found = delimitersOfHeader(`${beginning}\n`) ?? [];
  if (found.length <= 1) return found[0] ?? ',';
  const words = found.map(wordFor);
  throw usage(
    `${name}: the header could be delimited by ${words.join(' or ')}`,
    `say which: ${words.map(word => `--delimiter ${word}`).join(' or ')}`,
  );
}

/**
 * Returns the possible delimiters in the first line with text, outside of quotes; undefined if that line has no end.
 */
function delimitersOfHeader(text: string): string[] | undefined {
  const found = new Set<string>();
  const marks = /[",;\t|\r\n]/g;
  let lineStart = 0;
  for (let mark = marks.exec(text); mark; mark = marks.exec(text)) {
    const at = mark.index;
    const char = mark[0];
    if (char === '"') {
      if (!opensCell(text, at, candidates)) continue;
      const close = closingQuote(text, at + 1);
      if (close === -1) return undefined;
      marks.lastIndex = close + 1;
    } else if (candidates.includes(char)) {
      found.add(char);
    } else {
      if (at > lineStart) return [...found];
      lineStart = at + 1;
    }
  }
  return undefined;
}

function checkHeader({ line, cells, error }: Row, { name, mayLackNames }: RowFileOptions): void {
  const refuse = (what: string, hint?: string) => failed(`${name}:${line}: ${what}`, hint);
  if (error !== undefined) throw refuse(error);
  const columns = new Map<string, number>();
  for (const [index, cell] of cells.entries()) {
    const column = index + 1;
    if (cell.trim() === '') {
      if (!mayLackNames) throw refuse(`column ${column} of ${cells.length} has no name`);
      cells[index] = '';
      continue;
    }
    if (isUnsafe(cell)) throw refuse(`column ${column} cannot be named ${cell}`, 'rename the column');
    const earlier = columns.get(cell);
    if (earlier !== undefined)
      throw refuse(
        `columns ${earlier} and ${column} are both named ${JSON.stringify(cell)}`,
        'rename one of them in the file',
      );
    columns.set(cell, column);
  }
}
