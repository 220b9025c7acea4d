/**
 * The workspace as it was at the end of a day: later changes are reversed in memory. Deals are as they were in
 * business time, by what is known now (an import may tell today what a deal was a year ago), or by what was known at
 * some transaction. Settings and rights are those of today.
 */
import { addDays, formatInstant } from '../../domain/dates.ts';
import { notFound, usage } from '../../domain/errors.ts';
import type { Kinds } from '../../domain/kinds.ts';
import { definitionOf } from '../../kinds/define.ts';
import type { DealHistory } from '../../state/deal-history.ts';
import { FormerDeals } from '../../state/former-deals.ts';
import { type Opened, stateOf } from '../../store/checkpoint/opened.ts';
import type { Store } from '../../store/store.ts';
import type { Workspace } from '../core/workspace.ts';
import { type Past, View } from '../core/view.ts';

/** Which past is meant. */
export interface AsOf {
  /** The day whose end it is; left out, the time of the transaction. */
  readonly day?: string | undefined;
  /** The last transaction that counts as known; left out: the last one. */
  readonly knownAt?: number | undefined;
}

/**
 * Returns the view of the acting user on the past. USAGE for a future day, NOT_FOUND for a transaction that does not
 * exist.
 */
export async function viewAt(workspace: Workspace, { day, knownAt }: AsOf): Promise<View> {
  const { clock, config, store } = workspace;
  const opened = await workspace.open();
  const now = await workspace.view(opened);
  const last = opened.tip.seq;
  if (knownAt !== undefined && !(knownAt >= 1 && knownAt <= last))
    throw notFound(`there is no transaction ${knownAt}`, 'crm history');
  const known = knownAt === undefined ? undefined : await knownThen(store, knownAt, last);
  const then = known ? Math.min(known.at, clock.now) : clock.now;
  const today = clock.zone.day(then);
  if (day !== undefined && day > today)
    throw usage(`--at ${day} has not come yet${known ? ` at transaction ${knownAt}` : ''}`, `--at ${today}`);
  const isEarlier = day !== undefined && day < today;
  if (!isEarlier && !known) return now;
  const until = isEarlier ? clock.zone.midnight(addDays(day, 1)) - 1 : then;
  const { history } = known ?? {};
  const past: Past = history ? async use => use(history) : use => now.past(use);
  const deals = await past(each => new FormerDeals(now.state.table('deal'), each, until, last));
  const time = { seq: knownAt ?? last, ...(isEarlier && { until }) };
  const since = await store.changesSince(opened, time, deals);
  const state = stateOf(withDeals(opened, config.kinds, deals), config);
  const { kinds } = config;
  since.apply(state, formatInstant(until), id => {
    const { kind, number } = kinds.parseId(id)!;
    return definitionOf(kinds, kind).inPipelines ? (deals.fieldsOf(number) ?? null) : undefined;
  });
  return View.asOf(state, { ...clock, now: until }, now, past);
}

/** Returns the time of a transaction, and the past of all deals as known then; without the past if that is also what is known now. */
async function knownThen(
  store: Store,
  seq: number,
  last: number,
): Promise<{ readonly at: number; readonly history?: DealHistory }> {
  const [tx] = await store.journal.read(seq - 1, seq);
  const { at: time, hash } = tx!;
  const at = Date.parse(time);
  return seq === last ? { at } : { at, history: await store.pastAsKnownAt({ seq, hash }) };
}

/** Returns a state with its deals replaced by others, which are true up to the tip. */
function withDeals(opened: Opened, kinds: Kinds, deals: FormerDeals): Opened {
  const { base, tip } = opened;
  const isOfDeals = (kind: string) => kinds.has(kind) && definitionOf(kinds, kind).inPipelines;
  return {
    ...opened,
    base: {
      ...base,
      seqOf: kind => (isOfDeals(kind) ? tip.seq : base.seqOf(kind)),
      source: kind => (isOfDeals(kind) ? deals : base.source(kind)),
    },
  };
}
