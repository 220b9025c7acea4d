import { idOf } from '../../domain/changes.ts';
import { fieldsSet, isAsked } from '../effect.ts';
import { added, type ChangeTrigger, fits, valueChange } from './trigger.ts';

export const entersStage: ChangeTrigger = {
  name: 'enters-stage',
  summary: 'a deal is created in the stage, or moved to it',
  type: 'change',
  of: 'deal',
  short: 'stage',
  params: {
    pipeline: { type: 'pipeline', description: 'the pipeline of the stage' },
    stage: { type: 'stage', description: 'the stage', required: true },
  },
  causedBy(effect, { stage }) {
    const entered = fieldsSet(effect, 'deal')?.stage;
    return entered !== undefined && isAsked(stage, entered);
  },
  example: 'enters-stage: { stage: to-contact }',
  sees(change, { stage }) {
    const entered = added(change, 'deal')?.stage ?? valueChange(change, 'deal', 'stage')?.[1];
    const moved = valueChange(change, 'deal', 'pipeline') !== undefined;
    return entered === stage || (entered === undefined && moved) ? idOf(change) : undefined;
  },
  // A stage of another pipeline is another stage, even if both have the same id; the change then does not name the
  // stage.
  holds: (deal, { pipeline, stage }, change) =>
    fits(pipeline, deal.pipeline) &&
    (added(change, 'deal') !== undefined ||
      valueChange(change, 'deal', 'stage') !== undefined ||
      deal.stage === stage),
};
