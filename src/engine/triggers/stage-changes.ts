import { idOf } from '../../domain/changes.ts';
import { fieldsChanged, isAsked } from '../effect.ts';
import { type ChangeTrigger, fits, valueChange } from './trigger.ts';

export const stageChanges: ChangeTrigger = {
  name: 'stage-changes',
  summary: 'a deal moves from one stage to another',
  type: 'change',
  of: 'deal',
  params: {
    pipeline: { type: 'pipeline', description: 'the pipeline of the deal' },
    from: { type: 'stage', description: 'the stage it was in; left out: any' },
    to: { type: 'stage', description: 'the stage it is in now; left out: any' },
  },
  causedBy(effect, { to }) {
    const stage = fieldsChanged(effect, 'deal')?.stage;
    return stage !== undefined && isAsked(to, stage);
  },
  example: 'stage-changes: { to: follow-up }',
  sees(change, { from, to }) {
    const moved = valueChange(change, 'deal', 'stage');
    return moved && fits(from, moved[0]) && fits(to, moved[1]) ? idOf(change) : undefined;
  },
  holds: (deal, { pipeline }) => fits(pipeline, deal.pipeline),
};
