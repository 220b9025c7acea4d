import { type AddChange, andWhatFollows, applyChange, isAmong, type SetChange } from '../domain/changes.ts';
import type { Cell } from '../domain/cell.ts';
import type { ColumnSpec, KindDefinition } from '../kinds/define.ts';
import type { Rec } from '../domain/records.ts';
import { type AddedLine, endsOfRecords, type EndsOfRecords } from './added-line.ts';
import { type LinePatch, LinePatches } from './line-patch.ts';
import { Pending } from './pending.ts';
import { LineCutter, type SharedValues } from './shared-values.ts';
import type { Source } from './source.ts';

/**
 * What lies over a table's source: rows that were added, changed or removed since. A row of the source passes through
 * these states, and only the last two cost memory:
 *
 *     as it came    its record is read from the source each time it is asked for
 *     pending       changes were noted, the record was not read
 *     current       the record was read and changed; it is kept
 *
 * A row that was added keeps the change that added it (an import has a million, and asks for few of them again) until
 * it is changed in turn.
 */
export class Overlay {
  readonly #definition: KindDefinition;
  readonly #source: Source;
  readonly #addedBy: AddChange[] = [];
  readonly #addedAt: string[] = [];
  readonly removed = new Set<number>();
  /** A changed row is in one of these two, never in both. */
  readonly #pending = new Map<number, Pending>();
  readonly #current = new Map<number, Rec>();
  /**
   * The paths that changes of the source's rows have set: columns that read none of them have not changed. Undefined
   * after a row came back, because that may have changed any path.
   */
  #paths: Map<string, readonly string[]> | undefined = new Map();
  readonly #patches = new LinePatches();
  /** Memory for lines that are to be patched. */
  #lines: Buffer | undefined;
  /** Whether a line of the source was not in the form in which crm writes lines: then no more lines are patched. */
  #areUnusual = false;
  /** The last record that was read: showing a row asks for its record once per field. */
  #read: { readonly row: number; readonly record: Rec } | undefined;

  constructor(definition: KindDefinition, source: Source) {
    this.#definition = definition;
    this.#source = source;
  }

  /** Takes in a record on a new row. */
  add(change: AddChange, at: string): void {
    this.#addedBy.push(change);
    this.#addedAt.push(at);
  }

  /** Takes in a record that came back from the trash, on its former row. */
  addAnew(row: number, change: AddChange, at: string): void {
    this.removed.delete(row);
    this.#current.delete(row);
    this.#pending.set(row, new Pending(change, at));
    this.#paths = undefined;
  }

  set(row: number, change: SetChange, at: string): void {
    const pending = this.#pending.get(row);
    // The record was often read just before, to decide on the change.
    const record = this.#current.get(row) ?? (this.#read?.row === row ? this.#read.record : undefined);
    if (pending) pending.push(change, at);
    else if (record) this.#current.set(row, applyChange(record, change, at)!);
    else this.#pending.set(row, new Pending(change, at));
    if (row >= this.#source.rows || !this.#paths) return;
    const paths = pathsOf(change);
    if (!this.#paths.has(paths)) this.#paths.set(paths, Object.keys(change.set));
  }

  /** Returns the number of the source's rows that are as they came. */
  countUnchanged(): number {
    const changed = new Set<number>();
    for (const rows of [this.#current.keys(), this.#pending.keys(), this.removed])
      for (const row of rows) if (row < this.#source.rows) changed.add(row);
    return this.#source.rows - changed.size;
  }

  /** Whether a row differs from the source. */
  differs(row: number): boolean {
    return row >= this.#source.rows || this.#current.has(row) || this.#pending.has(row);
  }

  record(row: number): Rec {
    const pending = this.#pending.get(row);
    if (!pending) return this.#current.get(row) ?? this.#asItCame(row);
    const record = pending.on(pending.isWhole ? undefined : this.#asItCame(row))!;
    this.#pending.delete(row);
    this.#current.set(row, record);
    return record;
  }

  /** Returns the record of a row that was not changed after it was added, or that is as the source has it. */
  #asItCame(row: number): Rec {
    if (this.#read?.row !== row) {
      const base = this.#source.rows;
      const record = row < base ? this.#source.record(row) : this.#asAdded(row - base);
      this.#read = { row, record };
    }
    return this.#read.record;
  }

  #asAdded(place: number): Rec {
    const by = this.#addedBy[place]!;
    const record = applyChange(undefined, by, this.#addedAt[place]!)!;
    // A record takes more memory than the line it was read from, so the line is read again.
    if (!by.line) this.#current.set(this.#source.rows + place, record);
    return record;
  }

  /** Returns the rows that differ from the source in a field that a column reads, some perhaps twice. */
  *rowsThatDiffer({ reads }: ColumnSpec): Iterable<number> {
    const base = this.#source.rows;
    const sets = this.#paths && [...this.#paths.values()];
    if (!sets || reads.some(path => sets.some(set => isAmong(path, andWhatFollows(set))))) {
      for (const row of this.#current.keys()) if (row < base) yield row;
      // A copy, because asking for a record removes it from the pending ones.
      for (const row of [...this.#pending.keys()]) if (row < base) yield row;
    }
    for (let row = base; row < base + this.#addedBy.length; row++) yield row;
  }

  /** Whether a row may differ from the source in a field that a column reads. Does not read the record. */
  mayDiffer(row: number, { reads }: ColumnSpec): boolean {
    const pending = row >= this.#source.rows ? undefined : this.#pending.get(row);
    return !pending || pending.concern(reads);
  }

  /** Returns a row's value in a column, without reading its record if the changes say all that the column reads. */
  cell(row: number, spec: ColumnSpec, readsTimes: boolean): Cell {
    const pending = this.#pending.get(row);
    if (pending?.say(spec.reads)) return spec.cell(pending.said);
    const base = this.#source.rows;
    const isAsAdded = row >= base && !readsTimes && !pending && !this.#current.has(row);
    return spec.cell(isAsAdded ? this.#addedBy[row - base]!.add : this.record(row));
  }

  /**
   * Copies the lines of unchanged rows from `row` on, at most to `end` and as far as `into` has room, and writes the
   * end of each line to `ends`. Returns how many lines it copied, perhaps none: lines of the source can be copied only
   * if they leave out what the new lines leave out, `shared`.
   */
  copyUnchanged(row: number, end: number, into: Buffer, ends: Uint32Array, shared?: SharedValues): number {
    const base = this.#source.rows;
    const isOfSource = row < base;
    const isKept = isOfSource
      ? () => this.#source.copyLines !== undefined && this.#source.shared === shared
      : (to: number) => this.#addedBy[to - base]!.line !== undefined;
    const limit = Math.min(isOfSource ? Math.min(end, base) : end, row + ends.length);
    let to = row;
    while (
      to < limit &&
      isKept(to) &&
      !this.#current.has(to) &&
      !this.#pending.has(to) &&
      !this.removed.has(to)
    )
      to++;
    if (to === row) return 0;
    return isOfSource
      ? this.#source.copyLines!(row, to, into, ends)
      : this.#copyAdded(row - base, to - base, into, ends, shared);
  }

  /**
   * Does the same as `copyUnchanged` for changed rows of the source whose records were not read, as their changes leave them.
   * Copies none if the lines of the source, or those that are wanted, leave out shared values.
   */
  copyPatched(row: number, end: number, into: Buffer, ends: Uint32Array, shared?: SharedValues): number {
    const source = this.#source;
    if (this.#areUnusual || shared || source.shared || !source.copyLines) return 0;
    const limit = Math.min(end, source.rows, row + Math.min(ends.length, MOST_AT_ONCE));
    const patches: LinePatch[] = [];
    for (let to = row; to < limit; to++) {
      const patch = this.#patchOf(to);
      if (!patch) break;
      patches.push(patch);
    }
    if (patches.length === 0) return 0;
    this.#lines ??= Buffer.allocUnsafeSlow(AT_ONCE);
    const rows = source.copyLines(row, row + patches.length, this.#lines, ends);
    let size = 0;
    let start = 0;
    for (let i = 0; i < rows; i++) {
      const patch = patches[i]!;
      const its = ends[i]!;
      if (size + its - start + patch.growth > into.length) return i;
      const copied = patch.copy(this.#lines, start, its, into, size);
      this.#areUnusual = copied < 0;
      if (copied < 0) return i;
      ends[i] = size = copied;
      start = its;
    }
    return rows;
  }

  #patchOf(row: number): LinePatch | undefined {
    const pending = this.#current.has(row) || this.removed.has(row) ? undefined : this.#pending.get(row);
    return pending?.patch(this.#patches);
  }

  #copyAdded(from: number, to: number, into: Buffer, ends: Uint32Array, shared?: SharedValues): number {
    let size = 0;
    let at: string | undefined;
    let endings!: EndsOfRecords;
    const cutter = shared && new LineCutter(shared);
    for (let i = from; i < to; i++) {
      const line = this.#addedBy[i] as AddedLine;
      if (this.#addedAt[i] !== at)
        endings = endsOfRecords(this.#definition, (at = this.#addedAt[i]!), shared);
      const ending = line.hasTimes ? endings.timed : endings.usual;
      if (size + line.recordSize + ending.longest > into.length) return i - from;
      size = line.copyRecord(into, size, ending, cutter);
      const end = ending.after(cutter?.found ?? 0);
      into.set(end, size);
      size += end.length;
      ends[i - from] = size;
    }
    return to - from;
  }
}

/** The most bytes of lines, and the most lines, that are read at once to be patched. Few lines are shorter than 256 bytes. */
const AT_ONCE = 32 * 1024;
const MOST_AT_ONCE = 128;

/** Returns the paths of a change as one text: most changes set one path, and many set the same ones. */
export function pathsOf({ set }: SetChange): string {
  let name = '';
  for (const path in set) name = name === '' ? path : `${name}\n${path}`;
  return name;
}
