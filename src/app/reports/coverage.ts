/** Compares open deals with what is missing to the quota, by period. */
import type { View } from '../core/view.ts';
import { sumOf, Tallies } from '../reading/tally.ts';
import { usage } from '../../domain/errors.ts';
import type { Days } from '../../domain/periods.ts';
import type { NumberColumn } from '../../state/columns/column.ts';
import type { Asked } from './asked.ts';
import { closedDay } from './closed-day.ts';
import { money, rate, weightedMoney } from './money-cells.ts';
import { quotaIn, usersWithQuota } from '../reading/quotas.ts';
import type { Answer, Cells, Report, ReportColumn, ReportRow } from './report.ts';
import { keysByDay, keysByInstant } from './period-keys.ts';
import { SOON } from './span.ts';

export const coverage: Report = {
  name: 'coverage',
  summary: 'open and weighted compared with what the quota still lacks, by period',
  question: 'Is there enough in the pipeline for the quota?',
  definition:
    "For each period: open and weighted deals that are due in it, what was won, the quota of all users, what it still lacks, and open as a multiple of that. In the workspace's currency; quotas are for whole months.",
  examples: ['report coverage --by quarter'],
  options: ['by'],
  span: SOON,
  columns,
  chart: () => ({ type: 'bars', figure: 'open', part: 'weighted' }),
  picture: {
    type: 'columns',
    stack: [
      { key: 'won', look: 'good' },
      { key: 'weighted', look: 'deep', title: 'open, weighted' },
      { key: 'open', less: 'weighted', look: 'plain', title: 'open, the rest of its value' },
    ],
    line: { key: 'quota', look: 'faint' },
  },
  answer,
};

function columns(): ReportColumn[] {
  return [
    { key: 'period', type: 'word' },
    { key: 'currency', type: 'currency' },
    { key: 'open', type: 'money' },
    { key: 'weighted', type: 'money', goes: true },
    { key: 'won', type: 'money', tone: 'good', goes: 'last' },
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
  const { periods } = asked.span;
  const figures = figuresOf(view, asked);
  const quotas = periods.map(period => {
    const known = users.flatMap(user => quotaIn(config, user, period) ?? []);
    return known.length === 0 ? undefined : known.reduce((sum, quota) => sum + quota, 0n);
  });
  const rows: ReportRow[] = periods.map((period, i) => ({
    cells: { period: period.key, ...figures([i], quotas[i]) },
    query: asked.queryOf(dueIn(period, asked), asked.inCurrency(own)),
  }));
  const isUnknown = quotas.includes(undefined);
  const sum = isUnknown ? undefined : quotas.reduce((all, quota) => all! + quota!, 0n);
  const overdue = [...asked.deals(`is:open close.before:${asked.today}`)].length > 0;
  return {
    rows,
    total: [{ period: null, ...figures([...periods.keys()], sum) }],
    notes: [
      ...(isUnknown ? ['quotas are of whole months: other periods have none'] : []),
      ...(overdue ? ['overdue deals do not belong to a period: crm report forecast --deals overdue'] : []),
      ...(asked.rates ? [] : [`only deals in ${own}; --currency ${own} converts the others`]),
      ...asked.notes,
    ],
  };
}

/** The term that finds the open deals that are due in a period, without those that are overdue. */
function dueIn({ from, to }: Days, { today }: Asked): string {
  if (to < today) return `is:open close:${from}..${to} close:>=${today}`;
  return `is:open close:${from < today ? today : from}..${to}`;
}

/** Returns the figures of some periods, by their places, against a quota in minor units. */
function figuresOf(
  view: View,
  asked: Asked,
): (places: readonly number[], quota: bigint | undefined) => Cells {
  const { currency: own } = view.config;
  const { periods, from, to } = asked.span;
  const close = view.state.table('deal').column('expectedClose') as NumberColumn;
  const closed = view.state.table('deal').column('closedAt') as NumberColumn;
  const isInOwn = asked.rates ? '' : ` currency:${own}`;
  const openDeals = new Tallies(
    asked.deals(`${dueIn({ from, to }, asked)}${isInOwn}`),
    keysByDay(periods, close),
    asked.amounts(row => close.get(row)),
  );
  const wonDeals = new Tallies(
    asked.deals(`is:won closed:${from}..${to}${isInOwn}`),
    keysByInstant(periods, closed, view.clock),
    asked.values(closedDay(view)),
  );
  const code = openDeals.currencies.indexOf(own);
  const at = (tallies: Tallies, places: readonly number[]) =>
    sumOf(code < 0 ? [] : places.map(place => tallies.of(place, code)));
  return (places, quota) => {
    const [open, won] = [at(openDeals, places), at(wonDeals, places)];
    const missing = quota === undefined ? undefined : quota > won.value ? quota - won.value : 0n;
    return {
      currency: own,
      open: money(open.value, own),
      weighted: weightedMoney(open, own),
      won: money(won.value, own),
      quota: quota === undefined ? null : money(quota, own),
      missing: missing === undefined ? null : money(missing, own),
      ratio: missing === undefined ? null : rate(open.value, missing),
    };
  };
}
