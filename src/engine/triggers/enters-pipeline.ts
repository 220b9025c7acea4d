import { idOf } from '../../domain/changes.ts';
import { fieldsSet, isAsked } from '../effect.ts';
import { added, type ChangeTrigger, fits, valueChange } from './trigger.ts';

export const entersPipeline: ChangeTrigger = {
  name: 'enters-pipeline',
  summary: 'a deal is created in the pipeline, or moved in from another one',
  type: 'change',
  of: 'deal',
  short: 'pipeline',
  params: { pipeline: { type: 'pipeline', description: 'the pipeline; left out: any' } },
  causedBy(effect, { pipeline }) {
    const entered = fieldsSet(effect, 'deal');
    if (entered === undefined || (entered.pipeline === undefined && !('adds' in effect))) return false;
    return isAsked(pipeline, entered.pipeline);
  },
  example: 'enters-pipeline: { pipeline: sales }',
  sees(change, { pipeline }) {
    const entered = added(change, 'deal')?.pipeline ?? valueChange(change, 'deal', 'pipeline')?.[1];
    return entered !== undefined && fits(pipeline, entered) ? idOf(change) : undefined;
  },
};
