/** A file of rows, whatever its format: what an import reads. */
import { whyNotNamed } from '../domain/names.ts';

/** One row, exactly as it is in the file: nothing is trimmed or typed. */
export interface Row {
  /** The line of the file, from 1, on which the row begins. */
  line: number;
  /** If another row begins on the same line before it: where on the line it begins, in UTF-16 units from 1. */
  inLine?: number;
  /** In the order of the header; a row that ends early has nothing in the columns after it. */
  cells: string[];
  /** What is wrong with the row, without file and line. */
  error?: string;
  /** The row as it is in the file, if the cells do not show all of it. */
  source?: string;
  /** The row has nothing but delimiters. */
  blank?: true;
}

export interface RowFile {
  readonly format: 'csv' | 'json' | 'jsonl' | 'vcf';
  /** The character that separates cells; left out if none does. */
  readonly delimiter?: string;
  /** The names of the columns. Formats that name them in every row add to it while the rows are read. */
  readonly header: readonly string[];
  /** How the format was understood, for people: the settings that were found out because nobody gave them. */
  readonly found?: string;
  /** The delimiter that was found, if nobody gave it and it is not the usual one; in the form of the option. */
  readonly foundDelimiter?: string;
  /** The line of the header, if there are other lines before it. */
  readonly foundHeaderLine?: number;
  /** Whether texts may have the apostrophe that keeps a spreadsheet from running them. */
  readonly guarded: boolean;
  /** In batches; blank rows are left out. To be read once. */
  readonly rows: AsyncIterable<Row[]>;
}

export interface RowFileOptions {
  /** The file's name, for messages. */
  readonly name: string;
  /** The encoding of bytes without a byte order mark, as in decodeStream; left out: UTF-8. */
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

/** Whether no column may have the name, inside an object either: `fields.__proto__`. */
export const isUnsafe = (name: string): boolean =>
  name.split('.').some(part => whyNotNamed('', part) !== undefined);
