/**
 * The projection of a kind: its snapshot turned on its side, one stretch of bytes per column, so that a query
 * reads just the columns it asks for. It belongs to one snapshot (by checksum) and can always be made again.
 *
 *   {"format":2, "checksum":..., "columns":[{"key","type","values":[at,bytes],...}]}\n  bytes...
 */
import { join } from 'node:path';
import type { ColumnType } from '../domain/cell.ts';
import type { Cells, ColumnData } from '../state/columns/column.ts';
import type { ColumnSpec } from '../kinds/define.ts';
import { replaceFile, type Temporary } from './durable.ts';
import { codeOf, type Io } from './io.ts';
import { readRange } from './snapshot.ts';

const FORMAT = 2;
/** Cells that are asked for one by one are read so many at a time: a list asks for those of one row after the other. */
const AHEAD = 64;
/** To read a cell by itself takes about as long as so many bytes of a whole column, for which there is fresh memory. */
const CELL_IN_BYTES = 1024;

/** Columns that every table has beside its fields: id numbers, and where each line ends in the snapshot. */
export const NUMBERS = '#number';
export const ENDS = '#end';

interface Place {
  readonly key: string;
  readonly type: ColumnType;
  readonly values: readonly [number, number];
  readonly items?: readonly [number, number];
  readonly words?: readonly [number, number];
}

interface Head {
  readonly format: number;
  /** Of crm, which says how a record becomes a cell. */
  readonly version: string;
  readonly checksum: string;
  readonly rows: number;
  readonly columns: readonly Place[];
}

export class ColumnsFile {
  readonly #io: Io;
  readonly #fd: number;
  readonly #start: number;
  readonly head: Head;
  readonly #places: Map<string, Place>;

  private constructor(io: Io, fd: number, start: number, head: Head) {
    this.#io = io;
    this.#fd = fd;
    this.#start = start;
    this.head = head;
    this.#places = new Map(head.columns.map(c => [c.key, c]));
  }

  /** The file, or undefined where it is missing, of another format or version of crm, or damaged: then it is made again. */
  static open(io: Io, dir: string, name: string, version: string): ColumnsFile | undefined {
    let fd: number;
    try {
      fd = io.openSync(join(dir, name), 'r');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
    try {
      const size = io.fstatSync(fd).size;
      const first = readRange(io, fd, 0, Math.min(size, 8192));
      const headSize = Number(first.toString('latin1', 0, 10));
      const head = JSON.parse(readRange(io, fd, 11, 11 + headSize).toString()) as Head;
      const start = align(11 + headSize + 1);
      const last = head.columns
        .flatMap(c => [c.values, c.items, c.words])
        .reduce((end, p) => Math.max(end, p ? p[0] + p[1] : 0), 0);
      if (head.format === FORMAT && head.version === version && start + last <= size)
        return new ColumnsFile(io, fd, start, head);
    } catch {
      // Not readable as what it should be.
    }
    io.closeSync(fd);
    return undefined;
  }

  has(spec: ColumnSpec): boolean {
    return this.#places.get(spec.storedAs)?.type === spec.type;
  }

  /** A column, of which nothing is read before it is asked for; every call gives new arrays. */
  column(key: string): ColumnData {
    const place = this.#places.get(key)!;
    const { type } = place;
    const read = this.#read.bind(this);
    const arrayOf = this.#arrayOf(place);
    return {
      type,
      get values() {
        return new arrayOf(read(place.values));
      },
      ...(place.items && {
        get items() {
          const items = read(place.items!);
          return type === 'text' ? new Uint8Array(items) : new Int32Array(items);
        },
      }),
      ...(place.words && { words: JSON.parse(Buffer.from(read(place.words)).toString()) as string[] }),
      ...(isSingle(type) && { cells: this.cells(key) }),
    };
  }

  /** The cells of a number or code column, of which a few are read at a time. */
  cells(key: string): Cells {
    const place = this.#places.get(key)!;
    const [start, size] = place.values;
    const arrayOf = this.#arrayOf(place);
    const width = arrayOf.BYTES_PER_ELEMENT;
    const { rows } = this.head;
    const ahead = new arrayOf(AHEAD);
    const bytes = new Uint8Array(ahead.buffer);
    let from = 0;
    let to = 0;
    return {
      worth: size / CELL_IN_BYTES,
      at: row => {
        if (row < from || row >= to) {
          from = row - (row % AHEAD);
          to = Math.min(from + AHEAD, rows);
          this.#readInto(bytes.subarray(0, (to - from) * width), start + from * width);
        }
        return ahead[row - from]!;
      },
    };
  }

  #arrayOf({ type, values: [, size] }: Place) {
    // Codes are as wide as they had to be.
    return type === 'code' ? codeArrays[size / this.head.rows]! : arrays[type];
  }

  #read([at, bytes]: readonly [number, number]): ArrayBuffer {
    const buffer = new ArrayBuffer(bytes);
    this.#readInto(new Uint8Array(buffer), at);
    return buffer;
  }

  #readInto(bytes: Uint8Array, at: number): void {
    for (let done = 0; done < bytes.length; ) {
      const read = this.#io.readSync(this.#fd, bytes, done, bytes.length - done, this.#start + at + done);
      if (read === 0) throw new Error('a cache file became shorter while it was read');
      done += read;
    }
  }
}

const arrays = {
  number: Float64Array,
  codes: Uint32Array,
  numbers: Uint32Array,
  text: Uint32Array,
} as const;
/** By their width in bytes. */
const codeArrays: { readonly [bytes: number]: typeof Int8Array | typeof Int16Array | typeof Int32Array } = {
  1: Int8Array,
  2: Int16Array,
  4: Int32Array,
};
const isSingle = (type: ColumnType) => type === 'number' || type === 'code';

const align = (n: number) => Math.ceil(n / 8) * 8;

/** Writes the projection. It is a cache: not synced, and a failure to write it is nobody's failure. */
export function writeColumns(
  io: Io,
  dir: string,
  temporary: Temporary,
  name: string,
  meta: Pick<Head, 'version' | 'checksum' | 'rows'>,
  columns: ReadonlyMap<string, ColumnData>,
): void {
  const places: Place[] = [];
  const parts: Uint8Array[] = [];
  let length = 0;
  const place = (bytes: Uint8Array): [number, number] => {
    const at = length;
    const padding = align(bytes.length) - bytes.length;
    parts.push(bytes, new Uint8Array(padding));
    length += bytes.length + padding;
    return [at, bytes.length];
  };
  const raw = (array: ArrayBufferView) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  for (const [key, data] of columns)
    places.push({
      key,
      type: data.type,
      values: place(raw(data.values)),
      ...(data.items && { items: place(raw(data.items)) }),
      ...(data.words && { words: place(Buffer.from(JSON.stringify(data.words))) }),
    });
  const head = Buffer.from(JSON.stringify({ format: FORMAT, ...meta, columns: places } satisfies Head));
  replaceFile(
    io,
    join(dir, name),
    temporary,
    sink => {
      sink.write(`${String(head.length).padStart(10)} `);
      sink.write(head);
      sink.write(`\n${' '.repeat(align(11 + head.length + 1) - (11 + head.length + 1))}`);
      for (const part of parts) sink.write(part);
    },
    false,
  );
}
