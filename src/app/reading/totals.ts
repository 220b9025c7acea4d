/**
 * How many deals there are and what they are worth: exact sums per currency, never across, read from columns. The
 * weighted sum counts each open deal at the probability of its stage, a won one in full and a lost one not at all;
 * an open deal in a stage without a probability is left out of it.
 */
import type { CodeColumn } from '../../domain/columns.ts';
import { type Config, pipelineOf, stageOf } from '../../domain/config.ts';
import { ExactSum, valuesInMinorUnits } from '../../domain/exact-sum.ts';
import { byCodeUnits } from '../../domain/field-types.ts';
import { fromMinorUnits } from '../../domain/money.ts';
import type { View } from '../view.ts';

export interface Total {
  readonly currency: string;
  readonly count: number;
  /** Money. */
  readonly sum: string;
  /** Money, rounded to the minor unit; null where none of the deals has a probability. */
  readonly weighted: string | null;
}

/** Counts and sums deals row by row. */
export interface Tally {
  readonly count: number;
  add(row: number): void;
  alike(): Alike[];
}

/** Deals of one currency and one probability, which are summed before they are weighed: only results are rounded. */
interface Alike {
  readonly currency: string;
  /** In percent. */
  readonly chance: number | undefined;
  count: number;
  readonly sum: ExactSum;
}

/** Makes tallies of what the view sees now. */
export function tallies(view: View): () => Tally {
  const deals = view.state.table('deal');
  const code = (key: string) => deals.column(key) as CodeColumn;
  const [status, pipeline, stage, currency] = [
    code('status'),
    code('pipeline'),
    code('stage'),
    code('currency'),
  ];
  const units = valuesInMinorUnits(view.state);
  const [statuses, pipelines, stages, currencies] = [
    status.all(),
    pipeline.all(),
    stage.all(),
    currency.all(),
  ];
  // What decides a deal's probability and its currency, as one number of mixed radix; a code may be -1.
  const radix = ({ words }: CodeColumn) => words.length + 1;
  const [ofPipelines, ofStages, ofCurrencies] = [radix(pipeline), radix(stage), radix(currency)];
  const keyOf = (row: number) =>
    (((statuses[row]! + 1) * ofPipelines + pipelines[row]! + 1) * ofStages + stages[row]! + 1) *
      ofCurrencies +
    currencies[row]! +
    1;
  const alikeTo = (row: number): Alike => ({
    currency: currency.words[currencies[row]!]!,
    chance: chanceOf(
      view.state.config,
      status.words[statuses[row]!]!,
      pipeline.words[pipelines[row]!]!,
      stage.words[stages[row]!]!,
    ),
    count: 0,
    sum: new ExactSum(),
  });
  return () => {
    const sums: Alike[] = [];
    let count = 0;
    return {
      get count() {
        return count;
      },
      add(row) {
        const alike = (sums[keyOf(row)] ??= alikeTo(row));
        alike.count++;
        alike.sum.add(units(row));
        count++;
      },
      alike: () => Object.values(sums),
    };
  };
}

/** What is in some tallies of one view, by currency in order of its code; none where nothing was added. */
export function totalsOf(tallies: readonly Tally[]): Total[] {
  const byCurrency = new Map<string, Alike[]>();
  for (const alike of tallies.flatMap(tally => tally.alike()))
    byCurrency.set(alike.currency, [...(byCurrency.get(alike.currency) ?? []), alike]);
  return [...byCurrency]
    .map(([code, all]) => total(code, all))
    .sort((a, b) => byCodeUnits(a.currency, b.currency));
}

function total(currency: string, all: readonly Alike[]): Total {
  const weighed = all.filter(({ chance }) => chance !== undefined);
  const sum = all.reduce((sum, alike) => sum + alike.sum.total, 0n);
  return {
    currency,
    count: all.reduce((count, alike) => count + alike.count, 0),
    sum: fromMinorUnits(sum, currency),
    weighted: weighed.length === 0 ? null : fromMinorUnits(weigh(weighed), currency),
  };
}

/** How probable a deal is, in percent; undefined where its stage does not say. */
function chanceOf(config: Config, status: string, pipeline: string, stage: string): number | undefined {
  if (status !== 'open') return status === 'won' ? 100 : 0;
  return stageOf(pipelineOf(config, pipeline), stage)?.probability;
}

/** Percents may have decimals, of which so many parts of one count. */
const PARTS = 1000;

/** Minor units at their chances in percent, rounded half up. */
function weigh(all: readonly Alike[]): bigint {
  const whole = BigInt(100 * PARTS);
  let parts = 0n;
  for (const { chance = 0, sum } of all) parts += sum.total * BigInt(Math.round(chance * PARTS));
  return (parts + whole / 2n) / whole;
}
