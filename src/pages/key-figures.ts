/** The few figures that a manager looks at first, taken from the reports of the page and from nothing else. */
import type { Answered } from '../app/reports/index.ts';
import type { Cells } from '../app/reports/report.ts';
import { figureText } from '../app/reports/shown.ts';
import { plural } from '../ui/words.ts';
import { element, type Markup } from './markup.ts';

interface KeyFigure {
  readonly title: string;
  readonly value: string;
  readonly unit?: string;
  readonly below: string;
  readonly tone?: 'good' | 'bad' | 'warning';
}

/** Returns the figures of one currency; a figure that none of the reports knows is left out. */
export function keyFiguresOf(
  page: readonly Answered[],
  currency: string,
  today: string,
): readonly KeyFigure[] {
  const report = (name: string) => page.find(each => each.report.name === name);
  const forecast = (period: string) =>
    report('forecast')?.answer.rows.find(
      ({ cells }) => cells.period === period && cells.currency === currency,
    )?.cells;
  const total = (name: string) => report(name)?.answer.total.find(cells => cells.currency === currency);
  const movement = report('movement')?.answer.rows.find(({ cells }) => cells.currency === currency)?.cells;
  return [
    ...thisMonth(forecast(today.slice(0, 7)), currency),
    ...open(total('pipeline'), currency),
    ...week(movement, currency),
    ...winRate(total('owners')),
    ...overdue(forecast('overdue'), total('pipeline'), currency),
  ];
}

/** An amount in whole units: the cents stand in the tables. */
const money = (value: Cells[string] | undefined): string =>
  value === null || value === undefined ? '' : figureText('money', Number(value).toFixed(0));
const count = (value: Cells[string] | undefined): number => Number(value ?? 0);

function thisMonth(cells: Cells | undefined, unit: string): KeyFigure[] {
  if (!cells) return [];
  const expected = cells.weighted === null ? 'not weighted' : `${money(cells.weighted)} weighted`;
  return [
    {
      title: 'Won this month',
      value: money(cells.wonValue),
      unit,
      below: plural(count(cells.wonDeals), 'deal'),
      tone: 'good',
    },
    {
      title: 'Due this month',
      value: money(cells.value),
      unit,
      below: `${plural(count(cells.deals), 'open deal')}, ${expected}`,
    },
  ];
}

function open(cells: Cells | undefined, unit: string): KeyFigure[] {
  if (!cells) return [];
  const weighted = cells.weighted === null ? '' : `, ${money(cells.weighted)} weighted`;
  return [
    {
      title: 'Open pipeline',
      value: money(cells.value),
      unit,
      below: `${plural(count(cells.deals), 'deal')}${weighted}`,
    },
  ];
}

interface Flow {
  readonly deals: number;
  readonly value: string;
}

function week(cells: Cells | undefined, unit: string): KeyFigure[] {
  if (!cells) return [];
  const flow = (key: string) => cells[key] as unknown as Flow;
  const [created, won, lost] = [flow('created'), flow('won'), flow('lost')];
  return [
    {
      title: 'Won in 7 days',
      value: money(won.value),
      unit,
      below: `${plural(won.deals, 'deal')}; ${created.deals} new, ${lost.deals} lost`,
      tone: 'good',
    },
  ];
}

function winRate(cells: Cells | undefined): KeyFigure[] {
  if (!cells || cells.winRate === null) return [];
  const attainment =
    typeof cells.attainment === 'number' ? `, ${figureText('rate', cells.attainment)} of the quota` : '';
  return [
    {
      title: 'Win rate this quarter',
      value: figureText('rate', cells.winRate),
      below: `${count(cells.won)} won, ${count(cells.lost)} lost${attainment}`,
    },
  ];
}

function overdue(cells: Cells | undefined, pipeline: Cells | undefined, unit: string): KeyFigure[] {
  const rotting = count(pipeline?.rotting);
  if (!cells && rotting === 0) return [];
  return [
    {
      title: 'Past their close date',
      value: cells ? money(cells.value) : '0',
      unit,
      below: `${plural(count(cells?.deals), 'deal')}${rotting > 0 ? `, ${rotting} rotting` : ''}`,
      tone: 'warning',
    },
  ];
}

/** Returns key figures as a list of terms and what they are. */
export const keyFigureList = (figures: readonly KeyFigure[]): Markup =>
  element(
    'dl',
    { class: 'key-figures' },
    figures.map(({ title, value, unit, below, tone }) =>
      element(
        'div',
        { class: tone === undefined ? 'card' : `card edge-${tone}` },
        element('dt', {}, title),
        element(
          'dd',
          { class: 'figure' },
          value,
          unit === undefined ? undefined : [' ', element('span', { class: 'unit' }, unit)],
        ),
        element('dd', { class: 'below' }, below),
      ),
    ),
  );
