import type { Step } from './step.ts';

export const stop: Step = {
  name: 'stop',
  summary: 'ends the enrolment',
  params: {},
  last: true,
  example: 'stop',
  run: () => ({ did: 'stopped', end: true }),
};
