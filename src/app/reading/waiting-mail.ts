/**
 * Finds mails that wait for a person: received mails that nobody answered, and messages of ours that are held. Works
 * on columns, and reads only the few records that it finds.
 */
import { type Kind, type Kinds, numberOf, refNumber } from '../../domain/kinds.ts';
import { wordTest } from '../../query/derived.ts';
import type { CodeColumn, NumberColumn, NumbersColumn } from '../../state/columns/column.ts';
import type { View } from '../core/view.ts';

export interface WaitingMail {
  /** The activity or message. */
  readonly id: string;
  /** Milliseconds: when it came in, or was held. */
  readonly at: number;
}

/** The mails by the id of the record that they are about. */
export type WaitingMails = ReadonlyMap<string, WaitingMail>;

/**
 * Returns the last mail of each record that came in and was not answered since: by a mail, call or meeting with the record
 * or with its contacts, or by a task done of a type that counts as contact.
 */
export function unansweredMails(view: View): WaitingMails {
  const last = lastMailsIn(view);
  if (last.size === 0) return last;
  const parties = new Map([...last.keys()].map(id => [id, partiesOf(view, id)]));
  const asked = new Set([...parties.values()].flat());
  const since = Math.min(...[...last.values()].map(({ at }) => at));
  const answered = lastAnswers(view, asked, since);
  return new Map(
    [...last].filter(([id, { at }]) => !parties.get(id)!.some(party => (answered.get(party) ?? 0) > at)),
  );
}

/** Returns the held message of each record that has one: it leaves when somebody releases it. */
export function heldMessages(view: View): WaitingMails {
  const { state } = view;
  const messages = state.table('message');
  const found = new Map<string, WaitingMail>();
  if (messages.rows === 0) return found;
  const status = messages.column('status') as CodeColumn;
  const held = status.words.indexOf('held');
  if (held < 0) return found;
  const codes = status.all();
  for (let row = 0; row < messages.rows; row++) {
    if (codes[row] !== held || !messages.live(row) || !view.sees('message', row)) continue;
    const record = messages.record(row);
    const id = [record.deal, record.contact, record.account].find(each => typeof each === 'string');
    if (typeof id === 'string' && view.seesId(id))
      found.set(id, { id: record.id, at: Date.parse(String(record.createdAt)) });
  }
  return found;
}

function lastMailsIn(view: View): Map<string, WaitingMail> {
  const { state } = view;
  const table = state.table('activity');
  const last = new Map<string, WaitingMail>();
  if (table.rows === 0) return last;
  const [type, direction] = [table.column('type') as CodeColumn, table.column('direction') as CodeColumn];
  const [email, incoming] = [type.words.indexOf('email'), direction.words.indexOf('in')];
  if (email < 0 || incoming < 0) return last;
  const at = table.column('at') as NumberColumn;
  const automatic = table.column('automatic') as NumberColumn;
  const subject = table.column('for') as NumberColumn;
  const [types, directions] = [type.all(), direction.all()];
  for (let row = 0; row < table.rows; row++) {
    if (types[row] !== email || directions[row] !== incoming || automatic.get(row) === 1) continue;
    const time = at.get(row);
    if (!table.live(row) || time > view.clock.now || !view.sees('activity', row)) continue;
    const id = idOfRef(state.kinds, subject.get(row));
    if (id !== undefined && !((last.get(id)?.at ?? 0) > time) && view.seesId(id))
      last.set(id, { id: table.id(row), at: time });
  }
  return last;
}

/** The record itself, and the contacts of a deal. */
function partiesOf(view: View, id: string): string[] {
  const contacts = view.state.get(id)?.contacts;
  return [id, ...((contacts as readonly string[] | undefined) ?? [])];
}

/** Returns the time of our last contact with each of some records, after an instant. */
function lastAnswers(view: View, asked: ReadonlySet<string>, since: number): Map<string, number> {
  const { state } = view;
  const last = new Map<string, number>();
  const note = (ref: number, at: number) => {
    const id = idOfRef(state.kinds, ref);
    if (id !== undefined && asked.has(id) && at > (last.get(id) ?? 0)) last.set(id, at);
  };
  const activities = state.table('activity');
  const type = activities.column('type') as CodeColumn;
  const isContact = wordTest(type, word => word !== 'note');
  const isIn = wordTest(activities.column('direction') as CodeColumn, word => word === 'in');
  const direction = activities.column('direction') as CodeColumn;
  eachAfter(view, 'activity', 'at', since, (row, at) => {
    if (!isContact(type.get(row)) || isIn(direction.get(row))) return;
    note((activities.column('for') as NumberColumn).get(row), at);
    for (const [kind, path] of others) {
      const list = activities.column(path) as NumbersColumn;
      for (let i = 0; i < list.size(row); i++) note(state.kinds.refTo(kind, list.at(row, i)), at);
    }
  });
  const tasks = state.table('task');
  const taskType = tasks.column('type') as CodeColumn;
  const counts = wordTest(taskType, word => state.config.taskTypes[word]?.contact === true);
  eachAfter(view, 'task', 'doneAt', since, (row, at) => {
    if (counts(taskType.get(row))) note((tasks.column('for') as NumberColumn).get(row), at);
  });
  eachAfter(view, 'message', 'createdAt', since, (row, at) => {
    const { channel, status, deal, contact, account } = state.table('message').record(row);
    if (channel !== 'email' || status === 'cancelled') return;
    for (const id of [deal, contact, account])
      if (typeof id === 'string') note(state.kinds.refTo(state.kinds.kindOf(id), numberOf(id)), at);
  });
  return last;
}

/** The lists of those that an activity was with, by kind. */
const others = [
  ['deal', 'withDeals'],
  ['contact', 'withContacts'],
  ['account', 'withAccounts'],
] as const;

/** Calls `found` with each visible row whose instant in a column is after another and not in the future. */
function eachAfter(
  view: View,
  kind: Kind,
  path: string,
  since: number,
  found: (row: number, at: number) => void,
): void {
  const table = view.state.table(kind);
  if (table.rows === 0) return;
  const times = (table.column(path) as NumberColumn).all();
  const { now } = view.clock;
  for (let row = 0; row < table.rows; row++)
    if (times[row]! > since && times[row]! <= now && table.live(row) && view.sees(kind, row))
      found(row, times[row]!);
}

/** The id that a reference in a column stands for; undefined for none. */
function idOfRef(kinds: Kinds, ref: number): string | undefined {
  const kind = ref > 0 ? kinds.refKind(ref) : undefined;
  return kind && kinds.makeId(kind, refNumber(ref));
}
