/**
 * A column holds one field of every record of a kind, in row order, in a typed array: what a query reads.
 * Four shapes are enough: a number (money, dates as ms or days, booleans, references), a code (a word of a
 * dictionary), a list of codes or of record numbers, and text folded for search. What changes after loading is written in place.
 */
import { fold, isAscii } from './fold.ts';

export type ColumnType = 'number' | 'code' | 'codes' | 'numbers' | 'text';

/** What a record has in a column: NaN, undefined, [] and '' are nothing. */
export type Cell = number | string | undefined | readonly string[] | readonly number[];

export interface NumberColumn {
  readonly type: 'number';
  get(row: number): number;
  /** The values of all rows, and perhaps of some more, as they are until the next change: for who goes through all. */
  all(): Float64Array;
  /** Calls `found` with each row that has the value, in no particular order. */
  equal(value: number, found: (row: number) => void): void;
}

/** In the narrowest array that has room for all words of a dictionary: fresh memory is what short commands pay for most. */
export type Codes = Int8Array | Int16Array | Int32Array;

/** Codes are positions in `words`; -1 is none. */
export interface CodeColumn {
  readonly type: 'code';
  readonly words: readonly string[];
  get(row: number): number;
  /** As `all` of numbers. */
  all(): Codes;
}

/** Lists: how many a row has, and each of them; `get` makes an array, which costs more. */
interface ListColumn {
  size(row: number): number;
  at(row: number, i: number): number;
  get(row: number): ArrayLike<number>;
  /** Its arrays, where it has so many rows and none of them was changed. */
  unchanged(rows: number): ColumnData | undefined;
}

export interface CodesColumn extends ListColumn {
  readonly type: 'codes';
  readonly words: readonly string[];
}

export interface NumbersColumn extends ListColumn {
  readonly type: 'numbers';
  /** Calls `found` with each row that has the value, as often as it has it, in no particular order. */
  equal(value: number, found: (row: number) => void): void;
}

export interface TextColumn {
  readonly type: 'text';
  /** The folded text. */
  get(row: number): string;
  bytes(row: number): Buffer;
  /** How many bytes the text has. */
  size(row: number): number;
  includes(row: number, needle: Buffer): boolean;
  equals(row: number, needle: Buffer): boolean;
  /** Calls `found` with each row whose text contains the needle (folded, UTF-8), in no particular order. */
  search(needle: Buffer, found: (row: number) => void): void;
  /** Calls `found` with each row whose text is the needle. */
  equal(needle: Buffer, found: (row: number) => void): void;
  /** See dumpColumn. */
  dump(rows: readonly number[]): ColumnData;
  /** As `unchanged` of lists. */
  unchanged(rows: number): ColumnData | undefined;
}

export type Column = NumberColumn | CodeColumn | CodesColumn | NumbersColumn | TextColumn;

/** A column as raw arrays: what files keep and what a column in memory starts from. */
export interface ColumnData {
  readonly type: ColumnType;
  /** Per row: values of a number column, codes of a code column; for the others, `rows + 1` ends. */
  readonly values: Float64Array | Codes | Uint32Array;
  /** The codes of a list column, or the bytes of a text column. */
  readonly items?: Int32Array | Uint8Array;
  readonly words?: string[];
  /** Where the values of a number or code column are elsewhere, and `values` are read when asked for. */
  readonly cells?: Cells;
}

/** Single values of a column that was not read. */
export interface Cells {
  at(row: number): number;
  /** So many of them cost about as much as the whole column. */
  readonly worth: number;
}

/** A column that follows changes: `set` writes a row that exists or the next one. */
export type LiveColumn = Column & { set(row: number, cell: Cell): void };

export function liveColumn(data: ColumnData): LiveColumn {
  switch (data.type) {
    case 'number':
      return new LiveNumbers(data);
    case 'code':
      return new LiveCodes(data);
    case 'codes':
      return new LiveCodeLists(data);
    case 'numbers':
      return new LiveNumberLists(data);
    case 'text':
      return new LiveTexts(data);
  }
}

/**
 * A column as raw arrays again, with its rows in the order given. Where these are all rows in their own order, and it
 * has them so, the arrays are its own.
 */
export function dumpColumn(column: Column, rows: readonly number[], isGapless = false): ColumnData {
  const asItIs = isGapless ? asArrays(column, rows.length) : undefined;
  if (asItIs) return asItIs;
  switch (column.type) {
    case 'number': {
      const values = new Float64Array(rows.length);
      for (let i = 0; i < rows.length; i++) values[i] = column.get(rows[i]!);
      return { type: 'number', values };
    }
    case 'code': {
      const values = codesFor(column.words.length, rows.length);
      for (let i = 0; i < rows.length; i++) values[i] = column.get(rows[i]!);
      return { type: 'code', values, words: [...column.words] };
    }
    case 'codes':
    case 'numbers': {
      const ends = new Uint32Array(rows.length + 1);
      for (let i = 0; i < rows.length; i++) ends[i + 1] = ends[i]! + column.size(rows[i]!);
      const items = new Int32Array(ends[rows.length]!);
      for (let i = 0, at = 0; i < rows.length; i++)
        for (let k = 0, row = rows[i]!; at < ends[i + 1]!; k++) items[at++] = column.at(row, k);
      const data = { type: column.type, values: ends, items };
      return column.type === 'codes' ? { ...data, words: [...column.words] } : data;
    }
    case 'text':
      return column.dump(rows);
  }
}

/** The arrays of the first rows of a column, where it has them as `dumpColumn` gives them. */
function asArrays(column: Column, rows: number): ColumnData | undefined {
  if (column.type !== 'number' && column.type !== 'code') return column.unchanged(rows);
  const values = column.all();
  if (values.length < rows) return undefined;
  const data = { type: column.type, values: values.subarray(0, rows) };
  return column.type === 'code' ? { ...data, words: [...column.words] } : data;
}

/** Builds a column from the cells of all rows. */
export function buildColumn(type: ColumnType, rows: number, cell: (row: number) => Cell): ColumnData {
  const builder = columnBuilder(type, rows);
  for (let row = 0; row < rows; row++) builder.add(cell(row));
  return builder.data();
}

/** Takes the cells of a column row by row: whoever makes many columns goes through the records once. */
export interface ColumnBuilder {
  add(cell: Cell): void;
  data(): ColumnData;
}

/** `rows` is how many cells will come. */
export function columnBuilder(type: ColumnType, rows: number): ColumnBuilder {
  switch (type) {
    case 'number':
      return new NumberBuilder(rows);
    case 'code':
      return new CodeBuilder(rows);
    case 'numbers':
      return new ListBuilder(rows);
    case 'codes':
      return new ListBuilder(rows, new Dictionary([]));
    case 'text':
      return new TextBuilder(rows);
  }
}

class NumberBuilder implements ColumnBuilder {
  readonly #values: Float64Array;
  #row = 0;
  constructor(rows: number) {
    this.#values = new Float64Array(rows);
  }
  add(cell: Cell): void {
    this.#values[this.#row++] = (cell as number | undefined) ?? Number.NaN;
  }
  data(): ColumnData {
    return { type: 'number', values: this.#values };
  }
}

class CodeBuilder implements ColumnBuilder {
  #values: Codes;
  readonly #words = new Dictionary([]);
  #row = 0;
  constructor(rows: number) {
    this.#values = codesFor(0, rows);
  }
  add(cell: Cell): void {
    const code = this.#words.code(cell as string | undefined);
    if (code > largestIn(this.#values)) this.#values = widened(this.#values, code);
    this.#values[this.#row++] = code;
  }
  data(): ColumnData {
    return { type: 'code', values: this.#values, words: this.#words.words };
  }
}

/** Lists of numbers, or with a dictionary of words. */
class ListBuilder implements ColumnBuilder {
  readonly #ends: Uint32Array;
  readonly #items: number[] = [];
  readonly #words: Dictionary | undefined;
  #row = 0;
  constructor(rows: number, words?: Dictionary) {
    this.#ends = new Uint32Array(rows + 1);
    this.#words = words;
  }
  add(cell: Cell): void {
    for (const item of (cell as readonly (string | number)[] | undefined) ?? [])
      this.#items.push(this.#words ? this.#words.code(item as string) : (item as number));
    this.#ends[++this.#row] = this.#items.length;
  }
  data(): ColumnData {
    const data = { values: this.#ends, items: Int32Array.from(this.#items) };
    return this.#words ? { type: 'codes', ...data, words: this.#words.words } : { type: 'numbers', ...data };
  }
}

/** One newline before each text and one at the end, so that equality is a search too. */
class TextBuilder implements ColumnBuilder {
  readonly #ends: Uint32Array;
  #bytes: Buffer;
  #length = 0;
  #row = 0;
  /** Texts that are not folded and written yet, each behind a newline: many at once cost a fraction. */
  #waiting = '';
  /** The rows before them. */
  #written = 0;
  constructor(rows: number) {
    this.#ends = new Uint32Array(rows + 1);
    this.#bytes = Buffer.allocUnsafe(Math.max(64, rows * 24));
  }
  add(cell: Cell): void {
    this.#waiting += cell === undefined ? '\n' : `\n${oneLine(cell as string)}`;
    // So it is where each character is a byte.
    this.#ends[++this.#row] = this.#length + this.#waiting.length;
    if (this.#waiting.length > TEXTS_AT_ONCE) this.#write();
  }
  #write(): void {
    const texts = fold(this.#waiting);
    const most = this.#length + texts.length * 3 + 1;
    if (this.#bytes.length < most) {
      const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, most));
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    const end = this.#length + this.#bytes.write(texts, this.#length);
    if (!isAscii(this.#waiting)) {
      this.#bytes[end] = NEWLINE;
      let at = this.#length;
      for (let row = this.#written; row < this.#row; row++)
        this.#ends[row + 1] = at = this.#bytes.indexOf(NEWLINE, at + 1);
    }
    this.#length = end;
    this.#written = this.#row;
    this.#waiting = '';
  }
  data(): ColumnData {
    this.#write();
    this.#bytes[this.#length++] = NEWLINE;
    return { type: 'text', values: this.#ends, items: this.#bytes.subarray(0, this.#length) };
  }
}

const NEWLINE = 10;
const TEXTS_AT_ONCE = 32 * 1024;
const oneLine = (text: string) => (text.includes('\n') ? text.replaceAll('\n', ' ') : text);

/** A text as text columns hold it. */
export const foldLine = (text: string): string => oneLine(fold(text));

/** The folded text of a search as the bytes that text columns hold. */
export const needleOf = (text: string): Buffer => Buffer.from(foldLine(text));

class Dictionary {
  readonly words: string[];
  #codes: Map<string, number> | undefined;
  constructor(words: string[]) {
    this.words = words;
  }
  code(word: string | undefined): number {
    if (word === undefined) return -1;
    const codes = (this.#codes ??= new Map(this.words.map((word, i) => [word, i])));
    let code = codes.get(word);
    if (code === undefined) {
      code = this.words.push(word) - 1;
      codes.set(word, code);
    }
    return code;
  }
}

/** Room for the codes of so many rows, with a dictionary of so many words. */
function codesFor(words: number, rows: number): Codes {
  const code = words - 1;
  const arrayOf = codeArrays.find(each => code <= largest(each))!;
  return new arrayOf(rows);
}

const codeArrays = [Int8Array, Int16Array, Int32Array] as const;
const largest = ({ BYTES_PER_ELEMENT }: { BYTES_PER_ELEMENT: number }): number =>
  2 ** (8 * BYTES_PER_ELEMENT - 1) - 1;
const largestIn = (codes: Codes): number =>
  codes instanceof Int8Array ? 0x7f : codes instanceof Int16Array ? 0x7fff : 0x7fff_ffff;

/** The same codes where there is room for a larger one. */
function widened(codes: Codes, code: number): Codes {
  const wider = codesFor(code + 1, codes.length);
  wider.set(codes);
  return wider;
}

/** With room for a row; `none` where nothing was written yet. */
function grown<A extends Float64Array | Codes>(array: A, row: number, none: number): A {
  const larger = new (array.constructor as new (n: number) => A)(
    Math.max(row + 1, Math.ceil(array.length * 1.5)),
  );
  larger.set(array as never);
  larger.fill(none, array.length);
  return larger;
}

/** One value per row. What lies in a file is read cell by cell until it is asked for more than a few. */
abstract class LiveValues<A extends Float64Array | Codes> {
  readonly #data: ColumnData;
  protected values: A | undefined;
  #asked = 0;
  /** What changed before the whole column was read. */
  readonly #changed = new Map<number, number>();
  constructor(data: ColumnData) {
    this.#data = data;
    if (!data.cells) this.values = data.values as A;
  }
  /** The values where there is room for this one. */
  protected abstract withRoom(values: A, row: number, value: number): A;
  protected cell(row: number): number {
    const changed = this.#changed.get(row);
    if (changed !== undefined) return changed;
    const { at, worth } = this.#data.cells!;
    return ++this.#asked > worth ? this.all()[row]! : at(row);
  }
  all(): A {
    if (this.values === undefined) {
      this.values = this.#data.values as A;
      for (const [row, value] of this.#changed) this.put(row, value);
    }
    return this.values;
  }
  protected put(row: number, value: number): void {
    if (this.values === undefined) {
      this.#changed.set(row, value);
      return;
    }
    this.values = this.withRoom(this.values, row, value);
    this.values[row] = value;
  }
}

class LiveNumbers extends LiveValues<Float64Array> implements NumberColumn {
  readonly type = 'number';
  // Here and not above, so that V8 meets one kind of array in each.
  get(row: number): number {
    return this.values === undefined ? this.cell(row) : this.values[row]!;
  }
  protected withRoom(values: Float64Array, row: number): Float64Array {
    return row < values.length ? values : grown(values, row, Number.NaN);
  }
  equal(value: number, found: (row: number) => void): void {
    const values = this.all();
    for (let row = values.indexOf(value); row >= 0; row = values.indexOf(value, row + 1)) found(row);
  }
  set(row: number, cell: Cell): void {
    this.put(row, (cell as number | undefined) ?? Number.NaN);
  }
}

class LiveCodes extends LiveValues<Codes> implements CodeColumn {
  readonly type = 'code';
  readonly #dictionary: Dictionary;
  constructor(data: ColumnData) {
    super(data);
    this.#dictionary = new Dictionary(data.words!);
  }
  get(row: number): number {
    return this.values === undefined ? this.cell(row) : this.values[row]!;
  }
  get words() {
    return this.#dictionary.words;
  }
  protected withRoom(values: Codes, row: number, code: number): Codes {
    const wide = code > largestIn(values) ? widened(values, code) : values;
    return row < wide.length ? wide : grown(wide, row, -1);
  }
  set(row: number, cell: Cell): void {
    this.put(row, this.#dictionary.code(cell as string | undefined));
  }
}

const none = new Int32Array(0);

class LiveLists {
  readonly #data: ColumnData;
  #endsRead: Uint32Array | undefined;
  #itemsRead: Int32Array | undefined;
  protected readonly changed = new Map<number, Int32Array>();
  constructor(data: ColumnData) {
    this.#data = data;
  }
  get #ends(): Uint32Array {
    return (this.#endsRead ??= this.#data.values as Uint32Array);
  }
  get #items(): Int32Array {
    return (this.#itemsRead ??= this.#data.items as Int32Array);
  }
  size(row: number): number {
    const changed = this.#changedItems(row);
    if (changed) return changed.length;
    return row + 1 < this.#ends.length ? this.#ends[row + 1]! - this.#ends[row]! : 0;
  }
  at(row: number, i: number): number {
    const changed = this.#changedItems(row);
    return changed ? changed[i]! : this.#items[this.#ends[row]! + i]!;
  }
  #changedItems(row: number): Int32Array | undefined {
    return this.changed.size > 0 ? this.changed.get(row) : undefined;
  }
  get(row: number): ArrayLike<number> {
    const changed = this.#changedItems(row);
    if (changed) return changed;
    if (row + 1 >= this.#ends.length) return none;
    const start = this.#ends[row]!;
    const end = this.#ends[row + 1]!;
    return start === end ? none : this.#items.subarray(start, end);
  }
  unchanged(rows: number): ColumnData | undefined {
    if (this.changed.size > 0 || this.#ends.length !== rows + 1) return undefined;
    const { type, words } = this.#data;
    return { type, values: this.#ends, items: this.#items, ...(words && { words }) };
  }
  protected put(row: number, items: Int32Array): void {
    this.changed.set(row, items);
  }
  protected rowsWith(item: number, found: (row: number) => void): void {
    for (const [row, list] of this.changed) for (const each of list) if (each === item) found(row);
    const items = this.#items;
    for (let at = items.indexOf(item); at >= 0; at = items.indexOf(item, at + 1)) {
      const row = rowAt(this.#ends, at);
      if (!this.changed.has(row)) found(row);
    }
  }
}

class LiveNumberLists extends LiveLists implements NumbersColumn {
  readonly type = 'numbers';
  equal(value: number, found: (row: number) => void): void {
    this.rowsWith(value, found);
  }
  set(row: number, cell: Cell): void {
    this.put(row, Int32Array.from((cell as readonly number[] | undefined) ?? []));
  }
}

class LiveCodeLists extends LiveLists implements CodesColumn {
  readonly type = 'codes';
  readonly #dictionary: Dictionary;
  constructor(data: ColumnData) {
    super(data);
    this.#dictionary = new Dictionary(data.words!);
  }
  get words() {
    return this.#dictionary.words;
  }
  set(row: number, cell: Cell): void {
    const words = (cell as readonly string[] | undefined) ?? [];
    this.put(
      row,
      Int32Array.from(words, word => this.#dictionary.code(word)),
    );
  }
}

class LiveTexts implements TextColumn {
  readonly type = 'text';
  readonly #data: ColumnData;
  #endsRead: Uint32Array | undefined;
  #bytesRead: Buffer | undefined;
  readonly #changed = new Map<number, Buffer>();
  constructor(data: ColumnData) {
    this.#data = data;
  }
  get #ends(): Uint32Array {
    return (this.#endsRead ??= this.#data.values as Uint32Array);
  }
  get #bytes(): Buffer {
    if (this.#bytesRead === undefined) {
      const bytes = this.#data.items as Uint8Array;
      this.#bytesRead = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    return this.#bytesRead;
  }
  bytes(row: number): Buffer {
    const changed = this.#changed.size > 0 ? this.#changed.get(row) : undefined;
    if (changed) return changed;
    if (row + 1 >= this.#ends.length) return nothing;
    return this.#bytes.subarray(this.#ends[row]! + 1, this.#ends[row + 1]!);
  }
  get(row: number): string {
    return this.bytes(row).toString();
  }
  size(row: number): number {
    const changed = this.#changed.size > 0 ? this.#changed.get(row) : undefined;
    if (changed) return changed.length;
    return row + 1 < this.#ends.length ? this.#ends[row + 1]! - this.#ends[row]! - 1 : 0;
  }
  includes(row: number, needle: Buffer): boolean {
    return needle.length === 0 || this.bytes(row).includes(needle);
  }
  equals(row: number, needle: Buffer): boolean {
    return this.size(row) === needle.length && this.bytes(row).equals(needle);
  }
  search(needle: Buffer, found: (row: number) => void): void {
    const changed = this.#changed;
    for (const [row, text] of changed) if (text.includes(needle)) found(row);
    const ends = this.#ends;
    const rows = ends.length - 1;
    if (needle.length === 0) {
      for (let row = 0; row < rows; row++) if (!changed.has(row)) found(row);
      return;
    }
    let at = this.#bytes.indexOf(needle);
    while (at >= 0) {
      const row = rowAt(ends, at);
      if (row >= rows) return;
      if (!changed.has(row)) found(row);
      at = this.#bytes.indexOf(needle, ends[row + 1]!);
    }
  }
  equal(needle: Buffer, found: (row: number) => void): void {
    for (const [row, text] of this.#changed) if (text.equals(needle)) found(row);
    const line = Buffer.concat([newline, needle, newline]);
    let at = this.#bytes.indexOf(line);
    while (at >= 0) {
      const row = rowAt(this.#ends, at);
      if (!this.#changed.has(row)) found(row);
      at = this.#bytes.indexOf(line, at + line.length - 1);
    }
  }
  set(row: number, cell: Cell): void {
    this.#changed.set(row, Buffer.from(foldLine((cell as string | undefined) ?? '')));
  }
  dump(rows: readonly number[]): ColumnData {
    const ends = new Uint32Array(rows.length + 1);
    for (let i = 0; i < rows.length; i++) ends[i + 1] = ends[i]! + this.size(rows[i]!) + 1;
    const items = new Uint8Array(ends[rows.length]! + 1);
    for (let i = 0; i < rows.length; ) {
      // Texts that lie behind each other, and that nobody changed, are copied as they lie.
      let end = i;
      while (end < rows.length && rows[end] === rows[i]! + end - i && this.#isAsItWas(rows[end]!)) end++;
      if (end > i) {
        items.set(this.#bytes.subarray(this.#ends[rows[i]!], this.#ends[rows[end - 1]! + 1]), ends[i]!);
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
  unchanged(rows: number): ColumnData | undefined {
    if (this.#changed.size > 0 || this.#ends.length !== rows + 1) return undefined;
    return { type: 'text', values: this.#ends, items: this.#bytes };
  }
  #isAsItWas(row: number): boolean {
    return row + 1 < this.#ends.length && !this.#changed.has(row);
  }
}

/** The row of the item at `at`, by the ends of all rows; as many as there are rows where it is behind the last. */
function rowAt(ends: Uint32Array, at: number): number {
  let low = 0;
  let high = ends.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ends[middle + 1]! > at) high = middle;
    else low = middle + 1;
  }
  return low;
}

const nothing = Buffer.alloc(0);
const newline = Buffer.of(NEWLINE);
