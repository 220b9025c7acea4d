/**
 * The changes of the pipeline in some days: deals that came in, deals that went out, and deals that are open at the
 * end.
 */
import type { View } from '../core/view.ts';
import { dayNumber } from '../../domain/dates.ts';
import { CrmError, usage } from '../../domain/errors.ts';
import type { Days } from '../../domain/periods.ts';
import { parsePeriod } from '../../domain/typed-dates.ts';
import type { DealHistory } from '../../state/deal-history.ts';
import type { Asked } from './asked.ts';
import { dealRows, instantsOf, type PastDeals, pastDealsIn, recentPast } from './past-deals.ts';
import { all, dividedBy, pastGrouping } from './past-groups.ts';
import { type FlowName, flowNames, type Flows, flowsIn } from './flows.ts';
import { money } from './money-cells.ts';
import type { Answer, Cells, Report, ReportColumn, ReportRow } from './report.ts';
import type { Span } from './span.ts';

const THIS_MONTH: Span = { by: undefined, periods: 'month' };

/** The flows that make the pipeline larger. */
const incoming: readonly FlowName[] = ['created', 'reopened', 'movedIn', 'pulledIn', 'raised', 'restored'];

export const movement: Report = {
  name: 'movement',
  summary: 'what became of the open deals: created, won, lost, moved, raised, and what is open at the end',
  question: 'What changed in the pipeline since then?',
  definition:
    'Open at the start + created + reopened + moved in + value raised + restored - won - lost - moved out - value lowered - removed = open at the end, to the cent. With --due PERIOD the same of the deals due in that period: also pulled in and pushed out by a changed expected close, and slippage, the share of those due at the start whose close left the period.',
  examples: [
    'report movement --from last-week --per owner',
    'report movement --due 2026Q4 --from 2026-10-01',
  ],
  options: ['per', 'due'],
  span: THIS_MONTH,
  columns,
  chart: () => undefined,
  picture: { type: 'steps', steps: flowNames.map(stepOf) },
  answer: (view, asked) => {
    const due = dueIn(asked);
    return view.past(history => answered(view, asked, recentPast(history, asked), due));
  },
};

/** A flow as a page draws it: up or down from where the one before ended. */
function stepOf(key: FlowName) {
  if (key === 'start' || key === 'end') return { key, sign: 0, look: 'deep' } as const;
  if (incoming.includes(key)) return { key, sign: 1, look: 'plain' } as const;
  return { key, sign: -1, look: key === 'won' ? 'good' : key === 'lost' ? 'bad' : 'faint' } as const;
}

/** Flows that only deals due in a period have. */
const ofDue: readonly FlowName[] = ['pulledIn', 'pushedOut'];
const tones: { readonly [name in FlowName]?: ReportColumn['tone'] } = { won: 'good', lost: 'bad' };
/** The flows that a narrow table can leave out: the start, the end and the largest flows stay. */
const stays: readonly FlowName[] = ['start', 'created', 'won', 'lost', 'end'];

function columns(asked: Asked): ReportColumn[] {
  const isDue = asked.own.due !== undefined;
  return [
    ...asked.perKeys().map(key => ({ key, type: 'word' as const })),
    { key: 'currency', type: 'currency' },
    ...flowNames
      .filter(name => isDue || !ofDue.includes(name))
      .map((name): ReportColumn => {
        const tone = tones[name];
        return {
          key: name,
          type: 'flow',
          ...(tone && { tone }),
          ...(name !== 'start' && name !== 'end' && { goes: stays.includes(name) ? 'last' : true }),
        };
      }),
    ...(isDue ? [{ key: 'slippage', type: 'rate' as const, tone: 'warning' as const }] : []),
  ];
}

/** The days in which deals are due that --due asks for. */
function dueIn({ own, view }: Asked): Days | undefined {
  if (typeof own.due !== 'string') return undefined;
  try {
    return parsePeriod(own.due, view.clock);
  } catch (error) {
    if (error instanceof CrmError) throw usage(`--due: ${error.message}`, error.hint);
    throw error;
  }
}

function answered(view: View, asked: Asked, history: DealHistory, due: Days | undefined): Answer {
  const counted = pastDealsIn(view, asked, history);
  const grouping = pastGrouping(view, asked, history);
  const cellsOf = cellsBy(due);
  const whole = flowsBy(asked, history, due, counted);
  const total = counted.currencies
    .flatMap((currency, code) => (isMet(whole[code]!) ? [cellsOf(whole[code]!, currency)] : []))
    .sort((a, b) => (String(a.currency) < String(b.currency) ? -1 : 1));
  const { parts, compare, groupAt } = dividedBy(counted, grouping ?? all);
  const rows = parts
    .flatMap(part =>
      (part === counted ? whole : flowsBy(asked, history, due, part)).flatMap((flows, position) =>
        isMet(flows) ? [{ flows, position, part }] : [],
      ),
    )
    .sort((a, b) => compare(a.position, b.position))
    .map(({ flows, position, part }): ReportRow => {
      const { cells, labels } = groupAt(position);
      return {
        cells: { ...cells, ...cellsOf(flows, part.currencies[position]!) },
        labels,
        query: null,
        deals: () =>
          dealRows(view, history, met =>
            flowsBy(asked, history, due, part, (cell, row) => cell === position && met(row)),
          ),
      };
    });
  return {
    rows,
    total: grouping ? total.map(cells => ({ ...grouping.none, ...cells })) : [],
    notes: asked.notes,
    ...(rows.length === 0 && { nothing: 'there were no open deals' }),
  };
}

/** The flows of what counts, by the position of its currency. */
function flowsBy(
  asked: Asked,
  history: DealHistory,
  due: Days | undefined,
  counted: PastDeals,
  met?: (cell: number, row: number) => unknown,
): readonly Flows[] {
  const inPipelines = history.words.pipeline.map(word => asked.pipelines.some(({ id }) => id === word));
  const counts = (row: number) => inPipelines[history.pipeline[row]!]! && counted.includes(row);
  const [first, last] = due ? [dayNumber(due.from), dayNumber(due.to)] : [0, 0];
  const { close } = history;
  return flowsIn(history, {
    ...instantsOf(asked),
    cells: counted.currencies.length,
    cellOf: row => (counts(row) ? counted.currency(row) : -1),
    unitsOf: counted.units,
    ...(met && { met }),
    ...(due && { isDue: (row: number) => close[row]! >= first && close[row]! <= last }),
  });
}

const cellsBy =
  (due: Days | undefined) =>
  (flows: Flows, currency: string): Cells => ({
    currency,
    ...Object.fromEntries(
      flowNames
        .filter(name => due || !ofDue.includes(name))
        .map(name => [name, { deals: flows[name].deals, value: money(flows[name].units, currency) }]),
    ),
    ...(due && { slippage: flows.start.deals === 0 ? null : flows.slipped / flows.start.deals }),
  });

const isMet = (flows: Flows): boolean => flowNames.some(name => flows[name].deals > 0);
