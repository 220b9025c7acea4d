/** Gathers everything that a workspace has about one person, for a request for their data. */
import { type Reference, idsIn, referencesOf } from '../core/references.ts';
import type { View } from '../core/view.ts';
import { history, type HistoryEntry } from './history.ts';
import { type Kind, numberOf } from '../../domain/kinds.ts';
import { type Json, type Rec, valueAt } from '../../domain/records.ts';
import { linksOf } from '../../query/scope.ts';
import type { Journal } from '../../store/journal/journal.ts';
import { shown } from '../reading/shape.ts';

type JsonObject = { readonly [key: string]: Json };

export interface PersonFile {
  readonly contact: JsonObject;
  /** Records that the contact points to, and records that point to the contact, by the plural of their kind. */
  readonly records: { readonly [kinds: string]: readonly JsonObject[] };
  /** Records in the trash that point to the contact, as they were. */
  readonly trash: readonly JsonObject[];
  /** The history of the contact and of records that are a part of it, newest first. */
  readonly history: readonly HistoryEntry[];
}

/** Collects what the viewer may see about a contact, named by ID or e-mail. Throws NOT_FOUND if it does not exist. */
export async function personFile(view: View, journal: Journal, key: string): Promise<PersonFile> {
  const id = view.find(['contact'], key);
  const row = view.state.table('contact').row(numberOf(id));
  const contact = asJson(view, 'contact', row);
  const records: { [kinds: string]: JsonObject[] } = {};
  const parts = new Set([id]);
  for (const kind of view.kinds.names) {
    const found = rowsAbout(view, kind, row);
    for (const each of found.parts) parts.add(view.state.table(kind).id(each));
    const rows = [...found.rows, ...rowsOf(view, kind, contact)];
    if (rows.length > 0)
      records[view.kinds.pluralOf(kind)] = [...new Set(rows)]
        .sort((a, b) => a - b)
        .map(each => asJson(view, kind, each));
  }
  const mails = mailsTo(view, contact.email).map(each => asJson(view, 'message', each));
  if (mails.length > 0) records.messages = unique([...(records.messages ?? []), ...mails]);
  const entries: HistoryEntry[] = [];
  for await (const entry of history(journal, view, parts)) entries.push(entry);
  return { contact, records, trash: trashAbout(view, id), history: entries };
}

/** The messages to an address, whatever they are about. */
function mailsTo(view: View, email: Json | undefined): number[] {
  const messages = view.state.table('message');
  if (typeof email !== 'string') return [];
  return messages
    .liveRows()
    .filter(row => view.sees('message', row) && addressOf(messages.record(row).to) === addressOf(email));
}

const addressOf = (value: Json | undefined): string =>
  String(value ?? '')
    .trim()
    .toLowerCase();

/** The records in order of their ids, each once. */
function unique(records: readonly JsonObject[]): JsonObject[] {
  const byId = new Map(records.map(record => [String(record.id), record]));
  return [...byId.values()].sort((a, b) => numberOf(String(a.id)) - numberOf(String(b.id)));
}

const aboutContacts = ({ refs }: Reference) => refs.includes('contact');

/** The rows of a kind that point to a contact or are addressed to it, and which of them are a part of it. */
function rowsAbout(view: View, kind: Kind, contact: number): { rows: Set<number>; parts: Set<number> } {
  const rows = new Set<number>();
  const parts = new Set<number>();
  for (const field of referencesOf(view.state.config, kind).filter(aboutContacts))
    linksOf(view.scope, 'contact', kind, field.path).some(contact, row => {
      rows.add(row);
      if (field.belongs) parts.add(row);
      return false;
    });
  return { rows, parts };
}

/** The rows of a kind that the contact points to: its accounts. */
function rowsOf(view: View, kind: Kind, contact: JsonObject): number[] {
  const table = view.state.table(kind);
  return referencesOf(view.state.config, 'contact')
    .filter(({ refs }) => refs.includes(kind))
    .flatMap(({ name }) => idsIn(contact[name]))
    .map(id => table.row(numberOf(id)))
    .filter(row => row >= 0 && view.sees(kind, row));
}

function trashAbout(view: View, id: string): JsonObject[] {
  const { config } = view.state;
  const found: Rec[] = [];
  for (const [each, { record }] of view.state.trash())
    if (
      view.trashed(each) &&
      referencesOf(config, view.kinds.kindOf(each)).some(
        field => aboutContacts(field) && idsIn(valueAt(record, field.path)).includes(id),
      )
    )
      found.push(record);
  return found as unknown as JsonObject[];
}

/** A record as `--json` prints it. */
const asJson = (view: View, kind: Kind, row: number): JsonObject =>
  Object.fromEntries(shown(view, kind, 'json').map(field => [field.name, field.json(row)]));
