/** The deals that were lost in some days: at which stage, and why. */
import type { View } from '../core/view.ts';
import type { Asked } from './asked.ts';
import { closedDay } from './closed-day.ts';
import { Grouped, type Part } from './grouped.ts';
import { groupingBy } from './asked-grouping.ts';
import { combined, renamed } from './grouping.ts';
import { money, rate } from './money-cells.ts';
import type { Answer, Cells, Report, ReportColumn } from './report.ts';
import { THIS_QUARTER } from './span.ts';

export const losses: Report = {
  name: 'losses',
  summary: 'lost deals by the stage in which they were lost and by reason',
  options: ['per'],
  span: THIS_QUARTER,
  columns,
  chart: () => ({ type: 'bars', figure: 'value' }),
  picture: { type: 'bars', stacks: [[{ key: 'value', look: 'bad' }]] },
  answer,
};

function columns(asked: Asked): ReportColumn[] {
  return [
    ...asked.perKeys(['stage', 'reason']).map(key => ({ key, type: 'word' as const })),
    { key: 'currency', type: 'currency' },
    { key: 'deals', type: 'count', tone: 'bad' },
    { key: 'value', type: 'money', tone: 'bad' },
    { key: 'share', type: 'rate', goes: true },
  ];
}

function answer(view: View, asked: Asked): Answer {
  const closed = `is:lost closed:${asked.span.from}..${asked.span.to}`;
  const lost = asked.deals(closed);
  const grouping =
    asked.grouping(lost) ??
    combined(
      renamed(groupingBy(view, 'closedStage', lost), 'stage'),
      renamed(groupingBy(view, 'lostReason', lost), 'reason'),
    );
  const grouped = new Grouped(lost, grouping, asked.values(closedDay(view)));
  const totals = [...grouped.totals()];
  const figures = ({ currency, code, tally }: Omit<Part, 'group'>): Cells => ({
    currency,
    deals: tally.deals,
    value: money(tally.value, currency),
    share: rate(tally.deals, totals.find(total => total.code === code)!.tally.deals),
  });
  return {
    rows: Array.from(grouped.parts(), part => ({
      cells: { ...part.group.cells, ...figures(part) },
      labels: part.group.labels,
      query: asked.queryOf(closed, part.group.query, asked.inCurrency(part.currency)),
    })),
    total: totals.map(part => ({ ...grouping.none, ...figures(part) })),
    notes: asked.notes,
    ...(totals.length === 0 && {
      nothing: `no deal was lost from ${asked.span.from} to ${asked.span.to}`,
    }),
  };
}
