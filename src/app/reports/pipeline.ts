/** Where the open deals are: by stage, or by what --per asks for. */
import type { View } from '../core/view.ts';
import { rotting } from '../../query/rotting.ts';
import type { NumberColumn } from '../../state/columns/column.ts';
import type { Asked } from './asked.ts';
import { Grouped, type Part } from './grouped.ts';
import { byStage } from './stage-groups.ts';
import { money, weightedMoney } from './money-cells.ts';
import type { Answer, Cells, Report, ReportColumn } from './report.ts';
import { inDays, Samples } from './samples.ts';
import { THIS_QUARTER } from './span.ts';

export const pipeline: Report = {
  name: 'pipeline',
  summary: 'open deals by stage: number, value, weighted, age in the stage, rotting',
  question: 'Where are the open deals, and what is stuck?',
  definition:
    "Open deals by stage, now or at the end of a day (--at): number, value, weighted, median days in the stage, and how many are rotting (longer there than the stage's rotting).",
  examples: ['report pipeline --at 2026-06-30', 'deal list is:rotting --sort -stage-age'],
  options: ['per', 'learned'],
  isNow: true,
  span: THIS_QUARTER,
  columns,
  chart: () => ({ type: 'bars', figure: 'value', part: 'weighted' }),
  picture: {
    type: 'bars',
    stacks: [
      [
        { key: 'weighted', look: 'deep' },
        { key: 'value', less: 'weighted', look: 'plain', title: 'the rest of the value' },
      ],
    ],
  },
  answer,
};

function columns(asked: Asked): ReportColumn[] {
  return [
    ...asked.perKeys(['pipeline', 'stage']).map(key => ({ key, type: 'word' as const })),
    { key: 'currency', type: 'currency' },
    { key: 'deals', type: 'count' },
    { key: 'value', type: 'money' },
    { key: 'weighted', type: 'money', goes: 'last' },
    { key: 'medianAgeDays', title: 'median days', type: 'number', goes: true },
    { key: 'rotting', type: 'count', tone: 'bad', goes: 'last' },
  ];
}

function answer(view: View, asked: Asked): Answer {
  const open = asked.deals('is:open');
  const grouping = asked.grouping(open) ?? byStage(view, asked.pipelines);
  const grouped = new Grouped(open, grouping, asked.amounts());
  const ages = new Samples(grouped.size);
  const rotten = new Int32Array(grouped.size);
  const since = view.state.table('deal').column('stageSince') as NumberColumn;
  const isRotting = rotting(view.scope);
  const sinces = since.all();
  grouped.visit((keys, totals, rows) => {
    ages.addTimes(keys, rows, sinces, view.clock.now);
    ages.addTimes(totals, rows, sinces, view.clock.now);
    for (let i = 0; i < rows.length; i++) {
      if (!isRotting(rows[i]!)) continue;
      if (keys[i]! >= 0) rotten[keys[i]!]!++;
      if (totals[i]! >= 0) rotten[totals[i]!]!++;
    }
  });
  const figures = ({ currency, key, tally }: Omit<Part, 'group'>): Cells => ({
    currency,
    deals: tally.deals,
    value: money(tally.value, currency),
    weighted: weightedMoney(tally, currency),
    medianAgeDays: inDays(ages.quantile(key, 0.5)),
    rotting: rotten[key]!,
  });
  return {
    rows: Array.from(grouped.parts(), part => ({
      cells: { ...part.group.cells, ...figures(part) },
      labels: part.group.labels,
      query: asked.queryOf('is:open', part.group.query, asked.inCurrency(part.currency)),
    })),
    total: Array.from(grouped.totals(), part => ({ ...grouping.none, ...figures(part) })),
    notes: asked.notes,
    ...(grouped.currencies.length === 0 && { nothing: 'there are no open deals' }),
  };
}
