/** When a sweep would next do something of a rule for a subject, if nobody does anything meanwhile: asked of the plan. */
import type { Automation } from '../../domain/automation.ts';
import { DAY, formatInstant, MINUTE } from '../../domain/dates.ts';
import type { Enrolment } from '../../domain/records.ts';
import { hasTimedTrigger, hasTimeTrigger } from '../../engine/firings.ts';
import { type AutomationRun, plan } from '../../engine/plan.ts';
import { type Ground, planInput } from './sweep.ts';

/** So far ahead nobody plans. */
const HORIZON = 400 * DAY;

export interface NextRun {
  /** When, an ISO instant, exact to the minute; that of the question where the next sweep does it. */
  readonly at: string;
  /** Whether the next sweep does it, whenever it comes. */
  readonly due: boolean;
  readonly cause: string;
  readonly outcome: AutomationRun['outcome'];
}

/** Null where only a change could start it, or nothing comes of time in the next 400 days. */
export function nextRun(
  ground: Ground,
  automation: Automation,
  subject: string,
  enrolments: readonly Enrolment[],
): NextRun | null {
  if (!automation.enabled) return null;
  const at = (now: number, alone: Pick<Ground, 'only' | 'subject'> = {}) =>
    plan(planInput({ ...ground, now, ...alone })).trace.automations.find(
      run => run.automation === automation.id && run.subject === subject,
    );
  // What a sweep now does, other rules and transitions do as well; later there is this rule alone, for this subject.
  const later = (now: number) => at(now, { only: automation.id, subject });
  const named = (now: number, due: boolean, { cause, outcome }: AutomationRun): NextRun => ({
    at: formatInstant(now),
    due,
    cause,
    outcome,
  });
  const present = at(ground.now);
  if (present) return named(ground.now, true, present);
  const depends =
    hasTimeTrigger(automation) ||
    hasTimedTrigger(automation, ground.state.config) ||
    enrolments.some(each => each.status === 'waiting');
  let late = ground.now + HORIZON;
  let found = depends ? later(late) : undefined;
  if (!found) return null;
  for (let early = ground.now; late - early > MINUTE; ) {
    const middle = Math.floor((early + late) / 2);
    const run = later(middle);
    if (run) [late, found] = [middle, run];
    else early = middle;
  }
  // The first whole minute at which it is so.
  const minute = Math.ceil(late / MINUTE) * MINUTE;
  const before = minute - MINUTE;
  return named(before > ground.now && later(before) ? before : minute, false, found);
}
