/** Finds deals and tasks that somebody else, or a rule, recently gave to the acting user. */
import { type Change, idOf } from '../../domain/changes.ts';
import { addDays } from '../../domain/dates.ts';
import { isWorkday } from '../../domain/workdays.ts';
import { compileText } from '../../query/compile.ts';
import type { CodeColumn, Codes, NumberColumn } from '../../state/columns/column.ts';
import type { Journal } from '../../store/journal/journal.ts';
import type { View } from '../core/view.ts';

export interface Assigned {
  /** The beginning of the last working day before today, as an ISO instant. */
  readonly since: string;
  /** IDs of open deals and tasks, the newest first. */
  readonly deals: readonly string[];
  readonly tasks: readonly string[];
}

/** The field that says whose a record is. */
const owners = { deal: 'owner', task: 'assignee' } as const;
type Owned = keyof typeof owners;

/**
 * Returns the open records that somebody else gave to the acting user since the last working day, if they still have
 * them. Reads the journal only if a record of theirs was changed since.
 */
export async function newlyAssigned(view: View, journal: Pick<Journal, 'mentions'>): Promise<Assigned> {
  const { user } = view.viewer;
  const since = lastWorkday(view);
  const asked = new Set([...changedSince(view, 'deal', since), ...changedSince(view, 'task', since)]);
  const found: string[] = [];
  const left = new Set(asked);
  if (asked.size > 0)
    for await (const { at, by, changes } of journal.mentions(asked)) {
      if (left.size === 0 || Date.parse(at) < since) break;
      for (const change of [...changes].reverse()) {
        const id = idOf(change);
        if (!left.has(id) || ownerIn(change, view.kinds.kindOf(id) as Owned) !== user) continue;
        left.delete(id);
        if (by !== user) found.push(id);
      }
    }
  const of = (kind: Owned) => found.filter(id => view.kinds.kindOf(id) === kind);
  return { since: new Date(since).toISOString(), deals: of('deal'), tasks: of('task') };
}

/** The user whom a change makes the owner of a record, if it makes one. */
function ownerIn(change: Change, kind: Owned): unknown {
  if ('set' in change) return change.set[owners[kind]]?.[1];
  return 'add' in change ? change.add[owners[kind]] : undefined;
}

/** When the last working day before today began, ms. */
function lastWorkday({ clock, state }: View): number {
  const today = clock.zone.day(clock.now);
  let day = addDays(today, -1);
  while (!isWorkday(day, state.config.holidays)) day = addDays(day, -1);
  return clock.zone.midnight(day);
}

/** The open records of the acting user that were changed since an instant, by their IDs. */
function changedSince(view: View, kind: Owned, since: number): string[] {
  const table = view.state.table(kind);
  const owner = table.column(owners[kind]) as CodeColumn;
  const me = owner.words.indexOf(view.viewer.user);
  if (me < 0) return [];
  const updated = table.column('updatedAt') as NumberColumn;
  const ids: string[] = [];
  for (const { among, from } of view.blocks(compileText('is:open', kind, view.state.config))) {
    keepCode(among, owner.part(from, among.length), me);
    if (!among.includes(1)) continue;
    const times = updated.part(from, among.length);
    for (let i = 0; i < among.length; i++)
      if (among[i] === 1 && times[i]! >= since) ids.push(table.id(from + i));
  }
  return ids;
}

function keepCode(among: Uint8Array, codes: Codes, code: number): void {
  for (let i = 0; i < among.length; i++) if (codes[i] !== code) among[i] = 0;
}
