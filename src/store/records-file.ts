/** What a table starts from when its records are in files: the snapshot's lines, and their projection. */
import { buildColumn, type ColumnData } from '../domain/columns.ts';
import type { ColumnSpec } from '../domain/fields.ts';
import { numberOf } from '../domain/kinds.ts';
import type { Rec } from '../domain/records.ts';
import { MemorySource, type Source } from '../domain/table.ts';
import { type ColumnsFile, ENDS, NUMBERS } from './columns-file.ts';
import type { Io } from './io.ts';
import { type OpenSnapshot, readRange } from './snapshot.ts';

/** Reading single lines costs a system call each; from so many on, the whole file at once is cheaper. */
const LINES_BEFORE_ALL = 400;

export class ProjectedSource implements Source {
  readonly rows: number;
  readonly #io: Io;
  readonly #snapshot: OpenSnapshot;
  readonly #columns: ColumnsFile;
  #ends: Float64Array | undefined;
  #read = 0;
  #body: Buffer | undefined;

  constructor(io: Io, snapshot: OpenSnapshot, columns: ColumnsFile) {
    this.#io = io;
    this.#snapshot = snapshot;
    this.#columns = columns;
    this.rows = columns.head.rows;
  }

  numbers(): Float64Array {
    return this.#columns.column(NUMBERS).values as Float64Array;
  }

  column(spec: ColumnSpec): ColumnData {
    if (this.#columns.has(spec)) return this.#columns.column(spec.storedAs);
    // A field that is new since the projection was made: it is made from the records, until the next one is.
    return buildColumn(spec.type, this.rows, row => spec.cell(this.record(row)));
  }

  record(row: number): Rec {
    const [from, to] = this.#range(row, row + 1);
    if (!this.#body && ++this.#read > LINES_BEFORE_ALL)
      this.#body = readRange(this.#io, this.#snapshot.fd, 0, this.#snapshot.size);
    const bytes = this.#body?.subarray(from, to) ?? readRange(this.#io, this.#snapshot.fd, from, to);
    return JSON.parse(bytes.toString()) as Rec;
  }

  lines(from: number, to: number): Buffer {
    const [start, end] = this.#range(from, to);
    if (this.#body) return this.#body.subarray(start, end);
    return readRange(this.#io, this.#snapshot.fd, start, end);
  }

  /** Where the lines of rows lie in the snapshot's file. */
  #range(from: number, to: number): [number, number] {
    const ends = (this.#ends ??= this.#columns.column(ENDS).values as Float64Array);
    return [from === 0 ? this.#snapshot.start : ends[from - 1]!, ends[to - 1]!];
  }
}

/** All records of a snapshot's body, and where each line ends in the file. */
export function parseBody<T>(body: Buffer, start: number): { records: T[]; ends: number[] } {
  const records: T[] = [];
  const ends: number[] = [];
  for (let at = 0; at < body.length; ) {
    const newline = body.indexOf(10, at);
    const end = newline < 0 ? body.length : newline;
    records.push(JSON.parse(body.toString('utf8', at, end)) as T);
    ends.push(start + end + 1);
    at = end + 1;
  }
  return { records, ends };
}

/** The projection of records in memory, with the two columns that files need. */
export function projectionOf(
  records: readonly Rec[],
  ends: readonly number[],
  specs: ReadonlyMap<string, ColumnSpec>,
): Map<string, ColumnData> {
  const source = new MemorySource(records);
  const columns = new Map<string, ColumnData>([
    [NUMBERS, { type: 'number', values: Float64Array.from(records, r => numberOf(r.id)) }],
    [ENDS, { type: 'number', values: Float64Array.from(ends) }],
  ]);
  for (const spec of specs.values()) columns.set(spec.storedAs, source.column(spec));
  return columns;
}
