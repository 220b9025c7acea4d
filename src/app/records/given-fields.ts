/** The fields of a record that is to be added or changed, from the texts that people give for them. */
import { isProperty, propertyField, propertyOf } from '../../domain/event-property.ts';
import { type Field, findField } from '../../domain/fields.ts';
import { type Kind, parseId } from '../../domain/kinds.ts';
import type { Deal } from '../../domain/records.ts';
import { pipelineIn } from '../settings/pipelines.ts';
import { type Fields, parseField, settableField, type Writer } from '../writer.ts';
import { createMissing } from './related.ts';
import { fieldsFor } from './rules/invoice.ts';

/**
 * Reads texts by field name. A deal makes a contact or account that does not exist yet; `contactName` is the name of
 * such a contact.
 */
export function newFields(
  writer: Writer,
  kind: Kind,
  given: Map<string, string>,
  contactName?: string,
): Fields {
  if (kind === 'deal') createMissing(writer, given, { contactName, contacts: true, accounts: true });
  const { config } = writer;
  const values: Fields = {};
  const subject = kind === 'invoice' ? given.get('for') : undefined;
  if (subject !== undefined) {
    given.delete('for');
    Object.assign(values, fieldsFor(writer, subject));
  }
  const currency = given.get('currency')?.toUpperCase() ?? currencyOf(kind, given, values, writer);
  for (const [name, text] of given) {
    if (kind === 'deal' && name === 'owner' && text === 'auto') {
      values.owner = writer.autoOwner(given.get('pipeline'));
      continue;
    }
    const field = settableField(config, kind, name);
    const value = parseField(field, text, writer.context(currency));
    values[field.path] = field.path === 'contacts' && field.type === 'ref' ? (value ? [value] : []) : value;
  }
  return values;
}

/** The currency of a new record where none is given: a deal's is its pipeline's, an invoice's is its deal's. */
function currencyOf(
  kind: Kind,
  given: ReadonlyMap<string, string>,
  values: Fields,
  { config, view }: Writer,
): string {
  if (kind === 'deal') return pipelineIn(config, view.viewer, given.get('pipeline')).currency;
  const deal = typeof values.deal === 'string' ? (view.record(values.deal) as Deal) : undefined;
  return deal?.currency ?? config.currency;
}

/** Whom an invoice is for is not stored as such, but may be set; so may each property of an event. */
const fieldNamed = ({ config }: Writer, kind: Kind, name: string): Field =>
  (kind === 'invoice' && name === 'for' && findField(config, kind, name)) ||
  (kind === 'event' && propertyField(name)) ||
  settableField(config, kind, name);

/** The fields of a record that texts by field name change. */
export function changedFields(
  writer: Writer,
  id: string,
  texts: readonly (readonly [string, string])[],
): Fields {
  const { kind } = parseId(id)!;
  const record = writer.view.record(id);
  const given = new Map(texts.map(([name, text]) => [fieldNamed(writer, kind, name), text]));
  const currencyText = [...given].find(([field]) => field.type === 'currency')?.[1];
  const currency =
    currencyText?.toUpperCase() ?? (record.currency as string | undefined) ?? writer.config.currency;
  const fields: Fields = {};
  for (const [field, text] of given) {
    if (kind === 'deal' && field.name === 'owner' && text === 'auto') {
      fields.owner = writer.autoOwner(record.pipeline as string);
      continue;
    }
    if (kind === 'invoice' && field.name === 'for') {
      Object.assign(fields, fieldsFor(writer, text));
      continue;
    }
    if (isProperty(field)) {
      fields[field.path] = text === '' ? null : propertyOf(text);
      continue;
    }
    const value = parseField(field, text, writer.context(currency));
    if (kind === 'deal' && field.name === 'contact') {
      // The one named becomes the primary contact; the others stay.
      const others = ((record.contacts as readonly string[] | undefined) ?? []).filter(c => c !== value);
      fields.contacts = typeof value === 'string' ? [value, ...others] : others.slice(1);
    } else fields[field.path] = value;
  }
  return fields;
}
