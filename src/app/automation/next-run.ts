/**
 * Finds when a sweep would next do something of a rule for a subject, if nobody changes anything meanwhile, by asking
 * the plan.
 */
import type { Automation } from '../../domain/automation.ts';
import { clockIn } from '../../domain/clock.ts';
import { DAY, formatInstant, MINUTE } from '../../domain/dates.ts';
import type { Enrolment } from '../../domain/records.ts';
import { hasTimedTrigger, recordsSeen } from '../../engine/firings.ts';
import { plan } from '../../engine/plan.ts';
import type { Asked } from '../../engine/sweep/input.ts';
import type { AutomationRun } from '../../engine/sweep/report.ts';
import { triggers } from '../../engine/triggers/index.ts';
import { type Ground, planInput } from './plan-input.ts';

/**
 * How far ahead the search goes for a time at which a query holds or a wait ends: first within a year, then up to the
 * point at which the calendar repeats.
 */
const HORIZONS = [400 * DAY, 146_097 * DAY];
/** The moments of dates and schedules that are tried: at each of them a condition may still not hold. */
const MOST_MOMENTS = 50;

export interface NextRun {
  /** An ISO instant, exact to the minute; the time of the question if the next sweep does it. */
  readonly at: string;
  /** Whether the next sweep does it, whenever it comes. */
  readonly due: boolean;
  readonly cause: string;
  readonly outcome: AutomationRun['outcome'];
}

/** Null if only a change could start it. */
export function nextRun(
  ground: Ground,
  automation: Automation,
  subject: string,
  enrolments: readonly Enrolment[],
): NextRun | null {
  if (!automation.enabled) return null;
  const at = (now: number, alone: Asked = {}) =>
    plan(planInput({ ...ground, now }, alone)).trace.automations.find(
      run => run.automation === automation.id && run.subject === subject,
    );
  // A sweep now includes other rules and transitions; the later ones include only this rule, for this subject.
  const later = (now: number) => at(now, { only: automation.id, subject });
  const named = (now: number, due: boolean, { cause, outcome }: AutomationRun): NextRun => ({
    at: formatInstant(now),
    due,
    cause,
    outcome,
  });
  const present = at(ground.now);
  if (present) return named(ground.now, true, present);
  const moment = firstMoment(ground, automation, subject, later);
  const isSearched =
    hasTimedTrigger(automation, ground.state.config) || enrolments.some(each => each.status === 'waiting');
  if (!isSearched) return moment && named(moment.at, false, moment.run);
  const ends = moment ? [moment.at] : HORIZONS.map(ahead => ground.now + ahead);
  for (const end of ends) {
    const found = later(end);
    if (!found) continue;
    const { minute, run } = firstMinute(ground.now, end, found, later);
    return named(minute, false, run);
  }
  return null;
}

type Later = (now: number) => AutomationRun | undefined;

/** The first moment of a date or a schedule at which a sweep would do something. */
function firstMoment(ground: Ground, automation: Automation, subject: string, later: Later) {
  let tries = MOST_MOMENTS;
  for (const at of momentsOf(ground, automation, subject)) {
    const run = later(at);
    if (run) return { at, run };
    if (--tries === 0) break;
  }
  return null;
}

/** The moments that come for a subject, of all triggers of a rule that go by the clock, in order. */
function* momentsOf(
  { state, now, languages }: Ground,
  automation: Automation,
  subject: string,
): Generator<number> {
  const { zone } = clockIn(state.config, now);
  const time = { after: now, state, zone, crons: languages.crons };
  const waiting = automation.on.flatMap(spec => {
    const trigger = triggers.get(spec.type)!;
    if (trigger.type !== 'time') return [];
    return recordsSeen(automation, spec, subject, state).map(record =>
      trigger.upcoming(spec.params, automation.for, record, time)[Symbol.iterator](),
    );
  });
  const next = waiting.map(each => each.next().value as number | undefined);
  for (;;) {
    const first = Math.min(...next.map(at => at ?? Number.POSITIVE_INFINITY));
    if (first === Number.POSITIVE_INFINITY) return;
    yield first;
    next.forEach((at, i) => {
      if (at === first) next[i] = waiting[i]!.next().value as number | undefined;
    });
  }
}

/** The first whole minute at which a sweep would do something, found by halving between `now` and `end`, at which it would. */
function firstMinute(now: number, end: number, atEnd: AutomationRun, later: Later) {
  let [early, late, run] = [now, end, atEnd];
  while (late - early > MINUTE) {
    const middle = Math.floor((early + late) / 2);
    const found = later(middle);
    if (found) [late, run] = [middle, found];
    else early = middle;
  }
  const minute = Math.ceil(late / MINUTE) * MINUTE;
  const before = minute - MINUTE;
  return { minute: before > now && later(before) ? before : minute, run };
}
