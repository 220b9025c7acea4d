/** Explains the probability of a deal: its own, that of its stage, and the rate of the stage's decided deals. */
import { definitionOf } from '../../kinds/define.ts';
import type { View } from '../core/view.ts';
import { pipelineOf, stageOf } from '../../domain/config.ts';
import { usage } from '../../domain/errors.ts';
import type { Deal } from '../../domain/records.ts';
import { ENOUGH, learnedOf } from './learned.ts';
import { learnedInAll } from './learned-chances.ts';

/** Rates go from 0 to 1; null for unknown. */
export interface ProbabilityExplained {
  readonly record: string;
  readonly title: string;
  readonly pipeline: string;
  readonly stage: string;
  readonly status: Deal['status'];
  /** The probability that counts, and its source; for a closed deal the outcome is known. */
  readonly probability: number | null;
  readonly from: 'status' | 'deal' | 'stage' | null;
  readonly own: number | null;
  readonly given: number | null;
  /** The rate of decided deals that were ever in the stage. */
  readonly learned: {
    readonly won: number;
    readonly n: number;
    readonly rate: number | null;
    readonly low: number | null;
    readonly high: number | null;
    /** Whether there are enough of them for `--learned` to use them. */
    readonly isEnough: boolean;
  };
}

/** Explains it of a deal, by its id or a natural key. USAGE for what is not a deal. */
export async function explainProbability(view: View, key: string): Promise<ProbabilityExplained> {
  const id = view.find(view.kinds.names, key);
  if (!definitionOf(view.kinds, view.kinds.kindOf(id)).inPipelines)
    throw usage(`${id} is not a deal; only deals are won`, 'crm explain D12 probability');
  const { title, pipeline, stage, status, ...deal } = view.record(id) as Deal;
  const all = await learnedInAll(view);
  const { won, n, rate, low, high } = all.get(`${pipeline}/${stage}`) ?? learnedOf(0, 0);
  const own = typeof deal.probability === 'number' ? deal.probability / 100 : null;
  const percent = stageOf(pipelineOf(view.state.config, pipeline), stage)?.probability;
  const given = percent === undefined ? null : percent / 100;
  const known = status === 'open' ? null : status === 'won' ? 1 : 0;
  return {
    record: id,
    title,
    pipeline,
    stage,
    status,
    probability: known ?? own ?? given,
    from: known !== null ? 'status' : own !== null ? 'deal' : given !== null ? 'stage' : null,
    own,
    given,
    learned: { won, n, rate: rate ?? null, low: low ?? null, high: high ?? null, isEnough: n >= ENOUGH },
  };
}
