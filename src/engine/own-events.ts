/** Selects the events that count for the steps of an enrolment: its own. */
import { numberOf } from '../domain/kinds.ts';
import { isObject } from '../domain/records.ts';
import { wordTest } from '../query/derived.ts';
import type { Scope } from '../query/scope.ts';
import type { CodeColumn, NumberColumn } from '../state/columns/column.ts';
import type { Enrolled } from './enrolled.ts';

/**
 * Inside steps, only events count that were recorded after the enrolment began and are not dated before it. If the
 * enrolment sent messages, an event of mail that names its message counts only if this enrolment sent that message.
 */
export function eventCounter({ state }: Scope, enrolled: Enrolled): (row: number) => boolean {
  const events = state.table('event');
  const at = events.column('at') as NumberColumn;
  const names = events.column('name') as CodeColumn;
  const isMail = wordTest(names, name => name.startsWith('email.'));
  const isOfOther = (row: number): boolean => {
    const { props } = events.record(row);
    const message = isObject(props) ? props.message : undefined;
    if (typeof message !== 'string' || !enrolled.record) return false;
    const sent: string[] = [];
    const messages = state.table('message');
    const ofEnrolled = state.links('enrolment', 'message', 'enrolment');
    ofEnrolled.some(state.table('enrolment').row(numberOf(enrolled.id)), each => {
      if (messages.record(each).channel === 'email') sent.push(messages.id(each));
      return false;
    });
    return sent.length > 0 && !sent.includes(message);
  };
  return row =>
    events.number(row) >= enrolled.events &&
    at.get(row) >= enrolled.startedAt &&
    !(isMail(names.get(row)) && isOfOther(row));
}
