/** Folds the journal into the history of deals: by the bytes of lines if possible, by objects otherwise. */
import { isPurge, type Transaction } from '../../domain/changes.ts';
import { invalid } from '../../domain/errors.ts';
import type { Kinds } from '../../domain/kinds.ts';
import type { Told } from '../../state/deal-history.ts';
import type { HistoryFold } from '../../state/fold-history.ts';
import { DealLines, READ, UNUSUAL } from './deal-lines.ts';
import { changeIn, type Unhashed } from '../lines/encoding.ts';
import type { LineTaker } from '../journal/journal-lines.ts';
import { type Fineness, ToldNotes } from './told-notes.ts';
import { untoldIn } from './untold.ts';

export class LineFold implements LineTaker {
  readonly #fold: HistoryFold;
  readonly #kinds: Kinds;
  readonly #deals: DealLines;
  readonly #notes: ToldNotes;
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
    fineness?: Fineness,
  ) {
    this.#notes = new ToldNotes(fineness);
    this.#fold = fold;
    this.#kinds = kinds;
    this.#deals = new DealLines(fold.codeOf);
    this.#seq = seq;
    this.#prev = hash;
  }

  begin(head: Unhashed & { readonly hash: string }, size: number): void {
    this.#notes.begin(head, size);
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
      this.#notes.note(untoldIn(found, deals.said, bytes, start), deals.said.deal, start, deals.at + 1);
      start = deals.at + 1;
    }
    this.#notes.pass(end);
  }

  /** Returns the large transactions of which the past has nearly all changes. */
  told(): readonly Told[] {
    return this.#notes.told();
  }

  #takeParsed(line: string): void {
    const change = changeIn(this.#kinds, line, this.#seq);
    this.erases ||= !change || isPurge(change);
    if (change) this.#fold.takeChange(change);
  }
}
