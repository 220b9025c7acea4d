/**
 * Makes records of a form or a webhook: the contact with that e-mail address, an event of the contact, and a deal if the
 * form makes one. Values are checked as commands check them.
 */
import { pipelineIn } from '../app/core/pipelines.ts';
import { type Fields, parseField, settableField, type Writer } from '../app/core/writer.ts';
import { withTitle } from '../app/records/title-template.ts';
import { parseInstant } from '../domain/dates.ts';
import { readAddress, sameEmail } from '../domain/email.ts';
import { CrmError } from '../domain/errors.ts';
import { numberOf } from '../domain/kinds.ts';
import { whyNotNamed } from '../domain/names.ts';
import { type Contact, type Deal, isEmpty, type Json, valueAt } from '../domain/records.ts';
import { targetOf } from '../domain/serve-settings.ts';
import { propertyOf } from '../kinds/event-property.ts';
import { allOf } from '../kinds/several.ts';
import { definitionOf } from '../kinds/define.ts';
import { BadInput, type Values } from './request-values.ts';

/** A request to take in. */
export interface Taken {
  /** The form's or hook's name, the prefix of ids from outside: `shop:1042`. */
  readonly source: string;
  readonly event: string;
  readonly values: Values;
  readonly props?: { readonly [key: string]: Json };
  readonly deal?: { readonly pipeline: string; readonly title: string | undefined };
  /** Does more for a request that was not taken in before; `address` is the one in the request. */
  readonly more?: (its: {
    readonly event: string;
    readonly contact: string;
    readonly address: string;
  }) => Promise<void>;
}

/** Takes in a request; returns its event, which may be one that was taken in before. */
export async function takeIn(writer: Writer, taken: Taken): Promise<string> {
  const { values, source } = taken;
  const given = values.get('id')?.text;
  const externalId = given === undefined ? undefined : `${source}:${given}`;
  const known = externalId === undefined ? undefined : eventWith(writer, externalId);
  if (known !== undefined) return known;
  const { contact, address } = contactFrom(writer, values);
  const event = writer.add('event', {
    name: taken.event,
    contact,
    ...(values.has('at') && { at: timeIn(values) }),
    props: { ...propsFrom(values), ...taken.props },
    externalId,
  });
  if (taken.deal) await dealFor(writer, contact, values, taken.deal);
  await taken.more?.({ event: event.id, contact, address });
  return event.id;
}

/** Returns the event that has an id from outside, by the index of those ids. */
export function eventWith({ draft }: Writer, externalId: string): string | undefined {
  const table = draft.state.table('event');
  const row = table.find('externalId', externalId).find(each => table.record(each).externalId === externalId);
  return row === undefined ? undefined : table.id(row);
}

/** Returns the contact with an e-mail address, whoever may see it. */
function contactWith({ draft }: Writer, email: string): Contact | undefined {
  const table = draft.state.table('contact');
  if (table.rows === 0) return undefined;
  const emails = definitionOf(draft.state.kinds, 'contact').several!.find(({ one }) => one === 'email')!;
  for (const row of table.find('emails', email)) {
    const record = table.record(row) as Contact;
    if (allOf(record, emails).some(each => sameEmail(each, email))) return record;
  }
  return undefined;
}

function timeIn(values: Values): string {
  const { text, input } = values.get('at')!;
  const at = /^\d{10}$/.test(text) ? Number(text) * 1000 : parseInstant(text);
  if (at === undefined) throw new BadInput([input]);
  return new Date(at).toISOString();
}

function propsFrom(values: Values): { [key: string]: Json } {
  const props: { [key: string]: Json } = {};
  for (const [to, { text }] of values) {
    const target = targetOf(to);
    if (target.of === 'property' && whyNotNamed('a property', target.key) === undefined)
      props[target.key] = propertyOf(text);
  }
  return props;
}

/** Makes the contact of an address, or fills in its empty fields. Known values stay as they are, and so does consent. */
function contactFrom(writer: Writer, values: Values): { contact: string; address: string } {
  const { text, input } = values.get('email') ?? { text: '', input: 'email' };
  const email = readAddress(text)?.email;
  if (email === undefined || email.length > 254) throw new BadInput([input]);
  const known = contactWith(writer, email);
  const given = fieldsFrom(writer, 'contact', values, name => {
    if (name === 'email') return false;
    if (!known) return true;
    // A contact without a name has its address as its name.
    if (name === 'name') return known.name === known.email;
    return isEmpty(valueAt(known, settableField(writer.config, 'contact', name).path));
  });
  if (!known) return { contact: writer.add('contact', { ...given, email }).id, address: email };
  if (Object.keys(given).length > 0) writer.set(known.id, given);
  return { contact: known.id, address: email };
}

/** Returns the fields of a contact or deal that a request fills in; `isOpen` says which fields it may. */
function fieldsFrom(
  writer: Writer,
  kind: 'contact' | 'deal',
  values: Values,
  isOpen: (name: string) => boolean,
  currency = writer.config.currency,
): Fields {
  const fields: Fields = {};
  for (const [to, { text, input }] of values) {
    const target = targetOf(to);
    if (target.of !== 'field' || target.kind !== kind || !isOpen(target.field)) continue;
    if (target.field === 'name' && !isName(text)) throw new BadInput([input]);
    const field = settableField(writer.config, kind, target.field);
    // The account is the only reference that a request may fill in.
    if (field.refs) {
      fields[field.path] = accountNamed(writer, text);
      continue;
    }
    try {
      fields[field.path] = parseField(field, text, writer.context(currency));
    } catch (error) {
      throw error instanceof CrmError ? new BadInput([input]) : error;
    }
  }
  return fields;
}

/** Refuses a name with a web address in it: mails would carry that link to the e-mail address beside it. */
const isName = (text: string): boolean => text.length <= 200 && !/:\/\/|\bwww\.|[<>]/i.test(text);

/** Returns the account with a name, and makes it if no account has that name. A text such as `A7` is a name here, not an id. */
function accountNamed(writer: Writer, name: string): string {
  const table = writer.draft.state.table('account');
  const found = table.rows === 0 ? [] : table.find('name', name);
  return found[0] === undefined ? writer.add('account', { name, owner: null }).id : table.id(found[0]);
}

/** Makes a deal, unless the contact has an open one in that pipeline. */
async function dealFor(
  writer: Writer,
  contact: string,
  values: Values,
  { pipeline: name, title }: NonNullable<Taken['deal']>,
): Promise<void> {
  const pipeline = pipelineIn(writer.config, writer.view.viewer, name);
  if (hasOpenDeal(writer, contact, pipeline.id)) return;
  const { account, name: called } = writer.draft.record(contact) as Contact;
  const given = fieldsFrom(writer, 'deal', values, () => true, pipeline.currency);
  const fields = {
    value: '0',
    ...given,
    pipeline: pipeline.id,
    contacts: [contact],
    account: account ?? null,
  };
  // A value that somebody typed is not a template.
  if (given.title === undefined && title !== undefined)
    writer.add('deal', await withTitle(writer, 'deal', { ...fields, title }));
  else writer.add('deal', { ...fields, title: given.title ?? called });
}

function hasOpenDeal({ draft: { state } }: Writer, contact: string, pipeline: string): boolean {
  const deals = state.table('deal');
  return state
    .links('contact', 'deal', 'contacts')
    .some(state.table('contact').row(numberOf(contact)), row => {
      const deal = deals.record(row) as Deal;
      return deal.status === 'open' && deal.pipeline === pipeline;
    });
}
