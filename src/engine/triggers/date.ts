import type { Params, SubjectKind } from '../../domain/automation.ts';
import { DAY } from '../../domain/dates.ts';
import { numberOf } from '../../domain/kinds.ts';
import type { Zone } from '../../domain/zone.ts';
import { DateMoments, fromDate, momentFromDay, momentFromInstant } from '../moments.ts';
import { kindNamed, of, type TimeTrigger } from './trigger.ts';
import { findField } from '../../kinds/fields.ts';
import type { CodeColumn, NumberColumn } from '../../state/columns/column.ts';
import type { State } from '../../state/state.ts';

export const date: TimeTrigger = {
  name: 'date',
  summary: 'a date of a record comes, or so long before or after it, once or every year',
  type: 'time',
  of: kindNamed,
  params: {
    of,
    field: { type: 'field', description: 'a day or a time: expectedClose, due, createdAt', required: true },
    offset: {
      type: 'offset',
      description: '-3d is three days before it, +2w two weeks after; -1mo and +1y by the calendar',
    },
    at: {
      type: 'time',
      description: "the time of that day: '09:00'; left out: the time that the date has, or its midnight",
    },
    every: {
      type: 'choice',
      options: ['year'],
      description: 'year: again each year, as for birthdays; 29 February is the 28th in other years',
    },
  },
  check({ field: name }, looks, config) {
    const field = findField(config, looks, String(name))!;
    return field.type === 'day' || field.type === 'instant'
      ? undefined
      : { message: `${field.name} is not a date`, hint: 'a day or a time: expectedClose, due, createdAt' };
  },
  // Time must reach the date first, so a step that moves the date on starts nothing by that.
  causedBy: () => false,
  comesFor: (added, params) => kindNamed(params, added) === added,
  example: "date: { field: expectedClose, offset: -3d, at: '09:00' }",
  *due(params, subject, { after, until, state, zone, setAt }) {
    const { table, field, moments, dateOf, momentOf } = datesOf(params, subject, state, zone);
    const isDay = field.type === 'day';
    for (let row = 0; row < table.rows; row++) {
      const value = dateOf(row);
      if (Number.isNaN(value)) continue;
      const at = moments.last(value, years => momentOf(row, years), after, until);
      if (at === undefined || !table.live(row)) continue;
      const record = table.id(row);
      // A day that had begun when somebody set it does not come any more; the time of a change is itself a moment.
      const set = setAt(record, field.path);
      if (set === undefined || set < at || (set === at && !isDay)) yield { record, at };
    }
  },
  *upcoming(params, subject, record, { after, state, zone }) {
    const { table, moments, dateOf, momentOf } = datesOf(params, subject, state, zone);
    const row = table.row(numberOf(record));
    for (let from = after; ; ) {
      const value = dateOf(row);
      const at = Number.isNaN(value) ? undefined : moments.next(value, years => momentOf(row, years), from);
      if (at === undefined) return;
      yield at;
      from = at;
    }
  },
};

/** Returns the dates that a trigger looks at, by rows: as ms, NaN for none, and their moments. */
function datesOf(params: Params, subject: SubjectKind, state: State, zone: Zone) {
  const kind = kindNamed(params, subject);
  const field = findField(state.config, kind, String(params.field))!;
  const from = fromDate(params);
  const table = state.table(kind);
  const column = table.column(field.path) as NumberColumn;
  const times = field.time === undefined ? undefined : (table.column(field.time) as CodeColumn);
  const timeOf = (row: number) => times?.words[times.get(row)];
  const isDay = field.type === 'day';
  return {
    table,
    field,
    moments: new DateMoments(from),
    dateOf: (row: number) => column.get(row) * (isDay ? DAY : 1),
    momentOf: (row: number, years: number) =>
      isDay
        ? momentFromDay(column.get(row), from, zone, timeOf(row), years)
        : momentFromInstant(column.get(row), from, zone, years),
  };
}
