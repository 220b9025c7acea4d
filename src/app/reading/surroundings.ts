/** The visible records around a record: its people, its tasks and its deals. */
import { type ContactsOf, definitionOf } from '../../kinds/define.ts';
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
  const { hasTasks, throughDeals, contacts } = definitionOf(state.kinds, kind);
  const contactsOf = (its: Exclude<ContactsOf, 'itself'>): number[] => {
    if ('listed' in its) {
      const ids = view.references(state.table(kind).record(row)[its.listed]) as readonly string[] | undefined;
      const all = state.table('contact');
      return (ids ?? []).map(id => all.row(numberOf(id))).filter(contact => contact >= 0);
    }
    const { several } = definitionOf(state.kinds, 'contact');
    const others = several?.find(({ one }) => one === its.pointing)?.others;
    return [...linked('contact', its.pointing), ...(others ? linked('contact', others) : [])].sort(
      (a, b) => a - b,
    );
  };
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
    tasks: hasTasks
      ? linked('task', 'for')
          .filter(isOpen('task'))
          .sort((a, b) => dueOf(a) - dueOf(b) || a - b)
      : [],
    deals:
      throughDeals !== undefined
        ? linked('deal', throughDeals).sort(
            (a, b) => Number(openDeal(b)) - Number(openDeal(a)) || value.get(b) - value.get(a) || a - b,
          )
        : [],
    contacts: contacts === undefined || contacts === 'itself' ? [] : contactsOf(contacts),
  };
}
