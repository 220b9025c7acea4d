/**
 * Reads the journal as lines. Transactions in the form in which crm writes them are handed over as bytes, without
 * parsing; others as `Journal.read` returns them, which also reports their faults.
 */
import { join } from 'node:path';
import type { Transaction } from '../../domain/changes.ts';
import type { Unhashed } from '../lines/encoding.ts';
import type { Io } from '../disk/io.ts';
import type { Journal } from './journal.ts';
import {
  isPacked,
  JournalDirectory,
  type Listing,
  nameOf,
  PACK_SIZE,
  type Sees,
  stretchOf,
} from './journal-directory.ts';
import { type FoundTransaction, type Known, LineWindow } from '../lines/line-window.ts';
import { againWhilePacked } from '../lines/packed-meanwhile.ts';

/** Takes in transactions one after the other; says before each whether it wants it and the following ones. */
export interface LineTaker {
  wants?(head: Pick<Transaction, 'seq' | 'at'>): boolean;
  /** What is known of a transaction; undefined if all of its lines must be handed over. Asked only when reading backwards. */
  knows?(seq: number): Known | undefined;
  /** Begins the next transaction of `size` bytes, of which `lines` takes in the changes. */
  begin(head: Unhashed & { readonly hash: string }, size: number): void;
  /** Takes in lines from the beginning of `bytes` on, up to `end`, where the last of them ends. */
  lines(bytes: Buffer, end: number): void;
  /** Takes in a transaction that is not in the form in which crm writes them, or from which a purge erased something. */
  take(tx: Transaction): void;
}

export class JournalLines {
  readonly #journal: Pick<Journal, 'read'>;
  readonly #io: Io;
  readonly #dir: string;
  readonly #files: JournalDirectory;
  readonly #window: LineWindow;
  #listing: Listing | undefined;

  /** Opens the journal whose files are in `dir`. */
  constructor(io: Io, dir: string, journal: Pick<Journal, 'read'>, sees?: Sees) {
    this.#journal = journal;
    this.#io = io;
    this.#dir = dir;
    this.#files = new JournalDirectory(io, dir, sees);
    this.#window = new LineWindow(io);
  }

  /** Hands the transactions after `after` up to `to` to `taker`, in order. */
  async read(after: number, to: number, taker: LineTaker): Promise<void> {
    for (let seq = after + 1; seq <= to; ) {
      const file = this.#hand(seq, seq, to, false, taker);
      if (!file.isUsual)
        for (const tx of await this.#journal.read(seq - 1, Math.min(to, file.next - 1))) taker.take(tx);
      seq = file.next;
    }
  }

  /** Hands the transactions from `from` backwards to `taker`, until it wants no more. */
  async readBackwards(from: number, taker: LineTaker): Promise<void> {
    for (let seq = from; seq > 0; ) {
      const file = this.#hand(seq, 1, seq, true, taker);
      if (file.isEnough) return;
      if (!file.isUsual)
        for (const tx of (await this.#journal.read(file.first - 1, seq)).reverse()) {
          if (taker.wants?.(tx) === false) return;
          taker.take(tx);
        }
      seq = file.first - 1;
    }
  }

  /** Hands over transactions `from` to `to` of the file that has `seq`; none if the file has an unusual transaction. */
  #hand(seq: number, from: number, to: number, isBackwards: boolean, taker: LineTaker) {
    const known = isBackwards && taker.knows ? (each: number) => taker.knows!(each) : undefined;
    return againWhilePacked(() => {
      // A missing file was packed; the next listing shows the pack.
      const listing = this.#listing ?? this.#files.list();
      this.#listing = undefined;
      const { first, next } = stretchOf(seq, listing);
      this.#window.open(join(this.#dir, nameOf(seq, listing)));
      this.#listing = listing;
      try {
        const count = isPacked(seq, listing) ? PACK_SIZE : 1;
        const found = this.#window.transactions(count === 1, known && (place => known(first + place)));
        const isAsNamed = found?.length === count && found.every(({ head }, i) => head.seq === first + i);
        if (!found || !isAsNamed) return { first, next, isUsual: false, isEnough: false };
        const wanted = found.filter(({ head }) => head.seq >= from && head.seq <= to && head.seq < next);
        if (isBackwards) wanted.reverse();
        return { first, next, isUsual: true, isEnough: !this.#handAll(wanted, taker) };
      } finally {
        this.#window.close();
      }
    });
  }

  /** Returns whether `taker` wanted all transactions. */
  #handAll(transactions: readonly FoundTransaction[], taker: LineTaker): boolean {
    for (const each of transactions) {
      if (taker.wants?.(each.head) === false) return false;
      taker.begin(each.head, each.next - each.begin);
      for (const part of each.parts ?? [each])
        this.#window.linesOf(part, (bytes, end) => taker.lines(bytes, end));
    }
    return true;
  }

  /** Returns the bytes of the files that have the transactions after `after` up to `to`. */
  sizeOf(after: number, to: number): number {
    return againWhilePacked(() => {
      const listing = this.#files.list();
      let size = 0;
      for (let seq = after + 1; seq <= to; seq = stretchOf(seq, listing).next)
        size += this.#io.lstatSync(join(this.#dir, nameOf(seq, listing))).size;
      return size;
    });
  }
}
