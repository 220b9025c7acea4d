/** The source of a table whose records are in files: the snapshot's lines, and their projection. */
import { CrmError, failed, invalid } from '../../domain/errors.ts';
import { type KindIdentity, numberOf } from '../../domain/kinds.ts';
import type { Rec } from '../../domain/records.ts';
import type { ColumnSpec } from '../../kinds/define.ts';
import type { ColumnData, NumberColumn } from '../../state/columns/column.ts';
import { buildColumn, buildColumns, liveColumn } from '../../state/columns/index.ts';
import { LazyIndex } from '../../state/lazy-index.ts';
import { type SharedValues, withShared } from '../../state/shared-values.ts';
import type { Source } from '../../state/source.ts';
import { type ColumnsFile, ENDS, NUMBERS } from './columns-file.ts';
import type { Io } from '../disk/io.ts';
import { readInto, readRange } from '../disk/read-range.ts';
import { isIntact, type OpenSnapshot, readBody } from '../snapshot/snapshot.ts';

/** The share of all lines, one in this many, from which reading the whole file is cheaper than a system call for each line. */
const LINES_BEFORE_ALL = 4;
/** The number of bytes read at a time for consecutive lines, always into the same memory. */
const AHEAD = 32 * 1024;

export class ProjectedSource implements Source {
  readonly rows: number;
  readonly shared: SharedValues | undefined;
  readonly #io: Io;
  readonly #identity: KindIdentity;
  readonly #snapshot: OpenSnapshot;
  readonly #columns: ColumnsFile;
  readonly #specs: ReadonlyMap<string, ColumnSpec>;
  #numbersRead: NumberColumn | undefined;
  #isGapless: boolean | undefined;
  #ends: NumberColumn | undefined;
  /** The whole file, read after so many scattered lines that reading all of it is cheaper. */
  readonly #whole: LazyIndex<Buffer>;
  /** The bytes that were read last, and where they begin in the file. */
  #block: Buffer | undefined;
  #blockAt = 0;
  #blockEnd = 0;
  /** The records and the ends of their lines, if the projection is damaged. */
  #parsed: Parsed<Rec> | undefined;

  constructor(
    io: Io,
    identity: KindIdentity,
    snapshot: OpenSnapshot,
    columns: ColumnsFile,
    specs: ReadonlyMap<string, ColumnSpec>,
  ) {
    this.#io = io;
    this.#identity = identity;
    this.#snapshot = snapshot;
    this.#columns = columns;
    this.#specs = specs;
    this.rows = columns.head.rows;
    this.shared = snapshot.head.shared;
    this.#whole = new LazyIndex(Math.floor(this.rows / LINES_BEFORE_ALL), () => {
      this.#block = undefined;
      return readRange(io, snapshot.fd, 0, snapshot.size);
    });
    columns.remake = key => this.#remade(key);
  }

  numbers(): NumberColumn {
    return (this.#numbersRead ??= liveColumn(this.#columns.column(NUMBERS)) as NumberColumn);
  }

  column(spec: ColumnSpec): ColumnData {
    if (this.#columns.has(spec)) return this.#columns.column(spec.storedAs);
    // A field that is newer than the projection: its column is made from the records, until the next projection.
    return buildColumn(spec.type, this.rows, row => spec.cell(this.record(row)));
  }

  /** Returns a column made from the snapshot's records, not from the projection. */
  #remade(key: string): ColumnData {
    if (!this.#parsed) {
      const body = readBody(this.#io, this.#snapshot);
      if (!isIntact(body, this.#snapshot.head))
        throw invalid(`${this.#snapshot.path}: was changed while it was read`, 'crm doctor');
      this.#parsed = parseRecords(body, this.#snapshot);
    }
    const { records, ends } = this.#parsed;
    const specs = [...this.#specs].filter(([, spec]) => spec.storedAs === key);
    return projectionOf(records, ends, new Map(specs)).get(key)!;
  }

  record(row: number): Rec {
    const record = this.#recordAt(row);
    if (record && this.isOf(row, record.id)) return record;
    // Every block was intact, so the projection was written wrongly.
    const number = this.#numberOf(row);
    this.#distrust();
    const again = this.#recordAt(row);
    if (again && this.#numberOf(row) === number && this.isOf(row, again.id)) return again;
    throw damaged();
  }

  /** Whether the record of a row has the id that the row should have. Not private, for stores that are broken on purpose. */
  isOf(row: number, id: string): boolean {
    return id === this.#identity.letter + this.#numberOf(row);
  }

  #distrust(): void {
    this.#columns.distrust();
    this.#numbersRead = undefined;
    this.#isGapless = undefined;
    this.#ends = undefined;
  }

  #recordAt(row: number): Rec | undefined {
    try {
      const own = JSON.parse(this.#line(this.#endOf(row - 1), this.#endOf(row))) as Rec;
      return this.shared ? withShared(own, this.shared) : own;
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof CrmError || error instanceof RangeError)
        return undefined;
      throw error;
    }
  }

  /**
   * Returns the number of a row by the projection: if the last number is that of the last row, none was ever removed.
   */
  #numberOf(row: number): number {
    this.#isGapless ??= this.numbers().get(this.rows - 1) === this.rows;
    return this.#isGapless ? row + 1 : this.numbers().get(row);
  }

  /**
   * Returns one line: from the whole file if that was read, otherwise from the bytes read ahead, otherwise read by
   * itself.
   */
  #line(from: number, to: number): string {
    const { built } = this.#whole;
    if (built) return built.toString('utf8', from, to);
    if (from < this.#blockAt || to > this.#blockEnd) {
      const goesOn = from >= this.#blockEnd && from - this.#blockEnd < AHEAD && this.#blockEnd > 0;
      const { fd, size } = this.#snapshot;
      const whole = goesOn ? undefined : this.#whole.ask();
      if (whole) return whole.toString('utf8', from, to);
      const until = goesOn ? Math.min(size, Math.max(to, from + AHEAD)) : to;
      const length = until - from;
      if (!this.#block || this.#block.length < length)
        this.#block = Buffer.allocUnsafeSlow(Math.max(AHEAD, length));
      readInto(this.#io, fd, this.#block.subarray(0, length), from);
      this.#blockAt = from;
      this.#blockEnd = until;
    }
    return this.#block!.toString('utf8', from - this.#blockAt, to - this.#blockAt);
  }

  copyLines(from: number, to: number, into: Buffer, ends: Uint32Array): number {
    const rows = this.#copy(from, to, into, ends);
    if (this.#areLinesOf(from, rows, into, ends)) return rows;
    this.#distrust();
    const again = this.#copy(from, to, into, ends);
    if (this.#areLinesOf(from, again, into, ends)) return again;
    throw damaged();
  }

  /** Whether these stretches of bytes, each up to its end, are the lines of the rows from `from` on. */
  #areLinesOf(from: number, rows: number, bytes: Buffer, ends: Uint32Array): boolean {
    let start = 0;
    for (let i = 0; i < rows; i++) {
      const end = ends[i]!;
      if (bytes.indexOf(NEWLINE, start) !== end - 1) return false;
      const number = numberAt(bytes, start);
      if (
        number !== this.#numberOf(from + i) &&
        (number >= 0 || !this.#isLineOf(from + i, bytes, start, end))
      )
        return false;
      start = end;
    }
    return true;
  }

  /** The same check for one line whose id does not come first: somebody may have written it by hand. */
  #isLineOf(row: number, bytes: Buffer, start: number, end: number): boolean {
    try {
      return this.isOf(row, (JSON.parse(bytes.toString('utf8', start, end)) as Rec).id);
    } catch {
      return false;
    }
  }

  #copy(from: number, to: number, into: Buffer, ends: Uint32Array): number {
    const start = this.#endOf(from - 1);
    let rows = 0;
    for (; from + rows < to; rows++) {
      const end = this.#endOf(from + rows) - start;
      if (end > into.length) break;
      ends[rows] = end;
    }
    const size = rows === 0 ? 0 : ends[rows - 1]!;
    const { built } = this.#whole;
    if (built) built.copy(into, 0, start, start + size);
    else readInto(this.#io, this.#snapshot.fd, into.subarray(0, size), start);
    return rows;
  }

  /** Returns where the line of a row ends in the snapshot's file; for -1, where the first line begins. */
  #endOf(row: number): number {
    this.#ends ??= liveColumn(this.#columns.column(ENDS)) as NumberColumn;
    return row < 0 ? this.#snapshot.start : this.#ends.get(row);
  }
}

const damaged = () => failed('a cache was damaged, and was removed', 'run the command again');

/** The beginning of a line: `{"id":"D12"`. */
const BEGIN = Buffer.from('{"id":"');
const [QUOTE, ZERO, NINE] = [0x22, 0x30, 0x39];

/** Returns the number of the id with which the line at `start` begins; -1 if it does not begin with an id. */
function numberAt(bytes: Buffer, start: number): number {
  for (let i = 0; i < BEGIN.length; i++) if (bytes[start + i] !== BEGIN[i]) return -1;
  let number = 0;
  // After one letter, which is that of the kind.
  for (let at = start + BEGIN.length + 1; ; at++) {
    const byte = bytes[at]!;
    if (byte === QUOTE) return number;
    if (!(byte >= ZERO && byte <= NINE)) return -1;
    number = number * 10 + byte - ZERO;
  }
}

const NEWLINE = 10;

interface Parsed<T> {
  readonly records: T[];
  readonly ends: number[];
}

/** Returns what the lines of a snapshot's body say, and the end of each line in the file. */
export function parseBody<T>(body: Buffer, start: number): Parsed<T> {
  const records: T[] = [];
  const ends: number[] = [];
  for (let at = 0; at < body.length; ) {
    const newline = body.indexOf(NEWLINE, at);
    const end = newline < 0 ? body.length : newline;
    records.push(JSON.parse(body.toString('utf8', at, end)) as T);
    ends.push(start + end + 1);
    at = end + 1;
  }
  return { records, ends };
}

/** Returns all records of a kind's snapshot, of which `body` has the lines, and the end of each line in the file. */
export function parseRecords(body: Buffer, { start, head: { shared } }: OpenSnapshot): Parsed<Rec> {
  const parsed = parseBody<Rec>(body, start);
  return shared ? { ...parsed, records: parsed.records.map(own => withShared(own, shared)) } : parsed;
}

/** Returns the projection of records in memory, with the two columns that files need. */
export function projectionOf(
  records: readonly Rec[],
  ends: ArrayLike<number>,
  specs: ReadonlyMap<string, ColumnSpec>,
): Map<string, ColumnData> {
  const numbers = Float64Array.from(records, record => numberOf(record.id));
  return new Map<string, ColumnData>([
    [NUMBERS, { type: 'number', values: numbers }],
    [ENDS, { type: 'number', values: Float64Array.from(ends) }],
    ...buildColumns([...specs.values()], records),
  ]);
}
