import type { Step } from './step.ts';

export const label: Step = {
  name: 'label',
  summary: 'a place that go-to names; any other step may have a label: beside it as well',
  params: { name: { type: 'text', description: 'its name', required: true } },
  short: 'name',
  example: 'label: remind',
  run: ({ params }) => ({ did: `came by ${String(params.name)}` }),
};
