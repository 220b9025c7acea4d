/** Folds the journal into the history of deals: by the bytes of lines if possible, by objects otherwise. */
import { isPurge, type Transaction } from '../domain/changes.ts';
import { invalid } from '../domain/errors.ts';
import type { Kinds } from '../domain/kinds.ts';
import type { HistoryFold } from '../state/fold-history.ts';
import { DealLines, READ, UNUSUAL } from './deal-lines.ts';
import { changeIn, type Unhashed } from './encoding.ts';
import type { LineTaker } from './journal-lines.ts';

export class LineFold implements LineTaker {
  readonly #fold: HistoryFold;
  readonly #kinds: Kinds;
  readonly #deals: DealLines;
  /** The hash and number of the last transaction. */
  #prev: string;
  #seq: number;
  /** Whether a transaction erases something. */
  erases = false;

  /** Continues after the transaction with this number and hash. */
  constructor(
    fold: HistoryFold,
    kinds: Kinds,
    { seq, hash }: { readonly seq: number; readonly hash: string },
  ) {
    this.#fold = fold;
    this.#kinds = kinds;
    this.#deals = new DealLines(fold.codeOf);
    this.#seq = seq;
    this.#prev = hash;
  }

  begin(head: Unhashed & { readonly hash: string }): void {
    this.#follow(head);
    this.#fold.begin(head);
  }

  take(tx: Transaction): void {
    this.#follow(tx);
    this.#fold.take(tx);
    this.erases ||= tx.erases !== undefined || tx.changes.some(isPurge);
  }

  #follow({ seq, prev, hash }: Pick<Transaction, 'seq' | 'prev' | 'hash'>): void {
    if (prev !== this.#prev)
      throw invalid(`transaction ${seq} does not follow ${seq - 1}: two histories were mixed`, 'crm doctor');
    this.#seq = seq;
    this.#prev = hash;
  }

  lines(bytes: Buffer, end: number): void {
    const deals = this.#deals;
    for (let start = 0; start < end; ) {
      const found = deals.read(bytes, start);
      if (found === READ) this.#fold.takeSaid(deals.said);
      else if (found === UNUSUAL) this.#takeParsed(bytes.toString('utf8', start, deals.at));
      start = deals.at + 1;
    }
  }

  #takeParsed(line: string): void {
    const change = changeIn(this.#kinds, line, this.#seq);
    this.erases ||= !change || isPurge(change);
    if (change) this.#fold.takeChange(change);
  }
}
