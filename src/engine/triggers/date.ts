import type { NumberColumn } from '../../state/columns/column.ts';
import { DAY } from '../../domain/dates.ts';
import { findField } from '../../kinds/fields.ts';
import { fromDate, momentFromDay, momentFromInstant } from '../moments.ts';
import { kindNamed, of, type TimeTrigger } from './trigger.ts';

export const date: TimeTrigger = {
  name: 'date',
  summary: 'a date of a record comes, or so long before or after it',
  type: 'time',
  of: kindNamed,
  params: {
    of,
    field: { type: 'field', description: 'a day or a time: expectedClose, due, createdAt', required: true },
    offset: { type: 'offset', description: '-3d is three days before it, +2w two weeks after' },
    at: { type: 'time', description: "the time of that day: '09:00'; left out: its midnight" },
  },
  check({ field: name }, looks, config) {
    const field = findField(config, looks, String(name))!;
    return field.type === 'day' || field.type === 'instant'
      ? undefined
      : { message: `${field.name} is no date`, hint: 'a day or a time: expectedClose, due, createdAt' };
  },
  example: "date: { field: expectedClose, offset: -3d, at: '09:00' }",
  *due(params, subject, { after, until, state, zone, setAt }) {
    const kind = kindNamed(params, subject);
    const field = findField(state.config, kind, String(params.field))!;
    const from = fromDate(params);
    const table = state.table(kind);
    const column = table.column(field.path) as NumberColumn;
    const isDay = field.type === 'day';
    const unit = isDay ? DAY : 1;
    // Two days more on either side than any zone and time of day can make of it.
    const shift = from.offset.days * DAY + from.offset.ms;
    const [first, last] = [after - shift - 2 * DAY, until - shift + 2 * DAY];
    for (let row = 0; row < table.rows; row++) {
      const value = column.get(row);
      if (!(value * unit >= first && value * unit <= last) || !table.live(row)) continue;
      const at = isDay ? momentFromDay(value, from, zone) : momentFromInstant(value, from, zone);
      if (!(at > after && at <= until)) continue;
      const record = table.id(row);
      // A day that was there already when somebody set it does not come any more; the time of a change is itself a moment.
      const set = setAt(record, field.path);
      if (set === undefined || set < at || (set === at && !isDay)) yield { record, at };
    }
  },
};
