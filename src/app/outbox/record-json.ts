/** Makes the JSON of the record that webhooks and commands get, as `show --json` prints it. */
import type { Clock } from '../../domain/clock.ts';
import { numberOf } from '../../domain/kinds.ts';
import { isEmpty, type Json } from '../../domain/records.ts';
import { SWEEPER } from '../../domain/sweeper.ts';
import type { State } from '../../state/state.ts';
import { View } from '../core/view.ts';
import { shown } from '../reading/shape.ts';
import type { Message } from './message.ts';

/** Returns the subject of the enrolment that queued a message, or else what the message is about; null if it is gone. */
export function recordJson(state: State, clock: Clock, message: Message): Json {
  const { enrolment, deal, task, account, contact } = message;
  const subject = enrolment === undefined ? undefined : state.get(enrolment)?.subject;
  const id = [subject, deal, task, account, contact].find(
    each => typeof each === 'string' && state.has(each),
  );
  if (typeof id !== 'string') return null;
  const view = new View(state, { user: SWEEPER, role: 'admin' }, clock);
  const kind = state.kinds.kindOf(id);
  const row = state.table(kind).row(numberOf(id));
  const fields = shown(view, kind, 'json').map(
    ({ name, sparse, json }) => [name, json(row), sparse] as const,
  );
  return Object.fromEntries(fields.filter(([, value, sparse]) => !(sparse && isEmpty(value))));
}
