/** What the texts of a rule may speak of: deal, contact, account, task, owner, user, event and now. */
import type { Config } from '../domain/config.ts';
import { formatInstant } from '../domain/dates.ts';
import { fieldsOf, findField, isCustomKind, readField } from '../domain/fields.ts';
import { type Kind, parseId } from '../domain/kinds.ts';
import type { Rec } from '../domain/records.ts';
import type { State } from '../domain/state.ts';
import { relatedTo } from './subjects.ts';
import type { TextData } from './texts.ts';

const records = ['deal', 'contact', 'account', 'task'] as const;
const userFields = ['id', 'name', 'email', 'signature'];

/** The data of one enrolment; `deal` is the one that a step made, where one did. */
export function textData(
  state: State,
  subject: string,
  deal: string | undefined,
  cause: string | undefined,
  now: number,
): TextData {
  const { config } = state;
  const data: Record<string, unknown> = { now: formatInstant(now) };
  for (const kind of records) {
    const id = kind === 'deal' && deal !== undefined ? deal : relatedTo(state, subject, kind);
    const fromCause = id === undefined && cause !== undefined ? relatedTo(state, cause, kind) : id;
    const record = fromCause === undefined ? undefined : state.get(fromCause);
    if (record) data[kind] = recordData(config, kind, record);
  }
  const owned = state.get(deal ?? subject);
  const owner = owned && userData(config, owned.owner ?? owned.assignee);
  if (owner) data.owner = owner;
  if (owner) data.user = owner;
  const event = cause !== undefined && parseId(cause)?.kind === 'event' ? state.get(cause) : undefined;
  if (event)
    data.event = {
      name: event.name,
      at: event.at,
      contact: event.contact ?? null,
      props: event.props ?? {},
    };
  return data;
}

/** Every field that the kind has, null where this record has none. */
function recordData(config: Config, kind: Kind, record: Rec): Record<string, unknown> {
  const data: Record<string, unknown> = {};
  for (const field of fieldsOf(config, kind)) data[field.name] = readField(field, record) ?? null;
  if (isCustomKind(kind))
    data.fields = Object.fromEntries(config.fields[kind].map(f => [f.name, data[f.name]]));
  return data;
}

function userData(config: Config, id: unknown): Record<string, unknown> | undefined {
  const user = typeof id === 'string' && Object.hasOwn(config.users, id) ? config.users[id] : undefined;
  return (
    user && { id: user.id, name: user.name, email: user.email ?? null, signature: user.signature ?? null }
  );
}

/** Whether a rule's text may name a variable at all: what lint asks. */
export function isKnownVariable(config: Config, path: readonly string[]): boolean {
  const [name, field] = path;
  if (name === 'now') return path.length === 1;
  if (name === 'owner' || name === 'user') return field !== undefined && userFields.includes(field);
  if (name === 'event') return field !== undefined && ['name', 'at', 'contact', 'props'].includes(field);
  const kind = records.find(k => k === name);
  if (!kind || field === undefined) return false;
  if (field === 'fields' && isCustomKind(kind))
    return path[2] === undefined || config.fields[kind].some(f => f.name === path[2]);
  const found = findField(config, kind, field);
  return found !== undefined && found.name === field;
}
