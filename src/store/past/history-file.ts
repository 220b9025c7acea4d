/**
 * `history.cols` among the caches: the past of all deals as of one transaction, a stretch of bytes per column, each
 * read on demand. It can always be made again from the journal.
 *
 *   bytes...  {"format":5, "seq":..., "hash":..., "columns":{"deal":[at,bytes,width,[sum,...]],...}, "words":..., "told":...} SIZE SUM
 *
 * The head comes last because it has the checksums of the columns, which are laid out one after the other in the same memory.
 * Three of the columns have a number for each deal (`DealRuns`), the others one for each row.
 */
import { join } from 'node:path';
import { CrmError } from '../../domain/errors.ts';
import {
  beginsOf,
  type DealHistory,
  type DealRuns,
  type HistoryColumn,
  historyColumnNames,
  type Numbers,
  recentPositions,
  runsAt,
} from '../../state/deal-history.ts';
import { gather } from '../../state/gather.ts';
import { lazyHistory } from '../../state/lazy-history.ts';
import { type Width, widths } from '../../state/narrow-numbers.ts';
import { areSound, checksum, checksumsOf } from '../disk/checksum.ts';
import { removeQuietly, replaceFile, type Sink, type Temporary } from '../disk/durable.ts';
import { codeOf, type Io, openRegular } from '../disk/io.ts';
import { readRange } from '../disk/read-range.ts';

export const HISTORY_FILE = 'history.cols';

const FORMAT = 5;
/** Bytes after the head: its size and its checksum, each padded, and a space before each. */
const SUFFIX = 20;
/** Bytes that are read first, from the end of the file; the head is seldom larger. */
const FIRST = 8192;
/** Columns begin at multiples of this, in bytes, as typed arrays need. */
const ALIGNMENT = 8;
/** The bytes of a column that share a checksum and are read at once: a page of the checksum's memory. */
const BLOCK = 0x10000;
/** The number of rows in a block of the widest numbers. A block of narrower numbers has a multiple of it. */
const LEAST_ROWS = BLOCK / Float64Array.BYTES_PER_ELEMENT;

/** The columns that have a number for each deal. Its first row is the one after the last row of the deal before. */
const runNames = ['number', 'end', 'latest'] as const satisfies readonly (keyof DealRuns)[];
type Run = Int32Array<ArrayBuffer>;
type ColumnName = HistoryColumn | (typeof runNames)[number];
const columnNames: readonly ColumnName[] = [...historyColumnNames, ...runNames];

interface Head extends Pick<DealHistory, 'seq' | 'hash' | 'rows' | 'words' | 'told'> {
  readonly format: number;
  /** The version of crm, which decides the content of rows. */
  readonly version: string;
  readonly columns: { readonly [name in ColumnName]: Stretch };
}

/** A column in the file: where its bytes begin, how many there are, the width of its numbers, and a checksum for each block. */
type Stretch = readonly [at: number, bytes: number, width: number, sums: readonly number[]];

/** The file is not as it was written. */
export class DamagedHistory extends Error {}

/** Opens the kept history; undefined if it is missing, of another version of crm, or damaged in its head. */
export function openHistory(io: Io, dir: string | undefined, version: string): DealHistory | undefined {
  if (dir === undefined) return undefined;
  const path = join(dir, HISTORY_FILE);
  let fd: number | undefined;
  try {
    fd = openRegular(io, path);
    const { size } = io.fstatSync(fd);
    const from = Math.max(0, size - FIRST);
    const last = readRange(io, fd, from, size);
    const end = size - SUFFIX;
    const begin = end - Number(last.toString('latin1', end - from).slice(1, 11));
    const said =
      begin >= from ? last.subarray(begin - from, end - from) : readRange(io, fd, Math.max(0, begin), end);
    if (begin >= 0 && suffixOf(said) === last.toString('latin1', end - from)) {
      const head = JSON.parse(said.toString()) as Head;
      const isKnown = head.format === FORMAT && head.version === version;
      if (isKnown && lengthOf(head) === begin) return keptHistory(io, path, fd, head);
    }
  } catch (error) {
    // It is not there, or not what it should be.
    const isOfFile =
      codeOf(error) !== undefined ||
      error instanceof CrmError ||
      error instanceof SyntaxError ||
      error instanceof RangeError;
    if (!isOfFile) throw error;
  }
  if (fd !== undefined) io.closeSync(fd);
  return undefined;
}

/** Returns a history whose columns are read on first use; a damaged one throws DamagedHistory, after removing the file. */
function keptHistory(io: Io, path: string, fd: number, head: Head): DealHistory {
  const file = new ColumnsOfHistory(io, path, fd, head.columns);
  let last: { readonly instant: number; readonly history: DealHistory } | undefined;
  const whole: DealHistory = lazyHistory(head, {
    runs: () => file.runs(),
    columnOf: name => file.whole(name),
    picked: (name, rows) => file.picked(name, rows),
    recent: instant => {
      if (!last || last.instant > instant)
        last = { instant, history: recentPast(head, file, whole, instant) };
      return last.history;
    },
  });
  return whole;
}

/** Returns the past of the deals that are open at their end, or were open at an instant or later. */
function recentPast(
  head: Head,
  file: ColumnsOfHistory,
  { recent }: DealHistory,
  instant: number,
): DealHistory {
  const chosen = file.recentRuns(instant);
  const stretches = stretchesOf(chosen);
  return lazyHistory(head, { runs: () => chosen, columnOf: name => file.some(name, stretches), recent });
}

/** Rows from the first one up to, not including, the second one. */
type Rows = readonly [from: number, to: number];

/** Returns the stretches of rows that have the rows of some deals, widened to whole blocks of the widest numbers. */
function stretchesOf({ begin, end }: Pick<DealRuns, 'begin' | 'end'>): readonly Rows[] {
  const stretches: [from: number, to: number][] = [];
  // Where the last stretch ends: most deals lie in the same block as the deal before.
  for (let i = 0, after = 0; i < begin.length; i++) {
    if (end[i]! <= after) continue;
    const from = Math.floor(begin[i]! / LEAST_ROWS) * LEAST_ROWS;
    const isApart = from > after || stretches.length === 0;
    after = Math.ceil(end[i]! / LEAST_ROWS) * LEAST_ROWS;
    if (isApart) stretches.push([from, after]);
    else stretches.at(-1)![1] = after;
  }
  return stretches;
}

class ColumnsOfHistory {
  readonly #io: Io;
  readonly #path: string;
  readonly #fd: number;
  readonly #columns: Head['columns'];
  /** The memory of each column, and which of its blocks were read. */
  readonly #memory = new Map<ColumnName, { readonly buffer: ArrayBuffer; readonly isRead: Uint8Array }>();
  /** Memory for a block of which only some numbers are needed. */
  readonly #block = new Uint8Array(BLOCK);

  constructor(io: Io, path: string, fd: number, columns: Head['columns']) {
    this.#io = io;
    this.#path = path;
    this.#fd = fd;
    this.#columns = columns;
  }

  runs(): DealRuns {
    const [number, end, latest] = this.#runColumns();
    return { number, begin: beginsOf(end), end, latest };
  }

  /** Returns the runs of the deals that are open at their end, or were open at an instant or later. */
  recentRuns(instant: number): DealRuns {
    const [number, end, latest] = this.#runColumns();
    return runsAt({ number, end, latest }, recentPositions(latest, instant));
  }

  #runColumns() {
    return runNames.map(name => this.whole(name)) as [Run, Run, Run];
  }

  whole(name: ColumnName): Numbers {
    const [, bytes, width] = this.#columns[name];
    return new widths[width]!(this.#filled(name, [[0, Math.ceil(bytes / BLOCK)]]));
  }

  /**
   * Returns a column of which only the blocks with some rows are read. All rows keep their places; blocks that were not read
   * have zeros, in memory that costs nothing until somebody touches it.
   */
  some(name: ColumnName, stretches: readonly Rows[]): Numbers {
    const { width: Width, perBlock } = this.#shapeOf(name);
    const blocks = stretches.map(
      ([from, to]) => [Math.floor(from / perBlock), Math.ceil(to / perBlock)] as const,
    );
    return new Width(this.#filled(name, blocks));
  }

  /** Reads some stretches of a column's blocks, as far as they were not read before; returns the memory of the column. */
  #filled(name: ColumnName, blocks: readonly (readonly [first: number, next: number])[]): ArrayBuffer {
    const [at, bytes, , sums] = this.#columns[name];
    let memory = this.#memory.get(name);
    if (!memory) {
      memory = { buffer: new ArrayBuffer(bytes), isRead: new Uint8Array(Math.ceil(bytes / BLOCK)) };
      this.#memory.set(name, memory);
    }
    const { buffer, isRead } = memory;
    for (const [from, to] of blocks)
      for (let first = from, next = from; first < to; first = next) {
        const is = isRead[first];
        while (next < to && isRead[next] === is) next++;
        if (is === 1) continue;
        const length = Math.min(bytes, next * BLOCK) - first * BLOCK;
        this.#read(new Uint8Array(buffer, first * BLOCK, length), at + first * BLOCK, sums, first);
        isRead.fill(1, first, next);
      }
    return buffer;
  }

  /**
   * Returns the numbers of some rows, which are in order. Reads only the blocks with these rows, and no block if the whole
   * column was read before.
   */
  picked(name: HistoryColumn, rows: Int32Array): Numbers {
    const { width: Width, perBlock } = this.#shapeOf(name);
    const numbers = new Width(rows.length);
    const whole = this.#memory.get(name);
    if (whole && !whole.isRead.includes(0)) {
      gather(new Width(whole.buffer), rows, numbers);
      return numbers;
    }
    const block = new Width(this.#block.buffer);
    for (let i = 0, begin = 0; i < rows.length; begin = i) {
      const first = this.#toBlock(name, rows[i]!);
      for (const end = first + perBlock; i < rows.length && rows[i]! < end; ) i++;
      gather(block, rows, numbers, begin, i, first);
    }
    return numbers;
  }

  #shapeOf(name: ColumnName): { readonly width: Width; readonly perBlock: number } {
    const width = widths[this.#columns[name][2]]!;
    return { width, perBlock: BLOCK / width.BYTES_PER_ELEMENT };
  }

  /** Reads the block of a row; returns the first row in it. */
  #toBlock(name: HistoryColumn, row: number): number {
    const [at, bytes, , sums] = this.#columns[name];
    const { perBlock } = this.#shapeOf(name);
    const block = Math.floor(row / perBlock);
    const size = Math.min(BLOCK, bytes - block * BLOCK);
    this.#read(this.#block.subarray(0, size), at + block * BLOCK, sums, block);
    return block * perBlock;
  }

  /** Fills `bytes` with what begins at `at`: whole blocks, of which the first is the column's block `first`. */
  #read(bytes: Uint8Array, at: number, sums: readonly number[], first: number): void {
    for (let done = 0; done < bytes.length; ) {
      const read = this.#io.readSync(this.#fd, bytes, done, bytes.length - done, at + done);
      if (read === 0) this.#fail();
      done += read;
    }
    if (!areSound(bytes, BLOCK, sums, first)) this.#fail();
  }

  #fail(): never {
    removeQuietly(this.#io, this.#path);
    throw new DamagedHistory();
  }
}

/** Keeps a history. Throws failures of the system, which the caller may ignore. */
export function writeHistory(
  io: Io,
  dir: string,
  temporary: Temporary,
  version: string,
  history: DealHistory,
): void {
  const { seq, hash, rows, words, told, runs } = history;
  const write = (sink: Sink): void => {
    const columns: Partial<Record<ColumnName, Stretch>> = {};
    let length = 0;
    for (const name of columnNames) {
      const numbers = isOfRuns(name) ? runs[name] : history.lent(name);
      const { buffer, byteOffset, byteLength } = numbers;
      const bytes = new Uint8Array(buffer, byteOffset, byteLength);
      const width = widths.findIndex(each => numbers instanceof each);
      sink.write(bytes);
      sink.write(new Uint8Array(aligned(byteLength) - byteLength));
      columns[name] = [length, byteLength, width, [...checksumsOf(bytes, BLOCK)]];
      length += aligned(byteLength);
    }
    const named = { format: FORMAT, version, seq, hash, rows, words, told };
    const head: Head = { ...named, columns: columns as Head['columns'] };
    const said = Buffer.from(JSON.stringify(head));
    sink.write(said);
    sink.write(suffixOf(said));
  };
  replaceFile(io, join(dir, HISTORY_FILE), temporary, write, false);
}

const isOfRuns = (name: ColumnName): name is (typeof runNames)[number] =>
  (runNames as readonly string[]).includes(name);

/** Size and checksum of a head. */
const suffixOf = (head: Uint8Array): string =>
  ` ${String(head.length).padStart(10)} ${checksum(head).toString(16).padStart(8)}`;

const aligned = (length: number) => Math.ceil(length / ALIGNMENT) * ALIGNMENT;

const lengthOf = ({ columns }: Head): number =>
  columnNames.reduce((length, name) => length + aligned(columns[name][1]), 0);
