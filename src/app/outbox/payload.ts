/** Makes the payload of webhooks and commands: the record, as `show --json` prints it. */
import type { Clock } from '../../domain/clock.ts';
import type { Json } from '../../domain/records.ts';
import { SWEEPER } from '../../domain/sweeper.ts';
import type { State } from '../../state/state.ts';
import { View } from '../core/view.ts';
import { recordsAsJson } from '../reading/record-json.ts';
import type { Fields } from './attempt.ts';
import type { Message } from './message.ts';

/** Returns the record as a webhook or command gets it at its first attempt; later attempts repeat the same JSON. */
export function payloadOf(message: Message, state: State, clock: Clock): Fields {
  const { channel, payload, body } = message;
  const isWanted = channel === 'run' || (channel === 'webhook' && body === undefined);
  if (!isWanted || payload !== undefined) return {};
  return { payload: JSON.stringify(subjectJson(state, clock, message)) };
}

/** Returns the subject of the enrolment that queued a message, or else what the message is about; null if it is gone. */
function subjectJson(state: State, clock: Clock, message: Message): Json {
  const { enrolment, deal, task, account, contact } = message;
  const subject = enrolment === undefined ? undefined : state.get(enrolment)?.subject;
  const id = [subject, deal, task, account, contact].find(
    each => typeof each === 'string' && state.has(each),
  );
  if (typeof id !== 'string') return null;
  return recordsAsJson(new View(state, { user: SWEEPER, role: 'admin' }, clock))(id);
}
