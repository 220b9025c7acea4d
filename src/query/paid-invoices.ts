/** Counts the paid invoices of deals and their customers. */
import { dayNumber } from '../domain/dates.ts';
import type { Kind } from '../domain/kinds.ts';
import { definitionOf, fieldTo } from '../kinds/define.ts';
import type { NumberColumn, NumbersColumn } from '../state/columns/column.ts';
import { countLinked, linksOf, type Scope, seenRow } from './scope.ts';

/** Returns the number of paid invoices of a deal's account and contact, or of the record itself, each once. */
export function paidInvoices(scope: Scope, kind: Kind): (row: number) => number {
  const { state } = scope;
  const today = dayNumber(scope.clock.zone.day(scope.clock.now));
  const paid = state.table('invoice').column('paid') as NumberColumn;
  const isPaid = (invoice: number) => paid.get(invoice) <= today;
  if (definitionOf(state.kinds, kind).throughDeals) {
    const its = linksOf(scope, kind, 'invoice', fieldTo(definitionOf(state.kinds, 'invoice'), kind)!.path);
    return row => countLinked(its, row, isPaid);
  }
  const byAccount = linksOf(scope, 'account', 'invoice', 'account');
  const byContact = linksOf(scope, 'contact', 'invoice', 'contact');
  const byDeal = linksOf(scope, 'deal', 'invoice', 'deal');
  const deals = state.table('deal');
  const account = deals.column('account') as NumberColumn;
  const contacts = deals.column('contacts') as NumbersColumn;
  const contactRowOf = seenRow(scope, 'contact');
  const accountRowOf = seenRow(scope, 'account');
  const dealOf = state.table('invoice').column('deal') as NumberColumn;
  const accountOf = state.table('invoice').column('account') as NumberColumn;
  return row => {
    // An invoice for several of the three counts for the first of them.
    const deal = state.kinds.refTo('deal', deals.number(row));
    const accountRef = account.get(row);
    const accountRow = accountRowOf(state.kinds.numberIn('account', accountRef));
    const contactRow = contacts.size(row) > 0 ? contactRowOf(contacts.at(row, 0)) : -1;
    let n = countLinked(byDeal, row, isPaid);
    for (let edge = byAccount.first(accountRow); edge >= 0; edge = byAccount.next(edge)) {
      const invoice = byAccount.row(edge);
      if (isPaid(invoice) && dealOf.get(invoice) !== deal) n++;
    }
    for (let edge = byContact.first(contactRow); edge >= 0; edge = byContact.next(edge)) {
      const invoice = byContact.row(edge);
      if (!isPaid(invoice) || dealOf.get(invoice) === deal) continue;
      if (accountRow < 0 || accountOf.get(invoice) !== accountRef) n++;
    }
    return n;
  };
}
