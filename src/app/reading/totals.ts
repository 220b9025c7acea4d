/**
 * How many deals there are and what they are worth: exact sums per currency, never across, read from columns. The
 * weighted sum counts each open deal at the probability of its stage, a won one in full and a lost one not at all;
 * an open deal in a stage without a probability is left out of it.
 */
import type { CodeColumn, NumberColumn } from '../../domain/columns.ts';
import { type Config, pipelineOf, stageOf } from '../../domain/config.ts';
import { valuesInMinorUnits } from '../../domain/exact-sum.ts';
import { byCodeUnits } from '../../domain/field-types.ts';
import { decimals, fromMinorUnits } from '../../domain/money.ts';
import type { View } from '../view.ts';

export interface Total {
  readonly currency: string;
  readonly count: number;
  /** Money. */
  readonly sum: string;
  /** Money, rounded to the minor unit; null where none of the deals has a probability. */
  readonly weighted: string | null;
}

/** How many deals there are, and what they are worth, in parts that `totalsOf` puts together. */
export type Tally = readonly Alike[];

/** Deals of one status, currency and probability, which are summed before they are weighed: only results are rounded. */
interface Alike {
  readonly status: string;
  readonly currency: string;
  /** In percent. */
  readonly chance: number | undefined;
  readonly count: number;
  /** Minor units. */
  readonly sum: bigint;
}

/** Counts and sums rows of deals, as the view sees them now. */
export function tallying({ state }: View): (rows: ArrayLike<number>) => Tally {
  const deals = state.table('deal');
  const columns = ['status', 'pipeline', 'stage', 'currency'].map(key => deals.column(key) as CodeColumn);
  const [statuses, pipelines, stages, currencies] = columns.map(column => column.all()) as Codes;
  const values = (deals.column('value') as NumberColumn).all();
  // What decides a deal's probability and its currency, as one number of mixed radix; a code may be -1.
  const radixes = columns.map(({ words }) => words.length + 1);
  const [, ofPipelines, ofStages, ofCurrencies] = radixes as [number, number, number, number];
  const size = radixes.reduce((product, radix) => product * radix, 1);
  const scales = Float64Array.from(columns[3]!.words, currency => 10 ** decimals(currency));
  const exact = valuesInMinorUnits(state);
  // Every row of a workspace comes by here, so there is nothing in the loop that V8 would have to look into.
  return rows => {
    const most = Math.min(2 ** 51, Number.MAX_SAFE_INTEGER / rows.length);
    const counts = new Float64Array(size);
    const sums = new Float64Array(size);
    const large = new Map<number, bigint>();
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      const currency = currencies[row]!;
      const byStage =
        ((statuses[row]! + 1) * ofPipelines + pipelines[row]! + 1) * ofStages + stages[row]! + 1;
      const key = byStage * ofCurrencies + currency + 1;
      const units = Math.round(values[row]! * scales[currency]!);
      counts[key]!++;
      if (units < most) sums[key]! += units;
      else large.set(key, (large.get(key) ?? 0n) + BigInt(exact(row)));
    }
    const tally: Alike[] = [];
    for (let key = 0; key < size; key++) {
      if (counts[key] === 0) continue;
      const [status, pipeline, stage, currency] = wordsOf(key, columns) as [string, string, string, string];
      tally.push({
        status,
        currency,
        chance: chanceOf(state.config, status, pipeline, stage),
        count: counts[key]!,
        sum: BigInt(sums[key]!) + (large.get(key) ?? 0n),
      });
    }
    return tally;
  };
}

type Codes = [Int32Array, Int32Array, Int32Array, Int32Array];

/** The words of the codes that a number of mixed radix is made of. */
function wordsOf(key: number, columns: readonly CodeColumn[]): (string | undefined)[] {
  let rest = key;
  return columns
    .toReversed()
    .map(({ words }) => {
      const digit = rest % (words.length + 1);
      rest = (rest - digit) / (words.length + 1);
      return words[digit - 1];
    })
    .reverse();
}

export const countOf = (tally: Tally): number => tally.reduce((sum, { count }) => sum + count, 0);

/** By currency, in order of its code; none where there are no deals. */
export function totalsOf(tally: Tally): Total[] {
  const byCurrency = new Map<string, Alike[]>();
  for (const alike of tally)
    byCurrency.set(alike.currency, [...(byCurrency.get(alike.currency) ?? []), alike]);
  return [...byCurrency]
    .map(([code, all]) => total(code, all))
    .sort((a, b) => byCodeUnits(a.currency, b.currency));
}

function total(currency: string, all: readonly Alike[]): Total {
  const weighed = all.filter(({ chance }) => chance !== undefined);
  const sum = all.reduce((sum, alike) => sum + alike.sum, 0n);
  return {
    currency,
    count: countOf(all),
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
  for (const { chance = 0, sum } of all) parts += sum * BigInt(Math.round(chance * PARTS));
  return (parts + whole / 2n) / whole;
}
