/** Finds what a mail answers, by Message-IDs: one of our messages, or a mail that was recorded before. */
import { numberOf } from '../../domain/kinds.ts';
import type { Rec } from '../../domain/records.ts';
import type { State } from '../../state/state.ts';
import type { View } from '../core/view.ts';
import type { Message } from '../outbox/message.ts';

/** Returns our e-mail with a Message-ID, which crm gave it, or a server in place of crm's. */
export function messageOf(state: State, id: string): Message | undefined {
  const table = state.table('message');
  if (table.rows === 0) return undefined;
  for (const field of ['messageId', 'serverId'])
    for (const row of table.find(field, id)) {
      const message = table.record(row) as Message;
      if (message[field] === id && message.channel === 'email') return message;
    }
  return undefined;
}

/** Returns the activity that has an external id. */
export function activityOf(state: State, externalId: string): Rec | undefined {
  const table = state.table('activity');
  if (table.rows === 0) return undefined;
  const row = table.find('externalId', externalId).find(each => table.record(each).externalId === externalId);
  return row === undefined ? undefined : table.record(row);
}

/** Returns the event that has an external id. */
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
