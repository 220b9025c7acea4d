/** The outcomes of entries to each stage, and how far the deals made in the same days came. */
import type { View } from '../core/view.ts';
import { usage } from '../../domain/errors.ts';
import { NOT_CUSTOMERS, type Pipeline } from '../../domain/config.ts';
import type { DealHistory } from '../../state/deal-history.ts';
import { visitsIn } from '../../state/visits.ts';
import type { Asked } from './asked.ts';
import { dealRows, instantsOf, pastDealsIn, recentPast } from './past-deals.ts';
import { all, dividedBy, type PastParts, pastGrouping } from './past-groups.ts';
import { money } from './money-cells.ts';
import type { Answer, Cells, Report, ReportColumn, ReportRow } from './report.ts';
import { inDays, Samples } from './samples.ts';
import { THIS_QUARTER } from './span.ts';
import { type Entries, type EntriesAsked, entriesIn, outcomes } from './stage-entries.ts';

export const funnel: Report = {
  name: 'funnel',
  summary: 'entries to each stage and what became of them; how many deals reached it, and were won',
  question: 'Where do deals get stuck or drop out?',
  definition:
    'Entries to each stage in these days, each counted, and what became of them by now: advanced, won, lost, moved back, left the pipeline (or trash), still there; they add up to the entries. Conversion is advanced and won of the entries that ended. Reached: of the deals made in these days, how many ever came to the stage or a later one, and how many of them were won.',
  examples: ['report funnel --pipeline sales --from 2026-01-01', 'report funnel --per owner'],
  options: ['per'],
  span: THIS_QUARTER,
  columns: asked => [...perKeys(asked).map(key => ({ key, type: 'word' as const })), ...columns],
  chart: () => ({ type: 'bars', figure: 'entries', part: 'won' }),
  picture: {
    type: 'bars',
    stacks: [
      [
        { key: 'advanced', look: 'deep' },
        { key: 'won', look: 'good' },
        { key: 'still', look: 'plain', title: 'still there' },
        { key: 'back', look: 'warning', title: 'moved back' },
        { key: 'left', look: 'pale', title: 'left the pipeline' },
        { key: 'lost', look: 'bad' },
      ],
    ],
    beside: 'conversion',
  },
  answer: (view, asked) => view.past(history => answered(view, asked, recentPast(history, asked))),
};

const columns: readonly ReportColumn[] = [
  { key: 'pipeline', type: 'word' },
  { key: 'stage', type: 'word' },
  { key: 'currency', type: 'currency' },
  { key: 'value', type: 'money', goes: true },
  { key: 'entries', type: 'count' },
  { key: 'advanced', type: 'count', goes: true },
  { key: 'won', type: 'count', tone: 'good' },
  { key: 'lost', type: 'count', tone: 'bad' },
  { key: 'back', type: 'count', goes: true },
  { key: 'left', type: 'count', goes: true },
  { key: 'still', type: 'count', goes: true },
  { key: 'conversion', title: 'converted', type: 'rate', goes: 'last' },
  { key: 'conversionValue', title: 'by value', type: 'rate', goes: true },
  { key: 'medianDays', title: 'median days', type: 'number', goes: true },
  { key: 'reached', type: 'count', goes: true },
  { key: 'reachedWon', title: 'of them won', type: 'count', tone: 'good', goes: true },
];

/** What rows are by beside stages. */
function perKeys(asked: Asked): readonly string[] {
  const keys = asked.perKeys();
  const twice = keys.find(key => columns.some(column => column.key === key));
  if (twice !== undefined)
    throw usage(`--per ${twice} cannot be used with funnel, which groups by it already`, '--per owner');
  return keys;
}

function answered(view: View, asked: Asked, history: DealHistory): Answer {
  perKeys(asked);
  const counted = pastDealsIn(view, asked, history);
  const grouping = pastGrouping(view, asked, history);
  const divided = dividedBy(counted, grouping ?? all);
  const rows = asked.pipelines.flatMap(pipeline => funnelOf(view, asked, history, pipeline, divided));
  const inGroups = grouping ? rows.filter(({ position }) => position !== undefined) : rows;
  if (grouping) inGroups.sort((a, b) => divided.compareGroups(a.position!, b.position!));
  const isNothing = rows.every(({ row: { cells } }) => cells.entries === 0 && cells.reached === 0);
  return {
    rows: isNothing ? [] : inGroups.map(({ row }) => row),
    total: [],
    notes: asked.notes,
    ...(isNothing && { nothing: 'no deal entered a stage in these days' }),
  };
}

/** A row with the position of its group and currency; undefined of a stage that no deal entered. */
interface Placed {
  readonly row: ReportRow;
  readonly position?: number;
}

/** A row for each stage, group and currency. */
function funnelOf(
  view: View,
  asked: Asked,
  history: DealHistory,
  pipeline: Pipeline,
  { parts, groupAt }: PastParts,
): Placed[] {
  const until = view.clock.now;
  const visits = visitsIn(history, until);
  const nameOf = (id: string) => pipeline.stages.find(stage => stage.id === id)?.name ?? id;
  const rowIn = (cells: Cells, stage: string): ReportRow => ({
    cells: { pipeline: pipeline.id, stage, ...cells },
    labels: { pipeline: pipeline.name, stage: nameOf(stage) },
    query: null,
  });
  const entries = parts.flatMap(counted => {
    const by = (met?: EntriesAsked['met']) =>
      entriesIn(history, visits, { pipeline, ...instantsOf(asked), until, counted, ...(met && { met }) });
    return by().map(each => {
      const { cells, labels } = groupAt(each.position);
      const row = rowIn({ ...cells, ...cellsOf(each) }, each.stage);
      const deals = () =>
        dealRows(view, history, met =>
          by((stage, position, at) => stage === each.stage && position === each.position && met(at)),
        );
      return { ...each, row: { ...row, labels: { ...labels, ...row.labels }, deals } };
    });
  });
  const known = pipeline.stages.map(({ id }) => id);
  const met = [...new Set(entries.map(({ stage }) => stage))];
  const order = [...known.filter(id => !isAfter(pipeline, id)), ...known.filter(id => isAfter(pipeline, id))];
  return [...order, ...met.filter(id => !known.includes(id))].flatMap((stage): Placed[] => {
    const ofStage = entries.filter(each => each.stage === stage);
    if (ofStage.length > 0) return ofStage.map(({ row, position }) => ({ row, position }));
    return isAfter(pipeline, stage) ? [] : [{ row: rowIn(nothing(pipeline.currency), stage) }];
  });
}

const isAfter = ({ stages }: Pipeline, id: string): boolean =>
  stages.find(stage => stage.id === id)?.group === NOT_CUSTOMERS;

function cellsOf({ currency, counts, units, stays, reached, reachedWon }: Entries): Cells {
  const all = outcomes.reduce((sum, outcome) => sum + counts[outcome], 0);
  const value = outcomes.reduce((sum, outcome) => sum + units[outcome], 0n);
  const ended = all - counts.still;
  const endedValue = value - units.still;
  const samples = Samples.of(stays);
  return {
    currency,
    value: money(value, currency),
    entries: all,
    ...counts,
    conversion: ended === 0 ? null : (counts.advanced + counts.won) / ended,
    conversionValue: endedValue === 0n ? null : Number(units.advanced + units.won) / Number(endedValue),
    medianDays: inDays(samples.quantile(0, 0.5)),
    reached,
    reachedWon,
  };
}

const nothing = (currency: string): Cells => ({
  currency,
  value: money(0n, currency),
  entries: 0,
  ...Object.fromEntries(outcomes.map(outcome => [outcome, 0])),
  conversion: null,
  conversionValue: null,
  medianDays: null,
  reached: 0,
  reachedWon: 0,
});
