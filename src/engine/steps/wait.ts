import { subjectKinds } from '../../domain/automation.ts';
import { dayNumber, formatInstant, parseDuration, parseInstant } from '../../domain/dates.ts';
import { failed } from '../../domain/errors.ts';
import { findField, readField } from '../../kinds/fields.ts';
import type { Rec } from '../../domain/records.ts';
import { fromDate, momentFromDay, momentFromInstant, nextTime } from '../moments.ts';
import type { Running, Step } from './step.ts';

const given = (params: Running['params'], ...names: string[]): string[] =>
  names.filter(name => params[name] !== undefined && params[name] !== null);

const namesRecord = (value: unknown): boolean => (subjectKinds as readonly unknown[]).includes(value);

export const wait: Step = {
  name: 'wait',
  summary: 'waits for a time, until a query holds, until a date, or until a time of day',
  params: {
    for: { type: 'duration', description: 'how long: 3d' },
    until: { type: 'query', description: 'until the query holds' },
    'at-most': { type: 'duration', description: 'but not longer than that' },
    'until-date': { type: 'field', description: 'until a date of the record: expectedClose' },
    offset: {
      type: 'offset',
      description: '-3d is three days before it, +2w two weeks after; -1mo and +1y by the calendar',
    },
    at: {
      type: 'time',
      description: "until the next such time of day: '09:00'; with until-date, the time on that day",
    },
    on: {
      type: 'days',
      description: 'only on workdays, weekends or monday ... sunday; of until and until-date, the record',
    },
  },
  short: 'for',
  waits: () => true,
  check(params, acts, config) {
    const [main, second] = given(params, 'for', 'until', 'until-date');
    if (second) return { message: `wait has ${main} and ${second}`, hint: wait.example };
    if (!main && given(params, 'at', 'on').length === 0)
      return { message: 'wait needs a time, or until', hint: wait.example };
    const wrong = given(params, 'at-most', 'offset', 'at').find(name =>
      name === 'at-most' ? main !== 'until' : name === 'offset' ? main !== 'until-date' : main === 'until',
    );
    if (wrong) {
      const partner = { 'at-most': 'until', offset: 'until-date', at: 'for or until-date' }[wrong];
      return { message: `${wrong} goes with ${partner}`, hint: wait.example };
    }
    if (params.on !== undefined && namesRecord(params.on) !== (main === 'until' || main === 'until-date'))
      return main === 'until' || main === 'until-date'
        ? { message: `on: ${String(params.on)} is not a record`, hint: subjectKinds.join(', ') }
        : {
            message: `on: ${String(params.on)} is not a day`,
            hint: 'workdays, weekends, or monday ... sunday',
          };
    if (main !== 'until-date') return undefined;
    const field = findField(config, acts, String(params['until-date']))!;
    return field.type === 'day' || field.type === 'instant'
      ? undefined
      : { message: `${field.name} is not a date`, hint: 'a day or a time: expectedClose, due, createdAt' };
  },
  example: "wait: { until: 'event:email.opened', at-most: 3d }",
  run(running) {
    const { params, since, scope, holds, on: find } = running;
    const { now } = scope.clock;
    const { until } = params;
    if (typeof until === 'string') {
      if (holds(until, find(params.on))) return { did: `${until} holds` };
      const most = params['at-most'];
      return typeof most === 'string' && now >= since + parseDuration(most)
        ? { did: `${until} did not hold in time` }
        : { did: 'waits', wait: true };
    }
    const end = params['until-date'] === undefined ? endOfTime(running) : momentOf(running);
    return now >= end ? { did: 'waited' } : { did: `waits until ${formatInstant(end)}`, wait: true };
  },
};

/** Returns when a wait for a time is over: after a duration, and then at the next given time on a given day. */
function endOfTime({ params, since, scope }: Running): number {
  const from = since + (typeof params.for === 'string' ? parseDuration(params.for) : 0);
  const at = typeof params.at === 'string' ? params.at : undefined;
  const on = typeof params.on === 'string' ? params.on : undefined;
  return nextTime(from, at, on, scope.clock.zone, scope.state.config.holidays);
}

/** Returns the moment relative to a date of a record, by its present value. */
function momentOf({ params, scope, on: find }: Running): number {
  const { state, clock } = scope;
  const id = find(params.on);
  const kind = state.kinds.kindOf(id);
  const field = findField(state.config, kind, String(params['until-date']))!;
  const value = readField(field, state.get(id)!);
  if (typeof value !== 'string') throw failed(`${id} has no ${field.name}`);
  const from = fromDate(params);
  return field.type === 'day'
    ? momentFromDay(dayNumber(value), from, clock.zone, timeIn(state.get(id)!, field.time))
    : momentFromInstant(parseInstant(value)!, from, clock.zone);
}

/** Returns the time of day that a record keeps beside a day. */
function timeIn(record: Rec, field: string | undefined): string | undefined {
  const time = field === undefined ? undefined : record[field];
  return typeof time === 'string' ? time : undefined;
}
