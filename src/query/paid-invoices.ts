/** Counts the paid invoices of deals and their customers. */
import { dayNumber } from '../domain/dates.ts';
import type { Kind } from '../domain/kinds.ts';
import { definitionOf, fieldTo } from '../kinds/define.ts';
import type { NumberColumn, NumbersColumn } from '../state/columns/column.ts';
import type { Narrow } from '../state/table.ts';
import { oneByOne } from './narrow.ts';
import { PaidPerRow } from './paid-per-row.ts';
import { countLinked, linksOf, type Scope, seenRow } from './scope.ts';
import { bySum, type Sums, sumOf } from './tally.ts';

/** Returns the number of paid invoices of a deal's account and contact, or of the record itself, each once. */
export function paidInvoices(scope: Scope, kind: Kind): (row: number) => number {
  if (isCustomer(scope, kind)) return sumOf(ofCustomer(scope, kind));
  const { kinds } = scope.state;
  const { isPaid } = paidTest(scope);
  const { byDeal, byAccount, byContact } = linksOfInvoices(scope);
  const invoices = scope.state.table('invoice');
  const dealOf = invoices.column('deal') as NumberColumn;
  const accountOf = invoices.column('account') as NumberColumn;
  const customer = customersOf(scope);
  const deals = scope.state.table('deal');
  return row => {
    // An invoice for several of the three counts for the first of them.
    const deal = kinds.refTo('deal', deals.number(row));
    const account = customer.account(row);
    const accountRow = customer.accountRow(account);
    let n = countLinked(byDeal, row, isPaid);
    for (let edge = byAccount.first(accountRow); edge >= 0; edge = byAccount.next(edge)) {
      const invoice = byAccount.row(edge);
      if (isPaid(invoice) && dealOf.get(invoice) !== deal) n++;
    }
    const contactRow = customer.contactRow(row);
    for (let edge = byContact.first(contactRow); edge >= 0; edge = byContact.next(edge)) {
      const invoice = byContact.row(edge);
      if (!isPaid(invoice) || dealOf.get(invoice) === deal) continue;
      if (accountRow < 0 || accountOf.get(invoice) !== account) n++;
    }
    return n;
  };
}

/** Returns a narrowing that keeps the rows whose number of paid invoices passes `holds`. */
export function byPaidInvoices(scope: Scope, kind: Kind, holds: (paid: number) => boolean): Narrow {
  const counted = paidInvoices(scope, kind);
  const each = oneByOne(row => holds(counted(row)));
  if (isCustomer(scope, kind)) return bySum(ofCustomer(scope, kind), holds) ?? each;
  const { byDeal, byAccount, byContact } = linksOfInvoices(scope);
  if (!byDeal.each) return each;
  const versionNow = () => byDeal.version! + byAccount.version! + byContact.version!;
  const { account, accountRow, contactRow } = customersOf(scope);
  const { today } = paidTest(scope);
  return (among, from) => {
    const paid = PaidPerRow.of(scope.state, today, versionNow());
    for (let i = 0; i < among.length; i++) {
      if (among[i] === 0) continue;
      const row = from + i;
      const known = paid.countOf(row, accountRow(account(row)), contactRow(row));
      if (!holds(known ?? counted(row))) among[i] = 0;
    }
  };
}

/** Whether records of a kind are contacts or accounts, whose invoices point to them; otherwise they are deals. */
const isCustomer = ({ state }: Scope, kind: Kind): boolean =>
  definitionOf(state.kinds, kind).throughDeals !== undefined;

/** Counts the paid invoices that point to a contact or an account. */
function ofCustomer(scope: Scope, kind: Kind): Sums {
  const { today, isPaid } = paidTest(scope);
  const { path } = fieldTo(definitionOf(scope.state.kinds, 'invoice'), kind)!;
  const links = linksOf(scope, kind, 'invoice', path);
  const add = (n: number, invoice: number) => n + Number(isPaid(invoice));
  return { what: `paid ${today}`, none: 0, parts: [{ links, add }] };
}

function paidTest({ state, clock }: Scope) {
  const today = dayNumber(clock.zone.day(clock.now));
  const paid = state.table('invoice').column('paid') as NumberColumn;
  return { today, isPaid: (invoice: number) => paid.get(invoice) <= today };
}

const linksOfInvoices = (scope: Scope) => ({
  byDeal: linksOf(scope, 'deal', 'invoice', 'deal'),
  byAccount: linksOf(scope, 'account', 'invoice', 'account'),
  byContact: linksOf(scope, 'contact', 'invoice', 'contact'),
});

/** Finds the account and the first contact of deals; a row is -1 if there is none, or the viewer does not see it. */
function customersOf(scope: Scope) {
  const { kinds } = scope.state;
  const deals = scope.state.table('deal');
  const accounts = deals.column('account') as NumberColumn;
  const contacts = deals.column('contacts') as NumbersColumn;
  const contactRowOf = seenRow(scope, 'contact');
  const accountRowOf = seenRow(scope, 'account');
  return {
    account: (row: number) => accounts.get(row),
    accountRow: (account: number) => accountRowOf(kinds.numberIn('account', account)),
    contactRow: (row: number) => (contacts.size(row) > 0 ? contactRowOf(contacts.at(row, 0)) : -1),
  };
}
