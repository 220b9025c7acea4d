/** The fields of a record that is to be added or changed, from the texts that people give for them. */
import { customerFields } from './invoice-customer.ts';
import { createMissing } from './related.ts';
import { pipelineIn } from '../core/pipelines.ts';
import { type Fields, parseField, settableField, type Writer } from '../core/writer.ts';
import { requireOnce } from '../../domain/given-twice.ts';
import type { Kind } from '../../domain/kinds.ts';
import type { Deal, Json } from '../../domain/records.ts';
import { actingUser } from '../../kinds/acting-user.ts';
import { defaultOwner } from '../../kinds/deal.ts';
import { isProperty, propertyField, propertyOf } from '../../kinds/event-property.ts';
import { parseUser } from '../../kinds/field-types.ts';
import type { Field } from '../../kinds/field.ts';
import { findField } from '../../kinds/fields.ts';
import { definitionOf } from '../../kinds/define.ts';

/** Values for a record beside the texts of its fields. */
interface People {
  /** Its contacts by natural key or id, the primary one first. */
  readonly contacts: readonly string[];
  /** Make no contacts and accounts. */
  readonly mustExist?: boolean;
  /** The name of the first, if there is no such contact yet. */
  readonly contactName?: string | undefined;
  /** Values that a person or company may have several of, by the name of the primary one, which comes first. */
  readonly several?: ReadonlyMap<string, readonly string[]>;
}

/** Reads texts by field name. A deal makes the contacts and the account that do not exist yet. */
export function newFields(
  writer: Writer,
  kind: Kind,
  given: Map<string, string>,
  { contacts: [primary, ...others], contactName, several, mustExist }: People = { contacts: [] },
): Fields {
  if (primary !== undefined) given.set('contact', primary);
  for (const [one, [first]] of several ?? []) if (first !== undefined) given.set(one, first);
  const { config } = writer;
  const { fields, makesContacts, makesAccounts } = definitionOf(config.kinds, kind);
  const values: Fields = {};
  // Asked once, because where users take turns each question takes a turn.
  const owner = () => {
    if (values.owner === undefined) values.owner = ownerOfNew(writer, given);
    return values.owner as string | null;
  };
  if (makesContacts) {
    const accounts = makesAccounts === true;
    createMissing(writer, given, { contactName, contacts: true, accounts, mustExist, owner });
    if (values.owner !== undefined) given.delete('owner');
  }
  // A contact makes its accounts, as a deal does.
  const makeAccount = (one: Map<string, string>) =>
    createMissing(writer, one, {
      contacts: false,
      accounts: true,
      mustExist,
      owner: () => ownerOfContact(writer, given),
    });
  if (makesAccounts && !makesContacts) makeAccount(given);
  takeSplit(writer, fields, given, values);
  const currency = given.get('currency')?.toUpperCase() ?? currencyOf(kind, given, values, writer);
  for (const [name, text] of given) {
    const field = settableField(config, kind, name);
    if (field.assigns && text === 'auto') {
      values.owner = writer.autoOwner(given.get('pipeline'));
      continue;
    }
    const value = parseField(field, text, writer.context(currency));
    if (field.path === 'contacts')
      values.contacts =
        field.type === 'ref' ? eachOnce(value, values.contacts) : eachOnce(values.contacts, value);
    else values[field.path] = value;
  }
  for (const key of others) {
    const account = given.get('account');
    const one = new Map(account === undefined ? [] : [['account', account]]).set('contact', key);
    createMissing(writer, one, { contacts: true, accounts: false, mustExist, owner });
    const contact = settableField(config, kind, 'contact');
    values.contacts = eachOnce(values.contacts, parseField(contact, one.get('contact')!, writer.context('')));
  }
  addOthers(writer, kind, values, several, makeAccount);
  return values;
}

/** Turns the value of a field that is not stored into the stored fields. */
function takeSplit(
  writer: Writer,
  fields: readonly Field[],
  given: Map<string, string>,
  values: Fields,
): void {
  const split = fields.find(each => each.isSplit)?.name;
  const subject = split && given.get(split);
  if (!split || subject === undefined) return;
  given.delete(split);
  Object.assign(values, customerFields(writer, subject));
}

/** Adds further e-mails, phones, accounts and the like to a new record. */
function addOthers(
  writer: Writer,
  kind: Kind,
  values: Fields,
  several: People['several'],
  makeAccount: (given: Map<string, string>) => void,
): void {
  for (const [name, [, ...more]] of several ?? []) {
    const all = definitionOf(writer.config.kinds, kind).several!.find(each => each.one === name)!.all;
    const field = settableField(writer.config, kind, name);
    const texts = more.map(text => {
      const one = new Map([[name, text]]);
      if (field.refs) makeAccount(one);
      return one.get(name)!;
    });
    const parsed = texts.map(text => parseField(field, text, writer.context('')));
    if (parsed.length > 0) values[all] = [...parsed, ...((values[all] as Json[] | undefined) ?? [])];
  }
}

/** Returns the owner of a new contact. */
function ownerOfContact(writer: Writer, given: ReadonlyMap<string, string>): string | null {
  const text = given.get('owner');
  if (text === undefined) return actingUser(writer);
  return text === '' ? null : parseUser(text, 'owner', writer.context(''));
}

/** The ids of one reference or list of them and of another, each once; the first is a deal's primary contact. */
const eachOnce = (first: Fields[string], second: Fields[string]): string[] => [
  ...new Set([first, second].flat().filter(each => typeof each === 'string')),
];
/** Returns the owner of a new deal. */
function ownerOfNew(writer: Writer, given: ReadonlyMap<string, string>): string | null {
  const text = given.get('owner');
  if (text === 'auto') return writer.autoOwner(given.get('pipeline'));
  if (text !== undefined) return text === '' ? null : parseUser(text, 'owner', writer.context(''));
  return defaultOwner(pipelineIn(writer.config, writer.view.viewer, given.get('pipeline')), writer);
}

/** The currency of a new record where none is given: a deal's is its pipeline's, an invoice's is its deal's. */
function currencyOf(
  kind: Kind,
  given: ReadonlyMap<string, string>,
  values: Fields,
  { config, view }: Writer,
): string {
  if (definitionOf(config.kinds, kind).inPipelines)
    return pipelineIn(config, view.viewer, given.get('pipeline')).currency;
  const deal = typeof values.deal === 'string' ? (view.record(values.deal) as Deal) : undefined;
  return deal?.currency ?? config.currency;
}

/**
 * The recipient of an invoice is not stored as a field of its own, but may be set; so may each property of an event.
 */
function fieldNamed({ config }: Writer, kind: Kind, name: string): Field {
  const field = findField(config, kind, name);
  if (field?.isSplit) return field;
  const property = definitionOf(config.kinds, kind).hasProps && propertyField(name);
  return property || settableField(config, kind, name);
}

/** The fields of a record that texts by field name change. */
export function changedFields(
  writer: Writer,
  id: string,
  texts: readonly (readonly [string, string])[],
): Fields {
  const kind = writer.config.kinds.kindOf(id);
  const record = writer.view.record(id);
  const named = texts.map(([name, text]) => [fieldNamed(writer, kind, name), text] as const);
  // `close` and `expectedClose` are one field, and so, for a deal, are `contact` and `contacts`.
  requireOnce(
    named.map(([field, text]) => [field.path, text]),
    path => named.find(([field]) => field.path === path)![0].name,
  );
  const given = new Map(named);
  const currencyText = [...given].find(([field]) => field.type === 'currency')?.[1];
  const currency =
    currencyText?.toUpperCase() ?? (record.currency as string | undefined) ?? writer.config.currency;
  const fields: Fields = {};
  for (const [field, text] of given) {
    if (field.assigns && text === 'auto') {
      fields.owner = writer.autoOwner(record.pipeline as string);
      continue;
    }
    if (field.isSplit) {
      Object.assign(fields, customerFields(writer, text));
      continue;
    }
    if (isProperty(field)) {
      fields[field.path] = text === '' ? null : propertyOf(text);
      continue;
    }
    const value = parseField(field, text, writer.context(currency));
    if (field.path === 'contacts' && field.type === 'ref') {
      // The one named becomes the primary contact; the others stay.
      const others = ((record.contacts as readonly string[] | undefined) ?? []).filter(c => c !== value);
      fields.contacts = typeof value === 'string' ? [value, ...others] : others.slice(1);
    } else fields[field.path] = value;
  }
  return fields;
}
