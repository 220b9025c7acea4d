/** Won deals by period, beside the same period a year before; with --invoiced or --paid, invoices by period. */
import type { View } from '../core/view.ts';
import type { Tally } from '../reading/tally.ts';
import { usage } from '../../domain/errors.ts';
import type { Days, Period } from '../../domain/periods.ts';
import type { NumberColumn } from '../../state/columns/column.ts';
import type { Asked } from './asked.ts';
import { closedDay } from './closed-day.ts';
import type { Counted } from './counted.ts';
import { Grouped } from './grouped.ts';
import { byPeriod, combined, type Grouping } from './grouping.ts';
import { invoices } from './invoices.ts';
import { average, change, money } from './money-cells.ts';
import type { Answer, Cells, Report, ReportColumn, ReportRow } from './report.ts';
import { keysByInstant } from './period-keys.ts';
import { BEHIND, yearBefore } from './span.ts';

export const revenue: Report = {
  name: 'revenue',
  summary: 'won by period, next to the same period a year before; or --invoiced, --paid',
  question: 'How does this period compare with the last one, and with last year?',
  definition:
    'Won by the period in which it was closed: number, value, average, running total; the same period a year before and the difference. The current period is compared with the same days. With --invoiced by invoices issued, with --paid by invoices paid, whose rows count invoices.',
  examples: ['report revenue --by quarter', 'report revenue --paid --by month'],
  options: ['by', 'per', 'invoiced', 'paid'],
  span: BEHIND,
  columns,
  chart: () => ({ type: 'line', figure: 'value' }),
  picture: {
    type: 'columns',
    stack: [{ key: 'value', look: 'good' }],
    line: { key: 'yearBefore', look: 'faint' },
  },
  answer,
};

function columns(asked: Asked): ReportColumn[] {
  return [
    { key: 'period', type: 'word' },
    ...asked.perKeys().map(key => ({ key, type: 'word' as const })),
    { key: 'currency', type: 'currency' },
    { key: 'deals', title: asked.own.invoiced || asked.own.paid ? 'invoices' : 'deals', type: 'count' },
    { key: 'value', type: 'money', tone: 'good' },
    { key: 'average', type: 'money', goes: true },
    { key: 'running', title: 'running total', type: 'money', goes: true },
    { key: 'yearBefore', type: 'money', goes: true },
    { key: 'change', type: 'rate', goes: true },
  ];
}

function answer(view: View, asked: Asked): Answer {
  const { span } = asked;
  if (asked.own.invoiced && asked.own.paid)
    throw usage('--invoiced and --paid cannot be used together', 'use one of them');
  const counted = asked.own.invoiced
    ? invoices(asked, 'issued')
    : asked.own.paid
      ? invoices(asked, 'paid')
      : wonDeals(view, asked);
  const before = span.periods.map(period => yearBefore(period, span.by, asked.today, view.clock.yearStart));
  const now = grouped(asked, counted, span.periods);
  const then = grouped(asked, counted, named(before, span.periods));
  const totalThen = new Map(Array.from(then.totals(), part => [part.currency, part.tally.value]));
  const total = Array.from(now.totals(), ({ currency, tally }) => ({
    ...now.grouping.none,
    ...figures(tally, currency, tally.value, totalThen.get(currency) ?? 0n),
  }));
  const isRunning = span.periods.some(({ from, to }) => from <= asked.today && asked.today < to);
  return {
    rows: rowsOf(asked, counted, now, then),
    total,
    notes: [
      ...(isRunning && total.length > 0
        ? [`the current period is compared with the same days a year before, up to ${asked.today}`]
        : []),
      ...asked.notes,
    ],
    ...(total.length === 0 && {
      nothing: `nothing was ${asked.own.invoiced ? 'invoiced' : asked.own.paid ? 'paid' : 'won'} from ${span.from} to ${span.to}`,
    }),
  };
}

function figures(tally: Tally, currency: string, running: bigint, earlier: bigint): Cells {
  return {
    currency,
    deals: tally.deals,
    value: money(tally.value, currency),
    average: average(tally.value, tally.deals, currency),
    running: money(running, currency),
    yearBefore: money(earlier, currency),
    change: change(tally.value, earlier),
  };
}

/** A row for each period, group and currency, each with what its line adds up to until then. */
function rowsOf(asked: Asked, counted: Counted, now: Grouped, then: Grouped): ReportRow[] {
  const valueThen = new Map(Array.from(then.parts(), part => [placeOf(part), part.tally.value]));
  const running = new Map<string, bigint>();
  return Array.from(now.parts(), part => {
    const { currency, tally, group } = part;
    const { period, ...others } = group.cells;
    const line = JSON.stringify([others, currency]);
    const sum = (running.get(line) ?? 0n) + tally.value;
    running.set(line, sum);
    const days = asked.span.periods.find(({ key }) => key === period)!;
    return {
      cells: { ...group.cells, ...figures(tally, currency, sum, valueThen.get(placeOf(part)) ?? 0n) },
      labels: group.labels,
      query: counted.dealOf ? null : asked.queryOf(group.query, asked.inCurrency(currency)),
      ...(counted.dealOf && { deals: () => dealsIn(counted, days, part.code) }),
    };
  });
}

const placeOf = ({
  group,
  currency,
}: {
  readonly group: { readonly cells: object };
  readonly currency: string;
}) => JSON.stringify([group.cells, currency]);

/** The days of a year before by the names of the periods that they are compared with. */
const named = (days: readonly Days[], periods: readonly Period[]): Period[] =>
  days.map((each, i) => ({ ...each, key: periods[i]!.key }));

function grouped(asked: Asked, counted: Counted, periods: readonly Period[]): Grouped {
  const blocks = counted.rowsIn({ from: periods[0]!.from, to: periods.at(-1)!.to });
  const inPeriods = byPeriod(periods, counted.indexIn(periods), period => counted.query(period) ?? '');
  const per: Grouping | undefined = counted.dealOf ? undefined : asked.grouping(blocks);
  if (counted.dealOf && asked.perKeys().length > 0)
    throw usage('--per cannot be used with invoices', 'without --invoiced and --paid, or without --per');
  return new Grouped(blocks, per ? combined(inPeriods, per) : inPeriods, counted.amounts);
}

/** Returns the deals of a period's invoices in a currency, by its code. */
function dealsIn(counted: Counted, period: Period, code: number): number[] {
  const found = new Set<number>();
  const index = counted.indexIn([period]);
  const { currency } = counted.amounts;
  for (const { among, from } of counted.rowsIn(period))
    for (let i = 0; i < among.length; i++)
      if (among[i] === 1 && index.of(from + i) === 0 && currency.of(from + i) === code) {
        const deal = counted.dealOf!(from + i);
        if (deal >= 0) found.add(deal);
      }
  return [...found].sort((a, b) => a - b);
}

function wonDeals(view: View, asked: Asked): Counted {
  const closed = view.state.table('deal').column('closedAt') as NumberColumn;
  const query = ({ from, to }: Days) => `is:won closed:${from}..${to}`;
  return {
    rowsIn: days => asked.deals(query(days)),
    amounts: asked.values(closedDay(view)),
    indexIn: periods => keysByInstant(periods, closed, view.clock),
    query,
  };
}
