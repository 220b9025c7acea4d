/** The contacts of a deal or an account. */
import type { Kind } from '../domain/kinds.ts';
import { type ContactsOf, definitionOf } from '../kinds/define.ts';
import type { NumbersColumn } from '../state/columns/column.ts';
import { linksOf, type Scope, seenRow } from './scope.ts';

/** Returns a function that calls `each` with the contacts of a row until it returns true. */
export function contactsOf(
  scope: Scope,
  kind: Kind,
): (row: number, each: (contact: number) => boolean) => boolean {
  const its = definitionOf(scope.state.kinds, kind).contacts as Exclude<ContactsOf, 'itself'>;
  if ('pointing' in its) {
    const links = linksOf(scope, kind, 'contact', its.pointing);
    return (row, each) => links.some(row, each);
  }
  const contacts = scope.state.table(kind).column(its.listed) as NumbersColumn;
  const rowOf = seenRow(scope, 'contact');
  return (row, each) => {
    const size = contacts.size(row);
    for (let i = 0; i < size; i++) {
      const contact = rowOf(contacts.at(row, i));
      if (contact >= 0 && each(contact)) return true;
    }
    return false;
  };
}
