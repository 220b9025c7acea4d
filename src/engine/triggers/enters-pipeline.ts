import { kindOf } from '../../domain/changes.ts';
import { type ChangeTrigger, fits, valueChange } from './trigger.ts';

export const entersPipeline: ChangeTrigger = {
  name: 'enters-pipeline',
  summary: 'a deal is created in the pipeline, or moved in from another one',
  type: 'change',
  of: 'deal',
  params: { pipeline: { type: 'pipeline', description: 'the pipeline; left out: any' } },
  example: 'enters-pipeline: { pipeline: sales }',
  sees(change, { pipeline }) {
    if ('add' in change)
      return kindOf(change) === 'deal' && fits(pipeline, change.add.pipeline) ? change.add.id : undefined;
    const moved = valueChange(change, 'deal', 'pipeline');
    return moved && 'set' in change && fits(pipeline, moved[1]) ? change.id : undefined;
  },
};
