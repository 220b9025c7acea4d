/**
 * Counts the paid invoices of all accounts and contacts in one pass over the invoices. A deal has the invoices of its account, of
 * its first contact, and its own, each once. Usually all of them are invoices of the account, or of the contact if the deal has no
 * account; then its number is theirs. To tell this, the pass notes which account all invoices of a deal or a contact have in
 * common, and which contact all invoices of a deal have in common.
 */
import type { Kind } from '../domain/kinds.ts';
import { type NumberColumn, PART } from '../state/columns/column.ts';
import type { State } from '../state/state.ts';

/** What the paid invoices of a row have in common: a row + 1; 0 without a paid invoice, MIXED if they have nothing in common. */
type Common = Int32Array;
const MIXED = -1;

export class PaidPerRow {
  readonly #today: number;
  readonly #version: number;
  readonly #ofAccount: Int32Array;
  readonly #ofContact: Int32Array;
  readonly #accountOfDeals: Common;
  readonly #contactOfDeals: Common;
  readonly #accountOfContacts: Common;

  private constructor(state: State, today: number, version: number) {
    this.#today = today;
    this.#version = version;
    const rowsOf = (kind: Kind) => new Int32Array(state.table(kind).rows);
    this.#ofAccount = rowsOf('account');
    this.#ofContact = rowsOf('contact');
    this.#accountOfDeals = rowsOf('deal');
    this.#contactOfDeals = rowsOf('deal');
    this.#accountOfContacts = rowsOf('contact');
    this.#read(state);
  }

  /** Returns the numbers as of a day; `version` tells whether those of the last call are out of date. */
  static of(state: State, today: number, version: number): PaidPerRow {
    let known = last.get(state);
    if (known === undefined || known.#today !== today || known.#version !== version)
      last.set(state, (known = new PaidPerRow(state, today, version)));
    return known;
  }

  #read(state: State): void {
    const invoices = state.table('invoice');
    const columns = ['paid', 'deal', 'account', 'contact'].map(key => invoices.column(key) as NumberColumn);
    const [dealRow, accountRow, contactRow] = ['deal', 'account', 'contact'].map(kind => rowsIn(state, kind));
    for (let start = 0; start < invoices.rows; start += PART) {
      const count = Math.min(PART, invoices.rows - start);
      const [paid, deals, accounts, contacts] = columns.map(column => column.part(start, count));
      for (let i = 0; i < count; i++) {
        if (!(paid![i]! <= this.#today) || !invoices.live(start + i)) continue;
        this.#add(dealRow!(deals![i]!), accountRow!(accounts![i]!), contactRow!(contacts![i]!));
      }
    }
  }

  /** Adds a paid invoice, by the rows of the records that it is for; -1 for none. */
  #add(deal: number, account: number, contact: number): void {
    if (account >= 0) this.#ofAccount[account]!++;
    if (contact >= 0) {
      this.#ofContact[contact]!++;
      join(this.#accountOfContacts, contact, account);
    }
    if (deal >= 0) {
      join(this.#accountOfDeals, deal, account);
      join(this.#contactOfDeals, deal, contact);
    }
  }

  /**
   * Returns the number of paid invoices of a deal, its account and its first contact, each once; undefined if the invoices have
   * to be compared for it. The rows are -1 for what the deal does not have.
   */
  countOf(deal: number, account: number, contact: number): number | undefined {
    if (account < 0)
      return isIn(this.#contactOfDeals[deal], contact) ? (this.#ofContact[contact] ?? 0) : undefined;
    const isWhole =
      isIn(this.#accountOfDeals[deal], account) && isIn(this.#accountOfContacts[contact], account);
    return isWhole ? (this.#ofAccount[account] ?? 0) : undefined;
  }
}

/** Whether all invoices that have this in common are among those of a row. Rows that came later have no invoices yet. */
const isIn = (common = 0, row: number): boolean => common === 0 || (row >= 0 && common === row + 1);

/** The numbers of each state that were asked for last. */
const last = new WeakMap<State, PaidPerRow>();

/** Notes what one more invoice of a row has. */
function join(common: Common, row: number, other: number): void {
  const known = common[row]!;
  common[row] = other >= 0 && (known === 0 || known === other + 1) ? other + 1 : MIXED;
}

/** Returns a function that finds the row of a reference; -1 if it leads to no live record. */
function rowsIn(state: State, kind: Kind): (ref: number) => number {
  const numberIn = state.kinds.numbersOf(kind);
  const table = state.table(kind);
  return ref => {
    const number = numberIn(ref);
    return number > 0 ? table.row(number) : -1;
  };
}
