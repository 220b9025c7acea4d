/** Open deals by the period of their expected close, next to what was already won in it. */
import type { View } from '../core/view.ts';
import { appendDigits, keysByWords, keysOfRows, type RowKeys } from '../reading/rows.ts';
import { sumOf, Tallies, type Tally, type TallyKeys, WHOLE } from '../reading/tally.ts';
import { forecastCategories, pipelineOf, stageOf } from '../../domain/config.ts';
import { dayNumber } from '../../domain/dates.ts';
import { byCodeUnits } from '../../kinds/field-types.ts';
import type { CodeColumn, NumberColumn } from '../../state/columns/column.ts';
import { BLOCK, type Block } from '../../state/table.ts';
import type { Asked } from './asked.ts';
import { closedDay } from './closed-day.ts';
import type { Currency } from './grouped.ts';
import type { Grouping } from './grouping.ts';
import { money, weightedMoney } from './money-cells.ts';
import type { Answer, Cells, Report, ReportColumn, ReportRow } from './report.ts';
import { indexByDay, keysByInstant } from './period-keys.ts';
import { AHEAD } from './span.ts';

export const forecast: Report = {
  name: 'forecast',
  summary: 'open deals by expected close, weighted, next to what was won',
  question: 'What closes when, and how much of it may be expected?',
  definition: `Open deals by the period of their expected close, next to what was already won in it. Weighted is the value times the probability: the deal's own, else its stage's; deals with neither count in the value and in "no probability" only. What should have closed before today is overdue and not in its period. Commit is won plus open deals in stages with forecast: commit; best case adds those of best-case; pipeline is all open but omitted.`,
  examples: [
    'report forecast --by quarter --per owner',
    'report forecast --deals overdue --fields id,title,value,owner',
  ],
  options: ['by', 'per', 'learned'],
  span: AHEAD,
  columns: asked => columns(asked),
  chart: () => ({ type: 'bars', figure: 'value', part: 'weighted' }),
  picture: {
    type: 'columns',
    stack: [
      { key: 'wonValue', look: 'good', title: 'won' },
      { key: 'weighted', look: 'deep', title: 'open, weighted' },
      { key: 'value', less: 'weighted', look: 'plain', title: 'open, the rest of its value' },
    ],
  },
  answer,
};

function columns(asked: Asked): ReportColumn[] {
  return [
    { key: 'period', type: 'word' },
    ...asked.perKeys().map(key => ({ key, type: 'word' as const })),
    { key: 'currency', type: 'currency' },
    { key: 'deals', type: 'count' },
    { key: 'value', type: 'money' },
    { key: 'weighted', type: 'money' },
    { key: 'noProbability', type: 'count', tone: 'warning', goes: true },
    { key: 'commit', type: 'money', goes: true },
    { key: 'bestCase', type: 'money', goes: true },
    { key: 'pipeline', title: 'pipeline', type: 'money', goes: true },
    { key: 'wonDeals', title: 'won', type: 'count', goes: true },
    { key: 'wonValue', type: 'money', tone: 'good', goes: 'last' },
  ];
}

/** A row of periods: its name, the term that finds its open deals, and its place among the periods. */
interface Slot {
  readonly key: string;
  readonly query: string;
  /** Whether it is shown with no deals in it too. */
  readonly always: boolean;
}

/** The periods with what lies outside of them, in the order in which they are shown. */
function slotsOf({ span: { periods, to }, today }: Asked): readonly Slot[] {
  return [
    { key: 'overdue', query: `close.before:${today}`, always: false },
    // What is overdue is not in its period.
    ...periods.map(({ key, from, to: last }) => {
      const first = from < today ? today : from;
      return {
        key,
        query: first > last ? `close:${from}..${last} close:>=${today}` : `close:${first}..${last}`,
        always: true,
      };
    }),
    { key: 'later', query: `close.after:${to}`, always: false },
    { key: 'undated', query: 'no:close', always: false },
  ];
}

function answer(view: View, asked: Asked): Answer {
  const slots = slotsOf(asked);
  const open = asked.deals('is:open');
  const won = asked.deals(`is:won closed:${asked.span.from}..${asked.span.to}`);
  const grouping = asked.grouping(concatenated(open, won));
  const figures = figuresOf(view, asked, slots.length, { open, won, grouping });
  // A deal that is in several groups counts once in the total.
  const whole = grouping?.several ? figuresOf(view, asked, slots.length, { open, won }) : figures;
  const met = figures.open.currencies
    .map((currency, code) => ({ currency, code }))
    .filter(({ code }) => whole.isMet(code))
    .sort((a, b) => byCodeUnits(a.currency, b.currency));
  const rows = rowsOf(asked, slots, figures, grouping, met);
  const total = met.map(({ currency, code }) => ({
    period: null,
    ...grouping?.none,
    ...whole.total(currency, code),
  }));
  return {
    rows,
    total,
    notes: [...notesOf(rows, total), ...unweighted(view, asked, total), ...asked.notes],
    ...(met.length === 0 && { nothing: 'there are no open deals, and none was won in this time' }),
  };
}

interface Chosen {
  readonly open: Iterable<Block>;
  readonly won: Iterable<Block>;
  readonly grouping?: Grouping | undefined;
}

function figuresOf(view: View, asked: Asked, slots: number, { open, won, grouping }: Chosen): Figures {
  const groups = grouping?.size ?? 1;
  const place = placeOf(view, asked, slots);
  const close = view.state.table('deal').column('expectedClose') as NumberColumn;
  return new Figures(
    new Tallies(
      open,
      keysOf(grouping, place.open, categories(view)),
      asked.amounts(row => Math.max(asked.todayNumber, close.get(row) || 0)),
    ),
    new Tallies(won, keysOf(grouping, place.won, WHOLE), asked.values(closedDay(view))),
    { slots, groups, hasCategories: hasCategories(asked) },
  );
}

/** Keys of a slot, a group and a last digit. */
function keysOf(grouping: Grouping | undefined, slots: RowKeys, last: RowKeys): TallyKeys {
  const groups = grouping ?? WHOLE;
  const { several } = groups;
  const key = (slot: number, group: number, row: number) =>
    slot < 0 ? -1 : (slot * groups.size + group) * last.size + last.of(row);
  const digits = new Int32Array(BLOCK);
  return {
    size: slots.size * groups.size * last.size,
    of: row => key(slots.of(row), groups.of(row), row),
    fill: (keys, rows) => {
      keysOfRows(slots, keys, rows);
      appendDigits(keys, groups.size, keysOfRows(groups, digits, rows));
      appendDigits(keys, last.size, keysOfRows(last, digits, rows));
    },
    ...(several && {
      several: (row: number) => {
        const slot = slots.of(row);
        return slot < 0 ? [] : Array.from(several(row), group => key(slot, group, row));
      },
    }),
  };
}

const CATEGORIES = forecastCategories.length;

function* concatenated<T>(...all: readonly Iterable<T>[]): Iterable<T> {
  for (const each of all) yield* each;
}

/** The slot of an open deal, and of a won one; below 0 for an open deal that closes before the periods begin. */
function placeOf(view: View, asked: Asked, slots: number): { readonly open: RowKeys; readonly won: RowKeys } {
  const { periods } = asked.span;
  const close = view.state.table('deal').column('expectedClose') as NumberColumn;
  const closed = view.state.table('deal').column('closedAt') as NumberColumn;
  const byDay = slotByDay(asked, slots);
  const byInstant = keysByInstant(periods, closed, view.clock);
  const days = close.all();
  return {
    open: {
      size: slots,
      of: row => byDay(days[row]!),
      fill: (keys, rows) => {
        for (let i = 0; i < rows.length; i++) keys[i] = byDay(days[rows[i]!]!);
      },
    },
    won: {
      size: slots,
      of: row => byInstant.of(row) + 1,
      fill: (keys, rows) => {
        keysOfRows(byInstant, keys, rows);
        for (let i = 0; i < keys.length; i++) keys[i]!++;
      },
    },
  };
}

/** Returns the slot of an open deal by the number of the day on which it is expected to close. */
function slotByDay({ span: { periods, to }, todayNumber }: Asked, slots: number): (day: number) => number {
  const byDay = indexByDay(periods);
  const last = dayNumber(to);
  return day => {
    if (Number.isNaN(day)) return slots - 1;
    if (day < todayNumber) return 0;
    if (day > last) return slots - 2;
    const at = byDay(day);
    return at < 0 ? -1 : at + 1;
  };
}

/** The forecast category of each deal's stage, by its number. */
function categories(view: View): RowKeys {
  const deals = view.state.table('deal');
  const columns = [deals.column('pipeline') as CodeColumn, deals.column('stage') as CodeColumn];
  return {
    size: CATEGORIES,
    ...keysByWords(columns, ([pipeline, stage]) =>
      forecastCategories.indexOf(
        stageOf(pipelineOf(view.state.config, pipeline!), stage!)?.forecast ?? 'pipeline',
      ),
    ),
  };
}

/** Whether any stage has a forecast category: otherwise the report has no categories. */
const hasCategories = ({ pipelines }: Asked): boolean =>
  pipelines.some(({ stages }) => stages.some(stage => stage.forecast !== undefined));

interface Shape {
  readonly slots: number;
  readonly groups: number;
  readonly hasCategories: boolean;
}

/** The figures of open and won deals by slot and group. */
class Figures {
  readonly open: Tallies;
  readonly #won: Tallies;
  readonly #shape: Shape;

  constructor(open: Tallies, won: Tallies, shape: Shape) {
    this.open = open;
    this.#won = won;
    this.#shape = shape;
  }

  /** Whether there are deals in a currency, in a slot or in any, of a group or of any. */
  isMet(currency: number, slot?: number, group?: number): boolean {
    const { slots, groups } = this.#shape;
    if (slot === undefined) return range(slots).some(each => this.isMet(currency, each));
    if (group === undefined) return range(groups).some(each => this.isMet(currency, slot, each));
    const key = slot * groups + group;
    return (
      this.#won.count(key, currency) > 0 ||
      range(CATEGORIES).some(category => this.open.count(key * CATEGORIES + category, currency) > 0)
    );
  }

  at(slot: number, group: number, currency: string, code: number): Cells {
    const key = slot * this.#shape.groups + group;
    const open = range(CATEGORIES).map(category => this.open.of(key * CATEGORIES + category, code));
    return this.#cells(open, this.#won.of(key, code), currency);
  }

  total(currency: string, code: number): Cells {
    const keys = range(this.#shape.slots * this.#shape.groups);
    const open = range(CATEGORIES).map(category =>
      sumOf(keys.map(key => this.open.of(key * CATEGORIES + category, code))),
    );
    return this.#cells(open, sumOf(keys.map(key => this.#won.of(key, code))), currency);
  }

  #cells(open: readonly Tally[], won: Tally, currency: string): Cells {
    const all = sumOf(open);
    const [commit, bestCase, pipeline] = open as [Tally, Tally, Tally, Tally];
    const sure = won.value + commit.value;
    const category = (units: bigint) => (this.#shape.hasCategories ? money(units, currency) : null);
    return {
      currency,
      deals: all.deals,
      value: money(all.value, currency),
      weighted: weightedMoney(all, currency),
      noProbability: all.noProbability,
      commit: category(sure),
      bestCase: category(sure + bestCase.value),
      pipeline: category(commit.value + bestCase.value + pipeline.value),
      wonDeals: won.deals,
      wonValue: money(won.value, currency),
    };
  }
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** A row for each slot, group and currency: periods also where there is nothing in them, unless there are groups. */
function rowsOf(
  asked: Asked,
  slots: readonly Slot[],
  figures: Figures,
  grouping: Grouping | undefined,
  met: readonly Currency[],
): ReportRow[] {
  const numbers = grouping?.order ?? [0];
  return slots.flatMap(({ key, query, always }, slot) =>
    numbers.flatMap(number => {
      const shown = met.filter(({ code }) => (always && !grouping) || figures.isMet(code, slot, number));
      if (shown.length === 0) return [];
      const group = grouping?.group(number);
      return shown.map(({ currency, code }) => ({
        cells: {
          period: key,
          ...group?.cells,
          ...figures.at(slot, number, currency, code),
        },
        ...(group && { labels: group.labels }),
        query: asked.queryOf('is:open', query, group ? group.query : '', asked.inCurrency(currency)),
      }));
    }),
  );
}

function notesOf(rows: readonly ReportRow[], total: readonly Cells[]): string[] {
  const deals = (all: readonly Cells[]) => all.reduce((sum, cells) => sum + (cells.deals as number), 0);
  const undated = deals(rows.map(({ cells }) => cells).filter(({ period }) => period === 'undated'));
  return undated > 0 && undated === deals(total)
    ? ['no open deal has an expected close: crm deal set ID close=DAY']
    : [];
}

/** If no open deal has a probability: says in which stages they are, and how a stage gets one. */
function unweighted({ config }: View, asked: Asked, total: readonly Cells[]): string[] {
  if (total.length === 0 || total.some(({ noProbability, deals }) => noProbability !== deals)) return [];
  const places = config.pipelines
    .flatMap(({ id: pipeline, stages }) => stages.map(stage => ({ pipeline, stage })))
    .filter(({ stage }) => stage.probability === undefined)
    .filter(({ pipeline, stage }) =>
      hasRows(asked.deals(`is:open pipeline:=${pipeline} stage:=${stage.id}`)),
    );
  const [first] = places;
  if (!first) return [];
  const names = [...new Set(places.map(({ stage }) => stage.name))].join(', ');
  return [
    `nothing is weighted: no open deal has a probability (${names}); crm stage set ${first.stage.id} probability=50 --pipeline ${first.pipeline}`,
  ];
}

/** Memory of a block is used again for the next one, so that it is looked at as it comes. */
function hasRows(blocks: Iterable<Block>): boolean {
  for (const { among } of blocks) if (among.includes(1)) return true;
  return false;
}
