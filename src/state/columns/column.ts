/**
 * Columns: one field of every record of a kind, in row order, in typed arrays. Queries read nothing else.
 *
 *   number   [ 1200, NaN, 80, ... ]                       money, ms, days, booleans, references
 *   code     [ 0, 2, 0, -1, ... ] + [ 'won', 'lost', .. ] words of a dictionary
 *   codes    ends [ 0, 2, 2, 3 ] + items [ 4, 1, 0 ] + words      lists of words (tags)
 *   numbers  ends [ 0, 1, 1, 2 ] + items [ 17, 9 ]                lists of record numbers (contacts)
 *   text     ends [ 0, 6, 14 ]   + bytes "\nchairs\ntables\n"     text, folded for search
 *
 * A column starts from `ColumnData` (arrays that lie in a file, or were built) and follows changes in place: `set`
 * writes a row that exists or the next one. Each type is a file beside this one.
 */
import type { Cell, ColumnType } from '../../domain/cell.ts';

export interface NumberColumn {
  readonly type: 'number';
  get(row: number): number;
  /**
   * Returns the values of all rows, perhaps with unused ones after them; valid until the next change. For loops over
   * all rows.
   */
  all(): Float64Array;
  /**
   * Returns the values of `count` rows from `from` on, at most `PART`; valid until the next call or change. For loops
   * that go through all rows in order, a part at a time: a column in a file is read into the same memory for each part,
   * because memory that is touched for the first time costs more than reading it full. `from` is a multiple of `PART`.
   */
  part(from: number, count: number): Float64Array;
  /** Calls `found` with each row that has the value, in no particular order. */
  equal(value: number, found: (row: number) => void): void;
  /** Whether it is known, without reading the column, that no row has a value. */
  readonly isEmpty: boolean;
}

/** The number of rows that are read together; see `NumberColumn.part`. */
export const PART = 8192;

/** Codes in the narrowest array that fits the dictionary: fresh memory is the largest cost of a short command. */
export type Codes = Int8Array | Int16Array | Int32Array;

/** A code is an index into `words`; -1 means no value. */
export interface CodeColumn {
  readonly type: 'code';
  readonly words: readonly string[];
  get(row: number): number;
  /** See `NumberColumn.all`. */
  all(): Codes;
  /** See `NumberColumn.part`. */
  part(from: number, count: number): Codes;
}

/** A column of lists: `size` and `at` read items one by one; `get` makes an array, which costs more. */
interface ListColumn {
  size(row: number): number;
  at(row: number, i: number): number;
  get(row: number): ArrayLike<number>;
  /** See `dumpColumn`. */
  dump(rows: readonly number[]): ColumnData;
  /** Returns its arrays if it has this many rows and none of them changed. */
  unchanged(rows: number): ColumnData | undefined;
}

export interface CodesColumn extends ListColumn {
  readonly type: 'codes';
  readonly words: readonly string[];
}

export interface NumbersColumn extends ListColumn {
  readonly type: 'numbers';
  /** Calls `found` with each row whose list has the value, once per occurrence, in no particular order. */
  equal(value: number, found: (row: number) => void): void;
}

export interface TextColumn {
  readonly type: 'text';
  /** Returns the folded text. */
  get(row: number): string;
  bytes(row: number): Buffer;
  /** Returns the length of the text in bytes. */
  size(row: number): number;
  includes(row: number, needle: Buffer): boolean;
  equals(row: number, needle: Buffer): boolean;
  /**
   * Calls `found` with each row whose text contains the needle (folded, UTF-8), in no particular order. `isOnly` says that
   * the column will hardly be asked anything else: if it is in a file, it is then read in pieces, into the same memory.
   */
  search(needle: Buffer, found: (row: number) => void, isOnly?: boolean): void;
  /** Does the same for texts that begin with the needle. */
  begin(needle: Buffer, found: (row: number) => void): void;
  /** Calls `found` with each row whose text is the needle. */
  equal(needle: Buffer, found: (row: number) => void): void;
  /** See `dumpColumn`. */
  dump(rows: readonly number[]): ColumnData;
  /** Returns its arrays if it has this many rows and none of them changed. */
  unchanged(rows: number): ColumnData | undefined;
}

export type Column = NumberColumn | CodeColumn | CodesColumn | NumbersColumn | TextColumn;

/** A column as raw arrays: what files keep, and what a column in memory starts from. */
export interface ColumnData {
  readonly type: ColumnType;
  /** Per row: the value of a number column, the code of a code column; for the other types, `rows + 1` ends. */
  readonly values: Float64Array | Codes | Uint32Array;
  /** The items of a list column, or the bytes of a text column. */
  readonly items?: Int32Array | Uint8Array | undefined;
  readonly words?: string[];
  /** Single values of a number or code column in a file, so that `values` need not be read for a few rows. */
  readonly cells?: Cells;
  /** Single lists of a list column in a file, so that `values` and `items` need not be read for a few rows. */
  readonly runs?: Runs;
  /**
   * Returns the places in the bytes of a text column in a file where the needle begins, ascending; undefined if the column
   * should be read as a whole.
   */
  readonly placesOf?: (needle: Buffer) => readonly number[] | undefined;
  /** Returns the bytes of a text column in a file from one place to another; undefined if it should be read as a whole. */
  readonly bytesAt?: (from: number, to: number) => Buffer | undefined;
  /** Whether no row of a number column has a value, where that is known without `values`. */
  readonly isEmpty?: boolean;
}

/** Reads single lists of a column that lies in a file. */
export interface Runs {
  readonly rows: number;
  /** Returns the items of a row, in memory of its own; undefined if the column should be read as a whole. */
  at(row: number): Int32Array | undefined;
}

/** Reads single values of a column that lies in a file, a block of it at a time. */
export interface Cells {
  /** The number of rows in the file. */
  readonly rows: number;
  at(row: number): number;
  /** Returns an array for `count` values, of the type that the file has. */
  room(count: number): Float64Array | Codes;
  /**
   * Fills an array of `room` with the values from a row on, NaN or -1 beyond the last. Returns false if the column should
   * be read as a whole: it is damaged, or was gone through several times.
   */
  fill(into: Float64Array | Codes, from: number): boolean;
  /** Whether so many blocks were read that reading the whole column would have cost no more. */
  readonly areMany: boolean;
}

/**
 * A column that follows changes: `set` writes a row that exists or the next one, `setAll` consecutive rows, as if one by
 * one, and `setSame` the same cell to each of `count` consecutive rows.
 */
export type LiveColumn = Column & {
  set(row: number, cell: Cell): void;
  setAll(from: number, cells: readonly Cell[]): void;
  setSame(from: number, count: number, cell: Cell): void;
};

/** Takes the cells of a new column row by row. */
export interface ColumnBuilder {
  add(cell: Cell): void;
  data(): ColumnData;
}
