/** What hangs on a record, of what the viewer sees: what is to be done, what was done, and what is sold. */
import type { View } from '../core/view.ts';
import type { Kind } from '../../domain/kinds.ts';
import { wordTest } from '../../query/derived.ts';
import { linksOf } from '../../query/scope.ts';
import type { CodeColumn, NumberColumn } from '../../state/columns/column.ts';

/** Rows of each kind. */
export interface Surroundings {
  /** Open ones, the one due first first. */
  readonly tasks: readonly number[];
  /** The latest first. */
  readonly activities: readonly number[];
  /** Of a contact or an account: open ones first, then by value. */
  readonly deals: readonly number[];
  /** Of an account. */
  readonly contacts: readonly number[];
}

export function surroundings(view: View, kind: Kind, row: number): Surroundings {
  const { state, scope } = view;
  const linked = (from: Kind, field: string): number[] => {
    const rows: number[] = [];
    linksOf(scope, kind, from, field).some(row, each => {
      rows.push(each);
      return false;
    });
    return rows;
  };
  const isSubject = kind === 'deal' || kind === 'contact' || kind === 'account';
  const tasks = state.table('task');
  const due = tasks.column('due') as NumberColumn;
  const dueOf = (task: number) => (Number.isNaN(due.get(task)) ? Number.MAX_SAFE_INTEGER : due.get(task));
  const at = state.table('activity').column('at') as NumberColumn;
  const deals = state.table('deal');
  const value = deals.column('value') as NumberColumn;
  const isOpen = (from: 'task' | 'deal') => {
    const status = state.table(from).column('status') as CodeColumn;
    const open = wordTest(status, word => word === 'open');
    return (each: number) => open(status.get(each));
  };
  const openDeal = isOpen('deal');
  return {
    tasks: isSubject
      ? linked('task', 'for')
          .filter(isOpen('task'))
          .sort((a, b) => dueOf(a) - dueOf(b) || a - b)
      : [],
    activities: isSubject ? linked('activity', 'for').sort((a, b) => at.get(b) - at.get(a) || b - a) : [],
    deals:
      kind === 'contact' || kind === 'account'
        ? linked('deal', kind === 'contact' ? 'contacts' : 'account').sort(
            (a, b) => Number(openDeal(b)) - Number(openDeal(a)) || value.get(b) - value.get(a) || a - b,
          )
        : [],
    contacts:
      kind === 'account'
        ? [...linked('contact', 'account'), ...linked('contact', 'otherAccounts')].sort((a, b) => a - b)
        : [],
  };
}
