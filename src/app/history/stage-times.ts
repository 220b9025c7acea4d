/** Computes how long a deal was in each stage. */
import { definitionOf } from '../../kinds/define.ts';
import { formatInstant } from '../../domain/dates.ts';
import { usage } from '../../domain/errors.ts';
import { type DealHistory, endOfDeal, firstRowOf, IN_TRASH, OPEN, STATUS } from '../../state/deal-history.ts';
import { lazyHistory } from '../../state/lazy-history.ts';
import { MOVED, visitsIn } from '../../state/visits.ts';
import type { Journal } from '../../store/journal/journal.ts';
import type { View } from '../core/view.ts';
import { entryOf, type HistoryEntry } from './history.ts';

/** One stay in a stage; a deal that comes back has two. */
export interface StageStay {
  readonly pipeline: string;
  readonly stage: string;
  /** ISO instants; `to` is null while the deal is there, even if it was won or lost there. */
  readonly from: string;
  readonly to: string | null;
  /** Milliseconds, until now, or until the deal was won, lost or removed. */
  readonly time: number;
  /** The entry of the history that moved it here; undefined if the viewer may not see it. */
  readonly entry: HistoryEntry | undefined;
}

/**
 * Returns the stays of a deal, which may be in the trash, the first one first. USAGE for what is not a deal, NOT_FOUND
 * for a deal that the viewer does not see.
 */
export async function stageTimes(view: View, journal: Journal, id: string): Promise<StageStay[]> {
  const parsed = view.kinds.parseId(id);
  if (!parsed || !definitionOf(view.kinds, parsed.kind).inPipelines)
    throw usage(`${id} is not a deal, and only deals are in stages`, 'crm history D12 --stages');
  if (!view.trashed(id)) view.record(id);
  const stays = await view.past(history =>
    staysIn(history, seenRows(view, history, parsed.number), view.clock.now),
  );
  const found: StageStay[] = [];
  for (const { tx, ...stay } of stays) {
    const [transaction] = await journal.read(tx - 1, tx);
    found.push({ ...stay, entry: transaction && entryOf(view, transaction, new Set([id])) });
  }
  return found;
}

/** Stays continue after the deal is closed: customers have stages too. */
function staysIn(history: DealHistory, rows: readonly number[], now: number) {
  const deal = rowsOf(history, rows);
  const status = deal.status.map(each => each & IN_TRASH);
  const { count, first, entered, left, how } = visitsIn({ ...deal, runs: deal.runs, status });
  const closed = closedIn(deal);
  return Array.from({ length: count }, (_, visit) => {
    const row = first[visit]!;
    const from = entered[visit]!;
    const end = Number.isNaN(left[visit]!) ? now : left[visit]!;
    // A deal that was closed in its last stage was there until its closing; a deal that entered the stage afterwards
    // is still there.
    const until = how[visit] !== MOVED && closed > from ? Math.min(closed, end) : end;
    return {
      pipeline: deal.words.pipeline[deal.pipeline[row]!]!,
      stage: deal.words.stage[deal.stage[row]!]!,
      from: formatInstant(from),
      to: how[visit] === MOVED ? formatInstant(left[visit]!) : null,
      time: Math.max(0, until - from),
      tx: deal.tx[row]!,
    };
  });
}

/** Since when the deal of some rows is closed; NaN if it is open at their end. */
function closedIn({ rows, status, at }: DealHistory): number {
  let row = rows;
  while (row > 0 && (status[row - 1]! & STATUS) !== OPEN) row--;
  return row < rows ? at[row]! : Number.NaN;
}

/** Returns the rows of a deal in pipelines that the viewer may know: for them it was never anywhere else. */
function seenRows(view: View, history: DealHistory, number: number): number[] {
  const first = firstRowOf(history, number);
  if (first < 0) return [];
  const isHidden = (path: 'pipeline' | 'stage') => {
    const cut = view.cutter('deal', path);
    return history.words[path].map(word => cut !== undefined && cut(word) === null);
  };
  const [pipelines, stages] = [isHidden('pipeline'), isHidden('stage')];
  const rows = Array.from({ length: endOfDeal(history, first) - first }, (_, i) => first + i);
  return rows.filter(row => !pipelines[history.pipeline[row]!] && !stages[history.stage[row]!]);
}

/** Some rows as a history of their own. */
const rowsOf = (history: DealHistory, rows: readonly number[]): DealHistory =>
  lazyHistory(
    { ...headOf(history), rows: rows.length },
    {
      columnOf: name => {
        const { [name]: column } = history;
        return Float64Array.from(rows, row => column[row]!);
      },
    },
  );

const headOf = ({ seq, hash, words }: DealHistory) => ({ seq, hash, words });
