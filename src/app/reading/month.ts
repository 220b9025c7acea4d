/**
 * The figures of this month: won deals, open deals that are due, and the quota, as in `crm report forecast` and
 * `coverage`.
 */
import { dayNumber } from '../../domain/dates.ts';
import { fromMinorUnits } from '../../domain/money.ts';
import { periodWith } from '../../domain/periods.ts';
import { byCodeUnits } from '../../kinds/field-types.ts';
import { compileText } from '../../query/compile.ts';
import type { View } from '../core/view.ts';
import { ownAmounts } from './amounts.ts';
import { chancesIn } from './chances.ts';
import type { Standing } from './standing.ts';
import { NOTHING, Tallies, type Tally, WHOLE } from './tally.ts';

/** The figures of a month in one currency: money as decimal strings. */
export interface MonthFigures {
  /** Open deals that are due from today to the end of the month. */
  readonly deals: number;
  readonly value: string;
  /** Null if the probability of none of them is known. */
  readonly weighted: string | null;
  readonly wonDeals: number;
  readonly wonValue: string;
  /** Of all users whose quota the viewer may know; null without one. */
  readonly quota: string | null;
}

export interface Month {
  /** `2026-09`. */
  readonly period: string;
  readonly currencies: { readonly [currency: string]: MonthFigures };
}

/** Returns the figures of the month that today is in, by currency: only currencies with deals or a quota. */
export async function thisMonth(view: View, known?: Standing): Promise<Month> {
  const { clock, config } = view;
  const today = clock.zone.day(clock.now);
  const month = periodWith(today, 'month');
  const open =
    known?.openBetween(dayNumber(today), dayNumber(month.to)) ??
    tallies(view, `is:open close:${today}..${month.to}`);
  const won =
    known?.wonBetween(dayNumber(month.from), dayNumber(month.to)) ??
    tallies(view, `is:won closed:${month.from}..${month.to}`);
  const quota = await quotaOf(view, month);
  const currencies = new Set([...open.keys(), ...won.keys()]);
  if (quota !== undefined) currencies.add(config.currency);
  const figures = [...currencies].flatMap((currency): [string, MonthFigures][] => {
    const [coming, gained] = [open.get(currency) ?? NOTHING, won.get(currency) ?? NOTHING];
    const ofCurrency = currency === config.currency ? quota : undefined;
    if (coming.deals + gained.deals === 0 && ofCurrency === undefined) return [];
    const { deals, noProbability, value, weighted } = coming;
    const isUnknown = deals > 0 && noProbability === deals;
    return [
      [
        currency,
        {
          deals,
          value: fromMinorUnits(value, currency),
          weighted: isUnknown ? null : fromMinorUnits(weighted, currency),
          wonDeals: gained.deals,
          wonValue: fromMinorUnits(gained.value, currency),
          quota: ofCurrency === undefined ? null : fromMinorUnits(ofCurrency, currency),
        },
      ],
    ];
  });
  return {
    period: month.key,
    currencies: Object.fromEntries(figures.sort(([a], [b]) => byCodeUnits(a, b))),
  };
}

/** Returns the deals that a query finds, by currency. */
function tallies(view: View, query: string): ReadonlyMap<string, Tally> {
  const found = new Tallies(
    view.blocks(compileText(query, 'deal', view.state.config)),
    WHOLE,
    ownAmounts(view.state, chancesIn(view.state)),
  );
  return new Map(found.currencies.map((currency, code) => [currency, found.of(0, code)]));
}

/** Most workspaces have no quotas, and load nothing for them. */
async function quotaOf(view: View, month: { readonly from: string; readonly to: string }) {
  const { config, viewer } = view;
  if (!Object.values(config.users).some(({ quota }) => quota !== undefined)) return undefined;
  const { quotaIn, usersWithQuota } = await import('./quotas.ts');
  const known = usersWithQuota(config, viewer).flatMap(user => quotaIn(config, user, month) ?? []);
  return known.length === 0 ? undefined : known.reduce((sum, each) => sum + each, 0n);
}
