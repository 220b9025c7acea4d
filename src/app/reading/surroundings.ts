/** What hangs on a record, of what the viewer sees: who takes part, what is to be done, and what is sold. */
import type { View } from '../core/view.ts';
import { type Kind, numberOf } from '../../domain/kinds.ts';
import { wordTest } from '../../query/derived.ts';
import { linksOf } from '../../query/scope.ts';
import type { CodeColumn, NumberColumn } from '../../state/columns/column.ts';

/** Rows of each kind. */
export interface Surroundings {
  /** Open ones, the one due first first. */
  readonly tasks: readonly number[];
  /** Of a contact or an account: open ones first, then by value. */
  readonly deals: readonly number[];
  /** Of a deal, the primary one first, and of an account. */
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
    deals:
      kind === 'contact' || kind === 'account'
        ? linked('deal', kind === 'contact' ? 'contacts' : 'account').sort(
            (a, b) => Number(openDeal(b)) - Number(openDeal(a)) || value.get(b) - value.get(a) || a - b,
          )
        : [],
    contacts:
      kind === 'account'
        ? [...linked('contact', 'account'), ...linked('contact', 'otherAccounts')].sort((a, b) => a - b)
        : kind === 'deal'
          ? contactsOf(view, row)
          : [],
  };
}

/** The contacts of a deal, in its order. */
function contactsOf(view: View, row: number): number[] {
  const ids = view.references(view.state.table('deal').record(row).contacts) as readonly string[] | undefined;
  const contacts = view.state.table('contact');
  return (ids ?? []).map(id => contacts.row(numberOf(id))).filter(contact => contact >= 0);
}
