/** Code columns: a word of a dictionary per row (stage, owner, status), as the word's index. */
import type { Cell } from '../../domain/cell.ts';
import type { CodeColumn, Codes, ColumnBuilder, ColumnData } from './column.ts';
import { Dictionary } from './dictionary.ts';
import { grown, LiveValues, MOST_ASKED } from './live-values.ts';

export class CodeBuilder implements ColumnBuilder {
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

export class LiveCodes extends LiveValues<Codes> implements CodeColumn {
  readonly type = 'code';
  readonly #dictionary: Dictionary;
  constructor(data: ColumnData) {
    super(data);
    this.#dictionary = new Dictionary(data.words!);
  }
  // Not in the base class: see LiveNumbers.
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
  setAll(from: number, cells: readonly Cell[]): void {
    let [cell, code]: [Cell, number] = [undefined, -1];
    for (let i = 0; i < cells.length; i++) {
      // The same word often comes again and again.
      if (cells[i] !== cell) code = this.#dictionary.code((cell = cells[i]) as string | undefined);
      this.put(from + i, code);
    }
  }
  setSame(from: number, count: number, cell: Cell): void {
    this.putSame(from, count, this.#dictionary.code(cell as string | undefined));
  }
}

/** Returns a column's codes in the order of `rows`, with its dictionary. */
export function dumpCodes(column: CodeColumn, rows: readonly number[]): ColumnData {
  const values = codesFor(column.words.length, rows.length);
  const all = rows.length > MOST_ASKED ? column.all() : undefined;
  for (let i = 0; i < rows.length; i++) values[i] = all ? all[rows[i]!]! : column.get(rows[i]!);
  return { type: 'code', values, words: [...column.words] };
}

const codeArrays = [Int8Array, Int16Array, Int32Array] as const;

/** Returns an empty array for `rows` codes of a dictionary of `words` words. */
function codesFor(words: number, rows: number): Codes {
  const code = words - 1;
  const arrayOf = codeArrays.find(each => code <= largest(each))!;
  return new arrayOf(rows);
}

const largest = ({ BYTES_PER_ELEMENT }: { BYTES_PER_ELEMENT: number }): number =>
  2 ** (8 * BYTES_PER_ELEMENT - 1) - 1;

// By `instanceof`, not by `largest`: this is asked for every row of an import.
const largestIn = (codes: Codes): number =>
  codes instanceof Int8Array ? 0x7f : codes instanceof Int16Array ? 0x7fff : 0x7fff_ffff;

/** Returns the same codes in an array that has room for a larger one. */
function widened(codes: Codes, code: number): Codes {
  const wider = codesFor(code + 1, codes.length);
  wider.set(codes);
  return wider;
}
