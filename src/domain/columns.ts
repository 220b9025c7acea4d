/**
 * A column holds one field of every record of a kind, in row order, in a typed array: what a query reads.
 * Four shapes are enough: a number (money, dates as ms or days, booleans, references), a code (a word of a
 * dictionary), a list of codes or of record numbers, and text folded for search. What changes after loading is written in place.
 */
import { fold } from './fold.ts';

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
  /** See dumpColumn. */
  dump(rows: readonly number[]): ColumnData;
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
    default:
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

/** Takes the cells of a column row by row. */
interface ColumnBuilder {
  add(cell: Cell): void;
  data(): ColumnData;
}

/** `rows` is how many cells will come. */
function columnBuilder(type: ColumnType, rows: number): ColumnBuilder {
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
  readonly #lists: Lists;
  readonly #words: Dictionary | undefined;
  constructor(rows: number, words?: Dictionary) {
    this.#lists = listsFor(rows);
    this.#words = words;
  }
  add(cell: Cell): void {
    this.#lists.add(itemsOf(cell, this.#words));
  }
  data(): ColumnData {
    const data = this.#lists.data();
    return this.#words ? { type: 'codes', ...data, words: this.#words.words } : { type: 'numbers', ...data };
  }
}

/** What a list has of a cell: its numbers, or the codes of its words. */
function itemsOf(cell: Cell, words: Dictionary | undefined): readonly number[] {
  const items = (cell as readonly (string | number)[] | undefined) ?? [];
  return words ? items.map(word => words.code(word as string)) : (items as readonly number[]);
}

/** Lists one after the other, which may become more. What is in a file is read when it is asked for. */
class Lists {
  readonly #data: Pick<ColumnData, 'values' | 'items'>;
  #rows: number | undefined;
  #endsRead: Uint32Array | undefined;
  #itemsRead: Int32Array | undefined;
  /** `rows` is said where there is room for more than there are. */
  constructor(data: Pick<ColumnData, 'values' | 'items'>, rows?: number) {
    this.#data = data;
    this.#rows = rows;
  }
  get rows(): number {
    return (this.#rows ??= this.#ends.length - 1);
  }
  /** Where the list of each row ends in the items, behind 0; and room for some more. */
  get #ends(): Uint32Array {
    return (this.#endsRead ??= this.#data.values as Uint32Array);
  }
  get #items(): Int32Array {
    return (this.#itemsRead ??= this.#data.items as Int32Array);
  }
  add(items: ArrayLike<number>): void {
    const from = this.#ends[this.rows]!;
    const to = from + items.length;
    this.#itemsRead = roomy(this.#items, to);
    for (let i = 0; i < items.length; i++) this.#itemsRead[from + i] = items[i]!;
    this.#rows = this.rows + 1;
    this.#endsRead = roomy(this.#ends, this.#rows + 1);
    this.#endsRead[this.#rows] = to;
  }
  size(row: number): number {
    return row < this.rows ? this.#ends[row + 1]! - this.#ends[row]! : 0;
  }
  at(row: number, i: number): number {
    return this.#items[this.#ends[row]! + i]!;
  }
  get(row: number): ArrayLike<number> {
    return this.size(row) === 0 ? none : this.#items.subarray(this.#ends[row]!, this.#ends[row + 1]!);
  }
  rowsWith(item: number, found: (row: number) => void): void {
    const items = this.#items.subarray(0, this.#ends[this.rows]!);
    for (let at = items.indexOf(item); at >= 0; at = items.indexOf(item, at + 1))
      found(rowAt(this.#ends, this.rows, at));
  }
  data(): { values: Uint32Array; items: Int32Array } {
    const values = this.#ends.subarray(0, this.rows + 1);
    return { values, items: this.#items.subarray(0, values[this.rows]!) };
  }
}

const none = new Int32Array(0);

/** None yet, with room for those of so many rows. */
const listsFor = (rows: number): Lists => new Lists({ values: new Uint32Array(rows + 1), items: none }, 0);

/** An array that has room for so many; one that has not is copied to one that has, and more. */
function roomy<A extends Uint32Array | Int32Array | Buffer>(array: A, length: number): A {
  if (length <= array.length) return array;
  // What is not written to yet takes no memory.
  const most = Math.max(64, 3 * length);
  const larger =
    array instanceof Buffer
      ? Buffer.allocUnsafeSlow(most)
      : new (array.constructor as new (n: number) => A)(most);
  larger.set(array);
  return larger as A;
}

/**
 * Texts one after the other, which may become more: one newline before each and one at the end, so that equality is a
 * search too. What is in a file is read when it is asked for.
 */
class Texts {
  readonly #data: Pick<ColumnData, 'values' | 'items'>;
  #rows: number | undefined;
  #endsRead: Uint32Array | undefined;
  #bytesRead: Buffer | undefined;
  /** Texts that are not folded and written yet, each behind a newline: many at once cost a fraction. */
  #waiting = '';
  /** How many they are. */
  #late = 0;
  /** `rows` is said where there is room for more than there are. */
  constructor(data: Pick<ColumnData, 'values' | 'items'>, rows?: number) {
    this.#data = data;
    this.#rows = rows;
  }
  get rows(): number {
    return (this.#rows ??= this.#ends.length - 1);
  }
  /** Where the newline before each text is, and the one at the end; and room for some more. */
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
    if (this.#waiting.length > TEXTS_AT_ONCE) this.#write();
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
    return this.#bytes.subarray(this.#ends[row]! + 1, this.#ends[row + 1]!);
  }
  search(needle: Buffer, found: (row: number) => void): void {
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
  /** The text of a row with the newline before it. */
  lines(from: number, to: number): Buffer {
    return this.#bytes.subarray(this.#ends[from]!, this.#ends[to]!);
  }
}

class TextBuilder implements ColumnBuilder {
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
  const larger = new (array.constructor as new (n: number) => A)(Math.max(row + 1, 2 * array.length, 64));
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

/**
 * A column of what lies one after the other. What changes is kept aside; so is a row behind the last, so that a column in
 * a file is not read for it, until there are many, which are then put behind the others.
 */
abstract class LiveRows<T> {
  protected readonly changed = new Map<number, T>();
  #isAppended = false;
  /** How many rows there are without those that are kept aside. */
  protected abstract readonly rows: number;
  protected abstract append(value: T | undefined): void;

  protected isNext(row: number): boolean {
    return this.#isAppended && row === this.rows;
  }
  protected keepAside(row: number, value: T): void {
    this.changed.set(row, value);
    if (this.changed.size <= MOST_ASIDE || row < this.rows) return;
    this.#isAppended = true;
    // All that follow: the one that is written now may be an earlier one, once more.
    for (let next = this.rows; next <= row || this.changed.has(next); next++) {
      this.append(this.changed.get(next));
      this.changed.delete(next);
    }
  }
  protected changedAt(row: number): T | undefined {
    return this.changed.size > 0 ? this.changed.get(row) : undefined;
  }
  protected abstract data(): ColumnData;
  unchanged(rows: number): ColumnData | undefined {
    return this.changed.size === 0 && rows === this.rows ? this.data() : undefined;
  }
}

const MOST_ASIDE = 64;

abstract class LiveLists extends LiveRows<ArrayLike<number>> {
  abstract readonly type: 'codes' | 'numbers';
  abstract readonly words: readonly string[] | undefined;
  readonly #lists: Lists;
  constructor(data: ColumnData) {
    super();
    this.#lists = new Lists(data);
  }
  protected get rows(): number {
    return this.#lists.rows;
  }
  protected append(items: ArrayLike<number> = none): void {
    this.#lists.add(items);
  }
  size(row: number): number {
    return this.changedAt(row)?.length ?? this.#lists.size(row);
  }
  at(row: number, i: number): number {
    const changed = this.changedAt(row);
    return changed ? changed[i]! : this.#lists.at(row, i);
  }
  get(row: number): ArrayLike<number> {
    return this.changedAt(row) ?? this.#lists.get(row);
  }
  protected put(row: number, items: ArrayLike<number>): void {
    if (this.isNext(row)) this.append(items);
    else this.keepAside(row, items);
  }
  protected rowsWith(item: number, found: (row: number) => void): void {
    for (const [row, list] of this.changed)
      for (let i = 0; i < list.length; i++) if (list[i] === item) found(row);
    this.#lists.rowsWith(item, row => {
      if (!this.changed.has(row)) found(row);
    });
  }
  dump(rows: readonly number[]): ColumnData {
    const lists = listsFor(rows.length);
    for (const row of rows) lists.add(this.get(row));
    return this.data(lists);
  }
  protected data(lists = this.#lists): ColumnData {
    return { type: this.type, ...lists.data(), ...(this.words && { words: [...this.words] }) };
  }
}

class LiveNumberLists extends LiveLists implements NumbersColumn {
  readonly type = 'numbers';
  readonly words = undefined;
  equal(value: number, found: (row: number) => void): void {
    this.rowsWith(value, found);
  }
  set(row: number, cell: Cell): void {
    this.put(row, itemsOf(cell, undefined));
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
    this.put(row, itemsOf(cell, this.#dictionary));
  }
}

class LiveTexts extends LiveRows<Buffer> implements TextColumn {
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
    // To fold what is folded changes nothing.
    this.#texts.add(text?.toString());
  }
  bytes(row: number): Buffer {
    return this.changedAt(row) ?? this.#texts.get(row);
  }
  get(row: number): string {
    return this.bytes(row).toString();
  }
  size(row: number): number {
    return this.changedAt(row)?.length ?? this.#texts.size(row);
  }
  includes(row: number, needle: Buffer): boolean {
    return needle.length === 0 || this.bytes(row).includes(needle);
  }
  equals(row: number, needle: Buffer): boolean {
    return this.size(row) === needle.length && this.bytes(row).equals(needle);
  }
  search(needle: Buffer, found: (row: number) => void): void {
    for (const [row, text] of this.changed) if (text.includes(needle)) found(row);
    this.#texts.search(needle, row => {
      if (!this.changed.has(row)) found(row);
    });
  }
  equal(needle: Buffer, found: (row: number) => void): void {
    for (const [row, text] of this.changed) if (text.equals(needle)) found(row);
    this.#texts.equal(needle, row => {
      if (!this.changed.has(row)) found(row);
    });
  }
  set(row: number, cell: Cell): void {
    const text = cell as string | undefined;
    if (this.isNext(row)) this.#texts.add(text);
    else this.keepAside(row, Buffer.from(foldLine(text ?? '')));
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
  #isAsItWas(row: number): boolean {
    return row < this.rows && !this.changed.has(row);
  }
}

/** The row of the item at `at`, by the ends of so many rows; as many as there are rows where it is behind the last. */
function rowAt(ends: Uint32Array, rows: number, at: number): number {
  let low = 0;
  let high = rows;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ends[middle + 1]! > at) high = middle;
    else low = middle + 1;
  }
  return low;
}

const nothing = Buffer.alloc(0);
const newline = Buffer.of(NEWLINE);
