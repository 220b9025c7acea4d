import type { Enrolment } from '../../domain/records.ts';
import { isAsked } from '../effect.ts';
import { added, type ChangeTrigger, fits, valueChange } from './trigger.ts';

type Goals = readonly string[] | null | undefined;

export const goalReached: ChangeTrigger = {
  name: 'goal-reached',
  summary: 'an enrolment in another automation reaches a goal; where is asked of its subject',
  type: 'change',
  saidBy: ['enrolment'],
  params: {
    automation: { type: 'automation', description: 'the automation; left out: any' },
    goal: { type: 'goal-name', description: 'the name of the goal; left out: any' },
  },
  causedBy: (effect, { automation, goal }) =>
    'reaches' in effect && isAsked(automation, effect.of) && isAsked(goal, effect.reaches),
  example: 'goal-reached: { automation: onboarding, goal: Bought }',
  sees(change, { goal }) {
    const begun = added(change, 'enrolment');
    const [before, now] = begun
      ? [null, begun.goals as Goals]
      : (valueChange(change, 'enrolment', 'goals') ?? []);
    const reached = ((now ?? []) as readonly string[]).filter(name => !(before as Goals)?.includes(name));
    if (!reached.some(name => fits(goal, name))) return undefined;
    return begun?.id ?? ('id' in change ? change.id : undefined);
  },
  holds: (enrolment, { automation }) => fits(automation, (enrolment as Enrolment).automation),
};
