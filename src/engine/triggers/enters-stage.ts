import { kindOf } from '../../domain/changes.ts';
import { type ChangeTrigger, fits, valueChange } from './trigger.ts';

export const entersStage: ChangeTrigger = {
  name: 'enters-stage',
  summary: 'a deal is created in the stage, or moved to it',
  type: 'change',
  of: 'deal',
  params: {
    pipeline: { type: 'pipeline', description: 'the pipeline of the stage' },
    stage: { type: 'stage', description: 'the stage', required: true },
  },
  example: 'enters-stage: { stage: to-contact }',
  sees(change, { stage, pipeline }) {
    if ('add' in change)
      return kindOf(change) === 'deal' &&
        change.add.stage === stage &&
        fits(pipeline, change.add.pipeline)
        ? change.add.id
        : undefined;
    const moved = valueChange(change, 'deal', 'stage');
    return moved && 'set' in change && moved[1] === stage ? change.id : undefined;
  },
  holds: (deal, { pipeline }) => fits(pipeline, deal.pipeline),
};
