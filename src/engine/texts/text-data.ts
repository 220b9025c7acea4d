/** The data of a rule's texts: deal, contact, account, task, owner, user, event and now. */
import { type Config, customFieldsOf, type User } from '../../domain/config.ts';
import { formatInstant } from '../../domain/dates.ts';
import type { Kind } from '../../domain/kinds.ts';
import { suggestion } from '../../domain/nearest.ts';
import type { Rec } from '../../domain/records.ts';
import { moneyOf } from './decimals.ts';
import { isEvent, ownerOf, relatedTo } from '../subjects.ts';
import {
  hasLiquid,
  type Knows,
  type TextData,
  TextError,
  type Texts,
  type TextSource,
  Written,
} from './texts.ts';
import type { Field } from '../../kinds/field.ts';
import { fieldTypes } from '../../kinds/field-types.ts';
import { fieldsOf, readField } from '../../kinds/fields.ts';
import type { State } from '../../state/state.ts';

const records = ['deal', 'contact', 'account', 'task'] as const;
type Subject = (typeof records)[number];
/** The name under which custom fields of a record appear a second time. */
const OWN = 'fields';
const userFields = ['id', 'name', 'email', 'signature'];
const eventFields = ['name', 'at', 'contact', 'props'];
const variables = [...records, 'owner', 'user', 'event', 'now'];
/** The variable of mails that ask for confirmation. */
export const CONFIRM_URL = 'confirmUrl';

/** Returns an address of crm itself as texts see it: it counts as written by the author, so that mails link to it. */
export const linkData = (url: string): unknown => new Written({ text: url, inserted: [] });

/** The reader of a text, and observers of the records that it names. */
export interface Lens {
  /** Whether a record exists for the reader. */
  sees(id: string): boolean;
  /** Called for each record that the text names. */
  named(kind: Subject, id: string): void;
}

/** The records that a text is about. */
export interface About {
  readonly subject: string;
  /** The deal that a step made, if one did. */
  readonly deal?: string | undefined;
  /** The record that started it. */
  readonly cause?: string | undefined;
  /** The address where the recipient confirms, in the mail of a form that says `confirm:`. */
  readonly confirmUrl?: string | undefined;
}

/** The data and the time with which a text is rendered. */
export interface Rendering {
  readonly texts: Texts;
  /** The time that `now` and `today` mean, ms. */
  readonly now: number;
}

/** Returns the data of an enrolment, or of a record. */
export function textSource(
  state: State,
  { subject, deal, cause, confirmUrl }: About,
  rendering: Rendering,
  lens?: Lens,
): TextSource {
  const { config } = state;
  const { now } = rendering;
  const idOf = (kind: Subject): string | undefined => {
    const own =
      deal !== undefined && state.kinds.kindOf(deal) === kind ? deal : relatedTo(state, subject, kind);
    const id = own ?? (cause === undefined ? undefined : relatedTo(state, cause, kind));
    return id !== undefined && state.has(id) && (lens?.sees(id) ?? true) ? id : undefined;
  };
  const recordOf = (kind: Subject): Rec | undefined => {
    const id = idOf(kind);
    if (id === undefined) return undefined;
    lens?.named(kind, id);
    return state.get(id);
  };
  const owner = () => {
    const id = deal ?? subject;
    return (lens?.sees(id) ?? true) ? userData(config, ownerOf(state, id), rendering) : undefined;
  };
  return {
    field(name, field) {
      const kind = records.find(each => each === name);
      if (!kind) return isOwner(name) ? owner()?.[field] : undefined;
      const found = field === OWN ? undefined : fieldsOf(config, kind).findLast(each => each.name === field);
      const record = found && recordOf(kind);
      return record && readField(found, record);
    },
    get all() {
      const data: Record<string, unknown> = {};
      whenNamed(data, 'now', () => formatInstant(now));
      for (const kind of records) {
        const id = idOf(kind);
        if (id !== undefined) whenNamed(data, kind, () => recordData(config, kind, recordOf(kind)!));
      }
      if (confirmUrl !== undefined) data[CONFIRM_URL] = linkData(confirmUrl);
      const user = owner();
      if (user) Object.assign(data, { owner: user, user });
      const event = cause !== undefined && isEvent(state.kinds, cause) ? state.get(cause) : undefined;
      if (event && (lens?.sees(event.id) ?? true))
        whenNamed(data, 'event', () => {
          if (typeof event.contact === 'string') lens?.named('contact', event.contact);
          return { name: event.name, at: event.at, contact: event.contact ?? null, props: event.props ?? {} };
        });
      return data;
    },
  };
}

/** Most texts name one record, so the others are not read. */
function whenNamed(data: Record<string, unknown>, name: string, make: () => unknown): void {
  let made: unknown;
  Object.defineProperty(data, name, { enumerable: true, get: () => (made ??= make()) });
}

/** Returns the data of a deal or task that is about to be added, with the contact, account or deal that it is for. */
export function dataOfNew(state: State, kind: 'deal' | 'task', record: Rec, rendering: Rendering): TextData {
  const [contact] = (record.contacts as readonly string[] | undefined) ?? [];
  const subject = (contact ?? record.account ?? record.for) as string | undefined;
  const account = state.get((record.account as string | undefined) ?? '');
  const owner = userData(state.config, (record.owner ?? record.assignee) as string | undefined, rendering);
  return {
    now: formatInstant(rendering.now),
    ...(subject && textSource(state, { subject }, rendering).all),
    ...(account && { account: recordData(state.config, 'account', account) }),
    ...(owner && { owner, user: owner }),
    [kind]: recordData(state.config, kind, record),
  };
}

/** Returns every field of the kind, null if this record has no value for it. */
export function recordData(config: Config, kind: Kind, record: Rec): Record<string, unknown> {
  const data: Record<string, unknown> = {};
  const currency = (record.currency as string | undefined) ?? config.currency;
  for (const field of fieldsOf(config, kind)) {
    const value = readField(field, record) ?? null;
    data[field.name] = (field.type === 'money' ? moneyOf(value, currency) : undefined) ?? value;
  }
  if (config.kinds.of(kind).isExtensible)
    data[OWN] = Object.fromEntries(customFieldsOf(config, kind).map(f => [f.name, data[f.name]]));
  return data;
}

/** Returns a user as texts see them: the signature is itself a text, rendered over the rest of the user. */
export function userData(
  config: Pick<Config, 'users'>,
  id: string | undefined,
  rendering: Rendering,
): Record<string, unknown> | undefined {
  const user = id !== undefined && Object.hasOwn(config.users, id) ? config.users[id] : undefined;
  if (!user) return undefined;
  const rest = { id: user.id, name: user.name, email: user.email ?? null };
  const data: Record<string, unknown> = { ...rest };
  whenNamed(data, 'signature', () => signed(user, rest, rendering));
  return data;
}

function signed({ id, signature = '' }: User, user: TextData, { texts, now }: Rendering): unknown {
  if (!hasLiquid(signature)) return signature === '' ? null : new Written({ text: signature, inserted: [] });
  try {
    const marked = texts.renderMarked(signature, { all: { user, owner: user } }, now);
    return marked.text === '' ? null : new Written(marked);
  } catch (error) {
    if (error instanceof TextError) throw new TextError(`the signature of ${id}: ${error.message}`);
    throw error;
  }
}

/** An owner is also available as a user. */
const isOwner = (name: string): boolean => name === 'owner' || name === 'user';

/** Checks a variable in a signature. */
export const knownInSignature: Knows = ([name, field, ...rest]) => {
  const known = userFields.filter(each => each !== 'signature');
  if (name === undefined || !isOwner(name)) return { hint: '{{ user.name }}' };
  if (field === undefined || (known.includes(field) && rest.length === 0)) return true;
  return { hint: suggestion(field, known, 'user has') };
};

/**
 * Returns a test of the variables that a text may name, for lint. `isConfirmation`: the text is the template of a
 * form with `confirm:`.
 */
export function knownVariables(config: Config, isConfirmation = false): Knows {
  return path => {
    const [name, field, ...rest] = path as readonly [string, ...string[]];
    if (name === CONFIRM_URL) return knownLink(isConfirmation && field === undefined);
    const among = (word: string, known: readonly string[], noun: string) =>
      ({ hint: suggestion(word, known, noun) }) as const;
    if (!variables.includes(name)) return among(name, variables, 'variables');
    if (name === 'now') return field === undefined ? true : { hint: '{{ now }}' };
    // A test whether the record exists, as in {% if account %}; printing it would be an error.
    if (field === undefined) return true;
    if (name === 'event') return eventFields.includes(field) ? true : among(field, eventFields, 'event has');
    if (isOwner(name))
      return userFields.includes(field) && rest.length === 0 ? true : among(field, userFields, `${name} has`);
    const kind = name as Subject;
    if (field === OWN && config.kinds.of(kind).isExtensible) {
      const own = customFieldsOf(config, kind).map(f => f.name);
      return rest.length === 0 || own.includes(rest[0]!) ? true : among(rest[0]!, own, `a ${kind} has`);
    }
    const fields = fieldsOf(config, kind);
    const found = fields.find(f => f.name === field);
    if (!found)
      return among(
        field,
        fields.map(f => f.name),
        `a ${kind} has`,
      );
    return rest.length === 0 || (rest.length === 1 && isPartOf(found, rest[0]!))
      ? true
      : { hint: `{{ ${name}.${field} }}` };
  };
}

const knownLink = (isKnown: boolean): ReturnType<Knows> =>
  isKnown || { hint: 'it is for the template that a form names: confirm: TEMPLATE in crm.yaml' };

/** The properties of a text or a list in Liquid. */
const isPartOf = (field: Field, part: string): boolean =>
  part === 'size' || (fieldTypes[field.type].list === true && /^(first|last|-?\d+)$/.test(part));
