/**
 * Import: one transaction. Every row is read and decided on first; then either all of them are written or, unless
 * invalid ones may be skipped, none. A dry run takes the same path and stops before the commit.
 */
import type { CsvRow } from '../../channels/csv.ts';
import { compileDateFormat, formatInstant } from '../../domain/dates.ts';
import { CrmError, usage } from '../../domain/errors.ts';
import { fieldTypes, type ValueContext } from '../../domain/field-types.ts';
import { type Field, fieldsOf, findField, readField } from '../../domain/fields.ts';
import { type Kind, pluralOf } from '../../domain/kinds.ts';
import { suggestion } from '../../domain/nearest.ts';
import { isEmpty, type Json, type Rec, sameJson } from '../../domain/records.ts';
import { createMissing } from '../related.ts';
import { addUsers, freeUserId, type NewUser } from '../users.ts';
import { type Fields, settableField, type Writer } from '../writer.ts';
import type { Mapping, Target } from './mapping.ts';

/** A table of texts, readable more than once: a decision may have to be made again. */
export interface Table {
  readonly header: readonly string[];
  rows(): AsyncIterable<readonly CsvRow[]>;
}

export interface RowError {
  readonly line: number;
  readonly column: string | null;
  readonly error: string;
  readonly cells: readonly string[];
}

export interface ImportResult {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly skipped: number;
  readonly failed: number;
  readonly errors: readonly RowError[];
}

export interface ImportOptions {
  readonly kind: Kind;
  readonly mapping: Mapping;
  readonly skipInvalid: boolean;
  readonly trigger: boolean;
}

/** Decides on all rows in a draft. With errors and without `skipInvalid`, the draft is left without changes. */
export async function importRows(
  writer: Writer,
  table: Table,
  options: ImportOptions,
): Promise<ImportResult> {
  const { draft } = writer;
  draft.trigger = options.trigger;
  const importer = new Importer(writer, table.header, options);
  await importer.createUsers(table);
  const errors: RowError[] = [];
  const counts = { created: 0, updated: 0, unchanged: 0 };
  for await (const batch of table.rows())
    for (const row of batch) {
      const before = draft.changes.length;
      try {
        counts[importer.row(row)]++;
      } catch (error) {
        if (!(error instanceof CrmError)) throw error;
        draft.revert(before, {});
        const column = error instanceof CellError ? error.column : null;
        errors.push({
          line: row.line,
          column,
          error: error.hint ? `${error.message} (${error.hint})` : error.message,
          cells: row.cells,
        });
      }
    }
  const failed = errors.length;
  if (failed > 0 && !options.skipInvalid) {
    draft.discard();
    return { created: 0, updated: 0, unchanged: 0, skipped: 0, failed, errors };
  }
  return { ...counts, skipped: 0, failed, errors };
}

/** An error in one cell. */
class CellError extends CrmError {
  readonly column: string;
  constructor(column: string, cause: CrmError) {
    super(cause.kind, cause.message, cause.hint, cause);
    this.column = column;
  }
}

interface MappedColumn {
  readonly index: number;
  readonly name: string;
  readonly target: Target;
}

class Importer {
  readonly #writer: Writer;
  readonly #kind: Kind;
  readonly #mapping: Mapping;
  readonly #columns: readonly MappedColumn[];
  readonly #key: Field | undefined;
  readonly #readDate: ((text: string) => string) | undefined;
  readonly #fields = new Map<string, Field>();
  readonly #keysSeen = new Map<string, number>();

  constructor(writer: Writer, header: readonly string[], { kind, mapping }: ImportOptions) {
    this.#writer = writer;
    this.#kind = kind;
    this.#mapping = mapping;
    this.#columns = mapColumns(writer, kind, header, mapping);
    this.#key = mapping.key === undefined ? undefined : keyField(writer, kind, mapping.key);
    this.#readDate = mapping.dates === undefined ? undefined : compileDateFormat(mapping.dates);
    for (const name of Object.keys(mapping.set)) this.#field(name);
  }

  /** The field of a name that a mapping uses; `contact.name` and the like are the name of one that is made. */
  #field(name: string): Field {
    let field = this.#fields.get(name);
    if (!field) {
      const { config } = this.#writer;
      field = findField(config, this.#kind, name) ?? settableField(config, this.#kind, name);
      this.#fields.set(name, field);
    }
    return field;
  }

  /** Makes all users that the rows name and that do not exist: one edit of crm.yaml. */
  async createUsers(table: Table): Promise<void> {
    if (!this.#mapping.createMissing.includes('users')) return;
    const { draft, view, config } = this.#writer;
    const columns = this.#columns.filter(
      c => c.target.field !== undefined && !c.target.values && this.#isUser(c.target.field),
    );
    if (columns.length === 0) return;
    const known = new Set(
      Object.values(config.users).flatMap(u => [u.id, u.name.toLowerCase(), u.email?.toLowerCase() ?? u.id]),
    );
    const missing = new Map<string, NewUser>();
    for await (const batch of table.rows())
      for (const { cells } of batch)
        for (const { index } of columns) {
          const name = (cells[index] ?? '').trim();
          if (
            name === '' ||
            name === 'none' ||
            known.has(name) ||
            known.has(name.toLowerCase()) ||
            missing.has(name.toLowerCase())
          )
            continue;
          const id = freeUserId(draft, name, new Set([...missing.values()].map(u => u.id)));
          missing.set(name.toLowerCase(), { id, name, role: 'normal' });
        }
    if (missing.size > 0) await addUsers(draft, view.viewer, [...missing.values()]);
  }

  #isUser(name: string): boolean {
    return name !== 'contact.name' && this.#field(name).type === 'user';
  }

  /** Adds or changes the record of one row. */
  row({ line, cells, error }: CsvRow): 'created' | 'updated' | 'unchanged' {
    if (error !== undefined) throw usage(error);
    const given = this.#textsOf(cells);
    const existing = this.#existing(given, line);
    return existing ? this.#update(existing, given, line) : this.#create(given, line);
  }

  /** What the cells say, by field; empty cells say nothing. */
  #textsOf(cells: readonly string[]): Map<string, { text: string; column: string }> {
    const given = new Map<string, { text: string; column: string }>();
    for (const { index, name, target } of this.#columns) {
      const cell = cells[index]!;
      if (cell.trim() === '') continue;
      if (!target.values) given.set(target.field!, { text: cell, column: name });
      else {
        const fields = Object.hasOwn(target.values, cell) ? target.values[cell]! : target.values[cell.trim()];
        if (!fields && target.field !== undefined) given.set(target.field, { text: cell, column: name });
        else if (!fields)
          throw new CellError(
            name,
            usage(
              `${JSON.stringify(cell)} is not among the values of the mapping`,
              suggestion(cell, Object.keys(target.values), 'values'),
            ),
          );
        else for (const [field, text] of Object.entries(fields)) given.set(field, { text, column: name });
      }
    }
    return given;
  }

  #existing(given: ReadonlyMap<string, { text: string; column: string }>, line: number): Rec | undefined {
    const key = this.#key;
    if (!key) return undefined;
    const cell = given.get(key.name) ?? given.get(key.path);
    if (!cell) throw usage(`the key ${key.name} is empty`);
    const before = this.#keysSeen.get(cell.text);
    if (before !== undefined)
      throw new CellError(
        cell.column,
        usage(`the key ${JSON.stringify(cell.text)} is in line ${before} already`),
      );
    this.#keysSeen.set(cell.text, line);
    const { view, draft } = this.#writer;
    if (key.name === 'id') return view.record(cell.text);
    const table = draft.state.table(this.#kind);
    const rows = table
      .find(key.path, cell.text)
      .filter(row => view.sees(this.#kind, row) && sameText(readField(key, table.record(row)), cell.text));
    if (rows.length > 1)
      throw new CellError(
        cell.column,
        usage(
          `the key ${JSON.stringify(cell.text)} is of several records: ${rows.map(row => table.id(row)).join(', ')}`,
        ),
      );
    return rows.length === 1 ? table.record(rows[0]!) : undefined;
  }

  #create(given: Map<string, { text: string; column: string }>, line: number): 'created' {
    const writer = this.#writer;
    const kind = this.#kind;
    for (const [name, text] of Object.entries(this.#mapping.set))
      if (!given.has(name)) given.set(name, { text, column: 'set' });
    const fields = this.#parse(given, undefined);
    if (kind === 'deal') {
      this.#createRelated(given, fields);
      if (isEmpty(fields.title)) fields.title = this.#fallbackTitle(fields);
    }
    writer.add(kind, fields, { line });
    return 'created';
  }

  #update(
    record: Rec,
    given: ReadonlyMap<string, { text: string; column: string }>,
    line: number,
  ): 'updated' | 'unchanged' {
    const fields = this.#parse(given, record);
    if (this.#kind === 'deal') this.#createRelated(given, fields);
    for (const name of ['contacts']) {
      const contacts = fields[name] as readonly string[] | undefined;
      const now = record[name] as readonly string[] | undefined;
      // A primary contact among others is no reason to lose the others.
      if (contacts?.length === 1 && now && now.length > 1 && given.has('contact'))
        fields[name] = [contacts[0]!, ...now.filter(c => c !== contacts[0])];
    }
    return this.#writer.set(record.id, fields, { line }) ? 'updated' : 'unchanged';
  }

  /** The values of texts; relations by natural key that may be made are left for later. */
  #parse(given: ReadonlyMap<string, { text: string; column: string }>, record: Rec | undefined): Fields {
    const fields: Fields = {};
    const currency = this.#currency(given, record);
    const context = this.#writer.context(currency);
    for (const [name, { text, column }] of given) {
      if (name === 'contact.name' || this.#mayMake(name)) continue;
      const field = this.#field(name);
      try {
        const value = this.#value(field, text, context);
        if (!field.settable) {
          if (!record || !sameJson(readField(field, record), value))
            throw usage(`${field.name} cannot be set`, `--ignore ${JSON.stringify(column)}`);
        } else
          fields[field.path] = field.path === 'contacts' && field.type === 'ref' ? [value as string] : value;
      } catch (error) {
        throw error instanceof CrmError ? new CellError(column, error) : error;
      }
    }
    return fields;
  }

  #currency(given: ReadonlyMap<string, { text: string; column: string }>, record: Rec | undefined): string {
    const { config } = this.#writer;
    const said = given.get('currency')?.text.trim().toUpperCase() ?? (record?.currency as string | undefined);
    if (said !== undefined) return said;
    const pipeline = given.get('pipeline')?.text;
    return (
      (config.pipelines.find(p => p.id === pipeline) ?? config.pipelines[0])?.currency ?? config.currency
    );
  }

  #value(field: Field, text: string, context: ValueContext): Json {
    const readDate = this.#readDate;
    if (readDate && (field.type === 'day' || field.type === 'instant')) {
      const day = readDate(text.trim());
      return field.type === 'day' ? day : formatInstant(context.clock.zone.midnight(day));
    }
    return fieldTypes[field.type].parse(text, field, context);
  }

  #mayMake(name: string): boolean {
    const { createMissing: made } = this.#mapping;
    return (
      this.#kind === 'deal' &&
      ((name === 'contact' && made.includes('contacts')) || (name === 'account' && made.includes('accounts')))
    );
  }

  /** Finds or makes the contact and account of a deal. */
  #createRelated(given: ReadonlyMap<string, { text: string; column: string }>, fields: Fields): void {
    const writer = this.#writer;
    const named = new Map(
      [...given].filter(([name]) => this.#mayMake(name)).map(([name, { text }]) => [name, text.trim()]),
    );
    if (named.size === 0) return;
    const made = this.#mapping.createMissing;
    createMissing(writer, named, {
      contacts: made.includes('contacts'),
      accounts: made.includes('accounts'),
      contactName: given.get('contact.name')?.text,
      account: typeof fields.account === 'string' ? fields.account : undefined,
    });
    for (const [name, text] of named) {
      const id = writer.view.find([name as Kind], text);
      fields[name === 'contact' ? 'contacts' : name] = name === 'contact' ? [id] : id;
    }
  }

  /** A deal without a title gets its account's name, else its contact's, else its external id. */
  #fallbackTitle(fields: Fields): Json {
    const { draft } = this.#writer;
    const [contact] = (fields.contacts as readonly string[] | undefined) ?? [];
    for (const id of [fields.account, contact]) {
      const name = typeof id === 'string' ? draft.get(id)?.name : undefined;
      if (typeof name === 'string') return name;
    }
    return fields.externalId ?? null;
  }
}

const sameText = (value: Json | undefined, text: string) =>
  typeof value === 'string' && value.normalize() === text.normalize();

function keyField(writer: Writer, kind: Kind, name: string): Field {
  const field = findField(writer.config, kind, name);
  if (!field || (field.type !== 'text' && field.name !== 'id'))
    throw usage(
      `${JSON.stringify(name)} cannot be the key of ${pluralOf(kind)}`,
      fieldsOf(writer.config, kind)
        .filter(f => f.type === 'text')
        .map(f => f.name)
        .join(', '),
    );
  return field;
}

/** Where each column goes. USAGE for one that is neither mapped nor named like a field, and for mapped ones not there. */
function mapColumns(writer: Writer, kind: Kind, header: readonly string[], mapping: Mapping): MappedColumn[] {
  const { config } = writer;
  const known = (name: string) =>
    findField(config, kind, name) !== undefined || (kind === 'deal' && name === 'contact.name');
  for (const column of [...Object.keys(mapping.columns), ...mapping.ignore])
    if (!header.includes(column)) {
      if (!Object.hasOwn(mapping.columns, column)) continue;
      throw usage(
        `the mapping names a column ${JSON.stringify(column)} that the file has not`,
        suggestion(column, header, 'columns'),
      );
    }
  for (const [column, target] of Object.entries(mapping.columns))
    for (const name of [
      target.field ?? [],
      Object.values(target.values ?? {}).flatMap(v => Object.keys(v)),
    ].flat())
      if (!known(name)) throw withColumn(column, () => settableField(config, kind, name));
  return header.flatMap((name, index): MappedColumn[] => {
    if (mapping.ignore.includes(name) || name === 'crm_error') return [];
    if (Object.hasOwn(mapping.columns, name)) return [{ index, name, target: mapping.columns[name]! }];
    if (known(name)) return [{ index, name, target: { field: name } }];
    const near = suggestion(
      name,
      fieldsOf(config, kind).map(f => f.name),
      'fields',
    );
    throw usage(
      `the column ${JSON.stringify(name)} is neither mapped nor named like a field of ${pluralOf(kind)}`,
      `--map ${JSON.stringify(`${name}=FIELD`)} or --ignore ${JSON.stringify(name)}${near?.startsWith('did') ? `; ${near}` : ''}`,
    );
  });
}

function withColumn(column: string, work: () => unknown): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof CrmError
      ? new CrmError(error.kind, `column ${JSON.stringify(column)}: ${error.message}`, error.hint)
      : error;
  }
}
