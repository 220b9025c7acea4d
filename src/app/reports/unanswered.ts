/**
 * Finds deals that were left without an answer: open ones that moved to a stage of the group `not-customers`, in pipelines
 * with transitions, and are still there. They count by their last stage of sales, which only the history knows.
 */
import type { View } from '../core/view.ts';
import { NOT_CUSTOMERS, type Pipeline } from '../../domain/config.ts';
import type { DealHistory } from '../../state/deal-history.ts';
import type { NumberColumn } from '../../state/columns/column.ts';
import type { Block } from '../../state/table.ts';
import { visitsIn } from '../../state/visits.ts';
import type { Asked } from './asked.ts';
import { type Grouping, groupOf } from './grouping.ts';
import { instantsOf, recentPast } from './past-deals.ts';

/** A stage and its pipeline; undefined for a deal that was never in a stage of sales. */
type Place = { readonly pipeline: string; readonly stage: string } | undefined;

export interface Unanswered {
  readonly deals: Iterable<Block>;
  /** By the last stage of sales. */
  readonly byStage: Grouping;
}

/** Returns the query of the deals that may have been left. */
const UNANSWERED = `is:open group:${NOT_CUSTOMERS}`;

/** Returns the deals that were left in the days of the report; undefined if there are none. */
export async function unansweredIn(view: View, asked: Asked): Promise<Unanswered | undefined> {
  if (!asked.pipelines.some(({ stages }) => stages.some(({ group }) => group === NOT_CUSTOMERS)))
    return undefined;
  const { from, to } = instantsOf(asked);
  const table = view.state.table('deal');
  const since = table.column('stageSince') as NumberColumn;
  const candidates = new Map<number, number>();
  for (const { among, from: first } of asked.deals(UNANSWERED))
    for (let i = 0; i < among.length; i++)
      // A deal that came into the group came into one of its stages then or later.
      if (among[i] === 1 && since.get(first + i) >= from) candidates.set(table.number(first + i), first + i);
  if (candidates.size === 0) return undefined;
  const places = await view.past(history => placesBefore(view, recentPast(history, asked), candidates));
  const found = new Map<number, Place>();
  for (const [row, { entered, place }] of places) if (entered >= from && entered < to) found.set(row, place);
  if (found.size === 0) return undefined;
  return { deals: only(asked.deals(UNANSWERED), found), byStage: byLastStage(asked, found) };
}

/** Returns for each deal, by its row, when it came into the group, and its stage before that. */
function placesBefore(
  view: View,
  history: DealHistory,
  rowOf: ReadonlyMap<number, number>,
): Map<number, { readonly entered: number; readonly place: Place }> {
  const { deal, pipeline, stage, words } = history;
  const { count, first, entered } = visitsIn(history, view.clock.now);
  const groups = groupsOf(view.config.pipelines);
  const groupOfVisit = (visit: number) =>
    groups.get(`${words.pipeline[pipeline[first[visit]!]!]}/${words.stage[stage[first[visit]!]!]}`);
  const places = new Map<number, { readonly entered: number; readonly place: Place }>();
  for (let begin = 0, end = 0; begin < count; begin = end) {
    const number = deal[first[begin]!]!;
    for (end = begin + 1; end < count && deal[first[end]!] === number; ) end++;
    const row = rowOf.get(number);
    if (row === undefined) continue;
    let came = end - 1;
    while (came > begin && groupOfVisit(came - 1) === NOT_CUSTOMERS) came--;
    let last = came - 1;
    while (last >= begin && !isOfSales(groupOfVisit(last))) last--;
    const at = first[last]!;
    places.set(row, {
      entered: entered[came]!,
      place:
        last < begin
          ? undefined
          : { pipeline: words.pipeline[pipeline[at]!]!, stage: words.stage[stage[at]!]! },
    });
  }
  return places;
}

/** Whether a stage is one of sales, as every stage without a group is. */
const isOfSales = (group: string | undefined): boolean => group === undefined || group === 'sales';

const groupsOf = (pipelines: readonly Pipeline[]): ReadonlyMap<string, string | undefined> =>
  new Map(pipelines.flatMap(({ id, stages }) => stages.map(stage => [`${id}/${stage.id}`, stage.group])));

/** The rows of some blocks that were found. */
function only(blocks: Iterable<Block>, found: ReadonlyMap<number, unknown>): Iterable<Block> {
  return {
    *[Symbol.iterator]() {
      for (const { among, from } of blocks) {
        for (let i = 0; i < among.length; i++) if (!found.has(from + i)) among[i] = 0;
        yield { among, from };
      }
    },
  };
}

function byLastStage({ pipelines }: Asked, found: ReadonlyMap<number, Place>): Grouping {
  const stages = pipelines.flatMap(({ id, stages }) => stages.map(stage => ({ pipeline: id, ...stage })));
  const key = ({ pipeline, id }: { readonly pipeline: string; readonly id: string }) => `${pipeline}/${id}`;
  const known = new Map(stages.map((stage, i) => [key(stage), i + 1]));
  const placeOf = (place: Place) => (place && known.get(`${place.pipeline}/${place.stage}`)) ?? 0;
  return {
    none: { stage: null },
    size: stages.length + 1,
    of: row => placeOf(found.get(row)),
    group: number => {
      const stage = stages[number - 1];
      return stage === undefined
        ? groupOf('stage', null, 'no stage of sales', null)
        : groupOf('stage', stage.id, stage.name, null);
    },
    order: [...stages.map((_, i) => i + 1), 0],
  };
}
