/** `--learned`: the probability of a deal is the rate of its stage's decided deals, if there are enough of these. */
import { pipelineOf, stageOf } from '../../domain/config.ts';
import { factorOf } from '../../domain/rounding.ts';
import type { View } from '../core/view.ts';
import { type Chances, chancesIn } from '../reading/chances.ts';
import { Asked } from './asked.ts';
import { ENOUGH, type Learned } from './learned.ts';
import { learnedBy } from './probability.ts';
import { THIS_QUARTER } from './span.ts';

export interface LearnedChances {
  readonly chances: Chances;
  /** Returns a note for each requested stage: what was learned, or that it is not enough yet. */
  readonly note: string;
}

/** Returns what is learned of each stage from all visible deals, by `pipeline/stage`. */
export function learnedInAll(view: View): Promise<ReadonlyMap<string, Learned>> {
  const all = new Asked(view, THIS_QUARTER, { query: [] });
  return view.past(history => learnedBy(view, all, history));
}

/** Returns how probable each deal is: a deal's own probability wins, and the stage's counts where too little is learned. */
export async function learnedChances(view: View, { pipelines }: Asked): Promise<LearnedChances> {
  const learned = await learnedInAll(view);
  const said = pipelines.flatMap(({ id, stages }) =>
    stages.map(stage => {
      const { n, rate } = learned.get(`${id}/${stage.id}`) ?? { n: 0 };
      return `${id}/${stage.id} ${n < ENOUGH ? `not yet (n = ${n})` : `${Math.round(rate! * 1000) / 10} %`}`;
    }),
  );
  return { chances: chancesBy(view, learned), note: `learned: ${said.join(', ')}` };
}

const chancesBy = ({ state }: View, learned: ReadonlyMap<string, Learned>): Chances =>
  chancesIn(state, (pipeline, stage) => {
    const { won, n } = learned.get(`${pipeline}/${stage}`) ?? { won: 0, n: 0 };
    if (n >= ENOUGH) return factorOf({ n: BigInt(won), d: BigInt(n) });
    return stageOf(pipelineOf(state.config, pipeline), stage)?.probability;
  });
