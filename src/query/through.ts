/** Terms on a related record: `contact.phone:020`, `account.tag:vip`. A record without one never matches. */
import type { Kind } from '../domain/kinds.ts';
import { type CompiledTerm, seenRow } from './scope.ts';
import type { NumberColumn, NumbersColumn } from '../state/columns/column.ts';

/** How one kind leads to another: by a field that refers to one record, or by the first item of a list. */
export interface Relation {
  readonly from: Kind;
  readonly kind: Kind;
  readonly column: string;
}

const relations: readonly (Relation & { readonly name: string })[] = [
  { name: 'contact', from: 'deal', kind: 'contact', column: 'contacts' },
  { name: 'account', from: 'deal', kind: 'account', column: 'account' },
  { name: 'account', from: 'contact', kind: 'account', column: 'account' },
  { name: 'parent', from: 'account', kind: 'account', column: 'parent' },
  { name: 'deal', from: 'task', kind: 'deal', column: 'for' },
  { name: 'contact', from: 'task', kind: 'contact', column: 'for' },
  { name: 'account', from: 'task', kind: 'account', column: 'for' },
  { name: 'deal', from: 'activity', kind: 'deal', column: 'for' },
  { name: 'contact', from: 'activity', kind: 'contact', column: 'for' },
  { name: 'account', from: 'activity', kind: 'account', column: 'for' },
  { name: 'contact', from: 'event', kind: 'contact', column: 'contact' },
  { name: 'deal', from: 'invoice', kind: 'deal', column: 'deal' },
  { name: 'account', from: 'invoice', kind: 'account', column: 'account' },
  { name: 'contact', from: 'invoice', kind: 'contact', column: 'contact' },
];

export const relatedKind = (from: Kind, name: string): Relation | undefined =>
  relations.find(r => r.from === from && r.name === name);

export function compileThrough(relation: Relation, term: CompiledTerm): CompiledTerm {
  return {
    timed: term.timed,
    // The score of another record is not the score of this one.
    ...(term.asks === 'me' && { asks: term.asks }),
    bind: scope => {
      const { state } = scope;
      const bound = term.bind(scope);
      const column = state.table(relation.from).column(relation.column) as NumberColumn | NumbersColumn;
      const target = seenRow(scope, relation.kind);
      const rowOf =
        column.type === 'number'
          ? (row: number) => target(state.kinds.numberIn(relation.kind, column.get(row)))
          : (row: number) => (column.size(row) > 0 ? target(column.at(row, 0)) : -1);
      return {
        test: row => {
          const related = rowOf(row);
          return related >= 0 && bound.test(related);
        },
        actual: row => {
          const related = rowOf(row);
          return related < 0 ? `no ${relation.kind}` : bound.actual(related);
        },
      };
    },
  };
}
