import type { Step } from './step.ts';
import { on } from './step.ts';

export const ifStep: Step = {
  name: 'if',
  summary: 'goes on with `then` where a query holds for the subject, else with `else`',
  params: { when: { type: 'query', description: 'the query', required: true }, on },
  short: 'when',
  branches: true,
  example: "if: 'event:email.opened'\n  then:\n    - add-note: opened\n  else:\n    - stop",
  run({ params, holds, on: find }) {
    const when = String(params.when);
    const branch = holds(when, find(params.on));
    return { did: `${when}: ${branch ? 'yes' : 'no'}`, branch };
  },
};
