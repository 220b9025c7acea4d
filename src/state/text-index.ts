import type { ColumnSpec } from '../kinds/define.ts';
import type { Rec } from '../domain/records.ts';
import { textsIn, wrapped } from '../kinds/several-cells.ts';
import type { TextColumn } from './columns/column.ts';
import { liveColumn } from './columns/index.ts';
import { foldLine, needleOf } from './columns/texts.ts';
import { LazyIndex } from './lazy-index.ts';
import { none, RowsByHash } from './rows-by-hash.ts';
import type { Source } from './source.ts';

/** The number of look-ups that search the column's bytes before a map of all texts is built. */
const SEARCHES = 8;

/** Rows by text; most texts have one row. */
type Rows = Map<string, number | Set<number>>;

/**
 * Finds the rows of a table with a given text in one column: an account's name, one of a contact's e-mails.
 *
 *     rows of the source   a lazy index (see LazyIndex): the column's bytes are searched, later a map is asked
 *     rows since then      their hashes, to which `note` adds those of every text that a row has or had
 *
 * Entries are never removed. A hit is checked against the record as it is now.
 */
export class TextIndex {
  readonly spec: ColumnSpec;
  readonly #source: Source;
  #column: TextColumn | undefined;
  readonly #before = new LazyIndex<Rows>(SEARCHES, () => this.#mapOfSource());
  readonly #since = new RowsByHash();

  constructor(source: Source, spec: ColumnSpec) {
    this.#source = source;
    this.spec = spec;
  }

  /** Notes the text of a row that is new or has changed. */
  note(row: number, record: Rec): void {
    for (const text of this.#textsOf(record)) if (text !== '') this.#since.add(text, row);
  }

  /**
   * Returns the rows whose folded text is that of `text`, which must not be empty, ascending. `now` returns the
   * record of a row that changed, `as before` for a row that did not, and undefined for a row that is gone.
   */
  find(text: string, now: (row: number) => Rec | 'as before' | undefined): number[] {
    const wanted = foldLine(text);
    const [before, since] = [this.#rowsBefore(wanted), this.#since.get(wanted)];
    // Most texts that an import looks up are not there yet.
    if (before === none && since === none) return [];
    const found = new Set<number>();
    for (const rows of [before, since])
      for (const row of rows) {
        const record = now(row);
        // A row that changed in other fields alone was not noted, and still has its text.
        if (record === 'as before' || (record && this.#textsOf(record).includes(wanted))) found.add(row);
      }
    return [...found].sort((a, b) => a - b);
  }

  #rowsBefore(wanted: string): Iterable<number> {
    if (this.#source.rows === 0) return none;
    const map = this.#before.ask();
    if (map) return each(map.get(wanted));
    const rows: number[] = [];
    const column = this.#columnOfSource();
    if (this.spec.several) column.search(needleOf(wrapped(wanted)), row => rows.push(row));
    else column.equal(needleOf(wanted), row => rows.push(row));
    return rows;
  }

  #mapOfSource(): Rows {
    const map: Rows = new Map();
    const column = this.#columnOfSource();
    for (let row = 0; row < this.#source.rows; row++)
      for (const text of this.#textsOfCell(column.get(row))) put(map, text, row);
    this.#column = undefined;
    return map;
  }

  #columnOfSource(): TextColumn {
    return (this.#column ??= liveColumn(this.#source.column(this.spec)) as TextColumn);
  }

  #textsOf(record: Rec): readonly string[] {
    return this.#textsOfCell(foldLine((this.spec.cell(record) as string | undefined) ?? ''));
  }

  #textsOfCell(cell: string): readonly string[] {
    return this.spec.several ? textsIn(cell) : [cell];
  }
}

/** Adds a row to those of a text. An empty text is left out: in most columns it would be that of nearly all rows. */
function put(rows: Rows, text: string, row: number): void {
  if (text === '') return;
  const known = rows.get(text);
  if (known === undefined) rows.set(text, row);
  else if (typeof known !== 'number') known.add(row);
  else if (known !== row) rows.set(text, new Set([known, row]));
}

const each = (rows: number | Set<number> | undefined): Iterable<number> =>
  rows === undefined ? none : typeof rows === 'number' ? [rows] : rows;
