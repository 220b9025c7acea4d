/**
 * The load of each user in a pipeline: the number of their open deals, or the sum; kept up to date while a draft
 * changes them.
 */
import { memoBy } from '../../domain/memo.ts';
import { type Change, idOf } from '../../domain/changes.ts';
import type { Pipeline } from '../../domain/config.ts';
import { minorUnits } from '../../domain/money.ts';
import type { Deal } from '../../domain/records.ts';
import type { CodeColumn } from '../../state/columns/column.ts';
import type { Draft } from '../../state/draft.ts';
import { valuesInMinorUnits } from '../../state/exact-sum.ts';

/**
 * What an open deal counts: 1, or its value in minor units. The sum is of the deals in the pipeline's currency: nothing
 * is ever added across currencies.
 */
export type Measure = 'count' | 'value';

/** By user; one who is not there has none. */
type Loads = Map<string, number>;

interface Share {
  readonly owner: string;
  readonly counts: number;
}

interface Kept {
  readonly loads: Loads;
  /** What each open deal adds, by its number. */
  readonly shares: Map<number, Share>;
  /** The changes of the draft that are counted. */
  readonly counted: Change[];
}

const keptOf = memoBy((_: Draft) => new Map<string, Kept>());

/** The loads as the draft is now. An import asks before every deal: only what changed since is counted again. */
export function dealLoads(draft: Draft, pipeline: Pipeline, measure: Measure): ReadonlyMap<string, number> {
  const ofDraft = keptOf(draft);
  const key = `${measure} ${pipeline.id}`;
  let kept = ofDraft.get(key);
  if (!kept) ofDraft.set(key, (kept = countAll(draft, pipeline, measure)));
  const { loads, shares, counted } = kept;
  // Changes may have been given up since, and others made in their place.
  let same = Math.min(counted.length, draft.changes.length);
  while (same > 0 && counted[same - 1] !== draft.changes[same - 1]) same--;
  const stale = counted.splice(same);
  for (let i = same; i < draft.changes.length; i++) {
    counted.push(draft.changes[i]!);
    stale.push(draft.changes[i]!);
  }
  for (const change of stale) {
    const id = draft.state.kinds.parseId(idOf(change));
    if (id?.kind !== 'deal') continue;
    const before = shares.get(id.number);
    if (before) add(loads, before.owner, -before.counts);
    const after = shareOf(draft.get(idOf(change)) as Deal | undefined, pipeline, measure);
    if (after) add(loads, after.owner, after.counts);
    if (after) shares.set(id.number, after);
    else shares.delete(id.number);
  }
  return loads;
}

function add(loads: Loads, owner: string, counts: number): void {
  loads.set(owner, (loads.get(owner) ?? 0) + counts);
}

function shareOf(deal: Deal | undefined, pipeline: Pipeline, measure: Measure): Share | undefined {
  if (deal?.status !== 'open' || deal.pipeline !== pipeline.id || !deal.owner) return undefined;
  if (measure === 'count') return { owner: deal.owner, counts: 1 };
  const { value, currency, owner } = deal;
  return { owner, counts: currency === pipeline.currency ? minorUnits(value, currency) : 0 };
}

function countAll(draft: Draft, pipeline: Pipeline, measure: Measure): Kept {
  const deals = draft.state.table('deal');
  const [owner, status, inPipeline, currency] = ['owner', 'status', 'pipeline', 'currency'].map(
    name => deals.column(name) as CodeColumn,
  ) as [CodeColumn, CodeColumn, CodeColumn, CodeColumn];
  const value = valuesInMinorUnits(draft.state);
  const loads: Loads = new Map();
  const shares = new Map<number, Share>();
  for (let row = 0; row < deals.rows; row++) {
    if (
      !deals.live(row) ||
      status.words[status.get(row)] !== 'open' ||
      inPipeline.words[inPipeline.get(row)] !== pipeline.id
    )
      continue;
    const user = owner.words[owner.get(row)];
    if (!user) continue;
    const isSummed = currency.words[currency.get(row)] === pipeline.currency;
    const counts = measure === 'count' ? 1 : isSummed ? value(row) : 0;
    shares.set(deals.number(row), { owner: user, counts });
    add(loads, user, counts);
  }
  return { loads, shares, counted: [...draft.changes] };
}
