/** What is open against what is missing to the quota, by period. */
import type { View } from '../core/view.ts';
import { sumOf, Tallies } from '../reading/tally.ts';
import { dayNumber } from '../../domain/dates.ts';
import { usage } from '../../domain/errors.ts';
import type { NumberColumn } from '../../state/columns/column.ts';
import type { Asked } from './asked.ts';
import { closedDay } from './closed-day.ts';
import { money, rate, weightedMoney } from './money-cells.ts';
import { quotaIn, usersWithQuota } from './quotas.ts';
import type { Answer, Cells, Report, ReportColumn, ReportRow } from './report.ts';
import { indexByDay, indexByInstant, SOON } from './span.ts';

export const coverage: Report = {
  name: 'coverage',
  summary: 'open and weighted against what is missing to the quota, by period',
  options: ['by'],
  span: SOON,
  columns,
  chart: () => ({ type: 'bars', figure: 'open', part: 'weighted' }),
  answer,
};

function columns(): ReportColumn[] {
  return [
    { key: 'period', type: 'word' },
    { key: 'currency', type: 'currency' },
    { key: 'open', type: 'money' },
    { key: 'weighted', type: 'money', goes: true },
    { key: 'won', type: 'money', tone: 'good' },
    { key: 'quota', type: 'money' },
    { key: 'missing', type: 'money', tone: 'warning' },
    { key: 'ratio', title: 'coverage', type: 'number' },
  ];
}

function answer(view: View, asked: Asked): Answer {
  const { config, viewer } = view;
  const users = usersWithQuota(config, viewer);
  if (users.length === 0) throw usage('nobody has a quota to cover', 'crm user set USER quota.month=20000');
  const { currency: own } = config;
  if (asked.rates && asked.rates.target !== own)
    throw usage(`quotas are in ${own}`, `--currency ${own}, or without --currency`);
  const { periods, from, to } = asked.span;
  const close = view.state.table('deal').column('expectedClose') as NumberColumn;
  const closed = view.state.table('deal').column('closedAt') as NumberColumn;
  const byDay = indexByDay(periods);
  const byInstant = indexByInstant(periods, view.clock);
  const first = from < asked.today ? asked.today : from;
  const isInOwn = asked.rates ? '' : ` currency:${own}`;
  const open = new Tallies(
    first > to ? [] : asked.deals(`is:open close:${first}..${to}${isInOwn}`),
    { size: periods.length, of: row => byDay(close.get(row)) },
    asked.amounts(row => close.get(row)),
  );
  const won = new Tallies(
    asked.deals(`is:won closed:${from}..${to}${isInOwn}`),
    { size: periods.length, of: row => byInstant(closed.get(row)) },
    asked.amounts(closedDay(view)),
  );
  const code = Math.max(0, open.currencies.indexOf(own));
  const hasAmounts = open.currencies.length > 0;
  const line = (numbers: readonly number[], quota: bigint | undefined): Cells => {
    const isOpen = sumOf(hasAmounts ? numbers.map(number => open.of(number, code)) : []);
    const isWon = sumOf(hasAmounts ? numbers.map(number => won.of(number, code)) : []);
    const missing = quota === undefined ? undefined : quota > isWon.value ? quota - isWon.value : 0n;
    return {
      currency: own,
      open: money(isOpen.value, own),
      weighted: weightedMoney(isOpen, own),
      won: money(isWon.value, own),
      quota: quota === undefined ? null : money(quota, own),
      missing: missing === undefined ? null : money(missing, own),
      ratio: missing === undefined ? null : rate(isOpen.value, missing),
    };
  };
  const quotas = periods.map(period => {
    const known = users.flatMap(user => quotaIn(config, user, period) ?? []);
    return known.length === 0 ? undefined : known.reduce((sum, quota) => sum + quota, 0n);
  });
  const rows: ReportRow[] = periods.map((period, i) => {
    const start = period.from < asked.today ? asked.today : period.from;
    return {
      cells: { period: period.key, ...line([i], quotas[i]) },
      query:
        dayNumber(start) > dayNumber(period.to)
          ? asked.queryOf(`is:open close:${period.from}..${period.to} close:>=${asked.today}`)
          : asked.queryOf(`is:open close:${start}..${period.to}`, asked.inCurrency(own)),
    };
  });
  const sum = quotas.includes(undefined) ? undefined : quotas.reduce((all, quota) => all! + quota!, 0n);
  const overdue = [...asked.deals(`is:open close.before:${asked.today}${isInOwn}`)].length > 0;
  return {
    rows,
    total: [
      {
        period: null,
        ...line(
          periods.map((_, i) => i),
          sum,
        ),
      },
    ],
    notes: [
      ...(quotas.includes(undefined) ? ['quotas are of whole months: other periods have none'] : []),
      ...(overdue ? ['deals that are overdue are in no period: crm report forecast --deals overdue'] : []),
      ...(asked.rates ? [] : [`only deals in ${own}; --currency ${own} converts the others`]),
      ...asked.notes,
    ],
  };
}
