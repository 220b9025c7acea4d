/** The probabilities of deals as codes of a few factors, for loops over all of them. */
import { pipelineOf, stageOf } from '../../domain/config.ts';
import type { Factor } from '../../domain/rounding.ts';
import { factorOfPercent, ownProbability } from '../../query/probability.ts';
import type { CodeColumn } from '../../state/columns/column.ts';
import type { State } from '../../state/state.ts';
import { keysByWords } from './rows.ts';

export interface Chances {
  /** From 0 to 1, by code. */
  readonly factors: readonly Factor[];
  /** The code of a deal, by its row; -1 where it is not known how probable it is. */
  of(row: number): number;
  fill(codes: Int32Array, rows: Int32Array): void;
}

/** The percent of an open deal in a stage, or a factor where no percent is exact; undefined where it is not known. */
export type StageChance = (pipeline: string, stage: string) => number | Factor | undefined;

/** Returns the probability of each deal: its own, otherwise that of its stage; a closed deal has 1 or 0. */
export function chancesIn(state: State, ofStage: StageChance = givenIn(state)): Chances {
  const deals = state.table('deal');
  const [status, pipeline, stage] = ['status', 'pipeline', 'stage'].map(
    key => deals.column(key) as CodeColumn,
  ) as [CodeColumn, CodeColumn, CodeColumn];
  const factors: Factor[] = [];
  const codes = new Map<number, number>();
  const codeOf = (percent: number | Factor | undefined): number => {
    if (percent === undefined) return -1;
    if (typeof percent === 'object') return factors.push(percent) - 1;
    let code = codes.get(percent);
    if (code === undefined) {
      codes.set(percent, (code = factors.length));
      factors.push(factorOfPercent(percent));
    }
    return code;
  };
  const byWords = keysByWords([status, pipeline, stage], ([is, of, at]) =>
    codeOf(is !== 'open' ? (is === 'won' ? 100 : 0) : ofStage(of!, at!)),
  );
  const ofDeals = ownProbability(state);
  const own = ofDeals?.isEmpty === false ? ofDeals.all() : undefined;
  if (!own || !hasNumber(own)) return { factors, of: byWords.of, fill: byWords.fill! };
  const [statuses, open] = [status.all(), status.words.indexOf('open')];
  const hasOwn = (row: number) => statuses[row] === open && !Number.isNaN(own[row]!);
  return {
    factors,
    of: row => (hasOwn(row) ? codeOf(own[row]!) : byWords.of(row)),
    fill: (into, rows) => {
      byWords.fill!(into, rows);
      for (let i = 0; i < rows.length; i++) if (hasOwn(rows[i]!)) into[i] = codeOf(own[rows[i]!]!);
    },
  };
}

function hasNumber(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i]!)) return true;
  return false;
}

const givenIn =
  ({ config }: State): StageChance =>
  (pipeline, stage) =>
    stageOf(pipelineOf(config, pipeline), stage)?.probability;
