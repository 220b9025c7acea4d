/** The most pressing records for the morning page: names in place of the numbers of `status`. */
import { dayNumber } from '../../domain/dates.ts';
import type { Kind } from '../../domain/kinds.ts';
import { compileText } from '../../query/compile.ts';
import type { NumberColumn } from '../../state/columns/column.ts';
import type { View } from '../core/view.ts';

/** IDs, the most pressing first. */
export interface Pressing {
  readonly overdue: readonly string[];
  readonly today: readonly string[];
  readonly pastClose: readonly string[];
  readonly rotting: readonly string[];
}

/** Returns the first few of each, at most `most`. */
export function pressing(view: View, most: number): Pressing {
  const today = dayNumber(view.clock.zone.day(view.clock.now));
  const due = (view.state.table('task').column('due') as NumberColumn).all();
  const firstTasks = (is: (day: number) => boolean) =>
    first(view, 'task', 'is:open has:due', 'due', most, row => is(due[row]!));
  return {
    overdue: firstTasks(day => day < today),
    today: firstTasks(day => day === today),
    pastClose: first(view, 'deal', 'is:open close.before:today', 'expectedClose', most),
    rotting: first(view, 'deal', 'is:open is:rotting', 'stageSince', most),
  };
}

/** The records with the lowest values of a column among those that a query finds. */
function first(
  view: View,
  kind: Kind,
  query: string,
  column: string,
  most: number,
  accepts: (row: number) => boolean = () => true,
): string[] {
  const table = view.state.table(kind);
  const values = (table.column(column) as NumberColumn).all();
  const lowest: number[] = [];
  for (const { among, from } of view.blocks(compileText(query, kind, view.state.config)))
    for (let i = 0; i < among.length; i++) {
      const row = from + i;
      if (among[i] === 0 || !accepts(row)) continue;
      if (lowest.length === most && !(values[row]! < values[lowest.at(-1)!]!)) continue;
      const at = lowest.findIndex(other => values[row]! < values[other]!);
      lowest.splice(at < 0 ? lowest.length : at, 0, row);
      if (lowest.length > most) lowest.pop();
    }
  return lowest.map(row => table.id(row));
}
