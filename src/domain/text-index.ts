/**
 * Finding the rows of a table whose text in one column is a given one. What the table started with is searched in its
 * bytes, and after some look-ups through a map; rows that came or changed since are noted in a map of their own.
 */
import { foldLine, liveColumn, needleOf, type TextColumn } from './columns.ts';
import type { ColumnSpec } from './fields.ts';
import type { Rec } from './records.ts';
import type { Source } from './table.ts';

/** After so many look-ups a map of all texts is worth its making. */
const LOOKUPS_BEFORE_MAP = 8;

/** Rows by text; most texts have one row. */
type Rows = Map<string, number | Set<number>>;

export class TextIndex {
  readonly spec: ColumnSpec;
  readonly #source: Source;
  #column: TextColumn | undefined;
  #lookups = 0;
  #before: Rows | undefined;
  /** Texts that rows have or had since: what is true now is asked of the record. */
  readonly #since: Rows = new Map();

  constructor(source: Source, spec: ColumnSpec) {
    this.#source = source;
    this.spec = spec;
  }

  /** Notes the text of a row that is new or has changed. */
  note(row: number, record: Rec): void {
    put(this.#since, this.#textOf(record), row);
  }

  /**
   * The rows whose text is `text`, not empty, once both are folded, ascending. `now` gives the record of a row that changed,
   * `as before` for one that did not, and undefined for one that is gone.
   */
  find(text: string, now: (row: number) => Rec | 'as before' | undefined): number[] {
    const wanted = foldLine(text);
    const [before, since] = [this.#rowsBefore(wanted), each(this.#since.get(wanted))];
    // Most of what an import looks for is not there yet.
    if (before === none && since === none) return [];
    const found = new Set<number>();
    for (const rows of [before, since])
      for (const row of rows) {
        const record = now(row);
        // A row may have changed in other fields alone: then it is not noted, and has its text still.
        if (record === 'as before' || (record && this.#textOf(record) === wanted)) found.add(row);
      }
    return [...found].sort((a, b) => a - b);
  }

  #rowsBefore(wanted: string): Iterable<number> {
    if (this.#source.rows === 0) return none;
    if (this.#before) return each(this.#before.get(wanted));
    this.#column ??= liveColumn(this.#source.column(this.spec)) as TextColumn;
    if (++this.#lookups > LOOKUPS_BEFORE_MAP) {
      this.#before = new Map();
      for (let row = 0; row < this.#source.rows; row++) put(this.#before, this.#column.get(row), row);
      this.#column = undefined;
      return this.#rowsBefore(wanted);
    }
    const rows: number[] = [];
    this.#column.equal(needleOf(wanted), row => rows.push(row));
    return rows;
  }

  #textOf(record: Rec): string {
    return foldLine((this.spec.cell(record) as string | undefined) ?? '');
  }
}

/** What is empty is not put: in most columns that nobody fills it is the text of all rows. */
function put(rows: Rows, text: string, row: number): void {
  if (text === '') return;
  const known = rows.get(text);
  if (known === undefined) rows.set(text, row);
  else if (typeof known !== 'number') known.add(row);
  else if (known !== row) rows.set(text, new Set([known, row]));
}

const none: readonly number[] = [];

const each = (rows: number | Set<number> | undefined): Iterable<number> =>
  rows === undefined ? none : typeof rows === 'number' ? [rows] : rows;
