/**
 * Import: one transaction. Every row is read and decided first; then either all valid rows are written or, unless
 * invalid ones may be skipped, none. A dry run takes the same path and stops before the commit.
 */
import { CellError, inColumn } from './cell-error.ts';
import { keysOf, type OnDuplicate } from './keys.ts';
import { LineNumbers } from './line-numbers.ts';
import type { Mapping } from './mapping.ts';
import { nearMade } from './near-made.ts';
import type { ImportResult, Outcome, RowDone, RowError } from './outcome.ts';
import { RecordTarget } from './record-target.ts';
import { Refusals } from './refusals.ts';
import { RowReader } from './row-reader.ts';
import { RowValues } from './row-values.ts';
import type { Table } from './table.ts';
import type { ImportKind, Target } from './target.ts';
import { UserTarget } from './user-target.ts';
import { foreignRow } from './values.ts';
import { idInUid } from '../core/origin.ts';
import { rulesGivingWork } from '../settings/hand-over.ts';
import { KeyTaken } from '../core/unique.ts';
import { mayChangeSettings } from '../core/viewer.ts';
import type { Writer } from '../core/writer.ts';
import type { Row } from '../../channels/row-file.ts';
import { idOf, kindOf } from '../../domain/changes.ts';
import { conflict, CrmError, usage } from '../../domain/errors.ts';
import type { AnyKind } from '../../domain/kinds.ts';
import { isEmpty, type Rec } from '../../domain/records.ts';
import { wouldStart } from '../../engine/would-start.ts';
import type { Field } from '../../kinds/field.ts';
import { derivedFields } from '../../query/derived.ts';

export interface ImportOptions {
  readonly kind: ImportKind;
  readonly mapping: Mapping;
  readonly onDuplicate?: OnDuplicate | undefined;
  readonly skipInvalid: boolean;
  /** The id of this workspace: rows that name it use its ids. */
  readonly workspace: string | undefined;
  /** Whether the ids of all rows are of this workspace, even if the rows do not say so. */
  readonly sameWorkspace?: boolean | undefined;
  readonly trigger: boolean;
  /** Called for every row, in order; what it says holds only if the import is not given up. */
  readonly onRow?: ((done: RowDone) => void) | undefined;
}

/** The target of rows of a kind. */
export async function targetOf(writer: Writer, kind: ImportKind, refusals = new Refusals()): Promise<Target> {
  if (kind !== 'user') return new RecordTarget(writer, kind);
  // Checked before any row, because errors of rows reveal things that only users who may change users may know.
  mayChangeSettings(writer.view.viewer);
  return new UserTarget(writer, await rulesGivingWork(writer), refusals);
}

/**
 * Decides on all rows in a draft; to be called by `untilTaken`. With errors and without `skipInvalid`, the draft is left
 * without changes.
 */
export async function importRows(
  writer: Writer,
  table: Table,
  options: ImportOptions,
  refusals: Refusals,
): Promise<ImportResult> {
  const { draft } = writer;
  draft.trigger = options.trigger;
  draft.addLines();
  const target = await targetOf(writer, options.kind, refusals);
  const importer = new Importer(writer, target, table, options, refusals);
  for await (const batch of table.rows()) for (const row of batch) importer.row(row);
  if (importer.errors.length > 0 && !options.skipInvalid) {
    draft.discard();
    const failed = importer.errors.length;
    return { ...importer.result(), created: 0, updated: 0, unchanged: 0, skipped: 0, failed };
  }
  await importer.finish();
  const { changes, state, clock, seq } = draft;
  const notStarted = options.trigger
    ? 0
    : wouldStart(changes, () => state.asOf(seq - 1, [], new Map()), state, clock, seq);
  return { ...importer.result(), made: importer.made(), ...importer.nearMade(), notStarted };
}

class Importer {
  readonly #writer: Writer;
  readonly #options: ImportOptions;
  readonly #target: Target;
  readonly #reader: RowReader;
  readonly #keys: readonly Field[];
  readonly #values: RowValues;
  readonly #counts: Record<Outcome, number> = { created: 0, updated: 0, unchanged: 0, skipped: 0, failed: 0 };
  readonly #changed = new Map<string, number>();
  /** By record: the line that made or changed it. */
  readonly #lines: LineNumbers | Map<string, number>;
  /** By record that was made because a row names it: the line of that row. */
  readonly #beside = new Map<string, number>();
  readonly #believesAll: boolean;
  readonly #header: readonly string[];
  readonly errors: RowError[] = [];
  readonly #doubtfulPhones: { line: number; phone: string }[] = [];

  constructor(writer: Writer, target: Target, table: Table, options: ImportOptions, refusals: Refusals) {
    const { kind, mapping } = options;
    this.#writer = writer;
    this.#options = options;
    this.#target = target;
    this.#reader = new RowReader(this.#target, table.header, mapping, name => isDerived(writer, kind, name));
    this.#header = table.header;
    // Users have names for ids.
    this.#lines = kind === 'user' ? new Map() : new LineNumbers(writer.config.kinds.of(kind).letter);
    this.#believesAll = options.sameWorkspace === true || mapping.key === 'id';
    this.#keys = keysOf(this.#target, mapping.key, options.onDuplicate);
    this.#values = new RowValues(writer, kind, target, this.#reader, mapping, table.guarded, refusals);
  }

  /** Adds or changes the record of one row; or notes what is wrong with it. */
  row(row: Row): void {
    if (row.blank) {
      this.#note({ line: row.line, outcome: 'skipped' });
      return;
    }
    const mark = this.#target.mark();
    const beside = this.#values.mark();
    let done: RowDone;
    try {
      done = this.#decide(row);
      this.#noteBeside(mark, row.line);
      if (done.outcome === 'created' || done.outcome === 'updated')
        for (const phone of this.#values.doubtfulPhones) this.#doubtfulPhones.push({ line: row.line, phone });
    } catch (thrown) {
      if (!(thrown instanceof CrmError)) throw thrown;
      const error = this.#withLine(thrown);
      this.#target.revert(mark);
      this.#values.revert(beside);
      this.errors.push({
        line: row.line,
        inLine: row.inLine,
        column: error instanceof CellError ? error.column : null,
        error: error.hint ? `${error.message} (${error.hint})` : error.message,
        cells: row.cells,
        source: row.source,
      });
      done = { line: row.line, outcome: 'failed' };
    }
    this.#note(done);
  }

  /** Notes which line names records of which others are made, for errors of later lines. */
  #noteBeside(mark: number, line: number): void {
    const { changes } = this.#writer.draft;
    for (let i = mark; i < changes.length - 1; i++) this.#beside.set(idOf(changes[i]!), line);
  }

  /** Adds to an error about what is there already which line of the file brought it. */
  #withLine(error: CrmError): CrmError {
    if (!(error instanceof KeyTaken) || error.id === undefined) return error;
    const line = this.#lines.get(error.id) ?? this.#beside.get(error.id);
    return line === undefined ? error : conflict(`${error.message}, of line ${line}`, error.hint);
  }

  #note(done: RowDone): void {
    this.#counts[done.outcome]++;
    this.#options.onRow?.(done);
  }

  #decide({ line, cells, error, source }: Row): RowDone {
    const isShort = source === undefined && cells.length < this.#header.length;
    if (error !== undefined) throw usage(error, isShort ? '--pad takes rows that end early' : undefined);
    this.#reader.read(cells);
    const { origin } = this.#reader;
    this.#values.isBelieved = this.#believesAll || this.#isOwn(origin);
    if (this.#options.mapping.key === 'id' && !this.#options.sameWorkspace && origin && !this.#isOwn(origin))
      throw foreignRow(origin);
    const existing = this.#existing();
    if (!existing) {
      const id = this.#create(line);
      this.#lines.set(id, line);
      return { line, outcome: 'created', id };
    }
    const { id } = existing;
    if (this.#options.onDuplicate === 'skip') return { line, outcome: 'skipped', id };
    const fields = this.#target.update(existing, this.#values.of(existing), line);
    this.#lines.set(id, line);
    for (const name of fields) this.#changed.set(name, (this.#changed.get(name) ?? 0) + 1);
    return fields.length > 0 ? { line, outcome: 'updated', id, fields } : { line, outcome: 'unchanged', id };
  }

  /** Returns the existing record with the row's key; throws if that is an error. */
  #existing(): Rec | undefined {
    const { mapping, onDuplicate } = this.#options;
    for (const key of this.#keys) {
      const slot = this.#reader.slot(key.name);
      const text = slot?.text?.trim();
      if (!slot || text === undefined) {
        if (mapping.key === key.name && !this.#hasOtherKey(key)) throw usage(`the key ${key.name} is empty`);
        continue;
      }
      slot.text = text;
      const own = key.path === 'externalId' ? this.#ownRecord(text) : undefined;
      if (own) {
        slot.text = undefined;
        return own;
      }
      const quoted = JSON.stringify(text);
      const found = inColumn(slot.column, () => this.#target.find(key, text));
      const [record] = found;
      if (!record) continue;
      if (found.length > 1)
        throw new CellError(
          slot.column,
          usage(`the key ${quoted} is of several records: ${found.map(({ id }) => id).join(', ')}`),
        );
      const before = this.#lines.get(record.id);
      if (before !== undefined && (onDuplicate === undefined || onDuplicate === 'error'))
        throw new CellError(
          slot.column,
          usage(
            `the key ${quoted} is in line ${before} already`,
            '--on-duplicate update or skip says which line counts: the last or the first',
          ),
        );
      if (onDuplicate === 'error')
        throw new CellError(slot.column, usage(`${record.id} has the key ${quoted} already`));
      const first =
        mapping.keepsExternalIds && !isEmpty(record.externalId) && this.#reader.slot('externalId');
      if (first) first.text = undefined;
      return record;
    }
    return undefined;
  }

  /** The record that this workspace gave out under that external id, in an export for other programs. */
  #ownRecord(uid: string): Rec | undefined {
    const { kind, workspace } = this.#options;
    const id = idInUid(workspace, uid);
    if (id === undefined || kind === 'user') return undefined;
    const { view } = this.#writer;
    return view.lookup([kind], id) === id ? view.record(id) : undefined;
  }

  /** Whether a row without the first key has another key by which it can be found. */
  #hasOtherKey(key: Field): boolean {
    return this.#keys.some(other => other !== key && this.#reader.slot(other.name)?.text !== undefined);
  }

  #create(line: number): string {
    this.#reader.fillGaps();
    const fields = this.#values.of(undefined);
    try {
      return this.#target.create(fields, line);
    } catch (error) {
      if (!(error instanceof KeyTaken) || error.id === undefined || this.#keys.length > 0) throw error;
      throw new KeyTaken(error.path, {
        id: error.id,
        message: error.message,
        hint: `--key ${error.path} updates it`,
      });
    }
  }

  #isOwn(origin: string | undefined): boolean {
    return origin !== undefined && origin === this.#options.workspace;
  }

  async finish(): Promise<void> {
    await this.#values.finish();
    await this.#target.finish();
  }

  /** The number of records that were made beside the rows' own, by kind. */
  made(): Map<AnyKind | 'user' | 'stage', number> {
    const made = new Map<AnyKind | 'user' | 'stage', number>();
    const users = this.#values.usersMade;
    for (const change of this.#writer.draft.changes)
      if ('add' in change) {
        const kind = kindOf(change);
        made.set(kind, (made.get(kind) ?? 0) + 1);
      }
    const { kind } = this.#options;
    const beside = (made.get(kind) ?? 0) - this.#counts.created;
    if (beside > 0) made.set(kind, beside);
    else made.delete(kind);
    if (users > 0) made.set('user', users);
    if (this.#values.stagesMade > 0) made.set('stage', this.#values.stagesMade);
    return made;
  }

  /** Records that were made beside the rows' own ones and resemble existing ones. */
  nearMade(): Pick<ImportResult, 'nearMade' | 'notCompared'> {
    const { found, notCompared } = nearMade(this.#writer.view, this.#beside);
    return { nearMade: found, notCompared };
  }

  result(): ImportResult {
    const { errors } = this;
    const { leftOut } = this.#reader;
    const doubtfulPhones = this.#doubtfulPhones;
    const rest = { made: new Map(), nearMade: [], notCompared: 0, notStarted: 0 };
    return { ...this.#counts, errors, changed: this.#changed, leftOut, doubtfulPhones, ...rest };
  }
}

/** Whether a column of that name is what an export has beside the fields: it follows from other records. */
function isDerived({ config }: Writer, kind: ImportKind, name: string): boolean {
  if (kind === 'user') return name === 'teams';
  return /^scores(\.|$)/.test(name) || derivedFields(kind, config.scores).some(field => field.name === name);
}
