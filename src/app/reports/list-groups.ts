/** Counts and sums any list of deals by period and group, for `crm deal list --by`, `--per` and `--sum`. */
import type { View } from '../core/view.ts';
import { dayFromNumber, dayNumber } from '../../domain/dates.ts';
import type { Config } from '../../domain/config.ts';
import { usage } from '../../domain/errors.ts';
import { suggestion } from '../../domain/nearest.ts';
import { fieldsOf, findField } from '../../kinds/fields.ts';
import type { CodeColumn, NumberColumn } from '../../state/columns/column.ts';
import type { Block } from '../../state/table.ts';
import { ownAmounts } from '../reading/amounts.ts';
import { type Tally, WHOLE } from '../reading/tally.ts';
import { Asked } from './asked.ts';
import { Grouped, type Part } from './grouped.ts';
import { combined, type Grouping } from './grouping.ts';
import { money, weightedMoney } from './money-cells.ts';
import type { Cells, ReportRow } from './report.ts';
import { indexByDay } from './period-keys.ts';
import { periodsIn, THIS_QUARTER, unitNamed } from './span.ts';

export interface ListGroups {
  readonly by?: string | undefined;
  readonly per?: string | undefined;
  /** The fields to sum: value, weighted, or custom ones with money. */
  readonly sums: readonly string[];
}

export interface GroupedList {
  readonly keys: readonly string[];
  readonly rows: readonly ReportRow[];
  readonly total: readonly Cells[];
}

/** Counts and sums the deals of a query by group and currency. USAGE for an unknown period, group or field. */
export function groupedList(
  view: View,
  query: readonly string[],
  { by, per, sums }: ListGroups,
): GroupedList {
  const asked = new Asked(view, THIS_QUARTER, { query, per });
  const fields = sums.map(name => summed(view.config, name));
  const deals = asked.deals('()');
  const inGroups = asked.grouping(deals);
  const inPeriods = by === undefined ? undefined : byClosing(view, by, deals);
  const grouping =
    inPeriods && inGroups ? combined(inPeriods, inGroups) : (inPeriods ?? inGroups ?? everything);
  const grouped = new Grouped(deals, grouping, asked.amounts());
  const keys = Object.keys(grouping.none);
  const others = fields.map(({ path }) =>
    path === undefined
      ? undefined
      : new Grouped(deals, grouping, ownAmounts(view.state, undefined, 'deal', path)),
  );
  const figures = (
    { currency, tally }: Pick<Part, 'currency' | 'tally'>,
    tallies: readonly (Tally | undefined)[],
  ): Cells => ({
    currency,
    deals: tally.deals,
    ...Object.fromEntries(
      fields.map(({ name }, i) => [
        name,
        name === 'weighted' && !tallies[i]
          ? weightedMoney(tally, currency)
          : money((tallies[i] ?? tally).value, currency),
      ]),
    ),
  });
  const otherParts = others.map(each => each && [...each.parts()]);
  const otherTotals = others.map(each => each && [...each.totals()]);
  return {
    keys: [...keys, 'currency', 'deals', ...fields.map(({ name }) => name)],
    rows: Array.from(grouped.parts(), (part, i) => ({
      cells: {
        ...part.group.cells,
        ...figures(
          part,
          otherParts.map(all => all?.[i]?.tally),
        ),
      },
      labels: part.group.labels,
      query: asked.queryOf(part.group.query, asked.inCurrency(part.currency)),
    })),
    total: Array.from(grouped.totals(), (part, i) => ({
      ...grouping.none,
      ...figures(
        part,
        otherTotals.map(all => all?.[i]?.tally),
      ),
    })),
  };
}

/** A field to sum; the path of one that is not the value itself, or weighted. USAGE for what is not money. */
function summed(config: Config, asked: string): { readonly name: string; readonly path?: string } {
  const field = findField(config, 'deal', asked);
  if (asked === 'weighted' && !field?.custom) return { name: asked };
  if (field?.type === 'money')
    return field.custom ? { name: field.name, path: field.path } : { name: field.name };
  const known = fieldsOf(config, 'deal')
    .filter(({ type }) => type === 'money')
    .map(({ name }) => name);
  throw usage(
    `--sum: ${JSON.stringify(asked)} is not an amount of deals`,
    suggestion(asked, [...new Set([...known, 'weighted'])], 'what can be summed'),
  );
}

/** All deals as one group. */
const everything: Grouping = {
  none: {},
  ...WHOLE,
  group: () => ({ cells: {}, labels: {}, query: '' }),
  order: [0],
};

/** Deals by the period in which they close: are expected to, or were won or lost. */
function byClosing(view: View, by: string, deals: Iterable<Block>): Grouping {
  const unit = unitNamed(by);
  const dayOf = closingDay(view);
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { among, from } of deals)
    for (let i = 0; i < among.length; i++) {
      const day = among[i] === 1 ? dayOf(from + i) : Number.NaN;
      if (day < first) first = day;
      if (day > last) last = day;
    }
  const days = first <= last ? { from: dayFromNumber(first), to: dayFromNumber(last) } : undefined;
  const periods = days ? periodsIn(days, unit, view.clock) : [];
  const index = periods.length > 0 ? indexByDay(periods) : () => -1;
  return {
    none: { period: null },
    size: periods.length + 1,
    of: row => {
      const at = index(dayOf(row));
      return at < 0 ? periods.length : at;
    },
    group: number => {
      const period = periods[number];
      if (!period)
        return { cells: { period: null }, labels: { period: 'undated' }, query: 'is:open no:close' };
      const { key, from, to } = period;
      return {
        cells: { period: key },
        labels: {},
        query: `((is:open close:${from}..${to}) or (is:won,lost closed:${from}..${to}))`,
      };
    },
    order: Array.from({ length: periods.length + 1 }, (_, i) => i),
  };
}

/** The day, by its number, on which a deal was closed, or is expected to close; NaN for neither. */
function closingDay({ state, clock }: View): (row: number) => number {
  const deals = state.table('deal');
  const close = deals.column('expectedClose') as NumberColumn;
  const closed = deals.column('closedAt') as NumberColumn;
  const status = deals.column('status') as CodeColumn;
  const open = status.words.indexOf('open');
  return row => (status.get(row) === open ? close.get(row) : dayNumber(clock.zone.day(closed.get(row))));
}
