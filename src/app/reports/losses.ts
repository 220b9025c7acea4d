/** The deals that were lost in some days: at which stage, and why. */
import type { View } from '../core/view.ts';
import { NOT_CUSTOMERS } from '../../domain/config.ts';
import { WHOLE } from '../reading/tally.ts';
import type { Asked } from './asked.ts';
import { closedDay } from './closed-day.ts';
import { Grouped, type Part } from './grouped.ts';
import { groupingBy } from './asked-grouping.ts';
import { combined, type Grouping, renamed } from './grouping.ts';
import { money, rate } from './money-cells.ts';
import type { Answer, Cells, Report, ReportColumn, ReportRow } from './report.ts';
import { THIS_QUARTER } from './span.ts';
import { unansweredIn } from './unanswered.ts';

export const losses: Report = {
  name: 'losses',
  summary: 'lost deals by the stage in which they were lost and by reason; what was left without an answer',
  question: 'Where do we lose, and why?',
  definition:
    'Deals lost in these days by the stage in which they were lost and by reason: number, value, share of the number. In pipelines with stages of the group not-customers also what was left without an answer: open deals that moved to such a stage in these days and are still there, by their last stage of sales.',
  examples: ['report losses --from 2026-01-01 --sort -value --limit 5', 'report losses --per owner'],
  options: ['per'],
  span: THIS_QUARTER,
  columns,
  chart: () => ({ type: 'bars', figure: 'value' }),
  picture: { type: 'bars', stacks: [[{ key: 'value', look: 'bad' }]] },
  answer,
};

/** The outcomes of the deals of a row: the value in the cell, and its words for people. */
const LOST = 'lost';
const LEFT = 'left';
const LEFT_IN_WORDS = 'left without an answer';

function columns(asked: Asked): ReportColumn[] {
  return [
    ...asked.perKeys(['stage', 'reason']).map(key => ({ key, type: 'word' as const })),
    { key: 'outcome', type: 'word', seen: asked.per === undefined ? 'asked' : 'several' },
    { key: 'currency', type: 'currency' },
    { key: 'deals', type: 'count', tone: 'bad', goes: 'last' },
    { key: 'value', type: 'money', tone: 'bad' },
    { key: 'share', type: 'rate', goes: true },
  ];
}

async function answer(view: View, asked: Asked): Promise<Answer> {
  const { from, to } = asked.span;
  const closed = `is:lost closed:${from}..${to}`;
  const lost = asked.deals(closed);
  const grouping =
    asked.grouping(lost) ??
    combined(
      renamed(groupingBy(view, 'closedStage', lost), 'stage'),
      renamed(groupingBy(view, 'lostReason', lost), 'reason'),
    );
  const decided = figuresOf(LOST, new Grouped(lost, grouping, asked.values(closedDay(view))), part =>
    asked.queryOf(closed, part.group.query, asked.inCurrency(part.currency)),
  );
  const left = await leftIn(view, asked);
  const total = [...decided.total, ...(left?.total ?? [])];
  return {
    rows: [...decided.rows, ...(left?.rows ?? [])],
    total,
    notes: [
      ...(left
        ? [
            `${LEFT_IN_WORDS}: open deals that moved to a stage of ${NOT_CUSTOMERS} in these days, and are still there; by their last stage of sales`,
          ]
        : []),
      ...asked.notes,
    ],
    ...(total.length === 0 && { nothing: `no deal was lost from ${from} to ${to}` }),
  };
}

/** Returns the deals left without an answer, by the same groups or by the last stage of sales; undefined if there are none. */
async function leftIn(view: View, asked: Asked): Promise<Figures | undefined> {
  const unanswered = await unansweredIn(view, asked);
  if (!unanswered) return undefined;
  const { deals, byStage } = unanswered;
  const grouping = asked.grouping(deals) ?? combined(byStage, withoutReason);
  const grouped = new Grouped(
    deals,
    grouping,
    asked.values(() => asked.todayNumber),
  );
  const { rows, total } = figuresOf(LEFT, grouped, () => null);
  const said = { outcome: LEFT_IN_WORDS, ...(asked.per === undefined && { reason: LEFT_IN_WORDS }) };
  return { rows: rows.map(row => ({ ...row, labels: { ...row.labels, ...said } })), total };
}

/** Deals that were not lost have no reason. */
const withoutReason: Grouping = {
  none: { reason: null },
  ...WHOLE,
  group: () => ({ cells: { reason: null }, labels: { reason: '' }, query: '' }),
  order: [0],
};

type Figures = Pick<Answer, 'rows' | 'total'>;

function figuresOf(
  outcome: typeof LOST | typeof LEFT,
  grouped: Grouped,
  queryOf: (part: Part) => string | null,
): Figures {
  const totals = [...grouped.totals()];
  const figures = ({ currency, code, tally }: Omit<Part, 'group'>): Cells => ({
    outcome,
    currency,
    deals: tally.deals,
    value: money(tally.value, currency),
    share: rate(tally.deals, totals.find(total => total.code === code)!.tally.deals),
  });
  return {
    rows: Array.from(grouped.parts(), (part): ReportRow => {
      const query = queryOf(part);
      return {
        cells: { ...part.group.cells, ...figures(part) },
        labels: part.group.labels,
        query,
        ...(query === null && { deals: () => grouped.rowsOf(part) }),
      };
    }),
    total: totals.map(part => ({ ...grouped.grouping.none, ...figures(part) })),
  };
}
