/** A file of rows, whatever its format: what an import reads. */
import { whyNotNamed } from '../domain/names.ts';

/** One row: exactly what is there, nothing trimmed or typed. */
export interface Row {
  /** The line of the file, from 1, on which the row begins. */
  line: number;
  /** If another row begins on the same line before it: where on the line it begins, in UTF-16 units from 1. */
  inLine?: number;
  /** In the order of the header; a row that ends early has nothing in the columns after it. */
  cells: string[];
  /** What is wrong with the row, without file and line. */
  error?: string;
  /** The row as it stands in the file, where the cells do not say all of it. */
  source?: string;
  /** The row has nothing but delimiters. */
  blank?: true;
}

export interface RowFile {
  readonly format: 'csv' | 'json' | 'jsonl' | 'vcf';
  /** What separates cells, one character; left out where nothing does. */
  readonly delimiter?: string;
  /** The names of the columns. Formats that name them in every row add to it while the rows are read. */
  readonly header: readonly string[];
  /** How the format was understood, where that was found out and not said: for people. */
  readonly found?: string;
  /** The delimiter that was found, where nobody said it and it is not the usual one; as an option takes it. */
  readonly foundDelimiter?: string;
  /** The line of the header, where lines before it were found to be none. */
  readonly foundHeaderLine?: number;
  /** Whether texts may have the apostrophe that keeps a spreadsheet from running them. */
  readonly guarded: boolean;
  /** In batches; blank rows are left out. To be read once. */
  readonly rows: AsyncIterable<Row[]>;
}

export interface RowFileOptions {
  /** The file's name, for messages. */
  readonly name: string;
  /** Of bytes without a byte order mark, as in decodeStream; left out, it is UTF-8. */
  readonly encoding?: string | undefined;
  /** One character, or `tab`, `\t`, `comma`, `semicolon`, `pipe`; left out, it is found in the header. */
  readonly delimiter?: string | undefined;
  /** Of a table of cells: the line that names the columns, from 1; left out, it is found. */
  readonly headerLine?: number | undefined;
  /** Of a table of cells: whether columns may have no name; it is '' then. */
  readonly mayLackNames?: boolean;
  /** Of a table of cells: whether rows may end early, and have nothing in the columns after that. */
  readonly pads?: boolean | undefined;
}

/** Whether no column may have the name; also of what is inside of an object: `fields.__proto__`. */
export const isUnsafe = (name: string): boolean =>
  name.split('.').some(part => whyNotNamed('', part) !== undefined);
