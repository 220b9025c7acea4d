/** How fast deals are won: win rates, sales cycles, and how long deals stay in each stage. */
import type { View } from '../core/view.ts';
import { DAY } from '../../domain/dates.ts';
import type { DealHistory } from '../../state/deal-history.ts';
import { visitsIn } from '../../state/visits.ts';
import type { Asked } from './asked.ts';
import { instantsOf, type PastDeals, pastDealsIn, recentPast } from './past-deals.ts';
import { dividedBy, groupedAsThen, pastGrouping } from './past-groups.ts';
import { type Cycles, cyclesIn, staysIn } from './cycles.ts';
import { money } from './money-cells.ts';
import type { Answer, Cells, Report, ReportColumn, ReportRow } from './report.ts';
import { inDays, Samples } from './samples.ts';
import { THIS_QUARTER } from './span.ts';

export const velocity: Report = {
  name: 'velocity',
  summary: 'won and lost, win rate, average value, sales cycle, what is won per day, days in each stage',
  question: 'How fast do we win, and how much a day?',
  definition:
    'Won and lost of what was decided in these days, the win rate (won of won and lost) by number and by value, the average won value, and the sales cycle from creation to won in days. Per day is open deals x win rate x average won value / median cycle. Below: days in each stage, of deals that left it in these days.',
  examples: ['report velocity --from 2026-01-01 --per owner'],
  options: ['per'],
  span: THIS_QUARTER,
  columns: asked => [...asked.perKeys(['pipeline']).map(key => ({ key, type: 'word' as const })), ...columns],
  chart: () => undefined,
  picture: {
    type: 'ranges',
    low: 'cycleDays25',
    middle: {
      key: 'medianCycleDays',
      look: 'deep',
      title: 'half of the sales cycles, in days, and their median',
    },
    high: 'cycleDays75',
    mark: { key: 'cycleDays90', look: 'warning', title: '90 % are shorter' },
  },
  answer: (view, asked) => view.past(history => answered(view, asked, recentPast(history, asked))),
};

const columns: readonly ReportColumn[] = [
  { key: 'currency', type: 'currency' },
  { key: 'open', type: 'count', goes: true },
  { key: 'won', type: 'count', tone: 'good' },
  { key: 'lost', type: 'count', tone: 'bad' },
  { key: 'winRate', title: 'win rate', type: 'rate' },
  { key: 'winRateValue', title: 'by value', type: 'rate', goes: true },
  { key: 'averageValue', title: 'average', type: 'money', goes: 'last' },
  { key: 'medianCycleDays', title: 'median days', type: 'number', goes: 'last' },
  { key: 'cycleDays25', title: '25 %', type: 'number', goes: true },
  { key: 'cycleDays75', title: '75 %', type: 'number', goes: true },
  { key: 'cycleDays90', title: '90 %', type: 'number', goes: true },
  { key: 'n', type: 'count', goes: true },
  { key: 'perDay', title: 'per day', type: 'money' },
];

function answered(view: View, asked: Asked, history: DealHistory): Answer {
  const counted = pastDealsIn(view, asked, history);
  const placeOf = history.words.pipeline.map(word => asked.pipelines.findIndex(({ id }) => id === word));
  const placeIn = (row: number) => {
    const place = placeOf[history.pipeline[row]!]!;
    return place < 0 || !counted.includes(row) ? -1 : place;
  };
  const grouping = pastGrouping(view, asked, history) ?? groupedAsThen(view, 'pipeline', history);
  const { parts, compare, groupAt } = dividedBy(counted, grouping);
  const { from, to } = asked.span;
  const decided = `is:won,lost closed:${from}..${to}`;
  const cyclesBy = (part: PastDeals) =>
    cyclesIn(history, {
      ...instantsOf(asked),
      until: view.clock.now,
      keyOf: row => (placeIn(row) < 0 || !part.includes(row) ? -1 : part.currency(row)),
      unitsOf: counted.units,
    });
  const found = parts
    .flatMap(part => [...cyclesBy(part)].map(([position, each]) => ({ part, position, each })))
    .filter(({ each }) => each.won + each.lost > 0)
    .sort((a, b) => compare(a.position, b.position));
  const rows = found.map(({ part, position, each }): ReportRow => {
    const currency = part.currencies[position]!;
    const { cells, labels, query } = groupAt(position);
    return {
      cells: { ...cells, currency, ...cellsOf(each, currency) },
      labels,
      // Only the last row of each deal counts, which is the deal as it is now.
      query: asked.queryOf(decided, query, asked.inCurrency(currency)),
    };
  });
  // A deal may be in several parts, and counts once here.
  const once =
    parts.length === 1 ? found.map(({ each }) => each) : cyclesBy({ ...counted, currency: () => 0 }).values();
  const unknown = [...once].reduce((sum, each) => sum + each.unknown, 0);
  return {
    rows,
    total: [],
    notes: [
      ...(rows.length > 0 ? stayNotes(view, asked, history, counted, placeIn) : []),
      ...(unknown > 0
        ? [`without ${unknown} won ${unknown === 1 ? 'deal' : 'deals'} whose creation time is unknown`]
        : []),
      ...asked.notes,
    ],
    ...(rows.length === 0 && { nothing: 'no deal was won or lost in these days' }),
  };
}

function cellsOf(each: Cycles, currency: string): Cells {
  const { open, won, lost, times } = each;
  const [wonUnits, lostUnits] = [each.wonUnits.total, each.lostUnits.total];
  const samples = Samples.of(times);
  const days = (share: number) => inDays(samples.quantile(0, share));
  const median = samples.quantile(0, 0.5);
  const winRate = won / (won + lost);
  const decided = wonUnits + lostUnits;
  const average = won === 0 ? undefined : halfToEven(wonUnits, BigInt(won));
  const perDay =
    average === undefined || !median
      ? undefined
      : (open * winRate * (Number(wonUnits) / won)) / (median / DAY);
  return {
    open,
    won,
    lost,
    winRate,
    winRateValue: decided === 0n ? null : Number(wonUnits) / Number(decided),
    averageValue: average === undefined ? null : money(average, currency),
    medianCycleDays: days(0.5),
    cycleDays25: days(0.25),
    cycleDays75: days(0.75),
    cycleDays90: days(0.9),
    n: times.length,
    perDay: perDay === undefined ? null : money(BigInt(Math.round(perDay)), currency),
  };
}

function halfToEven(units: bigint, by: bigint): bigint {
  const [whole, rest] = [units / by, (units % by) * 2n];
  return rest > by || (rest === by && whole % 2n === 1n) ? whole + 1n : whole;
}

/** A sentence for each stage that deals left in these days. */
function stayNotes(
  view: View,
  asked: Asked,
  history: DealHistory,
  { currencies }: PastDeals,
  placeIn: (row: number) => number,
): string[] {
  const until = view.clock.now;
  const width = history.words.stage.length;
  if (currencies.length === 0) return [];
  const stays = staysIn(history, visitsIn(history, until), {
    ...instantsOf(asked),
    until,
    keyOf: row => (placeIn(row) < 0 ? -1 : placeIn(row) * width + history.stage[row]!),
  });
  return asked.pipelines.flatMap((pipeline, place) =>
    pipeline.stages.flatMap(({ id, name }) => {
      const times = stays.get(place * width + history.words.stage.indexOf(id));
      if (!times) return [];
      const samples = Samples.of(times);
      const [median, most] = [inDays(samples.quantile(0, 0.5)), inDays(samples.quantile(0, 0.75))];
      return `in ${name}: median ${median} days, 75 % within ${most}, n = ${times.length}`;
    }),
  );
}
