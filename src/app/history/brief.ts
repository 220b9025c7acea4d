/**
 * The facts needed before a meeting about a deal, contact or account: people, open deals, promises, contacts, money,
 * files.
 */
import { type Kind, numberOf } from '../../domain/kinds.ts';
import type { Json, Rec } from '../../domain/records.ts';
import { definitionOf } from '../../kinds/define.ts';
import { linksOf } from '../../query/scope.ts';
import type { View } from '../core/view.ts';
import { momentsAbout, type TimelineEntry } from './timeline.ts';
import { surroundings } from '../reading/surroundings.ts';
import { unansweredMails } from '../reading/waiting-mail.ts';
import { relationsOf, type Related } from '../records/relations.ts';

/** Records by their rows; a list has all, in the order in which they matter. */
export interface Brief {
  readonly kind: Kind;
  readonly id: string;
  /** The company; null for an account's own brief, and if none is known. */
  readonly account: string | null;
  readonly people: readonly number[];
  /** The relations of each person who has some, by id. */
  readonly relations: ReadonlyMap<string, readonly Related[]>;
  /** Open deals: the subject of the brief first, then by value. */
  readonly deals: readonly number[];
  /** Open tasks of all of these, the one due first first. */
  readonly promised: readonly number[];
  /** The last activities, the newest first. */
  readonly contacts: readonly TimelineEntry[];
  /** Mails that nobody answered, as activities. */
  readonly unanswered: readonly number[];
  /** Unpaid ones first, then the newest. */
  readonly invoices: readonly number[];
  /** Paths below `files/`. */
  readonly files: readonly string[];
}

/** The kinds that a brief can be about. */
export const briefKinds = ['deal', 'contact', 'account'] as const;

/** Kinds whose records show contacts with people. */
const dealings: readonly Kind[] = ['activity', 'task', 'message'];

/** Returns the brief of a record; `most` entries of what happened last. */
export function briefOf(view: View, id: string, most: number): Brief {
  const { state } = view;
  const kind = view.kinds.kindOf(id);
  const record = state.get(id)!;
  const account = seenId(view, record.account);
  const people = peopleOf(view, kind, record);
  const deals = dealsOf(view, kind, record, account, people);
  const persons = people.map(row => state.table('contact').id(row));
  const all = new Set([id, ...deals.map(row => state.table('deal').id(row)), ...persons]);
  if (account !== null && !isPerson(view, kind)) all.add(account);
  const unanswered = unansweredMails(view);
  const files = [record, ...[...all].filter(each => each !== id).flatMap(each => state.get(each) ?? [])];
  return {
    kind,
    id,
    account,
    people,
    relations: new Map(
      persons.flatMap(each => {
        const its = relationsOf(view, each);
        return its.length > 0 ? [[each, its] as const] : [];
      }),
    ),
    deals,
    promised: [...all]
      .flatMap(each => surroundings(view, view.kinds.kindOf(each), rowOf(view, each)).tasks)
      .sort((a, b) => byText(dueOf(view, a), dueOf(view, b)) || a - b),
    contacts: momentsAbout(view, all, most, dealings),
    unanswered: [...all].flatMap(each => {
      const mail = unanswered.get(each);
      return mail ? [rowOf(view, mail.id)] : [];
    }),
    invoices: invoicesOf(view, all),
    files: [...new Set(files.flatMap(each => (each.files as readonly string[] | undefined) ?? []))],
  };
}

const isPerson = (view: View, kind: Kind): boolean => definitionOf(view.kinds, kind).contacts === 'itself';

const rowOf = (view: View, id: string): number => view.state.table(view.kinds.kindOf(id)).row(numberOf(id));

const seenId = (view: View, id: Json | undefined): string | null =>
  typeof id === 'string' && view.seesId(id) && view.state.get(id) ? id : null;

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A task without a day comes after all others. */
const dueOf = (view: View, task: number): string => {
  const { due, dueTime } = view.state.table('task').record(task);
  return due === undefined ? '~' : `${String(due)} ${String(dueTime ?? '')}`;
};

/** The contacts of a deal or account, or the contact itself and those that it is related to. */
function peopleOf(view: View, kind: Kind, record: Rec): number[] {
  if (!isPerson(view, kind)) return [...surroundings(view, kind, rowOf(view, record.id)).contacts];
  const related = relationsOf(view, record.id).map(({ contact }) => contact);
  return [...new Set([record.id, ...related])].map(id => rowOf(view, id)).filter(row => row >= 0);
}

/** The open deals of the account, of the contact, or of the deal's contacts and account. */
function dealsOf(
  view: View,
  kind: Kind,
  record: Rec,
  account: string | null,
  people: readonly number[],
): number[] {
  const table = view.state.table('deal');
  const rows = new Set<number>();
  const add = (from: Kind, row: number) =>
    linksOf(view.scope, from, 'deal', definitionOf(view.kinds, from).throughDeals!).some(row, deal => {
      rows.add(deal);
      return false;
    });
  if (definitionOf(view.kinds, kind).throughDeals) add(kind, rowOf(view, record.id));
  else {
    for (const person of people) add('contact', person);
    if (account !== null) add('account', rowOf(view, account));
  }
  const own = definitionOf(view.kinds, kind).inPipelines ? rowOf(view, record.id) : -1;
  const isOpen = (row: number) => table.record(row).status === 'open';
  const value = (row: number) => Number(table.record(row).value);
  const open = [...rows]
    .filter(row => row !== own && isOpen(row))
    .sort((a, b) => value(b) - value(a) || a - b);
  return own >= 0 ? [own, ...open] : open;
}

function invoicesOf(view: View, ids: ReadonlySet<string>): number[] {
  const table = view.state.table('invoice');
  if (table.rows === 0) return [];
  const rows = new Set<number>();
  for (const id of ids) {
    const kind = view.kinds.kindOf(id);
    linksOf(view.scope, kind, 'invoice', kind).some(rowOf(view, id), row => {
      rows.add(row);
      return false;
    });
  }
  const isPaid = (row: number) => Number(table.record(row).paid !== undefined);
  const issued = (row: number) => String(table.record(row).issued ?? '');
  return [...rows].sort((a, b) => isPaid(a) - isPaid(b) || byText(issued(b), issued(a)) || b - a);
}
