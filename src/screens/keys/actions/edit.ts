import { type Action, running, withDeal } from '../model.ts';

export const edit: Action = {
  keys: ['e'],
  shown: 'e',
  summary: 'edit the deal in your editor',
  press: model => withDeal(model, id => running(model, ['deal', 'edit', id], { edits: true })),
};
