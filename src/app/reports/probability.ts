/** The probability that a deal of each stage is won: by the settings, and by the stage's own history. */
import type { View } from '../core/view.ts';
import type { DealHistory } from '../../state/deal-history.ts';
import { visitsIn } from '../../state/visits.ts';
import type { Asked } from './asked.ts';
import { dealRows, pastDealsIn } from './past-deals.ts';
import { ENOUGH, type Learned, type LearnedAsked, learnedIn, learnedOf } from './learned.ts';
import type { Answer, Report, ReportColumn, ReportRow } from './report.ts';
import { THIS_QUARTER } from './span.ts';

export const probability: Report = {
  name: 'probability',
  summary: 'how probable it is to win a deal of each stage: given, and learned from decided deals',
  question: 'How likely is a deal of each stage to be won?',
  definition:
    "The stage's own probability, and what decided deals say: the share that was won of those that were ever in the stage, with the 95 % Wilson interval, once there are 30 decided deals. crm explain D12 probability says it of one deal; --learned makes forecast and pipeline go by it.",
  examples: ['report probability', 'explain D12 probability'],
  options: [],
  isNow: true,
  span: THIS_QUARTER,
  columns: () => columns,
  chart: () => undefined,
  picture: {
    type: 'ranges',
    low: 'low',
    middle: { key: 'learned', look: 'deep' },
    high: 'high',
    mark: { key: 'given', look: 'warning' },
  },
  answer: (view, asked) => view.past(history => answered(view, asked, history)),
};

const columns: readonly ReportColumn[] = [
  { key: 'pipeline', type: 'word' },
  { key: 'stage', type: 'word' },
  { key: 'given', type: 'rate' },
  { key: 'learned', type: 'rate' },
  { key: 'low', type: 'rate', goes: true },
  { key: 'high', type: 'rate', goes: true },
  { key: 'n', type: 'count' },
];

/** Returns the figures of each stage, by `pipeline/stage`, from the deals that count; `met` is called with each deal's row. */
export function learnedBy(
  view: View,
  asked: Asked,
  history: DealHistory,
  met?: LearnedAsked['met'],
): Map<string, Learned> {
  const until = view.clock.now;
  const { includes } = pastDealsIn(view, asked, history);
  return learnedIn(history, visitsIn(history, until), { until, includes, ...(met && { met }) });
}

function answered(view: View, asked: Asked, history: DealHistory): Answer {
  const learned = learnedBy(view, asked, history);
  const rows: ReportRow[] = [];
  const outside: string[] = [];
  for (const pipeline of asked.pipelines)
    for (const stage of pipeline.stages) {
      const name = `${pipeline.id}/${stage.id}`;
      const said = learned.get(name) ?? learnedOf(0, 0);
      const given = stage.probability === undefined ? null : stage.probability / 100;
      const isEnough = said.n >= ENOUGH;
      if (isEnough && given !== null && (given < said.low! || given > said.high!))
        outside.push(
          `${pipeline.id}/${stage.id}: the given ${percent(given)} lies outside of ${percent(said.low!)} to ${percent(said.high!)}; crm stage set ${stage.id} probability=${Math.round(said.rate! * 100)} --pipeline ${pipeline.id}`,
        );
      rows.push({
        cells: {
          pipeline: pipeline.id,
          stage: stage.id,
          given,
          learned: isEnough ? said.rate! : null,
          low: isEnough ? said.low! : null,
          high: isEnough ? said.high! : null,
          n: said.n,
        },
        labels: {
          pipeline: pipeline.name,
          stage: stage.name,
          ...(!isEnough && { learned: `not yet (n = ${said.n})` }),
        },
        query: null,
        deals: () =>
          dealRows(view, history, met =>
            learnedBy(view, asked, history, (place, row) => place === name && met(row)),
          ),
      });
    }
  return {
    rows,
    total: [],
    notes: [
      `learned once there are ${ENOUGH} decided deals, with the 95 % Wilson interval`,
      ...outside,
      ...asked.notes,
    ],
    ...(rows.length === 0 && { nothing: 'there are no stages' }),
  };
}

const percent = (rate: number): string => `${Math.round(rate * 1000) / 10} %`;
