/** How long a deal was in each stage. */
import { formatInstant } from '../../domain/dates.ts';
import { usage } from '../../domain/errors.ts';
import { type DealHistory, endOfDeal, firstRowOf, historyColumnNames } from '../../state/deal-history.ts';
import { LOST_THERE, MOVED, visitsIn, WON_THERE } from '../../state/visits.ts';
import type { Journal } from '../../store/journal.ts';
import type { View } from '../core/view.ts';
import { entryOf, type HistoryEntry } from './history.ts';

/** One stay in a stage; a deal that comes back has two. */
export interface StageStay {
  readonly pipeline: string;
  readonly stage: string;
  /** ISO instants; `to` is null while the deal is there, and if it was won or lost there. */
  readonly from: string;
  readonly to: string | null;
  /** Milliseconds, until now, or until the deal was won, lost or removed. */
  readonly time: number;
  /** The entry that moved it here; undefined if the viewer may see nothing of that. */
  readonly entry: HistoryEntry | undefined;
}

/**
 * Returns the stays of a deal, which may be in the trash, the first one first. USAGE for what is not a deal, NOT_FOUND
 * for a deal that the viewer does not see.
 */
export async function stageTimes(view: View, journal: Journal, id: string): Promise<StageStay[]> {
  const parsed = view.kinds.parseId(id);
  if (parsed?.kind !== 'deal')
    throw usage(`${id} is not a deal, and only deals are in stages`, 'crm history D12 --stages');
  if (!view.trashed(id)) view.record(id);
  const stays = await view.past(history => staysIn(history, parsed.number, view.clock.now));
  const found: StageStay[] = [];
  for (const { tx, ...stay } of stays) {
    const [transaction] = await journal.read(tx - 1, tx);
    found.push({ ...stay, entry: transaction && entryOf(view, transaction, new Set([id])) });
  }
  return found;
}

function staysIn(history: DealHistory, number: number, now: number) {
  const first = firstRowOf(history, number);
  const deal = first < 0 ? nothing(history) : rowsOf(history, first, endOfDeal(history, first));
  const { count, first: begins, entered, left, how } = visitsIn(deal);
  const stays: (Omit<StageStay, 'entry'> & { readonly tx: number })[] = [];
  for (let visit = 0; visit < count; visit++) {
    const row = begins[visit]!;
    const stage = deal.words.stage[deal.stage[row]!]!;
    const pipeline = deal.words.pipeline[deal.pipeline[row]!]!;
    // A deal that is opened again goes on with its stay.
    const isAgain = visit > 0 && (how[visit - 1] === WON_THERE || how[visit - 1] === LOST_THERE);
    const before = stays.at(-1);
    const goesOn =
      isAgain && before?.stage === stage && before.pipeline === pipeline ? stays.pop() : undefined;
    const from = goesOn ? Date.parse(goesOn.from) : entered[visit]!;
    const end = Number.isNaN(left[visit]!) ? now : left[visit]!;
    stays.push({
      pipeline,
      stage,
      from: formatInstant(from),
      to: how[visit] === MOVED ? formatInstant(left[visit]!) : null,
      time: Math.max(0, end - from),
      tx: goesOn?.tx ?? deal.tx[row]!,
    });
  }
  return stays;
}

const nothing = (history: DealHistory): DealHistory => rowsOf(history, 0, 0);

/** The rows from one to another, exclusive, as a history of their own. */
function rowsOf(history: DealHistory, from: number, to: number): DealHistory {
  const { seq, hash, words } = history;
  const columns = historyColumnNames.map(name => [name, history[name].subarray(from, to)]);
  return { ...(Object.fromEntries(columns) as DealHistory), seq, hash, words, rows: to - from };
}
