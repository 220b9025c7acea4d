import type { View } from '../core/view.ts';
import { dayNumber } from '../../domain/dates.ts';
import type { NumberColumn } from '../../state/columns/column.ts';

/** Returns the day, by its number, on which a deal was won or lost. */
export function closedDay({ state, clock }: View): (row: number) => number {
  const closed = state.table('deal').column('closedAt') as NumberColumn;
  return row => dayNumber(clock.zone.day(closed.get(row)));
}
