/** List columns: the words (tags) or record numbers (contacts) of each row. */
import type { Cell } from '../../domain/cell.ts';
import type { CodesColumn, ColumnBuilder, ColumnData, NumbersColumn } from './column.ts';
import { Dictionary } from './dictionary.ts';
import { LiveRuns, roomy, rowAt } from './runs.ts';

const none = new Int32Array(0);

/** Lists one after the other, to which more may be added. Arrays in a file are read at first use. */
class Lists {
  readonly #data: Pick<ColumnData, 'values' | 'items' | 'runs'>;
  #rows: number | undefined;
  #endsRead: Uint32Array | undefined;
  #itemsRead: Int32Array | undefined;
  /** The list that was read last by itself. */
  #single: Int32Array | undefined;
  #singleRow = -1;
  /** `rows` is given if the arrays have room for more rows than there are. */
  constructor(data: Pick<ColumnData, 'values' | 'items' | 'runs'>, rows = data.runs?.rows) {
    this.#data = data;
    this.#rows = rows;
  }
  /** Returns the list of a stored row while the arrays are not read; undefined if they are, or should be. */
  #alone(row: number): Int32Array | undefined {
    const { runs } = this.#data;
    if (!runs || this.#endsRead || row >= runs.rows) return undefined;
    if (row !== this.#singleRow) {
      this.#single = runs.at(row);
      this.#singleRow = this.#single ? row : -1;
    }
    return this.#single;
  }
  get rows(): number {
    return (this.#rows ??= this.#ends.length - 1);
  }
  /** Where each row's list ends in `#items`, after a leading 0. */
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
  /** Adds lists without items. */
  addNone(count: number): void {
    const rows = this.rows + count;
    this.#endsRead = roomy(this.#ends, rows + 1);
    this.#endsRead.fill(this.#endsRead[this.rows]!, this.rows + 1, rows + 1);
    this.#rows = rows;
  }
  size(row: number): number {
    const single = this.#alone(row);
    if (single) return single.length;
    return row < this.rows ? this.#ends[row + 1]! - this.#ends[row]! : 0;
  }
  at(row: number, i: number): number {
    const single = this.#alone(row);
    return single ? single[i]! : this.#items[this.#ends[row]! + i]!;
  }
  get(row: number): ArrayLike<number> {
    return this.#alone(row) ?? this.#inArrays(row);
  }
  #inArrays(row: number): ArrayLike<number> {
    return this.size(row) === 0 ? none : this.#items.subarray(this.#ends[row]!, this.#ends[row + 1]!);
  }
  /** Calls `found` with the row of each occurrence of an item. */
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

/** Returns no lists yet, with room for the ends of `rows` of them. */
const listsFor = (rows: number): Lists => new Lists({ values: new Uint32Array(rows + 1), items: none }, 0);

/** Builds a column of numbers, or of codes if it is given a dictionary. */
export class ListBuilder implements ColumnBuilder {
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

/** Returns the items of a cell: its numbers, or the codes of its words. */
function itemsOf(cell: Cell, words: Dictionary | undefined): readonly number[] {
  const items = (cell as readonly (string | number)[] | undefined) ?? [];
  return words ? items.map(word => words.code(word as string)) : (items as readonly number[]);
}

abstract class LiveLists extends LiveRuns<ArrayLike<number>> {
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
    return this.asideAt(row)?.length ?? this.#lists.size(row);
  }
  at(row: number, i: number): number {
    const changed = this.asideAt(row);
    return changed ? changed[i]! : this.#lists.at(row, i);
  }
  get(row: number): ArrayLike<number> {
    return this.asideAt(row) ?? this.#lists.get(row);
  }
  protected put(row: number, items: ArrayLike<number>): void {
    if (this.isNext(row)) this.append(items);
    else this.keepAside(row, items);
  }
  override setSame(from: number, count: number, cell: Cell): void {
    if (cell === undefined && this.isNext(from)) this.#lists.addNone(count);
    else super.setSame(from, count, cell);
  }
  protected rowsWith(item: number, found: (row: number) => void): void {
    for (const [row, list] of this.aside)
      for (let i = 0; i < list.length; i++) if (list[i] === item) found(row);
    this.#lists.rowsWith(item, row => {
      if (!this.aside.has(row)) found(row);
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

export class LiveNumberLists extends LiveLists implements NumbersColumn {
  readonly type = 'numbers';
  readonly words = undefined;
  equal(value: number, found: (row: number) => void): void {
    this.rowsWith(value, found);
  }
  set(row: number, cell: Cell): void {
    this.put(row, itemsOf(cell, undefined));
  }
}

export class LiveCodeLists extends LiveLists implements CodesColumn {
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
