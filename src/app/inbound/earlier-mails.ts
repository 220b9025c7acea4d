/** Finds what a mail answers, by Message-IDs: our messages and the mails that were recorded before. */
import { numberOf } from '../../domain/kinds.ts';
import type { Rec } from '../../domain/records.ts';
import type { State } from '../../state/state.ts';
import type { View } from '../core/view.ts';
import type { Message } from '../outbox/message.ts';

/** A word of a server's answer with fewer characters is not the id that it gave a message. */
const SHORTEST_ID = 12;

/** Our messages by the ids that servers gave them: some put these into Message-ID instead of ours (Amazon SES). */
const givenIds = new WeakMap<State, { rows: number; ids: Map<string, number> }>();

/** Returns our e-mail of a Message-ID, which is ours or the one that the server gave it. */
export function messageOf(state: State, id: string): Message | undefined {
  const table = state.table('message');
  if (table.rows === 0) return undefined;
  for (const row of table.find('messageId', id)) {
    const message = table.record(row) as Message;
    if (message.messageId === id && message.channel === 'email') return message;
  }
  const row = idsOf(state).get(id.slice(1, id.lastIndexOf('@')));
  return row === undefined ? undefined : (state.get(table.id(row)) as Message | undefined);
}

function idsOf(state: State): Map<string, number> {
  const table = state.table('message');
  const known = givenIds.get(state);
  if (known?.rows === table.rows) return known.ids;
  const ids = new Map<string, number>();
  for (const row of table.liveRows()) {
    const { channel, response } = table.record(row) as Message & { readonly response?: string };
    if (channel !== 'email' || typeof response !== 'string') continue;
    for (const word of response.split(/[^A-Za-z0-9._+-]+/))
      if (word.length >= SHORTEST_ID && /\d/.test(word)) ids.set(word, row);
  }
  givenIds.set(state, { rows: table.rows, ids });
  return ids;
}

/** Returns the activity of an external id. */
export function activityOf(state: State, externalId: string): Rec | undefined {
  const table = state.table('activity');
  if (table.rows === 0) return undefined;
  const row = table.find('externalId', externalId).find(each => table.record(each).externalId === externalId);
  return row === undefined ? undefined : table.record(row);
}

/** Returns the event of an external id. */
export function hasEvent(state: State, externalId: string): boolean {
  const table = state.table('event');
  return (
    table.rows > 0 &&
    table.find('externalId', externalId).some(row => table.record(row).externalId === externalId)
  );
}

/** Returns the external ids of the activities in the trash: a mail that a person removed does not come back. */
export const removedMails = (view: View): ReadonlySet<string> =>
  new Set(
    view
      .trash('activity')
      .flatMap(({ record: { externalId } }) => (typeof externalId === 'string' ? externalId : [])),
  );

/** Returns the row of a record. */
export const rowOf = (state: State, id: string): number =>
  state.table(state.kinds.kindOf(id)).row(numberOf(id));
