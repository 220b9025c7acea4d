/**
 * Turns the texts of a row into the values of a record: reads them by type, and finds or makes the records that the
 * row names.
 */
import { definitionOf } from '../../kinds/define.ts';
import { currencyIn } from './amounts.ts';
import { CellError, inColumn } from './cell-error.ts';
import type { Mapping } from './mapping.ts';
import { MissingUsers } from './missing-users.ts';
import type { Refusals } from './refusals.ts';
import { Relations } from './relations.ts';
import { MissingStages } from './missing-stages.ts';
import {
  ACCOUNT_ID,
  CLOSES,
  CONTACT_NAME,
  CONTACT_PHONE,
  isBeside,
  type RowReader,
  SET,
  type Slot,
} from './row-reader.ts';
import type { ImportKind, Target } from './target.ts';
import { cannotBeSet, type ReadValue, unprovenId, ValueReaders } from './values.ts';
import { pipelineIn } from '../core/pipelines.ts';
import type { Fields, Writer } from '../core/writer.ts';
import type { Config } from '../../domain/config.ts';
import { CrmError } from '../../domain/errors.ts';
import type { Kind } from '../../domain/kinds.ts';
import { type Json, type Rec, sameJson } from '../../domain/records.ts';
import { activityBy } from '../../kinds/activity.ts';
import { defaultOwner } from '../../kinds/deal.ts';
import type { ValueContext } from '../../kinds/field-types.ts';
import { type Field, mayImport } from '../../kinds/field.ts';
import { readField } from '../../kinds/fields.ts';
import { isPhone, parsePhones } from '../../kinds/phones.ts';

/** A mark for work beside the rows' own records, to which a given-up row returns. */
export type BesideMark = { readonly users: number; readonly stages: number } | undefined;

export class RowValues {
  readonly #writer: Writer;
  readonly #inPipelines: boolean;
  /** The name of the kind's own field of money. */
  readonly #money: string | undefined;
  readonly #target: Target;
  readonly #reader: RowReader;
  readonly #values: ValueReaders;
  readonly #relations: Relations;
  readonly #users: MissingUsers | undefined;
  readonly #stages: MissingStages | undefined;
  readonly #before: Config;
  readonly #readers = new Map<Slot, ReadValue>();
  /** The roles of slots, by the place of a slot in a row. */
  readonly #roles: Role[] = [];
  /** Whether any slot that had a text so far is for phones. */
  #hasPhones = false;
  readonly #contexts = new Map<string, ValueContext>();
  /** Whether ids of the present row are those of this workspace. */
  isBelieved = false;
  /** The phones of the present row that are not numbers. */
  readonly doubtfulPhones: string[] = [];

  /** `guarded`: see `ValueReaders`. */
  constructor(
    writer: Writer,
    kind: ImportKind,
    target: Target,
    reader: RowReader,
    mapping: Mapping,
    guarded: boolean,
    refusals: Refusals,
  ) {
    this.#writer = writer;
    this.#target = target;
    this.#reader = reader;
    this.#values = new ValueReaders(mapping, writer.draft.clock, guarded);
    this.#relations = new Relations(writer, mapping.createMissing, kind === 'user' ? undefined : kind);
    this.#users = mapping.createMissing.includes('users') ? new MissingUsers(writer, refusals) : undefined;
    const definition = kind === 'user' ? undefined : definitionOf(writer.config.kinds, kind);
    this.#inPipelines = definition?.inPipelines === true;
    this.#money = definition?.fields.find(each => each.type === 'money')?.name;
    const makesStages = this.#inPipelines && mapping.createMissing.includes('stages');
    this.#stages = makesStages ? new MissingStages(writer, refusals) : undefined;
    this.#before = writer.config;
  }

  /** The values of the row's texts. */
  of(record: Rec | undefined): Fields {
    const fields: Fields = {};
    const context = this.#context(record, fields);
    let account: Slot | undefined;
    let contact: Slot | undefined;
    let lists: Slot[] | undefined;
    const { slots } = this.#reader;
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i]!;
      if (slot.text === undefined) continue;
      switch (this.#roleOf(slot, i)) {
        case 'beside':
          break;
        case 'list':
          (lists ??= []).push(slot);
          break;
        case 'person':
          // A relation has two.
          if (contact) (lists ??= []).push(contact);
          contact = slot;
          break;
        case 'company':
          account = slot;
          break;
        default:
          this.#put(fields, slot, record, context);
      }
    }
    account ??= this.#slotBy(ACCOUNT_ID, 'account');
    contact ??= this.#slotBy(CONTACT_NAME, 'contact');
    // Records that are made for a deal get its owner; a contact belongs to the account that is named with it.
    if (account) this.#put(fields, account, record, context);
    if (lists) for (const slot of lists) this.#put(fields, slot, record, context);
    if (contact) this.#put(fields, contact, record, context);
    this.#notePhones();
    const closes = this.#reader.slot(CLOSES);
    if (closes?.text !== undefined) {
      const isOpen = ((fields.status ?? record?.status ?? 'open') as string) === 'open';
      const field = this.#target.field(isOpen ? 'expectedClose' : 'closedAt')!;
      fields[field.path] ??= inColumn(closes.column, () => this.#values.of(field)(closes.text!, context));
    }
    return fields;
  }

  /** Returns the role of slot `i`, which is found once; notes whether the slot is for phones. */
  #roleOf({ name, field }: Slot, i: number): Role {
    let role = this.#roles[i];
    if (role === undefined) {
      this.#hasPhones ||= field.type === 'phone' || field.type === 'phones' || name === CONTACT_PHONE;
      this.#roles[i] = role = roleOf(field);
    }
    return role;
  }

  /** A slot of a field that the row does not name, by what it says beside. */
  #slotBy(beside: string, name: string): Slot | undefined {
    const said = this.#reader.slot(beside);
    const field = said?.text === undefined ? undefined : this.#target.field(name);
    return field && { name, field, text: said!.text, column: said!.column };
  }

  #put(fields: Fields, slot: Slot, record: Rec | undefined, context: ValueContext): void {
    const { field, text, column } = slot;
    try {
      const value = record
        ? this.#unlessUnchanged(slot, fields, record, context)
        : this.#read(slot, text!, fields, record, context);
      if (!mayImport(field)) {
        if (!record || !sameJson(readField(field, record), value)) throw cannotBeSet(field, column);
      } else if (field.type === 'ref' && field.path === 'contacts') {
        const others = (fields.contacts as readonly string[] | undefined) ?? [];
        fields.contacts = [value as string, ...others.filter(other => other !== value)];
      } else fields[field.path] = value;
    } catch (error) {
      throw error instanceof CrmError ? new CellError(column, error) : error;
    }
  }

  /** Reads a cell unless its record has that value. Apart from `#put`, which would make a closure for each cell otherwise. */
  #unlessUnchanged(slot: Slot, fields: Fields, record: Rec, context: ValueContext): Json {
    return this.#values.unchanged(slot.field, record, slot.text!, cell =>
      this.#read(slot, cell, fields, record, context),
    );
  }

  #read(slot: Slot, text: string, fields: Fields, record: Rec | undefined, context: ValueContext): Json {
    const { field } = slot;
    if (field.type === 'ref') return this.#related(slot, fields, record);
    if (isListOfOne(field)) return this.#relatedList(slot, text, fields, record);
    return this.#readerOf(slot)(text, context);
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
      phone: this.#reader.slot(CONTACT_PHONE)?.text,
      externalId: this.#reader.slot(ACCOUNT_ID)?.text?.trim(),
      account: typeof account === 'string' ? account : undefined,
      owner: () => this.#ownerOf(fields, record),
    });
  }

  /** The records that a list names, found or made. */
  #relatedList({ field, column }: Slot, list: string, fields: Fields, record: Rec | undefined): string[] {
    const { account } = fields;
    const names = list.split(/[,\n]/).map(name => name.trim());
    const ids = names.map(name =>
      name === ''
        ? []
        : ((column === SET ? undefined : this.#named(field.refs!, name)) ??
          this.#relations.find(field, name, {
            account: typeof account === 'string' ? account : undefined,
            owner: () => this.#ownerOf(fields, record),
          })),
    );
    return [...new Set(ids.flat())];
  }

  /** Notes the row's phones that are not numbers; they are kept as they are. */
  #notePhones(): void {
    this.doubtfulPhones.length = 0;
    if (!this.#hasPhones) return;
    const { config } = this.#writer;
    for (const { field, name, text } of this.#reader.slots) {
      const isPhones = field.type === 'phone' || field.type === 'phones' || name === CONTACT_PHONE;
      if (text === undefined || !isPhones) continue;
      for (const phone of parsePhones(text, config.country))
        if (!isPhone(phone, config.country)) this.doubtfulPhones.push(phone);
    }
  }

  /** Returns the owner of a row's record and of the records made for it; sets the owner of a new deal. */
  #ownerOf(fields: Fields, record: Rec | undefined): string | null {
    const said = 'owner' in fields ? fields.owner : record?.owner;
    if (typeof said === 'string') return said;
    if (said === null || record || !this.#inPipelines) return null;
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
      if (this.#users && namesUser(slot.field)) read = this.#orMadeUser(read);
      if (this.#stages && slot.field.name === 'stage') read = this.#orMadeStage(read, this.#stages);
      this.#readers.set(slot, read);
    }
    return read;
  }

  /** The user of a name, who is made if there is none. */
  #orMadeUser(read: ReadValue): ReadValue {
    const users = this.#users!;
    return (text, context) => {
      // Before reading, which would look for what resembles the name and make an error of it for each row.
      const known = users.made(text);
      if (known !== undefined) return known;
      try {
        return read(text, context);
      } catch (error) {
        const made = error instanceof CrmError ? users.make(text) : undefined;
        if (made === undefined) throw error;
        this.#contexts.clear();
        return made;
      }
    };
  }

  /** The stage of a name in the row's pipeline, which is made if there is none. */
  #orMadeStage(read: ReadValue, stages: MissingStages): ReadValue {
    return (text, context) => {
      // The settings from before the import: `MissingStages` knows the stages that were made since.
      const { viewer } = this.#writer.view;
      const pipeline = pipelineIn(this.#before, viewer, this.#reader.slot('pipeline')?.text?.trim());
      const lower = text.trim().toLowerCase();
      const isThere = pipeline.stages.some(({ id, name }) => id === lower || name.toLowerCase() === lower);
      return isThere ? read(text, context) : stages.make(pipeline, text);
    };
  }

  /**
   * The record that has an id-shaped text as its name or key, where nothing says that ids of the row are of this
   * workspace; USAGE where none has. Undefined for all other texts.
   */
  #named(kinds: readonly Kind[], text: string): string | undefined {
    if (this.isBelieved || !this.#writer.config.kinds.parseId(text)) return undefined;
    const named = this.#writer.view.lookup(kinds, text, false);
    if (named !== undefined) return named;
    throw unprovenId(text, this.#reader.origin);
  }

  /** The context for reading values: money is in the currency of the row, the record, or the pipeline. */
  #context(record: Rec | undefined, fields: Fields): ValueContext {
    const currency = this.#currency(record, fields);
    let context = this.#contexts.get(currency);
    if (!context) {
      const made = this.#writer.context(currency);
      context = { ...made, find: (kinds, key) => this.#named(kinds, key) ?? made.find(kinds, key) };
      this.#contexts.set(currency, context);
    }
    return context;
  }

  /** The sign of a new record's amount gives its currency, if nothing else does. */
  #currency(record: Rec | undefined, fields: Fields): string {
    const said = this.#reader.slot('currency')?.text?.trim().toUpperCase() ?? record?.currency;
    if (typeof said === 'string' && said !== '') return said;
    const amount = this.#money === undefined ? undefined : this.#reader.slot(this.#money)?.text;
    const signed = amount === undefined ? undefined : currencyIn(amount);
    if (signed !== undefined) {
      fields.currency = signed;
      return signed;
    }
    const { config } = this.#writer.view;
    if (!this.#inPipelines) return config.currency;
    const pipeline = this.#reader.slot('pipeline')?.text?.trim().toLowerCase();
    const named = config.pipelines.find(p => p.id === pipeline || p.name.toLowerCase() === pipeline);
    return (named ?? config.pipelines[0])?.currency ?? config.currency;
  }

  mark(): BesideMark {
    return this.#users || this.#stages
      ? { users: this.#users?.mark() ?? 0, stages: this.#stages?.mark() ?? 0 }
      : undefined;
  }

  /** Gives up the users and stages that were made since the mark, and what was found meanwhile. */
  revert(to: BesideMark): void {
    if (to) this.#users?.revert(to.users);
    if (to) this.#stages?.revert(to.stages);
    this.#relations.forget();
  }

  /** How many users were made. */
  get usersMade(): number {
    return this.#users?.mark() ?? 0;
  }

  /** How many stages were made. */
  get stagesMade(): number {
    return this.#stages?.mark() ?? 0;
  }

  async finish(): Promise<void> {
    if (!this.#users && !this.#stages) return;
    this.#writer.draft.config = this.#before;
    await this.#users?.finish();
    await this.#stages?.finish();
  }
}

/**
 * What a slot is for its record: a plain value; a company or a person, which may have to be made; a list of these; or a
 * description of what another slot makes.
 */
type Role = 'value' | 'company' | 'person' | 'list' | 'beside';

function roleOf(field: Field): Role {
  if (isBeside(field.name)) return 'beside';
  if (isListOfOne(field)) return 'list';
  if (field.type !== 'ref') return 'value';
  if (field.refs!.includes('contact')) return 'person';
  return field.refs!.includes('account') ? 'company' : 'value';
}

/** Whether a field has several records of one kind that an import may make. */
const isListOfOne = ({ type, refs }: Field): boolean =>
  type === 'refs' && refs?.length === 1 && (refs[0] === 'account' || refs[0] === 'contact');

/** Whether what a field has is a user. */
const namesUser = (field: Field): boolean => field.type === 'user' || field === activityBy;
