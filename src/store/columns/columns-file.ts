/**
 * The projection of a kind: its snapshot turned on its side, one stretch of bytes per column, so that a query reads
 * just the columns it asks for. It belongs to one snapshot (by checksum) and can always be made again.
 *
 *   SIZE SUM {"format":4, "checksum":..., "columns":[{"key","type","values":[at,bytes,block],...}]}\n  sums...  bytes...
 *
 * A number column in which no row has a value (an own probability that nobody sets) has no bytes.
 *
 * Every stretch is checked in blocks, each when it is read, so a single cell costs one block. `sums` are the
 * checksums of all blocks; those of a stretch begin at `block`. They need no checksum of their own: damage to one of
 * them only makes a sound block look damaged.
 */
import { join } from 'node:path';
import type { ColumnType } from '../../domain/cell.ts';
import { CrmError, failed } from '../../domain/errors.ts';
import type { ColumnSpec } from '../../kinds/define.ts';
import type { Cells, Codes, ColumnData } from '../../state/columns/column.ts';
import { noCells } from '../../state/columns/numbers.ts';
import { areSound, checksumsOf } from '../disk/checksum.ts';
import {
  align,
  BLOCK,
  FORMAT,
  type Head,
  lengthOf,
  type Place,
  PREFIX,
  prefixOf,
  type Stretch,
  startOf,
} from './columns-head.ts';
import { removeQuietly, replaceFile, type Temporary } from '../disk/durable.ts';
import { runsIn } from './file-runs.ts';
import { placesIn } from './text-pieces.ts';
import { codeOf, type Io, openRegular } from '../disk/io.ts';
import { readRange } from '../disk/read-range.ts';

/**
 * How often a column is gone through in parts before it is read as a whole. Reading it again costs less than the new
 * memory that the whole needs, until about the fourth time.
 */
const MOST_TIMES = 3;
/** Bytes that are read first; the head is seldom larger. */
const FIRST = 8192;

/**
 * The number of further rows for which a column of single values has room: as many as are usually added between two
 * checkpoints. Without this room, the first added row would copy the column.
 */
const SPARE = 1024;

/** Columns that every table has beside its fields: the id numbers, and the end of each line in the snapshot. */
export const NUMBERS = '#number';
export const ENDS = '#end';

/** The file is damaged. */
class Damaged extends Error {}

export class ColumnsFile {
  readonly #io: Io;
  readonly #path: string;
  readonly #fd: number;
  /** Where the checksums begin, and the bytes of the stretches. */
  readonly #sumsAt: number;
  readonly #start: number;
  readonly head: Head;
  readonly #places: Map<string, Place>;
  #sumsRead: Uint32Array | undefined;
  #isDamaged = false;
  /**
   * Makes a column again from the snapshot: used for damaged parts, and for everything that is read after them.
   * Without it, damage is thrown.
   */
  remake: ((key: string) => ColumnData) | undefined;

  private constructor(io: Io, path: string, fd: number, sumsAt: number, head: Head) {
    this.#io = io;
    this.#path = path;
    this.#fd = fd;
    this.#sumsAt = sumsAt;
    this.#start = startOf(sumsAt, head);
    this.head = head;
    this.#places = new Map(head.columns.map(c => [c.key, c]));
  }

  /**
   * Opens the file. Returns undefined if it is missing, of another format or version of crm, or damaged in its head; the
   * caller then makes it again. `dir` is undefined if there are no caches.
   */
  static open(io: Io, dir: string | undefined, name: string, version: string): ColumnsFile | undefined {
    if (dir === undefined) return undefined;
    const path = join(dir, name);
    let fd: number | undefined;
    try {
      fd = openRegular(io, path);
      const size = io.fstatSync(fd).size;
      const first = readRange(io, fd, 0, Math.min(size, FIRST));
      const headSize = Number(first.toString('latin1', 0, 10));
      const end = PREFIX + headSize;
      const said = end <= first.length ? first.subarray(PREFIX, end) : readRange(io, fd, PREFIX, end);
      if (prefixOf(said) === first.toString('latin1', 0, PREFIX)) {
        const head = JSON.parse(said.toString()) as Head;
        const sumsAt = align(end + 1);
        const isKnown = head.format === FORMAT && head.version === version;
        if (isKnown && startOf(sumsAt, head) + lengthOf(head) <= size)
          return new ColumnsFile(io, path, fd, sumsAt, head);
      }
    } catch (error) {
      // Not readable as what it should be; or not there.
      if (isOfNoFile(error)) throw error;
    }
    if (fd !== undefined) io.closeSync(fd);
    return undefined;
  }

  has(spec: ColumnSpec): boolean {
    return this.#places.get(spec.storedAs)?.type === spec.type;
  }

  /** Treats the file as damaged and removes it: from now on, columns are made from the snapshot. */
  distrust(): void {
    this.#isDamaged = true;
    removeQuietly(this.#io, this.#path);
  }

  /** Returns a column, which is read on demand; every call gives new arrays. */
  column(key: string): ColumnData {
    const place = this.#places.get(key)!;
    const { type } = place;
    const words = place.words && this.#sound(() => wordsIn(this.#read(place.words!)), nothing);
    if (this.#isDamaged) return this.#remade(key);
    const values = () => this.#values(place);
    const part = (of: Stretch, from: number, to: number) =>
      this.#sound(() => this.#part(of, from, to), nothing);
    const items = (stretch: Stretch) => new (type === 'text' ? Uint8Array : Int32Array)(this.#read(stretch));
    const sound = <T>(work: () => T, instead: (made: ColumnData) => T) =>
      this.#sound(work, () => instead(this.#remade(key, words)));
    return {
      type,
      get values() {
        return sound(values, made => made.values);
      },
      // Not spread from an object of its own, which would read it at once.
      get items() {
        if (!place.items) return undefined;
        return sound<Uint8Array | Int32Array>(
          () => items(place.items!),
          made => made.items!,
        );
      },
      ...(words && { words }),
      ...(isSingle(type) && { cells: this.cells(key, words) }),
      ...(isList(type) && { runs: runsIn(place, this.head.rows, part) }),
      ...(type === 'text' && {
        placesOf: (needle: Buffer) =>
          this.#sound(() => placesIn(place.items![1], needle, this.#pieceOf(place.items!)), nothing),
        bytesAt: (from: number, to: number) =>
          this.#sound(() => Buffer.from(this.#part(place.items!, from, to)), nothing),
      }),
      ...(isEmpty(place) && { isEmpty: true }),
    };
  }

  /** The cells of a number or code column, of which a block is read at a time. */
  cells(key: string, words?: readonly string[]): Cells {
    const place = this.#places.get(key)!;
    if (isEmpty(place)) return noCells;
    const [at, size, block] = place.values;
    const arrayOf = this.#arrayOf(place);
    const { type } = place;
    const width = arrayOf.BYTES_PER_ELEMENT;
    const inBlock = BLOCK / width;
    const { rows } = this.head;
    // Reading a single block costs a system call, about as much as fresh memory for it.
    const blocks = Math.ceil(size / BLOCK);
    let reads = 0;
    let ahead: ColumnData['values'] = new arrayOf(Math.min(inBlock, rows));
    let from = 0;
    let to = 0;
    const readAround = (row: number) => {
      reads++;
      from = row - (row % inBlock);
      to = Math.min(from + inBlock, rows);
      const bytes = new Uint8Array(ahead.buffer, 0, (to - from) * width);
      this.#readInto(bytes, at + from * width, block + from / inBlock);
      return ahead;
    };
    const readAll = () => {
      from = 0;
      to = rows;
      return this.#remade(key, words).values;
    };
    let filled = 0;
    return {
      rows,
      room: count => new arrayOf(count) as Float64Array | Codes,
      fill: (into, from) => {
        filled += into.length;
        if (filled > MOST_TIMES * rows + into.length) return false;
        const count = Math.max(0, Math.min(into.length, rows - from));
        into.fill(type === 'number' ? Number.NaN : -1, count);
        const bytes = new Uint8Array(into.buffer, into.byteOffset, count * width);
        return this.#sound(
          () => {
            this.#readInto(bytes, at + from * width, block + from / inBlock);
            return true;
          },
          () => false,
        );
      },
      get areMany() {
        return reads > blocks;
      },
      at: row => {
        if (row < from || row >= to) ahead = this.#sound(() => readAround(row), readAll);
        return ahead[row - from]!;
      },
    };
  }

  /** Reads the bytes from one place in a stretch to another, and the rest of their blocks to check them. */
  #part([at, bytes, block]: Stretch, from: number, to: number): ArrayBuffer {
    if (to < from || to > bytes) throw new Damaged();
    const first = Math.floor(from / BLOCK);
    const begin = first * BLOCK;
    const end = Math.min(Math.ceil(to / BLOCK) * BLOCK, bytes);
    return this.#read([at + begin, end - begin, block + first]).slice(from - begin, to - begin);
  }

  /** Returns a function that fills bytes with a piece of a stretch, from a byte on at which a block begins. */
  #pieceOf([at, , block]: Stretch): (bytes: Uint8Array, from: number) => void {
    return (bytes, from) => this.#readInto(bytes, at + from, block + from / BLOCK);
  }

  /** Returns what was read; if that, or an earlier read, was damaged, what is made from the snapshot instead. */
  #sound<T>(read: () => T, instead: () => T): T {
    if (!this.#isDamaged)
      try {
        return read();
      } catch (error) {
        if (isOfNoFile(error) || !this.remake) throw error;
        this.distrust();
      }
    return instead();
  }

  /** Returns a column made from the snapshot, with the codes of `words` if a caller has these already. */
  #remade(key: string, words?: readonly string[]): ColumnData {
    const made = this.remake!(key);
    return words ? recoded(made, words) : made;
  }

  #arrayOf({ type, values: [, size] }: Place) {
    // Codes are as wide as they had to be.
    return type === 'code' ? codeArrays[size / this.head.rows]! : arrays[type];
  }

  #values(place: Place): ColumnData['values'] {
    const { type, values } = place;
    const arrayOf = this.#arrayOf(place);
    if (!isSingle(type)) return new arrayOf(this.#read(values));
    if (isEmpty(place)) return new Float64Array(this.head.rows).fill(Number.NaN);
    const width = arrayOf.BYTES_PER_ELEMENT;
    return new arrayOf(this.#read(values, SPARE * width), 0, values[1] / width);
  }

  /** Reads a stretch into memory that has some bytes to spare behind it. */
  #read([at, bytes, block]: Stretch, spare = 0): ArrayBuffer {
    const buffer = new ArrayBuffer(bytes + spare);
    this.#readInto(new Uint8Array(buffer, 0, bytes), at, block);
    return buffer;
  }

  /** Fills `bytes` with what begins at `at`, whose first block is `block`. */
  #readInto(bytes: Uint8Array, at: number, block: number): void {
    this.#sumsRead ??= this.#sums();
    this.#readBytes(bytes, this.#start + at);
    if (!this.isSound(bytes, this.#sumsRead, block)) throw new Damaged();
  }

  /** Whether bytes that begin with a block are as they were written. Not private, for stores that are broken on purpose. */
  isSound(bytes: Uint8Array, sums: Uint32Array, block: number): boolean {
    return areSound(bytes, BLOCK, sums, block);
  }

  #sums(): Uint32Array {
    const sums = new Uint32Array(this.head.blocks);
    this.#readBytes(new Uint8Array(sums.buffer), this.#sumsAt);
    return sums;
  }

  #readBytes(bytes: Uint8Array, at: number): void {
    for (let done = 0; done < bytes.length; ) {
      const read = this.#io.readSync(this.#fd, bytes, done, bytes.length - done, at + done);
      if (read === 0) throw new Damaged();
      done += read;
    }
  }
}

/** Whether an error is neither damage to a file nor a failure to read it. */
const isOfNoFile = (error: unknown): boolean =>
  !(error instanceof Damaged || error instanceof SyntaxError || error instanceof RangeError) &&
  !(error instanceof CrmError) &&
  codeOf(error) === undefined;

const isEmpty = ({ type, values: [, size] }: Place): boolean => type === 'number' && size === 0;
const nothing = () => undefined;
const wordsIn = (bytes: ArrayBuffer): string[] => JSON.parse(Buffer.from(bytes).toString()) as string[];

/** Returns the column with its codes as positions in other words. */
function recoded(data: ColumnData, words: readonly string[]): ColumnData {
  const known = new Map(words.map((word, code) => [word, code]));
  const codes = data.words!.map(word => known.get(word) ?? -1);
  if (codes.includes(-1)) throw failed('a cache was damaged, and was removed', 'run the command again');
  const coded = (values: Codes) => Int32Array.from(values, code => (code < 0 ? code : codes[code]!));
  return data.items
    ? { ...data, items: coded(data.items as Int32Array), words: [...words] }
    : { ...data, values: coded(data.values as Codes), words: [...words] };
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
const isList = (type: ColumnType) => type === 'numbers' || type === 'codes';

/** Writes the projection. It is a cache: it is not synced, and a failure to write it is ignored. */
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
  const sums: Uint32Array[] = [];
  let length = 0;
  let blocks = 0;
  const place = (bytes: Uint8Array): Stretch => {
    const stretch: Stretch = [length, bytes.length, blocks];
    const padding = align(bytes.length) - bytes.length;
    parts.push(bytes, new Uint8Array(padding));
    length += bytes.length + padding;
    const ofBlocks = checksumsOf(bytes, BLOCK);
    sums.push(ofBlocks);
    blocks += ofBlocks.length;
    return stretch;
  };
  for (const [key, data] of columns)
    places.push({
      key,
      type: data.type,
      values: place(hasValue(data) ? raw(data.values) : new Uint8Array()),
      ...(data.items && { items: place(raw(data.items)) }),
      ...(data.words && { words: place(Buffer.from(JSON.stringify(data.words))) }),
    });
  const said = { format: FORMAT, ...meta, blocks, columns: places } satisfies Head;
  const head = Buffer.from(JSON.stringify(said));
  const sumsAt = align(PREFIX + head.length + 1);
  const start = startOf(sumsAt, said);
  replaceFile(
    io,
    join(dir, name),
    temporary,
    sink => {
      sink.write(prefixOf(head));
      sink.write(head);
      sink.write(`\n${' '.repeat(sumsAt - (PREFIX + head.length + 1))}`);
      for (const each of sums) sink.write(raw(each));
      sink.write(new Uint8Array(start - sumsAt - 4 * blocks));
      for (const part of parts) sink.write(part);
    },
    false,
  );
}

/** Whether a column has anything to write: of a number column, any row may be the first with a value. */
function hasValue(data: ColumnData): boolean {
  if (data.type !== 'number') return true;
  if (data.isEmpty) return false;
  const { values } = data;
  for (let row = 0; row < values.length; row++) if (!Number.isNaN(values[row]!)) return true;
  return false;
}

const raw = (array: ArrayBufferView) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
