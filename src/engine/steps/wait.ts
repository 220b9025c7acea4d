import { parseDuration } from '../../domain/dates.ts';
import type { Step } from './step.ts';

export const wait: Step = {
  name: 'wait',
  summary: 'waits for a time, or until a query holds for the subject, at most for a time',
  params: {
    for: { type: 'duration', description: 'how long: 3d' },
    until: { type: 'query', description: 'until the query holds' },
    'at-most': { type: 'duration', description: 'but not longer than that' },
  },
  short: 'for',
  check: params =>
    (params.for === undefined) === (params.until === undefined)
      ? { message: 'wait needs a time, or until', hint: wait.example }
      : params['at-most'] !== undefined && params.until === undefined
        ? { message: 'at-most goes with until', hint: wait.example }
        : undefined,
  example: "wait: { until: 'event:email.opened', at-most: 3d }",
  run({ params, since, scope, holds, on: find }) {
    const waited = scope.clock.now - since;
    const lasts = (name: string) =>
      typeof params[name] === 'string' ? parseDuration(params[name]) : undefined;
    const { until } = params;
    if (typeof until === 'string' && holds(until, find())) return { did: `${until} holds` };
    const end = typeof until === 'string' ? lasts('at-most') : (lasts('for') ?? 0);
    if (end !== undefined && waited >= end)
      return { did: typeof until === 'string' ? `${until} did not hold in time` : 'waited' };
    return { did: 'waits', wait: true };
  },
};
