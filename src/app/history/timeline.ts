/**
 * The timeline of a record and of the records that belong to it, newest first: calls, mails, tasks done, invoices,
 * moves and changes.
 */
import { dayFromNumber } from '../../domain/dates.ts';
import type { Kind } from '../../domain/kinds.ts';
import type { Json } from '../../domain/records.ts';
import type { KindDefinition, Moment } from '../../kinds/define.ts';
import { findField } from '../../kinds/fields.ts';
import { definitionsIn, definitionOf } from '../../kinds/define.ts';
import { linksOf } from '../../query/scope.ts';
import type { NumberColumn } from '../../state/columns/column.ts';
import type { Journal } from '../../store/journal/journal.ts';
import type { View } from '../core/view.ts';
import { userName } from '../reading/said.ts';
import { changeWords, doneBy } from './change-words.ts';
import { entryOf } from './history.ts';

export interface TimelineEntry {
  /** Milliseconds; midnight for something that has only a day. */
  readonly at: number;
  readonly hasTime: boolean;
  readonly what: string;
  readonly text: string;
  /** A name, for people; '' if nobody is known. */
  readonly by: string;
  /** The record that it is about: the card's own, or a deal or contact of it. */
  readonly about: string;
}

/** Returns the newest `most` entries about the records of `ids`. The journal is read no further back than these need. */
export async function timeline(
  view: View,
  journal: Pick<Journal, 'mentions'>,
  ids: ReadonlySet<string>,
  most: number,
): Promise<TimelineEntry[]> {
  const entries = momentsAbout(view, ids, most);
  let changes = 0;
  if (most > 0)
    for await (const tx of journal.mentions(ids)) {
      const entry = entryOf(view, tx, ids);
      if (!entry) continue;
      for (const change of entry.changes) {
        const words = changeWords(view, change, entry.via);
        if (!words) continue;
        changes++;
        const why = change.why === undefined ? entry : { ...entry, why: change.why };
        entries.push({
          at: Date.parse(entry.at),
          hasTime: true,
          ...words,
          by: doneBy(view, why),
          about: change.id,
        });
      }
      if (changes >= most) break;
    }
  return entries.sort((a, b) => b.at - a.at).slice(0, most);
}

/**
 * Returns the newest moments of records about some records, found by links; only the returned ones are read in full.
 * `among` are the kinds to include; left out: all.
 */
export function momentsAbout(
  view: View,
  ids: ReadonlySet<string>,
  most: number,
  among?: readonly Kind[],
): TimelineEntry[] {
  const found = definitionsIn(view.kinds).flatMap(definition => {
    if (!definition.moments || (among && !among.includes(definition.name))) return [];
    const rows = rowsAbout(view, definition, ids);
    withoutLogged(view, definition, rows);
    return definition.moments.flatMap(moment => instantsOf(view, definition, moment, rows));
  });
  return found
    .sort((a, b) => b.at - a.at)
    .slice(0, most)
    .map(({ definition, moment, row, about, ...known }) => {
      const record = view.state.table(definition.name).record(row);
      const by: Json | undefined = moment.by?.(record);
      return {
        ...known,
        what: moment.what(record),
        text: moment.text(record) ?? '',
        by: typeof by === 'string' ? userName(view.state.config, by) : '',
        about,
      };
    });
}

/** Leaves out the rows that another record logs: a mail written by hand, whose activity has its text. */
function withoutLogged(view: View, { name, loggedBy }: KindDefinition, rows: Map<number, string>): void {
  if (!loggedBy || rows.size === 0) return;
  const logs = linksOf(view.scope, name, loggedBy.kind, loggedBy.field);
  const table = view.state.table(name);
  for (const row of [...rows.keys()])
    if (logs.some(row, () => true) && loggedBy.saysAll(table.record(row))) rows.delete(row);
}

/** The rows that point to one of the records, each once, with the record that it is about. */
function rowsAbout(
  view: View,
  { name, about }: KindDefinition,
  ids: ReadonlySet<string>,
): Map<number, string> {
  const rows = new Map<number, string>();
  for (const id of ids) {
    const { kind, number } = view.kinds.parseId(id)!;
    const target = view.state.table(kind).row(number);
    for (const path of about) {
      const field = findField(view.state.config, name, path);
      if (target < 0 || field?.read || !field?.refs?.includes(kind)) continue;
      linksOf(view.scope, kind, name, path).some(target, row => {
        if (!rows.has(row)) rows.set(row, id);
        return false;
      });
    }
  }
  return rows;
}

interface Found {
  readonly definition: KindDefinition;
  readonly moment: Moment;
  readonly row: number;
  readonly at: number;
  readonly hasTime: boolean;
  readonly about: string;
}

/** When a moment of each row was; a row without it is left out. */
function instantsOf(
  view: View,
  definition: KindDefinition,
  moment: Moment,
  rows: ReadonlyMap<number, string>,
): Found[] {
  if (rows.size === 0) return [];
  const { name } = definition;
  const column = view.state.table(name).column(moment.at) as NumberColumn;
  const hasTime = findField(view.state.config, name, moment.at)?.type === 'instant';
  return [...rows].flatMap(([row, about]) => {
    const value = column.get(row);
    if (Number.isNaN(value)) return [];
    const at = hasTime ? value : view.clock.zone.midnight(dayFromNumber(value));
    return [{ definition, moment, row, at, hasTime, about }];
  });
}

/** The records whose timeline a card shows: the record itself, the deals of a customer, and the contacts of an account. */
export function subjectsOf(view: View, kind: Kind, row: number): Set<string> {
  const ids = new Set([view.state.table(kind).id(row)]);
  const add = (from: Kind, field: string) =>
    linksOf(view.scope, kind, from, field).some(row, each => {
      ids.add(view.kinds.makeId(from, view.state.table(from).number(each)));
      return false;
    });
  const { throughDeals, contacts } = definitionOf(view.kinds, kind);
  if (throughDeals) add('deal', throughDeals);
  if (typeof contacts === 'object' && 'pointing' in contacts) add('contact', contacts.pointing);
  return ids;
}

/**
 * Returns the ids of records about a record, or about records that belong to it: tasks, activities, events, invoices
 * and messages.
 */
export function idsAbout(view: View, kind: Kind, row: number): Set<string> {
  const ids = subjectsOf(view, kind, row);
  for (const definition of definitionsIn(view.kinds)) {
    if (!definition.moments) continue;
    const table = view.state.table(definition.name);
    for (const each of rowsAbout(view, definition, ids).keys()) ids.add(table.id(each));
  }
  return ids;
}
