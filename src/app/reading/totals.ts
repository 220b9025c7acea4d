/**
 * How many deals there are and what they are worth: exact sums per currency, never across, read from columns. The
 * weighted sum counts each open deal at the probability of its stage, a won one in full and a lost one not at all;
 * an open deal in a stage without a probability is left out of it.
 */
import { codesOf, countKeys, keyed, type Keys, keysOf, rename } from './keys.ts';
import { type Config, pipelineOf, stageOf } from '../../domain/config.ts';
import { decimals, fromMinorUnits } from '../../domain/money.ts';
import { byCodeUnits } from '../../kinds/field-types.ts';
import type { CodeColumn, Codes, NumberColumn } from '../../state/columns/column.ts';
import { valuesInMinorUnits } from '../../state/exact-sum.ts';
import type { State } from '../../state/state.ts';
import type { Block } from '../../state/table.ts';

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

/** Counts and sums deals, for each code of a column by itself: those of none come first, before those of code 0. */
export function tallyBy(state: State, by: CodeColumn, blocks: Iterable<Block>): Tally[] {
  const deals = state.table('deal');
  const currency = deals.column('currency') as CodeColumn;
  const weights = weightsOf(state);
  const others = keysOf(currency, by);
  const keys: Keys = {
    size: weights.all.length * others.size,
    append: (keys, from) => {
      weights.append(keys, from);
      others.append(keys, from);
    },
  };
  const counts = new Int32Array(keys.size + 1);
  const sums = new Float64Array(keys.size + 1);
  const large = new Map<number, bigint>();
  const value = deals.column('value') as NumberColumn;
  const scales = Float64Array.from(currency.words, word => 10 ** decimals(word));
  const most = Math.min(2 ** 51, Number.MAX_SAFE_INTEGER / deals.rows);
  const exact = valuesInMinorUnits(state);
  for (const { keys: its, from } of keyed(blocks, keys)) {
    countKeys(its, counts);
    addUp(its, value.all(), currency.all(), scales, from, most, sums, i => {
      if (its[i] === keys.size) return;
      large.set(its[i]!, (large.get(its[i]!) ?? 0n) + BigInt(exact(from + i)));
    });
  }
  const tallies: Alike[][] = Array.from({ length: by.words.length + 1 }, () => []);
  for (let key = 0; key < keys.size; key++) {
    if (counts[key] === 0) continue;
    const other = key % others.size;
    const [ofCurrency, ofGroup] = codesOf(other, currency, by) as [number, number];
    tallies[ofGroup + 1]!.push({
      ...weights.all[(key - other) / others.size]!,
      currency: currency.words[ofCurrency]!,
      count: counts[key]!,
      sum: BigInt(sums[key]!) + (large.get(key) ?? 0n),
    });
  }
  return tallies;
}

/** Adds values in minor units; `isLarge` is told which are not below `most`. */
function addUp(
  keys: Int32Array,
  values: Float64Array,
  currencies: Codes,
  scales: Float64Array,
  from: number,
  most: number,
  sums: Float64Array,
  isLarge: (i: number) => void,
): void {
  for (let i = 0; i < keys.length; i++) {
    const units = Math.round(values[from + i]! * scales[currencies[from + i]!]!);
    if (units < most) sums[keys[i]!]! += units;
    else isLarge(i);
  }
}

/** What decides how much of a deal's value counts. */
type Weight = Pick<Alike, 'status' | 'chance'>;

/** The weights that deals may have, of which there are few, as keys. */
function weightsOf(state: State): Pick<Keys, 'append'> & { readonly all: readonly Weight[] } {
  const deals = state.table('deal');
  const columns = ['status', 'pipeline', 'stage'].map(key => deals.column(key) as CodeColumn);
  const [statuses, pipelines, stages] = columns.map(({ words }) => [undefined, ...words]) as string[][];
  const all: Weight[] = [];
  const placeOf = (status: string, chance: number | undefined): number => {
    let i = 0;
    while (i < all.length && (all[i]!.status !== status || all[i]!.chance !== chance)) i++;
    if (i === all.length) all.push({ status, chance });
    return i;
  };
  const byStage = keysOf(...columns);
  const weightOf = new Int32Array(byStage.size);
  let key = 0;
  for (const status of statuses!)
    for (const pipeline of pipelines!)
      for (const stage of stages!)
        weightOf[key++] = placeOf(status, chanceOf(state.config, status, pipeline, stage));
  return {
    all,
    append: (keys, from) => {
      byStage.append(keys, from);
      rename(keys, weightOf);
    },
  };
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
