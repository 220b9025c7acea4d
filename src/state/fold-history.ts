/**
 * Folds the journal into the past of all deals. Time is business time: the times at which, by an import, a deal was
 * made, entered its stage and was closed, and `closedAt` in general; otherwise the time of the transaction. Facts
 * about an earlier time that become known later change the rows from that time on.
 */
import { type Change, kindOf, type Transaction } from '../domain/changes.ts';
import { decimals } from '../domain/money.ts';
import {
  BACKDATED,
  CREATION_UNKNOWN,
  type DealHistory,
  IMPORTED,
  IN_TRASH,
  OPEN,
  STATUS,
  type Told,
  VOID,
} from './deal-history.ts';
import {
  ADDED,
  CHANGED,
  type CodeOf,
  DealSaid,
  readChange,
  SAYS_CLOSE,
  SAYS_CREATED,
  SAYS_CURRENCY,
  SAYS_OWNER,
  SAYS_PIPELINE,
  SAYS_SINCE,
  SAYS_STAGE,
  SAYS_STATUS,
  SAYS_VALUE,
} from './deal-said.ts';
import { HistoryLog } from './history-log.ts';

/** The facts of a transaction that the fold needs beside its changes. */
export type FoldingHead = Pick<Transaction, 'seq' | 'hash' | 'at'> & Pick<Partial<Transaction>, 'undoes'>;
export type Folding = FoldingHead & Pick<Transaction, 'changes'>;

export class HistoryFold {
  readonly #log: HistoryLog;
  readonly #said = new DealSaid();
  #seq: number;
  #hash: string;
  /** The time of the current transaction, and the transaction that it undoes. */
  #now = 0;
  #undoes: number | undefined;
  /** Decimals of currencies by their position. */
  readonly #decimals: number[] = [];

  /** Continues `base`, or begins empty; `rows` estimates how many rows will be added. */
  constructor(base?: DealHistory, rows?: number) {
    this.#log = new HistoryLog(base, rows);
    this.#seq = base?.seq ?? 0;
    this.#hash = base?.hash ?? '';
  }

  /** Takes in the next transaction. */
  take(tx: Folding): void {
    this.begin(tx);
    for (const change of tx.changes) this.takeChange(change);
  }

  /** Begins the next transaction, of which `takeChange` and `takeSaid` take in the changes. */
  begin({ seq, hash, at, undoes }: FoldingHead): void {
    this.#seq = seq;
    this.#hash = hash;
    this.#now = Date.parse(at);
    this.#undoes = undoes;
  }

  /** Takes in the next change, of any record. */
  takeChange(change: Change): void {
    if (kindOf(change) !== 'deal') return;
    readChange(this.#said, change, this.codeOf);
    this.takeSaid(this.#said);
  }

  /** Takes in the next change of a deal, with words as positions from `codeOf`. */
  takeSaid(said: DealSaid): void {
    const last = this.#log.last(said.deal);
    if (said.sort === ADDED) {
      if (last < 0) this.#create(said);
      else this.#restore(last, said);
      // A purged deal has no rows any more.
    } else if (last >= 0) {
      if (said.sort === CHANGED) this.#set(last, said);
      else this.#remove(last);
    }
  }

  readonly codeOf: CodeOf = (name, word) => this.#log.code(name, word);

  /**
   * Returns the past as of the last transaction, with notes of the large transactions that it took in. The fold cannot be used
   * afterwards.
   */
  finish(told?: readonly Told[]): DealHistory {
    return this.#log.laidOut(this.#seq, this.#hash, told);
  }

  #create(said: DealSaid): void {
    const log = this.#log;
    const now = this.#now;
    const row = log.append(said.deal);
    const closed = said.status === OPEN ? Number.NaN : said.closed;
    const isMadeUnknown = Number.isNaN(said.created);
    // For a time that an import does not give, the earliest time that it gives is taken.
    const created = Math.min(or(said.created, now), or(said.since, now), or(closed, now), now);
    log.at[row] = created;
    log.since[row] = Math.max(created, Math.min(or(said.since, created), now));
    log.tx[row] = this.#seq;
    const isFilledIn = isMadeUnknown || said.isCreationUnknown;
    log.flags[row] =
      (said.isImported ? IMPORTED | (isFilledIn ? CREATION_UNKNOWN : 0) : 0) |
      (created < now ? BACKDATED : 0);
    log.status[row] = said.status;
    this.#write(row, said);
    if (!Number.isNaN(closed)) this.#closeAt(row, closed);
  }

  #restore(last: number, said: DealSaid): void {
    const log = this.#log;
    const first = log.first(last);
    if ((log.flags[first]! & VOID) !== 0) {
      log.flags[first]! &= ~VOID;
      return;
    }
    const row = log.append(log.deal[last]!, last);
    this.#stamp(row, last);
    this.#write(row, said);
    log.status[row] = said.status;
    if (!Number.isNaN(said.since)) log.since[row] = said.since;
  }

  #remove(last: number): void {
    const log = this.#log;
    const first = log.first(last);
    if ((log.flags[first]! & IMPORTED) !== 0 && this.#undoes === log.tx[first]) {
      log.flags[first]! |= VOID;
      return;
    }
    const row = this.#rowFor(last, false);
    log.status[row]! |= IN_TRASH;
  }

  #set(last: number, said: DealSaid): void {
    const log = this.#log;
    const before = log.status[last]!;
    const moves = (said.says & (SAYS_STAGE | SAYS_PIPELINE)) !== 0;
    const closes = (said.says & SAYS_STATUS) !== 0;
    const isUndo = this.#undoes !== undefined;
    // Several steps of one undo count as one change.
    const row = this.#rowFor(last, moves && !isUndo);
    if (closes) log.status[row] = said.status | (before & IN_TRASH);
    if (isUndo && (moves || closes)) log.setUndone(row, this.#undoes!);
    this.#write(row, said);
    if ((said.says & SAYS_CREATED) !== 0 && !Number.isNaN(said.created)) this.#createAt(row, said.created);
    if ((said.says & (SAYS_STAGE | SAYS_SINCE)) !== 0) {
      if (Number.isNaN(said.since)) log.since[row] = this.#now;
      else if (isUndo && moves) log.since[row] = said.since;
      else this.#enterAt(row, said.since);
    }
    const isClosed = (log.status[row]! & STATUS) !== OPEN;
    const wasClosed = (before & STATUS) !== OPEN;
    // An undo closes an open deal at its own time.
    if (!isClosed || (isUndo && !wasClosed)) return;
    if (!Number.isNaN(said.closed)) this.#closeAt(row, said.closed);
    else if (closes && wasClosed) this.#closeAt(row, log.at[this.#firstLike(row)]!);
  }

  /** Writes the values that hold from the time of the change on. */
  #write(row: number, said: DealSaid): void {
    const log = this.#log;
    const { says } = said;
    if ((says & SAYS_PIPELINE) !== 0) log.pipeline[row] = said.pipeline;
    if ((says & SAYS_STAGE) !== 0) log.stage[row] = said.stage;
    if ((says & SAYS_CURRENCY) !== 0) log.currency[row] = said.currency;
    if ((says & SAYS_VALUE) !== 0) log.setValue(row, this.#unitsOf(said, log.currency[row]!));
    if ((says & SAYS_OWNER) !== 0) log.owner[row] = said.owner;
    if ((says & SAYS_CLOSE) !== 0) log.close[row] = said.close;
  }

  /** Returns the value in minor units; a hand-written value with too many decimals is rounded. */
  #unitsOf({ digits, decimals: places }: DealSaid, currency: number): number {
    this.#decimals[currency] ??= decimals(this.#log.word('currency', currency));
    const wanted = this.#decimals[currency]!;
    const units = digits * 10 ** (wanted - places);
    if (wanted >= places && Number.isSafeInteger(units)) return units;
    return Math.round((digits / 10 ** places) * 10 ** wanted) || 0;
  }

  /**
   * Returns the row for a deal as a transaction leaves it: a new row, unless the transaction made the last row of
   * that stage.
   */
  #rowFor(last: number, moves: boolean): number {
    const log = this.#log;
    if (!moves && log.tx[last] === this.#seq && log.at[last]! >= this.#now) return last;
    const row = log.append(log.deal[last]!, last);
    this.#stamp(row, last);
    return row;
  }

  /** A clock that was put back does not put later transactions before earlier ones. */
  #stamp(row: number, last: number): void {
    const log = this.#log;
    log.at[row] = Math.max(log.at[last]!, this.#now);
    log.tx[row] = this.#seq;
  }

  // Adjacent rows of a deal are passed as the last and the first of them: with lists, an import of 100,000 closings would
  // make a million lists, which took as long as everything else.

  /**
   * Moves the closing of a deal to another time: its last row says how it was closed, and its former time of closing
   * no longer holds.
   */
  #closeAt(last: number, time: number): void {
    const log = this.#log;
    const status = log.status[last]! & STATUS;
    const begin = this.#firstLike(last);
    const open = log.prev[begin]!;
    const opened = open < 0 ? begin : this.#firstLike(open);
    const at = Math.max(Math.min(time, this.#now), log.at[opened]!);
    // The closing stays after other changes of the same instant.
    const staysThere = open >= 0 && at === log.at[begin];
    if (staysThere && begin === last) return;
    if (!staysThere) this.#setStatus(last, begin, OPEN);
    const first = staysThere ? begin : this.#from(last, opened, at);
    this.#setStatus(log.last(log.deal[last]!), first, status);
    if (at < this.#now) log.flags[log.first(last)]! |= BACKDATED;
  }

  /** Returns the first of the rows up to `last` that, like `last`, are all open or all closed. */
  #firstLike(last: number): number {
    const { status, prev } = this.#log;
    const isOpen = (status[last]! & STATUS) === OPEN;
    let row = last;
    while (prev[row]! >= 0 && ((status[prev[row]!]! & STATUS) === OPEN) === isOpen) row = prev[row]!;
    return row;
  }

  #setStatus(last: number, first: number, status: number): void {
    const log = this.#log;
    for (let row = last; ; row = log.prev[row]!) {
      log.status[row] = (log.status[row]! & IN_TRASH) | status;
      if (row === first) return;
    }
  }

  /** Moves the creation of the deal of its last row to another time, but not after its first change. */
  #createAt(last: number, time: number): void {
    const log = this.#log;
    const now = this.#now;
    let [first, next] = [last, -1];
    while (log.prev[first]! >= 0) [first, next] = [log.prev[first]!, first];
    const at = Math.min(time, now, next < 0 ? now : log.at[next]!);
    log.at[first] = at;
    log.since[first] = Math.max(at, log.since[first]!);
    log.flags[first]! &= ~CREATION_UNKNOWN;
    log.flags[first]! |= BACKDATED;
  }

  /** Moves the entry of a deal into the stage of its last row to another time. */
  #enterAt(last: number, time: number): void {
    const log = this.#log;
    const begin = this.#firstThere(last);
    const before = log.prev[begin]!;
    if (before < 0) {
      const since = Math.min(Math.max(time, log.at[begin]!), this.#now);
      for (let row = last; row >= 0; row = log.prev[row]!) log.since[row] = since;
      return;
    }
    const entered = this.#firstThere(before);
    const at = Math.max(Math.min(time, this.#now), log.at[entered]!, log.since[before]!);
    const stage = log.stage[last]!;
    const pipeline = log.pipeline[last]!;
    this.#setPlace(last, begin, log.stage[before]!, log.pipeline[before]!, log.since[before]!);
    const first = this.#from(last, entered, at);
    this.#setPlace(log.last(log.deal[last]!), first, stage, pipeline, at);
    if (at < this.#now) log.flags[log.first(last)]! |= BACKDATED;
  }

  /** Returns the first of the rows up to `last` that are all in the stage of `last`. */
  #firstThere(last: number): number {
    const { stage, pipeline, prev } = this.#log;
    let row = last;
    for (let next = prev[row]!; next >= 0; next = prev[next]!) {
      if (stage[next] !== stage[last] || pipeline[next] !== pipeline[last]) break;
      row = next;
    }
    return row;
  }

  #setPlace(last: number, first: number, stage: number, pipeline: number, since: number): void {
    const log = this.#log;
    for (let row = last; ; row = log.prev[row]!) {
      log.stage[row] = stage;
      log.pipeline[row] = pipeline;
      log.since[row] = since;
      if (row === first) return;
    }
  }

  /**
   * Returns the first row of a deal from a time on, which is at or after `first`. If no row begins at that time, one
   * is added, at the end if all rows are earlier. `first` itself is returned only if the deal begins with it:
   * otherwise a later correction must still find the border between the rows before and after that time.
   */
  #from(last: number, first: number, time: number): number {
    const log = this.#log;
    let next = -1;
    let row = last;
    for (; row !== first && log.at[row]! >= time; row = log.prev[row]!) next = row;
    if (row === first && log.at[first]! >= time && log.prev[first]! < 0) return first;
    if (next >= 0 && log.at[next]! <= time) return next;
    const made = log.insert(row, next);
    log.at[made] = time;
    log.tx[made] = this.#seq;
    return made;
  }
}

const or = (time: number, otherwise: number): number => (Number.isNaN(time) ? otherwise : time);
