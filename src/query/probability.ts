/** The probability that a deal is won: its own, otherwise that of its stage; for a closed deal the outcome is known. */
import { pipelineOf, stageOf } from '../domain/config.ts';
import { plainDecimal } from '../domain/decimal.ts';
import { fromMinorUnits } from '../domain/money.ts';
import { type Factor, factorOf, fractionOf, multiplied, times } from '../domain/rounding.ts';
import { findField } from '../kinds/fields.ts';
import type { CodeColumn, NumberColumn } from '../state/columns/column.ts';
import { valuesInMinorUnits } from '../state/exact-sum.ts';
import type { State } from '../state/state.ts';

/**
 * Returns the percent of each deal: 100 for a won deal, 0 for a lost one, NaN if neither the deal nor its stage has a
 * probability.
 */
export function probabilityOf(state: State): (row: number) => number {
  const deals = state.table('deal');
  const own = ownProbability(state);
  const ofStage = stageProbabilities(state);
  const status = deals.column('status') as CodeColumn;
  const outcomeOf = (word: string | undefined) => (word === 'won' ? 100 : word === 'lost' ? 0 : Number.NaN);
  const known = Float64Array.from(status.words, outcomeOf);
  return row => {
    const code = status.get(row);
    // A word may enter the dictionary after this was made.
    const closed = known[code] ?? outcomeOf(status.words[code]);
    if (!Number.isNaN(closed)) return closed;
    const percent = own?.get(row) ?? Number.NaN;
    return Number.isNaN(percent) ? ofStage(row) : percent;
  };
}

/** Returns the deals' own probabilities; undefined if a custom field has that name. */
export function ownProbability(state: State): NumberColumn | undefined {
  const field = findField(state.config, 'deal', 'probability')!;
  return field.custom ? undefined : (state.table('deal').column(field.path) as NumberColumn);
}

/** Returns the percent of each deal's stage, NaN if the settings have none for it. */
function stageProbabilities(state: State): (row: number) => number {
  const deals = state.table('deal');
  const pipeline = deals.column('pipeline') as CodeColumn;
  const stage = deals.column('stage') as CodeColumn;
  /** By the codes of the pipeline and the stage. */
  const known: number[][] = [];
  return row => {
    const inPipeline = pipeline.get(row);
    const inStage = stage.get(row);
    const ofStages = (known[inPipeline] ??= []);
    return (ofStages[inStage] ??=
      stageOf(pipelineOf(state.config, pipeline.words[inPipeline]!), stage.words[inStage]!)?.probability ??
      Number.NaN);
  };
}

/** Returns a percent as what amounts are multiplied with. */
export const factorOfPercent = (percent: number): Factor =>
  factorOf(times(fractionOf(plainDecimal(percent)), { n: 1n, d: 100n }));

/** Returns the weighted value of each deal, as money rounded half to even; '' if its probability is unknown. */
export function weightedOf(state: State): (row: number) => string {
  const currency = state.table('deal').column('currency') as CodeColumn;
  const percentOf = probabilityOf(state);
  const value = valuesInMinorUnits(state);
  const factors = new Map<number, Factor>();
  return row => {
    const percent = percentOf(row);
    if (Number.isNaN(percent)) return '';
    let factor = factors.get(percent);
    if (!factor) factors.set(percent, (factor = factorOfPercent(percent)));
    return fromMinorUnits(multiplied(value(row), factor), currency.words[currency.get(row)]!);
  };
}
