/**
 * The workspace as it was at the end of a day: what was changed since is undone, in memory. Deals are as they were in
 * business time, by what is known now: an import may say today what they were a year ago. Settings and rights are those
 * of today.
 */
import { addDays, formatInstant } from '../../domain/dates.ts';
import { usage } from '../../domain/errors.ts';
import type { Kinds } from '../../domain/kinds.ts';
import { definitionOf } from '../../kinds/define.ts';
import { Backwards } from '../../state/backwards.ts';
import { FormerDeals } from '../../state/former-deals.ts';
import { type Opened, stateOf } from '../../store/opened.ts';
import type { Workspace } from '../core/workspace.ts';
import { View } from '../core/view.ts';

/** Returns what the acting user sees of the end of a day. USAGE for a day that has not come yet. */
export async function viewAt(workspace: Workspace, day: string): Promise<View> {
  const { clock, config, store } = workspace;
  const today = clock.zone.day(clock.now);
  if (day > today) throw usage(`--at ${day} has not come yet`, `--at ${today}`);
  const opened = await workspace.open();
  const now = await workspace.view(opened);
  if (day === today) return now;
  const until = clock.zone.midnight(addDays(day, 1)) - 1;
  const deals = await now.past(history => new FormerDeals(now.state.table('deal'), history, until));
  const since = new Backwards();
  await store.changesSince(opened, until, deals, since);
  const state = stateOf(withDeals(opened, config.kinds, deals), config);
  const { kinds } = config;
  since.apply(state, formatInstant(until), id => {
    const { kind, number } = kinds.parseId(id)!;
    return definitionOf(kinds, kind).inPipelines ? (deals.fieldsOf(number) ?? null) : undefined;
  });
  return View.asOf(state, { ...clock, now: until }, now);
}

/** The same with other deals, which are true up to the tip. */
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
