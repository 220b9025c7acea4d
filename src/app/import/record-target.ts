/** Rows that become records of a kind, in a draft. */
import { sameKey } from './keys.ts';
import type { Target } from './target.ts';
import { completeTimes } from './own-times.ts';
import { customerFields } from '../records/invoice-customer.ts';
import type { Fields, Writer } from '../core/writer.ts';
import { usage } from '../../domain/errors.ts';
import type { Kind, Kinds } from '../../domain/kinds.ts';
import { isEmpty, type Json, type Rec, sameJson, valueAt } from '../../domain/records.ts';
import { propertyField } from '../../kinds/event-property.ts';
import { fieldTypes } from '../../kinds/field-types.ts';
import type { Field } from '../../kinds/field.ts';
import { fieldsOf, findField } from '../../kinds/fields.ts';
import { definitionOf, type KindDefinition } from '../../kinds/define.ts';
import { isKey, keysOf, keyValues, nameOfKey } from '../../kinds/natural-keys.ts';
import { allOf } from '../../kinds/several.ts';
import { rowsNamed } from '../../state/named-rows.ts';

export class RecordTarget implements Target {
  readonly noun: string;
  readonly fields: readonly Field[];
  readonly naturalKeys: readonly string[];
  readonly #writer: Writer;
  readonly #kind: Kind;
  readonly #definition: KindDefinition;
  /** The names of accounts and contacts of deals without a title: many rows name one of few, and none renames it. */
  readonly #names = new Map<string, string>();
  /** The path of the field that may be given and is not stored as such. */
  readonly #split: string | undefined;

  constructor(writer: Writer, kind: Kind) {
    this.#writer = writer;
    this.#kind = kind;
    this.noun = writer.config.kinds.pluralOf(kind);
    this.fields = fieldsOf(writer.config, kind);
    this.#definition = definitionOf(writer.config.kinds, kind);
    this.#split = this.#definition.fields.find(each => each.isSplit)?.path;
    this.naturalKeys = this.#definition.importKeys ?? [];
  }

  field(name: string): Field | undefined {
    const field = findField(this.#writer.config, this.#kind, name);
    if (!field) return this.#definition.hasProps && propertyField(name);
    // Whom an invoice is for is stored as a deal, an account or a contact.
    return field.isSplit ? { ...field, settable: true } : field;
  }

  find(key: Field, text: string): Rec[] {
    const { view, draft } = this.#writer;
    const table = draft.state.table(this.#kind);
    if (key.name === 'id') {
      const record = draft.get(text);
      // A record that does not exist, or is hidden, gives the usual error.
      return record && view.record(text) ? [record] : [view.record(text)];
    }
    const { config } = draft;
    const natural = keysOf(config, this.#kind).find(
      each => nameOfKey(each) === key.path || each.path === key.path,
    );
    const found = new Set<number>();
    for (const one of natural && fieldTypes[key.type].list ? itemsIn(text) : [text])
      for (const row of natural ? rowsNamed(table, natural, one, config) : table.find(key.path, one)) {
        if (!view.sees(this.#kind, row)) continue;
        const record = table.record(row);
        const isSame = natural
          ? keyValues(natural, record).some(value => isKey(natural, value, one, config))
          : sameKey(valueAt(record, key.path), one);
        if (isSame) found.add(row);
      }
    return [...found].map(row => table.record(row));
  }

  create(fields: Fields, line: number): string {
    if (this.#split) this.#takeCustomer(fields, this.#split);
    // The importing user does not become the owner of all records.
    if (this.#definition.throughDeals) fields.owner ??= null;
    if (this.#definition.inPipelines && isEmpty(fields.title)) fields.title = this.#fallbackTitle(fields);
    const isUnknown = this.#completeTimes(fields, undefined) && this.#definition.inPipelines;
    return this.#writer.insert(this.#kind, fields, { line, ...(isUnknown && { creation: 'unknown' }) });
  }

  update(record: Rec, fields: Fields, line: number): readonly string[] {
    if (this.#split) takeSubject(this.#writer.config.kinds, fields, record);
    const contacts = fields.contacts as readonly string[] | undefined;
    const now = record.contacts as readonly string[] | undefined;
    // A primary contact among others is not a reason to lose the others.
    if (contacts?.length === 1 && now && now.length > 1)
      fields.contacts = [contacts[0]!, ...now.filter(c => c !== contacts[0])];
    if (this.#definition.hasProps) leaveProperties(fields, record);
    // A value that the record has already, even if not as its primary one, is not a change.
    for (const several of definitionOf(this.#writer.config.kinds, this.#kind).several ?? []) {
      const now = fields[several.one];
      if (typeof now !== 'string' || fields[several.all] !== undefined) continue;
      const { country } = this.#writer.config;
      if (allOf(record, several).some(each => several.same(each, now, country))) delete fields[several.one];
    }
    // A record that its kind would refuse today may still exist: a row that changes nothing is not checked.
    if (Object.entries(fields).every(([path, value]) => sameJson(this.#now(record, path), value))) return [];
    this.#completeTimes(fields, record);
    if (!this.#writer.set(record.id, fields, { line })) return [];
    const change = this.#writer.draft.changes.at(-1)!;
    return 'set' in change ? Object.keys(change.set) : [];
  }

  /** Returns the value of a record at a path, or all values under the name of a list. */
  #now(record: Rec, path: string): Json | undefined {
    const several = definitionOf(this.#writer.config.kinds, this.#kind).several?.find(
      ({ all }) => all === path,
    );
    return several ? allOf(record, several) : valueAt(record, path);
  }

  #completeTimes(fields: Fields, before: Rec | undefined): boolean {
    return completeTimes(fields, before, this.#writer.draft.clock, this.#definition.inPipelines === true);
  }

  /** An invoice is for one record, which says the others. */
  #takeCustomer(fields: Fields, split: string): void {
    const subject = fields[split];
    delete fields[split];
    if (subject === undefined) return;
    for (const [path, id] of Object.entries(customerFields(this.#writer, subject as string)))
      if (!isEmpty(id)) fields[path] ??= id;
  }

  /** A deal without a title gets its account's name, else its contact's, else its external id. */
  #fallbackTitle(fields: Fields): Json {
    const { draft } = this.#writer;
    const [contact] = (fields.contacts as readonly string[] | undefined) ?? [];
    for (const id of [fields.account, contact]) {
      if (typeof id !== 'string') continue;
      const name = this.#names.get(id) ?? draft.get(id)?.name;
      if (typeof name !== 'string') continue;
      this.#names.set(id, name);
      return name;
    }
    if (isEmpty(fields.externalId))
      throw usage(
        'a deal needs a title',
        'a column or set for title; or an account, a contact, an externalId',
      );
    return fields.externalId ?? null;
  }

  mark(): number {
    return this.#writer.draft.changes.length;
  }

  revert(to: number): void {
    this.#names.clear();
    this.#writer.draft.revert(to, {});
  }

  async finish(): Promise<void> {}
}

/** The items of a list in a cell. */
const itemsIn = (text: string): string[] =>
  text
    .split(/[,;\n]|:::/)
    .map(item => item.trim())
    .filter(item => item !== '');

/** A property that has the same text stays as it is: as text, 3 and "3" are the same. */
function leaveProperties(fields: Fields, record: Rec): void {
  const { print } = fieldTypes.text;
  for (const [path, value] of Object.entries(fields)) {
    const now = path.startsWith('props.') ? valueAt(record, path) : undefined;
    if (!isEmpty(now) && !isEmpty(value) && print(now) === print(value)) delete fields[path];
  }
}

/** Another one whom an invoice is for. */
function takeSubject(kinds: Kinds, fields: Fields, { deal, account, contact }: Rec): void {
  const { for: subject } = fields;
  delete fields.for;
  if (typeof subject === 'string' && subject !== (deal ?? account ?? contact))
    fields[kinds.kindOf(subject)] ??= subject;
}
