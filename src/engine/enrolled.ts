/** An enrolment as a sweep runs it: made when the enrolment begins, or from its record. */
import type { Automation } from '../domain/automation.ts';
import { numberOf } from '../domain/kinds.ts';
import type { Enrolment } from '../domain/records.ts';
import type { State } from '../state/state.ts';
import type { Descent } from './generations.ts';
import { isEvent } from './subjects.ts';

/** The state of an enrolment while it runs; a new one has no record yet. */
export interface Enrolled extends Pick<Enrolment, 'id' | 'automation' | 'subject' | 'events'> {
  readonly record: Enrolment | undefined;
  readonly startedAt: number;
  readonly step?: string | undefined;
  readonly since?: number | undefined;
  deal?: string | undefined;
  goals?: readonly string[] | undefined;
  readonly cause?: string | undefined;
  /** What led to it, if no person began it. */
  readonly descent?: Partial<Descent> | undefined;
}

/** Returns an enrolment that begins now; `cause` is the record that started it, if that is not the subject. */
export function newEnrolled(
  state: State,
  automation: Automation,
  subject: string,
  cause: string | undefined,
  now: number,
  descent: Descent | undefined,
): Enrolled {
  const byEvent = cause !== undefined && isEvent(state.kinds, cause);
  return {
    id: state.nextId('enrolment'),
    automation: automation.id,
    subject,
    // The next event to come, or the one after that which started it.
    events: byEvent ? numberOf(cause) + 1 : state.nextNumber('event'),
    record: undefined,
    startedAt: startOf(state, cause, now),
    cause,
    descent,
  };
}

/** When an enrolment began: now, or at the time of the event that started it. */
function startOf(state: State, cause: string | undefined, now: number): number {
  const event = cause !== undefined && isEvent(state.kinds, cause) ? state.get(cause) : undefined;
  return typeof event?.at === 'string' ? Math.min(Date.parse(event.at), now) : now;
}

/** Makes an enrolment from its record. */
export function enrolledOf(state: State, record: Enrolment): Enrolled {
  return {
    id: record.id,
    automation: record.automation,
    subject: record.subject,
    events: record.events,
    record,
    startedAt: startOf(state, record.cause, Date.parse(record.createdAt!)),
    step: record.step,
    since: record.since === undefined ? undefined : Date.parse(record.since),
    deal: record.deal,
    goals: record.goals,
    cause: record.cause,
    descent: {
      ...(record.generations && { generations: record.generations }),
      ...(record.after && { after: record.after }),
    },
  };
}
