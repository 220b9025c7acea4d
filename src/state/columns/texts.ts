/**
 * Text columns: the text of each row, folded (without case and accents), one after the other with newlines around:
 *
 *     bytes  "\nchairs\ntables\n"        ends [ 0, 7, 14 ]
 *
 * So one native search (`Buffer.indexOf`) through all bytes finds the rows that contain a text, and the same search
 * with a newline on both sides finds the rows that equal it.
 */
import type { Cell } from '../../domain/cell.ts';
import { fold } from '../../domain/fold.ts';
import type { ColumnBuilder, ColumnData, TextColumn } from './column.ts';
import { LiveRuns, roomy, rowAt } from './runs.ts';

const NEWLINE = 10;
const newline = Buffer.of(NEWLINE);
const nothing = Buffer.alloc(0);

/**
 * New texts are folded and encoded together, this many UTF-16 units at a time: that costs a fraction of doing it one
 * by one.
 */
const UNITS_AT_ONCE = 32 * 1024;

/** The most texts of a column in a file that are read one by one before it is read as a whole. */
const MOST_SINGLES = 256;

const oneLine = (text: string) => (text.includes('\n') ? text.replaceAll('\n', ' ') : text);

/** Returns a text as text columns hold it. */
export const foldLine = (text: string): string => oneLine(fold(text));

/** Returns the folded text of a search as the bytes that text columns hold. */
export const needleOf = (text: string): Buffer => Buffer.from(foldLine(text));

/** Texts one after the other, to which more may be added. Arrays in a file are read at first use. */
class Texts {
  readonly #data: Pick<ColumnData, 'values' | 'items' | 'placesOf' | 'bytesAt'>;
  #rows: number | undefined;
  #endsRead: Uint32Array | undefined;
  #bytesRead: Buffer | undefined;
  /** Added texts that are not folded and encoded yet, each after a newline. */
  #waiting = '';
  /** The number of texts in `#waiting`. */
  #late = 0;
  /** How many texts may still be read one by one, after a search in pieces. */
  #singles = 0;
  /** `rows` is given if the arrays have room for more rows than there are. */
  constructor(data: Pick<ColumnData, 'values' | 'items' | 'placesOf' | 'bytesAt'>, rows?: number) {
    this.#data = data;
    this.#rows = rows;
  }
  get rows(): number {
    return (this.#rows ??= this.#ends.length - 1);
  }
  /** The place of the newline before each text, and of the last newline. */
  get #ends(): Uint32Array {
    if (this.#late > 0) this.#write();
    return (this.#endsRead ??= this.#data.values as Uint32Array);
  }
  get #bytes(): Buffer {
    if (this.#late > 0) this.#write();
    if (this.#bytesRead === undefined) {
      const { buffer, byteOffset, byteLength } = this.#data.items!;
      this.#bytesRead = Buffer.from(buffer, byteOffset, byteLength);
    }
    return this.#bytesRead;
  }
  add(text: string | undefined): void {
    this.#waiting += text === undefined ? '\n' : `\n${oneLine(text)}`;
    this.#rows = this.rows + 1;
    this.#late++;
    if (this.#waiting.length > UNITS_AT_ONCE) this.#write();
  }
  /** Adds texts of rows that have none. */
  addNone(count: number): void {
    this.#waiting += '\n'.repeat(count);
    this.#rows = this.rows + count;
    this.#late += count;
    if (this.#waiting.length > UNITS_AT_ONCE) this.#write();
  }
  #write(): void {
    const texts = fold(this.#waiting);
    const late = this.#late;
    this.#waiting = '';
    this.#late = 0;
    const first = this.rows - late;
    const ends = roomy(this.#ends, this.rows + 1);
    let at = ends[first]!;
    const bytes = roomy(this.#bytes, at + texts.length * 3 + 1);
    bytes[at + bytes.write(texts, at)] = NEWLINE;
    for (let row = first; row < this.rows; row++) ends[row + 1] = at = bytes.indexOf(NEWLINE, at + 1);
    this.#endsRead = ends;
    this.#bytesRead = bytes;
  }
  size(row: number): number {
    return row < this.rows ? this.#ends[row + 1]! - this.#ends[row]! - 1 : 0;
  }
  get(row: number): Buffer {
    if (row >= this.rows) return nothing;
    if (this.#bytesRead === undefined && this.#late === 0 && this.#singles > 0) {
      this.#singles--;
      const text = this.#data.bytesAt?.(this.#ends[row]! + 1, this.#ends[row + 1]!);
      if (text) return text;
    }
    return this.#bytes.subarray(this.#ends[row]! + 1, this.#ends[row + 1]!);
  }
  search(needle: Buffer, found: (row: number) => void, isOnly = false): void {
    if (isOnly && needle.length > 0 && this.#late === 0 && this.#endsRead === undefined) {
      const places = this.#data.placesOf?.(needle);
      if (places) {
        this.#singles = MOST_SINGLES;
        this.#atPlaces(places, found);
        return;
      }
    }
    const { rows } = this;
    const ends = this.#ends;
    if (needle.length === 0) {
      for (let row = 0; row < rows; row++) found(row);
      return;
    }
    const bytes = this.#bytes.subarray(0, ends[rows]! + 1);
    for (let at = bytes.indexOf(needle); at >= 0; ) {
      const row = rowAt(ends, rows, at);
      if (row >= rows) return;
      found(row);
      at = bytes.indexOf(needle, ends[row + 1]!);
    }
  }
  #atPlaces(places: readonly number[], found: (row: number) => void): void {
    let last = -1;
    for (const at of places) {
      const row = rowAt(this.#ends, this.rows, at);
      if (row !== last) found(row);
      last = row;
    }
  }
  begin(needle: Buffer, found: (row: number) => void): void {
    // Each text has a newline before it.
    this.search(Buffer.concat([newline, needle]), found);
  }
  equal(needle: Buffer, found: (row: number) => void): void {
    const { rows } = this;
    const ends = this.#ends;
    const bytes = this.#bytes.subarray(0, ends[rows]! + 1);
    const line = Buffer.concat([newline, needle, newline]);
    for (let at = bytes.indexOf(line); at >= 0; at = bytes.indexOf(line, at + line.length - 1))
      found(rowAt(ends, rows, at));
  }
  data(): Pick<ColumnData, 'values' | 'items'> {
    const values = this.#ends.subarray(0, this.rows + 1);
    return { values, items: this.#bytes.subarray(0, values[this.rows]! + 1) };
  }
  /** Returns the texts of rows `from` to `to` (exclusive), each with the newline before it. */
  lines(from: number, to: number): Buffer {
    return this.#bytes.subarray(this.#ends[from]!, this.#ends[to]!);
  }
}

export class TextBuilder implements ColumnBuilder {
  readonly #texts: Texts;
  constructor(rows: number) {
    const items = Buffer.allocUnsafe(Math.max(64, rows * 24));
    items[0] = NEWLINE;
    this.#texts = new Texts({ values: new Uint32Array(rows + 1), items }, 0);
  }
  add(cell: Cell): void {
    this.#texts.add(cell as string | undefined);
  }
  data(): ColumnData {
    return { type: 'text', ...this.#texts.data() };
  }
}

export class LiveTexts extends LiveRuns<Buffer> implements TextColumn {
  readonly type = 'text';
  readonly #texts: Texts;
  constructor(data: ColumnData) {
    super();
    this.#texts = new Texts(data);
  }
  protected get rows(): number {
    return this.#texts.rows;
  }
  protected append(text: Buffer | undefined): void {
    // Folding a folded text changes nothing.
    this.#texts.add(text?.toString());
  }
  bytes(row: number): Buffer {
    return this.asideAt(row) ?? this.#texts.get(row);
  }
  get(row: number): string {
    return this.bytes(row).toString();
  }
  size(row: number): number {
    return this.asideAt(row)?.length ?? this.#texts.size(row);
  }
  includes(row: number, needle: Buffer): boolean {
    return needle.length === 0 || this.bytes(row).includes(needle);
  }
  equals(row: number, needle: Buffer): boolean {
    return this.size(row) === needle.length && this.bytes(row).equals(needle);
  }
  search(needle: Buffer, found: (row: number) => void, isOnly = false): void {
    for (const [row, text] of this.aside) if (text.includes(needle)) found(row);
    const inText = (row: number) => {
      if (!this.aside.has(row)) found(row);
    };
    this.#texts.search(needle, inText, isOnly);
  }
  begin(needle: Buffer, found: (row: number) => void): void {
    for (const [row, text] of this.aside) if (text.subarray(0, needle.length).equals(needle)) found(row);
    this.#texts.begin(needle, row => {
      if (!this.aside.has(row)) found(row);
    });
  }
  equal(needle: Buffer, found: (row: number) => void): void {
    for (const [row, text] of this.aside) if (text.equals(needle)) found(row);
    this.#texts.equal(needle, row => {
      if (!this.aside.has(row)) found(row);
    });
  }
  set(row: number, cell: Cell): void {
    const text = cell as string | undefined;
    if (this.isNext(row)) this.#texts.add(text);
    else this.keepAside(row, Buffer.from(foldLine(text ?? '')));
  }
  override setSame(from: number, count: number, cell: Cell): void {
    if (cell === undefined && this.isNext(from)) this.#texts.addNone(count);
    else super.setSame(from, count, cell);
  }
  dump(rows: readonly number[]): ColumnData {
    const ends = new Uint32Array(rows.length + 1);
    for (let i = 0; i < rows.length; i++) ends[i + 1] = ends[i]! + this.size(rows[i]!) + 1;
    const items = new Uint8Array(ends[rows.length]! + 1);
    for (let i = 0; i < rows.length; ) {
      // Unchanged texts that lie side by side are copied in one go.
      let end = i;
      while (end < rows.length && rows[end] === rows[i]! + end - i && this.#isStored(rows[end]!)) end++;
      if (end > i) {
        items.set(this.#texts.lines(rows[i]!, rows[end - 1]! + 1), ends[i]!);
        i = end;
      } else {
        items[ends[i]!] = NEWLINE;
        items.set(this.bytes(rows[i]!), ends[i]! + 1);
        i++;
      }
    }
    items[items.length - 1] = NEWLINE;
    return { type: 'text', values: ends, items };
  }
  protected data(): ColumnData {
    return { type: 'text', ...this.#texts.data() };
  }
  #isStored(row: number): boolean {
    return row < this.rows && !this.aside.has(row);
  }
}
