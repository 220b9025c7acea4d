/**
 * Import: one transaction. Every row is read and decided on first; then either all of them are written or, unless
 * invalid ones may be skipped, none. A dry run takes the same path and stops before the commit.
 */
import { CellError, inColumn } from './cell-error.ts';
import { keysOf, type OnDuplicate } from './keys.ts';
import type { Mapping } from './mapping.ts';
import { MissingUsers } from './missing-users.ts';
import { RecordTarget } from './record-target.ts';
import { Relations } from './relations.ts';
import { CLOSES, CONTACT_NAME, RowReader, SET, type Slot } from './row-reader.ts';
import type { Target } from './target.ts';
import { UserTarget } from './user-target.ts';
import { cannotBeSet, foreignRow, type ReadValue, unprovenId, ValueReaders } from './values.ts';
import { rulesGivingWork } from '../settings/hand-over.ts';
import { pipelineIn } from '../core/pipelines.ts';
import { KeyTaken } from '../core/unique.ts';
import { mayChangeSettings } from '../core/viewer.ts';
import type { Fields, Writer } from '../core/writer.ts';
import type { Row } from '../../channels/row-file.ts';
import { kindOf } from '../../domain/changes.ts';
import { conflict, CrmError, usage } from '../../domain/errors.ts';
import type { AnyKind, Kind } from '../../domain/kinds.ts';
import { type Rec, sameJson } from '../../domain/records.ts';
import { wouldStart } from '../../engine/would-start.ts';
import { defaultOwner } from '../../kinds/deal.ts';
import type { ValueContext } from '../../kinds/field-types.ts';
import type { Field } from '../../kinds/field.ts';
import { readField } from '../../kinds/fields.ts';
import { derivedFields } from '../../query/derived.ts';

/** A table of texts, readable more than once: a decision may have to be made again. */
export interface Table {
  /** Formats that name columns in every row add to it while the rows are read. */
  readonly header: readonly string[];
  /** Whether texts may have the apostrophe that keeps a spreadsheet from running them. */
  readonly guarded: boolean;
  rows(): AsyncIterable<readonly Row[]>;
}

/** What can be imported: users are settings, all else are records. */
export type ImportKind = Kind | 'user';

export interface RowError {
  readonly line: number;
  readonly column: string | null;
  readonly error: string;
  readonly cells: readonly string[];
  /** The row as it stands in the file, where the cells do not say all of it. */
  readonly source?: string | undefined;
}

export const outcomes = ['created', 'updated', 'unchanged', 'skipped', 'failed'] as const;
export type Outcome = (typeof outcomes)[number];

/** What became of one row. */
export interface RowDone {
  readonly line: number;
  readonly outcome: Outcome;
  /** The record; of one that is new, the id that it would get. */
  readonly id?: string;
  /** The fields that changed, old and new, of an update. */
  readonly fields?: readonly string[];
}

export type ImportResult = Readonly<Record<Outcome, number>> & {
  readonly errors: readonly RowError[];
  /** In how many records each field was changed, by updates. */
  readonly changed: ReadonlyMap<string, number>;
  /** How many records of other kinds, and users, were made because rows name them. */
  readonly made: ReadonlyMap<AnyKind | 'user', number>;
  /** How many enrolments in automations the import would have begun, if it might. */
  readonly notStarted: number;
  /** Columns that were left out without having been named. */
  readonly leftOut: readonly string[];
};

export interface ImportOptions {
  readonly kind: ImportKind;
  readonly mapping: Mapping;
  readonly onDuplicate?: OnDuplicate | undefined;
  readonly skipInvalid: boolean;
  /** The id of this workspace: rows that name it have its ids. */
  readonly workspace: string | undefined;
  /** Whether the ids of all rows are of this workspace, also where they do not say so. */
  readonly sameWorkspace?: boolean | undefined;
  readonly trigger: boolean;
  /** Called for every row, in order; what it says holds only if the import is not given up. */
  readonly onRow?: ((done: RowDone) => void) | undefined;
}

/** What rows become that are of a kind. */
export async function targetOf(writer: Writer, kind: ImportKind): Promise<Target> {
  if (kind !== 'user') return new RecordTarget(writer, kind);
  // Before any row: what its errors say is for those who may change users.
  mayChangeSettings(writer.view.viewer);
  return new UserTarget(writer, await rulesGivingWork(writer));
}

/** Decides on all rows in a draft. With errors and without `skipInvalid`, the draft is left without changes. */
export async function importRows(
  writer: Writer,
  table: Table,
  options: ImportOptions,
): Promise<ImportResult> {
  const { draft } = writer;
  draft.trigger = options.trigger;
  draft.addLines();
  const importer = new Importer(writer, await targetOf(writer, options.kind), table, options);
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
  return { ...importer.result(), made: importer.made(), notStarted };
}

class Importer {
  readonly #writer: Writer;
  readonly #options: ImportOptions;
  readonly #target: Target;
  readonly #reader: RowReader;
  readonly #keys: readonly Field[];
  readonly #values: ValueReaders;
  readonly #relations: Relations;
  readonly #users: MissingUsers | undefined;
  readonly #readers = new Map<Slot, ReadValue>();
  readonly #contexts = new Map<string, ValueContext>();
  readonly #counts: Record<Outcome, number> = { created: 0, updated: 0, unchanged: 0, skipped: 0, failed: 0 };
  readonly #changed = new Map<string, number>();
  /** By record: the line that made or changed it. */
  readonly #lines = new Map<string, number>();
  /** Whether ids of the present row are those of this workspace. */
  #isBelieved = false;
  readonly #believesAll: boolean;
  readonly errors: RowError[] = [];

  constructor(writer: Writer, target: Target, table: Table, options: ImportOptions) {
    const { kind, mapping } = options;
    this.#writer = writer;
    this.#options = options;
    this.#target = target;
    this.#reader = new RowReader(this.#target, table.header, mapping, name => isDerived(writer, kind, name));
    this.#believesAll = options.sameWorkspace === true || mapping.key === 'id';
    this.#keys = keysOf(this.#target, mapping.key, options.onDuplicate);
    this.#values = new ValueReaders(mapping, writer.draft.clock, table.guarded);
    this.#relations = new Relations(writer, mapping.createMissing, kind === 'user' ? undefined : kind);
    this.#users = mapping.createMissing.includes('users') ? new MissingUsers(writer) : undefined;
  }

  /** Adds or changes the record of one row; or notes what is wrong with it. */
  row(row: Row): void {
    if (row.blank) {
      this.#note({ line: row.line, outcome: 'skipped' });
      return;
    }
    const mark = this.#target.mark();
    const users = this.#users?.mark();
    let done: RowDone;
    try {
      done = this.#decide(row);
    } catch (error) {
      if (!(error instanceof CrmError)) throw error;
      this.#target.revert(mark);
      if (users !== undefined) this.#users!.revert(users);
      this.#relations.forget();
      this.errors.push({
        line: row.line,
        column: error instanceof CellError ? error.column : null,
        error: error.hint ? `${error.message} (${error.hint})` : error.message,
        cells: row.cells,
        source: row.source,
      });
      done = { line: row.line, outcome: 'failed' };
    }
    this.#note(done);
  }

  #note(done: RowDone): void {
    this.#counts[done.outcome]++;
    this.#options.onRow?.(done);
  }

  #decide({ line, cells, error }: Row): RowDone {
    if (error !== undefined) throw usage(error);
    this.#reader.read(cells);
    const { origin } = this.#reader;
    this.#isBelieved = this.#believesAll || this.#isOwn(origin);
    if (this.#options.mapping.key === 'id' && !this.#options.sameWorkspace && origin && !this.#isOwn(origin))
      throw foreignRow(origin);
    const existing = this.#existing();
    if (!existing) {
      const id = this.#create(line);
      if (this.#keys.length > 0) this.#lines.set(id, line);
      return { line, outcome: 'created', id };
    }
    const { id } = existing;
    if (this.#options.onDuplicate === 'skip') return { line, outcome: 'skipped', id };
    const fields = this.#target.update(existing, this.#parse(existing), line);
    this.#lines.set(id, line);
    for (const name of fields) this.#changed.set(name, (this.#changed.get(name) ?? 0) + 1);
    return fields.length > 0 ? { line, outcome: 'updated', id, fields } : { line, outcome: 'unchanged', id };
  }

  /** What has the row's key already; throws where that is an error. */
  #existing(): Rec | undefined {
    const { mapping, onDuplicate } = this.#options;
    for (const key of this.#keys) {
      const slot = this.#reader.slot(key.name);
      const text = slot?.text?.trim();
      if (!slot || text === undefined) {
        if (mapping.key !== undefined) throw usage(`the key ${key.name} is empty`);
        continue;
      }
      slot.text = text;
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
      return record;
    }
    return undefined;
  }

  #create(line: number): string {
    this.#reader.fillGaps();
    const fields = this.#parse(undefined);
    try {
      return this.#target.create(fields, line);
    } catch (error) {
      if (!(error instanceof KeyTaken) || error.id === undefined || this.#keys.length > 0) throw error;
      throw conflict(error.message, `--key ${error.path} updates it`);
    }
  }

  /** The values of the row's texts. */
  #parse(record: Rec | undefined): Fields {
    const fields: Fields = {};
    const context = this.#context(record);
    const makeable: { account?: Slot; contact?: Slot } = {};
    for (const slot of this.#reader.slots) {
      const { field, text } = slot;
      if (text === undefined || field.name === CONTACT_NAME || field.name === CLOSES) continue;
      if (field.type === 'ref' && field.refs!.includes('contact')) makeable.contact = slot;
      else if (field.type === 'ref' && field.refs!.includes('account')) makeable.account = slot;
      else this.#put(fields, slot, record, context);
    }
    // What is made for a deal is its owner's; a contact belongs to the account that is named with it.
    for (const slot of [makeable.account, makeable.contact])
      if (slot) this.#put(fields, slot, record, context);
    const closes = this.#reader.slot(CLOSES);
    if (closes?.text !== undefined) {
      const isOpen = ((fields.status ?? record?.status ?? 'open') as string) === 'open';
      const field = this.#target.field(isOpen ? 'expectedClose' : 'closedAt')!;
      fields[field.path] ??= inColumn(closes.column, () => this.#values.of(field)(closes.text!, context));
    }
    return fields;
  }

  #put(fields: Fields, slot: Slot, record: Rec | undefined, context: ValueContext): void {
    const { field, text, column } = slot;
    try {
      const value = this.#values.unchanged(field, record, text!, cell =>
        field.type === 'ref' ? this.#related(slot, fields, record) : this.#readerOf(slot)(cell, context),
      );
      if (!field.settable) {
        if (!record || !sameJson(readField(field, record), value)) throw cannotBeSet(field, column);
      } else if (field.type === 'ref' && field.path === 'contacts') {
        const others = (fields.contacts as readonly string[] | undefined) ?? [];
        fields.contacts = [value as string, ...others.filter(other => other !== value)];
      } else fields[field.path] = value;
    } catch (error) {
      throw error instanceof CrmError ? new CellError(column, error) : error;
    }
  }

  #isOwn(origin: string | undefined): boolean {
    return origin !== undefined && origin === this.#options.workspace;
  }

  #related({ field, text, column }: Slot, fields: Fields, record: Rec | undefined): string {
    const { account } = fields;
    // What is set for all rows was typed in this workspace.
    if (column !== SET) {
      const named = this.#named(field.refs!, text!.trim());
      if (named !== undefined) return named;
    }
    return this.#relations.find(field, text!, {
      name: this.#reader.slot(CONTACT_NAME)?.text,
      account: typeof account === 'string' ? account : undefined,
      owner: () => this.#ownerOf(fields, record),
    });
  }

  /** Whose the record of a row is, and what is made for it; a new deal's owner is put into its fields. */
  #ownerOf(fields: Fields, record: Rec | undefined): string | null {
    const said = 'owner' in fields ? fields.owner : record?.owner;
    if (typeof said === 'string') return said;
    if (said === null || record || this.#options.kind !== 'deal') return null;
    const { config, view } = this.#writer;
    const pipeline = pipelineIn(config, view.viewer, fields.pipeline as string | undefined);
    // Where users take turns, each time that somebody asks is another's turn: the deal keeps the answer.
    const owner = defaultOwner(pipeline, this.#writer);
    fields.owner = owner;
    return owner;
  }

  #readerOf(slot: Slot): ReadValue {
    let read = this.#readers.get(slot);
    if (!read) {
      read = this.#values.of(slot.field);
      if (this.#users && slot.field.type === 'user') read = this.#orMadeUser(read);
      this.#readers.set(slot, read);
    }
    return read;
  }

  /** The user of a name, who is made where there is none. */
  #orMadeUser(read: ReadValue): ReadValue {
    return (text, context) => {
      try {
        return read(text, context);
      } catch (error) {
        const made = error instanceof CrmError ? this.#users!.make(text) : undefined;
        if (made === undefined) throw error;
        this.#contexts.clear();
        return made;
      }
    };
  }

  /**
   * The record that has an id-shaped text as its name or key, where nothing says that ids of the row are of this
   * workspace; USAGE where none has. Undefined for all other texts.
   */
  #named(kinds: readonly Kind[], text: string): string | undefined {
    if (this.#isBelieved || !this.#writer.config.kinds.parseId(text)) return undefined;
    const named = this.#writer.view.lookup(kinds, text, false);
    if (named !== undefined) return named;
    throw unprovenId(text, this.#reader.origin);
  }

  /** What values are read with: money is in the currency of the row, the record, or the pipeline. */
  #context(record: Rec | undefined): ValueContext {
    const currency = this.#currency(record);
    let context = this.#contexts.get(currency);
    if (!context) {
      const made = this.#writer.context(currency);
      context = { ...made, find: (kinds, key) => this.#named(kinds, key) ?? made.find(kinds, key) };
      this.#contexts.set(currency, context);
    }
    return context;
  }

  #currency(record: Rec | undefined): string {
    const said = this.#reader.slot('currency')?.text?.trim().toUpperCase() ?? record?.currency;
    if (typeof said === 'string' && said !== '') return said;
    const { config } = this.#writer.view;
    if (this.#options.kind !== 'deal') return config.currency;
    const pipeline = this.#reader.slot('pipeline')?.text?.trim().toLowerCase();
    const named = config.pipelines.find(p => p.id === pipeline || p.name.toLowerCase() === pipeline);
    return (named ?? config.pipelines[0])?.currency ?? config.currency;
  }

  async finish(): Promise<void> {
    await this.#users?.finish();
    await this.#target.finish();
  }

  /** What was made beside the rows' own records, by kind. */
  made(): Map<AnyKind | 'user', number> {
    const made = new Map<AnyKind | 'user', number>();
    const users = this.#users?.mark() ?? 0;
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
    return made;
  }

  result(): ImportResult {
    const { errors } = this;
    const { leftOut } = this.#reader;
    return { ...this.#counts, errors, changed: this.#changed, leftOut, made: new Map(), notStarted: 0 };
  }
}

/** Whether a column of that name is what an export has beside the fields: it follows from other records. */
function isDerived({ config }: Writer, kind: ImportKind, name: string): boolean {
  if (kind === 'user') return name === 'teams';
  return /^scores(\.|$)/.test(name) || derivedFields(kind, config.scores).some(field => field.name === name);
}
