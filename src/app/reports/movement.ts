/** What became of the pipeline in some days: what came in, what went out, and what is open at the end. */
import type { View } from '../core/view.ts';
import { dayNumber } from '../../domain/dates.ts';
import { CrmError, usage } from '../../domain/errors.ts';
import type { Days } from '../../domain/periods.ts';
import { parsePeriod } from '../../domain/typed-dates.ts';
import type { DealHistory } from '../../state/deal-history.ts';
import type { Asked } from './asked.ts';
import { pastDealsIn, instantsOf } from './past-deals.ts';
import { type FlowName, flowNames, type Flows, type FlowsAsked, flowsIn } from './flows.ts';
import { money } from './money-cells.ts';
import type { Answer, Cells, Report, ReportColumn, ReportRow } from './report.ts';
import type { Span } from './span.ts';

const THIS_MONTH: Span = { by: undefined, periods: 'month' };

/** What makes the pipeline larger. */
const incoming: readonly FlowName[] = ['created', 'reopened', 'movedIn', 'pulledIn', 'raised', 'restored'];

export const movement: Report = {
  name: 'movement',
  summary: 'what became of the open deals: created, won, lost, moved, raised, and what is open at the end',
  options: ['per', 'due'],
  span: THIS_MONTH,
  columns,
  chart: () => undefined,
  picture: { type: 'steps', steps: flowNames.map(stepOf) },
  answer: (view, asked) => {
    const due = dueIn(asked);
    const per = perOf(asked);
    return view.past(history => answered(view, asked, history, due, per));
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
/** What a narrow table can go without: the start and the end stay, and what became of most deals. */
const stays: readonly FlowName[] = ['start', 'created', 'won', 'lost', 'end'];

function columns(asked: Asked): ReportColumn[] {
  const isDue = asked.own.due !== undefined;
  const per = perOf(asked);
  return [
    ...(per ? [{ key: per, type: 'word' as const }] : []),
    { key: 'currency', type: 'currency' },
    ...flowNames
      .filter(name => isDue || !ofDue.includes(name))
      .map((name): ReportColumn => {
        const tone = tones[name];
        return {
          key: name,
          type: 'flow',
          ...(tone && { tone }),
          ...(!stays.includes(name) && { goes: true }),
        };
      }),
    ...(isDue ? [{ key: 'slippage', type: 'rate' as const, tone: 'warning' as const }] : []),
  ];
}

const groups = ['owner', 'pipeline', 'stage'] as const;
type Per = (typeof groups)[number];

/** What rows are by: what the past says of deals at any time. */
function perOf({ per }: Asked): Per | undefined {
  if (per === undefined) return undefined;
  const known = groups.find(name => name === per);
  if (!known) throw usage(`--per ${per} does not go with movement`, `it goes per ${groups.join(', ')}`);
  return known;
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

function answered(
  view: View,
  asked: Asked,
  history: DealHistory,
  due: Days | undefined,
  per: Per | undefined,
): Answer {
  const counted = pastDealsIn(view, asked, history);
  const inPipelines = history.words.pipeline.map(word => asked.pipelines.some(({ id }) => id === word));
  const words = per ? history.words[per] : [];
  const width = counted.currencies.length;
  const counts = (row: number) => inPipelines[history.pipeline[row]!]! && counted.includes(row);
  const [first, last] = due ? [dayNumber(due.from), dayNumber(due.to)] : [0, 0];
  const { close } = history;
  const flowsBy = (cells: number, cellOf: FlowsAsked['cellOf']) =>
    flowsIn(history, {
      ...instantsOf(asked),
      cells,
      cellOf: row => (counts(row) ? cellOf(row) : -1),
      unitsOf: counted.units,
      ...(due && { isDue: (row: number) => close[row]! >= first && close[row]! <= last }),
    });
  const whole = flowsBy(width, counted.currency);
  const cellsOf = (flows: Flows, currency: string): Cells => ({
    currency,
    ...Object.fromEntries(
      flowNames
        .filter(name => due || !ofDue.includes(name))
        .map(name => [name, { deals: flows[name].deals, value: money(flows[name].units, currency) }]),
    ),
    ...(due && { slippage: flows.start.deals === 0 ? null : flows.slipped / flows.start.deals }),
  });
  const met = counted.currencies.flatMap((currency, code) =>
    isMet(whole[code]!) ? [{ currency, code }] : [],
  );
  met.sort((a, b) => (a.currency < b.currency ? -1 : 1));
  const total = met.map(({ currency, code }) => cellsOf(whole[code]!, currency));
  const rows: ReportRow[] = [];
  if (per) {
    const column = history[per];
    const parts = flowsBy(
      (words.length + 1) * width,
      row => (column[row]! + 1) * width + counted.currency(row),
    );
    const names = [...words.keys()].sort((a, b) => (words[a]! < words[b]! ? -1 : 1));
    for (const word of [...names, -1])
      for (const { currency, code } of met) {
        const flows = parts[(word + 1) * width + code]!;
        if (isMet(flows))
          rows.push({ cells: { [per]: words[word] ?? null, ...cellsOf(flows, currency) }, query: null });
      }
  } else rows.push(...total.map(cells => ({ cells, query: null })));
  return {
    rows,
    total: per ? total.map(cells => ({ [per]: null, ...cells })) : [],
    notes: asked.notes,
    ...(rows.length === 0 && { nothing: 'there were no open deals' }),
  };
}

const isMet = (flows: Flows): boolean => flowNames.some(name => flows[name].deals > 0);
