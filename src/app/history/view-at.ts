/**
 * The workspace as it was at the end of a day: what was changed since is undone, in memory. Deals are as they were in
 * business time, by what is known now: an import may say today what they were a year ago; or by what was known when some
 * transaction was the last one. Settings and rights are those of today.
 */
import { addition } from '../../domain/changes.ts';
import { addDays, dayFromNumber, formatInstant } from '../../domain/dates.ts';
import { notFound, usage } from '../../domain/errors.ts';
import { fromMinorUnits } from '../../domain/money.ts';
import type { Json, Rec } from '../../domain/records.ts';
import { Backwards } from '../../state/backwards.ts';
import {
  BACKDATED,
  type DealHistory,
  endOfDeal,
  firstRowOf,
  IN_TRASH,
  NO_DAY,
  OPEN,
  STATUS,
  VOID,
  WON,
} from '../../state/deal-history.ts';
import { HistoryFold } from '../../state/fold-history.ts';
import type { State } from '../../state/state.ts';
import { backwards, type Journal } from '../../store/journal.ts';
import { stateOf } from '../../store/opened.ts';
import type { Workspace } from '../core/workspace.ts';
import { type Past, View } from '../core/view.ts';

/** What is asked of the past. */
export interface AsOf {
  /** The day whose end it is; left out, the time of the transaction. */
  readonly day?: string | undefined;
  /** The last transaction that is known; left out, the last one there is. */
  readonly knownAt?: number | undefined;
}

/**
 * Returns what the acting user sees of the past. USAGE for a day that has not come yet, NOT_FOUND for a transaction that is
 * not there.
 */
export async function viewAt(workspace: Workspace, { day, knownAt }: AsOf): Promise<View> {
  const { clock, config, store } = workspace;
  const opened = await workspace.open();
  const now = await workspace.view(opened);
  const last = opened.tip.seq;
  if (knownAt !== undefined && !(knownAt >= 1 && knownAt <= last))
    throw notFound(`there is no transaction ${knownAt}`, 'crm history');
  const known = knownAt === undefined ? undefined : await knownThen(store.journal, knownAt, last);
  const then = known ? Math.min(known.at, clock.now) : clock.now;
  const today = clock.zone.day(then);
  if (day !== undefined && day > today)
    throw usage(`--at ${day} has not come yet${known ? ` at transaction ${knownAt}` : ''}`, `--at ${today}`);
  const isEarlier = day !== undefined && day < today;
  if (!isEarlier && !known) return now;
  const until = isEarlier ? clock.zone.midnight(addDays(day, 1)) - 1 : then;
  const since = new Backwards();
  for await (const tx of backwards(store.journal, last)) {
    if (tx.seq <= (knownAt ?? last) && (!isEarlier || Date.parse(tx.at) <= until)) break;
    since.take(tx.changes);
  }
  const state = stateOf(opened, config);
  const { history } = known ?? {};
  const past: Past = history ? async use => use(history) : use => now.past(use);
  await past(history => takeBack(state, history, since, until));
  return View.asOf(state, { ...clock, now: until }, now, past);
}

/** When a transaction was, and the past of all deals as it was known then; without it if it is what is known now. */
async function knownThen(
  journal: Journal,
  seq: number,
  last: number,
): Promise<{ readonly at: number; readonly history?: DealHistory }> {
  const [tx] = await journal.read(seq - 1, seq);
  const at = Date.parse(tx!.at);
  if (seq === last) return { at };
  const fold = new HistoryFold();
  for (let after = 0; after < seq; after += BLOCK)
    for (const each of await journal.read(after, Math.min(after + BLOCK, seq))) fold.take(each);
  return { at, history: fold.finish() };
}

/** Transactions that are read at once: as many as a pack has. */
const BLOCK = 256;

function takeBack(state: State, history: DealHistory, since: Backwards, until: number): void {
  const at = formatInstant(until);
  const timesOf = (id: string) => {
    const row = /^D\d+$/.test(id) ? rowAt(history, Number(id.slice(1)), until) : -1;
    return row < 0 ? undefined : timesIn(history, row);
  };
  const later = since.apply(state, at, timesOf);
  for (let begin = 0, end = 0; begin < history.rows; begin = end) {
    end = endOfDeal(history, begin);
    const { flags } = history;
    const isUndone = (flags[begin]! & VOID) !== 0;
    // Of all others, changes say all.
    if (isUndone || (flags[begin]! & BACKDATED) !== 0) setAsOf(state, history, begin, end, until, later, at);
  }
}

/** The last row of a deal that holds at an instant, or -1. */
function rowAt(history: DealHistory, number: number, until: number): number {
  const first = firstRowOf(history, number);
  return first < 0 ? -1 : rowIn(history, first, endOfDeal(history, first), until);
}

function rowIn({ at, flags }: DealHistory, first: number, end: number, until: number): number {
  if ((flags[first]! & VOID) !== 0) return -1;
  let row = end - 1;
  while (row >= first && at[row]! > until) row--;
  return row < first ? -1 : row;
}

const timesIn = ({ since, at }: DealHistory, row: number) => ({
  stageSince: formatInstant(since[row]!),
  updatedAt: formatInstant(at[row]!),
});

/** Makes a deal what its past says, of which some became known later. */
function setAsOf(
  state: State,
  history: DealHistory,
  first: number,
  end: number,
  until: number,
  later: ReadonlyMap<string, Rec>,
  at: string,
): void {
  const id = state.kinds.makeId('deal', history.deal[first]!);
  const row = rowIn(history, first, end, until);
  const isThere = row >= 0 && (history.status[row]! & IN_TRASH) === 0;
  const known = state.get(id);
  if (!isThere) {
    if (known) state.apply({ kind: 'deal', id, rm: known }, at, state.seq + 1);
    return;
  }
  const wanted = fieldsIn(history, row);
  if (!known) {
    const added = later.get(id);
    if (!added) return;
    const createdAt = formatInstant(history.at[first]!);
    state.apply(addition('deal', without({ ...added, ...wanted, createdAt })), at, state.seq + 1);
    return;
  }
  const set = Object.entries(wanted).flatMap(([path, value]) =>
    (known[path] ?? null) === value ? [] : [[path, [known[path] ?? null, value] as const] as const],
  );
  if (set.length > 0) state.apply({ kind: 'deal', id, set: Object.fromEntries(set) }, at, state.seq + 1);
}

/** What the columns say of a deal. */
function fieldsIn(history: DealHistory, row: number): { readonly [path: string]: Json } {
  const { words, status, value, close } = history;
  const said = status[row]! & STATUS;
  const currency = words.currency[history.currency[row]!]!;
  const stage = words.stage[history.stage[row]!]!;
  let closed = row;
  while (
    closed > 0 &&
    history.deal[closed - 1] === history.deal[row] &&
    (status[closed - 1]! & STATUS) !== OPEN
  )
    closed--;
  return {
    stage,
    pipeline: words.pipeline[history.pipeline[row]!]!,
    owner: words.owner[history.owner[row]!] ?? null,
    currency,
    value: fromMinorUnits(value[row]!, currency),
    expectedClose: close[row] === NO_DAY ? null : dayFromNumber(close[row]!),
    status: said === OPEN ? 'open' : said === WON ? 'won' : 'lost',
    ...(said === OPEN
      ? { closedAt: null, closedStage: null, lostReason: null }
      : { closedAt: formatInstant(history.at[closed]!) }),
    ...timesIn(history, row),
  };
}

const without = (record: { readonly [path: string]: Json | undefined }): Rec =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null)) as unknown as Rec;
