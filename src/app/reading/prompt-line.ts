/** The line for a shell's prompt: what waits for somebody, in a few words; empty if nothing does. */
import { dayNumber } from '../../domain/dates.ts';
import { compileText } from '../../query/compile.ts';
import type { CodeColumn, NumberColumn } from '../../state/columns/column.ts';
import type { Journal } from '../../store/journal/journal.ts';
import type { View } from '../core/view.ts';
import { newlyAssigned } from './assigned.ts';

/**
 * Returns `2 overdue, 1 today, 1 new, 1 failed`, without what is 0. Tasks are those of the acting user; in a workspace
 * that does not know this user, those of everybody. What failed are enrolments and messages.
 */
export async function promptLine(view: View, journal: Pick<Journal, 'mentions'>): Promise<string> {
  const { overdue, today } = dueTasks(view);
  const { deals, tasks } = await newlyAssigned(view, journal);
  const count = (kind: 'enrolment' | 'message') =>
    view.rows(compileText('status:failed', kind, view.state.config)).length;
  return Object.entries({
    overdue,
    today,
    new: deals.length + tasks.length,
    failed: count('enrolment') + count('message'),
  })
    .filter(([, number]) => number > 0)
    .map(([word, number]) => `${number} ${word}`)
    .join(', ');
}

function dueTasks(view: View): { readonly overdue: number; readonly today: number } {
  const { state, viewer, clock } = view;
  const tasks = state.table('task');
  const assignee = tasks.column('assignee') as CodeColumn;
  const me = Object.hasOwn(state.config.users, viewer.user) ? assignee.words.indexOf(viewer.user) : undefined;
  const [codes, due] = [assignee.all(), (tasks.column('due') as NumberColumn).all()];
  const now = dayNumber(clock.zone.day(clock.now));
  const counts = { overdue: 0, today: 0 };
  for (const { among, from } of view.blocks(compileText('is:open', 'task', state.config)))
    for (let i = 0; i < among.length; i++) {
      const row = from + i;
      if (among[i] === 0 || (me !== undefined && (me < 0 || codes[row] !== me))) continue;
      if (due[row]! < now) counts.overdue++;
      else if (due[row] === now) counts.today++;
    }
  return counts;
}
