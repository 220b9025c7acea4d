import type { Step } from './step.ts';
import { on } from './step.ts';

const otherwise = ['continue', 'wait', 'end'] as const;

export const goal: Step = {
  name: 'goal',
  summary:
    'where an enrolment goes as soon as a query holds, whatever it waits for: what lies between is left out',
  params: {
    name: { type: 'text', description: 'what is reached', required: true },
    on,
    when: { type: 'query', description: 'the query that reaches it', required: true },
    otherwise: {
      type: 'choice',
      options: otherwise,
      description:
        'where it does not hold when the steps before are done: continue (the default), wait or end',
    },
  },
  waits: ({ otherwise }) => otherwise === 'wait',
  goal: {
    name: ({ name }) => String(name),
    isReached: ({ params, holds, on: find }) => holds(String(params.when), find(params.on)),
  },
  effects: ({ name }, rule) => [{ reaches: String(name), of: rule.id }],
  example: "goal: { name: Bought, on: deal, when: 'is:won', otherwise: end }",
  run({ params, holds, on: find }) {
    const name = String(params.name);
    if (holds(String(params.when), find(params.on))) return { did: `reached ${name}`, goal: name };
    const missed = `${name} is not reached`;
    if (params.otherwise === 'wait') return { did: `${missed}: waits`, wait: true };
    return params.otherwise === 'end' ? { did: `${missed}: ended`, end: true } : { did: missed };
  },
};
