/**
 * Folds the journal into the past of all deals. Time is business time: what an import says of when a deal was made,
 * entered its stage and was closed, and `closedAt` in general; otherwise the time of the transaction. What becomes known
 * later of an earlier time changes the rows from that time on.
 */
import { type AddChange, type Change, kindOf, type SetChange, type Transaction } from '../domain/changes.ts';
import { dayNumber } from '../domain/dates.ts';
import { numberOf } from '../domain/kinds.ts';
import { decimals, minorUnits } from '../domain/money.ts';
import type { Deal } from '../domain/records.ts';
import {
  BACKDATED,
  CREATION_UNKNOWN,
  type DealHistory,
  IMPORTED,
  IN_TRASH,
  LOST,
  NO_DAY,
  OPEN,
  STATUS,
  VOID,
  WON,
} from './deal-history.ts';
import { HistoryLog } from './history-log.ts';

/** What the fold needs of a transaction. */
export type Folding = Pick<Transaction, 'seq' | 'hash' | 'at' | 'changes'> &
  Pick<Partial<Transaction>, 'undoes'>;

export class HistoryFold {
  readonly #log: HistoryLog;
  #seq: number;
  #hash: string;

  /** Goes on from `base`, or from nothing. */
  constructor(base?: DealHistory) {
    this.#log = new HistoryLog(base);
    this.#seq = base?.seq ?? 0;
    this.#hash = base?.hash ?? '';
  }

  /** Takes in the next transaction. */
  take(tx: Folding): void {
    this.#seq = tx.seq;
    this.#hash = tx.hash;
    const at = Date.parse(tx.at);
    for (const change of tx.changes) if (kindOf(change) === 'deal') this.#takeOne(change, tx, at);
  }

  /** Returns the past as of the last transaction; the fold is of no more use. */
  finish(): DealHistory {
    return this.#log.laidOut(this.#seq, this.#hash);
  }

  #takeOne(change: Change, tx: Folding, at: number): void {
    if ('add' in change) {
      const deal = numberOf(change.add.id);
      const last = this.#log.last(deal);
      if (last < 0) this.#create(deal, change as AddChange, tx, at);
      else this.#restore(last, change.add as Deal, tx, at);
      return;
    }
    const last = this.#log.last(numberOf(change.id));
    // What a purge erases has no rows any more.
    if (last < 0) return;
    if ('set' in change) this.#set(last, change, tx, at);
    else this.#remove(last, tx, at);
  }

  #create(deal: number, { add, why }: AddChange, tx: Folding, now: number): void {
    const record = add as Deal;
    const isImported = why?.line !== undefined;
    const log = this.#log;
    const row = log.append(deal);
    const status = statusOf(record.status);
    const since = record.stageSince === undefined ? undefined : Date.parse(record.stageSince);
    const closed = status === OPEN || record.closedAt === undefined ? undefined : Date.parse(record.closedAt);
    const made = record.createdAt === undefined ? undefined : Date.parse(record.createdAt);
    // An import takes the earliest time that it is told for one that it is not.
    const isFilledIn = made === undefined || why?.creation !== undefined;
    const created = Math.min(made ?? now, since ?? now, closed ?? now, now);
    log.at[row] = created;
    log.since[row] = Math.max(created, Math.min(since ?? created, now));
    log.tx[row] = tx.seq;
    log.flags[row] =
      (isImported ? IMPORTED | (isFilledIn ? CREATION_UNKNOWN : 0) : 0) | (created < now ? BACKDATED : 0);
    log.status[row] = status;
    this.#writeRecord(row, record);
    if (closed !== undefined) this.#closeAt(row, closed, tx.seq, now);
  }

  #restore(last: number, record: Deal, tx: Folding, now: number): void {
    const log = this.#log;
    const first = log.first(last);
    if ((log.flags[first]! & VOID) !== 0) {
      log.flags[first]! &= ~VOID;
      return;
    }
    const row = log.append(log.deal[last]!, last);
    this.#stamp(row, last, tx, now);
    this.#writeRecord(row, record);
    log.status[row] = statusOf(record.status);
    if (record.stageSince !== undefined) log.since[row] = Date.parse(record.stageSince);
  }

  #remove(last: number, tx: Folding, now: number): void {
    const log = this.#log;
    const first = log.first(last);
    if ((log.flags[first]! & IMPORTED) !== 0 && tx.undoes === log.tx[first]) {
      log.flags[first]! |= VOID;
      return;
    }
    const row = this.#rowFor(last, tx, now, false);
    log.status[row]! |= IN_TRASH;
  }

  #set(last: number, { set }: SetChange, tx: Folding, now: number): void {
    const log = this.#log;
    const before = log.status[last]!;
    const moves = set.stage !== undefined || set.pipeline !== undefined;
    const isUndo = tx.undoes !== undefined;
    // What an undo takes back in several steps is one.
    const row = this.#rowFor(last, tx, now, moves && !isUndo);
    if (set.status) log.status[row] = statusOf(set.status[1]) | (before & IN_TRASH);
    if (isUndo && (moves || set.status)) log.undoes[row] = tx.undoes!;
    this.#write(row, set);
    if (typeof set.createdAt?.[1] === 'string') this.#createAt(row, Date.parse(set.createdAt[1]), now);
    if (set.stage || set.stageSince) {
      const since = set.stageSince?.[1];
      if (typeof since !== 'string') log.since[row] = now;
      else if (isUndo && moves) log.since[row] = Date.parse(since);
      else this.#enterAt(row, Date.parse(since), tx.seq, now);
    }
    const closed = set.closedAt?.[1];
    const isClosed = (log.status[row]! & STATUS) !== OPEN;
    const wasClosed = (before & STATUS) !== OPEN;
    // An undo closes at its own time what it finds open.
    if (!isClosed || (isUndo && !wasClosed)) return;
    if (typeof closed === 'string') this.#closeAt(row, Date.parse(closed), tx.seq, now);
    else if (set.status && wasClosed) this.#closeAt(row, this.#closedSince(row), tx.seq, now);
  }

  /** Writes the plain columns from a record, of which what is left out is empty. */
  #writeRecord(row: number, record: Deal): void {
    const said = (path: string) => [null, record[path] ?? null] as const;
    this.#write(row, Object.fromEntries(plain.map(path => [path, said(path)])));
  }

  /** Writes what a change says of the plain columns. */
  #write(row: number, set: SetChange['set']): void {
    const log = this.#log;
    const text = (path: string) => (set[path]![1] ?? undefined) as string | undefined;
    if (set.pipeline) log.pipeline[row] = log.code('pipeline', text('pipeline'));
    if (set.stage) log.stage[row] = log.code('stage', text('stage'));
    if (set.currency) log.currency[row] = log.code('currency', text('currency'));
    if (set.value) log.value[row] = unitsOf(text('value') ?? '0', this.#currency(row));
    if (set.owner) log.owner[row] = log.code('owner', text('owner'));
    if (set.expectedClose) log.close[row] = dayIn(text('expectedClose'));
  }

  #currency(row: number): string {
    return this.#log.word('currency', this.#log.currency[row]!);
  }

  /** The row for what a transaction makes of a deal: a new one, unless the transaction made the last one of that stage. */
  #rowFor(last: number, tx: Folding, now: number, moves: boolean): number {
    const log = this.#log;
    if (!moves && log.tx[last] === tx.seq && log.at[last]! >= now) return last;
    const row = log.append(log.deal[last]!, last);
    this.#stamp(row, last, tx, now);
    return row;
  }

  /** A clock that was put back does not put later transactions before earlier ones. */
  #stamp(row: number, last: number, tx: Folding, now: number): void {
    const log = this.#log;
    log.at[row] = Math.max(log.at[last]!, now);
    log.tx[row] = tx.seq;
    log.undoes[row] = 0;
    log.flags[row] = 0;
  }

  /** Since when the deal of its last row is closed. */
  #closedSince(last: number): number {
    const { status, prev, at } = this.#log;
    let row = last;
    while (prev[row]! >= 0 && (status[prev[row]!]! & STATUS) !== OPEN) row = prev[row]!;
    return at[row]!;
  }

  /** Closes a deal at a time, as its last row says it was closed: what was known of when it was closed is no more so. */
  #closeAt(last: number, time: number, seq: number, now: number): void {
    const log = this.#log;
    const status = log.status[last]! & STATUS;
    const isClosed = (row: number) => (log.status[row]! & STATUS) !== OPEN;
    const rows = this.#runOf(last, isClosed);
    const begin = rows.at(-1)!;
    const open = log.prev[begin]!;
    const opened = open < 0 ? begin : this.#runOf(open, row => !isClosed(row)).at(-1)!;
    const at = Math.max(Math.min(time, now), log.at[opened]!);
    // What closed it at that instant stays after what came before it at the same instant.
    const staysThere = open >= 0 && at === log.at[begin];
    if (staysThere && rows.length === 1) return;
    for (const row of rows) log.status[row] = (log.status[row]! & IN_TRASH) | OPEN;
    for (const row of staysThere ? rows : this.#from(last, opened, at, seq))
      log.status[row] = (log.status[row]! & IN_TRASH) | status;
    if (at < now) log.flags[log.first(last)]! |= BACKDATED;
  }

  /** Lets the deal of its last row be made at another time: at the latest when something of it was changed. */
  #createAt(last: number, time: number, now: number): void {
    const log = this.#log;
    let [first, next] = [last, -1];
    while (log.prev[first]! >= 0) [first, next] = [log.prev[first]!, first];
    const at = Math.min(time, now, next < 0 ? now : log.at[next]!);
    log.at[first] = at;
    log.since[first] = Math.max(at, log.since[first]!);
    log.flags[first]! &= ~CREATION_UNKNOWN;
    log.flags[first]! |= BACKDATED;
  }

  /** Lets a deal enter the stage of its last row at another time. */
  #enterAt(last: number, time: number, seq: number, now: number): void {
    const log = this.#log;
    const [stage, pipeline] = [log.stage[last]!, log.pipeline[last]!];
    const isThere = (row: number) => log.stage[row] === stage && log.pipeline[row] === pipeline;
    const rows = this.#runOf(last, isThere);
    const before = log.prev[rows.at(-1)!]!;
    if (before < 0) {
      const at = Math.min(Math.max(time, log.at[rows.at(-1)!]!), now);
      for (const row of rows) log.since[row] = at;
      return;
    }
    const [oldStage, oldPipeline, oldSince] = [log.stage[before]!, log.pipeline[before]!, log.since[before]!];
    const entered = this.#runOf(
      before,
      row => log.stage[row] === oldStage && log.pipeline[row] === oldPipeline,
    ).at(-1)!;
    const at = Math.max(Math.min(time, now), log.at[entered]!, oldSince);
    for (const row of rows) {
      log.stage[row] = oldStage;
      log.pipeline[row] = oldPipeline;
      log.since[row] = oldSince;
    }
    for (const row of this.#from(last, entered, at, seq)) {
      log.stage[row] = stage;
      log.pipeline[row] = pipeline;
      log.since[row] = at;
    }
    if (at < now) log.flags[log.first(last)]! |= BACKDATED;
  }

  /** The rows from `last` back for which something holds, the last one first. */
  #runOf(last: number, holds: (row: number) => boolean): number[] {
    const rows: number[] = [];
    for (let row = last; row >= 0 && holds(row); row = this.#log.prev[row]!) rows.push(row);
    return rows;
  }

  /**
   * The rows of a deal from a time on, `first` being at or before it; one that begins then is added where none does.
   * `first` itself is one of them only where the deal begins with it: otherwise it parts what was before from what comes
   * then, and a later correction must find it.
   */
  #from(last: number, first: number, time: number, seq: number): number[] {
    const log = this.#log;
    const rows: number[] = [];
    let row = last;
    for (; row !== first && log.at[row]! >= time; row = log.prev[row]!) rows.push(row);
    if (row === first && log.at[first]! >= time && log.prev[first]! < 0) rows.push(first);
    else if (rows.length === 0 || log.at[rows.at(-1)!]! > time) {
      const made = log.insert(row, rows.at(-1) ?? -1);
      log.at[made] = time;
      log.tx[made] = seq;
      log.undoes[made] = 0;
      log.flags[made] = 0;
      rows.push(made);
    }
    return rows;
  }
}

/** Fields of which rows say what they are from their change on. */
const plain = ['pipeline', 'stage', 'currency', 'value', 'owner', 'expectedClose'] as const;

const statusOf = (status: unknown): number => (status === 'won' ? WON : status === 'lost' ? LOST : OPEN);

/** The amount in minor units; of one that somebody wrote by hand and that is not money, what its number comes to. */
function unitsOf(value: string, currency: string): number {
  try {
    return minorUnits(value, currency);
  } catch {
    return Math.round(Number(value) * 10 ** decimals(currency)) || 0;
  }
}

const dayIn = (day: string | undefined): number => (day === undefined ? NO_DAY : dayNumber(day));
