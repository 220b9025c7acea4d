import type { Step } from './step.ts';

export const goTo: Step = {
  name: 'go-to',
  summary: 'goes on at the step with a label, before or after this one',
  params: { label: { type: 'label', description: 'the label', required: true } },
  short: 'label',
  last: true,
  goesTo: ({ label }) => String(label),
  example: 'go-to: remind',
  run: ({ params }) => ({ did: `went to ${String(params.label)}`, goTo: String(params.label) }),
};
